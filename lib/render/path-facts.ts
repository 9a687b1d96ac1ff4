import type { PathGroup } from '../matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';

const FACTS = new Map(ACCESS_PATHS.map((path) => [path.id, path] as const));

/** The path's name for people; the id itself for an unknown path. */
export function pathTitle(id: PathId): string {
  return FACTS.get(id)?.title ?? id;
}

const PLACES = new Map<PathId, number>(
  [...ACCESS_PATHS]
    .sort((a, b) => worth(b.groups) - worth(a.groups))
    .map(({ id }, place) => [id, place] as const),
);

function worth(groups: readonly PathGroup[]): number {
  return (groups.includes('shell') ? 2 : 0) + (groups.includes('root') ? 1 : 0);
}

/**
 * The rank of a path among equally grave ones: root shells first, direct paths before those through a
 * service.
 */
export function pathPlace(id: PathId): number {
  return PLACES.get(id) ?? PLACES.size;
}

export function pathGroups(id: PathId): readonly PathGroup[] {
  return FACTS.get(id)?.groups ?? [];
}

/** OS users that are root, or that can become root without a password on the usual images. */
const MAY_BECOME_ROOT = new Set([
  '*',
  'root',
  'system',
  'administrator',
  'ssm-user',
  'ec2-user',
  'ubuntu',
  'admin',
  'centos',
  'debian',
  'fedora',
  'rocky',
]);

/** The form of an OS user's name; `as the document says` is not one. */
const USER_NAME = /^[a-z_*][\w.-]*$/i;

/**
 * Whether the path gives control as root. Its group says so, unless it gives named OS users and none of them
 * becomes root on the usual images. A scan of the account cannot see whether another user has sudo.
 */
export function opensRoot(path: PathId, landsAs: readonly string[]): boolean {
  if (!pathGroups(path).includes('root')) return false;
  return (
    landsAs.length === 0 ||
    landsAs.some((user) => !USER_NAME.test(user) || MAY_BECOME_ROOT.has(user.toLowerCase()))
  );
}

export function opensShell(path: PathId): boolean {
  return pathGroups(path).includes('shell');
}

/** Whether a path would work now; undefined: it has no such fact. */
export function reachableText(reachable: boolean | null | undefined): string {
  if (reachable === undefined) return '-';
  return reachable === null ? 'unknown' : reachable ? 'yes' : 'no';
}
