import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { writeAccount } from '../../bench/write-account.ts';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { CALLS } from '../../lib/collect/calls.ts';
import { collectAccount } from '../../lib/collect/collect.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-generate-'));
const account = generateAccount({ principals: 300, instances: 500, seed: 3 });
const bytes = await writeAccount(account, folder);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the written folder is collected to exactly the generated account', async () => {
  const steps: string[] = [];
  const collected = await collectAccount(folderSource(folder), new Date(account.takenAt), {
    step: (text) => steps.push(text),
  });
  const { coverage, ...rest } = collected;
  const { coverage: _, ...generated } = account;
  expect(rest).toEqual(generated);
  expect(steps.filter((step) => step.startsWith('ignored'))).toEqual([]);
  const typed = new Set(
    CALLS.filter(({ reader }) => reader !== 'kept').map((call) => `${call.service}.${call.operation}`),
  );
  const gaps = coverage.filter(
    ({ call, status, detail }) => typed.has(call) && (status !== 'collected' || detail),
  );
  expect(gaps).toEqual([]);
});

test('each file is one JSON object, and the total size is as reported', async () => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json'));
  const typed = CALLS.filter(({ scope, reader }) => scope === 'region' && typeof reader !== 'string');
  const inRegion = typed.filter(({ argument }) => argument === null).length;
  // the preferences and two documents, one of each pipeline, and two of each cluster and window
  const more = account.regions.map(
    ({ ecsClusters, maintenanceWindows, associationDetails, pipelines }) =>
      3 +
      (pipelines?.length ?? 0) +
      2 * ((ecsClusters?.length ?? 0) + (maintenanceWindows?.length ?? 0)) +
      (associationDetails?.length ?? 0),
  );
  const { permissionSets = [], groups = [] } = account.identityCenter ?? {};
  const holders = 4 + 2 * permissionSets.length + groups.length;
  expect(permissionSets.length).toBeGreaterThan(3);
  expect(files).toHaveLength(more.reduce((sum, count) => sum + inRegion + count, 3 + holders));
  let size = 0;
  for (const file of files) {
    const text = await readFile(path.join(folder, file), 'utf8');
    size += Buffer.byteLength(text);
    expect(Array.isArray(JSON.parse(text))).toBe(false);
  }
  expect(size).toBe(bytes);
});

test('a folder that is not empty is left alone', async () => {
  const taken = await mkdtemp(path.join(tmpdir(), 'latchkey-generate-'));
  try {
    await writeFile(path.join(taken, 'mine.txt'), 'mine');
    await expect(writeAccount(account, taken)).rejects.toThrow(`the folder \`${taken}\` is not empty`);
    expect(await readdir(taken)).toEqual(['mine.txt']);
  } finally {
    await rm(taken, { recursive: true, force: true });
  }
});
