import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** One command of a check; after `seconds` it counts as hung. */
export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly seconds: number;
  /** its standard output goes to standard error: the standard output of this process is only for its answer */
  readonly toStderr?: true;
}

export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

/** Runs every step in order, even after a failure: one run shows everything that is wrong. */
export async function runSteps(
  steps: readonly Step[],
  say: (line: string) => void,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    say(`\n> ${step.name}: ${step.command.join(' ')}`);
    const start = performance.now();
    const failure = await failureOf(step);
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    if (failure !== null) say(`${step.name} failed: ${failure}`);
    results.push({ name: step.name, passed: failure === null, seconds });
  }
  return results;
}

/** Why the step did not pass, or null. */
export async function failureOf(step: Step): Promise<string | null> {
  const [command, ...args] = step.command;
  return new Promise((resolve) => {
    // a group of its own, so that its child processes end with it
    const child = spawn(command, args, {
      stdio: ['inherit', step.toStderr ? process.stderr : 'inherit', 'inherit'],
      detached: process.platform !== 'win32',
    });
    const forward = () => endGroup(child.pid);
    process.once('exit', forward);
    const timer = setTimeout(() => {
      endGroup(child.pid);
      resolve(`it did not end within ${step.seconds} s`);
    }, step.seconds * 1000);
    const end = (failure: string | null) => {
      clearTimeout(timer);
      process.off('exit', forward);
      resolve(failure);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(code === 0 ? null : `exit code ${code ?? signal}`));
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}
