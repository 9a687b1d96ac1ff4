import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { CellChange } from '../../lib/matrix/change/cell-changes.ts';
import { WhatIf } from '../../lib/matrix/change/what-if.ts';
import type { Matrix } from '../../lib/matrix/matrix.ts';
import type { Instance, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { anyAccount } from './arbitrary-account.ts';
import { cellTexts, textOf } from './compare-matrices.ts';

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=10000`. */
const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 150);
vi.setConfig({ testTimeout: 60_000 + runs * 100 });

const instancesOf = (snapshot: Snapshot): readonly Instance[] =>
  snapshot.regions.flatMap((region) => region.instances ?? []);

function withInstance(snapshot: Snapshot, id: string, next: Instance): Snapshot {
  const regions = snapshot.regions.map((region) => ({
    ...region,
    instances: region.instances?.map((one) => (one.id === id ? next : one)) ?? null,
  }));
  return { ...snapshot, regions };
}

/** What two whole matrices say differently: `principal instance path` -> before and after. */
function rebuilt(before: Matrix, after: Matrix): ReadonlyMap<string, string> {
  const [was, is] = [cellTexts(before), cellTexts(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  return new Map(
    names
      .filter((name) => was.get(name) !== is.get(name))
      .map((name) => [name, `${was.get(name) ?? 'denied'} -> ${is.get(name) ?? 'denied'}`]),
  );
}

function told(matrix: Matrix, changes: readonly CellChange[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { path, principals, instances, before, after } of changes) {
    const text = `${before ? textOf(before) : 'denied'} -> ${after ? textOf(after) : 'denied'}`;
    for (const p of principals)
      for (const i of instances) {
        const name = `${matrix.principals[p]?.arn} ${matrix.instances[i]?.id} ${path}`;
        texts.set(name, texts.has(name) ? `${texts.get(name)} and also ${text}` : text);
      }
  }
  return new Map([...texts].sort());
}

const anyTags = fc.array(
  fc.record({
    key: fc.constantFrom('team', 'env', 'box', 'Team', 'Name'),
    value: fc.constantFrom('red', 'blue', 'i-1', 'prod', ''),
  }),
  { maxLength: 3 },
);

test('what would change with other tags is what two whole matrices say differently', () => {
  let some = 0;
  fc.assert(
    fc.property(anyAccount, fc.nat(), anyTags, (snapshot, pick, tags) => {
      const all = instancesOf(snapshot);
      fc.pre(all.length > 0);
      const instance = all[pick % all.length] as Instance;
      const unique = [...new Map(tags.map((tag) => [tag.key, tag])).values()];
      const next = { ...instance, tags: unique };
      const whatIf = new WhatIf(snapshot);
      const changes = whatIf.instance(instance.id, next);
      const expected = rebuilt(buildMatrix(snapshot), buildMatrix(withInstance(snapshot, instance.id, next)));
      expect(told(whatIf.matrix, changes)).toEqual(expected);
      if (expected.size > 0) some++;
    }),
    { numRuns: runs },
  );
  expect(some).toBeGreaterThan(0);
});
