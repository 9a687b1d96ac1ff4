import { defineConfig } from 'vitest/config';

/** Only the tests that can kill a mutant of the evaluator or the policy grammar: `npm run mutation`. */
export default defineConfig({
  test: {
    // an instrumented file is slow, and a test that is cut short would notice nothing
    testTimeout: 60_000,
    setupFiles: ['test/fixed-seed.ts'],
    include: ['test/policy/**/*.test.ts', 'test/evaluator/**/*.test.ts', 'test/conformance/**/*.test.ts'],
  },
});
