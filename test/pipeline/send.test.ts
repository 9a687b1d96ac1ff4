import { beforeEach, describe, expect, it } from 'vitest';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { publishStep } from '../../lib/pipeline/publish.ts';
import { mostPerCall, sendingStopsAfter, sendStep } from '../../lib/pipeline/send.ts';
import { writeUnsent } from '../../lib/pipeline/unsent.ts';
import type { Alert } from '../../lib/ports/notifier.ts';
import { sendingTakesAtMost } from '../../lib/publish/send-once.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, workbench } from './account.ts';
import { keptMail } from './ports.ts';

type Bench = ReturnType<typeof workbench>;
let bench: Bench;
beforeEach(() => {
  bench = workbench(before);
});

/** Collects and audits: the run is the latest, and nothing was sent yet. */
async function audit(run: string, prefix = ''): Promise<void> {
  await collectStep(bench.ports, { run, prefix });
  await auditStep(bench.ports, { run, prefix });
}

const send = (run?: string, ports = bench.ports) =>
  sendStep(ports, { prefix: '', topic: 'alerts', ...(run !== undefined && { run }) });

const waiting = () => bench.ports.store.list('unsent/');
const sentKeys = () => bench.ports.notifier.alerts.map(({ key }) => key);

const alert = (key: string): Alert => ({
  ...{ topic: '', subject: `about ${key}`, message: 'm', attributes: { severity: 'high' }, key },
});

/** Stores alerts like an audit whose run became the latest. */
async function leave(run: string, previous: string | null, keys: readonly string[]): Promise<void> {
  const { store, clock } = bench.ports;
  const at = clock.now().toISOString();
  const record = JSON.stringify({ previous: previous === null ? null : `runs/${previous}` });
  await store.create(`runs/${run}/run.json`, record);
  const alerts = keys.map(alert);
  await writeUnsent(store, '', { run, previous }, { at, events: [], alerts, digest: false });
  const etag = (await store.get('latest.json'))?.etag ?? null;
  await store.replace('latest.json', JSON.stringify({ run: `runs/${run}` }), etag);
}

/** Audits a run on these objects and kills it at the first write, at the second, and so on. */
async function killedAtEachWrite(
  start: readonly (readonly [string, { readonly body: string }])[],
  run: string,
  then: (copy: Bench, killAt: number) => Promise<void>,
): Promise<void> {
  for (let killAt = 1; ; killAt += 1) {
    const copy = workbench(before);
    for (const [key, { body }] of start) await copy.ports.store.create(key, body);
    let writes = 0;
    const dying =
      <Arguments extends unknown[], Answer>(write: (...given: Arguments) => Promise<Answer>) =>
      async (...given: Arguments): Promise<Answer> => {
        writes += 1;
        if (writes >= killAt) throw new Error('killed');
        return write(...given);
      };
    const { create, replace, delete: remove } = copy.ports.store;
    const fragile = {
      ...copy.ports.store,
      ...{ create: dying(create), replace: dying(replace), delete: dying(remove) },
    };
    const ended = await auditStep({ ...copy.ports, store: fragile }, { run, prefix: '' }).then(
      () => true,
      () => false,
    );
    await then(copy, killAt);
    if (ended) return;
  }
}

