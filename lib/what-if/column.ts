import { hasBit, setBit } from '../evaluator/bits.ts';
import type { AccountRows } from '../matrix/account-rows.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { DirectRows } from '../matrix/rows/direct-rows.ts';
import type { HeldCell } from '../matrix/rows/row-cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { AskedPath, AskedPaths, ObservedDifference } from './asked-paths.ts';
import { directly, isSameHeld } from './cell-changes.ts';
import type { EquivalentClasses, FingerprintedInstance } from './equivalent-classes.ts';
import type { InstanceChange } from './instance-change.ts';
import { type Changed, cellIn, PathColumn } from './path-column.ts';

/** The direct cells on one instance, as it is and as it would be. */
export class InstanceColumn {
  readonly #rows: AccountRows;
  readonly #asked: AskedPaths;
  /** null: the instance does not exist yet */
  readonly #place: number | null;
  /** by index of the asked paths */
  readonly #changed = new Map<number, Changed>();
  readonly #columns = new Map<AccessPath, PathColumn>();

  constructor(
    rows: AccountRows,
    asked: AskedPaths,
    equivalents: EquivalentClasses,
    { index, before, after }: InstanceChange,
  ) {
    this.#rows = rows;
    this.#asked = asked;
    this.#place = before && rows.placeOf(index);
    const instance = after && equivalents.fingerprintOf(after);
    const difference = before && instance ? asked.between(equivalents.fingerprintOf(before), instance) : null;
    const next = instance ? this.#asker(instance, difference) : () => null;
    for (const i of difference ? difference.asked : asked.paths.keys()) {
      const one = asked.paths[i] as AskedPath;
      const changed = { before: cellIn(one, this.#place), after: next(one) };
      if (!isSameHeld(changed.before && directly(changed.before), changed.after && directly(changed.after)))
        this.#changed.set(i, changed);
    }
  }

  /** The changed direct cells: the path, and the classes of principals. */
  get changed(): readonly Pick<AskedPath, 'path' | 'classes'>[] {
    return [...this.#changed.keys()].map((i) => this.#asked.paths[i] as AskedPath);
  }

  /** Principals without access or chains before that have access after. */
  get newlyUseful(): ReadonlySet<number> {
    const newlyUseful = new Set<number>();
    for (const [i, { after }] of this.#changed) {
      for (const number of after ? (this.#asked.paths[i] as AskedPath).classes : []) {
        if (this.#asked.holdsAny(number)) continue;
        for (const member of this.#rows.classes[number]?.members ?? [])
          if (!this.#rows.isUseful(member)) newlyUseful.add(member);
      }
    }
    return newlyUseful;
  }

  on(path: AccessPath): PathColumn {
    return remembered(
      this.#columns,
      path,
      () => new PathColumn(this.#place, this.#asked, path, this.#changed),
    );
  }

  /**
   * The cell of an instance class that these principals' policies do not distinguish from the new one; if there is
   * none, the cell is evaluated.
   */
  #asker(
    next: FingerprintedInstance,
    difference: ObservedDifference | null,
  ): (one: AskedPath) => HeldCell | null {
    const equivalentOf = this.#asked.equivalentsOf(next);
    let narrow: DirectRows | null = null;
    return (one) => {
      const equivalent = equivalentOf(one);
      if (equivalent !== null) return cellIn(one, equivalent);
      narrow ??= this.#narrow(next.instance, difference);
      return narrow.decide(one.path, one.one)[0] ?? null;
    };
  }

  /** Requests on which the changed properties have no effect keep their answers. */
  #narrow(next: Instance, difference: ObservedDifference | null): DirectRows {
    const place = this.#place;
    const one = Uint32Array.of(0);
    setBit(one, 0);
    return this.#rows.narrow(next, (row, subjects) => {
      if (place === null || !difference || difference.matters(row, subjects)) return null;
      const piece = this.#rows.answers(row, subjects).find(({ bits }) => hasBit(bits, place));
      return piece ? [{ bits: one, value: piece.value }] : [];
    });
  }
}
