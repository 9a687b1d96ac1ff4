import { addBits, type Bits, emptyBits, without } from '../evaluator/bits.ts';
import { coverOf } from '../matrix/chains/indirect-rows.ts';
import type { InstanceSet } from '../matrix/classes/instance-sets.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import { overlay } from '../matrix/rows/pieces.ts';
import { once } from '../memory/once.ts';
import { remembered } from '../memory/remembered.ts';
import type { Base } from './base.ts';
import { type CellChanges, directly, type Held, isSameHeld } from './cell-changes.ts';
import type { DecidingChains, Ends } from './chain-ends.ts';
import type { InstanceColumn } from './column.ts';
import type { EdgeChange } from './edge-change.ts';
import type { InstanceChange } from './instance-change.ts';
import { type Rechained, rechained } from './rechain.ts';

type BothEnds = readonly [before: Ends, after: Ends];
type Start = Pick<Base['groups'][number], 'principals' | 'levels'>;

/** A change, its effect on the instance's own cells, and on who can become whom. */
interface ReachOfChange {
  readonly change: InstanceChange;
  readonly column: InstanceColumn;
  readonly edges: EdgeChange;
}

/** Everybody's cells, direct or through others, before and after a change of one instance. */
export class AccessChange {
  readonly #base: Base;
  readonly #ends: DecidingChains;
  readonly #column: InstanceColumn;
  readonly #edges: EdgeChange;
  readonly #change: InstanceChange;
  /** the index of the instance */
  readonly #here: readonly number[];
  /** sets of instances without it */
  readonly #known = new Map<InstanceSet, readonly number[]>();

  constructor(base: Base, ends: DecidingChains, { column, edges, change }: ReachOfChange) {
    this.#base = base;
    this.#ends = ends;
    this.#column = column;
    this.#edges = edges;
    this.#change = change;
    this.#here = [change.index];
  }

  addTo(changes: CellChanges): void {
    const others = rechained(this.#base, this.#edges);
    const done = new Set(others.flatMap(({ principals }) => principals));
    const changed = Map.groupBy(this.#column.changed, ({ path }) => path);
    for (const one of others) this.#addRechained(changes, one, changed);
    for (const [path, lists] of changed) {
      const classes = lists.flatMap((one) => one.classes);
      for (const { principals, levels } of this.#startsBy(classes)) {
        const left = done.size === 0 ? principals : principals.filter((p) => !done.has(p));
        const ends = this.#ends.of(levels, path);
        this.#addColumn(changes, left, path, [ends, ends]);
      }
    }
  }

  /**
   * Adds cells on paths that are open at other chain ends than before, and on paths that are open on the instance
   * itself.
   */
  #addRechained(
    changes: CellChanges,
    { principals, before, after, ends }: Rechained,
    changed: Pick<ReadonlyMap<AccessPath, unknown>, 'has'>,
  ): void {
    const { audited, rows } = this.#base.built;
    for (const path of audited.paths) {
      const lists = new Set(ends.map((end) => rows.direct(end, path)).filter((cells) => cells.length > 0));
      if (lists.size === 0 && !changed.has(path)) continue;
      const both: BothEnds = [this.#ends.of(before, path), this.#ends.of(after, path)];
      this.#addColumn(changes, principals, path, both);
      if (lists.size === 0) continue;
      const within = emptyBits(rows.width);
      for (const cells of lists) addBits(within, coverOf(cells, rows.width));
      this.#addRows(changes, { principals, path }, both, within);
    }
  }

  /** The principals of some classes, and those with chains that start at them or lead through them. */
  #startsBy(classes: readonly number[]): readonly Start[] {
    const { groups, groupOf, built } = this.#base;
    const isFound = new Uint8Array(groups.length);
    const alone: number[] = [];
    for (const member of classes.flatMap((number) => built.rows.classes[number]?.members ?? [])) {
      const own = groupOf[member];
      if (own !== undefined) isFound[own] = 1;
      else if (member < built.subjects.length) alone.push(member);
      for (const group of this.#base.groupsBy(member)) isFound[group] = 1;
    }
    const found = groups.filter((_, i) => isFound[i] === 1);
    return alone.length > 0 ? [...found, { principals: alone, levels: [] }] : found;
  }

  /** The cells of the instance itself. */
  #addColumn(
    changes: CellChanges,
    principals: readonly number[],
    path: AccessPath,
    [before, after]: BothEnds,
  ): void {
    const column = this.#column.on(path);
    let isTouched = before !== after || !this.#change.before;
    const through = once(() => {
      if (!this.#change.before) return null;
      return this.#ends.reached(before, (number) => {
        const cell = column.of(number);
        isTouched ||= cell.before !== cell.after;
        return cell.before;
      });
    });
    const throughNow = once(() => {
      if (!this.#change.after) return null;
      const was = through();
      // everything on which it depends is unchanged
      return isTouched ? this.#ends.reached(after, (number) => column.of(number).after) : was;
    });
    for (const [{ before: was, after: is }, alike] of Map.groupBy(principals, (p) => column.at(p))) {
      const [one, other] = [was ? directly(was) : through(), is ? directly(is) : throughNow()];
      changes.add(path, alike, this.#here, [one, other]);
    }
  }

  /** The cells of all other instances, which change only if chains do. */
  #addRows(
    changes: CellChanges,
    { principals, path }: { readonly principals: readonly number[]; readonly path: AccessPath },
    both: BothEnds,
    within: Bits,
  ): void {
    const { built, indirect } = this.#base;
    const { rows } = built;
    const alike = Map.groupBy(principals, (p) => rows.direct(p, path));
    const covers = [...alike].map(([cells, members]) => ({ members, cover: coverOf(cells, rows.width) }));
    const held = covers.map(({ cover }) => cover);
    const pieces = both.map((ends) =>
      indirect
        .reached(path, this.#ends.within(ends, path, within), held, within)
        .map(({ bits, cell, via }) => ({ bits, value: { cell, via } })),
    );
    for (const { bits, values } of overlay<Held>(pieces)) {
      const [was = null, is = null] = values;
      for (const { members, cover } of isSameHeld(was, is) ? [] : covers) {
        const instances = this.#others(without(bits, cover));
        if (instances.length > 0) changes.add(path, members, instances, [was, is]);
      }
    }
  }

  #others(bits: Bits | null): readonly number[] {
    if (!bits) return [];
    const set = this.#base.built.rows.sets.of(bits);
    return remembered(this.#known, set, () => set.instances.filter((one) => one !== this.#here[0]));
  }
}
