import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { sessionSource } from '../../reference/session-keys.ts';

/**
 * What remains of a role's permissions in a session of `sts:AssumeRole`, which lacks the keys that services set in
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

/** // cached by identity: many chains share formulas, so they must share the results */
const known = new WeakMap<object, Formula>();

/** True also for a key that was renamed for another request (`own-request.ts`). */
function isOfSession({ canonical }: Atom): boolean {
  return sessionSource(canonical.split(' where ', 1)[0] as string) !== null;
}

function without({ clause, service }: Atom): Formula {
  const lookup = (key: string) => (sessionSource(key) === null ? undefined : null);
  return evaluateClause(clause, { service, lookup });
}
