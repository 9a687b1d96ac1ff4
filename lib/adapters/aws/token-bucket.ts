import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds since any fixed moment, and a way to wait. */
export interface Timer {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const TIMER: Timer = { now: () => performance.now(), sleep };

/** The slowest speed, as a share of the full one. */
const SLOWEST = 1 / 16;

/** Number of successful calls that add half of the full speed again. */
const RECOVERY = 50;

/**
 * A bucket of tokens, one for each call: a call without a token waits for the next. If a service throttles, others use
 * more than their part: tokens are then added at half the speed, and faster again with each successful call.
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

  /** Takes a token. Waiting calls are served in order. */
  async take(): Promise<void> {
    this.#refill();
    this.#tokens -= 1;
    if (this.#tokens < 0) await this.#timer.sleep((-this.#tokens * 1000) / this.#rate());
  }

  /** The service answered the call. */
  passed(): void {
    if (this.#speed === 1) return;
    this.#refill();
    this.#speed = Math.min(1, this.#speed + 0.5 / RECOVERY);
  }

  /** The service throttled: the tokens in the bucket are not valid any more. */
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
