import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, countOption } from './bench.ts';
import { startFakeAws, totalOf } from './fake-aws/start.ts';
import { SIZE_OPTIONS } from './matrix.ts';

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'eu-central-1'];

/**
 * The collecting of a live scan, with the SDK and its XML, from a fake AWS in another process. `waitedSeconds`: how
 * long the limits on calls would delay it.
 */
export const collectBench: Bench = {
  name: 'collect',
  summary: 'collecting an account live: CPU seconds, memory and calls',
  options: [
    ...SIZE_OPTIONS,
    { flags: '--regions <count>', description: 'regions, four at most', fallback: '4' },
    {
      flags: '--images <count>',
      description: 'images of the account, and snapshots, in each region',
      fallback: '100',
    },
    { flags: '--heap <megabytes>', description: 'the limit of its heap', fallback: '1024' },
  ],
  async run(options) {
    const size = {
      principals: countOption(options, 'principals'),
      instances: countOption(options, 'instances'),
      images: countOption(options, 'images'),
      regions: REGIONS.slice(0, countOption(options, 'regions')),
    };
    const heapMegabytes = countOption(options, 'heap');
    const aws = await startFakeAws(size);
    const dir = await mkdtemp(join(tmpdir(), 'latchkey-collect-'));
    try {
      const found = await collectOnce(dir, heapMegabytes);
      const calls = await aws.counts();
      return {
        ...{ regions: size.regions.length, heapMegabytes, ...found },
        calls: totalOf(calls),
        callsByName: Object.entries(calls).sort(([, a], [, b]) => b - a),
      };
    } finally {
      aws.close();
      await rm(dir, { recursive: true });
    }
  },
};

async function collectOnce(dir: string, heap: number): Promise<object> {
  const child = fork(join(import.meta.dirname, 'fake-aws/collect-once.ts'), [dir], {
    execArgv: [`--max-old-space-size=${heap}`],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`collecting ended with ${code}: a heap of ${heap} MB may be too small`);
  });
  const [found] = await Promise.race([once(child, 'message'), ended]);
  return found;
}
