import process from 'node:process';
import { failureOf } from './run-steps.ts';

/**
 * The compiler first, and a time limit for the packager: if esbuild meets an error, `serverless package` prints it and
 * never ends.
 */
const STEPS = [
  { name: 'types', command: ['tsc', '-p', '.'], seconds: 300 },
  { name: 'serverless package', command: ['serverless', 'package'], seconds: 300 },
] as const;

for (const step of STEPS) {
  const failure = await failureOf(step);
  if (failure !== null) {
    console.error(`${step.name} failed: ${failure}`);
    process.exit(1);
  }
}
