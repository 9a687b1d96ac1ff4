import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { awsSource } from '../lib/adapters/aws/account-source.ts';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import { collectStep } from '../lib/pipeline/collect.ts';
import { type Bench, countOption } from './bench.ts';
import { startFakeAws } from './fake-aws/start.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'eu-central-1'];

/**
 * A live scan's collecting, the SDK and its XML included, of an account that a fake AWS in another process holds. The
 * limits on calls wait by a clock that jumps: `waitedSeconds` is how long they would hold a scan up.
 */
export const collectBench: Bench = {
  name: 'collect',
  summary: 'what collecting an account live takes: CPU seconds, memory and calls',
  options: [
    ...ACCOUNT_OPTIONS.filter(({ flags }) => !flags.startsWith('--seed')),
    { flags: '--regions <count>', description: 'regions, four at most', fallback: '4' },
    { flags: '--images <count>', description: 'own images, and snapshots, in each region', fallback: '100' },
  ],
  async run(options) {
    const size = {
      principals: countOption(options, 'principals'),
      instances: countOption(options, 'instances'),
      images: countOption(options, 'images'),
      regions: REGIONS.slice(0, countOption(options, 'regions')),
    };
    const aws = await startFakeAws(size);
    const dir = await mkdtemp(join(tmpdir(), 'latchkey-collect-'));
    try {
      const start = process.cpuUsage();
      const timer = jumpingTimer();
      const { instances, principals, gaps } = await collectStep(
        {
          source: awsSource({ region: 'us-east-1', timer }),
          store: folderStore(dir),
          clock: { now: () => new Date() },
          progress: { step: () => {} },
        },
        { run: 'one', prefix: '' },
      );
      const { user, system } = process.cpuUsage(start);
      const calls = await aws.counts();
      return {
        ...{ principals, instances, regions: size.regions.length, gaps },
        cpuSeconds: Math.round((user + system) / 1e5) / 10,
        peakMegabytes: Math.ceil(process.resourceUsage().maxRSS / 1024),
        waitedSeconds: Math.round(timer.waited() / 1000),
        calls: Object.values(calls).reduce((sum, count) => sum + count, 0),
        callsByName: Object.entries(calls).sort(([, a], [, b]) => b - a),
      };
    } finally {
      aws.close();
      await rm(dir, { recursive: true });
    }
  },
};

/** The machine's clock, ahead by what was waited for. */
function jumpingTimer() {
  let waited = 0;
  return {
    now: () => performance.now() + waited,
    sleep: async (ms: number) => {
      waited += ms;
    },
    waited: () => waited,
  };
}
