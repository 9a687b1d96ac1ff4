import { type Bits, emptyBits, placesIn } from '../../lib/evaluator/bits.ts';
import { loadSet } from '../../lib/matrix/stored/number-set.ts';
import type {
  InstanceData,
  MatrixData,
  PageHead,
  PageOutcome,
  PrincipalData,
} from '../../lib/render/page/page-data.ts';
import type { PageGroup } from './group.ts';
import { membersOf, partition } from './partition.ts';
import { type StrengthBits, strengthRows } from './strength-rows.ts';

/** The matrix for queries. Principals that are in the same groups of cells form a class, and so do instances. */
export interface Model {
  readonly head: PageHead;
  readonly principals: PrincipalData;
  /** the holders of a permission set, by the number of its role */
  readonly heldBy: ReadonlyMap<number, string>;
  readonly instances: InstanceData;
  readonly groups: readonly PageGroup[];
  /** principals of each set of holders, ascending */
  readonly holders: readonly (readonly number[])[];
  /** classes of principals of each set of holders */
  readonly holderClasses: readonly (readonly number[])[];
  readonly sets: readonly Bits[];
  readonly rowOf: Uint32Array;
  readonly rowMembers: readonly (readonly number[])[];
  readonly columnMembers: readonly (readonly number[])[];
  /** the strongest path of any kind, by class of principals */
  readonly strengths: readonly StrengthBits[];
  readonly numberOfPrincipal: ReadonlyMap<string, number>;
  readonly numberOfInstance: ReadonlyMap<string, number>;
}

export function modelOf(
  head: PageHead,
  principals: PrincipalData,
  instances: InstanceData,
  matrix: MatrixData,
): Model {
  const count = principals.rows.length;
  const holders = matrix.holders.map((set) => placesIn(loadSet(set, count) ?? emptyBits(count)));
  const sets = matrix.sets.map((set) => loadSet(set, matrix.classes) ?? emptyBits(matrix.classes));
  const rowOf = partition(count, holders);
  const columns: number[][] = Array.from({ length: matrix.classes }, () => []);
  for (const [instance, column] of instances.classOf.entries()) columns[column]?.push(instance);
  const groups = groupsOf(matrix);
  const rowMembers = membersOf(rowOf);
  const holderClasses = holders.map((list) => [...new Set(list.map((one) => rowOf[one] as number))]);
  return {
    head,
    principals,
    heldBy: new Map(principals.heldBy),
    instances,
    groups,
    holders,
    holderClasses,
    sets,
    rowOf,
    rowMembers,
    columnMembers: columns,
    strengths: strengthRows({ groups, holderClasses, sets }, rowMembers.length),
    numberOfPrincipal: new Map(principals.rows.map(([arn], number) => [arn, number] as const)),
    numberOfInstance: new Map(instances.ids.map((id, number) => [id, number] as const)),
  };
}

function groupsOf({ groups, outcomes }: MatrixData): PageGroup[] {
  return groups.map(([path, holders, set, outcome, strength, detail]) => ({
    path,
    holders,
    set,
    outcome: outcomes[outcome] as PageOutcome,
    strength,
    detail,
  }));
}
