import type { Border, BorderPart } from '../across/border.ts';
import { borderOf } from '../across/border-of.ts';
import type { Packing } from '../across/packed-border.ts';
import { borderText, readBorder } from '../across/stored-border.ts';
import type { ProductionTest } from '../drift/production.ts';
import { productionTest } from '../findings/expected/production.ts';
import { withOpens } from '../matrix/answers/tag-changes/with-opens.ts';
import { matrixOfRows, rowsOf } from '../matrix/build.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { keptBytes, textOfKept } from '../ports/stored-text.ts';
import { ownReaches } from '../render/org/own-reach.ts';
import { jsonIn } from '../snapshot/json-in.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { expectedIn } from './expected-file.ts';
import { GZIP_TYPE, runKey } from './keys.ts';
import { hasMatrix, readState } from './load.ts';
import { put } from './put.ts';
import { type RunRecord, readRunRecord } from './run-record.ts';

/** What a run writes about its account for chains across accounts. */
const borderFile = 'border.json.gz';

/** Of thousands of accounts, as the bucket keeps them. */
export const COMPRESSED: Packing = {
  // zlib gives a part of a buffer that is four times as large
  pack: (text) => new Uint8Array(keptBytes(borderFile, text) as Uint8Array),
  unpack: (packed) => textOfKept(borderFile, packed),
};

/** The matrix of an account, and its border for chains across accounts: both come from the same rows. */
export function matrixWithBorder(
  snapshot: Snapshot,
  isProduction: ProductionTest,
): { readonly matrix: Matrix; readonly border: BorderPart } {
  const built = rowsOf(snapshot);
  const matrix = matrixOfRows(built, (rows) => rows.forgetAnswers());
  return { matrix: withOpens(matrix, snapshot), border: borderOf(built, isProduction) };
}

export const wholeBorder = (
  part: BorderPart,
  of: { readonly matrix: Matrix; readonly snapshot: Snapshot },
  isProduction: ProductionTest,
): Border => ({ ...part, own: ownReaches(of, isProduction) });

export const writeBorder = (
  store: ObjectStore,
  { prefix, run }: { readonly prefix: string; readonly run: string },
  border: Border,
): Promise<void> => put(store, runKey(prefix, run, borderFile), borderText(border), GZIP_TYPE);

/**
 * The border of a run's account; a check writes none, nor did earlier versions, so it is then computed from
 * the run's snapshot.
 */
export async function borderOfRun(store: ObjectStore, run: string): Promise<Border> {
  const record = await readRunRecord(store, '', run);
  const there = hasMatrix(record) ? await readBorderOf(store, '', run).catch(noneReadable) : null;
  return there ?? makeBorder(store, run, record);
}

/** Of another version, or damaged: the snapshot gives the same. */
function noneReadable(error: unknown): null {
  if (error instanceof InputError) return null;
  throw error;
}

async function makeBorder(store: ObjectStore, run: string, record: RunRecord | null): Promise<Border> {
  const { snapshot } = await readState(store, '', run, record);
  const isProduction = productionTest(expectedIn(record?.expected, snapshot.takenAt).expected);
  const { matrix, border } = matrixWithBorder(snapshot, isProduction);
  return wholeBorder(border, { matrix, snapshot }, isProduction);
}

/** Null: the run wrote none. Throws an InputError that says what is wrong with an unreadable one. */
export async function readBorderOf(store: ObjectStore, prefix: string, run: string): Promise<Border | null> {
  const key = runKey(prefix, run, borderFile);
  const there = await store.get(key);
  if (there === null) return null;
  try {
    return readBorder(jsonIn(there.body));
  } catch (error) {
    throw new InputError(`cannot read \`${key}\`: ${(error as Error).message}: run \`scan\` again`, {
      cause: error,
    });
  }
}
