import type { PageOutcome } from '../../lib/render/page/page-data.ts';

/** Cells that share an outcome, by classes. */
export interface PageGroup {
  readonly path: number;
  readonly holders: number;
  readonly set: number;
  readonly outcome: PageOutcome;
  readonly strength: number;
  /** number of its detail; -1: the page has none */
  readonly detail: number;
}
