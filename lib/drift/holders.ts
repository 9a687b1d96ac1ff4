import { remembered } from '../memory/remembered.ts';
import type { Role, User } from '../snapshot/snapshot.ts';
import type { Run } from './run.ts';

/** ids of the policies that a user or role holds on either side: own, of its groups, boundary; and those of a group. */
export type Holders = ReadonlyMap<string, ReadonlySet<string>>;

export function holdersOf(before: Run, after: Run): Holders {
  const holders = new Map<string, Set<string>>();
  for (const { snapshot } of [before, after]) {
    const groups = new Map(snapshot.groups.map((group) => [group.name, group.policies]));
    for (const one of [...snapshot.users, ...snapshot.roles]) {
      const held = remembered(holders, one.arn, () => new Set<string>());
      for (const id of policiesOf(one, groups)) held.add(id);
    }
    for (const { arn, policies } of snapshot.groups) {
      const held = remembered(holders, arn, () => new Set<string>());
      for (const id of policies) held.add(id);
    }
  }
  return holders;
}

function policiesOf(one: User | Role, groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const names = 'groups' in one ? one.groups : [];
  const ofGroups = names.flatMap((name) => groups.get(name) ?? []);
  return [...one.policies, ...ofGroups, ...(one.boundary === null ? [] : [one.boundary])];
}
