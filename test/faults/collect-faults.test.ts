import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { COLLECT_FAULTS, collectWith, deviations } from './collect-faults.ts';
import { type Faults, withFaults } from './with-faults.ts';

/** As in a deployment, except for shorter waits, so that tests do not take minutes. */
const HASTY = { maxAttempts: 4, connectionMs: 1000, requestMs: 2000, silenceMs: 600 };

let faults: Faults;
let whole: Snapshot;
beforeAll(async () => {
  faults = await withFaults();
  whole = (await collectWith('none', HASTY)) as Snapshot;
});
afterAll(() => faults.close());

test('without a fault the account is complete', () => {
  expect(whole.coverage.filter(({ status }) => status !== 'collected')).toEqual([]);
  expect(whole.users).toHaveLength(2);
  expect(whole.roles).toHaveLength(1);
  expect(whole.regions.map(({ instances }) => instances?.length)).toEqual([3, 3]);
  expect(whole.organization?.levels).toHaveLength(2);
});

describe.concurrent('collecting', () => {
  test.each(COLLECT_FAULTS.map((fault, index) => [fault.name, fault, `case${index}`] as const))(
    'gives the documented result if %s',
    { timeout: 60_000 },
    async (_, fault, key) => {
      faults.set(key, fault.decide(HASTY));
      const got = await collectWith(key, HASTY);
      expect(deviations(fault, got, whole)).toEqual([]);
      expect(faults.proxy.faults.get(key)).toBeGreaterThan(0);
    },
  );
});
