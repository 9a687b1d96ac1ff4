import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { folderLines } from '../../lib/adapters/local/folder-lines.ts';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { folderStore } from '../../lib/adapters/local/folder-store.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import type { CellFilter } from '../../lib/matrix/answers/find-groups.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Matrix } from '../../lib/matrix/paths/matrix.ts';
import { writeMatrix } from '../../lib/matrix/stored/store.ts';
import { readAudit, readForCells } from '../../lib/pipeline/load.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { writeSnapshot } from '../../lib/snapshot/stored-snapshot.ts';

const acme = (): Promise<Snapshot> =>
  collectAccount(folderSource(join(import.meta.dirname, '../../examples/acme')), new Date(0), {
    step: () => {},
  });

const ACCOUNTS = [
  ['examples/acme', acme],
  ['a generated account', async () => generateAccount({ principals: 60, instances: 60, seed: 5 })],
] as const;
const LAYOUTS = [
  ['a line for each item', writeSnapshot, '.gz'],
  ['not compressed, as it was written before', writeSnapshot, ''],
  ['on one line, as it was written earlier', (snapshot: Snapshot) => JSON.stringify(snapshot), ''],
] as const;

/** Some instances and principals, with every path and with one, and with everything. */
function filtersOf({ instances, principals, paths }: Matrix): readonly CellFilter[] {
  const some = <T>(list: readonly T[]) => list.filter((_, i) => i % Math.ceil(list.length / 6) === 0);
  const one = [
    ...some(instances).map(({ id }) => ({ instance: id })),
    ...some(principals).map(({ arn }) => ({ principal: arn })),
  ];
  return [
    ...one,
    ...one.flatMap((filter) => some(paths).map((path) => ({ ...filter, path }))),
    { instance: 'i-none' },
    {},
  ];
}

const texts = (cells: Iterable<object>) => [...cells].map((cell) => JSON.stringify(cell)).join('\n');

test.each(
  ACCOUNTS.flatMap(([name, account]) =>
    LAYOUTS.map(([layout, write, end]) => [name, layout, { account, write, end }] as const),
  ),
)('%s, %s: part of an audit gives the same answer as the whole', async (_, __, { account, write, end }) => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-part-'));
  const store = folderStore(dir);
  const snapshot = await account();
  await store.create(`runs/one/snapshot.json${end}`, write(snapshot));
  await store.create(`runs/one/matrix.json${end}`, writeMatrix(buildMatrix(snapshot)));
  const whole = await readAudit(store, '', 'one');
  expect(whole.snapshot).toEqual(JSON.parse(JSON.stringify(snapshot)));
  let cells = 0;
  for (const filter of filtersOf(whole.matrix)) {
    const part = await readForCells({ store, readLines: folderLines(dir) }, 'one', filter);
    const answer = texts(cellsOf(part.matrix, part.snapshot, filter));
    expect(answer).toBe(texts(cellsOf(whole.matrix, whole.snapshot, filter)));
    cells += answer.length;
  }
  expect(cells).toBeGreaterThan(100_000);
  await rm(dir, { recursive: true });
});

test('the amount that is read depends on the question', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-part-'));
  const store = folderStore(dir);
  const snapshot = generateAccount({ principals: 60, instances: 60, seed: 5 });
  await store.create('runs/one/snapshot.json.gz', writeSnapshot(snapshot));
  await store.create('runs/one/matrix.json.gz', writeMatrix(buildMatrix(snapshot)));
  const read = async (filter: CellFilter, most?: number) => {
    const part = await readForCells({ store, readLines: folderLines(dir) }, 'one', filter, most);
    return { ...part, instances: instancesOf(part.snapshot) };
  };
  const all = instancesOf(snapshot);
  const everywhere = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'power' })].map(
    ({ principal }) => principal,
  );
  const [[arn] = ['']] = [...Map.groupBy(everywhere, (one) => one)].filter(
    ([, cells]) => cells.length === all.length,
  );
  const admin = { principal: arn };
  expect((await read(admin)).instances.length).toBe(all.length);
  const first = await read(admin, 10);
  expect(first.instances.length).toBeLessThan(all.length);
  expect(texts(cellsOf(first.matrix, first.snapshot, admin).take(10))).toBe(
    texts(cellsOf(buildMatrix(snapshot), snapshot, admin).take(10)),
  );
  const name = { ...admin, instance: all[7]!.id, path: 'power' } as const;
  const one = await read(name);
  expect(one.matrix.groups.every(({ path }) => path === 'power')).toBe(true);
  expect(explainCell(one.snapshot, name, one.matrix)).toEqual(explainCell(snapshot, name));
  await rm(dir, { recursive: true });
});

const made = generateAccount({ principals: 20, instances: 20, seed: 5 });
const instance = instancesOf(made)[0]?.id ?? '';

test.each<[string, Snapshot, string]>([
  [
    'an instance',
    {
      ...made,
      regions: made.regions.map((region) => ({
        ...region,
        instances: region.instances?.filter(({ id }) => id !== instance) ?? null,
      })),
    },
    `\`${instance}\` is only in`,
  ],
  ['a user', { ...made, users: made.users.slice(1) }, `\`${made.users[0]?.arn}\` is only in`],
  ['a role', { ...made, roles: made.roles.slice(1) }, `\`${made.roles[0]?.arn}\` is only in`],
  ['another time', { ...made, takenAt: '2026-01-01T00:00:00.000Z' }, 'they are of different runs'],
  ['another account', { ...made, accountId: '999988887777' }, 'they are of different runs'],
])('a snapshot with %s that its matrix lacks, or the reverse, is refused', async (_, snapshot, why) => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-part-'));
  const store = folderStore(dir);
  await store.create('runs/one/snapshot.json.gz', writeSnapshot(snapshot));
  await store.create('runs/one/matrix.json.gz', writeMatrix(buildMatrix(made)));
  await expect(readAudit(store, '', 'one')).rejects.toThrow(why);
  for (const filter of [{}, { instance }, { instance: 'i-none' }, { path: 'power' } as const]) {
    const read = readForCells({ store, readLines: folderLines(dir) }, 'one', filter);
    if (filter.instance === 'i-none' && why.includes(instance)) await read;
    else await expect(read).rejects.toThrow(why);
  }
  await rm(dir, { recursive: true });
});
