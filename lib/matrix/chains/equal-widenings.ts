import { formulaKey } from '../../evaluator/formula-key.ts';
import { remembered } from '../../memory/remembered.ts';
import { Sequences } from '../classes/sequences.ts';
import type { Grant } from '../paths/cell.ts';
import { type Opening, rankOf } from './codes.ts';
import { grantsIn, type RequestsAnswer } from './escalation-requests.ts';

/** One way to give others any policy, or to remove their boundary, before becoming them. */
export interface Widening extends Opening {
  /** the principals that it makes stronger */
  readonly ends: ReadonlySet<number>;
  /** the action, and the policy if it is a boundary */
  readonly steps: readonly string[];
  readonly grants: readonly Grant[];
}

/**
 * One request on one target, and the principals for which it is the best way so far: the first, the first without a
 * condition, or the first without codes.
 */
export interface FoundWidening {
  readonly steps: readonly string[];
  readonly asked: RequestsAnswer;
  /**
   * all principals that the target affects, the same list for every caller; `ends` are those of them without a
   * better way
   */
  readonly all: readonly number[];
  readonly ends: readonly number[];
}

/** Results for consecutive targets with the same answer. */
interface Run {
  readonly name: string;
  readonly steps: readonly string[];
  readonly asked: RequestsAnswer;
  readonly found: FoundWidening[];
  readonly before: number;
  after: number;
}

/**
 * Merges results: one way for each different answer, and one object for equal ways. Thousands of principals may make
 * the same thousands of others stronger, each by its own policy.
 */
export class EqualWidenings {
  readonly #lists = new Map<readonly number[], number>();
  readonly #names = new WeakMap<RequestsAnswer, string>();
  readonly #sequences = new Sequences();
  readonly #ends = new Map<string, ReadonlySet<number>>();
  readonly #known = new Map<string, readonly Widening[]>();

  of(found: readonly FoundWidening[]): readonly Widening[] {
    const runs = this.#runsOf(found);
    const name = runs.map((run) => `${run.before} ${run.after} ${run.name}`).join('\n');
    return remembered(this.#known, name, () => runs.map((run) => this.#wideningOf(run)));
  }

  #runsOf(found: readonly FoundWidening[]): readonly Run[] {
    const runs: Run[] = [];
    let before = 0;
    for (const one of found) {
      const { steps, asked, all } = one;
      const list = remembered(this.#lists, all, () => this.#lists.size);
      const after = this.#sequences.after(before, 4 * list + rankOf(asked));
      const name = `${steps.join(' ')} ${this.#nameOf(asked)}`;
      const last = runs.at(-1);
      if (last?.name === name) {
        last.found.push(one);
        last.after = after;
      } else runs.push({ name, steps, asked, found: [one], before, after });
      before = after;
    }
    return runs;
  }

  #nameOf(asked: RequestsAnswer): string {
    return remembered(
      this.#names,
      asked,
      () => `${formulaKey(asked.open)} ${asked.codes.join()} ${JSON.stringify(grantsIn(asked))}`,
    );
  }

  #wideningOf({ before, after, steps, asked, found }: Run): Widening {
    const ends = remembered(
      this.#ends,
      `${before} ${after}`,
      () => new Set(found.flatMap((one) => one.ends)),
    );
    return { ends, steps, open: asked.open, codes: asked.codes, grants: grantsIn(asked) };
  }
}
