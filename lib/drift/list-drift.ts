import { addBits, type Bits, hasBit, placesIn } from '../evaluator/bits.ts';
import { remembered } from '../memory/remembered.ts';
import { wordOf } from './cell-state.ts';
import type { CauseChanges, Changes } from './changes.ts';
import type { CellDrift, Drift, DriftCounts, DriftGroup } from './drift.ts';
import type { NumberedGroup } from './gather.ts';

/** Names of principals, and of instances, in a group. */
export const NAMES = 1000;

/** Names in all groups together: if 1,000 per group would be more, each lists 100, or 10. */
const ALL_NAMES = 300_000;

/** The causes of all changes with the allowed number of names; those with the most cells first. */
export function listDrift(changes: Changes): Drift[] {
  const lister = new Lister(changes);
  return changes.causes.map((one) => lister.drift(one)).sort(mostCellsFirst);
}

/** Each changed cell, cause by cause, as a stream: there may be billions. */
export function* listCells(changes: Changes): Generator<CellDrift> {
  const { names, states, columnOf } = changes;
  for (const { cause, group } of groupsOf(changes.causes)) {
    const before = states.at(group.before);
    const after = states.at(group.after);
    const change = wordOf(before, after);
    const instances = instancesIn(group.columns, columnOf, columnOf.length);
    for (const one of group.principals) {
      const principal = names.principals[one] as string;
      for (const other of instances) {
        const instance = names.instances[other] as string;
        for (const path of group.paths) yield { change, principal, instance, path, before, after, cause };
      }
    }
  }
}

/** Each group, with the id of its cause. */
function* groupsOf<Group>(
  causes: Iterable<{ readonly id: string; readonly groups: readonly Group[] }>,
): Generator<{ readonly cause: string; readonly group: Group }> {
  for (const { id, groups } of causes) for (const group of groups) yield { cause: id, group };
}

/** Like `listCells`, for stored drift; null if its lists of names were cut. */
export function storedDriftCells(drift: readonly Drift[] | null): Generator<CellDrift> | null {
  const isWhole = (group: DriftGroup): boolean =>
    group.principals.length === group.principalCount && group.instances.length === group.instanceCount;
  return drift?.every(({ groups }) => groups.every(isWhole)) ? storedCells(drift) : null;
}

function* storedCells(drift: readonly Drift[]): Generator<CellDrift> {
  for (const { cause, group } of groupsOf(drift)) {
    const { change, principals, instances, paths, before, after } = group;
    for (const principal of principals)
      for (const instance of instances)
        for (const path of paths) yield { change, principal, instance, path, before, after, cause };
  }
}

/** The first numbers of the instances in some columns, ascending. */
function instancesIn(columns: Bits, columnOf: Int32Array, most: number): Int32Array {
  const found: number[] = [];
  for (let number = 0; number < columnOf.length && found.length < most; number++)
    if (hasBit(columns, columnOf[number] as number)) found.push(number);
  return Int32Array.from(found);
}

/** The number of instances in each column, or of those that count. */
function sizesOf(
  columnOf: Int32Array,
  counts: (instance: number) => boolean = () => true,
): readonly number[] {
  const sizes: number[] = [];
  for (const [instance, column] of columnOf.entries())
    sizes[column] = (sizes[column] ?? 0) + Number(counts(instance));
  return sizes;
}

class Lister {
  readonly #changes: Changes;
  readonly #most: number;
  readonly #sizes: readonly number[];
  readonly #production: readonly number[];
  readonly #instances = new Map<Bits, readonly string[]>();
  readonly #principals = new Map<Int32Array, readonly string[]>();
  readonly #counts = new Map<Bits, number>();

  constructor(changes: Changes) {
    this.#changes = changes;
    this.#sizes = sizesOf(changes.columnOf);
    this.#production = sizesOf(changes.columnOf, changes.isProduction);
    this.#most = [NAMES, NAMES / 10].find((most) => this.#namesIn(most) <= ALL_NAMES) ?? NAMES / 100;
  }

  drift({ id, cause, groups }: CauseChanges): Drift {
    return {
      id,
      cause,
      counts: this.#countsOf(groups),
      groups: groups.map((group) => this.#group(group)).sort(worthReadingFirst),
    };
  }

  #namesIn(most: number): number {
    let names = 0;
    for (const { group } of groupsOf(this.#changes.causes))
      names += Math.min(most, group.principals.length) + Math.min(most, this.#count(group.columns));
    return names;
  }

  #group({ principals, columns, paths, before, after }: NumberedGroup): DriftGroup {
    const { states } = this.#changes;
    const was = states.at(before);
    const is = states.at(after);
    return {
      change: wordOf(was, is),
      principals: this.#principalNames(principals),
      principalCount: principals.length,
      instances: this.#instanceNames(columns),
      instanceCount: this.#count(columns),
      paths,
      before: was,
      after: is,
    };
  }

  #principalNames(principals: Int32Array): readonly string[] {
    return remembered(this.#principals, principals, () =>
      this.#named(principals, this.#changes.names.principals),
    );
  }

  #instanceNames(columns: Bits): readonly string[] {
    const { names, columnOf } = this.#changes;
    return remembered(this.#instances, columns, () =>
      this.#named(instancesIn(columns, columnOf, this.#most), names.instances),
    );
  }

  #named(numbers: Int32Array, names: readonly string[]): readonly string[] {
    return Array.from(numbers.subarray(0, this.#most), (number) => names[number] as string);
  }

  #count(columns: Bits): number {
    return remembered(this.#counts, columns, () =>
      placesIn(columns).reduce((sum, column) => sum + (this.#sizes[column] as number), 0),
    );
  }

  #countsOf(groups: readonly NumberedGroup[]): DriftCounts {
    const { states } = this.#changes;
    const cells = { gained: 0, lost: 0, changed: 0 };
    const principals = new Set<number>();
    const columns = new Uint32Array(groups[0]?.columns.length ?? 0);
    for (const list of new Set(groups.map((group) => group.principals)))
      for (const one of list) principals.add(one);
    for (const bits of new Set(groups.map((group) => group.columns))) addBits(columns, bits);
    for (const group of groups) {
      const count = group.principals.length * this.#count(group.columns) * group.paths.length;
      cells[wordOf(states.at(group.before), states.at(group.after))] += count;
    }
    return {
      ...cells,
      principals: principals.size,
      people: [...principals].filter(this.#changes.isPerson).length,
      instances: this.#count(columns),
      production: placesIn(columns).reduce((sum, column) => sum + (this.#production[column] as number), 0),
    };
  }
}

const WORDS = ['gained', 'changed', 'lost'];

/** Gains first, then the most cells; a total order, so that equal drift is equal text. */
function worthReadingFirst(a: DriftGroup, b: DriftGroup): number {
  return (
    WORDS.indexOf(a.change) - WORDS.indexOf(b.change) ||
    cellsIn(b) - cellsIn(a) ||
    byText(a.principals[0] ?? '', b.principals[0] ?? '') ||
    byText(a.instances[0] ?? '', b.instances[0] ?? '') ||
    byText(a.paths.join(), b.paths.join())
  );
}

const cellsIn = ({ principalCount, instanceCount, paths }: DriftGroup): number =>
  principalCount * instanceCount * paths.length;

function mostCellsFirst(a: Drift, b: Drift): number {
  const cells = ({ counts: { gained, lost, changed } }: Drift): number => gained + lost + changed;
  return cells(b) - cells(a) || byText(a.cause.detail, b.cause.detail) || byText(a.id, b.id);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
