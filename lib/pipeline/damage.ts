import type { PolicyProblem } from '../render/report.ts';

/** A file of a run that is missing or unreadable, and what was done instead. */
export interface Damage {
  /** the key, below the account's prefix: `runs/<time>/matrix.json.gz` */
  readonly file: string;
  readonly message: string;
}

/** Everything unreadable in the previous run. */
export const damageOf = (
  latest: { readonly damage: Damage | null },
  before: { readonly damage: readonly Damage[] } | null,
): readonly Damage[] => [...(latest.damage === null ? [] : [latest.damage]), ...(before?.damage ?? [])];

/** As problems of a report: a reader has to know that the audit lacks some of its inputs. */
export const damageProblems = (damage: readonly Damage[]): readonly PolicyProblem[] =>
  damage.map(({ file, message }) => ({ policy: file, problem: { path: '$', message } }));
