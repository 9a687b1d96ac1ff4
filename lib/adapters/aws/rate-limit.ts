import { remembered } from '../../memory/remembered.ts';
import { isThrottled } from './call-error.ts';
import { rateOf, SHARE } from './rates.ts';
import type { SdkCall } from './sdk-call.ts';
import { type Timer, TokenBucket } from './token-bucket.ts';

/** The part of the SDK's own types that is used here; no package of ours exports them. */
type Next = (args: object) => Promise<object>;
interface Stack {
  addRelativeTo(
    middleware: (next: Next, call: SdkCall) => Next,
    options: { readonly name: string; readonly relation: 'before'; readonly toMiddleware: string },
  ): void;
}

/** A plugin for the stack of an SDK client. */
export interface RateLimit {
  readonly applyToStack: (stack: Stack) => void;
}

/**
 * The rate limits of one account, by region: each try of each call waits for a token, so that the account's own tools
 * keep most of AWS's limits. The wait is before the request is signed, because a signature has a time.
 */
export function rateLimits(timer?: Timer): (region: string) => RateLimit {
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (region: string, { clientName = '', commandName = '' }: SdkCall): TokenBucket => {
    const service = clientName.replace(/Client$/, '');
    const operation = commandName.replace(/Command$/, '');
    const { bucket, burst, perSecond } = rateOf(service, operation);
    const name = `${region} ${service} ${bucket === 'together' ? '' : operation}`;
    return remembered(buckets, name, () => new TokenBucket(burst * SHARE, perSecond * SHARE, timer));
  };
  return (region) => ({
    applyToStack: (stack) =>
      stack.addRelativeTo((next, call) => limited(next, bucketOf(region, call)), {
        ...{ name: 'rateLimit', relation: 'before', toMiddleware: 'httpSigningMiddleware' },
      }),
  });
}

const limited =
  (next: Next, bucket: TokenBucket): Next =>
  async (args) => {
    await bucket.take();
    try {
      const answer = await next(args);
      bucket.passed();
      return answer;
    } catch (error) {
      if (isThrottled(error)) bucket.throttled();
      throw error;
    }
  };
