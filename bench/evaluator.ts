import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, countOption } from './bench.ts';
import type { CompileMeasure } from './compile-managed.ts';
import { measureDecisions } from './decisions.ts';
import { measureWildcards } from './wildcards.ts';

/** The evaluator alone: decisions, compiling, memory, and the patterns that are hardest to match. */
export const evaluatorBench: Bench = {
  name: 'evaluator',
  summary: 'decisions a second, compiling what AWS manages, and the hardest wildcards',
  options: [{ flags: '--milliseconds <count>', description: 'how long to decide for', fallback: '2000' }],
  async run(options) {
    const decisions = await measureDecisions(countOption(options, 'milliseconds'));
    return { ...decisions, ...(await compileInOwnProcess()), ...measureWildcards() };
  },
};

async function compileInOwnProcess(): Promise<CompileMeasure> {
  const file = pathToFileURL(path.join(import.meta.dirname, 'compile-managed.ts')).href;
  const code = `import { measureCompiling } from ${JSON.stringify(file)};
    console.log(JSON.stringify(measureCompiling(globalThis.gc)));`;
  const args = ['--expose-gc', '--input-type=module', '-e', code];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}
