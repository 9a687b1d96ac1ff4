import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { Outcome } from '../matrix/paths/matrix.ts';
import { outcomeName, outcomeOf } from '../matrix/row-groups.ts';
import type { HeldCell } from '../matrix/rows/row-cell.ts';
import { remembered } from '../memory/remembered.ts';

/** Cells that change in the same way; null: denied. `principals` and `instances` index into the matrix's lists. */
export interface CellChange {
  readonly path: PathId;
  readonly principals: readonly number[];
  readonly instances: readonly number[];
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** A cell, and the chain through which it is held. */
export interface Held {
  readonly cell: HeldCell;
  readonly via: readonly string[];
}

export function directly(cell: HeldCell): Held {
  return { cell, via: DIRECT };
}

const DIRECT: readonly string[] = [];

/** Collects the changed cells. */
export class CellChanges {
  readonly #changes = new Map<string, CellChange & { readonly principals: number[] }>();
  readonly #numbers = new Map<string, number>();
  readonly #lists = new Map<readonly number[], number>();

  /** Adds nothing if the two are equal. */
  add(
    path: AccessPath,
    principals: readonly number[],
    instances: readonly number[],
    [before, after]: readonly [before: Held | null, after: Held | null],
  ): void {
    if (isSameHeld(before, after)) return;
    const [was, is] = [this.#numberOf(nameOf(before)), this.#numberOf(nameOf(after))];
    const name = `${path.id} ${was} ${is} ${this.#listNumber(instances)}`;
    const known = this.#changes.get(name);
    if (known) for (const p of principals) known.principals.push(p);
    else {
      const change = { before: outcome(before), after: outcome(after) };
      this.#changes.set(name, { path: path.id, principals: [...principals], instances, ...change });
    }
  }

  all(): readonly CellChange[] {
    return [...this.#changes.values()];
  }

  #listNumber(list: readonly number[]): number {
    return remembered(this.#lists, list, () => this.#numberOf(list.join()));
  }

  #numberOf(name: string): number {
    return remembered(this.#numbers, name, () => this.#numbers.size);
  }
}

export function isSameHeld(one: Held | null, other: Held | null): boolean {
  // usually they are one object: rows share their cells
  return (one?.cell === other?.cell && one?.via === other?.via) || nameOf(one) === nameOf(other);
}

const names = new WeakMap<HeldCell, WeakMap<readonly string[], string>>();

export function nameOf(held: Held | null): string {
  if (!held) return '';
  const known = remembered(names, held.cell, () => new WeakMap<readonly string[], string>());
  return remembered(known, held.via, () => outcomeName(held.cell, held.via.join()));
}

const outcome = (held: Held | null): Outcome | null => held && outcomeOf(held.cell, held.via);
