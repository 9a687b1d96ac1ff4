import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STORE_FAULTS, storeWith } from './store-faults.ts';
import { type Faults, withFaults } from './with-faults.ts';

const HASTY = { maxAttempts: 6, connectionMs: 1000, requestMs: 2000, silenceMs: 600 };

let faults: Faults;
beforeAll(async () => {
  faults = await withFaults();
});
afterAll(() => faults.close());

describe.concurrent('the store', () => {
  test.each(STORE_FAULTS.map((fault, index) => [fault.name, fault, `case${index}`] as const))(
    'gives the documented result if %s',
    { timeout: 60_000 },
    async (_, { decide, act, expected }, key) => {
      faults.set(key, decide);
      const prepared = storeWith('none', `${key}/`, HASTY);
      expect(await act(storeWith(key, `${key}/`, HASTY), prepared)).toEqual(expected);
      expect(faults.proxy.faults.get(key)).toBeGreaterThan(0);
    },
  );
});
