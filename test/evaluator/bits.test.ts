import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addBits,
  areEqual,
  type Bits,
  difference,
  emptyBits,
  firstPlace,
  fullBits,
  hasAtMost,
  hasBit,
  hashOf,
  intersection,
  intersects,
  isEmpty,
  isSubset,
  lackedBySome,
  placesIn,
  removeBits,
  setBit,
  union,
  without,
} from '../../lib/evaluator/bits.ts';

/** Widths at the borders of words. */
const width = fc.constantFrom(1, 31, 32, 33, 64, 70);

const twoSets = width.chain((wide) => {
  const places = fc.uniqueArray(fc.nat(wide - 1));
  return fc.record({ wide: fc.constant(wide), a: places, b: places });
});

function bitsOf(places: Iterable<number>, wide: number): Bits {
  const bits = emptyBits(wide);
  for (const place of places) setBit(bits, place);
  return bits;
}

const ascending = (places: Iterable<number>): number[] => [...places].sort((x, y) => x - y);

test('what one of several sets lacks is what their intersection lacks', () => {
  const threeSets = width.chain((wide) => {
    const places = fc.uniqueArray(fc.nat(wide - 1));
    return fc.record({ wide: fc.constant(wide), a: places, b: places, c: places });
  });
  fc.assert(
    fc.property(threeSets, ({ wide, a, b, c }) => {
      const inBoth = new Set(b).intersection(new Set(c));
      const left = lackedBySome(bitsOf(a, wide), [bitsOf(b, wide), bitsOf(c, wide)]);
      expect(placesIn(left)).toEqual(ascending(new Set(a).difference(inBoth)));
    }),
  );
});

test('sets of places behave like sets of numbers', () => {
  fc.assert(
    fc.property(twoSets, ({ wide, a, b }) => {
      const [x, y] = [bitsOf(a, wide), bitsOf(b, wide)];
      const [left, right] = [new Set(a), new Set(b)];
      expect(placesIn(x)).toEqual(ascending(left));
      expect(placesIn(intersection(x, y))).toEqual(ascending(left.intersection(right)));
      expect(placesIn(difference(x, y))).toEqual(ascending(left.difference(right)));
      expect(placesIn(union(x, y))).toEqual(ascending(left.union(right)));
      expect(intersects(x, y)).toBe(!left.isDisjointFrom(right));
      expect(isSubset(x, y)).toBe(left.isSubsetOf(right));
      expect(isEmpty(x)).toBe(left.size === 0);
      for (const most of [0, left.size - 1, left.size, wide])
        expect(hasAtMost(x, most)).toBe(left.size <= most);
      expect(firstPlace(x)).toBe(ascending(left)[0] ?? -1);
      for (let place = 0; place < wide; place++) expect(hasBit(x, place)).toBe(left.has(place));
    }),
  );
});

test('changing a set in place gives the same as creating a new one', () => {
  fc.assert(
    fc.property(twoSets, ({ wide, a, b }) => {
      const added = bitsOf(a, wide);
      addBits(added, bitsOf(b, wide));
      expect(areEqual(added, union(bitsOf(a, wide), bitsOf(b, wide)))).toBe(true);
      const removed = bitsOf(a, wide);
      removeBits(removed, bitsOf(b, wide));
      expect(areEqual(removed, difference(bitsOf(a, wide), bitsOf(b, wide)))).toBe(true);
    }),
  );
});

test('equal sets have equal hashes, however they were created', () => {
  fc.assert(
    fc.property(twoSets, ({ wide, a, b }) => {
      const [x, y] = [bitsOf(a, wide), bitsOf(b, wide)];
      expect(areEqual(x, y)).toBe(new Set(a).symmetricDifference(new Set(b)).size === 0);
      expect(hashOf(bitsOf(a.toReversed(), wide))).toBe(hashOf(x));
    }),
  );
});

test('sets that differ only in high bits have different hashes', () => {
  const hashes = new Set(Array.from({ length: 64 }, (_, place) => hashOf(bitsOf([place], 64)) & 0xffff));
  expect(hashes.size).toBeGreaterThan(32);
});

test('a union is not a new set if one contains the other', () => {
  const all = fullBits(70);
  const some = bitsOf([3, 40, 69], 70);
  expect(placesIn(all)).toHaveLength(70);
  expect(union(all, some)).toBe(all);
  expect(without(some, bitsOf([4], 70))).toBe(some);
  expect(without(some, all)).toBeNull();
  expect(placesIn(without(all, some) as Bits)).toHaveLength(67);
});
