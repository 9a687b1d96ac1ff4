import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { sessionSource } from '../../reference/session-keys.ts';

/**
 * What a role may do in a session of `sts:AssumeRole`, which has none of the keys that services add to
 * theirs.
 */
export function inAssumedSession(open: Formula): Formula {
  if (typeof open === 'boolean') return open;
  let assumed = known.get(open);
  if (assumed === undefined) {
    const isAsked = atomsIn(open).some(isOfSession);
    assumed = isAsked ? withAtoms(open, (atom) => (isOfSession(atom) ? without(atom) : atom)) : open;
    known.set(open, assumed);
  }
  return assumed;
}

/** Formulas are shared by many chains, and the results must be shared as well. */
const known = new WeakMap<object, Formula>();

/** Renamed for another request (`own-request.ts`), it is still the session's key. */
function isOfSession({ canonical }: Atom): boolean {
  return sessionSource(canonical.split(' where ', 1)[0] as string) !== null;
}

function without({ clause, service }: Atom): Formula {
  const lookup = (key: string) => (sessionSource(key) === null ? undefined : null);
  return evaluateClause(clause, { service, lookup });
}
