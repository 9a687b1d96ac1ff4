import { join } from 'node:path';
import type { Mailer } from '../../ports/mailer.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { jsonText } from '../../snapshot/json-text.ts';
import { createFile } from './folder-file.ts';

/** Writes what SNS would have been handed: `<dir>/<time>-<n>-alert.json`, n from 1. */
export function outboxNotifier(dir: string, time: string): Notifier {
  return {
    publish: async ({ topic, subject, message, attributes, key }) => {
      const body = `${jsonText({ topic, subject, message, attributes, key }, 2)}\n`;
      for (let n = 1; ; n++) {
        if ((await createFile(join(dir, `${time}-${n}-alert.json`), body)) === 'created') return;
      }
    },
  };
}

/** Writes what SES would have been handed: `<dir>/<time>-digest.eml`; a second mail is `<time>-2-digest.eml`. */
export function outboxMailer(dir: string, time: string): Mailer {
  return {
    send: async ({ mime }) => {
      for (let n = 1; ; n++) {
        const name = n === 1 ? `${time}-digest.eml` : `${time}-${n}-digest.eml`;
        if ((await createFile(join(dir, name), mime)) === 'created') return;
      }
    },
  };
}
