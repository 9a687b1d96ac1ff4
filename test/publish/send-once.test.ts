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

const started = () => ({ store: memoryStore(), clock: clockAt('2026-08-23T10:15:00.000Z') });
const fails = async () => {
  throw new Error('no connection');
};

describe('sendOnce', () => {
  it('sends the first time and never again, by whatever run', async () => {
    const ports = started();
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    expect(await sendOnce(ports, 'alerts/k.json', 'run-1', send)).toBe(true);
    expect(await sendOnce(ports, 'alerts/k.json', 'run-1', send)).toBe(false);
    ports.clock.pass(sendingTakesAtMost * 10);
    expect(await sendOnce(ports, 'alerts/k.json', 'run-2', send)).toBe(false);
    expect(sent).toBe(1);
  });

  it('sends again when the same run tries again after a failure', async () => {
    const ports = started();
    await expect(sendOnce(ports, 'k', 'run-1', fails)).rejects.toThrow('no connection');
    expect(await sendOnce(ports, 'k', 'run-1', async () => {})).toBe(true);
  });

  it('leaves a sender alone that may still be alive, and takes over from one that died', async () => {
    const ports = started();
    await expect(sendOnce(ports, 'k', 'run-1', fails)).rejects.toThrow();
    expect(await sendOnce(ports, 'k', 'run-2', async () => {})).toBe(false);
    ports.clock.pass(sendingTakesAtMost + 1);
    expect(await sendOnce(ports, 'k', 'run-2', async () => {})).toBe(true);
  });

  it('sends once when two runs try at the same time', async () => {
    const ports = started();
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    await Promise.all([sendOnce(ports, 'k', 'run-1', send), sendOnce(ports, 'k', 'run-2', send)]);
    expect(sent).toBe(1);
  });

  it('sends once when two runs take over from a dead one at the same time', async () => {
    const ports = started();
    await expect(sendOnce(ports, 'k', 'run-1', fails)).rejects.toThrow();
    ports.clock.pass(sendingTakesAtMost + 1);
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    await Promise.all([sendOnce(ports, 'k', 'run-2', send), sendOnce(ports, 'k', 'run-3', send)]);
    expect(sent).toBe(1);
  });
});
