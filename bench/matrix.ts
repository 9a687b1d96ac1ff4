import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { buildMatrix } from '../lib/matrix/build.ts';
import { ACCESS_PATHS } from '../lib/matrix/paths/access-paths.ts';
import { type Bench, type BenchOption, countOption } from './bench.ts';
import { compareCells } from './compare-cells.ts';
import { generateAccount } from './generate-account.ts';
import { randomOf } from './random.ts';
import { sampleCells } from './sample-cells.ts';

const COMPARED = 2000;
const SHOWN = 10;

/** The size of an account. */
export const SIZE_OPTIONS: readonly BenchOption[] = [
  { flags: '--principals <count>', description: 'users and roles', fallback: '200' },
  { flags: '--instances <count>', description: 'instances', fallback: '200' },
];

/** The generated account. */
export const ACCOUNT_OPTIONS: readonly BenchOption[] = [
  ...SIZE_OPTIONS,
  { flags: '--seed <number>', description: 'which account of that size', fallback: '1' },
];

/** Builds the effective-access matrix of a generated account, timed, and compares it with the exact evaluator. */
export const matrixBench: Bench = {
  name: 'matrix',
  summary: 'how long a matrix takes, how much memory, and whether it is right',
  options: ACCOUNT_OPTIONS,
  async run(options) {
    const principals = countOption(options, 'principals');
    const instances = countOption(options, 'instances');
    const seed = countOption(options, 'seed');
    const snapshot = generateAccount({ principals, instances, seed });
    const start = performance.now();
    const matrix = buildMatrix(snapshot);
    const seconds = Math.round(performance.now() - start) / 1000;
    const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    const cells = sampleCells(matrix, COMPARED, randomOf(seed, 'sample'));
    const mismatches = compareCells(snapshot, matrix, cells);
    for (const mismatch of mismatches.slice(0, SHOWN)) console.error(`mismatch: ${JSON.stringify(mismatch)}`);
    return {
      ...{ principals, instances, paths: ACCESS_PATHS.length },
      cells: principals * instances * ACCESS_PATHS.length,
      ...{ seconds, peakRssMb },
      ...{ compared: cells.length, mismatches: mismatches.length, seed },
    };
  },
};
