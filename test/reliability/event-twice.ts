import { randomOf } from '../../bench/random.ts';
import { changeEvent, type Experiment, faultLab, idle, mortal, visibilityTimeout } from './fault-lab.ts';

/** More than the number of steps by which a check changes the store and the topic. */
const moments = 120;

/**
 * `size` rounds: one event is delivered to two checks at once. The first one is killed at another moment in each
 * round, the second one continues, and after half an hour the queue delivers again what was not answered.
 */
export const eventTwice: Experiment = async (seed, size) => {
  const random = randomOf(seed);
  const tally = { kills: 0, unavoidable: 0 };
  let [lost, doubled] = [0, 0];
  for (let round = 0; round < size; round += 1) {
    const lab = faultLab(1);
    await lab.scan();
    lab.changed.add(0);
    const killAt = size >= moments ? round % moments : random.int(moments);
    let moment = 0;
    const dies = () => {
      moment += 1;
      return moment === killAt;
    };
    const event = changeEvent(0);
    await Promise.allSettled([
      lab.check([event], lab.ports(mortal(tally, dies))),
      lab.check(
        [event],
        lab.ports(() => idle(random, 3)),
      ),
    ]);
    for (let receive = 0; receive < 2; receive += 1) {
      lab.pass(visibilityTimeout);
      await lab.check([event]);
    }
    lost += lab.lost();
    doubled += lab.doubled();
  }
  return {
    load: `${size} events, each delivered to two checks at once and then again`,
    faults: `${tally.kills} checks killed, each at another moment`,
    ...{ lost, doubled, unavoidable: tally.unavoidable },
  };
};
