import { performance } from 'node:perf_hooks';
import { glob, matches } from '../lib/policy/wildcard.ts';
import { median } from './median.ts';

/** Patterns that are slow for a matcher that backtracks at each star. */
const HARD: Readonly<Record<string, (characters: number) => readonly [pattern: string, text: string]>> = {
  /** `a*a*…b` on the text that takes longest to reject */
  stars: (n) => [`${'a*'.repeat(n / 2)}b*c`, `${'a'.repeat(n)}c`],
  /** `a*a*…b` with a match at the very end */
  matching: (n) => [`${'a*'.repeat(n / 2)}b`, `${'a'.repeat(n)}b`],
  /** a long run of text that nearly matches everywhere */
  run: (n) => [`*${'a'.repeat(n / 2)}b*`, 'a'.repeat(n)],
  /** the same with `?` in it */
  questionMarks: (n) => [`*${'a?'.repeat(n / 4)}b*`, 'a'.repeat(n)],
};

const LENGTHS = [1500, 3000, 6000, 12_000] as const;

export interface WildcardMeasure {
  /** milliseconds to match `a*a*…b` of 6,000 characters, compiled; the slower of the two texts */
  readonly wildcardMs: number;
  /** by pattern: milliseconds for texts of 1,500, 3,000, 6,000 and 12,000 characters */
  readonly wildcardGrowth: Readonly<Record<string, readonly number[]>>;
}

export function measureWildcards(): WildcardMeasure {
  const growth = Object.entries(HARD).map(
    ([name, make]) => [name, LENGTHS.map((length) => millisecondsOf(...make(length)))] as const,
  );
  const at6000 = (name: string) => growth.find(([other]) => other === name)?.[1][2] ?? Number.NaN;
  return {
    wildcardMs: Math.max(at6000('stars'), at6000('matching')),
    wildcardGrowth: Object.fromEntries(growth),
  };
}

const RUNS = 25;

function millisecondsOf(pattern: string, text: string): number {
  const compiled = glob(pattern);
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    matches(compiled, text);
    return performance.now() - start;
  });
  return Math.round(median(times) * 1e4) / 1e4;
}
