import { type Bits, emptyBits, hasBit, setBit } from '../../lib/evaluator/bits.ts';
import { remembered } from '../../lib/memory/remembered.ts';
import type { ChangedRow, ChangedRun } from '../../lib/render/page/page-data.ts';
import type { PageGroup } from './group.ts';
import type { Model } from './model.ts';
import { membersOf, partition } from './partition.ts';
import { strengthRows } from './strength-rows.ts';

const DAY = 24 * 60 * 60_000;

/** The last run (`audit`), or all runs of so many days before it. `runs`: newest first. */
export function runsSince(runs: readonly ChangedRun[], since: string): readonly ChangedRun[] {
  const [own] = runs;
  if (own === undefined || since === 'audit') return runs.slice(0, 1);
  const from = Date.parse(own.at) - Number(since) * DAY;
  return runs.filter(({ at }) => Date.parse(at) >= from);
}

/** The model with only the cells that these runs changed. */
export function changedModel(model: Model, runs: readonly ChangedRun[]): Model {
  const rows = runs.flatMap((run) => run.rows);
  const classOf = partition(model.instances.ids.length, [
    ...model.columnMembers,
    ...rows.map(([, instances]) => instances),
  ]);
  const columnMembers = membersOf(classOf);
  const groups: PageGroup[] = [];
  const holders: (readonly number[])[] = [];
  const sets: Bits[] = [];
  const byPath = Map.groupBy(model.groups, ({ path }) => path);
  for (const row of rows) {
    const { holdersIn, setIn } = within(model, row, columnMembers);
    for (const path of row[2]) {
      for (const group of byPath.get(path) ?? []) {
        const [who, what] = [holdersIn(group.holders), setIn(group.set)];
        if (who.length === 0 || what === null) continue;
        groups.push({ ...group, holders: holders.push(who) - 1, set: sets.push(what) - 1 });
      }
    }
  }
  const rowOf = partition(model.principals.rows.length, holders);
  const rowMembers = membersOf(rowOf);
  const holderClasses = holders.map((list) => [...new Set(list.map((one) => rowOf[one] as number))]);
  const strengths = strengthRows({ groups, holderClasses, sets }, rowMembers.length);
  return { ...model, groups, holders, holderClasses, sets, rowOf, rowMembers, columnMembers, strengths };
}

/** The part of a set of holders, and of a set of instances, that a row names; each is computed once. */
function within(
  model: Model,
  [principals, instances]: ChangedRow,
  columnMembers: readonly (readonly number[])[],
): { holdersIn: (holders: number) => readonly number[]; setIn: (set: number) => Bits | null } {
  const [whom, where] = [new Set(principals), new Set(instances)];
  // a class is either whole in the row or not in it at all, and is part of one class of the model
  const classes = columnMembers.flatMap(([first], number) =>
    first !== undefined && where.has(first)
      ? [{ number, old: model.instances.classOf[first] as number }]
      : [],
  );
  const holders = new Map<number, readonly number[]>();
  const sets = new Map<number, Bits | null>();
  return {
    holdersIn: (one) =>
      remembered(holders, one, () => (model.holders[one] ?? []).filter((principal) => whom.has(principal))),
    setIn: (one) =>
      remembered(sets, one, () => {
        const own = classes.filter(({ old }) => hasBit(model.sets[one] as Bits, old));
        if (own.length === 0) return null;
        const bits = emptyBits(columnMembers.length);
        for (const { number } of own) setBit(bits, number);
        return bits;
      }),
  };
}
