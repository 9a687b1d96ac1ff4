import { hasBit } from '../evaluator/bits.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { HeldCell } from '../matrix/rows/row-cell.ts';
import type { AnswerNumbers, AskedPath, AskedPaths } from './asked-paths.ts';

/** A changed cell; null: denied. */
export interface Changed {
  readonly before: HeldCell | null;
  readonly after: HeldCell | null;
}

const DENIED: Changed = { before: null, after: null };

/** The direct cells on one instance and one path, before and after. */
export class PathColumn {
  readonly #place: number | null;
  readonly #asked: AskedPaths;
  readonly #asking: AnswerNumbers;
  /** by index in the list of all asked paths */
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

/** Null if it is denied, or if there is no such place. */
export function cellIn({ cells }: Pick<AskedPath, 'cells'>, place: number | null): HeldCell | null {
  return (place !== null && cells.find(({ bits }) => hasBit(bits, place))) || null;
}
