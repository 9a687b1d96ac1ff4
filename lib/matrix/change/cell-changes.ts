import type { AccessPath } from '../access-path.ts';
import type { PathId } from '../cell.ts';
import type { Outcome } from '../matrix.ts';
import type { HeldCell } from '../rows/row-cell.ts';
import { outcomeName, outcomeOf } from '../rows/row-groups.ts';

/** Cells that change in the same way; null: denied. `principals` and `instances` index into the matrix's lists. */
export interface CellChange {
  readonly path: PathId;
  readonly principals: readonly number[];
  readonly instances: readonly number[];
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** A cell, and what it is held through. */
export interface Held {
  readonly cell: HeldCell;
  readonly via: readonly string[];
}

export function directly(cell: HeldCell): Held {
  return { cell, via: DIRECT };
}

const DIRECT: readonly string[] = [];

/** Gathers what changes. */
export class CellChanges {
  readonly #changes = new Map<string, CellChange & { readonly principals: number[] }>();

  /** Adds nothing where the two are the same. */
  add(
    path: AccessPath,
    principal: number,
    instances: readonly number[],
    before: Held | null,
    after: Held | null,
  ): void {
    if (isIdentical(before, after)) return;
    const [was, is] = [nameOf(before), nameOf(after)];
    if (was === is) return;
    const name = `${path.id}\n${was}\n${is}\n${instances.join()}`;
    const known = this.#changes.get(name);
    if (known) known.principals.push(principal);
    else {
      const change = { before: outcome(before), after: outcome(after) };
      this.#changes.set(name, { path: path.id, principals: [principal], instances, ...change });
    }
  }

  all(): readonly CellChange[] {
    return [...this.#changes.values()];
  }
}

export function isSame(one: Held | null, other: Held | null): boolean {
  return isIdentical(one, other) || nameOf(one) === nameOf(other);
}

/** Most are: rows share their cells. */
function isIdentical(one: Held | null, other: Held | null): boolean {
  return one?.cell === other?.cell && one?.via === other?.via;
}

export function nameOf(held: Held | null): string {
  return held ? outcomeName(held.cell, held.via) : '';
}

const outcome = (held: Held | null): Outcome | null => held && outcomeOf(held.cell, held.via);
