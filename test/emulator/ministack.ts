import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonEnvironment, type Requirements } from '../python/environment.ts';

/** The version of MiniStack (PyPI) that the suite was written for. */
const MINISTACK_VERSION = '1.5.33';

export const MINISTACK: Requirements = {
  name: `ministack-${MINISTACK_VERSION}`,
  packages: [`ministack==${MINISTACK_VERSION}`],
  probe: 'import ministack.app',
};

const START_TRIES = 3;
const READY_SECONDS = 90;
const BIN = path.join(import.meta.dirname, '..', '..', 'node_modules', '.bin');

/** An AWS emulator on a free port; `stop` ends it and deletes its files. */
export interface Ministack {
  /** an IP address, so that S3 clients use path style */
  readonly endpoint: string;
  /** its output so far, to explain a failure */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts an empty emulator, and installs it first if needed. Two runs may do so at once: each has its own port,
 * folder and process, and the installation is moved into place as a whole. Throws if there is no Python, if the
 * installation fails, or if the emulator does not answer in time.
 */
export async function startMinistack(): Promise<Ministack> {
  const { interpreter } = await pythonEnvironment(MINISTACK);
  for (let attempt = 1; ; attempt++) {
    const started = await startOn(interpreter, await freePort());
    if (started.ministack !== null) return started.ministack;
    // another process may have taken the free port meanwhile
    if (attempt === START_TRIES) throw new Error(`ministack did not start:\n${started.log}`);
  }
}

async function startOn(python: string, port: number): Promise<{ ministack: Ministack | null; log: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-ministack-'));
  const child = spawn(python, ['-m', 'ministack'], {
    cwd: folder,
    env: await environmentOf(folder, port),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const said: string[] = [];
  child.stdout.on('data', (chunk) => said.push(String(chunk)));
  child.stderr.on('data', (chunk) => said.push(String(chunk)));
  child.on('error', (error) => said.push(error.message));
  const endpoint = `http://127.0.0.1:${port}`;
  const log = () => said.join('');
  const kill = () => killTree(child);
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await ended(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  if (await isReady(child, endpoint)) return { ministack: { endpoint, log, stop }, log: log() };
  await stop();
  return { ministack: null, log: log() };
}

/** Its own temporary folder, no credentials or settings of the person who runs the tests, Node 24 for the Lambdas. */
async function environmentOf(folder: string, port: number): Promise<NodeJS.ProcessEnv> {
  // a --require of the test runner must not reach the Lambda workers
  const foreign =
    /^(AWS_|NODE_OPTIONS$|VITEST|NODE_ENV$|PYTHON|VIRTUAL_ENV$|MINISTACK_|EDGE_PORT$|HTTPS?_PROXY$)/i;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const credentials = path.join(folder, 'no-credentials');
  await writeFile(credentials, '');
  return {
    ...Object.fromEntries(inherited),
    PATH: [BIN, process.env.PATH].join(path.delimiter),
    TMPDIR: folder,
    STATE_DIR: path.join(folder, 'state'),
    S3_DATA_DIR: path.join(folder, 's3'),
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_CONFIG_FILE: credentials,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    // policies are enforced, so that a missing grant of a function is found
    AUTH: 'true',
    // both listen on fixed ports, which a second emulator could not use
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
  };
}

async function isReady(child: ChildProcess, endpoint: string): Promise<boolean> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (Date.now() < deadline && child.exitCode === null && child.pid !== undefined) {
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => null);
    if (answer?.ok) {
      await answer.body?.cancel();
      // if another emulator had taken the port, ours would have stopped by now
      await sleep(200);
      return child.exitCode === null;
    }
    await sleep(100);
  }
  return false;
}

/** Ends the whole process group: Lambda workers are child processes. */
function killTree(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // it has ended already
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return killTree(child);
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  killTree(child, 'SIGTERM');
  await Promise.race([exit, sleep(5000)]);
  killTree(child);
  await exit;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
