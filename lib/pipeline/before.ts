import { findFindings } from '../findings/find.ts';
import type { Finding } from '../findings/finding.ts';
import { stillOpen } from '../findings/lifecycle.ts';
import { CATALOGUE } from '../findings/stored.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { sharedWith } from '../snapshot/sharing.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { withUnasked } from '../snapshot/with-unasked.ts';
import type { Damage } from './damage.ts';
import { expectedIn } from './expected-file.ts';
import { JUDGING } from './judging.ts';
import { deltaFile, matrixFile, runFolder, snapshotFile } from './keys.ts';
import { endedRuns } from './latest.ts';
import { type Audit, hasMatrix, readFindings, readMatrixOf, readState, type StoredState } from './load.ts';
import { matrixWithOpens } from './matrix-with-opens.ts';
import type { ExpectedFile } from './run-record.ts';
import { type RunRecord, readRunRecord, runIn, runRecordFile } from './run-record.ts';

/** The previous run: its account. */
export interface PreviousRun extends StoredState {
  /** the latest run: the next one follows it */
  readonly run: string;
  /** the run that can be read: the same, or an earlier one if that was damaged */
  readonly readFrom: string;
  readonly record: RunRecord | null;
  /** what could not be read */
  readonly damage: readonly Damage[];
}

/** The previous run, as far as the next one is compared with it. */
export interface Before extends Audit, PreviousRun {
  readonly findings: readonly Finding[];
  /** the run with its findings; null: they had to be computed again */
  readonly findingsOf: string | null;
}

/** There are runs, but none of them can be read. */
export interface Unreadable {
  readonly run: string;
  readonly snapshot: null;
  readonly damage: readonly Damage[];
}

/** Number of runs that are tried: each takes a whole snapshot. */
const TRIED = 20;

/**
 * Finds the previous run; null if missing. If its snapshot cannot be read, the newest readable run before it
 * is used, and this is noted for the report. `now`: the new snapshot; equal parts are shared in memory.
 */
export async function findBefore(
  store: ObjectStore,
  prefix: string,
  run: string | null,
  now: Snapshot | null = null,
): Promise<PreviousRun | Unreadable | null> {
  if (run === null) return null;
  const damage: Damage[] = [];
  let tried = 0;
  const lost = new Set<string | null>();
  for await (const candidate of candidates(store, prefix, run, damage)) {
    const base = candidate.record?.base ?? null;
    if (lost.has(base)) continue;
    if (tried >= TRIED) break;
    tried += 1;
    const state = await stateOf({ store, prefix, now }, candidate, damage);
    if (state !== null) return { run, readFrom: candidate.run, record: candidate.record, damage, ...state };
    if (base !== null && damage.at(-1)?.message.includes(`${base}/${snapshotFile}`)) lost.add(base);
  }
  return { run, snapshot: null, damage };
}

interface Candidate {
  readonly run: string;
  readonly record: RunRecord | null;
}

/** The run, and those before it: by their records, and if a record is missing by their names. */
async function* candidates(
  store: ObjectStore,
  prefix: string,
  from: string,
  damage: Damage[],
): AsyncGenerator<Candidate> {
  const seen = new Set<string>();
  let names: readonly string[] | null = null;
  let run: string | null = from;
  while (run !== null) {
    seen.add(run);
    const record = await recordOf(store, prefix, run, damage);
    yield { run, record };
    const previous: string | null = record === null ? null : runIn(record.previous);
    if (record !== null && previous === null) return;
    if (previous !== null && !seen.has(previous)) {
      run = previous;
      continue;
    }
    names ??= await endedRuns(store, prefix);
    const last: string = run;
    run = names.findLast((name) => name < last && !seen.has(name)) ?? null;
  }
}

async function recordOf(
  store: ObjectStore,
  prefix: string,
  run: string,
  damage: Damage[],
): Promise<RunRecord | null> {
  const record = await attempt(
    damage,
    `${runFolder(run)}/${runRecordFile}`,
    'the run before is looked for by name',
    () => readRunRecord(store, prefix, run),
  );
  if (record === null && damage.at(-1)?.file !== `${runFolder(run)}/${runRecordFile}`) {
    damage.push({ file: `${runFolder(run)}/${runRecordFile}`, message: 'it is missing' });
  }
  return record;
}

