import type { Drift } from '../drift/drift.ts';
import { parseDrift } from '../drift/stored-drift.ts';
import type { Finding } from '../findings/finding.ts';
import { stillOpen } from '../findings/lifecycle.ts';
import { storedFindings } from '../findings/stored.ts';
import { asksSnapshot, type CellFilter } from '../matrix/answers/find-groups.ts';
import { neededInstances } from '../matrix/answers/needed-instances.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import type { WantedCells } from '../matrix/stored/matrix-reader.ts';
import { readMatrix } from '../matrix/stored/store.ts';
import { InputError } from '../ports/input-error.ts';
import type { LineReader } from '../ports/line-reader.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { applyDelta } from '../snapshot/delta.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import { jsonIn } from '../snapshot/json-in.ts';
import { parseSnapshot } from '../snapshot/schema.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { joinLines, linesWith } from '../snapshot/stored-snapshot.ts';
import { deltaFile, matrixFile, plainKey, runKey, snapshotFile } from './keys.ts';
import { matrixWithOpens } from './matrix-with-opens.ts';
import { type RunRecord, readRunRecord, runIn } from './run-record.ts';

/** The decisions of one run about one account. */
export interface Audit {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
}

async function readText(store: ObjectStore, key: string): Promise<string> {
  return present(await textAt(store, key), key);
}

/** Null if there is none. */
async function textAt(store: ObjectStore, key: string): Promise<string | null> {
  const there = await store.get(key);
  if (there !== null || plainKey(key) === key) return there?.body ?? null;
  return (await store.get(plainKey(key)))?.body ?? null;
}

function present(text: string | null, key: string): string {
  if (text === null) throw new InputError(`\`${key}\` is missing: the run did not end: run \`scan\` again`);
  return text;
}

const readJson = async (store: ObjectStore, key: string): Promise<unknown> =>
  jsonOf(await readText(store, key), key);

/** The JSON value of a file. Throws an InputError if it is damaged. */
function jsonOf(text: string, key: string): unknown {
  const value = jsonIn(text);
  if (value !== undefined) return value;
  throw new InputError(`cannot read \`${key}\`: it is not JSON: run \`scan\` again`);
}

/** Throws an InputError that names the file if it is missing, is not JSON, or is not a snapshot. */
export const readSnapshot = async (store: ObjectStore, key: string): Promise<Snapshot> =>
  snapshotIn(await readText(store, key), key);

function snapshotIn(text: string, key: string): Snapshot {
  const value = jsonOf(text, key);
  return orInputError(key, () => parseSnapshot(value));
}

/** Throws an InputError that names the file if it is missing or is not a matrix. */
async function readStoredMatrix(store: ObjectStore, key: string, asked?: WantedCells): Promise<Matrix> {
  const text = await readText(store, key);
  return orInputError(key, () => readMatrix(text, asked));
}

function orInputError<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read \`${key}\`: ${(error as Error).message}`, { cause: error });
  }
}

/** A run's snapshot and the one that it builds on; the same if the run wrote a whole one. */
export interface StoredState {
  readonly snapshot: Snapshot;
  readonly base: { readonly run: string; readonly snapshot: Snapshot };
}

/** The snapshot of a run, which may be stored as the difference from its base, another run. */
export async function readState(
  store: ObjectStore,
  prefix: string,
  run: string,
  record: RunRecord | null,
): Promise<StoredState> {
  const base = runIn(record === null ? await baseNamed(store, prefix, run) : (record.base ?? null));
  if (base === null) {
    const snapshot = await readSnapshot(store, runKey(prefix, run, snapshotFile));
    return { snapshot, base: { run, snapshot } };
  }
  const below = await readSnapshot(store, runKey(prefix, base, snapshotFile));
  const key = runKey(prefix, run, deltaFile);
  const stored = (await readJson(store, key)) as { readonly delta?: unknown } | null;
  return {
    snapshot: orInputError(key, () => applyDelta(below, stored?.delta)),
    base: { run: base, snapshot: below },
  };
}

/** The base of a run whose record is lost: the delta also names it. */
async function baseNamed(store: ObjectStore, prefix: string, run: string): Promise<string | null> {
  const key = runKey(prefix, run, deltaFile);
  if ((await textAt(store, key)) === null) return null;
  const stored = (await readJson(store, key)) as { readonly base?: unknown } | null;
  return typeof stored?.base === 'string' ? stored.base : null;
}

/** The stored matrix of a run. Throws an InputError if it does not belong to the snapshot. */
export async function readMatrixOf(
  store: ObjectStore,
  prefix: string,
  run: string,
  snapshot: Snapshot,
): Promise<Matrix> {
  const matrix = await readStoredMatrix(store, runKey(prefix, run, matrixFile));
  return ofOneRun({ snapshot, matrix }, run, () => true).matrix;
}

