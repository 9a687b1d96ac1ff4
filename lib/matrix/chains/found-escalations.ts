import type { Edge } from './chains.ts';
import type { TargetClass } from './escalation-targets.ts';

/**
 * Cached edges to principals as they are. Edges to hypothetical principals are not among them, since their numbers
 * differ between accounts.
 */
export class FoundEscalations {
  /** by row, and by what the caller's policies say about it */
  readonly byRow = new Map<string, readonly Edge[]>();
  readonly targetClassesOf = new Map<string, readonly TargetClass[]>();
  /** by list: those whose trust policies were read, and the others */
  readonly bySureness = new WeakMap<
    readonly TargetClass[],
    Readonly<Record<'sure' | 'unsure', readonly TargetClass[]>>
  >();
  readonly ends = new WeakMap<readonly TargetClass[], Pick<Edge, 'to' | 'steps'>>();
}
