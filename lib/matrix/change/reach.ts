import type { AccessPath } from '../access-path.ts';
import { once } from '../once.ts';
import { type Bits, without } from '../rows/bits.ts';
import { coverOf } from '../rows/indirect-rows.ts';
import { overlay } from '../rows/pieces.ts';
import type { Base, Levels } from './base.ts';
import { type CellChanges, directly, type Held, nameOf } from './cell-changes.ts';
import type { Column } from './column.ts';
import type { EdgeChange } from './edge-change.ts';
import { rechained } from './rechain.ts';

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
    const { paths } = this.#base.built.engine;
    const others = rechained(this.#base, this.#edges);
    for (const { principals, before, after } of others) {
      this.#addColumn(changes, principals, paths, before, after);
      this.#addRows(changes, principals, before, after);
    }
    const done = new Set(others.flatMap(({ principals }) => principals));
    for (const [{ principals, levels }, changed] of this.#changedPaths())
      this.#addColumn(
        changes,
        principals.filter((p) => !done.has(p)),
        changed,
        levels,
        levels,
      );
  }

  /** Who has the same chains as before but holds something else, or has an end that does; and on which paths. */
  #changedPaths(): ReadonlyMap<Start, ReadonlySet<AccessPath>> {
    const { classes } = this.#base.built.rows;
    const found = new Map<Start, Set<AccessPath>>();
    for (const [number, paths] of this.#column.changed) {
      const members = classes[number]?.members ?? [];
      for (const start of members.flatMap((member) => this.#startsBy(member))) {
        const known = found.get(start) ?? new Set<AccessPath>();
        found.set(start, known);
        for (const path of paths) known.add(path);
      }
    }
    return found;
  }

  /** Those with chains that begin at a principal or come by it, and itself where it has none. */
  #startsBy(principal: number): readonly Start[] {
    const { groups, groupOf, built } = this.#base;
    const found = this.#base.groupsWith(principal).map((group) => groups[group] as Start);
    const isAlone = principal < built.subjects.length && groupOf.get(principal) === undefined;
    return isAlone ? [...found, { principals: [principal], levels: [] }] : found;
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