/** A check stores a delta and no matrix: the matrix is computed on demand. */
export const hasMatrix = (record: RunRecord | null): boolean =>
  record === null || record.schemaVersion === 1 || record.scopes === null;

/** The snapshot and the matrix of a finished run. */
export async function readAudit(store: ObjectStore, prefix: string, run: string): Promise<Audit> {
  const record = await readRunRecord(store, prefix, run);
  const { snapshot } = await readState(store, prefix, run, record);
  const matrix = hasMatrix(record)
    ? await readMatrixOf(store, prefix, run, snapshot)
    : matrixWithOpens(snapshot);
  return { snapshot, matrix };
}

/** Throws an InputError if one of the two lacks something of the other: it would look denied. */
function ofOneRun(audit: Audit, run: string, isRead: (instance: string) => boolean): Audit {
  const { snapshot, matrix } = audit;
  const { users, roles } = snapshot;
  const arns = new Set([...users, ...roles].map(({ arn }) => arn));
  const ids = new Set(instancesOf(snapshot).map(({ id }) => id));
  const lost =
    matrix.principals.find(({ arn, kind }) => kind !== 'outside' && !arns.has(arn))?.arn ??
    matrix.instances.find(({ id }) => isRead(id) && !ids.has(id))?.id;
  const isOne = snapshot.accountId === matrix.accountId && snapshot.takenAt === matrix.takenAt;
  if (isOne && lost === undefined) return audit;
  const why = isOne ? `\`${lost}\` is only in \`${matrixFile}\`` : 'they are of different runs';
  throw new InputError(
    `\`${snapshotFile}\` and \`${matrixFile}\` of \`${run}\` do not belong together: ${why}: run \`scan\` again`,
  );
}

/**
 * The data for the first `most` cells of a filter: their groups of the matrix, and the instances in the
 * snapshot that they name or lead through. In a large account most data is about other instances, and is left
 * out. After a check everything is read, since its matrix has to be computed. A filter by tags searches all
 * instances.
 */
export async function readForCells(
  { store, readLines }: { readonly store: ObjectStore; readonly readLines: LineReader },
  run: string,
  asked: WantedCells,
  most?: number,
): Promise<Audit & { readonly filter: CellFilter }> {
  if (!hasMatrix(await readRunRecord(store, '', run)))
    return filtered(await readAudit(store, '', run), asked);
  let filter: CellFilter = {};
  const matrix = await readStoredMatrix(store, runKey('', run, matrixFile), (names) => {
    filter = typeof asked === 'function' ? asked(names) : asked;
    return filter;
  });
  if (filter.tags !== undefined) return { ...(await readAudit(store, '', run)), filter };
  const key = runKey('', run, snapshotFile);
  const needed = neededInstances(matrix, filter, asksSnapshot(filter) ? undefined : most);
  const lines = present(await linesAt(readLines, key, needed), key);
  const audit = ofOneRun({ snapshot: snapshotIn(joinLines(lines), key), matrix }, run, (id) =>
    needed.has(id),
  );
  return { ...audit, filter };
}

async function linesAt(
  readLines: LineReader,
  key: string,
  instances: ReadonlySet<string>,
): Promise<string | null> {
  return (
    (await readLines(key, linesWith(instances))) ?? (await readLines(plainKey(key), linesWith(instances)))
  );
}

function filtered(audit: Audit, asked: WantedCells): Audit & { readonly filter: CellFilter } {
  const { accountId, principals, instances } = audit.matrix;
  const names = { accountId, principals, instances: () => instances };
  return { ...audit, filter: typeof asked === 'function' ? asked(names) : asked };
}

/**
 * The findings of a run. A check that changed none names the run that has them; findings that were new or
 * resolved there no longer are.
 */
export async function readFindings(
  store: ObjectStore,
  prefix: string,
  run: string,
  record: RunRecord | null,
): Promise<readonly Finding[]> {
  const at = runIn(record?.findingsOf ?? null);
  const findings = await readJson(store, runKey(prefix, at ?? run, 'findings.json'));
  if (!Array.isArray(findings)) {
    throw new InputError(
      `cannot read \`${runKey(prefix, at ?? run, 'findings.json')}\`: it is not a list: run \`scan\` again`,
    );
  }
  const read = storedFindings(findings);
  return at === null ? read : stillOpen(read);
}

/** The drift of a run as it was reported. */
export async function readDriftOf(
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<readonly Drift[]> {
  const key = runKey(prefix, run, 'drift.json');
  const value = await readJson(store, key);
  return orInputError(key, () => parseDrift(value));
}
