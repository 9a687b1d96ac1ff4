import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import type { Size } from './answers.ts';

export interface FakeAws {
  /** the calls since the last time, by service and operation */
  counts(): Promise<Readonly<Record<string, number>>>;
  close(): void;
}

/** A fake AWS in its own process, used by every SDK client that is created from now on. */
export async function startFakeAws(size: Size): Promise<FakeAws> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [JSON.stringify(size)]);
  const said = async (): Promise<unknown> => (await once(child, 'message'))[0];
  const endpoint = String(await said());
  Object.assign(process.env, {
    ...{ AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: 'true' },
    ...{ AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
  });
  return {
    counts: () => {
      const answer = said();
      child.send('counts');
      return answer as Promise<Readonly<Record<string, number>>>;
    },
    close: () => child.disconnect(),
  };
}

export const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
