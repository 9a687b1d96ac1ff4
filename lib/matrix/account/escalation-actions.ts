import { type CompiledPolicy, statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { ESCALATIONS, type Escalation } from '../paths/escalations.ts';
import type { Subject } from './account.ts';

/** Every action of the table, in lower case. */
const ACTIONS: readonly string[] = [
  ...new Set(ESCALATIONS.flatMap(({ requests }) => requests.map(({ action }) => action.toLowerCase()))),
];

/** Everything that is asked to find escalations, in lower case. */
export const ESCALATION_ACTIONS: readonly string[] = [...new Set([...ACTIONS, 'sts:assumerole'])];

/** The rows for a principal of that kind, each of whose requests some policy of it allows. */
export function escalationRows(subject: Subject): readonly Escalation[] {
  if (subject.kind === 'outside') return [];
  const allowed = subject.layers.identityPolicies.map(allowedBy).filter((actions) => actions.size > 0);
  if (allowed.length === 0) return [];
  return ESCALATIONS.filter(
    ({ by, requests }) =>
      (by === 'both' || by === subject.kind) &&
      requests.every(({ action }) => allowed.some((actions) => actions.has(action.toLowerCase()))),
  );
}

/** The rows that give somebody any policy, as far as some policy of the principal allows them: on whomever. */
export function wideningRows(subject: Subject): readonly Escalation[] {
  if (subject.kind === 'outside') return [];
  const allowed = subject.layers.identityPolicies.map(allowedBy);
  if (allowed.every((actions) => actions.size === 0)) return [];
  return ESCALATIONS.filter(
    ({ becomes, requests }) =>
      becomes === 'any-policy' &&
      requests.every(({ action }) => allowed.some((actions) => actions.has(action.toLowerCase()))),
  );
}

const known = new WeakMap<CompiledPolicy, ReadonlySet<string>>();

/** The actions of the table for which a policy has an Allow: few have any. */
function allowedBy(policy: CompiledPolicy): ReadonlySet<string> {
  return remembered(
    known,
    policy,
    () =>
      new Set(
        ACTIONS.filter((action) => statementsFor(policy, action).some(({ effect }) => effect === 'Allow')),
      ),
  );
}
