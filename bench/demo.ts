import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { type Bench, countOption } from './bench.ts';
import { median } from './median.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** The demo as a user runs it: its own process, from start to exit, into an empty folder. */
export const demoBench: Bench = {
  name: 'demo',
  summary: 'how long `npm run demo` takes, without npm',
  options: [{ flags: '--runs <count>', description: 'how often it runs', fallback: '5' }],
  async run(options) {
    const seconds: number[] = [];
    for (let run = 0; run < countOption(options, 'runs'); run++) seconds.push(await secondsOfDemo());
    return { runs: seconds.length, medianSeconds: median(seconds), maxSeconds: Math.max(...seconds) };
  },
};

async function secondsOfDemo(): Promise<number> {
  const out = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'));
  try {
    const start = performance.now();
    await run(['cli/main.js', 'demo', '--out', out]);
    return Math.round(performance.now() - start) / 1000;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the demo failed: ${said.trim().split('\n').at(-1)}`)),
    );
  });
}
