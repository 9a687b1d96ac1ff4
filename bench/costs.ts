import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { awsSource } from '../lib/adapters/aws/account-source.ts';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import { auditStep } from '../lib/pipeline/audit.ts';
import { checkStep } from '../lib/pipeline/check.ts';
import { collectStep } from '../lib/pipeline/collect.ts';
import { FITS_FUNCTION, fixStep } from '../lib/pipeline/fix.ts';
import type { ObjectStore } from '../lib/ports/object-store.ts';
import { keptBytes } from '../lib/ports/stored-text.ts';
import { type Bench, countOption } from './bench.ts';
import { startFakeAws, totalOf } from './fake-aws/start.ts';
import { ACCOUNT, instanceId } from './fake-aws/things.ts';
import { SIZE_OPTIONS } from './matrix.ts';

const REGION = 'us-east-1';

/**
 * Dollars in us-east-1, without free tiers, from AWS's pages of November 2026: https://aws.amazon.com/lambda/pricing/
 * https://aws.amazon.com/step-functions/pricing/ https://aws.amazon.com/s3/pricing/
 * https://aws.amazon.com/cloudwatch/pricing/ https://aws.amazon.com/kms/pricing/ https://aws.amazon.com/sqs/pricing/
 */
const PRICES = {
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  stateTransition: 0.025e-3,
  s3Put: 0.005e-3,
  s3Get: 0.0004e-3,
  s3GigabyteMonth: 0.023,
  queueRequest: 0.4e-6,
  alarmMonth: 0.1,
  keyMonth: 1,
} as const;

const TEMPLATE = readFileSync(join(import.meta.dirname, '../infrastructure/alarms.yml'), 'utf8');
const ALARMS = TEMPLATE.match(/Type: AWS::CloudWatch::Alarm$/gm)?.length ?? 0;

/** Fixed costs: alarms, and the key of the topics. */
const STANDING = ALARMS * PRICES.alarmMonth + PRICES.keyMonth;

/**
 * State transitions for one account in a scan: its child execution and its part of plan and publish. Each function is
 * one request.
 */
const TRANSITIONS = 13;
const FUNCTIONS_OF_SCAN = 4;
/** Receiving and deleting an event, and some empty receives. */
const QUEUE_REQUESTS = 4;

const DAYS = 30;
/** Runs are kept for 400 days, or the newest 200 of an account: one scan a day. */
const KEPT_SCANS = 400;

/** The cost of one step. */
interface Taken {
  readonly cpuSeconds: number;
  readonly calls: number;
  readonly puts: number;
  readonly gets: number;
  readonly kilobytes: number;
}

/**
 * The cost of a month, from the cost of a scan and of the check of one event: collected live from a fake AWS in another
 * process, then audited and written by the deployed code. A function is assumed to run for its CPU seconds plus all its
 * calls one after another, which is more than it does.
 */
export const costsBench: Bench = {
  name: 'costs',
  summary: 'the cost of a month, from the calls, seconds and bytes of a scan and of a check',
  options: [
    ...SIZE_OPTIONS,
    {
      flags: '--accounts <list>',
      description: 'numbers of accounts, separated by commas',
      fallback: '1,60,1000',
    },
    { flags: '--scans <count>', description: 'scans a day', fallback: '1' },
    { flags: '--events <count>', description: 'events a day and account that are checked', fallback: '50' },
    { flags: '--latency <ms>', description: 'time of an AWS call', fallback: '150' },
    { flags: '--memory <mb>', description: 'memory of the functions', fallback: '3008' },
  ],
  async run(options) {
    const size = {
      principals: countOption(options, 'principals'),
      instances: countOption(options, 'instances'),
    };
    const { scan, check } = await measured(size);
    const rates = {
      scans: countOption(options, 'scans') * DAYS,
      events: countOption(options, 'events') * DAYS,
      latency: countOption(options, 'latency') / 1000,
      gigabytes: countOption(options, 'memory') / 1024,
    };
    const counts = String(options.accounts).split(',').map(Number);
    return {
      ...size,
      scan,
      check,
      months: counts.map((accounts) => ({ accounts, ...monthOf(accounts, { scan, check }, rates) })),
    };
  },
};

