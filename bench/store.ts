import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderLines } from '../lib/adapters/local/folder-lines.ts';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import { type CellFilter, instanceCount } from '../lib/matrix/answers/find-groups.ts';
import { cellsOf } from '../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../lib/matrix/build.ts';
import type { Matrix } from '../lib/matrix/paths/matrix.ts';
import { readMatrix, writeMatrix } from '../lib/matrix/stored/store.ts';
import { readForCells } from '../lib/pipeline/load.ts';
import { writeSnapshot } from '../lib/snapshot/stored-snapshot.ts';
import { type Bench, countOption } from './bench.ts';
import { generateAccount } from './generate-account.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';

/**
 * The matrix of a generated account as `matrix.json.gz`: its size, and the time to write, read and query it, in CPU
 * seconds.
 */
export const storeBench: Bench = {
  name: 'store',
  summary: 'a stored matrix: its size, and the time to write, read and query it',
  options: ACCOUNT_OPTIONS,
  async run(options) {
    const principals = countOption(options, 'principals');
    const instances = countOption(options, 'instances');
    const seed = countOption(options, 'seed');
    const snapshot = generateAccount({ principals, instances, seed });
    const built = buildMatrix(snapshot);
    const [text, writeSeconds] = await timed(() => writeMatrix(built));
    const [matrix, readSeconds] = await timed(() => readMatrix(text));
    const instance = matrix.instances[Math.floor(instances / 2)]?.id ?? '';
    const principal = matrix.principals[Math.floor(principals / 2)]?.arn ?? '';
    const path = 'session-manager';
    const dir = await mkdtemp(join(tmpdir(), 'latchkey-store-'));
    await folderStore(dir).create('runs/one/snapshot.json.gz', writeSnapshot(snapshot));
    await folderStore(dir).create('runs/one/matrix.json.gz', text);
    const ask = async (filter: CellFilter) => (await timed(() => asked(dir, filter)))[1];
    const answers = {
      instanceSeconds: await ask({ instance, path }),
      principalSeconds: await ask({ principal, path }),
      everyPathSeconds: await ask({ instance }),
    };
    await rm(dir, { recursive: true });
    return {
      ...{ principals, instances, seed },
      openCells: cellCount(matrix),
      groups: matrix.groups.length,
      megabytes: Math.ceil(new TextEncoder().encode(text).length / 1e5) / 10,
      ...{ writeSeconds, readSeconds, ...answers },
      same: writeMatrix(matrix) === text,
    };
  },
};

/** The cells as `who-can --json` finds them, from the files. */
async function asked(dir: string, filter: CellFilter): Promise<number> {
  const ports = { store: folderStore(dir), readLines: folderLines(dir) };
  const { matrix, snapshot } = await readForCells(ports, 'one', filter);
  let characters = 0;
  for (const cell of cellsOf(matrix, snapshot, filter)) characters += JSON.stringify(cell).length;
  return characters;
}

const cellCount = ({ groups }: Matrix): number =>
  groups.reduce((sum, group) => sum + group.principals.length * instanceCount(group), 0);

/** With CPU seconds, including the threads of the garbage collector. */
async function timed<T>(work: () => T | Promise<T>): Promise<readonly [T, number]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [result, Math.round((user + system) / 1000) / 1000];
}
