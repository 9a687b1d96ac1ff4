import { remembered } from '../memory/remembered.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { rowPrints } from './row-prints.ts';
import type { Run } from './run.ts';
import type { AuditSide, Sides } from './sides.ts';

/** A principal or an instance that is in one of the two audits only: it came or went. */
export interface OneThatMoved {
  /** equal for those that are reported together */
  readonly likeness: string;
  /** of those with this likeness, some came and some went */
  readonly replaced: boolean;
}

/** An instance that came or went, and what it is compared with. */
export interface InstanceThatMoved extends OneThatMoved {
  /** the class of the other audit whose instances have the same likeness; null: none */
  readonly counterpart: number | null;
}

/** Those that came or went, by number. */
export interface Turnover {
  readonly instances: ReadonlyMap<number, InstanceThatMoved>;
  readonly principals: ReadonlyMap<number, OneThatMoved>;
}

export function turnoverOf(before: Run, after: Run, sides: Sides): Turnover {
  return { instances: instanceTurnover(before, after, sides), principals: principalTurnover(sides) };
}

/** The items of only one of two lists of numbers, with their index. */
function* onlyInOne(before: Int32Array, after: Int32Array) {
  const [old, now] = [new Set(before), new Set(after)];
  for (const [index, number] of before.entries()) if (!now.has(number)) yield { number, index, isNew: false };
  for (const [index, number] of after.entries()) if (!old.has(number)) yield { number, index, isNew: true };
}

/** Principals are similar if they have the same access. */
function principalTurnover({ before, after }: Sides): Map<number, OneThatMoved> {
  const moved = [...onlyInOne(before.principals, after.principals)];
  if (moved.length === 0) return new Map();
  const [old, now] = [rowPrints(before), rowPrints(after)];
  return withReplaced(
    moved.map((one) => ({ ...one, likeness: (one.isNew ? now : old)[one.index] as string })),
  );
}

interface Moved {
  readonly number: number;
  readonly isNew: boolean;
  readonly likeness: string;
}

function withReplaced<T extends Moved>(moved: readonly T[]): Map<number, T & OneThatMoved> {
  const likenessOf = (isNew: boolean) =>
    new Set(moved.filter((one) => one.isNew === isNew).map(({ likeness }) => likeness));
  const [gone, come] = [likenessOf(false), likenessOf(true)];
  return new Map(
    moved.map((one) => [one.number, { ...one, replaced: gone.has(one.likeness) && come.has(one.likeness) }]),
  );
}

/** Instances are similar if their facts are the same. */
function instanceTurnover(before: Run, after: Run, sides: Sides): Map<number, InstanceThatMoved> {
  const moved = [...onlyInOne(sides.before.instances, sides.after.instances)];
  if (moved.length === 0) return new Map();
  const ids = new Map<string, number>(sides.names.instances.map((id, number) => [id, number]));
  const old = likenessesOf(before, sides.before, ids);
  const now = likenessesOf(after, sides.after, ids);
  return withReplaced(
    moved.map(({ number, isNew }) => {
      const [own, others] = isNew ? [now, old] : [old, now];
      const likeness = own.ofNumber.get(number) ?? '';
      return { number, isNew, likeness, counterpart: others.classOf.get(likeness) ?? null };
    }),
  );
}

/** The likeness of each instance by its number, and for each likeness the class that most such instances are in. */
function likenessesOf(run: Run, { folded, instances }: AuditSide, ids: ReadonlyMap<string, number>) {
  const ofNumber = new Map<number, string>();
  for (const instance of instancesOf(run.snapshot)) {
    const number = ids.get(instance.id);
    if (number !== undefined) ofNumber.set(number, likenessOf(instance));
  }
  const counts = new Map<string, Map<number, number>>();
  for (const [index, number] of instances.entries()) {
    const likeness = ofNumber.get(number);
    if (likeness === undefined) continue;
    const classes = remembered(counts, likeness, () => new Map<number, number>());
    const one = folded.classOf[index] as number;
    classes.set(one, (classes.get(one) ?? 0) + 1);
  }
  const classOf = new Map([...counts].map(([likeness, classes]) => [likeness, mostOf(classes)]));
  return { ofNumber, classOf };
}

function mostOf(classes: ReadonlyMap<number, number>): number {
  let most: readonly [one: number, count: number] = [0, 0];
  for (const entry of classes) if (entry[1] > most[1]) most = entry;
  return most[0];
}

/**
 * What instances of one fleet share. It need not decide all access: whether the access is the same is
 * compared cell by cell, and only between an instance and its similar ones.
 */
function likenessOf({ region, platform, vpcId, instanceProfile, tags }: Instance): string {
  const shared = tags.filter(({ key }) => key !== 'Name').map(({ key, value }) => [key, value]);
  return JSON.stringify([region, platform, vpcId, instanceProfile, shared]);
}
