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

/** Somebody claims it and is killed before it is sent or noted. */
async function killedWhileSending({ by }: ReturnType<typeof started>, invocation: string): Promise<void> {
  const { store, ...rest } = by(invocation);
  const dead = { ...store, replace: fails, get: store.get };
  await expect(sendOnce({ ...rest, store: dead }, 'k', sends)).rejects.toThrow('no connection');
}

describe('sendOnce', () => {
  it('sends the first time and never again, by whomever', async () => {
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

  it('gives the claim back when it is refused: whoever comes next may send at once', async () => {
    const { by } = started();
    await expect(sendOnce(by('a'), 'k', fails)).rejects.toThrow('no connection');
    expect(await sendOnce(by('b'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('waits out the claim of another call, which may be alive', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    expect(await sendOnce(bench.by('b'), 'k', fails)).toEqual({ outcome: 'being-sent' });
    bench.clock.pass(sendingTakesAtMost - 1);
    expect(await sendOnce(bench.by('b'), 'k', fails)).toEqual({ outcome: 'being-sent' });
    bench.clock.pass(1);
    expect(await sendOnce(bench.by('b'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('goes on with a claim of its own', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    expect(await sendOnce(bench.by('a'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('does not wait for ever where a clock was set back', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    bench.clock.pass(-10 * sendingTakesAtMost);
    expect(await sendOnce(bench.by('b'), 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it('need not wait where the same thing may be handed over twice', async () => {
    const bench = started();
    await killedWhileSending(bench, 'a');
    const ports = { ...bench.by('b'), sendingTakesAtMost: 0 };
    expect(await sendOnce(ports, 'k', sends)).toEqual({ outcome: 'sent' });
  });

  it.each(['', '{"state":"send', 'null', '[]', '{"state":"sending","at":"yesterday"}', '{"state":7}'])(
    'sends again, and says so, where the record is damaged: %s',
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

  it('sends once when many try at the same time', async () => {
    const { by } = started();
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => sendOnce(by(name), 'k', send)));
    expect(sent).toBe(1);
  });

  it('sends once when two take over from a dead one at the same time', async () => {
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
