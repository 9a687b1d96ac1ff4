import type { AccessPath } from '../access-path.ts';
import { levelsOf } from '../build.ts';
import { type Bits, without } from '../rows/bits.ts';
import { coverOf } from '../rows/indirect-rows.ts';
import { overlay } from '../rows/pieces.ts';
import type { EdgeLists } from '../rows/rows.ts';
import type { Base, Levels } from './base.ts';
import { type CellChanges, directly, type Held, nameOf } from './cell-changes.ts';
import type { Column } from './column.ts';
import type { EdgeChange } from './edge-change.ts';

/** Principals with the same chains. */
interface Start {
  readonly principals: readonly number[];
  readonly levels: Levels;
}

/** Everybody's cells, held directly or through others, before and after a change of one instance. */
export class Reach {
  readonly #base: Base;
  readonly #column: Column;
  readonly #edges: EdgeChange;
  /** index of the instance */
  readonly #instance: number;

  constructor(base: Base, column: Column, edges: EdgeChange, instance: number) {
    this.#base = base;
    this.#column = column;
    this.#edges = edges;
    this.#instance = instance;
  }

  addTo(changes: CellChanges): void {
    const { built } = this.#base;
    const others = this.#withOtherChains();
    for (const [levels, principals] of others.starts)
      this.#addColumn(changes, principals, built.engine.paths, this.#levelsBefore(principals), levels);
    for (const [levels, principals] of others.starts)
      this.#addRows(changes, principals, this.#levelsBefore(principals), levels);
    for (const [start, paths] of this.#changedPaths(others.groups))
      this.#addColumn(changes, start.principals, paths, start.levels, start.levels);
  }

  #levelsBefore([first]: readonly number[]): Levels {
    const group = this.#base.groupOf(first as number);
    return group === undefined ? [] : (this.#base.groups[group] as Base['groups'][number]).levels;
  }

  /** Who starts chains that may be others than before, by what they are now and were. */
  #withOtherChains(): {
    readonly groups: ReadonlySet<number>;
    readonly starts: ReadonlyMap<Levels, readonly number[]>;
  } {
    const { groups, built } = this.#base;
    const changed = this.#edges.principals;
    const found = new Set(
      changed === null ? groups.keys() : [...changed].flatMap((p) => this.#base.groupsWith(p)),
    );
    const alone = [...(changed ?? built.subjects.keys())].filter(
      (p) => p < built.subjects.length && this.#base.groupOf(p) === undefined,
    );
    const starts = [...alone.map((p) => [p]), ...[...found].map((group) => groups[group]?.principals ?? [])];
    return { groups: found, starts: new Map(starts.flatMap((principals) => this.#newLevels(principals))) };
  }

  #newLevels(principals: readonly number[]): readonly (readonly [Levels, readonly number[]])[] {
    const alike = Map.groupBy(principals, (p) => listsName(this.#edges.listsOf(p)));
    return [...alike.values()].map((members) => {
      const lists = this.#edges.listsOf(members[0] as number);
      const chains = this.#base.built.rows.chainsAlong(lists, (from) => this.#edges.listsOf(from));
      return [levelsOf(chains), members] as const;
    });
  }

  /** Who has the same chains as before but holds something else, or has an end that does; and on which paths. */
  #changedPaths(except: ReadonlySet<number>): ReadonlyMap<Start, ReadonlySet<AccessPath>> {
    const { classes } = this.#base.built.rows;
    const found = new Map<Start, Set<AccessPath>>();
    for (const [number, paths] of this.#column.changed) {
      const members = classes[number]?.members ?? [];
      for (const start of members.flatMap((member) => this.#startsBy(member, except))) {
        const known = found.get(start) ?? new Set<AccessPath>();
        found.set(start, known);
        for (const path of paths.keys()) known.add(path);
      }
    }
    return found;
  }

  /** Those with chains that begin at a principal or come by it, and itself where it has none. */
  #startsBy(principal: number, except: ReadonlySet<number>): readonly Start[] {
    const { groups, built } = this.#base;
    const found = this.#base
      .groupsWith(principal)
      .filter((group) => !except.has(group))
      .map((group) => groups[group] as Start);
    const isAlone = principal < built.subjects.length && this.#base.groupOf(principal) === undefined;
    const { principals } = this.#edges;
    if (!isAlone || principals === null || principals.has(principal)) return found;
    return [...found, { principals: [principal], levels: [] }];
  }

  /** The cells of the instance itself. */
  #addColumn(
    changes: CellChanges,
    principals: readonly number[],
    paths: Iterable<AccessPath>,
    before: Levels,
    after: Levels,
  ): void {
    const column = this.#column;
    for (const path of paths) {
      const through = once(() => this.#reachedAt(before, (p) => column.before(p, path)));
      const throughNow = once(() => this.#reachedAt(after, (p) => column.after(p, path)));
      for (const p of principals) {
        const was = column.before(p, path);
        const is = column.after(p, path);
        changes.add(
          path,
          p,
          [this.#instance],
          was ? directly(was) : through(),
          is ? directly(is) : throughNow(),
        );
      }
    }
  }

  #reachedAt(levels: Levels, cellOf: Parameters<Base['indirect']['reachedAt']>[1]): Held | null {
    return this.#base.indirect.reachedAt(levels, cellOf);
  }

  /** The cells of all other instances, which change only where chains do. */
  #addRows(changes: CellChanges, principals: readonly number[], before: Levels, after: Levels): void {
    const { built, indirect } = this.#base;
    const { engine, rows } = built;
    for (const path of engine.paths) {
      const covers = principals.map((p) => coverOf(rows.direct(p, path), rows.width));
      const pieces = [before, after].map((levels) =>
        indirect.reached(path, levels, covers).map(({ bits, cell, via }) => ({ bits, value: { cell, via } })),
      );
      for (const { bits, values } of overlay<Held>(pieces)) {
        const [was = null, is = null] = values;
        for (const [i, p] of nameOf(was) === nameOf(is) ? [] : principals.entries()) {
          const instances = this.#others(without(bits, covers[i] as Bits));
          if (instances.length > 0) changes.add(path, p, instances, was, is);
        }
      }
    }
  }

  #others(bits: Bits | null): readonly number[] {
    const instances = bits ? this.#base.built.rows.sets.of(bits).instances : [];
    return instances.filter((one) => one !== this.#instance);
  }
}

const numbers = new WeakMap<object, number>();
let count = 0;

/** Equal for the same lists. */
function listsName(lists: EdgeLists): string {
  return lists
    .map((list) => {
      const number = numbers.get(list) ?? count++;
      numbers.set(list, number);
      return number;
    })
    .join();
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
