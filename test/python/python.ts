import { spawnSync } from 'node:child_process';
import process from 'node:process';

const CANDIDATES = ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** The installed packages need 3.10. A Python without `venv` or `ensurepip` cannot create the environment. */
const PROBE =
  'import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print("%d.%d" % sys.version_info[:2])';

/** A Python that can create a virtual environment: the command and its version, for example `3.11`. */
export interface Python {
  readonly command: string;
  readonly version: string;
}

/** The first Python 3.10 or newer with `venv` on the PATH, or null. */
export function findPython(): Python | null {
  for (const command of CANDIDATES) {
    const { status, stdout } = spawnSync(command, ['-c', PROBE], { encoding: 'utf8' });
    if (status === 0) return { command, version: stdout.trim() };
  }
  return null;
}

/** Why tests that need Python cannot run here, or null if they can. */
export function noPython(): string | null {
  return findPython() === null ? 'no Python 3.10 or newer with the venv module was found on the PATH' : null;
}

/**
 * Why tests that need Python are skipped, or null. With `CI=true` they are not skipped, and fail if they cannot run.
 */
export function pythonLeftOut(environment: NodeJS.ProcessEnv = process.env): string | null {
  return environment.CI === 'true' ? null : noPython();
}
