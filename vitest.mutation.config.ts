import { defineConfig } from 'vitest/config';

/** Only the tests that can kill a mutant of the files that `stryker.config.json` names: `npm run mutation`. */
export default defineConfig({
  test: {
    // an instrumented file is slow, and a test that is cut short would notice nothing
    testTimeout: 60_000,
    setupFiles: ['test/fixed-seed.ts'],
    include: [
      ...['test/policy/**/*.test.ts', 'test/evaluator/**/*.test.ts', 'test/conformance/**/*.test.ts'],
      'test/matrix/session-keys.test.ts',
    ],
  },
});
