import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bits, emptyBits, hasBit, setBit } from '../../../lib/evaluator/bits.ts';
import { meet, merge, overlay, type Piece, splitBy, within } from '../../../lib/matrix/rows/pieces.ts';

const WIDTH = 40;
const PLACES = Array.from({ length: WIDTH }, (_, place) => place);

/** The value at each place: a letter, or none. */
const row = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: WIDTH, maxLength: WIDTH });

function bitsWhere(holds: (place: number) => boolean): Bits {
  const bits = emptyBits(WIDTH);
  for (const place of PLACES) if (holds(place)) setBit(bits, place);
  return bits;
}

function piecesOf(values: readonly (string | null)[]): readonly Piece<string>[] {
  return [...new Set(values)].flatMap((value) =>
    value === null ? [] : [{ bits: bitsWhere((place) => values[place] === value), value }],
  );
}

/** The values of pieces by place. Several pieces at one place would give a list of several. */
function rowOf<T>(pieces: readonly Piece<T>[]): readonly (readonly T[])[] {
  return PLACES.map((place) => pieces.filter(({ bits }) => hasBit(bits, place)).map(({ value }) => value));
}

test('an overlay has at each place the values of all its lists', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
      const laid = overlay(rows.map(piecesOf)).map(({ bits, values }) => ({ bits, value: values }));
      const expected = PLACES.map((place) => {
        const here = rows.map((values) => values[place] ?? null);
        return here.every((value) => value === null) ? [] : [here];
      });
      expect(rowOf(laid)).toEqual(expected);
    }),
  );
});

test('a meeting has the places at which every list has a value, in the order of the lists', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
      const lists = rows.map(piecesOf);
      const all = overlay(lists).filter(({ values }) => values.every((value) => value !== null));
      expect(meet(lists)).toEqual(all.map(({ bits, values }) => ({ bits, value: values })));
    }),
  );
});

test('places are split so that each set contains all or nothing of a part', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
      const sets = rows.map((values) => bitsWhere((place) => values[place] !== null));
      const parts = splitBy(
        bitsWhere(() => true),
        sets,
      );
      for (const place of PLACES) expect(parts.filter((part) => hasBit(part, place))).toHaveLength(1);
      const names = parts.map((part) => {
        const inside = PLACES.filter((place) => hasBit(part, place)).map((place) =>
          sets.map((set) => hasBit(set, place)).join(),
        );
        expect(new Set(inside).size).toBe(1);
        return inside[0];
      });
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});

test('restricting pieces keeps the values inside some places, and none outside', () => {
  fc.assert(
    fc.property(row, row, (values, mask) => {
      const inside = bitsWhere((place) => mask[place] !== null);
      const found = rowOf(within(piecesOf(values), inside));
      for (const place of PLACES) {
        const value = values[place] ?? null;
        expect(found[place]).toEqual(value !== null && hasBit(inside, place) ? [value] : []);
      }
    }),
  );
});

test('merging pieces with equal names changes the value of no place', () => {
  fc.assert(
    fc.property(row, (values) => {
      const single = PLACES.flatMap((at) => {
        const value = values[at] ?? null;
        return value === null ? [] : [{ bits: bitsWhere((place) => place === at), value }];
      });
      const merged = merge(single, (value) => value);
      expect(rowOf(merged)).toEqual(rowOf(single));
      expect(merged).toHaveLength(new Set(values.filter((value) => value !== null)).size);
    }),
  );
});
