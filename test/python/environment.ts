import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { findPython, noPython } from './python.ts';

const run = promisify(execFile);
const TRIES = 3;

/** The packages from PyPI that a test needs. */
export interface Requirements {
  /** name of the folder, with the versions in it */
  readonly name: string;
  /** `package==1.2.3` */
  readonly packages: readonly string[];
  /** Python code that fails if the installation is broken */
  readonly probe: string;
}

/** Run packages with the interpreter: scripts of an environment contain the folder in which it was created. */
export interface PythonEnvironment {
  readonly interpreter: string;
  /** the folder of the packages */
  readonly packages: string;
}

/**
 * A virtual environment with the pinned packages, created once per machine. Two runs may create it at once: it is
 * moved into place as a whole. Throws if there is no Python, or if the installation fails.
 */
export async function pythonEnvironment(
  { name, packages, probe }: Requirements,
  cache = path.join(homedir(), '.cache', 'latchkey'),
): Promise<PythonEnvironment> {
  const python = findPython();
  if (python === null) throw new Error(`${name} cannot run: ${noPython()}`);
  const home = path.join(cache, `${name}-python${python.version}`);
  const works = () => probed(home, probe);
  if (await works()) return environmentIn(home, python.version);
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(path.join(cache, 'installing-'));
  try {
    await run(python.command, ['-m', 'venv', fresh]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    await run(interpreter(fresh), ['-m', 'pip', 'install', ...quiet, ...packages]);
    await moveIntoPlace(fresh, home, works);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  if (await works()) return environmentIn(home, python.version);
  throw new Error(`${name} was installed in \`${home}\` and does not work`);
}

/** A rename is atomic: if another run was first, its installation stays; a broken one is moved away. */
async function moveIntoPlace(fresh: string, home: string, works: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const moved = await rename(fresh, home).then(
      () => true,
      () => false,
    );
    if (moved || (await works())) return;
    const broken = `${home}-broken-${process.pid}-${attempt}`;
    await rename(home, broken).catch(() => undefined);
    await rm(broken, { recursive: true, force: true });
  }
}

const WINDOWS = process.platform === 'win32';

const interpreter = (home: string): string =>
  WINDOWS ? path.join(home, 'Scripts', 'python.exe') : path.join(home, 'bin', 'python');

const environmentIn = (home: string, version: string): PythonEnvironment => ({
  interpreter: interpreter(home),
  packages: WINDOWS
    ? path.join(home, 'Lib', 'site-packages')
    : path.join(home, 'lib', `python${version}`, 'site-packages'),
});

async function probed(home: string, probe: string): Promise<boolean> {
  const there = await readdir(home).catch(() => null);
  if (there === null) return false;
  return run(interpreter(home), ['-c', probe]).then(
    () => true,
    () => false,
  );
}
