import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type Random, randomOf } from '../../bench/random.ts';
import { folderStore } from '../../lib/adapters/local/folder-store.ts';
import { readReport } from '../../lib/pipeline/read-report.ts';
import { readRunRecord, runIn } from '../../lib/pipeline/run-record.ts';
import { alertsOf } from '../../lib/render/alerts.ts';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import type { Experiment } from './fault-lab.ts';

const users = 8;

const roundsPerSeries = 20;

/**
 * `size` rounds in series of twenty, at least two series, each on its own folder. In each round other users of eight
 * have access, and one scan runs, or two at once in every other series. Each is killed after one to six fifths of
 * the duration of a scan. At the end of a series two scans run without faults. Counted as lost: an alert of a run in
 * the chain that is not in the outbox; as doubled: one that is there twice.
 */
export const killedScans: Experiment = async (seed, size) => {
  const random = randomOf(seed);
  const rounds = Math.min(roundsPerSeries, Math.ceil(size / 2));
  const total = { series: 0, scans: 0, alerts: 0, kills: 0, hidden: 0, lost: 0, doubled: 0 };
  for (let done = 0; done < size; done += rounds) {
    const atOnce = 1 + (total.series % 2);
    const { kills, wanted, sent, hidden } = await oneSeries(random, Math.min(rounds, size - done), atOnce);
    total.series += 1;
    total.scans += atOnce * Math.min(rounds, size - done);
    total.alerts += wanted.size;
    total.kills += kills;
    total.hidden += hidden;
    total.lost += [...wanted].filter((key) => !sent.includes(key)).length;
    total.doubled += sent.length - new Set(sent).size;
  }
  const { series, scans, alerts, kills, hidden, lost, doubled } = total;
  return {
    load: `${scans} scans, ${alerts} alerts, in ${series} series of ${rounds} rounds with one scan and two by turns`,
    faults: `${kills} killed by SIGKILL; ${hidden} temporary files left`,
    ...{ lost, doubled },
  };
};

async function oneSeries(random: Random, rounds: number, atOnce: number) {
  const dir = await mkdtemp(path.join(tmpdir(), 'latchkey-kills-'));
  const [from, out] = [path.join(dir, 'in'), path.join(dir, 'out')];
  let kills = 0;
  try {
    await writeFolder(from, account(0));
    const took = await scan(from, out);
    for (let round = 0; round < rounds; round += 1) {
      await writeFolder(from, account(random.int(2 ** users)));
      const scans = Array.from({ length: atOnce }, () => scan(from, out, took * (0.2 + random.next())));
      kills += (await Promise.all(scans)).filter((end) => end === 0).length;
    }
    for (let round = 0; round < 2; round += 1) await scan(from, out);
    const hidden = (await readdir(out, { recursive: true })).filter((file) => /\.(tmp|lock)$/.test(file));
    return { kills, hidden: hidden.length, ...(await alertsIn(out)) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const account = (having: number) =>
  inputFiles({
    users: Array.from({ length: users }, (_, n) => ({
      name: `user-${n}`,
      ...((having >> n) % 2 === 1 && { policy: allow('ssm:SendCommand') }),
    })),
    instances: [{ id: 'i-0123456789abcdef0' }],
  });

async function writeFolder(dir: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), JSON.stringify(content));
  }
}

/** Its duration in milliseconds; 0: it was killed. */
function scan(from: string, out: string, killAfter?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const main = path.join(import.meta.dirname, '../../cli/main.js');
    const child = spawn(process.execPath, [main, 'scan', '--from', from, '--out', out], { stdio: 'pipe' });
    let told = '';
    child.stderr.on('data', (chunk) => {
      told += chunk;
    });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(0);
      // alerts that the other scan is sending at that moment have to wait, which the exit code says
      else if (code === 0 || told.includes('waits in')) resolve(performance.now() - began);
      else reject(new Error(`a scan ended with ${code}: ${told.slice(-500)}`));
    });
  });
}

/** The alert keys of the runs in the chain, and those in the outbox. */
async function alertsIn(out: string): Promise<{ readonly wanted: Set<string>; readonly sent: string[] }> {
  const store = folderStore(out);
  const wanted = new Set<string>();
  const pointer = JSON.parse(await readFile(path.join(out, 'latest.json'), 'utf8')) as { run: string };
  for (let run = runIn(pointer.run); run !== null; ) {
    for (const { key } of alertsOf(await readReport(store, '', run), '')) wanted.add(key);
    run = runIn((await readRunRecord(store, '', run))?.previous ?? null);
  }
  const files = (await readdir(path.join(out, 'outbox'))).filter((file) => file.endsWith('-alert.json'));
  const sent = await Promise.all(
    files.map(async (file) => {
      return (JSON.parse(await readFile(path.join(out, 'outbox', file), 'utf8')) as { key: string }).key;
    }),
  );
  return { wanted, sent };
}
