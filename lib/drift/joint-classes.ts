import { type Bits, hasBit } from '../evaluator/bits.ts';
import { foldInstances } from '../matrix/fold-instances.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';

/** Instances that neither of two matrices tells apart, matched by id. */
export interface JointClasses {
  /** ids of the instances of each class */
  readonly members: readonly (readonly string[])[];
  readonly before: SideClasses;
  readonly after: SideClasses;
}

/** What the groups of one side are over. */
export interface SideClasses {
  /** sets of joint classes, ascending */
  readonly sets: readonly Int32Array[];
  /** the set of each group, by its place in the matrix */
  readonly setOf: readonly number[];
}

const ABSENT = -1;

export function jointClasses(before: Matrix, after: Matrix): JointClasses {
  const left = classesById(before);
  const right = classesById(after);
  const numbers = new Map<string, number>();
  const members: string[][] = [];
  const pairs: { readonly left: number; readonly right: number }[] = [];
  for (const id of new Set([...left.keys(), ...right.keys()])) {
    const pair = { left: left.get(id) ?? ABSENT, right: right.get(id) ?? ABSENT };
    const key = `${pair.left} ${pair.right}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = pairs.push(pair) - 1;
      numbers.set(key, number);
      members.push([]);
    }
    members[number]?.push(id);
  }
  return {
    members,
    before: sideOf(
      before,
      pairs.map((pair) => pair.left),
    ),
    after: sideOf(
      after,
      pairs.map((pair) => pair.right),
    ),
  };
}

function classesById(matrix: Matrix): ReadonlyMap<string, number> {
  const { classOf } = foldInstances(matrix);
  return new Map(matrix.instances.map(({ id }, index) => [id, classOf[index] as number]));
}

/** `classOf`: the side's own class of each joint class. */
function sideOf(matrix: Matrix, classOf: readonly number[]): SideClasses {
  const { sets, setOf } = foldInstances(matrix);
  return { sets: sets.map((bits) => placesAmong(classOf, bits)), setOf };
}

function placesAmong(classOf: readonly number[], bits: Bits): Int32Array {
  const places: number[] = [];
  for (let joint = 0; joint < classOf.length; joint++) {
    const own = classOf[joint] as number;
    if (own !== ABSENT && hasBit(bits, own)) places.push(joint);
  }
  return Int32Array.from(places);
}
