import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { EXPERIMENTS } from './experiments.ts';
import { type Result, reliabilityPage } from './reliability-page.ts';

const SEED = 1;
const PAGE = join(import.meta.dirname, '../../docs/reliability.md');

const [only] = process.argv.slice(2);
const chosen = Object.entries(EXPERIMENTS).filter(([name]) => only === undefined || name.includes(only));
if (chosen.length === 0) {
  const names = Object.keys(EXPERIMENTS).map((name) => `\`${name}\``);
  console.error(`no experiment is called \`${only}\`: there are ${names.join(', ')}`);
  process.exit(2);
}

const results: Result[] = [];
for (const [name, { run, full, lost }] of chosen) {
  const began = performance.now();
  const outcome = await run(SEED, full);
  results.push({ name, lost, outcome });
  console.log(`${name} (${((performance.now() - began) / 1000).toFixed(0)} s): ${JSON.stringify(outcome)}`);
}
// the page describes complete runs only
if (only === undefined) await writeFile(PAGE, reliabilityPage(results, SEED));
const isBad = results.some(({ outcome }) => outcome.lost > 0 || outcome.doubled > (outcome.unavoidable ?? 0));
process.exit(isBad ? 1 : 0);
