import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import { namedAs, type SessionNames } from './session-names.ts';
import { keyOfValues, type TagValues, withTagValues } from './session-tag-values.ts';

/**
 * How the session that somebody gets from a role is limited, compared with other sessions of that role. Equal limits
 * are one object.
 */
export interface SessionLimits {
  /** equal for equal limits */
  readonly id: string;
  readonly names: SessionNames | undefined;
  /**
   * tags of the principal that the session does not set: canonical keys, with the role's own values. A caller
   * without permission to tag the session cannot pass on its own tags.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
   */
  readonly untagged: ReadonlyMap<string, KeyState>;
  readonly values: TagValues;
}

const PRINCIPAL_TAG = 'aws:principaltag/';

const known = new WeakMap<Role, Map<string, SessionLimits>>();

/** `barred`: keys of tags (in lower case) that the session cannot set. Undefined: no limits. */
export function limitsOf(
  role: Role,
  names: SessionNames | undefined,
  { barred, values }: { readonly barred: readonly string[]; readonly values: TagValues },
): SessionLimits | undefined {
  if (names === undefined && barred.length === 0 && values.size === 0) return undefined;
  const id = `${role.id} ${names ? formulaKey(names.open) : ''} ${JSON.stringify(barred)} ${keyOfValues(values)}`;
  const ofRole = remembered(known, role, () => new Map<string, SessionLimits>());
  return remembered(ofRole, id, () => {
    const own = (tag: string): KeyState => {
      const found = role.tags.find(({ key }) => key.toLowerCase() === tag);
      return found ? { values: [found.value] } : null;
    };
    const untagged = new Map(barred.map((tag) => [PRINCIPAL_TAG + tag, own(tag)] as const));
    return { id, names, untagged, values };
  });
}

const limited = new WeakMap<SessionLimits, Map<Formula, Formula>>();

/** What remains of a formula about the role in a session with these limits. */
export function underLimits(limits: SessionLimits | undefined, open: Formula): Formula {
  if (limits === undefined || typeof open === 'boolean') return open;
  const ofLimits = remembered(limited, limits, () => new Map<Formula, Formula>());
  return remembered(ofLimits, open, () => {
    const both = namedAs(limits.names, withTagValues(limits.values, withoutTags(limits, open)));
    // a chain to a session without permissions must not hide a longer chain to one with some
    return both !== open && remaining(both) === false ? false : both;
  });
}

function withoutTags({ untagged }: SessionLimits, open: Formula): Formula {
  const stateOf = ({ canonical, opaque }: Atom): KeyState =>
    opaque ? undefined : untagged.get(canonical.split(' where ', 1)[0] as string);
  if (!atomsIn(open).some((atom) => stateOf(atom) !== undefined)) return open;
  return withAtoms(open, (atom) => {
    const state = stateOf(atom);
    const { clause, service } = atom;
    return state === undefined ? atom : evaluateClause(clause, { service, lookup: () => state });
  });
}
