import type { Subject } from './account/account.ts';
import type { FoundEscalations } from './chains/found-escalations.ts';
import type { InstanceEdges } from './chains/instance-edges.ts';
import type { RoleEdges } from './chains/role-edges.ts';
import type { EscalationNames } from './classes/escalation-names.ts';
import type { AccessPath } from './paths/access-paths.ts';
import type { DirectCells } from './rows/class-cells.ts';

/** What is known of an account, and holds for every other in which only identity policies differ. */
export interface InCommon {
  /** what the policies of a principal say about every escalation; null: nothing is known yet */
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

/** Edges lead to numbers of principals, so they hold only where these are the same. */
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
