import { addBits, type Bits, emptyBits, isSubset, setBit } from '../../evaluator/bits.ts';
import { allowsSome, type CompiledPolicy, saysSomethingOf, serviceOf } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { ASSUMING } from '../paths/assuming.ts';
import type { Escalation } from '../paths/escalation.ts';
import { ESCALATIONS } from '../paths/escalations.ts';
import type { Subject } from './account.ts';

/** Every action of the table, in lower case. */
const ACTIONS: readonly string[] = [
  ...new Set(ESCALATIONS.flatMap(({ requests }) => requests.map(({ action }) => action.toLowerCase()))),
];

const BY_SERVICE: ReadonlyMap<string, readonly string[]> = Map.groupBy(ACTIONS, serviceOf);

/** Every action that is needed to find escalations, in lower case. */
export const ESCALATION_ACTIONS: readonly string[] = [...new Set([...ACTIONS, ...ASSUMING])];

/** The indexes in ESCALATION_ACTIONS of the actions of these requests and of those that assume a role. */
export function placesOfActions(requests: Escalation['requests']): readonly number[] {
  const actions = [...requests.map(({ action }) => action.toLowerCase()), ...ASSUMING];
  return actions.map((action) => ESCALATION_ACTIONS.indexOf(action));
}

/** The rows, each with the actions that it needs, as indexes into ACTIONS. */
const ROWS: readonly (readonly [Escalation, Bits])[] = ESCALATIONS.map((row) => [
  row,
  bitsOf(row.requests.map(({ action }) => action.toLowerCase())),
]);

/** The rows for which a principal's policies allow each request. */
interface AllowedRows {
  /** for a principal of that kind */
  readonly user: readonly Escalation[];
  readonly role: readonly Escalation[];
  /** those that make another principal stronger */
  readonly widening: readonly Escalation[];
}

/** The rows for a principal of that kind for which its policies allow each request. */
export function escalationRows({ kind, layers }: Subject): readonly Escalation[] {
  return kind === 'outside' ? NO_ROWS : rowsFor(layers.identityPolicies)[kind];
}

/**
 * The rows that give another principal any policy, some policies, a group or another version of one, or remove its
 * boundary.
 * Only the caller's policies are considered, not who the other is.
 */
export function wideningRows({ kind, layers }: Subject): readonly Escalation[] {
  return kind === 'outside' ? NO_ROWS : rowsFor(layers.identityPolicies).widening;
}

/** By the policies of a principal, and by the actions that they allow: many principals allow the same ones. */
const byPolicies = new WeakMap<readonly CompiledPolicy[], AllowedRows>();
const byAllowed = new Map<string, AllowedRows>();

function rowsFor(policies: readonly CompiledPolicy[]): AllowedRows {
  return remembered(byPolicies, policies, () => {
    const allowed = emptyBits(ACTIONS.length);
    for (const policy of policies) addBits(allowed, allowedBy(policy));
    return remembered(byAllowed, allowed.join(), () => allowedRows(allowed));
  });
}

const WIDENS: ReadonlySet<Escalation['becomes']> = new Set([
  'any-policy',
  'no-boundary',
  'attached',
  'group',
  'version',
]);

function allowedRows(allowed: Bits): AllowedRows {
  const rows = ROWS.flatMap(([row, needed]) => (isSubset(needed, allowed) ? [row] : []));
  return {
    user: rows.filter(({ by }) => by === 'both' || by === 'user'),
    role: rows.filter(({ by }) => by === 'both' || by === 'role'),
    widening: rows.filter(({ becomes }) => WIDENS.has(becomes)),
  };
}

const NO_ROWS: readonly Escalation[] = [];

const known = new WeakMap<CompiledPolicy, Bits>();

/** The actions of the table for which a policy has an Allow. Few policies have one. */
function allowedBy(policy: CompiledPolicy): Bits {
  return remembered(known, policy, () =>
    bitsOf(
      [...BY_SERVICE].flatMap(([service, actions]) =>
        saysSomethingOf(policy, service) ? actions.filter((action) => allowsSome(policy, action)) : [],
      ),
    ),
  );
}

function bitsOf(actions: readonly string[]): Bits {
  const bits = emptyBits(ACTIONS.length);
  for (const action of actions) setBit(bits, ACTIONS.indexOf(action));
  return bits;
}
