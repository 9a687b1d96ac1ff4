import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyBits, hasBit, setBit } from '../../lib/evaluator/bits.ts';
import { InstanceSets } from '../../lib/matrix/classes/instance-sets.ts';
import { foldInstances } from '../../lib/matrix/fold-instances.ts';
import type { CellGroup, Matrix, Outcome } from '../../lib/matrix/paths/matrix.ts';
import { RowGroup } from '../../lib/matrix/row-groups.ts';

const OUTCOME = { verdict: 'allowed' } as Outcome;

const matrixOf = (count: number, groups: readonly CellGroup[]): Matrix => ({
  schemaVersion: 1,
  accountId: '111122223333',
  takenAt: '2026-01-01T00:00:00.000Z',
  paths: ['serial-console'],
  principals: [],
  instances: Array.from({ length: count }, (_, i) => ({
    id: `i-${i}`,
    arn: `i-${i}`,
    region: 'r',
    name: null,
  })),
  groups,
});

const plainGroup = (instances: readonly number[]): CellGroup => ({
  path: 'serial-console',
  principals: [0],
  instances,
  outcome: OUTCOME,
});

/** The number of instances, and the instances of each group. */
const lists = fc
  .integer({ min: 1, max: 12 })
  .chain((count) =>
    fc.tuple(fc.constant(count), fc.array(fc.uniqueArray(fc.nat(count - 1)), { maxLength: 6 })),
  );

/** Instances are in one class if the same groups contain them; a group's set has the classes of its instances. */
function expectFolded(matrix: Matrix): void {
  const { classOf, classes, sets, setOf } = foldInstances(matrix);
  const groupsWith = (instance: number): string =>
    matrix.groups.map(({ instances }) => instances.includes(instance)).join();
  for (const a of matrix.instances.keys())
    for (const b of matrix.instances.keys())
      expect(classOf[a] === classOf[b]).toBe(groupsWith(a) === groupsWith(b));
  expect(new Set(classOf).size).toBe(classes);
  for (const [at, { instances }] of matrix.groups.entries()) {
    const set = sets[setOf[at] as number];
    const inSet = [...matrix.instances.keys()].filter(
      (instance) => set && hasBit(set, classOf[instance] as number),
    );
    expect(inSet).toEqual(instances.toSorted((a, b) => a - b));
  }
  const texts = sets.map((set) => set.join());
  expect(new Set(texts).size).toBe(texts.length);
}

test('instances are in one class if the same groups contain them', () => {
  fc.assert(fc.property(lists, ([count, all]) => expectFolded(matrixOf(count, all.map(plainGroup)))));
});

test('the same for groups that know their instances by class', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 5 }), ([count, all], width) => {
      const sets = new InstanceSets({
        classOf: Uint32Array.from({ length: count }, (_, i) => i % width),
        representatives: new Array(width).fill(null),
      } as unknown as ConstructorParameters<typeof InstanceSets>[0]);
      const groups = all.map((list) => {
        const bits = emptyBits(width);
        for (const instance of list) setBit(bits, instance % width);
        return new RowGroup('serial-console', OUTCOME, sets.of(bits), [0]);
      });
      expectFolded(matrixOf(count, groups));
    }),
  );
});
