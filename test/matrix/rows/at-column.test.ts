import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bits, emptyBits, hasBit, setBit } from '../../../lib/evaluator/bits.ts';
import { and, Branch, type Formula, or, placesOf } from '../../../lib/evaluator/formula.ts';
import { formulaKey } from '../../../lib/evaluator/formula-key.ts';
import { addPlaceSets, atPlace } from '../../../lib/matrix/rows/at-column.ts';
import { formulasOf, key } from '../../evaluator/arbitrary-formula.ts';

const WIDTH = 35;
const PLACES = Array.from({ length: WIDTH }, (_, place) => place);
const NAMES = ['k', 'l', 'm'];

function setOf(places: readonly number[]): Bits {
  const bits = emptyBits(WIDTH);
  for (const place of places) setBit(bits, place);
  return bits;
}

const places: fc.Arbitrary<Formula> = fc
  .uniqueArray(fc.nat(WIDTH - 1))
  .map((some) => placesOf(setOf(some), WIDTH));
const condition: fc.Arbitrary<Formula> = fc.constantFrom(...NAMES).map((name) => key(name, 'a'));

/** A condition that differs between groups of places without overlap, like values of tags. */
const cases: fc.Arbitrary<Formula> = fc.array(fc.nat(3), { minLength: WIDTH, maxLength: WIDTH }).map((at) => {
  const parts = [0, 1, 2].map((group) => {
    const bits = setOf(PLACES.filter((place) => at[place] === group));
    return and(placesOf(bits, WIDTH), key(NAMES[group] as string, 'a'));
  });
  return parts.some((part) => part === false) ? parts.reduce(or) : new Branch('or', parts);
});

const anyFormula = formulasOf(fc.oneof(places, condition, cases));

/** The value of a formula at one place, if each condition is true or false: a plain reading. */
function holds(formula: Formula, place: number, met: ReadonlySet<string>): boolean {
  if (typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'places':
      return hasBit(formula.bits, place);
    case 'not':
      return !holds(formula.part, place, met);
    case 'and':
      return formula.parts.every((part) => holds(part, place, met));
    case 'or':
      return formula.parts.some((part) => holds(part, place, met));
    case 'atom':
      return met.has(formula.canonical);
    default:
      return formula.value;
  }
}

const met = fc.subarray(NAMES).map((some) => new Set(some));

test('at one place a formula has the value of the plain reading, and contains no places', () => {
  fc.assert(
    fc.property(anyFormula, met, fc.nat(WIDTH - 1), (formula, yes, place) => {
      const here = atPlace(formula, place);
      expect(formulaKey(here)).not.toContain('#');
      expect(holds(here, place, yes)).toBe(holds(formula, place, yes));
    }),
  );
});

test('places in the same sets of a formula have the same value', () => {
  fc.assert(
    fc.property(anyFormula, met, (formula, yes) => {
      const sets = new Set<Bits>();
      addPlaceSets(sets, formula);
      const alike = Map.groupBy(PLACES, (place) => [...sets].map((set) => hasBit(set, place)).join());
      for (const group of alike.values())
        expect(new Set(group.map((place) => holds(formula, place, yes))).size).toBe(1);
    }),
  );
});