interface At {
  readonly store: ObjectStore;
  readonly prefix: string;
  readonly now: Snapshot | null;
}

async function stateOf(
  { store, prefix, now }: At,
  { run, record }: Candidate,
  damage: Damage[],
): Promise<StoredState | null> {
  const file = `${runFolder(run)}/${record?.base ? deltaFile : snapshotFile}`;
  return attempt(damage, file, 'the run before is taken instead', async () =>
    sharing(await readState(store, prefix, run, record), now),
  );
}

/**
 * Reads the decisions of the previous run. Damaged files are rebuilt from its snapshot, and this is noted. A
 * matrix is large: read it when the new one is built, and drop it after the comparison. `now`: the new snapshot.
 */
export async function readBefore(
  store: ObjectStore,
  prefix: string,
  found: PreviousRun,
  now: Snapshot,
): Promise<Before> {
  const { readFrom: run, record } = found;
  const damage: Damage[] = [];
  // another release made other calls and knew other paths: what only this one sees is no change
  const isOfThisRelease = record?.judging === JUDGING;
  const snapshot = isOfThisRelease ? found.snapshot : withUnasked(found.snapshot, now);
  const stored =
    isOfThisRelease && hasMatrix(record)
      ? await attempt(damage, `${runFolder(run)}/${matrixFile}`, 'it was evaluated again', () =>
          readMatrixOf(store, prefix, run, snapshot),
        )
      : null;
  const matrix = stored ?? matrixWithOpens(snapshot);
  const ownFindings = await attempt(damage, `${runFolder(run)}/findings.json`, 'they were found again', () =>
    readFindings(store, prefix, run, record),
  );
  const whole = { ...found, snapshot, damage: [...found.damage, ...damage], matrix };
  const audit = { snapshot, matrix };
  if (ownFindings === null) {
    const earlier = await findingsBefore(store, prefix, record);
    return { ...whole, findings: foundAgain(audit, earlier, record?.expected), findingsOf: null };
  }
  // another release found them: present rules are applied to the old snapshot, so that nothing old looks new
  if (record?.catalogue !== CATALOGUE || !isOfThisRelease)
    return { ...whole, findings: foundAgain(audit, ownFindings, record?.expected), findingsOf: null };
  return { ...whole, findings: ownFindings, findingsOf: runIn(record.findingsOf ?? null) ?? run };
}

function sharing(state: StoredState, now: Snapshot | null): StoredState {
  if (now === null) return state;
  const snapshot = sharedWith(now, state.snapshot);
  const isBase = state.base.snapshot === state.snapshot;
  const base = { ...state.base, snapshot: isBase ? snapshot : sharedWith(snapshot, state.base.snapshot) };
  return { snapshot, base };
}

/** The findings of the run before that one; none if they cannot be read. */
async function findingsBefore(
  store: ObjectStore,
  prefix: string,
  record: RunRecord | null,
): Promise<readonly Finding[]> {
  const previous = runIn(record?.previous ?? null);
  if (previous === null) return [];
  const read = async () =>
    readFindings(store, prefix, previous, await readRunRecord(store, prefix, previous));
  return (await attempt([], '', '', read)) ?? [];
}

/** The findings of a run computed from its snapshot, with what was known of them. */
function foundAgain(
  { snapshot, matrix }: Audit & { readonly snapshot: Snapshot },
  known: readonly Finding[],
  file: ExpectedFile | undefined,
): readonly Finding[] {
  const { expected, problems } = expectedIn(file, snapshot.takenAt);
  const found = findFindings({
    ...{ snapshot, matrix, previous: known, at: snapshot.takenAt },
    ...{ expected, expectedProblems: problems },
  });
  // findings by principal that are now reported by cause are not resolved
  return stillOpen(found.filter(({ status, cause }) => status !== 'resolved' || cause.kind !== 'principal'));
}

/**
 * The result of a reading; null, with a note, if the file is damaged. Errors of the store itself are
 * rethrown.
 */
async function attempt<T>(
  damage: Damage[],
  file: string,
  instead: string,
  read: () => Promise<T>,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    damage.push({ file, message: `${error.message.replace(/: run `scan` again$/, '')}: ${instead}` });
    return null;
  }
}
