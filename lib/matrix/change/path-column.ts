import { hasBit } from '../rows/bits.ts';
import type { HeldCell, RowCell } from '../rows/row-cell.ts';

/** A cell that is another than before; null: denied. */
export interface Changed {
  readonly before: HeldCell | null;
  readonly after: HeldCell | null;
}

const DENIED: Changed = { before: null, after: null };

/** Principals that share their cells on a path. */
interface Holders {
  readonly cells: readonly RowCell[];
}

/** The cells of one instance and one path that are held directly, as they are and as they would be. */
export class PathColumn {
  readonly #place: number | null;
  /** by principal, an index of the holders; -1: the path is open nowhere */
  readonly #numberOf: (principal: number) => number;
  readonly #holders: readonly Holders[];
  /** by the same index */
  readonly #changed: ReadonlyMap<number, Changed>;
  readonly #cells = new Map<number, Changed>();

  constructor(
    place: number | null,
    holders: readonly Holders[],
    numberOf: (principal: number) => number,
    changed: ReadonlyMap<number, Changed>,
  ) {
    this.#place = place;
    this.#holders = holders;
    this.#numberOf = numberOf;
    this.#changed = changed;
  }

  at(principal: number): Changed {
    const number = this.#numberOf(principal);
    if (number === -1) return DENIED;
    let cell = this.#cells.get(number);
    if (!cell) {
      cell = this.#changed.get(number) ?? this.#same(number);
      this.#cells.set(number, cell);
    }
    return cell;
  }

  #same(number: number): Changed {
    const cell = cellIn(this.#holders[number] as Holders, this.#place);
    return cell ? { before: cell, after: cell } : DENIED;
  }
}

/** Denied in no place at all. */
export function cellIn({ cells }: Holders, place: number | null): HeldCell | null {
  return (place !== null && cells.find(({ bits }) => hasBit(bits, place))) || null;
}
