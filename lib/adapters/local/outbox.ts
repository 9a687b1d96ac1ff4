import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mailer } from '../../ports/mailer.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { jsonText } from '../../snapshot/json-text.ts';
import { createFile } from './folder-file.ts';

/**
 * Writes alerts as SNS would receive them: `<dir>/<run>-<n>-alert.json`, n from 1. An alert that is sent again, because
 * the result of the first try is not known, is found by its key and not written twice.
 */
export function outboxNotifier(dir: string): Notifier {
  return {
    publish: async ({ topic, subject, message, attributes, key }, run) => {
      const body = `${jsonText({ topic, subject, message, attributes, key }, 2)}\n`;
      for (let n = 1; ; n++) {
        const file = join(dir, `${run}-${n}-alert.json`);
        if ((await createFile(file, body)) === 'created' || (await keyIn(file)) === key) return;
      }
    },
  };
}

async function keyIn(file: string): Promise<unknown> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { key?: unknown } | null)?.key;
  } catch {
    return undefined; // removed or changed by somebody: another number is free
  }
}

/** Writes mails as SES would receive them: `<dir>/<name>-digest.eml`, once. */
export function outboxMailer(dir: string): Mailer {
  return {
    mostReceivers: Number.POSITIVE_INFINITY,
    send: async ({ mime }, name) => {
      await createFile(join(dir, `${name}-digest.eml`), mime);
    },
  };
}
