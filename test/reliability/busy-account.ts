import { randomOf } from '../../bench/random.ts';
import { putUserPolicy } from '../pipeline/account.ts';
import { changeEvent, type Experiment, faultLab } from './fault-lab.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** An event that makes a check read a whole service, and that names nothing of the account. */
const noise = (eventId: string, service: 'iam' | 'ec2') =>
  putUserPolicy(eventId, {
    eventSource: `${service}.amazonaws.com`,
    eventName: service === 'iam' ? 'PutUserPolicy' : 'CreateTags',
    requestParameters: { userName: 'nobody-here' },
  });

/**
 * `size` days with one scan each. Checks finish while the scan collects, and between that and its audit, sometimes
 * many in a minute. Each day one change has no event, and another is found by a check before its own event arrives.
 * Counted as lost: also a scan that did not become the latest, and an event that arrived and named nobody.
 */
export const busyAccount: Experiment = async (seed, size) => {
  const random = randomOf(seed);
  const lab = faultLab(2 * size);
  await lab.scan();
  let [checks, unadopted, unnamed] = [0, 0, 0];
  const check = async (...events: unknown[]) => {
    checks += 1;
    await lab.check(events);
    lab.pass(random.int(MINUTE));
  };
  const busy = async (most: number) => {
    for (let n = 1 + random.int(most); n > 0; n -= 1) {
      await check(noise(`noise-${checks}`, random.chance(0.5) ? 'iam' : 'ec2'));
    }
  };
  for (let day = 0; day < size; day += 1) {
    lab.pass(DAY);
    await busy(3);
    const [silent, late] = [2 * day, 2 * day + 1];
    const run = lab.newRun();
    lab.changed.add(silent);
    await lab.collect(run);
    await check(noise(`between-${day}`, 'ec2'));
    lab.changed.add(late);
    await busy(3);
    await lab.audit(run);
    const latest = JSON.parse((await lab.store.get('accounts/111122223333/latest.json'))?.body ?? 'null');
    if (latest?.run !== `runs/${run}`) unadopted += 1;
    await lab.send(run);
    await lab.publish(run);
    await check(changeEvent(late));
    if (!lab.sent.some(({ message }) => message.includes(`event-${late}\n`))) unnamed += 1;
  }
  return {
    load: `${size} days, a scan and two changes each, ${checks} checks`,
    faults: `every scan overtaken by checks, ${unadopted} of ${size} not adopted; half of the events never come, the others late`,
    lost: lab.lost() + unadopted + unnamed,
    doubled: lab.doubled(),
  };
};
