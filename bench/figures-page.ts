import type { BenchResult } from './bench.ts';
import { median } from './median.ts';

/** All runs of one measurement; `failure`: why one of them has no result, in one line. */
export interface Measured {
  readonly command: string;
  readonly results: readonly BenchResult[];
  readonly failure: string | null;
}

/** Where and when the page was measured. */
export interface MeasuredOn {
  /** `2026-11-27` */
  readonly day: string;
  readonly machine: string;
  readonly runs: number;
}

/** The command with a fiftieth of each number, at least 2: it has the same members in a moment. */
export const smaller = (command: string): string =>
  command.replace(/\d+/g, (number) => String(Math.max(2, Math.round(Number(number) / 50))));

/** Runs each measurement `runs` times. If one fails the others still run. `onResult`: all results so far. */
export async function measureAll(
  commands: readonly string[],
  runs: number,
  measure: (command: string) => Promise<BenchResult>,
  onResult: (all: readonly Measured[]) => Promise<void>,
): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (const command of commands) {
    const results: BenchResult[] = [];
    let failure: string | null = null;
    for (let run = 0; run < runs; run++) {
      try {
        results.push(await measure(command));
      } catch (error) {
        failure = whyIn((error as Error).message);
      }
    }
    all.push({ command, results, failure });
    await onResult(all);
  }
  return all;
}

/** The last line that names an error: a process that crashed prints its stack and its version after that. */
function whyIn(message: string): string {
  const lines = message.trim().split('\n');
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
}

/** `docs/figures.md`. */
export function figuresPage(all: readonly Measured[], { day, machine, runs }: MeasuredOn): string {
  const each = runs === 1 ? 'once' : `${runs} times`;
  const intro = `\`npm run bench -- figures --runs ${runs}\` wrote this page on ${day}, on ${machine}. Each measurement ran ${each}, in a process of its own. [performance.md](performance.md) says what the figures mean and which goals they have.`;
  return `${['# Figures', intro, ...all.map(sectionOf)].join('\n\n')}\n`;
}

function sectionOf({ command, results, failure }: Measured): string {
  const failed = failure === null ? [] : [`It failed: ${cellText(failure)}`];
  return [`## \`${command}\``, ...failed, ...tablesOf(results)].join('\n\n');
}

/** One table of the single figures, and one for each list of objects. */
function tablesOf(results: readonly BenchResult[]): readonly string[] {
  const [first] = results;
  if (first === undefined) return [];
  const title = results.length === 1 ? 'figure' : 'median (least to most)';
  const values = results.map((one) => new Map(flat('', one)));
  const rows = [...new Map(flat('', first)).keys()].map((name) => [
    `\`${name}\``,
    spreadOf(values.map((one) => one.get(name))),
  ]);
  const lists = Object.keys(first).filter((name) => isList(first[name]));
  return [
    ...(rows.length === 0 ? [] : [tableOf(['', title], rows)]),
    ...lists.map((name) => listTable(results.map((one) => one[name] as readonly object[]))),
  ];
}

function listTable(lists: readonly (readonly object[])[]): string {
  const runs = lists.map((list) => list.map((one) => new Map(flat('', one))));
  const [first = []] = runs;
  const names = [...new Set(first.flatMap((row) => [...row.keys()]))];
  const rows = first.map((_, i) => names.map((name) => spreadOf(runs.map((rows) => rows[i]?.get(name)))));
  return tableOf(names, rows);
}

const tableOf = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const isList = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null);

/** The members of a result with the names of nested ones joined by dots; lists of objects have their own table. */
function flat(name: string, value: unknown): (readonly [string, unknown])[] {
  if (isList(value)) return [];
  if (Array.isArray(value)) return [[name, value.map(valueText).join(', ')]];
  if (typeof value !== 'object' || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => flat(name === '' ? key : `${name}.${key}`, inner));
}

function spreadOf(values: readonly unknown[]): string {
  if (new Set(values.map(String)).size === 1) return valueText(values[0]);
  if (!values.every((value) => typeof value === 'number')) return values.map(valueText).join('; ');
  return `${short(median(values))} (${short(Math.min(...values))} to ${short(Math.max(...values))})`;
}

const valueText = (value: unknown): string =>
  typeof value === 'number' ? short(value) : value == null ? '-' : cellText(String(value));

/** Text in a cell of a table: a bar would end the cell. */
const cellText = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** Four digits, and whole numbers in full. */
const short = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(4)));
