import { addBits, type Bits, emptyBits, isEmpty, without } from '../evaluator/bits.ts';
import type { AccountRows } from '../matrix/account-rows.ts';
import type { Levels } from '../matrix/chains/chain-search.ts';
import { coverOf, IndirectRows } from '../matrix/chains/indirect-rows.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import { overlay, type Piece } from '../matrix/rows/pieces.ts';
import type { RowCell } from '../matrix/rows/row-cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { Base } from './base.ts';
import { type CellChanges, directly, type Held, nameOf } from './cell-changes.ts';
import { EdgeChange } from './edge-change.ts';
import { type ChangedEdges, changedPairs } from './edge-pairs.ts';
import type { ChangedHolder } from './policy-change.ts';
import { rechained } from './rechain.ts';

type Changed = ReadonlyMap<AccessPath, Bits>;

/** Everybody's cells before and after a change of some principals' direct cells. */
export class PolicyReach {
  readonly #base: Base;
  readonly #holders: ReadonlyMap<number, ChangedHolder>;
  readonly #after: IndirectRows;
  readonly #edges: EdgeChange;
  /** the direct cells of these principals, before and after */
  readonly #changed: ReadonlyMap<number, Changed>;

  constructor(base: Base, holders: ReadonlyMap<number, ChangedHolder>) {
    const { rows, audited } = base.built;
    this.#base = base;
    this.#holders = holders;
    const known = new Map<ChangedHolder['cells'], Map<ChangedHolder['cells'], Changed>>();
    this.#changed = new Map(
      [...holders].map(([p, { cells }]) => {
        const others = remembered(known, cells, () => new Map<ChangedHolder['cells'], Changed>());
        return [p, remembered(others, rows.cellsOf(p), () => this.#changedOf(p, audited.paths))];
      }),
    );
    const anywhere = new Map(audited.paths.map((path) => [path, this.#anywhere(path)]));
    const direct = (p: number, path: AccessPath): readonly RowCell[] => this.#direct(p, path);
    this.#after = new IndirectRows({ direct, residuals: rows.residuals, width: rows.width }, anywhere);
    this.#edges = edgeChange(base, holders);
  }

  addTo(changes: CellChanges): void {
    const others = rechained(this.#base, this.#edges);
    for (const { principals, before, after } of others)
      for (const path of this.#base.built.audited.paths)
        this.#add(changes, principals, path, [before, after]);
    const done = new Set(others.flatMap(({ principals }) => principals));
    for (const [path, touched] of this.#touched()) {
      const left = [...touched].filter(([p]) => !done.has(p));
      for (const [levels, members] of Map.groupBy(left, ([, own]) => own))
        this.#add(
          changes,
          members.map(([p]) => p),
          path,
          [levels, levels],
        );
    }
  }

  /** The principals whose cells may change with their present chains, by path. */
  #touched(): ReadonlyMap<AccessPath, ReadonlyMap<number, Levels>> {
    const touched = new Map<AccessPath, Map<number, Levels>>();
    for (const [own, paths] of this.#changed) {
      for (const [path, bits] of paths) {
        const known = remembered(touched, path, () => new Map<number, Levels>());
        for (const [p, levels] of this.#startsBy(own))
          if (p === own || this.#lacks(p, path, bits)) known.set(p, levels);
      }
    }
    return touched;
  }

  /** A principal, and those with a chain through it. */
  #startsBy(own: number): readonly (readonly [number, Levels])[] {
    const { groups, groupOf, built } = this.#base;
    const through = this.#base.groupsBy(own).map((group) => groups[group] as Base['groups'][number]);
    const starts = through.flatMap(({ principals, levels }) => principals.map((p) => [p, levels] as const));
    const levels = groups[groupOf[own] ?? -1]?.levels ?? NO_LEVELS;
    return own < built.subjects.length ? [...starts, [own, levels]] : starts;
  }

  /** A principal with direct access to these places keeps it. */
  #lacks(principal: number, path: AccessPath, bits: Bits): boolean {
    const { rows } = this.#base.built;
    return without(bits, coverOf(rows.direct(principal, path), rows.width)) !== null;
  }

  #add(
    changes: CellChanges,
    principals: readonly number[],
    path: AccessPath,
    [before, after]: readonly [before: Levels, after: Levels],
  ): void {
    const { rows } = this.#base.built;
    const byBefore = Map.groupBy(principals, (p) => rows.direct(p, path));
    for (const [was, some] of byBefore) {
      const before1 = held(was, rows.width, (covers) => this.#base.indirect.reached(path, before, covers));
      for (const [is, alike] of Map.groupBy(some, (p) => this.#direct(p, path))) {
        const pieces = [before1, held(is, rows.width, (covers) => this.#after.reached(path, after, covers))];
        for (const { bits, values } of overlay<Held>(pieces)) {
          const [one = null, other = null] = values;
          if (nameOf(one) === nameOf(other)) continue;
          const { instances } = rows.sets.of(bits);
          changes.add(path, alike, instances, [one, other]);
        }
      }
    }
  }

  #direct(principal: number, path: AccessPath): readonly RowCell[] {
    const own = this.#holders.get(principal);
    return own ? (own.cells.get(path) ?? NO_CELLS) : this.#base.built.rows.direct(principal, path);
  }

  #anywhere(path: AccessPath): Bits {
    const bits = (this.#base.anywhere.get(path) as Bits).slice();
    for (const { cells } of this.#holders.values())
      for (const cell of cells.get(path) ?? []) addBits(bits, cell.bits);
    return bits;
  }

  #changedOf(principal: number, paths: readonly AccessPath[]): Changed {
    const { rows } = this.#base.built;
    const found = new Map<AccessPath, Bits>();
    for (const path of paths) {
      const [was, is] = [rows.direct(principal, path), this.#direct(principal, path)];
      if (was === is) continue;
      const bits = emptyBits(rows.width);
      for (const overlap of overlay<Held>([was.map(pieceOf), is.map(pieceOf)])) {
        const [one = null, other = null] = overlap.values;
        if (nameOf(one) !== nameOf(other)) addBits(bits, overlap.bits);
      }
      if (!isEmpty(bits)) found.set(path, bits);
    }
    return found;
  }
}

/** The principals with changed edges, and those that become useful ends of edges. */
function edgeChange({ built: { rows } }: Base, holders: ReadonlyMap<number, ChangedHolder>): EdgeChange {
  const changes = new Map<number, ChangedEdges>();
  const newlyUseful = new Set<number>();
  for (const [p, holder] of holders) {
    const edges = changedEdges(rows, p, holder);
    if (edges.changed.length > 0) changes.set(p, edges);
    const holds = [...holder.cells.values()].some((list) => list.length > 0);
    const leads = [...(edges.roles ?? []), edges.others ?? []].some((list) => list.length > 0);
    if ((holds || leads) && !rows.isUseful(p)) newlyUseful.add(p);
  }
  return new EdgeChange(rows, changes, newlyUseful);
}

function changedEdges(
  rows: AccountRows,
  p: number,
  { subject, cells, takesRoles, becomesOthers }: ChangedHolder,
): ChangedEdges {
  const [was, is] = [rows.hostsOf(p), rows.hostsBy((path) => cells.get(path) ?? [])];
  const ofHosts = was === is ? [] : changedPairs(was, is);
  const roles = takesRoles ? rows.rolesAs(subject) : rows.rolesOf(p);
  const ofRoles = takesRoles ? changedPairs(rows.rolesOf(p).flat(), roles.flat()) : [];
  const others = becomesOthers ? rows.othersAs(p, subject) : rows.othersOf(p);
  const ofOthers = becomesOthers ? changedPairs(rows.othersOf(p), others) : [];
  return {
    ...{ instanceRoles: ofHosts.length > 0 ? is : was, roles, others },
    changed: [...ofHosts, ...ofRoles, ...ofOthers],
  };
}

const NO_CELLS: readonly RowCell[] = [];
const NO_LEVELS: Levels = [];

const pieceOf = (cell: RowCell): Piece<Held> => ({ bits: cell.bits, value: directly(cell) });

/** All cells of a principal, direct or through chains. `reach`: the places besides those that these cover. */
function held(
  cells: readonly RowCell[],
  width: number,
  reach: (held: readonly Bits[]) => ReturnType<IndirectRows['reached']>,
): readonly Piece<Held>[] {
  const reached = reach([coverOf(cells, width)]);
  return [...cells.map(pieceOf), ...reached.map(({ bits, cell, via }) => ({ bits, value: { cell, via } }))];
}
