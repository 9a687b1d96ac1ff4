import type { Mailer } from '../ports/mailer.ts';
import { composeMail, type MailText } from './compose-mail.ts';
import { type SendOncePorts, sendOnce, wasSent } from './send-once.ts';

/** Who the digest comes from and goes to. */
export interface MailSettings {
  readonly from: string;
  readonly to: readonly string[];
}

export interface DigestSent {
  readonly mails: number;
  /** whether all of it went out, now or before */
  readonly complete: boolean;
  /** the missing parts are being mailed by another command now */
  readonly beingSent: boolean;
  /** refused parts, and why */
  readonly problems: readonly string[];
}

interface About {
  readonly run: string;
  readonly mail: MailSettings;
  /** the record of the n-th mail, from 1 */
  readonly recordKeyOf: (part: number) => string;
}

/**
 * Mails the digest of a run once: to as many receivers at a time as the mailer accepts, each part with its
 * own record, so that a retry after a failure reaches those who did not get it. The digest is built only if
 * needed.
 */
export async function sendDigest(
  ports: SendOncePorts & { readonly mailer: Mailer },
  about: About,
  digestOf: () => Promise<MailText>,
): Promise<DigestSent> {
  const parts = partsOf(about.mail.to, ports.mailer.mostReceivers);
  const sent = await Promise.all(parts.map((_, index) => wasSent(ports.store, about.recordKeyOf(index + 1))));
  if (sent.every((one) => one)) return { mails: 0, complete: true, beingSent: false, problems: [] };
  const { run, mail } = about;
  const message = await composeMail(await digestOf(), { ...mail, id: run, date: ports.clock.now() });
  const problems: string[] = [];
  let mails = 0;
  let complete = true;
  let refused = false;
  for (const [index, to] of parts.entries()) {
    const part = index + 1;
    try {
      const { outcome, problem } = await sendOnce(ports, about.recordKeyOf(part), () =>
        ports.mailer.send({ ...message, to }, nameOf(run, part)),
      );
      if (outcome === 'sent') mails += 1;
      if (outcome === 'being-sent') complete = false;
      if (problem !== undefined) problems.push(`the digest of \`${run}\`: ${problem}: sent again`);
    } catch (error) {
      complete = false;
      refused = true;
      problems.push(`the digest of \`${run}\` to ${receiversText(to)}: ${(error as Error).message}`);
    }
  }
  return { mails, complete, beingSent: !complete && !refused, problems };
}

const nameOf = (run: string, part: number): string => (part === 1 ? run : `${run}-${part}`);

const receiversText = (to: readonly string[]): string =>
  to.length === 1 ? `\`${to[0]}\`` : `\`${to[0]}\` and ${to.length - 1} more`;

function partsOf(to: readonly string[], most: number): readonly (readonly string[])[] {
  const parts: (readonly string[])[] = [];
  for (let start = 0; start < to.length; start += most) parts.push(to.slice(start, start + most));
  return parts;
}
