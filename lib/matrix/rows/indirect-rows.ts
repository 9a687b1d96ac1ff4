import { and, type Formula } from '../../evaluator/formula.ts';
import type { AccessPath } from '../access-path.ts';
import { type Chain, chainGrants, viaOf } from '../chains.ts';
import { addBits, type Bits, emptyBits, intersection, intersects, isEmpty, removeBits } from './bits.ts';
import type { HeldCell, RowCell } from './row-cell.ts';
import type { Rows } from './rows.ts';

/** Cells that are held through a chain. */
export interface ReachedCell {
  readonly bits: Bits;
  readonly cell: HeldCell;
  readonly via: readonly string[];
}

/** What everybody holds directly. */
export type RowSource = Pick<Rows, 'direct' | 'rests' | 'width'>;

/** Where anybody has each path. */
export function anywhereIn(rows: Rows, paths: readonly AccessPath[]): ReadonlyMap<AccessPath, Bits> {
  return new Map(
    paths.map((path) => {
      const bits = emptyBits(rows.width);
      for (const { members } of rows.classes)
        addBits(bits, coverOf(rows.direct(members[0] as number, path), rows.width));
      return [path, bits];
    }),
  );
}

interface End {
  readonly chain: Chain;
  readonly cells: readonly RowCell[];
}

/** What chains lead to: in each place the shortest that opens it, of equally short ones the first without conditions. */
export class IndirectRows {
  readonly #rows: RowSource;
  /** where anybody has the path */
  readonly #anywhere: ReadonlyMap<AccessPath, Bits>;
  /** cells as they are held through what is open under a condition, or always */
  readonly #held = new Map<Formula, Map<HeldCell, HeldCell | null>>();

  constructor(rows: RowSource, anywhere: ReadonlyMap<AccessPath, Bits>) {
    this.#rows = rows;
    this.#anywhere = anywhere;
  }

  /** Disjoint; what all of `held` have already may be left out. */
  reached(
    path: AccessPath,
    levels: readonly (readonly Chain[])[],
    held: readonly Bits[],
  ): readonly ReachedCell[] {
    const reached: ReachedCell[] = [];
    const left = (this.#anywhere.get(path) as Bits).slice();
    removeBits(left, held.reduce(intersection));
    for (const level of levels) {
      if (isEmpty(left)) break;
      this.#addLevel(reached, path, level, left);
    }
    return reached;
  }

  /** The same in one place; `cellOf`: what a principal holds there directly. */
  reachedAt(
    levels: readonly (readonly Chain[])[],
    cellOf: (principal: number) => HeldCell | null,
  ): Omit<ReachedCell, 'bits'> | null {
    for (const chain of levels.flatMap(sureFirst(cellOf))) {
      const cell = cellOf(chain.to);
      const held = cell && this.#through(chain.open, cell);
      if (held) return { cell: withGrants(held, chain), via: viaOf(chain) };
    }
    return null;
  }

  /** Takes off `left` what the chains cover of it: what is sure first. */
  #addLevel(reached: ReachedCell[], path: AccessPath, chains: readonly Chain[], left: Bits): void {
    const ends = this.#ends(path, chains, left);
    for (const sure of [true, false]) for (const end of ends) this.#addEnd(reached, end, sure, left);
  }

  #addEnd(reached: ReachedCell[], { chain, cells }: End, sure: boolean, left: Bits): void {
    for (const cell of cells) {
      if (sure !== (chain.open === true && cell.verdict === 'allowed')) continue;
      const held = intersects(cell.bits, left) ? this.#through(chain.open, cell) : null;
      if (!held) continue;
      reached.push({ bits: take(left, cell.bits), cell: withGrants(held, chain), via: viaOf(chain) });
    }
  }

  #ends(path: AccessPath, chains: readonly Chain[], left: Bits): readonly End[] {
    const ends: End[] = [];
    const seen = new Set<readonly RowCell[]>();
    for (const chain of chains) {
      const cells = this.#rows.direct(chain.to, path);
      if (cells.length === 0 || seen.has(cells)) continue;
      // who holds the same cells as somebody before adds nothing to an open chain
      if (chain.open === true) seen.add(cells);
      if (intersects(coverOf(cells, this.#rows.width), left)) ends.push({ chain, cells });
    }
    return ends;
  }

  /** A cell as it is held through a chain; null where the two exclude each other. */
  #through(open: Formula, cell: HeldCell): HeldCell | null {
    let known = this.#held.get(open);
    if (!known) {
      known = new Map();
      this.#held.set(open, known);
    }
    let held = known.get(cell);
    if (held === undefined) {
      held = this.#hold(open, cell);
      known.set(cell, held);
    }
    return held;
  }

  #hold(open: Formula, cell: HeldCell): HeldCell | null {
    const rest = this.#rows.rests.of(and(open, cell.rest.open), [], []);
    if (rest.rest === false) return null;
    const condition = rest.rest === true ? null : rest.rest;
    const verdict = cell.verdict === 'unknown' ? 'unknown' : condition ? 'conditional' : 'allowed';
    return { ...cell, verdict, condition, rest: { ...rest, uncertain: cell.rest.uncertain } };
  }
}

function sureFirst(cellOf: (principal: number) => HeldCell | null) {
  const isSure = ({ to, open }: Chain): boolean => open === true && cellOf(to)?.verdict === 'allowed';
  return (chains: readonly Chain[]): readonly Chain[] => [
    ...chains.filter(isSure),
    ...chains.filter((chain) => !isSure(chain)),
  ];
}

/** Moves places out of `left`. */
function take(left: Bits, bits: Bits): Bits {
  const taken = intersection(left, bits);
  removeBits(left, taken);
  return taken;
}

const covers = new WeakMap<readonly RowCell[], Bits>();

/** Everywhere that the cells are. */
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

/** What a chain's IAM actions are granted by is part of what opens the cell. */
function withGrants(cell: HeldCell, chain: Chain): HeldCell {
  const grants = chainGrants(cell.grants, chain);
  return grants === cell.grants ? cell : { ...cell, grants };
}
