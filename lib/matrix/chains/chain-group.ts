import type { EdgeLists, Levels } from './chain-search.ts';
import type { Edge } from './chains.ts';

/** Changed edges of a principal. If `roles` is left out, its edges to roles are unchanged. */
export interface OwnEdges {
  /** to the roles of instances on which it has a shell */
  readonly instanceRoles: readonly Edge[];
  /** to the roles that it may assume */
  readonly roles?: EdgeLists;
}

/** Principals with the same chains. */
export interface ChainGroup {
  readonly principals: readonly number[];
  readonly levels: Levels;
}
