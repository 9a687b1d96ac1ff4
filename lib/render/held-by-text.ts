import { count, shortList } from '../policy/counted.ts';
import { quoted } from '../policy/quoted.ts';
import type { HeldBy, HoldingGroup } from '../snapshot/held-by.ts';

/** How many names of each list a text has, unless more are asked for. */
const MOST_NAMES = 3;

/** ``permission set `Ops`: group `platform` (12 people: `ann`, `bob`, `cy` and 9 more), and `dee` directly``: safe in a line. */
export const heldByText = (heldBy: HeldBy, most = MOST_NAMES): string =>
  `permission set ${quoted(heldBy.permissionSet)}: ${holdersText(heldBy, most)}`;

/** The same without the permission set. */
export function holdersText({ groups, groupCount, direct, directCount }: HeldBy, most = MOST_NAMES): string {
  if (groups === null || direct === null) return 'who holds it was not read';
  const all = [
    ...groups.slice(0, most).map((group) => groupText(group, most)),
    ...more((groupCount ?? 0) - most, 'group'),
    ...(directCount === 0 ? [] : [`${namesText(direct, directCount ?? 0, most)} directly`]),
  ];
  return all.length === 0 ? 'nobody holds it' : all.join(', ');
}

function groupText({ name, people, names }: HoldingGroup, most: number): string {
  if (people === null) return `group ${quoted(name)} (its members were not read)`;
  const who = people === 0 ? '' : `: ${namesText(names, people, most)}`;
  return `group ${quoted(name)} (${count(people, 'person', 'people')}${who})`;
}

function namesText(names: readonly string[], of: number, most: number): string {
  return shortList(names, most, { text: quoted, all: of });
}

const more = (left: number, what: string): readonly string[] =>
  left > 0 ? [`${count(left, `more ${what}`)}`] : [];
