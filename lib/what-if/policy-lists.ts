import { remembered } from '../memory/remembered.ts';
import type { Role, Snapshot, User } from '../snapshot/snapshot.ts';

export const areEqualLists = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id, i) => id === other[i]);

/** The ids of each user's and role's policies, in the order of compiled accounts: its own, then those of its groups. */
export const policyLists = (snapshot: Snapshot): PolicyLists =>
  remembered(lists, snapshot, () => listsOf(snapshot));

type PolicyLists = ReadonlyMap<string, readonly string[]>;

const lists = new WeakMap<Snapshot, PolicyLists>();

function listsOf({ users, roles, groups }: Snapshot): PolicyLists {
  const ofGroups = new Map(groups.map((group) => [group.name, group.policies]));
  const ofUser = ({ policies, groups: own }: User): readonly string[] => [
    ...policies,
    ...own.flatMap((name) => ofGroups.get(name) ?? []),
  ];
  const all = [...users.map((one) => [one.arn, ofUser(one)] as const), ...roles.map(ofRole)];
  return new Map(all.map(([arn, ids]) => [arn, [...new Set(ids)]]));
}

const ofRole = ({ arn, policies }: Role) => [arn, policies] as const;

const REPLACED: readonly string[] = ['policies', 'users', 'roles', 'groups'];

/** True if only policies and their holders differ. Unchanged things are the same objects. */
export function differOnlyInPolicies(before: Snapshot, after: Snapshot): boolean {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Snapshot)[];
  return (
    keys.every((key) => REPLACED.includes(key) || before[key] === after[key]) &&
    areAlike(before.users, after.users) &&
    areAlike(before.roles, after.roles) &&
    areAlike(before.groups, after.groups)
  );
}

/** Everything except their policies is the same. */
function areAlike<T extends { readonly arn: string }>(before: readonly T[], after: readonly T[]): boolean {
  const isAlike = (one: T, other: T): boolean =>
    one === other ||
    (Object.keys({ ...one, ...other }) as (keyof T)[]).every(
      (key) => key === 'policies' || one[key] === other[key],
    );
  return before.length === after.length && before.every((one, i) => isAlike(one, after[i] as T));
}
