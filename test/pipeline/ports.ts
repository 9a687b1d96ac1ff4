import type { Mail } from '../../lib/ports/mailer.ts';
import type { Alert } from '../../lib/ports/notifier.ts';

/** A clock that advances by a second on each call, so that all times of a test differ. */
export function tickingClock(start = '2026-08-23T10:15:00.000Z') {
  let now = Date.parse(start) - 1000;
  return {
    now: () => {
      now += 1000;
      return new Date(now);
    },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

export const quiet = { step: () => {} };

/** A notifier that records its alerts; `failNext` makes the next one fail like a lost connection. */
export function keptAlerts() {
  const alerts: Alert[] = [];
  let failing = 0;
  return {
    alerts,
    failNext: (times = 1) => {
      failing = times;
    },
    publish: async (alert: Alert) => {
      if (failing > 0) {
        failing -= 1;
        throw new Error('no connection');
      }
      alerts.push(alert);
    },
  };
}

/** A mailer that records its mails; `failNext` as for alerts. */
export function keptMail(mostReceivers = 50) {
  const mails: Mail[] = [];
  let failing = 0;
  return {
    mostReceivers,
    mails,
    failNext: (times = 1) => {
      failing = times;
    },
    send: async (mail: Mail) => {
      if (failing > 0) {
        failing -= 1;
        throw new Error('no mail today');
      }
      mails.push(mail);
    },
  };
}
