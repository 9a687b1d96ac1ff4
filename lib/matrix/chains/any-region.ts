import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import { type Atom, type Formula, or } from '../../evaluator/formula.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { regionsOf } from '../../reference/regions.ts';

const REGION = 'aws:requestedregion';

/**
 * A formula about a request whose caller chooses the region: it is true if it is true for the endpoint of any
 * region.
 */
export function inAnyRegion(open: Formula, partition: string): Formula {
  const regions = atomsIn(open).some(isAboutRegion) ? regionsOf(partition) : [];
  if (regions.length === 0) return open;
  const distinct = new Map(
    regions.map((region) => {
      const there = withAtoms(open, (atom) => (isAboutRegion(atom) ? inRegion(atom, region) : atom));
      return [formulaKey(there), there];
    }),
  );
  return [...distinct.values()].reduce(or, false);
}

function isAboutRegion({ canonical }: Atom): boolean {
  return canonical === REGION;
}

function inRegion({ clause, service }: Atom, region: string): Formula {
  return evaluateClause(clause, {
    service,
    lookup: (key) => (key === REGION ? { values: [region] } : undefined),
  });
}
