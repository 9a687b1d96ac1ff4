import { remembered } from '../../memory/remembered.ts';
import type { RunTarget } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../../snapshot/snapshot.ts';
import { isWhole } from './whole-lists.ts';

/** A document that Systems Manager runs on instances automatically. */
export interface RunDocument {
  /** name, or ARN if it belongs to another account */
  readonly document: string;
  /** when a changed document takes effect: with its newest version, or with its default version; null: never */
  readonly follows: 'latest' | 'default' | null;
  readonly targets: readonly RunTarget[];
}

/** True if a target names the instance; null: it names a resource group, whose members were not collected. */
function names({ key, values }: RunTarget, { id, tags }: Instance): boolean | null {
  if (key === 'InstanceIds') return values.includes(id) || values.includes('*');
  if (key === 'tag-key') return tags.some((tag) => values.includes(tag.key));
  if (key.startsWith('tag:'))
    return tags.some((tag) => tag.key === key.slice('tag:'.length) && values.includes(tag.value));
  return key.startsWith('resource-groups:') ? null : false;
}

const documentCache = new WeakMap<RegionSnapshot, readonly RunDocument[] | null>();
const matchCache = new WeakMap<RegionSnapshot, WeakMap<Instance, readonly RunDocument[]>>();

/** What an association or a maintenance window runs on the instance; null: not collected, or not all. */
export function runOn(
  instance: Instance,
  region: RegionSnapshot,
  snapshot: Snapshot,
): readonly RunDocument[] | null {
  const found = knownToRunOn(instance, region);
  if (found === null || found.length > 0) return found;
  return RUNS.every((field) => isWhole(snapshot, region.region, field)) ? found : null;
}

const RUNS = ['associations', 'windowTargets', 'windowTasks', 'ruleCommands'] as const;

function knownToRunOn(instance: Instance, region: RegionSnapshot): readonly RunDocument[] | null {
  const all = remembered(documentCache, region, () => runDocuments(region));
  if (!all) return null;
  if (all.length === 0) return all;
  const known = remembered(matchCache, region, () => new WeakMap<Instance, readonly RunDocument[]>());
  return remembered(known, instance, () =>
    // several tag targets must all match
    all.filter(({ targets }) => targets.length > 0 && targets.every((one) => names(one, instance) !== false)),
  );
}

/** Documents that the account can change. Those of AWS cannot be changed. */
function runDocuments(region: RegionSnapshot): readonly RunDocument[] | null {
  const { associations, ruleCommands, windowTasks, windowTargets } = region;
  const tasks = windowTasks?.filter(({ type }) => type === 'RUN_COMMAND');
  if (!associations || !tasks || !ruleCommands) return null;
  const isOfWindow = tasks.some(({ targets }) => targets.some(({ key }) => key === 'WindowTargetIds'));
  if (!windowTargets && isOfWindow) return null;
  const byId = new Map((windowTargets ?? []).map(({ id, targets }) => [id, targets]));
  return [
    ...associations.map(({ document, documentVersion, targets }) => ({
      document,
      follows: followed(documentVersion),
      targets,
    })),
    ...tasks.map(({ task, targets }) => ({
      document: task,
      follows: 'default' as const,
      targets: targets.flatMap((one) =>
        one.key === 'WindowTargetIds' ? one.values.flatMap((id) => byId.get(id) ?? []) : one,
      ),
    })),
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
    ...ruleCommands.map(({ document, targets }) => ({
      document: document.replace(/^arn:[^:]*:ssm:[^:]*:\d+:document\//, ''),
      follows: 'default' as const,
      targets,
    })),
  ].filter(({ document }) => !/^(AWS|Amazon)/.test(document) && !document.startsWith('arn:'));
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-versions.html */
function followed(version: string | null): RunDocument['follows'] {
  if (version === '$LATEST') return 'latest';
  return version === null || version === '$DEFAULT' ? 'default' : null;
}

/** The members of a resource group were not collected. */
export const isOfGroup = ({ targets }: RunDocument): boolean =>
  targets.some(({ key }) => key.startsWith('resource-groups:'));
