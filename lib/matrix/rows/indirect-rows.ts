import { and, type Formula } from '../../evaluator/formula.ts';
import type { AccessPath } from '../access-path.ts';
import type { Chain } from '../chains.ts';
import { chainGrants } from '../chains.ts';
import {
  addBits,
  type Bits,
  difference,
  emptyBits,
  fullBits,
  intersection,
  intersects,
  isEmpty,
} from './bits.ts';
import type { RowCell } from './row-cell.ts';
import type { Rows } from './rows.ts';

/** Cells that are held through a chain. */
export interface ReachedCell {
  readonly bits: Bits;
  readonly cell: RowCell;
  readonly via: readonly string[];
}

interface End {
  readonly chain: Chain;
  readonly cell: RowCell;
}

/** What chains lead to: in each place the shortest that opens it, of equally short ones the first without conditions. */
export class IndirectRows {
  readonly #rows: Rows;
  /** cells as they are held through what is open under a condition, or always */
  readonly #held = new Map<Formula, Map<RowCell, RowCell | null>>();

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** Disjoint, whatever the principal holds directly. */
  reached(path: AccessPath, levels: readonly (readonly Chain[])[]): readonly ReachedCell[] {
    const reached: ReachedCell[] = [];
    let left = fullBits(this.#rows.width);
    for (const level of levels) {
      if (isEmpty(left)) break;
      left = difference(left, this.#addLevel(reached, path, level, left));
    }
    return reached;
  }

  /** The result is what the chains cover of `left`. */
  #addLevel(reached: ReachedCell[], path: AccessPath, chains: readonly Chain[], left: Bits): Bits {
    const ends = this.#ends(path, chains, left);
    const taken = emptyBits(this.#rows.width);
    for (const isWanted of [isAllowed, (end: End) => !isAllowed(end)]) {
      for (const { chain, cell } of ends.filter(isWanted)) {
        const bits = difference(intersection(cell.bits, left), taken);
        if (isEmpty(bits)) continue;
        reached.push({ bits, cell: withGrants(cell, chain), via: chain.via });
        addBits(taken, bits);
      }
    }
    return taken;
  }

  #ends(path: AccessPath, chains: readonly Chain[], left: Bits): readonly End[] {
    const ends: End[] = [];
    const seen = new Set<readonly RowCell[]>();
    for (const chain of chains) {
      const cells = this.#rows.direct(chain.to, path);
      if (cells.length === 0 || seen.has(cells)) continue;
      // who holds the same cells as somebody before adds nothing to an open chain
      if (chain.open === true) seen.add(cells);
      for (const cell of cells) {
        if (!intersects(cell.bits, left)) continue;
        const held = this.#through(chain.open, cell);
        if (held) ends.push({ chain, cell: held });
      }
    }
    return ends;
  }

  /** A cell as it is held through a chain; null where the two exclude each other. */
  #through(open: Formula, cell: RowCell): RowCell | null {
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

  #hold(open: Formula, cell: RowCell): RowCell | null {
    const rest = this.#rows.rests.of(and(open, cell.rest.open), [], []);
    if (rest.rest === false) return null;
    const condition = rest.rest === true ? null : rest.rest;
    const verdict = cell.verdict === 'unknown' ? 'unknown' : condition ? 'conditional' : 'allowed';
    return { ...cell, verdict, condition, rest: { ...rest, uncertain: cell.rest.uncertain } };
  }
}

/** What a chain's IAM actions are granted by is part of what opens the cell. */
function withGrants(cell: RowCell, chain: Chain): RowCell {
  const grants = chainGrants(cell.grants, chain);
  return grants === cell.grants ? cell : { ...cell, grants };
}

const isAllowed = ({ cell }: End): boolean => cell.verdict === 'allowed';
