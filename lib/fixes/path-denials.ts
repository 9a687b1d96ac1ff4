import { isNeeded, type RequestRow } from '../matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { StatementJson } from './edit.ts';

/** A request of each alternative of a path, without which it is closed: one on the instance itself if there is one. */
function neededBy(path: PathId): readonly RequestRow[] {
  const row = ACCESS_PATHS.find(({ id }) => id === path);
  return (row?.alternatives ?? []).flatMap(({ requests }) => {
    const needed = requests.filter(isNeeded);
    return needed.find(({ on }) => on === 'instance') ?? needed[0] ?? [];
  });
}

/** The actions without which paths are closed. */
export function neededActions(paths: readonly PathId[]): readonly string[] {
  return [...new Set(paths.flatMap(neededBy).map(({ action }) => action))].sort();
}

/** True if denying actions on the instance itself closes all of these paths. */
export function areOnInstances(paths: readonly PathId[]): boolean {
  return paths.flatMap(neededBy).every(({ on }) => on === 'instance');
}

/** The content of a Deny of paths; `limits`: its resources and conditions. */
export function denialOf(
  paths: readonly PathId[],
  limits: { readonly Resource: unknown; readonly Condition?: unknown } = { Resource: '*' },
): readonly StatementJson[] {
  const actions = neededActions(paths);
  if (actions.length === 0) return [];
  return [{ Effect: 'Deny', Action: actions.length === 1 ? actions[0] : actions, ...limits }];
}
