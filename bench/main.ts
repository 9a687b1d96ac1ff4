import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { acrossBench } from './across.ts';
import type { Bench, BenchResult } from './bench.ts';
import { bundlesBench } from './bundles.ts';
import { callsBench } from './calls.ts';
import { changeBench } from './change.ts';
import { collectBench } from './collect.ts';
import { costsBench } from './costs.ts';
import { demoBench } from './demo.ts';
import { driftBench } from './drift.ts';
import { evaluatorBench } from './evaluator.ts';
import { figuresBench } from './figures.ts';
import { fixesBench } from './fixes.ts';
import { generateBench } from './generate.ts';
import { matrixBench } from './matrix.ts';
import { organizationBench } from './organization.ts';
import { pageBench } from './page.ts';
import { ringBench } from './ring.ts';
import { storeBench } from './store.ts';

/** All measurements. */
const BENCHES: readonly Bench[] = [
  matrixBench,
  changeBench,
  callsBench,
  collectBench,
  costsBench,
  driftBench,
  fixesBench,
  ringBench,
  storeBench,
  pageBench,
  organizationBench,
  acrossBench,
  generateBench,
  evaluatorBench,
  demoBench,
  bundlesBench,
  figuresBench,
];

function commandOf(bench: Bench): Command {
  const command = new Command(bench.name).description(bench.summary);
  for (const { flags, description, fallback } of bench.options) command.option(flags, description, fallback);
  command.option('--json', 'print one JSON object on standard output');
  return command.action(async ({ json, ...options }) => {
    const result = await bench.run(options);
    console.log(json ? JSON.stringify(result) : linesOf(result));
  });
}

function linesOf(result: BenchResult): string {
  const width = Math.max(...Object.keys(result).map((name) => name.length));
  return Object.entries(result)
    .map(([name, value]) => `${name.padEnd(width)}  ${textOf(value)}`)
    .join('\n');
}

function textOf(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === 'object' ? JSON.stringify(value) : String(value);
  return value.map((item) => `\n  ${JSON.stringify(item)}`).join('');
}

const program = new Command('bench')
  .description('measures Latchkey on this machine')
  .exitOverride()
  .configureOutput({ writeOut: (text) => process.stderr.write(text) });
for (const bench of BENCHES) program.addCommand(commandOf(bench).copyInheritedSettings(program));

try {
  await program.parseAsync();
} catch (error) {
  const ended = error instanceof CommanderError;
  if (!ended) console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = ended && error.exitCode === 0 ? 0 : 2;
}
