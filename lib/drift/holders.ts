import type { Run } from './run.ts';

/** ids of the policies that a user or role holds on either side: own, of its groups, boundary. */
export type Holders = ReadonlyMap<string, ReadonlySet<string>>;

export function holdersOf(before: Run, after: Run): Holders {
  const holders = new Map<string, Set<string>>();
  for (const { snapshot } of [before, after]) {
    const groups = new Map(snapshot.groups.map((group) => [group.name, group.policies]));
    for (const one of [...snapshot.users, ...snapshot.roles]) {
      const held = holders.get(one.arn) ?? new Set();
      const names = 'groups' in one ? one.groups : [];
      for (const id of [...one.policies, ...names.flatMap((name) => groups.get(name) ?? [])]) held.add(id);
      if (one.boundary !== null) held.add(one.boundary);
      holders.set(one.arn, held);
    }
  }
  return holders;
}
