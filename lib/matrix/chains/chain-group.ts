import type { EdgeLists, Levels } from './chain-search.ts';
import type { Edge } from './chains.ts';

/** Changed edges of a principal. What is left out is unchanged. */
export interface OwnEdges {
  /** to the roles of instances on which it has a shell */
  readonly instanceRoles: readonly Edge[];
  /** to the roles that it may assume */
  readonly roles?: EdgeLists;
  /** to others that it becomes through IAM, as by passing a role */
  readonly others?: readonly Edge[];
}

/** Principals with the same chains. */
export interface ChainGroup {
  readonly principals: readonly number[];
  readonly levels: Levels;
}
