import { randomOf } from '../../bench/random.ts';
import { type Experiment, faultLab, idle } from './fault-lab.ts';

const changesPerRound = 5;

/**
 * `size` rounds: a scan of five changes whose send and publish run twice at once, as when a state machine retries
 * while the first attempt is still running. A second mail counts as doubled as well.
 */
export const publishTwice: Experiment = async (seed, size) => {
  const random = randomOf(seed);
  let [lost, doubled, sent] = [0, 0, 0];
  for (let round = 0; round < size; round += 1) {
    const lab = faultLab(changesPerRound);
    await lab.scan();
    const before = lab.mails.length;
    for (let n = 0; n < changesPerRound; n += 1) lab.changed.add(n);
    const run = lab.newRun();
    await lab.collect(run);
    await lab.audit(run);
    const slow = () => idle(random, 20);
    await Promise.all(
      [1, 2].map(async () => {
        await slow();
        await lab.send(run, lab.ports(slow));
        await lab.publish(run, lab.ports(slow));
      }),
    );
    lost += lab.lost();
    doubled += lab.doubled() + Math.max(0, lab.mails.length - before - 1);
    sent += lab.sent.length;
  }
  return {
    load: `${size} scans, ${sent} alerts, ${size} mails`,
    faults: 'each sent and published twice at once',
    ...{ lost, doubled },
  };
};
