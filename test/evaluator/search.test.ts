import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { and, type Formula, not, or } from '../../lib/evaluator/formula.ts';
import { absorb, type Cube, covers, join, minimise, product } from '../../lib/evaluator/residual/cubes.ts';
import { search } from '../../lib/evaluator/residual/search.ts';
import { goalOf, type Open, type Space, spaceOf, unionOf } from '../../lib/evaluator/residual/space.ts';
import { anyFormula, key } from './arbitrary-formula.ts';

const plenty = () => ({ left: 1e7 });

/** Every point of a space: one region of each domain. */
function pointsOf({ domains }: Space): readonly Cube[] {
  return domains.reduce<readonly Cube[]>(
    (sum, { regions }) =>
      sum.flatMap((point) => Array.from({ length: regions }, (_, i) => [...point, 1n << BigInt(i)])),
    [[]],
  );
}

const inside = (cubes: readonly Cube[], point: Cube): boolean =>
  cubes.some((cube) => cube.every((mask, i) => (mask & (point[i] as bigint)) !== 0n));

describe('a search for alternatives', () => {
  test('finds existing alternatives, and all of them if it completes', () => {
    fc.assert(
      fc.property(anyFormula, fc.boolean(), (formula, wanted) => {
        const space = spaceOf(formula as Open, []);
        const exact = unionOf(
          goalOf(formula as Open, wanted, space),
          space,
          1000,
          plenty(),
        ) as readonly Cube[];
        const found = search(goalOf(formula as Open, wanted, space), space, 1000, plenty());
        expect(found.complete).toBe(true);
        for (const point of pointsOf(space)) expect(inside(found.cubes, point)).toBe(inside(exact, point));
        // a cube without a point would be no alternative
        for (const cube of found.cubes) expect(cube.every((mask) => mask !== 0n)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  const ways = (count: number): Formula =>
    Array.from({ length: count }, (_, i) => or(key(`k${i}`, 'a'), key(`l${i}`, 'b'))).reduce(and);

  test('stops at its limit, and says so', () => {
    const formula = ways(4) as Open;
    const space = spaceOf(formula, []);
    expect(search(goalOf(formula, true, space), space, 16, plenty())).toMatchObject({ complete: true });
    expect(search(goalOf(formula, true, space), space, 16, plenty()).cubes).toHaveLength(16);
    expect(search(goalOf(formula, true, space), space, 15, plenty())).toMatchObject({ complete: false });
    expect(search(goalOf(formula, true, space), space, 15, plenty()).cubes).toHaveLength(15);
  });

  test('stops when its work is used up, and says so', () => {
    const formula = ways(4) as Open;
    const space = spaceOf(formula, []);
    expect(search(goalOf(formula, true, space), space, 16, { left: 30 })).toEqual({
      cubes: expect.any(Array),
      complete: false,
    });
    const work = { left: 1000 };
    search(goalOf(formula, true, space), space, 1, work);
    expect(work.left).toBeLessThan(1000);
    expect(work.left).toBeGreaterThan(0);
  });

  test('a choice with one alternative is no branch', () => {
    const chain = [
      and(or(key('k', 'a'), key('l', 'a')), not(key('k', 'a'))),
      or(key('m', 'a'), not(key('l', 'a'))),
    ].reduce(and);
    const space = spaceOf(chain as Open, []);
    const work = { left: 1000 };
    const { cubes, complete } = search(goalOf(chain as Open, true, space), space, 2, work);
    expect([cubes.length, complete]).toEqual([1, true]);
    // one cube of three keys; two choices of two alternatives are visited, and one of them again
    expect(1000 - work.left).toBe(3 + 4 + 2);
  });

  test('a choice that is fulfilled already is left out', () => {
    const formula = and(key('k', 'a'), or(key('k', 'a'), key('l', 'b'))) as Open;
    const space = spaceOf(formula, []);
    const { cubes } = search(goalOf(formula, true, space), space, 10, plenty());
    expect(cubes).toHaveLength(1);
    const l = space.indexOf.get('l StringEquals ["b"]') as number;
    expect(cubes[0]?.[l]).toBe(space.full[l]);
  });

  test('of choices with equally few alternatives the same one always comes first', () => {
    const formula = and(or(key('k', 'a'), key('l', 'a')), or(key('m', 'a'), key('n', 'a'))) as Open;
    const space = spaceOf(formula, []);
    const { cubes } = search(goalOf(formula, true, space), space, 10, plenty());
    const k = space.indexOf.get('k StringEquals ["a"]') as number;
    expect(cubes.map((cube) => cube[k] !== space.full[k])).toEqual([true, false, true, false]);
  });

  test('the choice with the fewest alternatives comes first', () => {
    const many = Array.from({ length: 6 }, (_, i) => key(`k${i}`, 'a')).reduce(or);
    const two = or(key('l', 'a'), key('m', 'a'));
    for (const formula of [and(many, two), and(two, many)]) {
      const space = spaceOf(formula as Open, []);
      const { cubes } = search(goalOf(formula as Open, true, space), space, 1, plenty());
      const l = space.indexOf.get('l StringEquals ["a"]') as number;
      expect(cubes[0]?.[l]).not.toBe(space.full[l]);
      const all = search(goalOf(formula as Open, true, space), space, 100, plenty()).cubes;
      expect(all).toHaveLength(12);
      // the first half of the results has the first of the two alternatives
      expect(all.slice(0, 6).every((cube) => cube[l] !== space.full[l])).toBe(true);
      expect(all.slice(6).every((cube) => cube[l] === space.full[l])).toBe(true);
    }
  });
});

describe('cubes', () => {
  const cube = (...masks: number[]): Cube => masks.map(BigInt);
  const anyCube = fc.array(fc.bigInt({ min: 1n, max: 7n }), { minLength: 3, maxLength: 3 });
  const anyUnion = fc.array(anyCube, { minLength: 1, maxLength: 6 });
  /** The cube with one more value of one variable, in every way. */
  const widerThan = (one: Cube): readonly Cube[] =>
    one.flatMap((mask, i) =>
      [1n, 2n, 4n].filter((bit) => (mask & bit) === 0n).map((bit) => one.with(i, mask | bit)),
    );
  const everywhere: readonly Cube[] = [1, 2, 4].flatMap((a) =>
    [1, 2, 4].flatMap((b) => [1, 2, 4].map((c) => cube(a, b, c))),
  );
  const same = (a: readonly Cube[], b: readonly Cube[]): boolean =>
    everywhere.every((point) => inside(a, point) === inside(b, point));

  test('are absorbed, joined, intersected and minimised without losing or adding a point', () => {
    fc.assert(
      fc.property(anyUnion, anyUnion, anyCube, (a, b, one) => {
        expect(same(absorb(a, plenty()), a)).toBe(true);
        expect(same(join(absorb(a, plenty()), b, 100, plenty()) ?? [], [...a, ...b])).toBe(true);
        const met = product(a, b, 100, plenty()) ?? [];
        for (const point of everywhere) expect(inside(met, point)).toBe(inside(a, point) && inside(b, point));
        expect(same(minimise(a, plenty()), a)).toBe(true);
        const points = everywhere.filter((point) => inside([one], point));
        expect(covers(a, one, plenty())).toBe(points.every((point) => inside(a, point)));
      }),
    );
  });

  test('after minimising, none can be left out or widened', () => {
    fc.assert(
      fc.property(anyUnion, (union) => {
        const cubes = minimise(union, plenty());
        for (const one of cubes) {
          const others = cubes.filter((other) => other !== one);
          expect(covers(others, one, plenty())).toBe(false);
          for (const wide of widerThan(one)) expect(covers(union, wide, plenty())).toBe(false);
        }
      }),
    );
  });

  test('out of work, no point is lost, and nothing counts as covered', () => {
    const none = () => ({ left: 0 });
    const twice = [cube(1, 7, 7), cube(1, 7, 7), cube(2, 7, 7), cube(4, 7, 7)];
    expect(absorb(twice, none())).toEqual(twice);
    expect(absorb(twice, plenty())).toHaveLength(3);
    expect(same(minimise(twice, none()), twice)).toBe(true);
    expect(minimise(twice, plenty())).toEqual([cube(7, 7, 7)]);
    expect(covers(twice, cube(7, 7, 7), none())).toBe(false);
    expect(covers(twice, cube(7, 7, 7), plenty())).toBe(true);
    expect(join([], twice, 100, none())).toBeNull();
    expect(product(twice, twice, 100, none())).toBeNull();
  });

  test('one that another contains is removed, in any order', () => {
    const [wide, narrow, other] = [cube(3, 7, 7), cube(1, 7, 7), cube(4, 7, 1)] as const;
    expect(absorb([wide, narrow], plenty())).toEqual([wide]);
    expect(absorb([narrow, wide], plenty())).toEqual([wide]);
    expect(absorb([narrow, cube(2, 3, 3), other, wide], plenty())).toEqual([other, wide]);
  });

  test('cost one comparison for each variable of each pair', () => {
    const cost = (run: (work: { left: number }) => unknown): number => {
      const work = { left: 1000 };
      run(work);
      return 1000 - work.left;
    };
    const three = [cube(1, 7), cube(2, 3), cube(4, 1)];
    expect(cost((work) => absorb(three, work))).toBe(2 + 4);
    expect(cost((work) => covers(three, cube(1, 1), work))).toBe(6);
    // one look at all, those that are absorbed, one round of consensus, and what covers each of three
    expect(cost((work) => minimise([cube(1, 1), cube(2, 2), cube(4, 4)], work))).toBe(3 * 4 + 6 + 54 + 12);
  });

  test('that differ in one variable become one, even without work left', () => {
    const three = [cube(1, 7, 7), cube(2, 7, 7), cube(4, 7, 7)];
    expect(minimise(three, { left: 40 })).toEqual([cube(7, 7, 7)]);
    expect(minimise(three, { left: 0 })).toHaveLength(3);
    expect(minimise([], plenty())).toEqual([]);
  });

  test('of which some are enough lose the narrowest first, in any order', () => {
    // six cubes in a ring, each covered by its neighbours; the second and the fifth are the narrowest
    const sizes = [1, 2, 3, 5, 7, 10] as const;
    const [a0, a1, b0, b1, c0, c1] = sizes.map(
      (count, i) => (2 ** count - 1) << (i % 2 === 0 ? 0 : (sizes[i - 1] as number)),
    ) as [number, number, number, number, number, number];
    const [a, b, c] = [a0 | a1, b0 | b1, c0 | c1];
    const ring = [
      cube(a1, b0, c),
      cube(a, b1, c0),
      cube(a0, b, c1),
      cube(a0, b1, c),
      cube(a, b0, c1),
      cube(a1, b, c0),
    ];
    for (const turned of [ring.toReversed(), ...ring.map((_, i) => [...ring.slice(i), ...ring.slice(0, i)])])
      expect(minimise(turned, plenty())).toEqual([ring[5], ring[2], ring[0], ring[3]]);
  });

  test('more than the limit give none', () => {
    const three = [cube(1, 7, 7), cube(2, 7, 7), cube(4, 7, 7)];
    expect(join([], three, 3, plenty())).toHaveLength(3);
    expect(join([], three, 2, plenty())).toBeNull();
    expect(product([cube(7, 7, 7)], three, 3, plenty())).toHaveLength(3);
    expect(product([cube(7, 7, 7)], three, 2, plenty())).toBeNull();
  });
});
