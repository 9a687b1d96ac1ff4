/** One option of a measurement, for commander: `--principals <count>`, its description, its default. */
export interface BenchOption {
  readonly flags: string;
  readonly description: string;
  readonly fallback?: string;
}

/** The result of a measurement: the members of its `--json` line, in the printed order. */
export type BenchResult = Readonly<Record<string, unknown>>;

/** One row of the table in main.ts: `npm run -s bench -- NAME [options] [--json]`. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly BenchOption[];
  /** `options` by their long name in camel case; an option that was not given and has no fallback is absent */
  run(options: Readonly<Record<string, string>>): Promise<BenchResult>;
}

/** A whole number of at least 1, or an error with the user's words. */
export function countOption(options: Readonly<Record<string, string>>, name: string): number {
  const count = Number(options[name]);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new Error(`\`--${name} ${options[name] ?? ''}\` is not a whole number of at least 1`);
}
