import type { Changes } from '../drift/changes.ts';
import { changesBetween } from '../drift/changes-between.ts';
import type { Drift } from '../drift/drift.ts';
import { listDrift } from '../drift/list-drift.ts';
import { isWider } from '../drift/statements-behind.ts';
import { hasBit } from '../evaluator/bits.ts';
import type { PathGroup } from '../matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { type Attachment, sizeProblem } from '../policy/limits.ts';
import { isNote, type Problem } from '../policy/problem.ts';
import { quoted } from '../policy/quoted.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import { parsedPolicy } from '../snapshot/parsed-policy.ts';
import { policyOwner } from '../snapshot/policy-owner.ts';
import type { Instance, PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { applyChanges } from '../what-if/planned/apply-changes.ts';
import type { PlannedChange } from '../what-if/planned/planned-change.ts';
import { type ReachChange, reachChanges } from '../what-if/planned/reach-changes.ts';
import type { Audit } from './load.ts';
import { matrixWithOpens } from './matrix-with-opens.ts';

/** The effect of planned changes on an audited account. */
export interface PlannedAnswer {
  /** cells gained and lost, by cause */
  readonly drift: readonly Drift[];
  readonly reachable: readonly ReachChange[];
  /** cells that would or may open; by group of paths, and of all paths together */
  readonly opens: (group: PathGroup | 'any', isCounted: (instance: Instance) => boolean) => number;
  /** changes that the account lacks something for, and policies that IAM would refuse, each with the reason */
  readonly notJudged: readonly string[];
  /** the inputs of the answer */
  readonly changes: Changes;
  /** the changed account */
  readonly snapshot: Snapshot;
}

/**
 * Builds the matrix of the changed account. A plan may be older or newer than the audit: a change of a resource is left
 * out and named if the account lacks something for it. Throws a NotPossible if another change cannot be made.
 */
export function planned(
  audit: Audit,
  changes: readonly PlannedChange[],
  resourceOf: WeakMap<object, string> = new WeakMap(),
): PlannedAnswer {
  const left = new Set<string>();
  const snapshot = applyChanges(audit.snapshot, changes, (change, why) => {
    const resource = resourceOf.get(change);
    if (resource !== undefined) left.add(`${quoted(resource)}: ${why}`);
    return resource !== undefined;
  });
  const between = changesBetween(audit, { snapshot, matrix: matrixWithOpens(snapshot) }, []);
  return {
    drift: listDrift(between).map(asPlanned),
    reachable: reachChanges(audit.snapshot, snapshot),
    opens: opened(between, instancesOf(snapshot)),
    notJudged: [...left, ...refusedIn(audit.snapshot, snapshot)],
    ...{ changes: between, snapshot },
  };
}

/** A planned change has no undo, and nobody has tried to collect what it lacks. */
function asPlanned({ cause, ...one }: Drift): Drift {
  const { undo: _, ...rest } = cause;
  if (rest.missing === undefined) return { ...one, cause: rest };
  const unknown = quoted(rest.missing.map(contentOf).join(', '));
  const detail = `${unknown} is not known before it is deployed, or was not collected`;
  return { ...one, cause: { ...rest, detail } };
}

/** The id of a managed policy that gets its ARN when it is deployed. */
const NOT_YET = /^arn:[^:]*:iam::000000000000:policy\/known-after-[a-z]+\//;

const inlinePolicy = (id: string): string => `inline policy ${id.split('#')[1]} of ${id.split('#')[0]}`;

/** The content that a call would return, by the call and the id in it. */
const CONTENTS: Readonly<Record<string, (id: string) => string>> = {
  'iam get-user-policy': inlinePolicy,
  'iam get-role-policy': inlinePolicy,
  'iam get-group-policy': inlinePolicy,
  'iam get-policy-version': (id) =>
    NOT_YET.test(id) ? `the policy of ${id.replace(NOT_YET, '')}` : `policy ${id}`,
  'iam get-role': (arn) => `the trust policy of ${arn}`,
};

function contentOf(missing: string): string {
  const [call = '', id = ''] = missing.split(' of ');
  return CONTENTS[call]?.(id) ?? missing;
}

/**
 * New documents that are not valid policies: an Allow in one grants nothing, so no other part of the answer would show
 * it.
 */
function refusedIn(before: Snapshot, after: Snapshot): readonly string[] {
  const known = new Set(before.policies);
  const made = after.policies.filter((record) => !known.has(record));
  const invalid = made.flatMap((record) => {
    const problem = parsedPolicy(record).problems.find((one) => !isNote(one)) ?? tooLong(record);
    return problem ? `${quoted(record.id)}: IAM would refuse it: ${problem.path}: ${problem.message}` : [];
  });
  return [...invalid, ...tooLongTogether(made, after)];
}

const textOf = ({ document }: PolicyRecord): string => JSON.stringify(document);

const ALONE: Readonly<Partial<Record<PolicyRecord['kind'], Attachment>>> = {
  'customer-managed': 'managed',
  trust: 'trust',
  scp: 'service-control',
  rcp: 'resource-control',
};

function tooLong(record: PolicyRecord): Problem | null {
  const attachment = ALONE[record.kind];
  return attachment ? sizeProblem([textOf(record)], attachment) : null;
}

/** The inline policies of one owner have a limit together. */
function tooLongTogether(made: readonly PolicyRecord[], { policies }: Snapshot): readonly string[] {
  const ownerOf = ({ kind, id }: PolicyRecord): string => (kind === 'inline' ? (id.split('#')[0] ?? '') : '');
  const owners = new Set(made.map(ownerOf));
  owners.delete('');
  if (owners.size === 0) return [];
  return [...Map.groupBy(policies, ownerOf)].flatMap(([arn, records]) => {
    const word = owners.has(arn) ? policyOwner(records[0]?.id ?? '')?.word : undefined;
    const problem = word ? sizeProblem(records.map(textOf), `${word}-inline`) : null;
    return problem ? `the inline policies of ${quoted(arn)}: IAM would refuse them: ${problem.message}` : [];
  });
}

function opened(changes: Changes, instances: readonly Instance[]): PlannedAnswer['opens'] {
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const { names, columnOf } = changes;
  const wider = changes.causes.flatMap(({ groups }) => groups.filter((one) => isWider(changes, one)));
  return (group, isCounted) => {
    const ids = new Set(pathsIn(group));
    // the columns of the counted instances, one for each of them
    const columns = names.instances.flatMap((id, number) => {
      const instance = byId.get(id);
      return instance && isCounted(instance) ? (columnOf[number] as number) : [];
    });
    return wider.reduce((sum, { principals, columns: at, paths }) => {
      const places = columns.filter((column) => hasBit(at, column)).length;
      return sum + principals.length * places * paths.filter((path) => ids.has(path)).length;
    }, 0);
  };
}

const pathsIn = (group: PathGroup | 'any'): readonly PathId[] =>
  ACCESS_PATHS.filter(({ groups }) => group === 'any' || groups.some((one) => one === group)).map(
    ({ id }) => id,
  );
