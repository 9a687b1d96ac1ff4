import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup, Matrix, Outcome } from '../matrix/paths/matrix.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { CellState } from './drift.ts';
import { type JointClasses, jointClasses, type SideClasses } from './joint-classes.ts';

/** One audit: what was collected, and what came out. */
export interface Run {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
}

/** Cells of one principal and path that changed in the same way. An outcome is null where there is no such cell. */
export interface CellChange {
  /** ARN */
  readonly principal: string;
  readonly path: PathId;
  /** ids */
  readonly instances: readonly string[];
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** One side, renumbered: for each path and principal the groups that hold its cells, and per group its instances. */
interface Side {
  readonly held: Map<PathId, Map<number, number[]>>;
  readonly groups: readonly CellGroup[];
  /** joint classes of instances, ascending */
  readonly instances: readonly Int32Array[];
  /** per group, a number that equal instances and equal states share, on both sides */
  readonly content: readonly string[];
  readonly states: readonly number[];
}

/**
 * The cells whose state differs, found by class: a principal whose groups hold the same states on the same instances on
 * both sides is done at once, and principals that share their groups are compared once. Instances that neither side tells
 * apart are one; only what differs is told instance by instance.
 */
export function cellChanges(before: Run, after: Run): CellChange[] {
  const principals = new Map<string, number>();
  const interned = new Interned();
  const joint = jointClasses(before.matrix, after.matrix);
  const left = sideOf(before.matrix, principals, joint.before, interned);
  const right = sideOf(after.matrix, principals, joint.after, interned);
  const names = [...principals.keys()];
  const compare = comparer(left, right, joint.members);
  const changes: CellChange[] = [];
  for (const path of new Set([...left.held.keys(), ...right.held.keys()])) {
    const old = left.held.get(path);
    const now = right.held.get(path);
    for (const principal of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
      for (const run of compare(old?.get(principal) ?? [], now?.get(principal) ?? [])) {
        changes.push({ principal: names[principal] as string, path, ...run });
      }
    }
  }
  return changes;
}

/** What a cell says, as drift tells it: who merely grants it, and by which chain, is not part of it. */
export function stateOf(outcome: Outcome | null): CellState {
  if (!outcome || outcome.verdict === 'denied') return DENIED;
  return { verdict: outcome.verdict, condition: outcome.condition, landsAs: outcome.landsAs };
}

export const DENIED: CellState = { verdict: 'denied', condition: null, landsAs: [] };

/** A text that is equal where two states are, whatever the order of conditions, values and users. */
export function stateKey(state: CellState): string {
  const alternatives = (state.condition?.anyOf ?? []).map(({ allOf }) =>
    JSON.stringify(
      allOf.map((term) => JSON.stringify([term.key, term.operator, [...term.values].sort()])).sort(),
    ),
  );
  const condition = state.condition === null ? null : alternatives.sort();
  return JSON.stringify([state.verdict, condition, [...state.landsAs].sort()]);
}

/** Numbers for equal texts and equal lists, so that later comparisons are of numbers. */
class Interned {
  readonly #texts = new Map<string, number>();
  readonly #lists = new Map<number, { readonly list: Int32Array; readonly id: number }[]>();
  #count = 0;

  text(value: string): number {
    let id = this.#texts.get(value);
    if (id === undefined) {
      id = this.#texts.size;
      this.#texts.set(value, id);
    }
    return id;
  }

  list(list: Int32Array): number {
    let hash = list.length;
    for (const value of list) hash = (Math.imul(hash, 0x01000193) ^ value) | 0;
    const bucket = this.#lists.get(hash) ?? [];
    const known = bucket.find(
      (one) => one.list.length === list.length && one.list.every((v, i) => v === list[i]),
    );
    if (known) return known.id;
    bucket.push({ list, id: this.#count });
    this.#lists.set(hash, bucket);
    return this.#count++;
  }
}

function sideOf(
  matrix: Matrix,
  numbers: Map<string, number>,
  classes: SideClasses,
  interned: Interned,
): Side {
  const principals = matrix.principals.map(({ arn }) => numberOf(numbers, arn));
  const lists = classes.sets.map((list) => interned.list(list));
  const side = {
    held: new Map<PathId, Map<number, number[]>>(),
    groups: matrix.groups,
    instances: classes.setOf.map((set) => classes.sets[set] as Int32Array),
  };
  const content: string[] = [];
  const states: number[] = [];
  matrix.groups.forEach((group, index) => {
    const state = interned.text(stateKey(stateOf(group.outcome)));
    states.push(state);
    content.push(`${lists[classes.setOf[index] as number]}:${state}`);
    const held = side.held.get(group.path) ?? new Map<number, number[]>();
    side.held.set(group.path, held);
    for (const one of group.principals) {
      const principal = principals[one] as number;
      const list = held.get(principal);
      if (list) list.push(index);
      else held.set(principal, [index]);
    }
  });
  return { ...side, content, states };
}

function numberOf(map: Map<string, number>, name: string): number {
  let number = map.get(name);
  if (number === undefined) {
    number = map.size;
    map.set(name, number);
  }
  return number;
}

type Runs = readonly Omit<CellChange, 'principal' | 'path'>[];

/** Compares the groups of one principal on both sides, remembering what it has compared. */
function comparer(left: Side, right: Side, members: JointClasses['members']) {
  const known = new Map<string, Runs>();
  const scratch = {
    old: new Int32Array(members.length).fill(-1),
    now: new Int32Array(members.length).fill(-1),
  };
  const signature = (side: Side, groups: readonly number[]) =>
    groups
      .map((one) => side.content[one])
      .sort()
      .join();
  return (old: readonly number[], now: readonly number[]): Runs => {
    const key = `${old.join()}|${now.join()}`;
    let runs = known.get(key);
    if (!runs) {
      const same = signature(left, old) === signature(right, now);
      runs = same ? [] : differences(left, right, old, now, scratch, members);
      known.set(key, runs);
    }
    return runs;
  };
}

function differences(
  left: Side,
  right: Side,
  old: readonly number[],
  now: readonly number[],
  scratch: { readonly old: Int32Array; readonly now: Int32Array },
  members: JointClasses['members'],
): Runs {
  for (const group of old) for (const at of left.instances[group] as Int32Array) scratch.old[at] = group;
  for (const group of now) for (const at of right.instances[group] as Int32Array) scratch.now[at] = group;
  const runs = new Map<string, { classes: number[]; before: Outcome | null; after: Outcome | null }>();
  const visit = (at: number) => {
    const was = scratch.old[at] as number;
    const is = scratch.now[at] as number;
    scratch.old[at] = -1;
    scratch.now[at] = -1;
    if (was === is && was < 0) return;
    const before = was < 0 ? null : (left.groups[was] as CellGroup).outcome;
    const after = is < 0 ? null : (right.groups[is] as CellGroup).outcome;
    if (was >= 0 && is >= 0 && left.states[was] === right.states[is]) return;
    if (stateOf(before) === DENIED && stateOf(after) === DENIED) return;
    const key = `${was} ${is}`;
    const run = runs.get(key) ?? { classes: [], before, after };
    run.classes.push(at);
    runs.set(key, run);
  };
  for (const group of old) (left.instances[group] as Int32Array).forEach(visit);
  for (const group of now) (right.instances[group] as Int32Array).forEach(visit);
  return [...runs.values()].map(({ classes, ...run }) => ({
    ...run,
    instances: classes.flatMap((at) => members[at] ?? []),
  }));
}
