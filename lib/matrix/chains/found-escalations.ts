import type { Edge } from './chains.ts';
import type { TargetClass } from './escalation-targets.ts';

/** Edges to principals as they are, and their targets: nothing about principals as they could make themselves. */
export class FoundEscalations {
  /** by row and what the policies of the caller say about it */
  readonly byRow = new Map<string, readonly Edge[]>();
  readonly targetClassesOf = new Map<string, readonly TargetClass[]>();
  /** those whose trust policies were read, and the others */
  readonly bySureness = new WeakMap<
    readonly TargetClass[],
    Readonly<Record<'sure' | 'unsure', readonly TargetClass[]>>
  >();
  readonly ends = new WeakMap<readonly TargetClass[], Pick<Edge, 'to' | 'steps'>>();
}
