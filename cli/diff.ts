import { access, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import { changesBetween } from '../lib/drift/changes-between.ts';
import { compareRuns } from '../lib/drift/compare.ts';
import { listCells, storedDriftCells } from '../lib/drift/list-drift.ts';
import { gapsIn } from '../lib/matrix/answers/coverage-gaps.ts';
import { judgedAlike } from '../lib/pipeline/judged-alike.ts';
import { deltaFile, plainKey, runFolder, snapshotFile } from '../lib/pipeline/keys.ts';
import { readReportedDrift } from '../lib/pipeline/late-events.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { readAudit } from '../lib/pipeline/load.ts';
import { readRunRecord, runIn } from '../lib/pipeline/run-record.ts';
import { InputError } from '../lib/ports/input-error.ts';
import type { ObjectStore } from '../lib/ports/object-store.ts';
import { driftTable } from './drift-table.ts';
import { mustBeFolder } from './folders.ts';
import { gapText } from './gap-text.ts';
import { oneLine } from './messages.ts';
import { openLatest, saidWhenBlind } from './open-run.ts';
import { outputWidth, writeJsonArray, writeJsonLines, writeOut } from './output.ts';

export function define(command: Command): void {
  command
    .argument('[before]', 'a run (`out/runs/<time>`), or an output folder for its latest run')
    .argument('[after]', 'the same, later')
    .option(
      '--in <dir>',
      'instead of two runs: the latest run of this folder and the one it was compared with (default: `LATCHKEY_IN`)',
    )
    .option('--json', 'print the drift as a JSON array, by cause')
    .option('--cells', 'with `--json`: print every changed way in, one JSON object per line')
    .addHelpText(
      'after',
      `
Examples:
  $ latchkey diff --in out
  $ latchkey diff out/runs/2026-08-23T10-15-00.000Z-3f9a1c \\
      out/runs/2026-08-24T10-15-00.000Z-b8e2d0
  $ latchkey diff last-week this-week --json
  $ latchkey diff last-week this-week --json --cells | head

Exit codes: 0 done, whether or not anything changed; 2 bad usage or bad input; 3 nothing was audited in one of the two.`,
    )
    .action(diff);
}

interface DiffOptions {
  readonly in?: string;
  readonly json?: true;
  readonly cells?: true;
}

async function diff(
  before: string | undefined,
  after: string | undefined,
  options: DiffOptions,
): Promise<void> {
  if (options.cells && !options.json) {
    throw new InputError('`--cells` prints JSON, one object a line: add `--json`');
  }
  const named = namedRuns(before, after, options);
  if (named !== null) return compare(...named, options);
  const dir = options.in ?? (process.env.LATCHKEY_IN || undefined);
  if (dir === undefined)
    throw new InputError('nothing says what to compare: name two runs, or a folder with `--in`');
  const { store, run } = await openLatest('--in', dir);
  const record = await readRunRecord(store, '', run);
  const previous = runIn(record?.comparedWith ?? record?.previous ?? null);
  if (previous === null) {
    saidWhenBlind(await readAudit(store, '', run));
    return firstRun(options);
  }
  const [old, now] = [previous, run].map((one) => join(dir, runFolder(one)));
  await compare(old as string, now as string, options);
}

/** The two runs; null if none is named and a folder gives them. */
function namedRuns(
  before: string | undefined,
  after: string | undefined,
  options: DiffOptions,
): readonly [before: string, after: string] | null {
  if (before === undefined && after === undefined) return null;
  if (before === undefined || after === undefined || options.in !== undefined)
    throw new InputError('`diff` compares two runs: name both of them, or none and a folder with `--in`');
  return [before, after];
}

/** There is no earlier run to compare with. */
async function firstRun(options: DiffOptions): Promise<void> {
  const text = 'there is one run: nothing to compare it with\n';
  if (!options.json) return writeOut(text);
  process.stderr.write(text);
  if (!options.cells) await writeJsonArray([]);
}

async function compare(before: string, after: string, options: DiffOptions): Promise<void> {
  const [old, now] = [await openRun('BEFORE', before), await openRun('AFTER', after)];
  if (old.snapshot.accountId !== now.snapshot.accountId) {
    throw new InputError(
      `\`${before}\` is of account \`${old.snapshot.accountId}\` and \`${after}\` of \`${now.snapshot.accountId}\`: name two runs of one account`,
    );
  }
  if (old.snapshot.takenAt > now.snapshot.takenAt) process.stderr.write(`${LATER_FIRST}\n`);
  const areWhole = [saidWhatLacks('BEFORE', old), saidWhatLacks('AFTER', now)].every((one) => one);
  const reported = old.dir === now.dir ? await readReportedDrift(now.store, '', old.run, now.run) : null;
  if (options.cells)
    return writeJsonLines(
      storedDriftCells(reported) ?? listCells(changesBetween(...(await alike(old, now)), [])),
    );
  const drift = reported ?? compareRuns(...(await alike(old, now)), []);
  if (options.json) await writeJsonArray(drift);
  else if (drift.length === 0) await writeOut(areWhole ? NOTHING : NOTHING_SEEN);
  else await writeOut(driftTable(drift, outputWidth()));
}

/** Both as one release judges them. */
async function alike(...both: readonly [before: OpenRun, after: OpenRun]): Promise<readonly [Audit, Audit]> {
  const [before, after] = await Promise.all(both.map(({ store, run }) => readRunRecord(store, '', run)));
  return judgedAlike({ ...both[0], record: before ?? null }, { ...both[1], record: after ?? null });
}

const LATER_FIRST = 'BEFORE was taken later than AFTER: gained access was lost, and lost access gained';
const NOTHING = 'nothing changed: nobody gained or lost access\n';
const NOTHING_SEEN = 'nothing changed in what both runs collected\n';

/** Reports what a side did not collect; for a blind one that is everything. True if cells depend on it. */
function saidWhatLacks(side: string, { snapshot, matrix }: Audit): boolean {
  if (saidWhenBlind({ snapshot, matrix }, side)) return false;
  const gaps = gapsIn(snapshot, matrix, {});
  for (const gap of gaps)
    process.stderr.write(`${oneLine(`${side}: ${gapText(gap)}: what depends on it is not compared`)}\n`);
  return gaps.length === 0;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function isRun(dir: string): Promise<boolean> {
  const files = [snapshotFile, deltaFile].flatMap((file) => [file, plainKey(file)]);
  return (await Promise.all(files.map((file) => isThere(join(dir, file))))).includes(true);
}

interface OpenRun extends Audit {
  /** its output folder */
  readonly dir: string;
  readonly store: ObjectStore;
  readonly run: string;
}

/**
 * The folder of a run contains a snapshot, or the delta of a check; an output folder contains `latest.json`.
 */
async function openRun(argument: string, dir: string): Promise<OpenRun> {
  await mustBeFolder(argument, dir, 'name a run (`out/runs/<time>`) or a folder that `scan --out` wrote');
  if (!(await isRun(dir))) {
    const { store, run } = await openLatest(argument, dir);
    return { ...(await readAudit(store, '', run)), dir: await realpath(dir), store, run };
  }
  const runs = dirname(resolve(dir));
  if (basename(runs) !== 'runs') {
    throw new InputError(
      `${argument}: \`${dir}\` is not inside a \`runs\` folder: leave runs where \`scan\` wrote them`,
    );
  }
  const store = folderStore(dirname(runs));
  const run = basename(resolve(dir));
  return { ...(await readAudit(store, '', run)), dir: await realpath(dirname(runs)), store, run };
}
