import type { Drift } from '../drift/drift.ts';
import { parseDrift } from '../drift/stored-drift.ts';
import type { Finding } from '../findings/finding.ts';
import type { CellFilter } from '../matrix/answers/find-groups.ts';
import { neededInstances } from '../matrix/answers/needed-instances.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { readMatrix } from '../matrix/stored/store.ts';
import { InputError } from '../ports/input-error.ts';
import type { LineReader } from '../ports/line-reader.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Report } from '../render/report.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import { parseSnapshot } from '../snapshot/schema.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { joinLines, linesWith } from '../snapshot/stored-snapshot.ts';
import { runKey } from './keys.ts';
import { problemsOf } from './problems.ts';
import { readRunRecord } from './run-record.ts';

/** What one run decided about one account. */
export interface Audit {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
}

async function readText(store: ObjectStore, key: string): Promise<string> {
  return present((await store.get(key))?.body ?? null, key);
}

function present(text: string | null, key: string): string {
  if (text === null) throw new InputError(`\`${key}\` is missing: the run did not end: run \`scan\` again`);
  return text;
}

const readJson = async (store: ObjectStore, key: string): Promise<unknown> =>
  jsonIn(await readText(store, key), key);

function jsonIn(text: string, key: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`cannot read \`${key}\`: it is not JSON: run \`scan\` again`);
  }
}

/** Throws an InputError naming the file when it is missing, is not JSON, or is not a snapshot. */
export const readSnapshot = async (store: ObjectStore, key: string): Promise<Snapshot> =>
  snapshotIn(await readText(store, key), key);

function snapshotIn(text: string, key: string): Snapshot {
  const value = jsonIn(text, key);
  return orInputError(key, () => parseSnapshot(value));
}

/** Throws an InputError naming the file when it is missing or is not a matrix. */
async function readStoredMatrix(store: ObjectStore, key: string, filter?: CellFilter): Promise<Matrix> {
  const text = await readText(store, key);
  return orInputError(key, () => readMatrix(text, filter));
}

function orInputError<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`cannot read \`${key}\`: ${(error as Error).message}`, { cause: error });
  }
}

/** The snapshot and the matrix of a run that ended. */
export async function readAudit(store: ObjectStore, prefix: string, run: string): Promise<Audit> {
  const snapshot = await readSnapshot(store, runKey(prefix, run, 'snapshot.json'));
  const matrix = await readStoredMatrix(store, runKey(prefix, run, 'matrix.json'));
  return ofOneRun({ snapshot, matrix }, run, () => true);
}

/** Throws an InputError where one of the two tells of what the other lacks: it would be answered about as denied. */
function ofOneRun(audit: Audit, run: string, isRead: (instance: string) => boolean): Audit {
  const { snapshot, matrix } = audit;
  const { users, roles } = snapshot;
  const arns = new Set([...users, ...roles].map(({ arn }) => arn));
  const ids = new Set(instancesOf(snapshot).map(({ id }) => id));
  const lost =
    matrix.principals.find(({ arn, kind }) => kind !== 'outside-account' && !arns.has(arn))?.arn ??
    matrix.instances.find(({ id }) => isRead(id) && !ids.has(id))?.id;
  const isOne = snapshot.accountId === matrix.accountId && snapshot.takenAt === matrix.takenAt;
  if (isOne && lost === undefined) return audit;
  const why = isOne ? `\`${lost}\` is only in \`matrix.json\`` : 'they are of different runs';
  throw new InputError(
    `\`snapshot.json\` and \`matrix.json\` of \`${run}\` do not belong together: ${why}: run \`scan\` again`,
  );
}

/**
 * What the first `most` cells of a filter rest on: of the matrix their groups, of the snapshot the instances
 * that they name or lead through. In a large account most is about other instances, and is left out.
 */
export async function readForCells(
  { store, readLines }: { readonly store: ObjectStore; readonly readLines: LineReader },
  run: string,
  filter: CellFilter,
  most?: number,
): Promise<Audit> {
  const matrix = await readStoredMatrix(store, runKey('', run, 'matrix.json'), filter);
  const key = runKey('', run, 'snapshot.json');
  const needed = neededInstances(matrix, filter, most);
  const lines = present(await readLines(key, linesWith(needed)), key);
  return ofOneRun({ snapshot: snapshotIn(joinLines(lines), key), matrix }, run, (id) => needed.has(id));
}

export const readFindings = async (
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<readonly Finding[]> => (await readJson(store, runKey(prefix, run, 'findings.json'))) as Finding[];

async function readDrift(store: ObjectStore, key: string): Promise<readonly Drift[]> {
  const value = await readJson(store, key);
  return orInputError(key, () => parseDrift(value));
}

/** A run that ended, as the renderers take it. */
export async function readReport(store: ObjectStore, prefix: string, run: string): Promise<Report> {
  const { snapshot, matrix } = await readAudit(store, prefix, run);
  const record = await readRunRecord(store, prefix, run);
  return {
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    previousAt: record?.previousAt ?? null,
    snapshot,
    matrix,
    findings: await readFindings(store, prefix, run),
    drift: await readDrift(store, runKey(prefix, run, 'drift.json')),
    problems: problemsOf(snapshot),
  };
}
