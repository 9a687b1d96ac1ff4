import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { type Bench, type BenchResult, countOption } from './bench.ts';
import { figuresPage, type Measured, measureAll, smaller } from './figures-page.ts';

const ROOT = path.join(import.meta.dirname, '..');
const FILE = 'docs/figures.md';

/** A measurement that takes longer counts as failed, in milliseconds. */
const LONGEST = 15 * 60_000;

/** The measurements of docs/figures.md, each in its own process, so that nothing is warm. One run takes some 7 minutes. */
const MEASURED: readonly string[] = [
  'evaluator',
  'matrix --principals 2000 --instances 2000',
  'matrix --principals 4000 --instances 4000',
  'matrix --principals 10000 --instances 10000',
  'matrix --principals 10000 --instances 100000',
  'ring --roles 5000',
  'change --principals 2000 --instances 2000 --changes 40',
  'drift --principals 1000 --instances 1000',
  'fixes --principals 1000 --instances 1000',
  'page --principals 2000 --instances 2000',
  'across --accounts 20 --audited 10',
  'store --principals 2000 --instances 10000',
  'store --principals 10000 --instances 100000',
  'demo',
  'bundles',
];

/** Runs the other measurements and writes their results, so that no figure in the docs is typed by hand. */
export const figuresBench: Bench = {
  name: 'figures',
  summary: `runs the other measurements and writes ${FILE}`,
  options: [
    { flags: '--runs <count>', description: 'how often each of them runs', fallback: '3' },
    {
      flags: '--only <text>',
      description: 'only measurements with this in their command, and write nothing',
    },
    { flags: '--small', description: 'accounts of a fiftieth of the size, to try the script; write nothing' },
  ],
  async run(options) {
    const runs = countOption(options, 'runs');
    const { only, small } = options;
    const chosen = MEASURED.filter((one) => only === undefined || one.includes(only));
    const commands = small === undefined ? chosen : chosen.map(smaller);
    const writes = only === undefined && small === undefined;
    const on = { day: new Date().toISOString().slice(0, 10), machine: machineText(), runs };
    // written after each measurement: a run that is stopped keeps what it has
    const write = async (all: readonly Measured[]): Promise<void> => {
      if (writes) await writeFile(path.join(ROOT, FILE), figuresPage(all, on));
    };
    const all = await measureAll(commands, runs, measure, write);
    const failed = all.flatMap(({ command, failure }) =>
      failure === null ? [] : [`${command}: ${failure}`],
    );
    if (failed.length > 0) process.exitCode = 1;
    return {
      measured: all.length,
      failed,
      ...(writes ? { file: FILE } : { text: figuresPage(all, on) }),
    };
  },
};

async function measure(command: string): Promise<BenchResult> {
  console.error(command);
  const args = ['bench/main.ts', ...command.split(' '), '--json'];
  const options = { cwd: ROOT, maxBuffer: 1e8, timeout: LONGEST };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch((error) => {
    throw error.killed ? new Error(`it took longer than ${LONGEST / 1000} s`) : error;
  });
  return JSON.parse(stdout);
}

function machineText(): string {
  const cores = `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}`;
  return `${cores} with ${Math.round(totalmem() / 2 ** 30)} GiB and Node ${process.version}`;
}
