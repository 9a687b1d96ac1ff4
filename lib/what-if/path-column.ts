import { hasBit } from '../evaluator/bits.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { HeldCell } from '../matrix/rows/row-cell.ts';
import type { AskedPath, AskedPaths, Asking } from './asked-paths.ts';

/** A cell that is another than before; null: denied. */
export interface Changed {
  readonly before: HeldCell | null;
  readonly after: HeldCell | null;
}

const DENIED: Changed = { before: null, after: null };

/** The cells of one instance and one path that are held directly, as they are and as they would be. */
export class PathColumn {
  readonly #place: number | null;
  readonly #asked: AskedPaths;
  readonly #asking: Asking;
  /** by place in the list of all that is asked */
  readonly #changed: ReadonlyMap<number, Changed>;
  /** by the numbers of `#asking` */
  readonly #cells: Changed[] = [];

  constructor(
    place: number | null,
    asked: AskedPaths,
    path: AccessPath,
    changed: ReadonlyMap<number, Changed>,
  ) {
    this.#place = place;
    this.#asked = asked;
    this.#asking = asked.on(path);
    this.#changed = changed;
  }

  at(principal: number): Changed {
    const number = this.#asking.numbers[principal] as number;
    return number === -1 ? DENIED : this.of(number);
  }

  /** By the number of a principal. */
  of(number: number): Changed {
    let cell = this.#cells[number];
    if (!cell) {
      cell = this.#find(this.#asking.first + number);
      this.#cells[number] = cell;
    }
    return cell;
  }

  #find(at: number): Changed {
    const changed = this.#changed.get(at);
    if (changed) return changed;
    const cell = cellIn(this.#asked.paths[at] as AskedPath, this.#place);
    return cell ? { before: cell, after: cell } : DENIED;
  }
}

/** Denied in no place at all. */
export function cellIn({ cells }: Pick<AskedPath, 'cells'>, place: number | null): HeldCell | null {
  return (place !== null && cells.find(({ bits }) => hasBit(bits, place))) || null;
}
