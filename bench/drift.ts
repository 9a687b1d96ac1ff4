import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Drift } from '../lib/drift/drift.ts';
import type { Alert } from '../lib/ports/notifier.ts';
import { type Bench, type BenchResult, countOption } from './bench.ts';
import { ACCOUNT_CHANGES, type AccountChange } from './drift-changes.ts';
import { generateAccount } from './generate-account.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';
import { writeAccount } from './write-account.ts';

const ROOT = path.join(import.meta.dirname, '..');

/**
 * Scans a generated account, changes it, and scans it again in its own process: the cost of the second scan, and what
 * it reports.
 */
export const driftBench: Bench = {
  name: 'drift',
  summary: 'a second scan after a change of millions of cells: CPU, memory, written and reported data',
  options: [
    ...ACCOUNT_OPTIONS,
    {
      flags: '--change <name>',
      description: `only this one: ${ACCOUNT_CHANGES.map(({ name }) => name).join(', ')}`,
    },
  ],
  async run(options) {
    const principals = countOption(options, 'principals');
    const instances = countOption(options, 'instances');
    const seed = countOption(options, 'seed');
    const wanted = ACCOUNT_CHANGES.filter(
      ({ name }) => options.change === undefined || name === options.change,
    );
    if (wanted.length === 0)
      throw new Error(`no change is called \`${options.change}\`: see \`bench drift --help\``);
    const dir = await mkdtemp(path.join(tmpdir(), 'latchkey-drift-'));
    try {
      const size = { principals, instances, seed };
      await writeAccount(generateAccount(size), path.join(dir, 'before'));
      const first = await scan(path.join(dir, 'before'), path.join(dir, 'out'));
      const changes: BenchResult[] = [];
      for (const change of wanted) changes.push(await secondScan(dir, size, change));
      return { ...size, first, changes };
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

async function secondScan(
  dir: string,
  size: { readonly principals: number; readonly instances: number; readonly seed: number },
  change: AccountChange,
): Promise<BenchResult> {
  const from = path.join(dir, 'after');
  const out = path.join(dir, 'again');
  await writeAccount(change.to(generateAccount(size)), from);
  await cp(path.join(dir, 'out'), out, { recursive: true });
  const earlier = new Set(await filesIn(out));
  const taken = await scan(from, out);
  const written = (await filesIn(out)).filter((file) => !earlier.has(file));
  const sizes = await sizesIn(written);
  await rm(from, { recursive: true });
  await rm(out, { recursive: true });
  return { change: change.name, ...taken, ...sizes };
}

const filesIn = async (dir: string): Promise<readonly string[]> =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

async function sizesIn(written: readonly string[]): Promise<BenchResult> {
  const sizes = await Promise.all(written.map(async (file) => (await stat(file)).size));
  const at = written.findIndex((file) => path.basename(file) === 'drift.json');
  const drift = JSON.parse(await readFile(written[at] as string, 'utf8')) as readonly Drift[];
  const sum = (numberOf: (one: Drift) => number): number =>
    drift.reduce((all, one) => all + numberOf(one), 0);
  const [alert] = written.filter((file) => file.endsWith('-alert.json')).sort();
  return {
    writtenMb: megabytes(sizes.reduce((all, one) => all + one, 0)),
    driftBytes: sizes[at],
    causes: drift.length,
    groups: sum(({ groups }) => groups.length),
    cells: sum(({ counts: { gained, lost, changed } }) => gained + lost + changed),
    alerts: written.filter((file) => file.endsWith('-alert.json')).length,
    firstAlert: alert === undefined ? null : (JSON.parse(await readFile(alert, 'utf8')) as Alert).subject,
  };
}

/** Prints the cost of the process at its end; 1 kB is 1,024 bytes, as the kernel counts. */
const REPORT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.error(JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRssMb: maxRSS / 1024 }));
});`;

async function scan(
  from: string,
  out: string,
): Promise<{ readonly cpuSeconds: number; readonly peakRssMb: number }> {
  const args = ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`];
  const child = spawn(process.execPath, [...args, 'cli/main.js', 'scan', '--from', from, '--out', out], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const lines = said.trim().split('\n');
  if (code !== 0) throw new Error(`the scan failed: ${lines.at(-2)}`);
  const { cpuSeconds, peakRssMb } = JSON.parse(lines.at(-1) as string);
  return { cpuSeconds: Math.round(cpuSeconds * 10) / 10, peakRssMb: Math.round(peakRssMb) };
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e5) / 10;
