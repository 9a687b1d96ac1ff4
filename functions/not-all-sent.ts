import { randomUUID } from 'node:crypto';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger, metrics } from './observe.ts';

/**
 * Something is still in `unsent/`. The state machine retries on this name, and so does every later step of
 * the account.
 */
export class NotAllSent extends Error {
  override readonly name = 'NotAllSent';
}

/** Names one call of a handler, since a claim of another call may still be active. */
export const newInvocation = (): string => randomUUID();

interface SendOutcome {
  readonly waiting: number;
  readonly unheard: number;
  readonly refused: number;
  readonly oldestSeconds: number | null;
  readonly problems: readonly string[];
}

/** Unsent messages are always visible: logged, counted, and watched by alarms. */
export function observeUnsent({ waiting, unheard, refused, oldestSeconds, problems }: SendOutcome): void {
  for (const problem of problems) logger.error('not as it should be', { problem });
  metrics.addMetric('Refused', MetricUnit.Count, refused);
  metrics.addMetric('Unsent', MetricUnit.Count, waiting + unheard);
  metrics.addMetric('OldestUnsent', MetricUnit.Seconds, oldestSeconds ?? 0);
}
