import type { Cause } from '../drift/drift.ts';
import type { PolicyRecord } from '../snapshot/snapshot.ts';
import { type PlannedChange, statementsOf, statementsOfChange } from '../what-if/planned/planned-change.ts';

/** A line of a file of planned changes. */
export interface Place {
  /** as the caller named it */
  readonly file: string;
  readonly line: number;
}

/** A file whose changes were applied. */
export interface ChangedFile {
  readonly file: string;
  readonly changes: readonly PlannedChange[];
  readonly lineOf: (written: object) => number | undefined;
}

/** The positions of changes and statements in the files. */
export class ChangePlaces {
  readonly #files: readonly ChangedFile[];
  readonly #origins: WeakMap<object, object>;

  /** `origins`: the object of a file from which another was created. */
  constructor(files: readonly ChangedFile[], origins: WeakMap<object, object>) {
    this.#files = files;
    this.#origins = origins;
  }

  /** The position of a statement of the changed account; null: it is in none of the files. */
  ofStatement(record: PolicyRecord | undefined, index: number): Place | null {
    const found = statementsOf(record?.document)[index];
    return found ? this.#of(found) : null;
  }

  /**
   * The position of the change in a cause: the change with the most matching names; null: there is no file.
   */
  ofCause(cause: Cause | null): Place | null {
    const told = cause?.detail ?? '';
    const all = this.#files.flatMap(({ file, changes }) =>
      changes.map((change) => ({ file, change, score: namedIn(told, change) })),
    );
    const [best] = all.toSorted((a, b) => b.score - a.score);
    if (!best) return null;
    return this.#ofChange(best.change) ?? { file: best.file, line: 1 };
  }

  #ofChange(change: PlannedChange): Place | null {
    const [first] = statementsOfChange(change);
    return (first && this.#of(first)) ?? this.#of(change);
  }

  #of(made: object): Place | null {
    for (let one: object | undefined = made; one; one = this.#origins.get(one)) {
      for (const { file, lineOf } of this.#files) {
        const line = lineOf(one);
        if (line !== undefined) return { file, line };
      }
    }
    return null;
  }
}

/** The number of names of a change in a sentence. */
function namedIn(told: string, change: PlannedChange): number {
  const { type: _, ...members } = change;
  const texts = Object.values(members).filter((one) => typeof one === 'string');
  return texts.filter((text) => told.includes(`\`${text.slice(text.lastIndexOf('/') + 1)}\``)).length;
}
