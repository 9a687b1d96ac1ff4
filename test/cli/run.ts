import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line as a child process. */
export function latchkey(
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { child, ended } = startLatchkey(args, env);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return ended;
}

export const COMMAND = [join(root, 'node_modules/.bin/node'), join(root, 'cli/main.js')] as const;
const OPTIONS = { env: { ...process.env, NO_COLOR: '1' } };

/** Runs it with its standard output in this file. */
export function latchkeyInto(file: string, args: readonly string[], input = ''): Omit<Ended, 'stdout'> {
  const stdout = openSync(file, 'w');
  const [node, main] = COMMAND;
  const { status, stderr } = spawnSync(node, [main, ...args], {
    ...OPTIONS,
    input,
    encoding: 'utf8',
    stdio: ['pipe', stdout, 'pipe'],
  });
  closeSync(stdout);
  return { code: status, stderr };
}

export function startLatchkey(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [node, main] = COMMAND;
  const child = spawn(node, [main, ...args], { env: { ...OPTIONS.env, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** A new folder, deleted at the end of the test. */
export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes files: text unchanged, other values as JSON. */
export async function writeFiles(dir: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** The text of a file, compressed or not. */
export async function readText(...path: string[]): Promise<string> {
  const bytes = await readFile(join(...path));
  return String(path.at(-1)?.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

export const readJson = async <T>(...path: string[]): Promise<T> => JSON.parse(await readText(...path)) as T;

/** The folder of the latest run. */
export async function latestRun(out: string): Promise<string> {
  return join(out, (await readJson<{ run: string }>(out, 'latest.json')).run);
}

/** All files of the outbox whose names end with this text. */
export async function outbox(out: string, ending: string): Promise<string[]> {
  const names = await readdir(join(out, 'outbox')).catch(() => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => readFile(join(out, 'outbox', name), 'utf8')),
  );
}
