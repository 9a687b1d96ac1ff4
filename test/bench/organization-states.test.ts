import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeServices, fakeServices } from '../../bench/organization/fake-services.ts';
import { MachineRun, MOST_BYTES, type Tasks } from '../../bench/organization/run-machine.ts';
import { scanMachine } from '../../bench/organization/scan-machine.ts';
import type { Data, Machine } from '../../bench/organization/states.ts';
import { setEnvironment } from '../fixtures/set-environment.ts';
import { lambdaContext } from '../functions/lambda-context.ts';

const ids = (many: number): readonly string[] =>
  Array.from({ length: many }, (_, n) => String(100_000_000_000 + n));

let services: FakeServices;
let machine: Machine;
let restore: () => void;
beforeAll(async () => {
  services = await fakeServices(0);
  machine = await scanMachine('bucket');
  restore = setEnvironment({
    ...{ AWS_REGION: 'us-east-1', ACCOUNT_ID: '100000000000', ACCOUNT_IDS: 'organization', BUCKET: 'bucket' },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_EC2_METADATA_DISABLED: 'true' },
    ...{ POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
  });
});
afterAll(async () => {
  restore();
  await services.close();
});

/** The largest output of each step of an account: long texts, large counts. */
const outcomes: Tasks = {
  CollectFunction: async (item) => ({ ...item, unreadable: Array(20).fill('x'.repeat(300)), instances: 1e6 }),
  AuditFunction: async (item) => ({ ...item, why: 'x'.repeat(1000), previousRun: 'x'.repeat(60) }),
  SendFunction: async (item) => ({ ...item, problems: Array(100).fill('x'.repeat(500)) }),
  FixFunction: async () => ({ ranked: 10, findings: 100 }),
};

async function scan(accounts: readonly string[], tasks: Tasks = outcomes) {
  services.accounts = accounts;
  const { handler } = (await import('../../functions/plan.ts')) as unknown as {
    handler: (event: unknown, context: unknown) => Promise<Data>;
  };
  const published: Data[] = [];
  const run = new MachineRun(
    {
      PlanFunction: (input) => handler(input, lambdaContext),
      PublishFunction: async (input) => {
        published.push(input);
        return { mails: 1 };
      },
      ...tasks,
    },
    { read: (key) => services.read(key) ?? '', write: (key, body) => services.write(key, body) },
  );
  const output = await run.run(machine, {});
  return { run, output, published: published[0] ?? {} };
}

describe('the data between the states of a scan', () => {
  test('of 5,000 accounts fits into the limits of Step Functions, and contains every account', async () => {
    const { run, published } = await scan(ids(5000));
    expect(run.largest.bytes).toBeLessThan(MOST_BYTES);
    for (const state of ['Plan', 'ManyAccounts', 'Publish']) {
      const { input = 0, output = 0 } = run.payloads.get(state) ?? {};
      expect(Math.max(input, output), state).toBeLessThan(2000);
    }
    expect(run.payloads.get('OneDone')?.runs).toBe(5000);
    const list = JSON.parse(services.read(String(published.list)) ?? '[]') as readonly Data[];
    expect(list.map(({ accountId }) => accountId)).toEqual(ids(5000));
    expect(published.written).toMatchObject({ ResultWriterDetails: { Bucket: 'bucket' } });
  }, 120_000);

  test('of the most accounts without a list fits too, if each of them fails with a long name and cause', async () => {
    const fails = async (): Promise<never> => {
      throw Object.assign(new Error('\u0001'.repeat(30_000)), { name: 'E'.repeat(250) });
    };
    const { run, published } = await scan(ids(75), { ...outcomes, CollectFunction: fails });
    expect(published.outcomes).toHaveLength(75);
    expect((published.outcomes as readonly Data[])[0]).toMatchObject({
      ...{ step: 'collect', cause: '\u0001'.repeat(500) },
    });
    expect(run.payloads.get('Accounts')?.output).toBeLessThan(MOST_BYTES);
    expect(run.payloads.get('AccountFailed')?.runs).toBe(75);
  });

  test('beyond the limit is refused, and the scan still reaches publish', async () => {
    const { published } = await scan(ids(2), {
      ...outcomes,
      AuditFunction: async () => ({ x: 'x'.repeat(MOST_BYTES) }),
    });
    expect(published.outcomes).toEqual(
      ids(2).map((accountId) => ({
        accountId,
        prefix: `accounts/${accountId}/`,
        failure: 'States.DataLimitExceeded',
        step: 'audit',
        cause: expect.any(String),
      })),
    );
  });
});
