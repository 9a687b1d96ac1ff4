import { expect, test } from 'vitest';
import { SparseArray } from '../../lib/memory/sparse-array.ts';

test('entries that were set are found, and no others', () => {
  const list = new SparseArray<string>();
  const places = [0, 1, 255, 256, 70_000];
  for (const place of places) list.set(place, `at ${place}`);
  list.set(1, 'once more');
  expect(places.map((place) => list.get(place))).toEqual([
    'at 0',
    'once more',
    'at 255',
    'at 256',
    'at 70000',
  ]);
  expect([2, 254, 257, 69_999, 70_001, 1_000_000].map((place) => list.get(place))).toEqual(
    new Array(6).fill(undefined),
  );
});
