import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds from any moment on, and a way to wait for some. */
export interface Timer {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const TIMER: Timer = { now: () => performance.now(), sleep };

/** As slow as it gets: one in so many. */
const SLOWEST = 1 / 16;

/** Answers after which half the speed is back. */
const RECOVERY = 50;

/**
 * A bucket of tokens, one for a call: who finds none waits until one comes back. A service that throttles says that
 * others take more than their part: from then on tokens come back at half the speed, and faster again with each call
 * that goes through.
 */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #timer: Timer;
  #tokens: number;
  #at: number;
  #speed = 1;

  constructor(burst: number, perSecond: number, timer: Timer = TIMER) {
    this.#burst = Math.max(1, burst);
    this.#perSecond = perSecond;
    this.#timer = timer;
    this.#tokens = this.#burst;
    this.#at = timer.now();
  }

  /** Takes a token. Those who wait are let through in the order in which they came. */
  async take(): Promise<void> {
    this.#refill();
    this.#tokens -= 1;
    if (this.#tokens < 0) await this.#timer.sleep((-this.#tokens * 1000) / this.#rate());
  }

  /** The service did what it was asked to. */
  passed(): void {
    if (this.#speed === 1) return;
    this.#refill();
    this.#speed = Math.min(1, this.#speed + 0.5 / RECOVERY);
  }

  /** The service said that there are too many calls: what is left here is not there. */
  throttled(): void {
    this.#refill();
    this.#tokens = Math.min(this.#tokens, 0);
    this.#speed = Math.max(SLOWEST, this.#speed / 2);
  }

  #refill(): void {
    const now = this.#timer.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#rate());
    this.#at = now;
  }

  #rate(): number {
    return this.#perSecond * this.#speed;
  }
}
