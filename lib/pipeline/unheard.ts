import type { Notifier } from '../ports/notifier.ts';
import type { UnsentAlert } from './unsent.ts';

/**
 * Decides whether alerts have to wait because they have no receiver. Only those of the first scan do: it may
 * run before anybody has confirmed a subscription, and its alerts are sent once. Later, having no subscriber
 * is a choice.
 */
export function unheardOn(
  notifier: Notifier,
  topic: string,
): (entry: Pick<UnsentAlert, 'previous'>) => Promise<boolean> {
  let isHeard: Promise<boolean> | undefined;
  return async ({ previous }) => {
    if (previous !== null || notifier.hasReceivers === undefined) return false;
    // if that is not known, an alert without a receiver is better than one that waits for ever
    isHeard ??= notifier.hasReceivers(topic).catch(() => true);
    return !(await isHeard);
  };
}