describe('an alert', () => {
  it('waits in `unsent/` until it is sent, and leaves a note with its key', async () => {
    bench.ports.source.files = inputFiles(after);
    await audit('run-1');
    const left = await waiting();
    expect(left.length).toBeGreaterThan(0);
    expect(await send('run-1')).toMatchObject({ sent: left.length, waiting: 0, oldestSeconds: null });
    expect(await waiting()).toEqual([]);
    for (const { key, attributes, topic } of bench.ports.notifier.alerts) {
      expect(attributes.key).toBe(key);
      expect(topic).toBe('alerts');
      expect((await bench.ports.store.get(`alerts/${key}.json`))?.body).toContain('"sent"');
    }
    expect(await send('run-1')).toMatchObject({ sent: 0, waiting: 0 });
  });

  it('is there before the pointer moves: whichever write is the last one, a run that became the latest is reported', async () => {
    await audit('run-1');
    await send();
    bench.ports.source.files = inputFiles(after);
    await collectStep(bench.ports, { run: 'run-2', prefix: '' });
    const start = [...bench.ports.store.objects];
    let told = 0;
    await killedAtEachWrite(start, 'run-2', async (copy, killAt) => {
      const isLatest = (await copy.json<{ run: string }>('latest.json')).run === 'runs/run-2';
      const { sent } = await sendStep(copy.ports, { prefix: '', topic: 'alerts' });
      expect(sent > 0, `killed at write ${killAt}`).toBe(isLatest);
      if (isLatest) told += 1;
    });
    expect(told).toBeGreaterThan(0);
  });

  it.each([
    ['the first of all', false],
    ['one after another', true],
  ])('is sent once, whenever the scan dies: %s', async (_, isSecond) => {
    if (isSecond) {
      await audit('run-1');
      await send();
    }
    bench.ports.source.files = inputFiles(after);
    await collectStep(bench.ports, { run: 'run-2', prefix: '' });
    await killedAtEachWrite([...bench.ports.store.objects], 'run-2', async (copy, killAt) => {
      copy.ports.source.files = inputFiles(after);
      await collectStep(copy.ports, { run: 'run-3', prefix: '' });
      await auditStep(copy.ports, { run: 'run-3', prefix: '' });
      await sendStep(copy.ports, { prefix: '', topic: 'alerts', run: 'run-3' });
      const about = copy.ports.notifier.alerts.filter(({ message }) => message.includes('user/bob'));
      const kinds = about.map(({ attributes }) => attributes.kind).sort();
      expect(kinds, `killed at write ${killAt}`).toEqual([isSecond ? 'drift' : 'baseline']);
      expect(await copy.ports.store.list('unsent/')).toEqual([]);
    });
  });

  it('of an attempt that lost its race is not sent, that of the winner is', async () => {
    await audit('run-1');
    await send();
    bench.ports.notifier.alerts.length = 0;
    bench.ports.source.files = inputFiles(after);
    await collectStep(bench.ports, { run: 'run-2', prefix: '' });
    await collectStep(bench.ports, { run: 'run-3', prefix: '' });
    let meanwhile: readonly string[] = [];
    bench.ports.store.beforeReplace('latest.json', async () => {
      await auditStep(bench.ports, { run: 'run-3', prefix: '' });
      meanwhile = await waiting();
      // run-2 has stored what it would have reported compared with run-1
      expect(await send()).toMatchObject({ waiting: 0 });
      expect(await waiting()).toEqual([]);
    });
    await auditStep(bench.ports, { run: 'run-2', prefix: '' });
    expect(new Set(meanwhile.map((key) => key.split('_')[0]))).toEqual(
      new Set(['unsent/run-2', 'unsent/run-3']),
    );
    await send();
    expect(sentKeys().length).toBeGreaterThan(0);
    expect(new Set(sentKeys()).size).toBe(sentKeys().length);
    expect(await waiting()).toEqual([]);
  });

  it('is left alone while its run may still become the latest', async () => {
    await audit('run-1');
    await send();
    bench.ports.source.files = inputFiles(after);
    await collectStep(bench.ports, { run: 'run-2', prefix: '' });
    bench.ports.store.beforeReplace('latest.json', async () => {
      const there = await waiting();
      expect(there.length).toBeGreaterThan(0);
      expect(await send()).toMatchObject({ sent: 0, waiting: 0 });
      expect(await waiting()).toEqual(there);
    });
    await auditStep(bench.ports, { run: 'run-2', prefix: '' });
    expect((await send()).sent).toBeGreaterThan(0);
  });
});

