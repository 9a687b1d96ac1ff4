import type { Instance } from '../../snapshot/snapshot.ts';
import type { AccessPath } from '../access-path.ts';
import { hasBit, setBit } from '../rows/bits.ts';
import type { HeldCell } from '../rows/row-cell.ts';
import type { Rows } from '../rows/rows.ts';
import type { AskedKeys } from './asked-keys.ts';
import { directly, nameOf } from './cell-changes.ts';
import { changedKeys } from './instance-change.ts';

/** A cell that is another than before; null: denied. */
export interface Changed {
  readonly before: HeldCell | null;
  readonly after: HeldCell | null;
}

/** The cells of one instance that are held directly, as it is and as it would be. */
export class Column {
  readonly #rows: Rows;
  readonly #place: number;
  /** by class of principals */
  readonly #changed = new Map<number, Map<AccessPath, Changed>>();

  /** `next`: null where the instance would be gone. */
  constructor(rows: Rows, asked: AskedKeys, index: number, instance: Instance, next: Instance | null) {
    this.#rows = rows;
    this.#place = rows.placeOf(index);
    const keys = next && changedKeys(instance, next);
    const isAsked = (own: Iterable<string>): boolean =>
      keys === null || [...own].some((key) => keys.has(key));
    const one = Uint32Array.of(0);
    setBit(one, 0);
    const narrow =
      next &&
      rows.narrow(next, (row, subjects) => {
        if (keys === null || isAsked(asked.of(row, subjects))) return null;
        const piece = rows.answers(row, subjects).find(({ bits }) => hasBit(bits, this.#place));
        return piece ? [{ bits: one, value: piece.value }] : [];
      });
    for (const { path, one: subjects, classes, keys: own } of asked.paths) {
      if (!isAsked(own)) continue;
      const before = this.#cellBefore(subjects.members[0] as number, path);
      const after = narrow?.decide(path, subjects)[0] ?? null;
      if (nameOf(before && directly(before)) === nameOf(after && directly(after))) continue;
      for (const number of classes) this.#note(number, path, { before, after });
    }
  }

  /** The classes of principals for whom something changes, and what. */
  get changed(): ReadonlyMap<number, ReadonlyMap<AccessPath, Changed>> {
    return this.#changed;
  }

  /** Who held nothing, could become nobody, and would hold something. */
  get awake(): ReadonlySet<number> {
    const awake = new Set<number>();
    for (const [number, paths] of this.#changed) {
      if (![...paths.values()].some(({ after }) => after !== null)) continue;
      for (const member of this.#rows.classes[number]?.members ?? [])
        if (!this.#rows.isLive(member)) awake.add(member);
    }
    return awake;
  }

  before(principal: number, path: AccessPath): HeldCell | null {
    const changed = this.#changed.get(this.#rows.classOf(principal))?.get(path);
    return changed ? changed.before : this.#cellBefore(principal, path);
  }

  after(principal: number, path: AccessPath): HeldCell | null {
    const changed = this.#changed.get(this.#rows.classOf(principal))?.get(path);
    return changed ? changed.after : this.#cellBefore(principal, path);
  }

  #cellBefore(principal: number, path: AccessPath): HeldCell | null {
    return this.#rows.direct(principal, path).find(({ bits }) => hasBit(bits, this.#place)) ?? null;
  }

  #note(number: number, path: AccessPath, changed: Changed): void {
    const paths = this.#changed.get(number) ?? new Map<AccessPath, Changed>();
    this.#changed.set(number, paths.set(path, changed));
  }
}
