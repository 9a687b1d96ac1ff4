import type { Command } from 'commander';
import type { Drift } from '../lib/drift/drift.ts';
import { runFolder } from '../lib/pipeline/keys.ts';
import { runsIn } from '../lib/pipeline/latest.ts';
import { readDriftOf } from '../lib/pipeline/load.ts';
import { readRunRecord } from '../lib/pipeline/run-record.ts';
import { count, thousands } from '../lib/policy/counted.ts';
import { InputError } from '../lib/ports/input-error.ts';
import type { ObjectStore } from '../lib/ports/object-store.ts';
import { shortTime } from '../lib/render/names.ts';
import { changeCounts } from '../lib/render/ways-in.ts';
import { inOption } from './in-option.ts';
import { oneLine } from './messages.ts';
import { openLatest } from './open-run.ts';
import { outputWidth, writeJsonArray, writeOut } from './output.ts';
import { type Field, renderRecords } from './records.ts';

/** One run of the history. */
interface RunLine {
  readonly run: string;
  readonly takenAt: string;
  readonly kind: 'scan' | 'check';
  readonly latest: boolean;
  readonly previous: string | null;
  readonly events: readonly string[];
  /** changes since the run before; null if it cannot be read */
  readonly changes: Readonly<Record<'causes' | 'gained' | 'lost' | 'changed', number>> | null;
}

export function define(command: Command): void {
  command
    .addOption(inOption('the folder that `scan --out` wrote'))
    .option('--json', 'print the runs as a JSON array')
    .addHelpText(
      'after',
      `
The newest run is the last one.

Examples:
  $ latchkey runs --in out/acme
  $ latchkey diff --in out/acme

Exit codes: 0 done, 2 bad usage or bad input.`,
    )
    .action(runs);
}

async function runs(options: { readonly in: string; readonly json?: true }): Promise<void> {
  const { store, run: latest } = await openLatest('--in', options.in);
  const lines: RunLine[] = [];
  const { ended, open } = await runsIn(store, '');
  for (const run of open)
    process.stderr.write(`not finished: ${oneLine(runFolder(run))}: it still runs, or was stopped\n`);
  for (const run of ended) {
    const line = await lineOf(store, run, latest).catch(skipDamaged);
    if (line !== null) lines.push(line);
  }
  if (options.json) await writeJsonArray(lines);
  else await writeOut(renderRecords(lines, FIELDS, outputWidth()));
}

/** A damaged run does not hide the others. */
function skipDamaged(error: unknown): null {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`left out: ${oneLine(error.message)}\n`);
  return null;
}

async function lineOf(store: ObjectStore, run: string, latest: string): Promise<RunLine | null> {
  const record = await readRunRecord(store, '', run);
  if (record === null) return null;
  const { takenAt, scopes, comparedWith, previous, events } = record;
  const drift = await readDriftOf(store, '', run).catch(skipDamaged);
  return {
    run: runFolder(run),
    takenAt,
    kind: scopes === null ? 'scan' : 'check',
    latest: run === latest,
    previous: comparedWith ?? previous,
    events,
    changes: drift && changesIn(drift),
  };
}

function changesIn(drift: readonly Drift[]): NonNullable<RunLine['changes']> {
  const sum = (of: 'gained' | 'lost' | 'changed') =>
    drift.reduce((total, { counts }) => total + counts[of], 0);
  return { causes: drift.length, gained: sum('gained'), lost: sum('lost'), changed: sum('changed') };
}

const FIELDS: readonly Field<RunLine>[] = [
  { title: 'run', value: ({ run }) => run, whole: true },
  { title: 'taken at', value: ({ takenAt }) => shortTime(takenAt), whole: true },
  { title: 'what', value: ({ kind }) => kind },
  { title: 'ways in since the one before', value: changesText },
  { title: 'latest', value: ({ latest }) => (latest ? 'latest' : '') },
];

function changesText({ previous, changes }: RunLine): string {
  if (previous === null) return 'the first run';
  if (changes === null) return 'not known';
  if (changes.causes === 0) return 'nothing';
  return `${changeCounts(changes, thousands) || 'none'}, ${count(changes.causes, 'cause')}`;
}
