import type { CellGroup } from '../../matrix/paths/matrix.ts';

/**
 * True for access by a new launch template or launch configuration of a group. It takes what administrators of groups
 * and instances have, so it is no finding by itself.
 */
export const isByNewLaunch = ({ path, outcome }: CellGroup): boolean =>
  path === 'launch-template' && /, new (template|launch configuration)$/.test(outcome.alternative);
