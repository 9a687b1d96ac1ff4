import { remembered } from '../memory/remembered.ts';
import type { Role, User } from '../snapshot/snapshot.ts';
import type { Run } from './run.ts';

/** ids of the policies that a user or role holds on either side: own, of its groups, boundary; and those of a group. */
export type Holders = ReadonlyMap<string, ReadonlySet<string>>;

export function holdersOf(before: Run, after: Run): Holders {
  const holders = new Map<string, Set<string>>();
  const note = (arn: string, ids: readonly string[]): void => {
    const held = remembered(holders, arn, () => new Set<string>());
    for (const id of ids) held.add(id);
  };
  for (const { snapshot } of [before, after]) {
    const groups = new Map(snapshot.groups.map((group) => [group.name, group.policies]));
    for (const one of [...snapshot.users, ...snapshot.roles]) note(one.arn, policiesOf(one, groups));
    for (const { arn, policies } of snapshot.groups) note(arn, policies);
  }
  return holders;
}

function policiesOf(one: User | Role, groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const names = 'groups' in one ? one.groups : [];
  const ofGroups = names.flatMap((name) => groups.get(name) ?? []);
  return [...one.policies, ...ofGroups, ...(one.boundary === null ? [] : [one.boundary])];
}
