import process from 'node:process';
import { runSteps, type Step } from './run-steps.ts';

const STEPS: readonly Step[] = [
  { name: 'lint', command: ['npm', 'run', '-s', 'lint'], seconds: 120 },
  { name: 'types', command: ['npm', 'run', '-s', 'types'], seconds: 300 },
  { name: 'boundaries', command: ['npm', 'run', '-s', 'boundaries'], seconds: 120 },
  { name: 'unused code', command: ['npm', 'run', '-s', 'unused'], seconds: 120 },
  { name: 'package', command: ['npm', 'run', '-s', 'package'], seconds: 600 },
  // the unit tests contain the infrastructure test, which reads the output of `package`
  { name: 'tests', command: ['vitest', 'run'], seconds: 2400 },
];

const results = await runSteps(STEPS, console.error);
console.log('');
for (const { name, passed, seconds } of results)
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`);
const failed = results.filter(({ passed }) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
