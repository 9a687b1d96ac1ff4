import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { type Bench, countOption } from './bench.ts';
import { median } from './median.ts';

const ROOT = path.join(import.meta.dirname, '..');
const FILE = 'docs/figures.md';

/** What stands in docs/figures.md. Each run is a process of its own, so that nothing is warm. */
const MEASURED: readonly string[] = [
  'evaluator',
  'matrix --principals 2000 --instances 2000',
  'matrix --principals 4000 --instances 4000',
  'matrix --principals 10000 --instances 10000',
  'matrix --principals 10000 --instances 100000',
  'ring --roles 5000',
  'change --principals 2000 --instances 2000 --changes 40',
  'store --principals 2000 --instances 10000',
  'store --principals 10000 --instances 100000',
  'demo',
  'bundles',
];

/** Runs the others and writes what they found, so that no figure in the docs is typed by hand. */
export const figuresBench: Bench = {
  name: 'figures',
  summary: `runs the other measurements and writes ${FILE}`,
  options: [
    { flags: '--runs <count>', description: 'how often each of them runs', fallback: '3' },
    {
      flags: '--only <text>',
      description: 'only measurements with this in their command, and write nothing',
    },
  ],
  async run(options) {
    const runs = countOption(options, 'runs');
    const { only } = options;
    const sections: string[] = [];
    for (const command of MEASURED.filter((one) => only === undefined || one.includes(only))) {
      console.error(command);
      const results: Figures[] = [];
      for (let run = 0; run < runs; run++) results.push(await figuresOf(command));
      sections.push(sectionOf(command, results));
    }
    const text = pageOf(runs, sections);
    if (only === undefined) await writeFile(path.join(ROOT, FILE), text);
    return only === undefined ? { measured: sections.length, file: FILE } : { text };
  },
};

type Figures = ReadonlyMap<string, unknown>;

async function figuresOf(command: string): Promise<Figures> {
  const args = ['bench/main.ts', ...command.split(' '), '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 1e8 });
  return new Map(flat('', JSON.parse(stdout)));
}

/** `functions.0.kilobytes` and its like for what is nested. */
function flat(name: string, value: unknown): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => flat(name === '' ? key : `${name}.${key}`, inner));
}

function sectionOf(command: string, results: readonly Figures[]): string {
  const names = [...(results[0]?.keys() ?? [])];
  const rows = names.map((name) => `| \`${name}\` | ${spreadOf(results.map((one) => one.get(name)))} |`);
  return [`## \`${command}\``, '', '| | median (least to most) |', '|---|---|', ...rows].join('\n');
}

function spreadOf(values: readonly unknown[]): string {
  if (new Set(values.map(String)).size === 1) return String(values[0]);
  if (!values.every((value) => typeof value === 'number')) return values.map(String).join(', ');
  return `${short(median(values))} (${short(Math.min(...values))} to ${short(Math.max(...values))})`;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

function pageOf(runs: number, sections: readonly string[]): string {
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const intro = `\`npm run bench -- figures\` wrote this page on ${day}, with Node ${process.version} on ${machine}. Each measurement ran ${runs} times, each in a process of its own. [performance.md](performance.md) says what the figures mean and which goals they have.`;
  return `${['# Figures', intro, ...sections].join('\n\n')}\n`;
}
