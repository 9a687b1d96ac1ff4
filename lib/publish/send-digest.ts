import type { Clock } from '../ports/clock.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { composeMail, type MailText } from './compose-mail.ts';
import { sendOnce } from './send-once.ts';

/** Who the digest comes from and goes to. */
export interface MailSettings {
  readonly from: string;
  readonly to: readonly string[];
}

/** Mails the digest of a run, once. Answers how many mails went out. */
export async function sendDigest(
  ports: { readonly store: ObjectStore; readonly mailer: Mailer; readonly clock: Clock },
  digest: MailText,
  about: { readonly run: string; readonly recordKey: string; readonly mail: MailSettings },
): Promise<number> {
  const { run, recordKey, mail } = about;
  const message = await composeMail(digest, { ...mail, id: run, date: ports.clock.now() });
  return (await sendOnce(ports, recordKey, run, () => ports.mailer.send(message))) ? 1 : 0;
}
