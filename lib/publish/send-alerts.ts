import type { Clock } from '../ports/clock.ts';
import type { Alert, Notifier } from '../ports/notifier.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { sendOnce } from './send-once.ts';

/** Sends the alerts that were not sent before, by any run. Answers how many went out. */
export async function sendAlerts(
  ports: { readonly store: ObjectStore; readonly notifier: Notifier; readonly clock: Clock },
  run: string,
  alerts: readonly Alert[],
  recordKeyOf: (alertKey: string) => string,
): Promise<number> {
  let sent = 0;
  for (const alert of alerts) {
    if (await sendOnce(ports, recordKeyOf(alert.key), run, () => ports.notifier.publish(alert))) sent += 1;
  }
  return sent;
}