describe('a refused alert', () => {
  it.each([1, 2, 3, 4, 5])('at the %i. send stops no other, waits, and is sent next', async (nth) => {
    await leave('run-1', null, ['a', 'b', 'c', 'd', 'e']);
    let tries = 0;
    const publish = async (one: Alert) => {
      tries += 1;
      if (tries === nth) throw new Error('KMSAccessDenied');
      await bench.ports.notifier.publish(one);
    };
    const first = await send('run-1', { ...bench.ports, notifier: { ...bench.ports.notifier, publish } });
    expect(first).toMatchObject({ sent: 4, refused: 1, waiting: 1 });
    expect(first.oldestSeconds).toBeGreaterThan(0);
    expect(first.problems).toEqual([
      expect.stringMatching(/about .*waits in `unsent\/run-1_.*KMSAccessDenied/),
    ]);
    expect(await send()).toMatchObject({ sent: 1, waiting: 0, problems: [] });
    expect(sentKeys().sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('that is refused forever is reported by every call, and delays no other', async () => {
    await leave('run-1', null, ['bad']);
    const publish = async (one: Alert) => {
      if (one.key === 'bad') throw new Error('InvalidParameter');
      await bench.ports.notifier.publish(one);
    };
    const ports = { ...bench.ports, notifier: { ...bench.ports.notifier, publish } };
    for (let day = 2; day < 5; day += 1) {
      await leave(`run-${day}`, `run-${day - 1}`, [`good-${day}`]);
      bench.ports.clock.pass(86_400_000);
      const output = await send(`run-${day}`, ports);
      expect(output).toMatchObject({ sent: 1, refused: 1, waiting: 1 });
      expect(output.oldestSeconds).toBeGreaterThan((day - 1) * 86_400);
    }
    expect(sentKeys()).toEqual(['good-2', 'good-3', 'good-4']);
  });

  it('is sent once by two senders at once', async () => {
    await leave('run-1', null, ['a', 'b', 'c']);
    const outputs = await Promise.all([
      send('run-1', { ...bench.ports, invocation: 'one' }),
      send('run-1', { ...bench.ports, invocation: 'two' }),
    ]);
    expect(outputs.reduce((sum, { sent }) => sum + sent, 0)).toBe(3);
    expect(sentKeys().sort()).toEqual(['a', 'b', 'c']);
    expect(await waiting()).toEqual([]);
  });
});

describe('a sender that was killed', () => {
  it('in the middle of a send is waited for, and then replaced', async () => {
    await leave('run-1', null, ['a']);
    const never = new Promise<never>(() => {});
    const dead = { ...bench.ports, invocation: 'dead', notifier: { publish: () => never } };
    void send('run-1', dead as unknown as Bench['ports']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await send()).toMatchObject({ sent: 0, refused: 0, waiting: 1, beingSent: 1 });
    bench.ports.clock.pass(sendingTakesAtMost);
    expect(await send()).toMatchObject({ sent: 1, waiting: 0 });
  });

  it('after it noted that an alert was sent leaves nothing to send again', async () => {
    await leave('run-1', null, ['a']);
    const broken = {
      ...bench.ports.store,
      delete: async () => {
        throw new Error('killed');
      },
    };
    await send('run-1', { ...bench.ports, store: broken } as unknown as Bench['ports']);
    expect(await waiting()).toHaveLength(1);
    expect(await send()).toMatchObject({ sent: 0, waiting: 0 });
    expect(sentKeys()).toEqual(['a']);
    expect(await waiting()).toEqual([]);
  });
});

describe('damage', () => {
  it('of a record sends its alert again, others as usual, and is reported', async () => {
    await leave('run-1', null, ['a', 'b', 'c']);
    await bench.ports.store.create('alerts/b.json', '{"state":"send');
    const output = await send();
    expect(output).toMatchObject({ sent: 3, waiting: 0, refused: 0 });
    expect(output.problems).toEqual([expect.stringContaining('`alerts/b.json` cannot be read')]);
  });

  it.each(['', '{"run":"run-1"', 'null', '[]', '{"run":"run-1","previous":null,"alert":7}'])(
    'of a waiting alert is reported and the object kept, others are sent: %s',
    async (body) => {
      await leave('run-1', null, ['a', 'b']);
      await bench.ports.store.create('unsent/run-0_000_x.json', body);
      const output = await send();
      expect(output).toMatchObject({ sent: 2, refused: 1, waiting: 1 });
      expect(output.problems).toEqual([expect.stringMatching(/unsent\/run-0_000_x\.json.*delete it/)]);
      expect(await waiting()).toEqual(['unsent/run-0_000_x.json']);
    },
  );

  it('of a run on the way back sends an alert rather than losing it', async () => {
    await leave('run-1', null, ['a']);
    await leave('run-2', 'run-1', ['b']);
    await leave('run-3', 'run-2', []);
    const { store } = bench.ports;
    const etag = (await store.get('runs/run-3/run.json'))?.etag ?? null;
    await store.replace('runs/run-3/run.json', '{"previ', etag);
    expect(await send()).toMatchObject({ sent: 2, waiting: 0 });
  });
});

describe('one call', () => {
  it('sends alerts of its own run first, then the oldest, up to its limit', async () => {
    const old = Array.from({ length: mostPerCall + 5 }, (_, n) => `old-${String(n).padStart(3, '0')}`);
    await leave('run-1', null, old);
    await leave('run-2', 'run-1', ['new']);
    const now = bench.ports.clock.now();
    const still = { ...bench.ports, clock: { ...bench.ports.clock, now: () => now } };
    expect(await send('run-2', still)).toMatchObject({ sent: mostPerCall, waiting: 6 });
    expect(sentKeys().slice(0, 3)).toEqual(['new', 'old-000', 'old-001']);
    expect(await send('run-2')).toMatchObject({ sent: 6, waiting: 0 });
    expect(new Set(sentKeys()).size).toBe(mostPerCall + 6);
  });

  it('finds its own run behind more than one page of others', async () => {
    await leave(
      'run-1',
      null,
      Array.from({ length: 1001 }, (_, n) => `${n}`),
    );
    await leave('run-2', 'run-1', ['new']);
    await send('run-2');
    expect(sentKeys()[0]).toBe('new');
  });

  it('starts no further alert if sending takes too long', async () => {
    await leave('run-1', null, ['a', 'b', 'c']);
    const publish = async (one: Alert) => {
      bench.ports.clock.pass(sendingStopsAfter);
      await bench.ports.notifier.publish(one);
    };
    const slow = { ...bench.ports, notifier: { ...bench.ports.notifier, publish } };
    expect(await send('run-1', slow)).toMatchObject({ sent: 1, refused: 0, waiting: 2 });
  });
});

describe('publish', () => {
  const mail = { from: 'latchkey@example.com', to: ['you@example.com'] };
  const publish = (run: string, more: object = {}) =>
    publishStep(bench.ports, {
      ...{ run, accounts: [{ prefix: '' }], topic: 'alerts', mail, reportBase: 'https://r.example/' },
      ...more,
    });

  it('mails even if alerts are refused, and sends alerts even if the mail is', async () => {
    bench.ports.source.files = inputFiles(after);
    await audit('run-1');
    bench.ports.notifier.failNext(99);
    const first = await publish('run-1');
    expect(first).toMatchObject({ alerts: 0, mails: 1, mailsWaiting: 0 });
    expect(first.refused).toBeGreaterThan(0);
    bench.ports.notifier.failNext(0);
    bench.ports.mailer.failNext(99);
    await audit('run-2');
    const second = await publish('run-2');
    expect(second.alerts).toBe(first.refused);
    expect(second).toMatchObject({ mails: 0, mailsWaiting: 1, waiting: 1 });
    expect(second.problems).toEqual([expect.stringMatching(/digest of `run-2`.*no mail today/)]);
    bench.ports.mailer.failNext(0);
    await audit('run-3');
    expect(await publish('run-3')).toMatchObject({ mails: 2, waiting: 0 });
    expect(await waiting()).toEqual([]);
  });

  it('counts what another command is sending separately from what was refused', async () => {
    bench.ports.source.files = inputFiles(after);
    await audit('run-1');
    bench.ports.source.files = inputFiles(before);
    await audit('run-2');
    const never = () => new Promise<never>(() => {});
    const other = { notifier: { publish: never }, mailer: { mostReceivers: 50, send: never } };
    const about = { run: 'run-2', accounts: [{ prefix: '' }], topic: 'alerts', mail };
    void sendStep({ ...bench.ports, ...other, invocation: 'other' }, { prefix: '', topic: 'alerts' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    void publishStep({ ...bench.ports, ...other, invocation: 'other' }, { ...about, accounts: [] });
    await new Promise((resolve) => setTimeout(resolve, 5));
    bench.ports.notifier.failNext(1);
    const output = await publish('run-2');
    expect(output).toMatchObject({ beingSent: 1, refused: 1, waiting: 2 });
    expect(output.problems).toHaveLength(1);
  });

  it('continues after an account whose alerts cannot be listed, or whose report is missing', async () => {
    await audit('run-1', 'accounts/1/');
    await audit('run-1', 'accounts/2/');
    await audit('run-1', 'accounts/3/');
    const { store } = bench.ports;
    const list = async (prefix: string, most?: number) => {
      if (prefix.startsWith('accounts/1/')) throw new Error('AccessDenied');
      return store.list(prefix, most);
    };
    for (const key of await store.list('accounts/2/runs/run-1/')) await store.delete(key, null);
    const output = await publishStep(
      { ...bench.ports, store: { ...store, list } },
      {
        ...{ run: 'run-1', topic: 'alerts', mail },
        accounts: [1, 2, 3].map((n) => ({ prefix: `accounts/${n}/` })),
      },
    );
    expect(output).toMatchObject({ mails: 1, leftOut: 1, refused: 1 });
    expect(output.problems.join('\n')).toMatch(/accounts\/1\/unsent\/.*AccessDenied[\s\S]*accounts\/2\/runs/);
  });

  it('mails more than fifty receivers in parts, and after a refusal only those who did not get it', async () => {
    const to = Array.from({ length: 120 }, (_, n) => `user${n}@example.com`);
    const mailer = keptMail(50);
    await audit('run-1');
    const send = { ...bench.ports, mailer };
    const input = { run: 'run-1', accounts: [{ prefix: '' }], topic: 'alerts', mail: { ...mail, to } };
    mailer.failNext();
    expect(await publishStep(send, input)).toMatchObject({ mails: 2, mailsWaiting: 1 });
    expect(await publishStep(send, input)).toMatchObject({ mails: 1, mailsWaiting: 0 });
    expect(mailer.mails.map((one) => one.to.length)).toEqual([50, 20, 50]);
    expect(mailer.mails.flatMap((one) => one.to).sort()).toEqual(to.toSorted());
  });

  it('sends everything once if it runs twice at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      bench = workbench(after);
      await audit('run-1');
      const wait = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
      const slow = {
        notifier: {
          publish: async (one: Alert) => {
            await wait();
            await bench.ports.notifier.publish(one);
          },
        },
        mailer: {
          ...bench.ports.mailer,
          send: async (one: Parameters<typeof bench.ports.mailer.send>[0]) => {
            await wait();
            await bench.ports.mailer.send(one);
          },
        },
      };
      const input = { run: 'run-1', accounts: [{ prefix: '' }], topic: 'alerts', mail };
      await Promise.all(
        ['one', 'two'].map(async (invocation) => {
          await wait();
          await publishStep({ ...bench.ports, ...slow, invocation }, input);
        }),
      );
      expect(new Set(sentKeys()).size).toBe(sentKeys().length);
      expect(sentKeys().length).toBeGreaterThan(0);
      expect(bench.ports.mailer.mails).toHaveLength(1);
    }
  });

  it('drops the oldest of many waiting digests, and says so', async () => {
    bench.ports.mailer.failNext(999);
    for (let day = 1; day <= 7; day += 1) {
      await audit(`run-${day}`);
      await publish(`run-${day}`);
    }
    expect(await waiting()).toEqual([3, 4, 5, 6, 7].map((day) => `unsent/run-${day}_digest.json`));
  });

  it('leaves no digest waiting if there are no receivers any more', async () => {
    bench.ports.mailer.failNext();
    await audit('run-1');
    await publish('run-1');
    await audit('run-2');
    expect(await publish('run-2', { mail: null })).toMatchObject({ mails: 0, waiting: 0 });
    expect(await waiting()).toEqual([]);
  });
});

describe('alerts of the first scan', () => {
  /** The ports with a topic that says whether it has subscribers, and counts how often it was asked. */
  function withTopic(answer: () => boolean) {
    const asked: string[] = [];
    const hasReceivers = async (topic: string) => {
      asked.push(topic);
      return answer();
    };
    return { asked, ports: { ...bench.ports, notifier: { ...bench.ports.notifier, hasReceivers } } };
  }

  it('wait until somebody is subscribed, alerts of later runs do not', async () => {
    await leave('run-1', null, ['a', 'b']);
    await leave('run-2', 'run-1', ['c']);
    let isSubscribed = false;
    const { asked, ports } = withTopic(() => isSubscribed);
    const first = await send(undefined, ports);
    expect(first).toMatchObject({ sent: 1, waiting: 0, unheard: 2, refused: 0 });
    expect(first.oldestSeconds).toBeGreaterThan(0);
    expect(first.problems.join()).toMatch(/2 alerts of the first scan wait .* no subscription/);
    expect(sentKeys()).toEqual(['c']);
    expect(await waiting()).toHaveLength(2);
    expect(asked).toEqual(['alerts']);
    isSubscribed = true;
    expect(await send(undefined, ports)).toMatchObject({ sent: 2, waiting: 0, unheard: 0, problems: [] });
    expect(await waiting()).toEqual([]);
  });

  it('delay no others, however many they are', async () => {
    await leave(
      'run-1',
      null,
      Array.from({ length: mostPerCall + 5 }, (_, n) => `a${n}`),
    );
    await leave('run-2', 'run-1', ['z']);
    const { ports } = withTopic(() => false);
    const now = ports.clock.now();
    const still = { ...ports, clock: { ...ports.clock, now: () => now } };
    expect(await send(undefined, still)).toMatchObject({ sent: 1, waiting: 0, unheard: mostPerCall + 5 });
  });

  it('are sent if it cannot be found out who is subscribed', async () => {
    await leave('run-1', null, ['a']);
    const { ports } = withTopic(() => {
      throw new Error('AuthorizationError');
    });
    expect(await send(undefined, ports)).toMatchObject({ sent: 1, unheard: 0, refused: 0 });
  });
});
