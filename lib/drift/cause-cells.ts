import { type Bits, placesIn, union } from '../evaluator/bits.ts';
import { remembered } from '../memory/remembered.ts';
import { type CauseKeys, UNKNOWN_CAUSE } from './cause.ts';
import type { Columns } from './columns.ts';
import type { Cause } from './drift.ts';
import type { FoundInput } from './find-input.ts';
import { Gathered } from './gather.ts';
import type { InputChange } from './input-change.ts';
import type { OwnInputs } from './own-inputs.ts';

/** The cells of one cause, and its inputs. */
export class CauseCells {
  readonly cells: Gathered;
  /** a cause that is known without inputs; null: it follows from them */
  readonly #known: Cause | null;
  readonly #alike: boolean;
  readonly #shared = new Set<InputChange>();
  /** indexes into the inputs of these principals, or of the instances of a zone */
  readonly #ofPrincipals = new Map<readonly number[], Set<number>>();
  readonly #ofZones = new Map<number, Map<number, Bits>>();

  constructor(columns: Columns, known: Cause | null, alike: boolean) {
    this.cells = new Gathered(columns.sets);
    this.#known = known;
    this.#alike = alike;
  }

  note(found: FoundInput, principals: readonly number[], zone: number, columns: Bits): void {
    if (found.of === 'all') this.#shared.add(found.input);
    else if (found.of === 'principal') {
      const places = this.#ofPrincipals.get(principals) ?? new Set();
      this.#ofPrincipals.set(principals, places.add(found.at));
    } else {
      const places = remembered(this.#ofZones, zone, () => new Map<number, Bits>());
      places.set(found.at, union(places.get(found.at) ?? columns, columns));
    }
  }

  /** `inputs`: those of this cause. */
  cause(keys: CauseKeys, inputs: readonly InputChange[]): Cause {
    if (this.#known) return this.#known;
    return inputs.length === 0 ? UNKNOWN_CAUSE : keys.causeOf(inputs, this.#alike);
  }

  /** The changed inputs, each once, sorted by their text. */
  inputs(columns: Columns, own: OwnInputs): readonly InputChange[] {
    const inputs = [...new Set(this.#inputs(columns, own))];
    return inputs.sort((a, b) => (a.detail < b.detail ? -1 : Number(a.detail > b.detail)));
  }

  *#inputs(columns: Columns, own: OwnInputs): Generator<InputChange> {
    yield* this.#shared;
    for (const [principals, places] of this.#ofPrincipals) yield* placed(places, principals, own.ofPrincipal);
    for (const places of this.#ofZones.values()) {
      for (const [at, over] of places) {
        for (const column of placesIn(over))
          yield* placed([at], columns.members[column] ?? [], own.ofInstance);
      }
    }
  }
}

function* placed(
  places: Iterable<number>,
  numbers: readonly number[],
  ownOf: (number: number) => readonly InputChange[],
): Generator<InputChange> {
  for (const at of places) {
    for (const number of numbers) {
      const input = ownOf(number)[at];
      if (input) yield input;
    }
  }
}
