import type { VisibilityChanger } from '../lib/adapters/aws/event-queue.ts';
import { parallel } from '../lib/pipeline/parallel.ts';
import { logger } from './observe.ts';

/**
 * Seconds until a failed event is received again. The first wait is short, and five receives take more than
 * an hour: a short fault delays an alert little, and a longer one does not send every event to the dead
 * letters.
 */
const FIRST_WAITS: readonly number[] = [60, 300, 900];
const LAST_WAIT = 3600;

/** `receives`: how often the event was received, this time included. */
export const triedAgainAfter = (receives: number): number => FIRST_WAITS[receives - 1] ?? LAST_WAIT;

export interface Received {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** Makes the queue give the failed messages of a batch again sooner. */
export async function tryAgain(
  received: readonly Received[],
  failed: ReadonlySet<string>,
  comesBackIn: VisibilityChanger,
): Promise<void> {
  const again = received.filter(({ messageId }) => failed.has(messageId));
  await parallel(again, async ({ messageId, receiptHandle, attributes }) => {
    try {
      await comesBackIn(receiptHandle, triedAgainAfter(Number(attributes.ApproximateReceiveCount)));
    } catch (error) {
      // it comes again anyway, after the visibility timeout of the queue
      logger.warn('visibility not changed', { messageId, error: error as Error });
    }
  });
}
