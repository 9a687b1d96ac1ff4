import {
  addBits,
  type Bits,
  emptyBits,
  intersection,
  intersects,
  isEmpty,
  isSubset,
  lackedBySome,
  removeBits,
} from '../../evaluator/bits.ts';
import type { Formula } from '../../evaluator/formula.ts';
import type { Residuals } from '../../evaluator/residual/residuals.ts';
import { remembered } from '../../memory/remembered.ts';
import type { SubjectClass } from '../classes/principal-classes.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { HeldCell, RowCell } from '../rows/row-cell.ts';
import { ChainCells } from './chain-cells.ts';
import type { Chain } from './chains.ts';
import { rankOf } from './codes.ts';
import { sessionKind } from './session-kind.ts';
import { Vias } from './vias.ts';

/** Cells that are held through a chain. */
export interface ReachedCell {
  readonly bits: Bits;
  readonly cell: HeldCell;
  readonly via: readonly string[];
}

/** The direct cells of all principals. */
export interface RowSource {
  /** number of instance classes */
  readonly width: number;
  readonly residuals: Residuals;
  direct(principal: number, path: AccessPath): readonly RowCell[];
}

/** By path: the places at which anybody holds it. */
export function anywhereIn(
  rows: RowSource & { readonly classes: readonly SubjectClass[] },
  paths: readonly AccessPath[],
): ReadonlyMap<AccessPath, Bits> {
  return new Map(
    paths.map((path) => {
      const bits = emptyBits(rows.width);
      const lists = new Set(rows.classes.map(({ members }) => rows.direct(members[0] as number, path)));
      for (const cells of lists) for (const cell of cells) addBits(bits, cell.bits);
      return [path, bits];
    }),
  );
}

interface End {
  readonly chain: Chain;
  readonly cells: readonly RowCell[];
}

/**
 * Finds the cells at the ends of chains. At each place the first level with an open chain decides; within a level, a
 * chain without a condition comes first, then one without codes.
 */
export class IndirectRows {
  readonly #rows: RowSource;
  /** by path: the places at which anybody holds it */
  readonly #anywhere: ReadonlyMap<AccessPath, Bits>;
  readonly #cells: ChainCells;
  readonly #vias = new Vias();

  constructor(rows: RowSource, anywhere: ReadonlyMap<AccessPath, Bits>) {
    this.#rows = rows;
    this.#anywhere = anywhere;
    this.#cells = new ChainCells(rows.residuals);
  }

  /** The cells are disjoint. Places that are in all of `held` may be left out. `within`: only these places. */
  reached(
    path: AccessPath,
    levels: Iterable<readonly Chain[]>,
    held: readonly Bits[],
    within: Bits = this.#anywhere.get(path) as Bits,
  ): readonly ReachedCell[] {
    const reached: ReachedCell[] = [];
    const left = lackedBySome(within, held);
    for (const level of levels) {
      if (isEmpty(left)) break;
      this.#addLevel(reached, path, level, left);
    }
    return reached;
  }

  /** The cell at the end of a chain; null if their conditions exclude each other. */
  through(chain: Chain, cell: HeldCell): Omit<ReachedCell, 'bits'> | null {
    const held = this.#cells.of(cell, chain);
    return held && { cell: held, via: this.#vias.of(chain) };
  }

  /** Removes from `left` the places that the chains reach, the best first. */
  #addLevel(reached: ReachedCell[], path: AccessPath, chains: readonly Chain[], left: Bits): void {
    const ends = this.#ends(path, chains, left);
    for (const rank of RANKS) {
      for (const end of ends) {
        if (isEmpty(left)) return;
        this.#addEnd(reached, end, rank, left);
      }
    }
  }

  #addEnd(reached: ReachedCell[], { chain, cells }: End, rank: number, left: Bits): void {
    for (const cell of cells) {
      // a cell's codes stay at the end of a chain
      if (isPlain(rank) && chain.codes.length + cell.residual.own.length > 0) continue;
      const held = intersects(cell.bits, left) ? this.#cells.of(cell, chain) : null;
      if (!held || rankOfCell(held) !== rank) continue;
      reached.push({ bits: take(left, cell.bits), cell: held, via: this.#vias.of(chain) });
    }
  }

  #ends(path: AccessPath, chains: readonly Chain[], left: Bits): readonly End[] {
    const ends: End[] = [];
    // a later chain to equal cells matters only if it is better
    const seen = { assumed: new SeenCells(), other: new SeenCells() };
    const isNews = (chain: Chain, cells: readonly RowCell[]): boolean => {
      // a condition on the session may hold in one and not in the other
      if (chain.edge?.limits) return true;
      return seen[sessionKind(chain.edge)].isNews(chain, cells);
    };
    for (const chain of chains) {
      const cells = this.#rows.direct(chain.to, path);
      if (cells.length === 0 || !isNews(chain, cells)) continue;
      if (intersects(coverOf(cells, this.#rows.width), left)) ends.push({ chain, cells });
    }
    return ends;
  }
}

/** Cells that were already used, by the condition of the chain: without codes, and with some. */
class SeenCells {
  readonly #plain: ByCondition = new Map();
  readonly #coded: ByCondition = new Map();

  isNews({ open, codes }: Chain, cells: readonly RowCell[]): boolean {
    const isCoded = codes.length > 0;
    const covers = (seen: ByCondition): boolean =>
      seen.get(open)?.has(cells) === true || seen.get(true)?.has(cells) === true;
    if (covers(this.#plain) || (isCoded && covers(this.#coded))) return false;
    remembered(isCoded ? this.#coded : this.#plain, open, () => new Set()).add(cells);
    return true;
  }
}

type ByCondition = Map<Formula, Set<readonly RowCell[]>>;

/** The rank of a cell, as for a chain. A cell with missing policies ranks by its condition too. */
export function rankOfCell({ residual, isUnseen }: HeldCell): number {
  return rankOf({ open: residual.remains === true && !isUnseen, codes: residual.own });
}

/** The ranks of cells, best first. */
const RANKS = [3, 2, 1, 0] as const;

const isPlain = (rank: number): boolean => rank % 2 === 1;

/** Removes places from `left`; the result: those that were in it. */
function take(left: Bits, bits: Bits): Bits {
  const taken = isSubset(bits, left) ? bits : intersection(left, bits);
  removeBits(left, taken);
  return taken;
}

const covers = new WeakMap<readonly RowCell[], Bits>();

/** The places of all cells. */
export function coverOf(cells: readonly RowCell[], width: number): Bits {
  const [only] = cells;
  if (only && cells.length === 1) return only.bits;
  let cover = covers.get(cells);
  if (!cover) {
    cover = emptyBits(width);
    for (const { bits } of cells) addBits(cover, bits);
    covers.set(cells, cover);
  }
  return cover;
}
