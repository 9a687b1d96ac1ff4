import { type Random, randomOf } from '../../bench/random.ts';
import {
  changeEvent,
  type Experiment,
  faultLab,
  idle,
  type Kills,
  mortal,
  mostReceives,
  visibilityTimeout,
} from './fault-lab.ts';

const changesPerSeries = 5;
const killedPerMoment = 0.005;
const deliveredTwice = 0.2;

/**
 * `size` series of five changes each. The events are delivered once or twice to two checks at a time while two scans
 * run. Every invocation may die before or after each step on the store or the topic, and is repeated by the queue or
 * the state machine. At the end one scan runs without faults.
 */
export const randomKills: Experiment = async (seed, size) => {
  const random = randomOf(seed);
  const tally = { kills: 0, unavoidable: 0 };
  let [lost, doubled] = [0, 0];
  for (let series = 0; series < size; series += 1) {
    const lab = await oneSeries(random, tally);
    lost += lab.lost();
    doubled += lab.doubled();
  }
  return {
    load: `${size * changesPerSeries} changes, their events once or twice, two checks and two scans at a time`,
    faults: `${tally.kills} invocations killed`,
    ...{ lost, doubled, unavoidable: tally.unavoidable },
  };
};

type Lab = ReturnType<typeof faultLab>;

async function oneSeries(random: Random, tally: Kills): Promise<Lab> {
  const lab = faultLab(changesPerSeries);
  await lab.scan();
  const dies = async () => {
    await idle(random, 4);
    return random.chance(killedPerMoment);
  };
  const ports = () => lab.ports(mortal(tally, dies));
  const queue = queueOf(lab, random, ports);
  const story = async () => {
    for (let n = 0; n < changesPerSeries; n += 1) {
      await idle(random, 60);
      lab.changed.add(n);
      queue.deliver(changeEvent(n));
      if (random.chance(deliveredTwice)) queue.deliver(changeEvent(n));
    }
    queue.close();
  };
  const scans = [1, 2].map(() => triedScan(lab, ports));
  await Promise.all([queue.checker(), queue.checker(), story(), ...scans]);
  lab.pass(24 * 3_600_000);
  await lab.scan();
  return lab;
}

/** A queue that delivers events in batches, and again after half an hour if they were not answered. */
function queueOf(lab: Lab, random: Random, ports: () => ReturnType<Lab['ports']>) {
  const queue: { readonly event: unknown; receives: number }[] = [];
  let isOpen = true;
  const receive = async (batch: typeof queue) => {
    const events = batch.map(({ event }) => event);
    const failed = await lab
      .check(events, ports())
      .then(({ results }) => batch.filter((_, index) => results[index]?.outcome === 'unsent'))
      .catch(() => batch);
    if (failed.length > 0) lab.pass(visibilityTimeout);
    for (const message of failed) message.receives += 1;
    queue.push(...failed.filter(({ receives }) => receives < mostReceives));
  };
  return {
    deliver: (event: unknown) => queue.push({ event, receives: 0 }),
    close: () => {
      isOpen = false;
    },
    checker: async () => {
      while (isOpen || queue.length > 0) {
        const batch = queue.splice(0, 1 + random.int(4));
        if (batch.length > 0) await receive(batch);
        else await new Promise(setImmediate);
      }
    },
  };
}

/** Each step three times, as in infrastructure/scan.yml. */
async function triedScan(lab: Lab, ports: () => ReturnType<Lab['ports']>): Promise<void> {
  const tried = async (step: (run: string, at: ReturnType<Lab['ports']>) => Promise<unknown>) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await step(run, ports());
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  };
  const run = lab.newRun();
  try {
    await tried(lab.collect);
    await tried(lab.audit);
    await tried(lab.send).catch(() => {});
    await tried(lab.publish);
  } catch {
    // the account or the scan failed: the next one sends what is left
  }
}
