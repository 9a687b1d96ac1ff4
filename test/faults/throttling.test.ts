import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsSource } from '../../lib/adapters/aws/account-source.ts';
import { PATIENT, type Patience } from '../../lib/adapters/aws/clients.ts';
import { RATES, rateOf, SHARE } from '../../lib/adapters/aws/rates.ts';
import type { Timer } from '../../lib/adapters/aws/token-bucket.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { isGap } from '../../lib/snapshot/age.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { throttling, virtualClock } from './throttling-aws.ts';
import { type Faults, withFaults } from './with-faults.ts';

const IMAGES = 200;
const ATTRIBUTE = 'ec2.DescribeImageAttribute';

/** Many images of the account: each costs a call. */
const images = Array.from({ length: IMAGES }, (_, k) => `<item><imageId>ami-${k}</imageId></item>`).join('');
const MORE = { 'ec2.DescribeImages': () => `<imagesSet>${images}</imagesSet>` };

let faults: Faults;
beforeAll(async () => {
  faults = await withFaults(MORE);
});
afterAll(() => faults.close());

/** One region, so that calls are made one after another. */
async function collect(key: string, timer: Timer, patience: Patience = PATIENT): Promise<Snapshot> {
  const credentials = { accessKeyId: key, secretAccessKey: 'test' };
  const source = awsSource({ region: 'us-east-1', regions: ['us-east-1'], credentials, timer, patience });
  return collectAccount(source, new Date(0), { step: () => {} });
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

const gaps = ({ coverage }: Snapshot) => coverage.filter(isGap);

describe('an account whose own tools use its limits as well', () => {
  test('keeps three fifths of each bucket, and nobody is throttled', async () => {
    const clock = virtualClock();
    const service = throttling(clock, SHARE);
    faults.set('most', service.decide);
    expect(gaps(await collect('most', clock))).toEqual([]);
    expect(service.passed.get(ATTRIBUTE)).toBe(IMAGES);
    expect(Object.fromEntries(service.refused)).toEqual({});
  });

  test('would be throttled by a scan without limits', async () => {
    const clock = virtualClock();
    const service = throttling(clock, SHARE);
    faults.set('unlimited', service.decide);
    const patience = { ...PATIENT, maxAttempts: 1 };
    await collect('unlimited', { now: () => 0, sleep: async () => {} }, patience);
    expect(sum(service.refused)).toBeGreaterThan(0);
  });

  test('is read completely if it leaves a fifth, and refuses few calls', { timeout: 60_000 }, async () => {
    const clock = virtualClock();
    const service = throttling(clock, 0.2);
    faults.set('least', service.decide);
    expect(gaps(await collect('least', clock))).toEqual([]);
    expect(service.passed.get(ATTRIBUTE)).toBe(IMAGES);
    expect(sum(service.refused)).toBeGreaterThan(0);
    expect(sum(service.refused)).toBeLessThan(IMAGES / 10);
  });
});

describe('the table of rates', () => {
  test('has the page for each number that AWS documents', () => {
    for (const { page } of RATES)
      if (page !== null) expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    expect(rateOf('EC2', 'DescribeImages')).toMatchObject({ burst: 100, perSecond: 20, bucket: 'each call' });
    expect(rateOf('SFN', 'ListStateMachines').perSecond).toBe(5);
    expect(rateOf('Backup', 'ListProtectedResources').page).toBeNull();
  });
});
