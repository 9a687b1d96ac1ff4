import { withOpens } from '../matrix/answers/tag-changes/with-opens.ts';
import { buildMatrix } from '../matrix/build.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The matrix of an account as in every audit, with what tag changes open. */
export const matrixWithOpens = (snapshot: Snapshot): Matrix => withOpens(buildMatrix(snapshot), snapshot);
