import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { borderOf } from '../lib/across/border-of.ts';
import { borderText } from '../lib/across/stored-border.ts';
import { taggedProd } from '../lib/findings/expected/production.ts';
import { matrixOfRows, rowsOf } from '../lib/matrix/build.ts';
import { wholeBorder } from '../lib/pipeline/border-file.ts';
import { parseSnapshot } from '../lib/snapshot/schema.ts';
import type { PolicyRecord, Snapshot } from '../lib/snapshot/snapshot.ts';
import { withRolesAcross } from './account/roles-across.ts';
import { type Bench, type BenchResult, countOption } from './bench.ts';
import { bundled, heapFlags } from './bundled.ts';
import { ACCOUNT_CHANGES } from './drift-changes.ts';
import { type AccountSize, generateAccount } from './generate-account.ts';

const MEMORY_MB = 512;

const idOf = (n: number): string => String(100_000_000_000 + n);

/**
 * An organisation with roles between its accounts: the files of each account, and the cost of following chains over
 * all.
 */
export const acrossBench: Bench = {
  name: 'across',
  summary:
    'chains across the accounts of an organisation: the file of each account, and the cost of joining them',
  options: [
    { flags: '--accounts <count>', description: 'accounts of the organisation', fallback: '20' },
    {
      flags: '--audited <count>',
      description: 'how many of them are generated and evaluated; the others are copies',
      fallback: '20',
    },
    {
      flags: '--ring <count>',
      description: 'accounts in a ring, each of which leads into the next',
      fallback: '10',
    },
    { flags: '--principals <count>', description: 'users and roles in each account', fallback: '200' },
    { flags: '--instances <count>', description: 'instances in each account', fallback: '500' },
    { flags: '--seed <number>', description: 'seed of the generated organisation', fallback: '1' },
    {
      flags: '--worst <case>',
      description: '`trust`: roles trust everybody; `people`: all people are administrators; `both`',
    },
  ],
  async run(options) {
    const of = (name: string): number => countOption(options, name);
    const worst = worstOf(options.worst);
    const accounts = of('accounts');
    const audited = Math.min(of('audited'), accounts);
    const ring = of('ring');
    const size = { principals: of('principals'), instances: of('instances'), seed: of('seed') };
    const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-across-'));
    try {
      const program = await bundled(path.join(import.meta.dirname, 'across/join.ts'), folder);
      const borders = path.join(folder, 'borders');
      await mkdir(borders);
      const left = await writeBorders(borders, { accounts, audited, ring, size, worst });
      return {
        ...{ accounts, audited, ring, ...size, worst: options.worst ?? 'none', left },
        joined: await joined(borders, program),
        onePrincipal: await joined(borders, program, `arn:aws:iam::${idOf(0)}:role/pipeline`),
        memoryMb: MEMORY_MB,
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Organization {
  readonly accounts: number;
  readonly audited: number;
  readonly ring: number;
  readonly size: AccountSize;
  readonly worst: Worst;
}

/** What all accounts have that makes chains many. */
interface Worst {
  /** roles for reading and for neighbours trust everybody */
  readonly trust: boolean;
  /** all people are administrators, so that everybody may leave */
  readonly people: boolean;
}

function worstOf(named = 'none'): Worst {
  if (!['none', 'trust', 'people', 'both'].includes(named))
    throw new Error(`\`--worst ${named}\` is not one of \`trust\`, \`people\`, \`both\``);
  return { trust: named === 'trust' || named === 'both', people: named === 'people' || named === 'both' };
}

/**
 * Writes the file of each account. All except the first are copies of an evaluated account, with neighbours of their
 * own.
 */
async function writeBorders(
  folder: string,
  { accounts, audited, ring, size, worst }: Organization,
): Promise<BenchResult> {
  // the accounts of a ring lead into each other in turn; the hub is in no ring
  const peerOf = (n: number): string => {
    const begin = n === 0 ? 1 : n - ((n - 1) % ring);
    const next = n === begin + ring - 1 || n + 1 >= accounts ? begin : n + 1;
    return idOf(next);
  };
  const texts: string[] = [];
  const took = { matrix: 0, border: 0 };
  const sizes: number[] = [];
  for (let n = 0; n < accounts; n += 1) {
    const from = n < audited ? n : 1 + ((n - 1) % Math.max(1, audited - 1));
    texts[from] ??= evaluated(accountOf(from, size, { peer: peerOf(from), worst }), took);
    const others = new Map([
      [idOf(from), idOf(n)],
      [peerOf(from), peerOf(n)],
    ]);
    const text = from === n ? texts[n] : texts[from]?.replace(ACCOUNT, (id) => others.get(id) ?? id);
    sizes.push(gzipSync(text ?? '').length);
    await writeFile(path.join(folder, `${idOf(n)}.json`), text ?? '');
  }
  return {
    kB: thousandth(sizes.reduce((sum, bytes) => sum + bytes, 0) / accounts),
    mostKb: thousandth(Math.max(...sizes)),
    matrixCpuSeconds: thousandth((1000 * took.matrix) / texts.length),
    borderCpuSeconds: thousandth((1000 * took.border) / texts.length),
  };
}

const ACCOUNT = /\b1\d{11}\b/g;

const thousandth = (number: number): number => Math.round(number / 10) / 100;

function accountOf(
  n: number,
  size: AccountSize,
  { peer, worst }: { readonly peer: string; readonly worst: Worst },
): Snapshot {
  const made = generateAccount({ ...size, seed: size.seed + n });
  const change = ACCOUNT_CHANGES.find(({ name }) => name === 'everything gained');
  const generated = worst.people && change ? change.to(made) : made;
  const snapshot = parseSnapshot(
    JSON.parse(JSON.stringify(generated).replaceAll(generated.accountId, idOf(n))),
  );
  const account = withRolesAcross(snapshot, { hub: idOf(0), peer });
  return worst.trust ? { ...account, policies: account.policies.map(trustingEverybody) } : account;
}

/** Those that have no condition. */
function trustingEverybody(policy: PolicyRecord): PolicyRecord {
  if (!/org-(audit|neighbour)#trust/.test(policy.id)) return policy;
  const document = JSON.parse(JSON.stringify(policy.document).replace(/"AWS":"[^"]*"/, '"AWS":"*"'));
  return { ...policy, document };
}

/** The matrix is built as in any audit, and the file for other accounts with it. */
function evaluated(snapshot: Snapshot, took: { matrix: number; border: number }): string {
  const times = [process.cpuUsage()];
  const built = rowsOf(snapshot);
  const matrix = matrixOfRows(built, (rows) => rows.forgetAnswers());
  times.push(process.cpuUsage());
  const border = wholeBorder(borderOf(built, taggedProd), { matrix, snapshot }, taggedProd);
  const text = borderText(border);
  times.push(process.cpuUsage());
  const [before, between, after] = times.map(({ user, system }) => (user + system) / 1e6);
  took.matrix += (between ?? 0) - (before ?? 0);
  took.border += (after ?? 0) - (between ?? 0);
  return text;
}

/** In its own process, with the heap that Lambda gives it. */
async function joined(folder: string, program: string, ...asked: readonly string[]): Promise<BenchResult> {
  const args = [...heapFlags(MEMORY_MB), program, folder, ...asked];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`joining ended with ${code}: ${said.slice(-500)}`);
  return JSON.parse(said) as BenchResult;
}