async function measured(size: { readonly principals: number; readonly instances: number }) {
  const aws = await startFakeAws({ ...size, images: 20, regions: [REGION] });
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-costs-'));
  try {
    const counted = countedStore(folderStore(dir));
    const timer = { now: () => performance.now(), sleep: async () => {} };
    const ports = {
      source: awsSource({ region: REGION, timer }),
      store: counted.store,
      clock: { now: () => new Date() },
      progress: { step: () => {} },
      notifier: { publish: async () => {} },
      ...{ invocation: 'bench', sendingTakesAtMost: 0 },
    };
    const taken = async (work: () => Promise<unknown>): Promise<Taken> => {
      counted.begin();
      const start = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(start);
      const calls = totalOf(await aws.counts());
      return { cpuSeconds: Math.round((user + system) / 1e5) / 10, calls, ...counted.taken() };
    };
    const scan = await taken(async () => {
      const at = { run: 'one', prefix: '' };
      await collectStep(ports, at);
      await auditStep(ports, at);
      await fixStep(ports, { ...at, upTo: FITS_FUNCTION });
    });
    const check = await taken(async () => {
      const { results } = await checkStep(ports, { prefix: '', events: [tagEvent()], topic: 'bench' });
      if (results[0]?.outcome !== 'audited')
        throw new Error(`the event was not audited: ${JSON.stringify(results)}`);
    });
    return { scan, check };
  } finally {
    aws.close();
    await rm(dir, { recursive: true });
  }
}

interface Rates {
  readonly scans: number;
  readonly events: number;
  readonly latency: number;
  readonly gigabytes: number;
}

/** Dollars. */
function monthOf(accounts: number, { scan, check }: Record<'scan' | 'check', Taken>, rates: Rates) {
  const seconds = ({ cpuSeconds, calls }: Taken): number => cpuSeconds + calls * rates.latency;
  const each = (take: (one: Taken) => number): number =>
    rates.scans * take(scan) + rates.events * take(check);
  const lambda =
    each(seconds) * rates.gigabytes * PRICES.lambdaGigabyteSecond +
    (rates.scans * FUNCTIONS_OF_SCAN + rates.events) * PRICES.lambdaRequest;
  const states = rates.scans * TRANSITIONS * PRICES.stateTransition;
  const requests =
    each(({ puts }) => puts) * PRICES.s3Put +
    each(({ gets }) => gets) * PRICES.s3Get +
    rates.events * QUEUE_REQUESTS * PRICES.queueRequest;
  const kept =
    KEPT_SCANS * (rates.scans / DAYS) * scan.kilobytes + KEPT_SCANS * (rates.events / DAYS) * check.kilobytes;
  const storage = (kept / 1e6) * PRICES.s3GigabyteMonth;
  const parts = { lambda, states, requests, storage };
  const dollars = Object.entries(parts).map(([name, one]) => [name, rounded(one * accounts)] as const);
  const total = accounts * (lambda + states + requests + storage) + STANDING;
  return { ...Object.fromEntries(dollars), standing: rounded(STANDING), total: rounded(total) };
}

const rounded = (dollars: number): number => Math.round(dollars * 100) / 100;

/** A store that counts the requests to S3. */
function countedStore(store: ObjectStore) {
  let count = { puts: 0, gets: 0, bytes: 0 };
  const written = (key: string, body: string | Iterable<string>): void => {
    count.puts += 1;
    count.bytes += Buffer.byteLength(keptBytes(key, body));
  };
  return {
    begin: () => {
      count = { puts: 0, gets: 0, bytes: 0 };
    },
    taken: () => ({
      puts: count.puts,
      gets: count.gets,
      kilobytes: Math.ceil(count.bytes / 1000),
    }),
    store: {
      ...store,
      get: (key) => {
        count.gets += 1;
        return store.get(key);
      },
      create: (key, body, type) => {
        written(key, body);
        return store.create(key, body, type);
      },
      replace: (key, body, etag, type) => {
        written(key, body);
        return store.replace(key, body, etag, type);
      },
      // S3 charges a list like a write
      list: (prefix, most) => {
        count.puts += 1;
        return store.list(prefix, most);
      },
    } satisfies ObjectStore,
  };
}

/** A CloudTrail event: an instance was tagged. */
function tagEvent(): object {
  const time = new Date().toISOString();
  return {
    ...{ version: '0', id: 'e-1', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2' },
    ...{ account: ACCOUNT, time, region: REGION, resources: [] },
    detail: {
      ...{ eventVersion: '1.11', eventTime: time, eventSource: 'ec2.amazonaws.com', eventName: 'CreateTags' },
      userIdentity: {
        ...{
          type: 'IAMUser',
          arn: `arn:aws:iam::${ACCOUNT}:user/mara`,
          accountId: ACCOUNT,
          userName: 'mara',
        },
        principalId: 'AIDAEXAMPLEUSERID0001',
      },
      ...{ awsRegion: REGION, recipientAccountId: ACCOUNT, eventID: '0d4f8a52-1111-4c33-9c6b-000000000001' },
      requestParameters: {
        resourcesSet: { items: [{ resourceId: instanceId(1) }] },
        tagSet: { items: [{ key: 'team', value: 'web' }] },
      },
      ...{ responseElements: null, readOnly: false, eventType: 'AwsApiCall', managementEvent: true },
    },
  };
}
