import { rateOf } from '../../lib/adapters/aws/rates.ts';
import type { Timer } from '../../lib/adapters/aws/token-bucket.ts';
import type { AwsCall } from './aws-call.ts';
import type { Decide } from './fault-proxy.ts';

/** Duration of a call in milliseconds. */
const LATENCY = 20;

/** A clock that moves only with calls and waiting, so that a busy machine measures the same. */
export function virtualClock(): Timer & { readonly tick: () => void } {
  let at = 0;
  return {
    now: () => at,
    sleep: async (ms) => {
      at += ms;
    },
    tick: () => {
      at += LATENCY;
    },
  };
}

/** The SDK's name of a service that signs with another name. */
const CLIENTS: Readonly<Record<string, string>> = {
  ...{ ec2: 'EC2', iam: 'IAM', ssm: 'SSM', sts: 'STS' },
  ...{ organizations: 'Organizations', lambda: 'Lambda', states: 'SFN' },
};

export interface Throttling {
  readonly decide: Decide;
  /** calls that were accepted and refused, by service and operation */
  readonly passed: Map<string, number>;
  readonly refused: Map<string, number>;
}

/**
 * AWS's buckets with the documented rates, by region and call: a call on an empty bucket is refused. `left`: the
 * part of each bucket that the account's own tools leave.
 */
export function throttling(clock: ReturnType<typeof virtualClock>, left = 1): Throttling {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const passed = new Map<string, number>();
  const refused = new Map<string, number>();
  const takes = ({ service, operation, region }: AwsCall): boolean => {
    const { bucket: kind, burst, perSecond } = rateOf(CLIENTS[service] ?? service, operation);
    const name = `${region} ${service} ${kind === 'together' ? '' : operation}`;
    const bucket = buckets.get(name) ?? { tokens: burst * left, at: 0 };
    buckets.set(name, bucket);
    const come = ((clock.now() - bucket.at) / 1000) * perSecond * left;
    bucket.tokens = Math.min(burst * left, bucket.tokens + come);
    bucket.at = clock.now();
    // the clock counts in fractions
    if (bucket.tokens < 0.999) return false;
    bucket.tokens -= 1;
    return true;
  };
  const decide: Decide = (call) => {
    clock.tick();
    const isLet = takes(call);
    const counts = isLet ? passed : refused;
    const name = `${call.service}.${call.operation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return isLet ? null : { kind: 'throttle' };
  };
  return { decide, passed, refused };
}
