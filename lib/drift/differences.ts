import { type Bits, difference, intersection, intersects, isSubset, union } from '../evaluator/bits.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup, Outcome } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { ChangedOutcome } from './changed-outcome.ts';
import type { Columns } from './columns.ts';
import { Overlaps } from './overlaps.ts';
import type { AuditSide, Sides } from './sides.ts';

/** Cells that differ between two audits: each of these principals on each of these columns. */
export interface Difference {
  /** numbers; differences of the same principals by one path share the list */
  readonly principals: readonly number[];
  readonly changed: ChangedOutcome;
  /** numbers of states */
  readonly before: number;
  readonly after: number;
  readonly columns: Bits;
  /** these columns came or went, and similar instances have the same state on the other side */
  readonly alike: boolean;
}

/**
 * The cells whose state differs, by class: principals whose groups have the same states on the same columns
 * on both sides are handled at once, and principals that share their groups are compared once, set by set.
 * `denied`: the number of that state.
 */
export function* differencesOf(sides: Sides, columns: Columns, denied: number): Generator<Difference> {
  const left = halfOf(sides.before, columns, 'before');
  const right = halfOf(sides.after, columns, 'after');
  const old = heldGroups(sides.before);
  const now = heldGroups(sides.after);
  const halves: Halves = { left, right, overlaps: new Overlaps(columns.members.length), denied };
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    for (const { principals, was, is } of sharedGroups(old.get(path), now.get(path))) {
      if (contentOf(left, was) === contentOf(right, is)) continue;
      for (const one of changesOf(halves, was, is)) {
        yield { ...one, principals, changed: { ...one.changed, path } };
      }
    }
  }
}

type PairChange = Omit<Difference, 'principals' | 'changed'> & {
  readonly changed: Omit<ChangedOutcome, 'path'>;
};

/** What the two sides need for the comparison. */
interface Halves {
  readonly left: Half;
  readonly right: Half;
  readonly overlaps: Overlaps;
  readonly denied: number;
}

/** The differences between these groups of one side and those of the other. */
function* changesOf(
  { left, right, overlaps, denied }: Halves,
  was: readonly number[],
  is: readonly number[],
): Generator<PairChange> {
  const old = was.map((group) => left.side.states[group] as number);
  const now = is.map((group) => right.side.states[group] as number);
  const found = overlaps.of(
    was.map((group) => left.sets[group] as Bits),
    is.map((group) => right.sets[group] as Bits),
    (at, otherAt) => (old[at] ?? denied) !== (now[otherAt] ?? denied),
  );
  const wereLike = likesIn(left, was);
  const areLike = likesIn(right, is);
  for (const { at, otherAt, columns: all } of found) {
    const before = old[at] ?? denied;
    const after = now[otherAt] ?? denied;
    const changed = { before: outcomeOf(left, was[at]), after: outcomeOf(right, is[otherAt]) };
    const likes = at === was.length ? wereLike(after) : otherAt === is.length ? areLike(before) : null;
    for (const [columns, alike] of byLikeness(all, likes)) yield { changed, before, after, columns, alike };
  }
}

/** Columns, divided by membership in a set. */
function byLikeness(at: Bits, likes: Bits | null): readonly (readonly [columns: Bits, alike: boolean])[] {
  if (likes === null || !intersects(at, likes)) return [[at, false]];
  if (isSubset(at, likes)) return [[at, true]];
  return [
    [intersection(at, likes), true],
    [difference(at, likes), false],
  ];
}

/**
 * By state, the columns that exist only on the other side and whose similar instances have it on this one.
 */
function likesIn({ side, likes }: Half, groups: readonly number[]): (state: number) => Bits | null {
  const known = new Map<number, Bits | null>();
  return (state) =>
    remembered(known, state, () => {
      const alike = groups
        .filter((group) => side.states[group] === state)
        .map((group) => likes[group] as Bits);
      return alike.length === 0 ? null : alike.reduce(union);
    });
}

const outcomeOf = ({ side }: Half, group: number | undefined): Outcome | null =>
  group === undefined ? null : (side.groups[group] as CellGroup).outcome;

interface Half {
  readonly side: AuditSide;
  /** the columns of each group */
  readonly sets: readonly Bits[];
  /** per group, a text that groups with the same state on the same columns share */
  readonly contents: readonly string[];
  readonly likes: readonly Bits[];
}

function halfOf(side: AuditSide, columns: Columns, which: 'before' | 'after'): Half {
  const sets = columns[which];
  const contents = sets.map((bits, group) => `${columns.sets.numberOf(bits)}:${side.states[group]}`);
  return { side, sets, contents, likes: columns.likes[which] };
}

const contentOf = ({ contents }: Half, groups: readonly number[]): string =>
  groups
    .map((group) => contents[group])
    .sort()
    .join();

/** For each path and principal the groups that hold its cells. */
function heldGroups({ groups, principals }: AuditSide): Map<PathId, Map<number, number[]>> {
  const held = new Map<PathId, Map<number, number[]>>();
  groups.forEach((group, index) => {
    const byPrincipal = remembered(held, group.path, () => new Map<number, number[]>());
    for (const one of group.principals) {
      const principal = principals[one] as number;
      const list = byPrincipal.get(principal);
      if (list) list.push(index);
      else byPrincipal.set(principal, [index]);
    }
  });
  return held;
}

interface Shared {
  readonly principals: number[];
  readonly was: readonly number[];
  readonly is: readonly number[];
}

const NONE: readonly number[] = [];

/** Principals by the groups that they are in on both sides. */
function sharedGroups(
  old: ReadonlyMap<number, readonly number[]> = new Map(),
  now: ReadonlyMap<number, readonly number[]> = new Map(),
): Iterable<Shared> {
  const shared = new Map<string, Shared>();
  for (const principal of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(principal) ?? NONE;
    const is = now.get(principal) ?? NONE;
    const key = `${was.join()}|${is.join()}`;
    const known = shared.get(key);
    if (known) known.principals.push(principal);
    else shared.set(key, { principals: [principal], was, is });
  }
  return shared.values();
}
