import type { Notifier } from '../ports/notifier.ts';
import type { UnsentAlert } from './unsent.ts';

/**
 * Tells of alerts whether they have to wait because nobody would get them. Only those of the first scan do: it may run
 * before anybody has confirmed a subscription, and what it tells is told once. Later on, having no subscriber is a choice.
 */
export function unheardOn(
  notifier: Notifier,
  topic: string,
): (entry: Pick<UnsentAlert, 'previous'>) => Promise<boolean> {
  let isHeard: Promise<boolean> | undefined;
  return async ({ previous }) => {
    if (previous !== null || notifier.hasReceivers === undefined) return false;
    // where that cannot be found out, an alert to nobody is better than one that waits for ever
    isHeard ??= notifier.hasReceivers(topic).catch(() => true);
    return !(await isHeard);
  };
}
