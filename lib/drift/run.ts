import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** One audit: what was collected, and what came out. */
export interface Run {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
}
