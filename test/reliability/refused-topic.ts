import { triedAgainAfter } from '../../functions/try-again.ts';
import { changeEvent, type Experiment, faultLab } from './fault-lab.ts';

const changesPerRound = 5;

/**
 * `size` rounds: five changes, and a topic that refuses everything for one whole scan or check, or each n-th message
 * of it. Then a day without faults: one scan, or the event once more.
 */
export const refusedTopic: Experiment = async (seed, size) => {
  let [lost, doubled, refusals] = [0, 0, 0];
  for (let round = 0; round < size; round += 1) {
    const lab = faultLab(changesPerRound);
    await lab.scan();
    for (let n = 0; n < changesPerRound; n += 1) lab.changed.add(n);
    const nth = 1 + ((seed + round) % (changesPerRound + 1));
    let tries = 0;
    const refuses = () => {
      tries += 1;
      const refused = nth > changesPerRound || tries % nth === 0;
      if (refused) refusals += 1;
      return refused;
    };
    const ports = () => lab.ports(undefined, refuses);
    if (round % 2 === 0) {
      const run = lab.newRun();
      await lab.collect(run, ports());
      await lab.audit(run, ports());
      for (let attempt = 0; attempt < 3; attempt += 1) await lab.send(run, ports());
      for (let attempt = 0; attempt < 5; attempt += 1) await lab.publish(run, ports());
      lab.pass(24 * 3_600_000);
      await lab.scan();
    } else {
      const events = Array.from({ length: changesPerRound }, (_, n) => changeEvent(n));
      await lab.check(events, ports());
      lab.pass(triedAgainAfter(1) * 1000);
      await lab.check(events);
    }
    lost += lab.lost();
    doubled += lab.doubled();
  }
  return {
    load: `${size * changesPerRound} changes, scans and checks by turns`,
    faults: `${refusals} messages refused`,
    ...{ lost, doubled },
  };
};
