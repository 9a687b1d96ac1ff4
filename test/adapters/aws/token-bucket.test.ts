import { describe, expect, test } from 'vitest';
import { TokenBucket } from '../../../lib/adapters/aws/token-bucket.ts';

/** A clock that moves only for those who wait, one after another. */
function fakeTimer() {
  const timer = {
    at: 0,
    waited: [] as number[],
    now: () => timer.at,
    sleep: async (ms: number) => {
      timer.waited.push(ms);
      timer.at += ms;
    },
  };
  return timer;
}

/** The second at which each of these calls is let through. */
async function seconds(bucket: TokenBucket, timer: ReturnType<typeof fakeTimer>, calls: number) {
  const at: number[] = [];
  for (let call = 0; call < calls; call++) {
    await bucket.take();
    at.push(timer.at / 1000);
  }
  return at;
}

describe('a bucket', () => {
  test('lets its burst through at once, and then as many as are refilled', async () => {
    const timer = fakeTimer();
    expect(await seconds(new TokenBucket(3, 2, timer), timer, 6)).toEqual([0, 0, 0, 0.5, 1, 1.5]);
  });

  test('is no fuller after an hour than at the start', async () => {
    const timer = fakeTimer();
    const bucket = new TokenBucket(2, 1, timer);
    await seconds(bucket, timer, 2);
    timer.at += 3_600_000;
    expect(await seconds(bucket, timer, 4)).toEqual([3600, 3600, 3601, 3602]);
  });

  test('lets waiting calls through in order, each after the one before', async () => {
    const waited: number[] = [];
    const bucket = new TokenBucket(1, 4, {
      now: () => 0,
      sleep: async (ms) => waited.push(ms),
    });
    await Promise.all([bucket.take(), bucket.take(), bucket.take()]);
    expect(waited).toEqual([250, 500]);
  });

  test('slows down after each refusal, and speeds up with each call that succeeds', async () => {
    const timer = fakeTimer();
    const bucket = new TokenBucket(10, 8, timer);
    const next = async () => {
      const from = timer.at;
      await bucket.take();
      return timer.at - from;
    };
    bucket.throttled();
    expect(await next()).toBe(250);
    for (let refusals = 0; refusals < 9; refusals++) bucket.throttled();
    expect(await next()).toBe(2000);
    for (let passes = 0; passes < 100; passes++) bucket.passed();
    expect(await next()).toBe(125);
  });

  test('has at least one token', async () => {
    const timer = fakeTimer();
    expect(await seconds(new TokenBucket(0.4, 1, timer), timer, 2)).toEqual([0, 1]);
  });
});
