import { remembered } from '../memory/remembered.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { rowPrints } from './row-prints.ts';
import type { Run } from './run.ts';
import type { AuditSide, Sides } from './sides.ts';

/** A principal or an instance that is in one of the two audits only. */
export interface Life {
  /** equal for those that are reported together */
  readonly kin: string;
  /** of the same kind, some came and some went */
  readonly replaced: boolean;
}

/** An instance that came or went, and what it is compared with. */
export interface InstanceLife extends Life {
  /** the other audit's class of instances with the same facts; null: none */
  readonly like: number | null;
}

/** By number. */
export interface Lives {
  readonly instances: ReadonlyMap<number, InstanceLife>;
  readonly principals: ReadonlyMap<number, Life>;
}

export function livesOf(before: Run, after: Run, sides: Sides): Lives {
  return { instances: instanceLives(before, after, sides), principals: principalLives(sides) };
}

/** The items of only one of two lists of numbers, with their index. */
function* onlyInOne(before: Int32Array, after: Int32Array) {
  const [old, now] = [new Set(before), new Set(after)];
  for (const [index, number] of before.entries()) if (!now.has(number)) yield { number, index, isNew: false };
  for (const [index, number] of after.entries()) if (!old.has(number)) yield { number, index, isNew: true };
}

/** Principals are similar if they have the same access. */
function principalLives({ before, after }: Sides): Map<number, Life> {
  const moved = [...onlyInOne(before.principals, after.principals)];
  if (moved.length === 0) return new Map();
  const [old, now] = [rowPrints(before), rowPrints(after)];
  return withReplaced(moved.map((one) => ({ ...one, kin: (one.isNew ? now : old)[one.index] as string })));
}

interface Moved {
  readonly number: number;
  readonly isNew: boolean;
  readonly kin: string;
}

function withReplaced<T extends Moved>(moved: readonly T[]): Map<number, T & Life> {
  const kinOf = (isNew: boolean) => new Set(moved.filter((one) => one.isNew === isNew).map(({ kin }) => kin));
  const [gone, come] = [kinOf(false), kinOf(true)];
  return new Map(
    moved.map((one) => [one.number, { ...one, replaced: gone.has(one.kin) && come.has(one.kin) }]),
  );
}

/** Instances are similar if their facts are the same. */
function instanceLives(before: Run, after: Run, sides: Sides): Map<number, InstanceLife> {
  const moved = [...onlyInOne(sides.before.instances, sides.after.instances)];
  if (moved.length === 0) return new Map();
  const ids = new Map<string, number>(sides.names.instances.map((id, number) => [id, number]));
  const old = kinsOf(before, sides.before, ids);
  const now = kinsOf(after, sides.after, ids);
  return withReplaced(
    moved.map(({ number, isNew }) => {
      const [own, others] = isNew ? [now, old] : [old, now];
      const kin = own.ofNumber.get(number) ?? '';
      return { number, isNew, kin, like: others.classOf.get(kin) ?? null };
    }),
  );
}

/** The kind of each instance by its number, and for each kind the class that most of its instances are in. */
function kinsOf(run: Run, { folded, instances }: AuditSide, ids: ReadonlyMap<string, number>) {
  const ofNumber = new Map<number, string>();
  for (const instance of instancesOf(run.snapshot)) {
    const number = ids.get(instance.id);
    if (number !== undefined) ofNumber.set(number, kinOf(instance));
  }
  const counts = new Map<string, Map<number, number>>();
  for (const [index, number] of instances.entries()) {
    const kin = ofNumber.get(number);
    if (kin === undefined) continue;
    const classes = remembered(counts, kin, () => new Map<number, number>());
    const one = folded.classOf[index] as number;
    classes.set(one, (classes.get(one) ?? 0) + 1);
  }
  const classOf = new Map([...counts].map(([kin, classes]) => [kin, mostOf(classes)]));
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
function kinOf({ region, platform, vpcId, instanceProfile, tags }: Instance): string {
  const shared = tags.filter(({ key }) => key !== 'Name').map(({ key, value }) => [key, value]);
  return JSON.stringify([region, platform, vpcId, instanceProfile, shared]);
}
