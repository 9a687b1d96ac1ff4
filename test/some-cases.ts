import { expect } from 'vitest';

const { LATCHKEY_FUZZ_RUNS, LATCHKEY_FUZZ_SEED } = process.env;

/**
 * Fails if a property was about nothing: none of its cases was of the kind that it is for. The usual cases are always
 * the same (`fixed-seed.ts`), so this does not depend on luck; a search of others may find none of that kind.
 */
export function expectSome(cases: number): void {
  if (LATCHKEY_FUZZ_RUNS === undefined && LATCHKEY_FUZZ_SEED === undefined) expect(cases).toBeGreaterThan(0);
}
