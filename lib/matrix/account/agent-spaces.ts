import { allowsSome } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { accessLevel } from '../../reference/actions.ts';
import { PATH_ACTIONS } from '../paths/path-actions.ts';
import { RESOURCE_KINDS } from '../paths/resource-kinds.ts';
import type { Account, Subject } from './account.ts';
import { letsIn } from './lets-in.ts';
import { makeable, requestedIn } from './new-resources.ts';
import { missingFrom } from './not-collected.ts';
import type { Place, Target } from './target.ts';

const AGENT = RESOURCE_KINDS['agent-spaces'].rolesOf;
const SPACE = { service: 'aidevops', type: 'agentspace/' };

/** Actions that change an instance, or run something on it. */
const CHANGES: readonly string[] = PATH_ACTIONS.filter(
  (action) => !['Read', 'List'].includes(accessLevel(action) ?? ''),
).map((action) => action.toLowerCase());

const spaceCache = new WeakMap<Account, Map<string, readonly Target[]>>();

/**
 * The spaces of DevOps Agent that may act on instances. No call lists them here: a role that the agent may
 * assume and that may change instances shows that there is one, and its trust policy usually says which
 * (`aws:SourceArn`).
 * https://docs.aws.amazon.com/devopsagent/latest/userguide/working-with-devops-agent-working-with-directed-actions.html
 */
export function agentSpaces(place: Place): readonly Target[] {
  const byRegion = remembered(spaceCache, place.account, () => new Map<string, readonly Target[]>());
  return remembered(byRegion, place.instance.region, () => spacesFor(place));
}

function spacesFor(place: Place): readonly Target[] {
  const acting = place.account.subjects.filter((one) => isActing(one, place.account));
  const spaces = acting.flatMap((subject) => {
    const missing = missingFrom([place.account.policies.get(subject.role?.trust ?? '')]) ?? subject.missing;
    return spacesOf(subject, place).map((target) => (missing === null ? target : { ...target, missing }));
  });
  // if some are known, only these are used
  const known = spaces.filter(({ missing }) => missing === undefined);
  const all = known.length > 0 ? known : spaces;
  return [...new Map(all.map((target) => [target.arn, target])).values()];
}

/** True if the agent may assume it and it may change instances. */
export function isActing({ role, layers }: Subject, account: Account): boolean {
  return (
    role !== null &&
    letsIn(role, AGENT, account) &&
    layers.identityPolicies.some((policy) => CHANGES.some((action) => allowsSome(policy, action)))
  );
}

/** A space belongs to one region and acts in all. */
function spacesOf({ role }: Subject, place: Place): readonly Target[] {
  const statements = place.account.policies.get(role?.trust ?? '')?.statements ?? [];
  const sources = statements.flatMap(({ effect, clauses }) =>
    effect === 'Allow'
      ? clauses
          .filter(({ key }) => key.toLowerCase() === 'aws:sourcearn')
          .flatMap(({ values }) => values.map(({ text }) => text))
      : [],
  );
  const named = sources.filter((text) => text.split(':')[2] === SPACE.service);
  return (named.length === 0 ? [null] : named).flatMap((text) => {
    const region = text?.split(':')[3] ?? '';
    const at = /^[*?]*$/.test(region) ? place.instance.region : region;
    const context = requestedIn(at);
    if (text !== null && !/[*?]/.test(text)) return [{ arn: text, tags: null, context }];
    const there = { ...place, instance: { ...place.instance, region: at } };
    return makeable(there, SPACE).map((target) => ({ ...target, context }));
  });
}
