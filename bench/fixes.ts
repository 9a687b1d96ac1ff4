import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { taggedProd } from '../lib/findings/expected/production.ts';
import { findFindings } from '../lib/findings/find.ts';
import { fixesFor } from '../lib/fixes/fixes.ts';
import { buildMatrix } from '../lib/matrix/build.ts';
import { type Bench, countOption } from './bench.ts';
import { generateAccount } from './generate-account.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';

/** Computes and proves the fixes of a generated account; the time includes the matrix for queries. */
export const fixesBench: Bench = {
  name: 'fixes',
  summary: 'computing and proving fixes: time, memory, and the access that they remove',
  options: [
    ...ACCOUNT_OPTIONS,
    { flags: '--fixes <count>', description: 'changes that are ranked', fallback: '10' },
  ],
  async run(options) {
    const principals = countOption(options, 'principals');
    const instances = countOption(options, 'instances');
    const seed = countOption(options, 'seed');
    const snapshot = generateAccount({ principals, instances, seed });
    const matrix = buildMatrix(snapshot);
    const findings = findFindings({ snapshot, matrix, previous: [], at: snapshot.takenAt });
    const since = clock();
    let rankedIn = since();
    const { ranked, ofFindings, whyNot } = fixesFor(snapshot, findings, {
      ...{ count: countOption(options, 'fixes'), isProduction: taggedProd, knownAccounts: [] },
      onRanked: () => {
        rankedIn = since();
      },
    });
    const all = since();
    return {
      ...{ principals, instances, seed },
      ...{ seconds: tenths(all.wall), cpuSeconds: tenths(all.cpu) },
      ...{ rankedSeconds: tenths(rankedIn.wall), rankedCpuSeconds: tenths(rankedIn.cpu) },
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
      ...{
        findings: findings.length,
        fixed: ofFindings.size,
        notTried: notTried(whyNot),
        ranked: ranked.length,
      },
      ...{ removesRoot: ranked.map((one) => one.removesRoot), leavesRoot: ranked.at(-1)?.leavesRoot ?? null },
    };
  },
};

/** Milliseconds, and those of the processor. */
function clock(): () => { readonly wall: number; readonly cpu: number } {
  const [start, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { wall: performance.now() - start, cpu: (user + system) / 1000 };
  };
}

const notTried = (whyNot: ReadonlyMap<string, string>): number =>
  [...whyNot.values()].filter((why) => why.startsWith('not tried')).length;

const tenths = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;
