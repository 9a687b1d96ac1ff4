import type { DirectoryData } from '../../lib/render/page/page-data.ts';

/** Numbers of the roles of permission sets that such a person or group holds. `wanted`: part of a name, lower case. */
export function rolesBehind({ people, groups, sets }: DirectoryData, wanted: string): ReadonlySet<number> {
  const named = new Set([...people.keys()].filter((at) => people[at]?.toLowerCase().includes(wanted)));
  const anyNamed = (numbers: readonly number[]): boolean => numbers.some((at) => named.has(at));
  const found = new Set(
    [...groups.keys()].filter((at) => {
      const [name = '', members = []] = groups[at] ?? [];
      return name.toLowerCase().includes(wanted) || anyNamed(members);
    }),
  );
  return new Set(
    sets.flatMap(([role, own, direct]) =>
      own.some((at) => found.has(at)) || anyNamed(direct) ? [role] : [],
    ),
  );
}

/** The names of all holders of a permission set as one text for a search, by the number of its role. */
export function namesBehind({ people, groups, sets }: DirectoryData): ReadonlyMap<number, string> {
  const namesOf = (numbers: readonly number[]): string => numbers.map((at) => people[at]).join(' ');
  const texts = groups.map(([name, members]) => `${name} ${namesOf(members)}`);
  return new Map(
    sets.map(([role, own, direct]) => [role, `${own.map((at) => texts[at]).join(' ')} ${namesOf(direct)}`]),
  );
}
