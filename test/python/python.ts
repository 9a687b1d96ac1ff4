import { spawnSync } from 'node:child_process';
import process from 'node:process';

const CANDIDATES = ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** What is installed into it needs 3.10; a Python without `venv` or `ensurepip` cannot make the environment it is installed in. */
const PROBE =
  'import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print("%d.%d" % sys.version_info[:2])';

/** A Python that can make a virtual environment: the command and its version, for example `3.11`. */
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

/** Why what needs Python cannot run here, or null where it can. */
export function noPython(): string | null {
  return findPython() === null ? 'no Python 3.10 or newer with the venv module was found on the PATH' : null;
}

/** Why what needs Python is left out of this run, or null; with `CI=true` it stays in, and fails where it cannot run. */
export function pythonLeftOut(environment: NodeJS.ProcessEnv = process.env): string | null {
  return environment.CI === 'true' ? null : noPython();
}
