import { hash } from 'node:crypto';
import { glob, mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf } from '../../tools/run-steps.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const FOLDER = path.join(ROOT, '.serverless');
const TEMPLATE = path.join(FOLDER, 'cloudformation-template-update-stack.json');
const LOCK = path.join(tmpdir(), `latchkey-package-${hash('sha1', ROOT)}`);
const SOURCES = ['functions/**/*.ts', 'lib/**/*.{ts,json}', 'infrastructure/*.yml', 'tools/*.ts'];
const FILES = ['serverless.yml', 'package.json', 'package-lock.json'];
const SECONDS = 240;

/** The folder that `serverless package` wrote for the present sources. Packages first if it is missing or older. */
export async function packagedService(): Promise<string> {
  await locked(async () => {
    if (await isFresh()) return;
    const serverless = path.join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
    const command = [process.execPath, serverless, 'package'] as const;
    const failure = await failureOf({ name: 'serverless package', command: [...command], seconds: SECONDS });
    if (failure !== null) throw new Error(`\`serverless package\` failed: ${failure}`);
  });
  return FOLDER;
}

async function isFresh(): Promise<boolean> {
  const packaged = await changed(TEMPLATE);
  if (packaged === null) return false;
  const sources = [...FILES];
  for await (const file of glob(SOURCES, { cwd: ROOT })) sources.push(file);
  const times = await Promise.all(sources.map((file) => changed(path.join(ROOT, file))));
  return times.every((time) => time !== null && time < packaged);
}

const changed = (file: string): Promise<number | null> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );

/**
 * Packaging writes into fixed folders, so only one may run. A lock that is older than any packaging counts as
 * abandoned.
 */
async function locked(work: () => Promise<void>): Promise<void> {
  while (!(await taken())) {
    const since = await changed(LOCK);
    if (since !== null && Date.now() - since > SECONDS * 1000)
      await rm(LOCK, { recursive: true, force: true });
    await sleep(200);
  }
  try {
    await work();
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

const taken = (): Promise<boolean> =>
  mkdir(LOCK).then(
    () => true,
    () => false,
  );
