import { performance } from 'node:perf_hooks';
import { type Bench, countOption } from './bench.ts';
import { generateAccount } from './generate-account.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';
import { writeAccount } from './write-account.ts';

/** Writes the account of the `matrix` measurement as a folder, so that any other tool can be timed on it. */
export const generateBench: Bench = {
  name: 'generate',
  summary: 'writes the account that `matrix` measures as an input folder',
  options: [...ACCOUNT_OPTIONS, { flags: '--out <folder>', description: 'a new or empty folder' }],
  async run(options) {
    const principals = countOption(options, 'principals');
    const instances = countOption(options, 'instances');
    const seed = countOption(options, 'seed');
    const { out } = options;
    if (out === undefined) throw new Error('`generate` needs a folder to write into: add `--out FOLDER`');
    const start = performance.now();
    const bytes = await writeAccount(generateAccount({ principals, instances, seed }), out);
    const seconds = Math.round(performance.now() - start) / 1000;
    return { principals, instances, seed, out, megabytes: Math.ceil(bytes / 1e6), seconds };
  },
};
