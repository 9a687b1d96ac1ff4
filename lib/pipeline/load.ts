import type { Drift } from '../drift/drift.ts';
import type { Finding } from '../findings/finding.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { readMatrix } from '../matrix/store.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Report } from '../render/report.ts';
import { parseSnapshot } from '../snapshot/schema.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { runKey } from './keys.ts';
import { problemsOf } from './problems.ts';
import { readRunRecord } from './run-record.ts';

/** What one run decided about one account. */
export interface Audit {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
}

async function readText(store: ObjectStore, key: string): Promise<string> {
  const object = await store.get(key);
  if (object === null) throw new InputError(`\`${key}\` is missing: the run did not end: run \`scan\` again`);
  return object.body;
}

async function readJson(store: ObjectStore, key: string): Promise<unknown> {
  const text = await readText(store, key);
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`cannot read \`${key}\`: it is not JSON: run \`scan\` again`);
  }
}

/** Throws an InputError naming the file when it is missing, is not JSON, or is not a snapshot. */
export async function readSnapshot(store: ObjectStore, key: string): Promise<Snapshot> {
  const value = await readJson(store, key);
  return orInputError(key, () => parseSnapshot(value));
}

/** Throws an InputError naming the file when it is missing or is not a matrix. */
async function readStoredMatrix(store: ObjectStore, key: string): Promise<Matrix> {
  const text = await readText(store, key);
  return orInputError(key, () => readMatrix(text));
}

function orInputError<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`cannot read \`${key}\`: ${(error as Error).message}`, { cause: error });
  }
}

/** The snapshot and the matrix of a run that ended. */
export const readAudit = async (store: ObjectStore, prefix: string, run: string): Promise<Audit> => ({
  snapshot: await readSnapshot(store, runKey(prefix, run, 'snapshot.json')),
  matrix: await readStoredMatrix(store, runKey(prefix, run, 'matrix.json')),
});

export const readFindings = async (
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<readonly Finding[]> => (await readJson(store, runKey(prefix, run, 'findings.json'))) as Finding[];

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
    drift: (await readJson(store, runKey(prefix, run, 'drift.json'))) as Drift[],
    problems: problemsOf(snapshot),
  };
}
