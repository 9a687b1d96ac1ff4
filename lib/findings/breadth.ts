import type { CellGroup, Outcome } from '../matrix/paths/matrix.ts';
import type { Statement } from '../policy/statement.ts';
import { namesInstances } from './access-hit.ts';
import type { Facts } from './facts.ts';
import { outerLayersAreWide } from './outer-layers.ts';
import { coversAction, coversResource, narrowsByTag } from './statements.ts';

/** Where cells cover every collected instance with nothing in the policies that narrows them. */
export interface Breadth {
  /** regions covered in full */
  readonly regions: readonly string[];
  /** those are all that the account has */
  readonly wholeAccount: boolean;
  readonly cells: readonly CellGroup[];
}

/** An id that no instance has: a statement that takes it in does not pick instances by id. */
const ANY_ID = `i-${'z'.repeat(17)}`;

/**
 * Are these cells of one principal broad: do they cover every collected instance of the account or of a region, and does
 * no condition on tags, and no list of ids, narrow them? A tag that happens to be on every instance narrows; a region in
 * the ARN does not. Boundary, guardrails and denials must not narrow either. `fits` asks more of the statement that grants. Null when no region is covered.
 */
export function breadthOf(
  facts: Facts,
  principal: number,
  cells: readonly CellGroup[],
  action: string,
  fits: (statement: Statement) => boolean = () => true,
): Breadth | null {
  const covered = facts.regions.map(() => 0);
  const used = new Set<CellGroup>();
  const arn = facts.matrix.principals[principal]?.arn ?? '';
  const counts = cells.map((group) => facts.count(group).byRegion);
  facts.regions.forEach((_, region) => {
    if (!isWide(facts, cells, counts, { action, region, fits })) return;
    if (!outerLayersAreWide(facts, arn, action, anyInstanceIn(facts, region))) return;
    cells.forEach((group, index) => {
      const here = counts[index]?.[region] ?? 0;
      covered[region] = (covered[region] ?? 0) + here;
      if (here > 0) used.add(group);
    });
  });
  const whole = facts.regions.filter((_, region) => covered[region] === facts.totals.byRegion[region]);
  if (whole.length === 0) return null;
  return { regions: whole, wholeAccount: whole.length === facts.regions.length, cells: [...used] };
}

interface Question {
  readonly action: string;
  readonly region: number;
  readonly fits: (statement: Statement) => boolean;
}

/** In each layer that grants there must be one statement that takes in any instance of the region. */
function isWide(
  facts: Facts,
  cells: readonly CellGroup[],
  counts: readonly (readonly number[])[],
  question: Question,
): boolean {
  const layers = new Map<string, boolean>();
  cells.forEach((group, index) => {
    if (!counts[index]?.[question.region]) return;
    for (const { layer, wide } of instanceGrants(facts, group.outcome, question)) {
      layers.set(layer, wide || layers.get(layer) === true);
    }
  });
  return layers.size > 0 && [...layers.values()].every(Boolean);
}

/** The Allow statements among the grants that authorise the action on instances, and whether they pick instances. */
function* instanceGrants(facts: Facts, outcome: Outcome, { action, region, fits }: Question) {
  const anyInstance = anyInstanceIn(facts, region);
  for (const grant of outcome.grants) {
    const statement = facts.policies.statements(grant.policy)?.[grant.statement];
    if (statement?.effect !== 'Allow' || !coversAction(statement, action)) continue;
    if (!namesInstances(statement)) continue;
    const wide = coversResource(statement, anyInstance) && !narrowsByTag(statement);
    // only what the principal was given is asked for more
    yield { layer: grant.layer, wide: wide && (grant.layer !== 'identityPolicies' || fits(statement)) };
  }
}

function anyInstanceIn(facts: Facts, region: number): string {
  const { partition, accountId } = facts.snapshot;
  return `arn:${partition}:ec2:${facts.regions[region]}:${accountId}:instance/${ANY_ID}`;
}

/** The statements of a principal's own policies that take in any instance of the regions that are covered. */
export function isWideStatement(facts: Facts, breadth: Breadth, action: string) {
  return (statement: Statement): boolean =>
    coversAction(statement, action) &&
    !narrowsByTag(statement) &&
    facts.regions.some(
      (region, at) => breadth.regions.includes(region) && coversResource(statement, anyInstanceIn(facts, at)),
    );
}
