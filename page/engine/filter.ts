import { principalName } from '../names.ts';
import { rolesBehind } from './behind.ts';
import type { PageGroup } from './group.ts';
import type { Model } from './model.ts';

/** The filter of the matrix and the lists; an empty text does not filter. */
export interface Filter {
  /** path id, or `group:shell` */
  readonly path: string;
  readonly verdict: string;
  /** `with`, `without` */
  readonly mfa: string;
  /** OS user */
  readonly user: string;
  /** person, machine, aws, outside */
  readonly kind: string;
  /** name or ARN; for a permission set also its holders */
  readonly who: string;
  /** id, name, `key=value` */
  readonly on: string;
  readonly region: string;
  /** only changes of the last run (`audit`), or of so many days */
  readonly since: string;
}

export const NO_FILTER: Filter = {
  path: '',
  verdict: '',
  mfa: '',
  user: '',
  kind: '',
  who: '',
  on: '',
  region: '',
  since: '',
};

/** The groups of cells that match; null: all. */
export function groupsAsked({ head, groups }: Model, filter: Filter): readonly PageGroup[] | null {
  const { path, verdict, mfa, user } = filter;
  if (!path && !verdict && !mfa && !user) return null;
  const paths = pathsAsked(head.paths, path);
  const wanted = user.toLowerCase();
  return groups.filter(
    ({ path: own, outcome }) =>
      (paths === null || paths.has(own)) &&
      (!verdict || outcome.verdict === verdict) &&
      (!mfa || outcome.mfa === (mfa === 'with')) &&
      (!wanted || outcome.landsAs.some((one) => one === '*' || one.toLowerCase() === wanted)),
  );
}

function pathsAsked(paths: Model['head']['paths'], asked: string): ReadonlySet<number> | null {
  if (!asked) return null;
  const group = /^group:(.*)$/.exec(asked)?.[1];
  const numbers = [...paths.keys()].filter((at) => {
    const path = paths[at];
    return group === undefined ? path?.id === asked : path?.groups.includes(group);
  });
  return new Set(numbers);
}

/** Whether a principal matches, by number; null: all do. */
export function principalAsked(
  { principals }: Model,
  { kind, who }: Filter,
): ((principal: number) => boolean) | null {
  if (!kind && !who) return null;
  const wanted = who.trim().toLowerCase();
  const behind = wanted === '' ? new Set() : rolesBehind(principals.directory, wanted);
  return (principal) => {
    const [arn, own] = principals.rows[principal] ?? ['', '', -1];
    if (kind && own !== kind) return false;
    if (!wanted || behind.has(principal)) return true;
    return arn.toLowerCase().includes(wanted) || principalName(arn).toLowerCase().includes(wanted);
  };
}

/** Whether an instance matches, by number; null: all do. */
export function instanceAsked(
  { instances }: Model,
  { on, region }: Filter,
): ((instance: number) => boolean) | null {
  if (!on && !region) return null;
  const inRegion = instances.places.map(([name]) => !region || name === region);
  const wanted = on.trim().toLowerCase();
  const lists = tagListsWith(instances, wanted);
  return (instance) => {
    if (!inRegion[instances.place[instance] as number]) return false;
    if (!wanted || lists.has(instances.tagsOf[instance] as number)) return true;
    return (
      (instances.ids[instance] ?? '').includes(wanted) ||
      (instances.names[instance] ?? '').toLowerCase().includes(wanted)
    );
  };
}

/** The numbers of the lists of tags with a match: `key=value`, or a part of it. */
function tagListsWith({ tags, tagLists }: Model['instances'], wanted: string): ReadonlySet<number> {
  if (wanted === '') return new Set();
  const isWhole = wanted.includes('=');
  const found = new Set(
    [...tags.keys()].filter((at) => {
      const text = tags[at]?.join('=').toLowerCase() ?? '';
      return isWhole ? text === wanted : text.includes(wanted);
    }),
  );
  return new Set([...tagLists.keys()].filter((at) => tagLists[at]?.some((tag) => found.has(tag))));
}
