import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Overlaps } from '../../lib/drift/overlaps.ts';
import { emptyBits, placesIn, setBit } from '../../lib/evaluator/bits.ts';

const WIDTH = 70;

const bitsOf = (places: readonly number[]) => {
  const bits = emptyBits(WIDTH);
  for (const place of places) setBit(bits, place);
  return bits;
};

/** Each column is in one of some sets, or in none. */
const parts = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: WIDTH, maxLength: WIDTH });
const setsOf = (part: readonly number[]) =>
  [0, 1, 2, 3].map((one) => [...part.keys()].filter((column) => part[column] === one));

it('the intersections equal those of each pair of sets', () => {
  const overlaps = new Overlaps(WIDTH);
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const [was, is] = [setsOf(left), setsOf(right)];
      const differ = (at: number, otherAt: number): boolean => at !== otherAt;
      const expected = [0, 1, 2, 3, 4].flatMap((at) =>
        [0, 1, 2, 3, 4].flatMap((otherAt) => {
          const columns = [...left.keys()].filter((one) => left[one] === at && right[one] === otherAt);
          return differ(at, otherAt) && columns.length > 0 ? [{ at, otherAt, columns }] : [];
        }),
      );
      const found = overlaps.of(was.map(bitsOf), is.map(bitsOf), differ);
      expect(found.map((one) => ({ ...one, columns: placesIn(one.columns) }))).toEqual(expected);
    }),
  );
});
