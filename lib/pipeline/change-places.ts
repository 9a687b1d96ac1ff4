import { nameOf } from '../drift/input-names.ts';
import type { PolicyRecord } from '../snapshot/snapshot.ts';
import { type PlannedChange, rawStatements, statementsOfChange } from '../what-if/planned/planned-change.ts';

/** A line of a file of planned changes. */
export interface FilePosition {
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
  ofStatement(record: PolicyRecord | undefined, index: number): FilePosition | null {
    const found = rawStatements(record?.document)[index];
    return found ? this.#of(found) : null;
  }

  /**
   * The position of the change that made a cause: the one with the most of these names; null: there is no file.
   */
  ofCause(names: ReadonlySet<string>): FilePosition | null {
    const all = this.#files.flatMap(({ file, changes }) =>
      changes.map((change) => ({ file, change, score: countOf(names, change) })),
    );
    const [best] = all.toSorted((a, b) => b.score - a.score);
    if (!best) return null;
    return this.#ofChange(best.change) ?? { file: best.file, line: 1 };
  }

  #ofChange(change: PlannedChange): FilePosition | null {
    const [first] = statementsOfChange(change);
    return (first && this.#of(first)) ?? this.#of(change);
  }

  #of(made: object): FilePosition | null {
    for (let one: object | undefined = made; one; one = this.#origins.get(one)) {
      for (const { file, lineOf } of this.#files) {
        const line = lineOf(one);
        if (line !== undefined) return { file, line };
      }
    }
    return null;
  }
}

/** How many members of a change are one of these names. */
function countOf(names: ReadonlySet<string>, change: PlannedChange): number {
  const { type: _, ...members } = change;
  const texts = Object.values(members).filter((one) => typeof one === 'string');
  return texts.filter((text) => names.has(nameOf(text))).length;
}
