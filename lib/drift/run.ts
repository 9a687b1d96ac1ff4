import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** One audit: its snapshot and its result. */
export interface Run {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
}
