import { hash } from 'node:crypto';
import path from 'node:path';
import { expect, test } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { JUDGING } from '../../lib/pipeline/judging.ts';

/** What the example accounts were and which cells they had when this was last written. */
const RECORDED = {
  judging: '6e6626a252ad',
  snapshots: '8a86c2ad8358',
  cells: '3383710f3e44',
};

const shortHash = (text: string): string => hash('sha256', text).slice(0, 12);

async function judged(): Promise<typeof RECORDED> {
  const [snapshots, cells]: [string[], string[]] = [[], []];
  for (const name of ['acme', 'acme-later', 'ways-in']) {
    const source = folderSource(path.join('examples', name));
    const snapshot = await collectAccount(source, new Date(0), { step: () => {} });
    snapshots.push(JSON.stringify(snapshot));
    for (const cell of cellsOf(buildMatrix(snapshot), snapshot)) cells.push(JSON.stringify(cell));
  }
  const [ofSnapshots = '', ofCells = ''] = [snapshots, cells].map((lines) => shortHash(lines.join('\n')));
  return { judging: JUDGING, snapshots: ofSnapshots, cells: ofCells };
}

test('the same snapshots have the same cells, unless runs of earlier releases are evaluated again', async () => {
  const now = await judged();
  if (now.judging === RECORDED.judging && now.snapshots === RECORDED.snapshots) {
    const advice = 'the same snapshots have other cells: raise `VERSION` in lib/pipeline/judging.ts';
    expect(now.cells, advice).toBe(RECORDED.cells);
  }
  expect(now, 'write the values that were received into `RECORDED`').toEqual(RECORDED);
});
