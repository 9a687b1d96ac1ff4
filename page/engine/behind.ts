import type { DirectoryData } from '../../lib/render/page/page-data.ts';

/** The roles of permission sets that a person, or a group, with a name like this stands behind; lower case. */
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

/** All their names, by the number of the role: what a search looks through. */
export function namesBehind({ people, groups, sets }: DirectoryData): ReadonlyMap<number, string> {
  const namesOf = (numbers: readonly number[]): string => numbers.map((at) => people[at]).join(' ');
  const texts = groups.map(([name, members]) => `${name} ${namesOf(members)}`);
  return new Map(
    sets.map(([role, own, direct]) => [role, `${own.map((at) => texts[at]).join(' ')} ${namesOf(direct)}`]),
  );
}
