import { randomOf } from '../../bench/random.ts';
import { changeEvent, type Experiment, faultLab, mostReceives, visibilityTimeout } from './fault-lab.ts';

const changes = 20;
const batchSize = 100;
/** As the queue's `maximumConcurrency`. */
const checksAtOnce = 2;
const unreadable = [null, 7, 'text', [], {}, { detail: {} }, { detail: { eventName: 'RunInstances' } }];

/**
 * `size` events about twenty changes, in any order, with duplicates, one malformed event in a hundred, and events of
 * other accounts. Two checks at a time handle batches of a hundred.
 */
export const eventBurst: Experiment = async (seed, size) => {
  const random = randomOf(seed);
  const lab = faultLab(changes);
  await lab.scan();
  for (let n = 0; n < changes; n += 1) lab.changed.add(n);
  const queue: { readonly event: unknown; receives: number }[] = [];
  for (let n = 0; n < size; n += 1) {
    const duplicate = random.chance(0.2);
    const event = changeEvent(n % changes, `event-${duplicate ? random.int(n + 1) : n}`);
    queue.push({ event: random.chance(0.01) ? random.pick(unreadable) : event, receives: 0 });
  }
  queue.sort(() => random.next() - 0.5);
  let [batches, malformed, duplicates, dead] = [0, 0, 0, 0];
  const checker = async () => {
    for (let batch = queue.splice(0, batchSize); batch.length > 0; batch = queue.splice(0, batchSize)) {
      batches += 1;
      const events = batch.map(({ event }) => event);
      const { results } = await lab.check(
        events,
        lab.ports(() => new Promise(setImmediate)),
      );
      malformed += results.filter(({ outcome }) => outcome === 'unreadable').length;
      duplicates += results.filter(({ outcome }) => outcome === 'duplicate').length;
      for (const { index } of results.filter(({ outcome }) => outcome === 'unsent')) {
        const message = batch[index];
        if (message === undefined) continue;
        message.receives += 1;
        if (message.receives < mostReceives) queue.push(message);
        else dead += 1;
      }
      lab.pass(visibilityTimeout / 100);
    }
  };
  await Promise.all(Array.from({ length: checksAtOnce }, checker));
  return {
    load: `${size} events about ${changes} changes in ${batches} batches, two at a time`,
    faults: `any order, ${duplicates} duplicates, ${malformed} malformed, ${dead} given up`,
    lost: lab.lost(),
    doubled: lab.doubled(),
  };
};
