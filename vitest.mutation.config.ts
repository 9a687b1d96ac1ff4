import { defineConfig } from 'vitest/config';

/** Only the tests that can kill a mutant of the evaluator or the policy grammar: `npm run mutation`. */
export default defineConfig({
  test: {
    setupFiles: ['test/fixed-seed.ts'],
    include: ['test/policy/**/*.test.ts', 'test/evaluator/**/*.test.ts', 'test/conformance/**/*.test.ts'],
  },
});
