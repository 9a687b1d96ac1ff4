import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { pythonLeftOut } from './test/python/python.ts';
import { leftOutReporter } from './tools/left-out-reporter.ts';

const leftOut = pythonLeftOut();

const unit = {
  test: {
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: ['test/emulator/**'],
    setupFiles: ['test/fixed-seed.ts'],
    sequence: { groupOrder: 0 },
    // no test is about how long it takes: only what never ends is stopped
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};

const emulator = {
  test: {
    name: 'emulator',
    include: ['test/emulator/**/*.test.ts'],
    globalSetup: ['test/emulator/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    sequence: { groupOrder: 1 },
  },
};

// vitest leaves one core to itself: of two, that is half of the machine
const cores = availableParallelism();

export default defineConfig({
  test: {
    maxWorkers: Math.max(1, cores - 1, Math.min(cores, 2)),
    projects: leftOut === null ? [unit, emulator] : [unit],
    reporters: ['default', leftOutReporter(leftOut === null ? [] : [`the emulator suite: ${leftOut}`])],
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: {
        'lib/policy/**/*.ts': { 100: true },
        'lib/evaluator/**/*.ts': { 100: true },
      },
    },
  },
});
