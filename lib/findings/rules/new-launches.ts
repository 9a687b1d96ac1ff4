import { ACCESS_PATHS } from '../../matrix/paths/access-paths.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import type { ResourceKind } from '../../matrix/paths/resource-kinds.ts';

const NEW_LAUNCHES: ReadonlySet<ResourceKind> = new Set(['new-launch-template', 'new-launch-configuration']);

/** Ids of alternatives of `launch-template`. */
const ALTERNATIVES: ReadonlySet<string> = new Set(
  ACCESS_PATHS.filter(({ id }) => id === 'launch-template')
    .flatMap(({ alternatives }) => alternatives)
    .filter(({ requests }) => requests.some(({ on }) => NEW_LAUNCHES.has(on)))
    .map(({ id }) => id),
);

/**
 * True for access by a new launch template or launch configuration of a group. It takes what administrators of groups
 * and instances have, so it is no finding by itself.
 */
export const isByNewLaunch = ({ path, outcome }: CellGroup): boolean =>
  path === 'launch-template' && ALTERNATIVES.has(outcome.alternative);
