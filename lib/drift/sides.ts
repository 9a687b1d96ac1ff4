import { type FoldedInstances, foldInstances } from '../matrix/fold-instances.ts';
import type { CellGroup, Matrix } from '../matrix/paths/matrix.ts';
import type { States } from './cell-state.ts';
import type { Run } from './run.ts';

/**
 * The principals and the instances of both audits, each once, sorted by ARN and by id: numbers are indexes
 * into these.
 */
export interface AuditNames {
  readonly principals: readonly string[];
  readonly instances: readonly string[];
  /** of the instances */
  readonly regions: readonly string[];
}

/** The matrix of one audit, with numbers that both share. */
export interface AuditSide {
  readonly groups: readonly CellGroup[];
  readonly folded: FoldedInstances;
  /** the numbers of the matrix's principals and instances */
  readonly principals: Int32Array;
  readonly instances: Int32Array;
  /** the state of each group */
  readonly states: Int32Array;
}

export interface Sides {
  readonly names: AuditNames;
  readonly before: AuditSide;
  readonly after: AuditSide;
}

export function sidesOf(before: Run, after: Run, states: States): Sides {
  const both = [before.matrix, after.matrix];
  const principals = sorted(both.flatMap((matrix) => matrix.principals.map(({ arn }) => arn)));
  const instances = sorted(both.flatMap((matrix) => matrix.instances.map(({ id }) => id)));
  const principalNumbers = numbersOf(principals);
  const instanceNumbers = numbersOf(instances);
  const side = (matrix: Matrix): AuditSide => ({
    groups: matrix.groups,
    folded: foldInstances(matrix),
    principals: Int32Array.from(matrix.principals, ({ arn }) => principalNumbers.get(arn) as number),
    instances: Int32Array.from(matrix.instances, ({ id }) => instanceNumbers.get(id) as number),
    states: Int32Array.from(matrix.groups, ({ outcome }) => states.ofOutcome(outcome)),
  });
  const regionOf = new Map(both.flatMap((matrix) => matrix.instances.map(({ id, region }) => [id, region])));
  const regions = instances.map((id) => regionOf.get(id) as string);
  return {
    names: { principals, instances, regions },
    before: side(before.matrix),
    after: side(after.matrix),
  };
}

const sorted = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].sort((a, b) => (a < b ? -1 : Number(a > b)));

const numbersOf = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, number) => [name, number]));
