import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ScanOutput, scanSummary } from '../../cli/scan-summary.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import type { RankedFix } from '../../lib/findings/fix.ts';
import { chunkOf, packedOf } from '../render/page-parts.ts';
import { latchkey } from './run.ts';

let out = '';
let run = '';
let stdout = '';

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'latchkey-fixes-'));
  ({ stdout } = await latchkey(['scan', '--from', 'examples/acme', '--out', out, '--fixes', '4']));
  run = join(out, 'runs', (await readdir(join(out, 'runs')))[0] as string);
}, 120_000);

afterAll(() => rm(out, { recursive: true, force: true }));

const read = async <T>(file: string): Promise<T> => JSON.parse(await readFile(join(run, file), 'utf8')) as T;

it('a scan ranks the wanted number of changes, and the terminal and the email show the first ones', async () => {
  const ranked = await read<RankedFix[]>('fixes.json');
  expect(ranked.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
  expect(ranked.every(({ removesRoot, adds }) => removesRoot > 0 && adds === 0)).toBe(true);
  expect(stdout).toContain('change first, each after the ones before it');
  expect(stdout).toContain(`  1. ${ranked[0]?.says}`);
  expect(stdout).toContain('and 1 more: see fixes.json');
  expect(stdout).toContain('the fix of a finding is for what that finding says');
  const [mail] = (await readdir(join(out, 'outbox'))).filter((name) => name.endsWith('-digest.eml'));
  expect(await readFile(join(out, 'outbox', mail as string), 'utf8')).toContain('CHANGE FIRST');
});

it('a scan says how to get the fixes that it did not compute, and nothing if none were wanted', () => {
  const done = {
    run: 'r',
    accountId: '1',
    principals: 300,
    instances: 1_000,
    cells: 5,
    drift: {},
    findings: {},
  };
  const audited = { ...done, state: 'complete', undecided: '', shells: {}, accepted: {}, previousRun: null };
  const collected = { gaps: 0, keptGaps: 0, leftOut: 0 };
  const published = { alerts: 0, mails: 0, waiting: [] };
  const said = (fixed: object): string =>
    scanSummary({ collected, audited, published, fixed } as unknown as ScanOutput, 'out');
  expect(said({ ranked: [], findings: 0, tooLarge: 300_000 })).toMatch(
    /\nno fixes: 300,000 pairs .*: `--fixes 10` computes them\n$/,
  );
  expect(said({ ranked: [], findings: 0 })).not.toContain('fixes');
});

it('a scan gives findings a fix that `whatif` accepts unchanged, and that opens nothing', async () => {
  const findings = await read<Finding[]>('findings.json');
  const fixed = findings.flatMap(({ fix }) => fix ?? []);
  expect(fixed.length).toBeGreaterThan(3);
  const file = join(out, 'change.json');
  const [fix] = fixed;
  await writeFile(file, JSON.stringify(fix?.change));
  const answer = await latchkey(['whatif', '--in', out, '--change', file, '--json', '--fail-on', 'any']);
  expect(answer.code).toBe(0);
  const { drift } = JSON.parse(answer.stdout) as { drift: { counts: { gained: number; lost: number } }[] };
  expect(drift.reduce((sum, { counts }) => sum + counts.lost, 0)).toBe(fix?.removes);
  expect(drift.reduce((sum, { counts }) => sum + counts.gained, 0)).toBe(0);
  expect((await latchkey(['findings', '--in', out])).stdout).toContain('proved fix');
});

it('a scan shows fixes on the page, which was written before they were known', async () => {
  const findings = await read<Finding[]>('findings.json');
  const page = await readFile(join(run, 'report.html'), 'utf8');
  const shown = [...packedOf(page).keys()].map((name) => JSON.stringify(chunkOf(page, name))).join('\n');
  const [fix] = findings.flatMap((one) => one.fix ?? []);
  expect(shown).toContain(JSON.stringify(fix?.commands[0]));
});

it('a scan computes no fixes for 0, and refuses a text that is no number', async () => {
  const none = await mkdtemp(join(tmpdir(), 'latchkey-fixes-'));
  const scanned = await latchkey([
    'scan',
    '--from',
    'examples/acme',
    '--out',
    none,
    '--fixes',
    '0',
    '--json',
  ]);
  expect(JSON.parse(scanned.stdout)).toMatchObject({ fixed: { ranked: [], findings: 0 } });
  expect((await latchkey(['scan', '--from', 'examples/acme', '--out', none, '--fixes', 'ten'])).code).toBe(2);
  await rm(none, { recursive: true, force: true });
});
