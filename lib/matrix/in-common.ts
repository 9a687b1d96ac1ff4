import type { Subject } from './account/account.ts';
import type { FoundEscalations } from './chains/found-escalations.ts';
import type { InstanceEdges } from './chains/instance-edges.ts';
import type { RoleEdges } from './chains/role-edges.ts';
import type { EscalationNames } from './classes/escalation-names.ts';
import type { AccessPath } from './paths/access-paths.ts';
import type { DirectCells } from './rows/class-cells.ts';

/** Results that also hold for other accounts in which only identity policies differ. */
export interface InCommon {
  /** names by what a principal's policies say about every escalation; null: not computed yet */
  readonly names: EscalationNames | null;
  /** by name of the class */
  readonly cells: Map<string, DirectCells>;
  readonly known: FoundEscalations | null;
  readonly roleEdges: RoleEdges | null;
  readonly instanceEdges: InstanceEdges | null;
}

export interface Kept extends InCommon {
  readonly paths: readonly AccessPath[];
  readonly subjects: readonly Subject[];
}

/** Edges contain numbers of principals, so their caches are kept only if these numbers are the same. */
export function inCommon(
  kept: Kept | undefined,
  paths: readonly AccessPath[],
  subjects: readonly Subject[],
): InCommon {
  const isNumbered = kept !== undefined && areNumberedAlike(kept.subjects, subjects);
  const { known, roleEdges, instanceEdges } = isNumbered ? kept : NO_EDGES;
  return {
    names: kept?.names ?? null,
    cells: kept?.paths === paths ? kept.cells : new Map(),
    ...{ known, roleEdges, instanceEdges },
  };
}

const NO_EDGES = { known: null, roleEdges: null, instanceEdges: null };

const areNumberedAlike = (before: readonly Subject[], after: readonly Subject[]): boolean =>
  before.length === after.length && before.every(({ arn }, i) => arn === after[i]?.arn);
