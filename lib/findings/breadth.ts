import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { Statement } from '../policy/statement.ts';
import { decisionOn } from './asking.ts';
import type { Facts } from './facts.ts';

/** The regions in which cells cover every collected and every future instance. */
export interface Breadth {
  /** regions covered in full */
  readonly regions: readonly string[];
  /** these are all regions of the account */
  readonly wholeAccount: boolean;
  readonly cells: readonly CellGroup[];
  /** whether it is one of the statements that allow tomorrow's instance */
  readonly isWide: (statement: Statement) => boolean;
}

/** A way onto an instance. */
interface InstanceAction {
  readonly action: string;
  /** a further requirement for a granting statement */
  readonly fits?: (statement: Statement) => boolean;
}

/** An id that no instance has. */
const TOMORROW = `i-${'z'.repeat(17)}`;

/**
 * Whether these cells of one principal are broad: they cover every collected instance of the account or of a
 * region, and the evaluator would let the principal onto tomorrow's instance there, with an unknown id and no
 * tag. A tag that happens to be on every instance is a limit, and so is a list of ids, in any layer; a region
 * in the ARN is not. Null if no region is covered.
 */
export function breadthOf(
  facts: Facts,
  principal: number,
  cells: readonly CellGroup[],
  { action, fits = () => true }: InstanceAction,
): Breadth | null {
  const wide = new Set<Statement>();
  const used = new Set<CellGroup>();
  const counts = facts.countAll(cells).byRegion;
  const regions = facts.regions.filter((region, at) => {
    if (counts[at] === 0 || counts[at] !== facts.totals.byRegion[at]) return false;
    const here = cells.filter((group) => (facts.count(group).byRegion[at] ?? 0) > 0);
    const granting = asWhom(facts, principal, here)
      .flatMap((arn) => tomorrow(facts, arn, action, region))
      .filter(fits);
    if (granting.length === 0) return false;
    for (const statement of granting) wide.add(statement);
    for (const group of here) used.add(group);
    return true;
  });
  if (regions.length === 0) return null;
  return {
    regions,
    wholeAccount: regions.length === facts.regions.length,
    cells: [...used],
    isWide: (statement) => wide.has(statement),
  };
}

/** The principal itself; for an outsider the principals at the end of its chains. */
function asWhom(facts: Facts, principal: number, cells: readonly CellGroup[]): readonly string[] {
  const who = facts.matrix.principals[principal];
  if (who?.kind !== 'outside') return [who?.arn ?? ''];
  return [...new Set(cells.flatMap((group) => facts.holderAtEnd(group) ?? []))];
}

/** The statements of its own policies that allow a future instance. */
function tomorrow(facts: Facts, arn: string, action: string, region: string): readonly Statement[] {
  const { partition, accountId } = facts.snapshot;
  const resource = `arn:${partition}:ec2:${region}:${accountId}:instance/${TOMORROW}`;
  const context = { 'ec2:InstanceID': TOMORROW };
  const decision = decisionOn(facts.snapshot, arn, { action, resource, region, tags: [], context });
  if (decision?.decision !== 'allowed' && decision?.decision !== 'conditional') return [];
  return decision.statements
    .filter(({ effect, layer }) => effect === 'Allow' && layer === 'identityPolicies')
    .flatMap(({ policy, statement }) => facts.policies.statements(policy)?.[statement] ?? []);
}
