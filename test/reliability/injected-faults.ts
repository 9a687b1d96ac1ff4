import { PATIENT, type Patience } from '../../lib/adapters/aws/clients.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { COLLECT_FAULTS, collectWith, deviations } from '../faults/collect-faults.ts';
import { STORE_FAULTS, storeWith } from '../faults/store-faults.ts';
import { type Faults, withFaults } from '../faults/with-faults.ts';
import type { Experiment } from './fault-lab.ts';

/** A case that takes longer counts as hanging. */
const LONGEST_MS = 300_000;

/** A part of the faults, for tests, which cannot wait as long as deployed functions do. */
const patienceOf = (isHasty: boolean): Patience =>
  isHasty ? { maxAttempts: 6, connectionMs: 1000, requestMs: 2000, silenceMs: 600 } : PATIENT;

/** The first `size` faults of collecting, all at once. `lost` counts those with a wrong result. */
export const collectFaults: Experiment = async (_, size) => {
  const patience = patienceOf(size < COLLECT_FAULTS.length);
  return under(COLLECT_FAULTS.slice(0, size), 'scans of an account', async (faults, fault, key, whole) => {
    faults.set(key, fault.decide(patience));
    const wrong = deviations(fault, await collectWith(key, patience), await whole(patience));
    return wrong.length === 0;
  });
};

/** The same for the faults of the store. */
export const storeFaults: Experiment = async (_, size) => {
  const patience = patienceOf(size < STORE_FAULTS.length);
  return under(STORE_FAULTS.slice(0, size), 'uses of the bucket', async (faults, fault, key) => {
    faults.set(key, fault.decide);
    const got = await fault.act(storeWith(key, `${key}/`, patience), storeWith('none', `${key}/`, patience));
    return JSON.stringify(got) === JSON.stringify(fault.expected);
  });
};

async function under<Case>(
  cases: readonly Case[],
  what: string,
  holds: (
    faults: Faults,
    one: Case,
    key: string,
    whole: (patience: Patience) => Promise<Snapshot>,
  ) => Promise<boolean>,
): ReturnType<Experiment> {
  const faults = await withFaults();
  let read: Promise<Snapshot> | null = null;
  const whole = (patience: Patience): Promise<Snapshot> => {
    read ??= collectWith('none', patience) as Promise<Snapshot>;
    return read;
  };
  try {
    const held = await Promise.all(
      cases.map((one, index) => inTime(holds(faults, one, `case${index}`, whole))),
    );
    const injected = [...faults.proxy.faults.values()].reduce((sum, count) => sum + count, 0);
    return {
      load: `${cases.length} ${what}`,
      faults: `${cases.length} kinds, ${injected} requests that went wrong`,
      lost: held.filter((good) => !good).length,
      doubled: 0,
    };
  } finally {
    await faults.close();
  }
}

/** False if it throws or hangs. */
async function inTime(work: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | null = null;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LONGEST_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return false;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}
