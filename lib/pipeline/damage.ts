import type { PolicyProblem } from '../render/report.ts';

/** A file of a run that should be there and cannot be read, and what was done instead. */
export interface Damage {
  /** the key, below the account's prefix: `runs/<time>/matrix.json.gz` */
  readonly file: string;
  readonly message: string;
}

/** Everything that could not be read of what a run is compared with. */
export const damageOf = (
  latest: { readonly damage: Damage | null },
  before: { readonly damage: readonly Damage[] } | null,
): readonly Damage[] => [...(latest.damage === null ? [] : [latest.damage]), ...(before?.damage ?? [])];

/** As the problems of a report: a reader has to know that the audit does not rest on what it should. */
export const damageProblems = (damage: readonly Damage[]): readonly PolicyProblem[] =>
  damage.map(({ file, message }) => ({ policy: file, problem: { path: '$', message } }));
