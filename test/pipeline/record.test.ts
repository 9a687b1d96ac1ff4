import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { folderStore } from '../../lib/adapters/local/folder-store.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { type NotStored, recordingSource } from '../../lib/pipeline/record.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after } from './account.ts';
import { memorySource } from './memory-source.ts';
import { quiet } from './ports.ts';

it('a recorded folder gives the same snapshot as its source, and gaps leave no file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-record-'));
  try {
    const gaps: NotStored[] = [];
    const at = new Date('2026-08-23T10:15:00Z');
    const recording = recordingSource(memorySource(inputFiles(after)), folderStore(dir), (gap) =>
      gaps.push(gap),
    );
    const live = await collectAccount(recording, at, quiet);
    const again = await collectAccount(folderSource(dir), at, quiet);
    const facts = ({ coverage, ...rest }: typeof live) => ({
      ...rest,
      coverage: coverage.map(({ call, region, status, items }) => ({ call, region, status, items })),
    });
    expect(facts(again)).toEqual(facts(live));
    const files = await readdir(dir, { recursive: true });
    expect(files).toContain('us-east-1/ec2.describe-instances.json');
    expect(gaps.map(({ file }) => file)).toContain('us-east-1/ec2.get-serial-console-access-status.json');
    expect(gaps.filter(({ file, detail }) => files.includes(file) || detail === '')).toEqual([]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
