import { describe, expect, it } from 'vitest';
import { sendingTakesAtMost, sendOnce } from '../../lib/publish/send-once.ts';
import { memoryStore } from '../pipeline/memory-store.ts';

const clockAt = (start: string) => {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

const started = () => {
  const [store, clock] = [memoryStore(), clockAt('2026-08-23T10:15:00.000Z')];
  const by = (invocation: string) => ({ store, clock, invocation });
  return { store, clock, by };
};
const fails = async () => {
  throw new Error('no connection');
};
const sends = async () => {};

/** Another process claims it and is killed before it sends or notes anything. */
async function killedWhileSending({ by }: ReturnType<typeof started>, invocation: string): Promise<void> {
  const { store, ...rest } = by(invocation);
  const dead = { ...store, replace: fails, get: store.get };
  await expect(sendOnce({ ...rest, store: dead }, 'k', sends)).rejects.toThrow('no connection');
}

describe('sendOnce', () => {
  it('sends the first time and never again, whoever calls', async () => {
    const { by, clock } = started();
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    expect(await sendOnce(by('a'), 'alerts/k.json', send)).toEqual({ outcome: 'sent' });
    expect(await sendOnce(by('a'), 'alerts/k.json', send)).toEqual({ outcome: 'sent-before' });
    clock.pass(sendingTakesAtMost * 10);
    expect(await sendOnce(by('b'), 'alerts/k.json', send)).toEqual({ outcome: 'sent-before' });
    expect(sent).toBe(1);
  });

  it('releases the claim if it is refused, so that the next caller may send at once', async () => {
    const { by } = started();
    await expect(sendOnce(by('a'), 'k', fails)).rejects.toThrow('no connection');
    expect(await sendOnce(by('b'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('waits for the claim of another call, which may still be running', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    expect(await sendOnce(bench.by('b'), 'k', fails)).toEqual({ outcome: 'being-sent' });
    bench.clock.pass(sendingTakesAtMost - 1);
    expect(await sendOnce(bench.by('b'), 'k', fails)).toEqual({ outcome: 'being-sent' });
    bench.clock.pass(1);
    expect(await sendOnce(bench.by('b'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('continues with its own claim', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    expect(await sendOnce(bench.by('a'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('does not wait forever if a clock was set back', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    bench.clock.pass(-10 * sendingTakesAtMost);
    expect(await sendOnce(bench.by('b'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('need not wait if sending the same thing twice counts once', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    const ports = { ...bench.by('b'), sendingTakesAtMost: 0 };
    expect(await sendOnce(ports, 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it.each(['', '{"state":"send', 'null', '[]', '{"state":"sending","at":"yesterday"}', '{"state":7}'])(
    'sends again, and says so, if the record is damaged: %s',
    async (body) => {
      const { by, store } = started();
      await store.create('k', body);
      let sent = 0;
      const first = await sendOnce(by('a'), 'k', async () => {
        sent += 1;
      });
      expect(first).toEqual({ outcome: 'sent', problem: expect.stringContaining('`k` cannot be read') });
      expect(await sendOnce(by('b'), 'k', fails)).toEqual({ outcome: 'sent-before' });
      expect(sent).toBe(1);
    },
  );

  it('reads the records of earlier releases', async () => {
    const { by, store } = started();
    await store.create('k', '{"state":"sent","run":"run-1","at":"2026-08-23T10:14:00.000Z"}');
    await store.create('l', '{"state":"sending","run":"run-1","at":"2026-08-23T10:14:00.000Z"}');
    expect(await sendOnce(by('a'), 'k', fails)).toEqual({ outcome: 'sent-before' });
    expect(await sendOnce(by('a'), 'l', fails)).toEqual({ outcome: 'being-sent' });
  });

  it('sends once if many try at the same time', async () => {
    const { by } = started();
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => sendOnce(by(name), 'k', send)));
    expect(sent).toBe(1);
  });

  it('sends once if two take over from a dead one at the same time', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    bench.clock.pass(sendingTakesAtMost);
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    await Promise.all([sendOnce(bench.by('b'), 'k', send), sendOnce(bench.by('c'), 'k', send)]);
    expect(sent).toBe(1);
  });
});
