import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_CHANGES } from '../../bench/drift-changes.ts';
import { generateAccount } from '../../bench/generate-account.ts';
import { randomOf } from '../../bench/random.ts';
import { changesBetween } from '../../lib/drift/changes-between.ts';
import { listCells, listDrift } from '../../lib/drift/list-drift.ts';
import { compileAccount } from '../../lib/matrix/account/account.ts';
import { kindsOf } from '../../lib/matrix/account/kinds-of.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Matrix } from '../../lib/matrix/paths/matrix.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { cellsOf } from './cells-of.ts';

/** The state of a cell as a text, without its grants. */
function stateText(state: {
  readonly verdict: string;
  readonly condition: { readonly anyOf: readonly { readonly allOf: readonly object[] }[] } | null;
  readonly landsAs: readonly string[];
}): string {
  const terms = state.condition?.anyOf.map(({ allOf }) =>
    allOf
      .map((term) => JSON.stringify(term))
      .sort()
      .join(' and '),
  );
  return `${state.verdict} ${terms?.sort().join(' or ') ?? 'always'} as ${[...state.landsAs].sort().join()}`;
}

/** A matrix cell by cell. */
function expand({ groups, principals, instances }: Matrix): Map<string, string> {
  const cells = new Map<string, string>();
  for (const { path, principals: who, instances: on, outcome } of groups)
    for (const p of who)
      for (const i of on) cells.set(`${principals[p]?.arn} ${instances[i]?.id} ${path}`, stateText(outcome));
  return cells;
}

const DENIED = 'denied always as ';

/** Drift between two lists of cells: cell -> before, after. */
function naiveDrift(before: Matrix, after: Matrix): Map<string, readonly [string, string]> {
  const old = expand(before);
  const now = expand(after);
  const drift = new Map<string, readonly [string, string]>();
  for (const cell of new Set([...old.keys(), ...now.keys()])) {
    const states = [old.get(cell) ?? DENIED, now.get(cell) ?? DENIED] as const;
    if (states[0] !== states[1]) drift.set(cell, states);
  }
  return drift;
}

function mustAgree(before: Snapshot, after: Snapshot): void {
  const [left, right] = [buildMatrix(before), buildMatrix(after)];
  const changes = changesBetween({ snapshot: before, matrix: left }, { snapshot: after, matrix: right }, []);
  const expected = naiveDrift(left, right);
  const cells = [...listCells(changes)];
  const told = new Map(
    cells.map((cell) => [
      `${cell.principal} ${cell.instance} ${cell.path}`,
      [stateText(cell.before), stateText(cell.after)] as const,
    ]),
  );
  // no cell twice
  expect(told.size).toBe(cells.length);
  expect(told).toEqual(expected);
  const drift = listDrift(changes);
  const [was, is] = [kindsOf(compileAccount(before)), kindsOf(compileAccount(after))];
  const there = new Set([...after.users, ...after.roles].map(({ arn }) => arn));
  const isPerson = (arn: string): boolean => (there.has(arn) ? is : was)(arn) === 'person';
  const production = new Set(
    [before, after].flatMap(({ regions }) =>
      regions.flatMap(({ instances }) => (instances ?? []).filter(inProduction).map(({ id }) => id)),
    ),
  );
  expect(new Set(drift.map(({ id }) => id)).size).toBe(drift.length);
  for (const { id, counts } of drift) {
    const own = cells.filter(({ cause }) => cause === id);
    const of = (word: string) => own.filter(({ change }) => change === word).length;
    expect(counts).toEqual({
      ...{ gained: of('gained'), lost: of('lost'), changed: of('changed') },
      principals: new Set(own.map(({ principal }) => principal)).size,
      instances: new Set(own.map(({ instance }) => instance)).size,
      people: new Set(own.map(({ principal }) => principal).filter(isPerson)).size,
      production: new Set(own.map(({ instance }) => instance).filter((one) => production.has(one))).size,
    });
  }
  // few enough that all names are listed
  const listed = drift.flatMap((one) => cellsOf([one]).map((cell) => ({ ...cell, cause: one.id })));
  expect(new Set(listed.map((cell) => JSON.stringify(cell)))).toEqual(
    new Set(cells.map((cell) => JSON.stringify(cell))),
  );
}

const inProduction = ({
  tags,
}: {
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}): boolean =>
  tags.some(
    ({ key, value }) =>
      ['env', 'environment'].includes(key.toLowerCase()) &&
      ['prod', 'production'].includes(value.toLowerCase()),
  );

/** A random change, as people make them. */
function changed(snapshot: Snapshot, seed: number): Snapshot {
  const random = randomOf(seed, 'drift');
  const all = snapshot.regions.flatMap((region) => region.instances ?? []);
  const tags = random.pick(all).tags;
  const moved = random.pick(all).id;
  const gone = random.pick(all).id;
  const user = random.pick(snapshot.users);
  const like = random.pick(snapshot.users);
  const freed = random.pick(snapshot.roles).arn;
  return {
    ...snapshot,
    users: snapshot.users.map((one) =>
      one === user
        ? { ...one, policies: like.policies.filter((id) => !id.includes('#')), groups: like.groups }
        : one,
    ),
    roles: snapshot.roles.map((one) => (one.arn === freed ? { ...one, boundary: null } : one)),
    regions: snapshot.regions.map((region) => ({
      ...region,
      instances:
        region.instances
          ?.filter(({ id }) => id !== gone)
          .map((one) => (one.id === moved ? { ...one, tags } : one)) ?? null,
    })),
  };
}

describe('drift by class equals drift cell by cell', () => {
  it.each(ACCOUNT_CHANGES)('for $name', ({ to }) => {
    for (const seed of [1, 2]) {
      const before = generateAccount({ principals: 20, instances: 14, seed });
      mustAgree(before, to(before));
      mustAgree(to(before), before);
    }
  });

  it('for several changes at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.subarray(ACCOUNT_CHANGES.map((_, index) => index)),
        (seed, which) => {
          const before = generateAccount({ principals: 16, instances: 12, seed });
          const after = which.reduce((now, index) => ACCOUNT_CHANGES[index]!.to(now), changed(before, seed));
          mustAgree(before, after);
        },
      ),
      { numRuns: 15 },
    );
  });
});
