import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import type { Mail } from '../ports/mailer.ts';
import type { Picture } from '../render/picture.ts';
import { pngOf } from './png.ts';

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** shown in the HTML part by `cid:` and the id */
  readonly pictures?: readonly { readonly id: string; readonly picture: Picture }[];
}

export interface MailEnvelope {
  readonly from: string;
  readonly to: readonly string[];
  /** names the message and its parts, so that the same run makes the same bytes */
  readonly id: string;
  readonly date: Date;
}

/** A MIME message with a plain text and an HTML part, and nothing that is loaded from elsewhere. */
export async function composeMail(content: MailText, envelope: MailEnvelope): Promise<Mail> {
  const message = new MailComposer({
    from: envelope.from,
    to: [...envelope.to],
    subject: content.subject,
    text: content.text,
    html: content.html,
    attachments: (content.pictures ?? []).map(({ id, picture }) => ({
      ...{ cid: id, filename: `${id}.png`, contentType: 'image/png', contentDisposition: 'inline' },
      content: pngOf(picture),
    })),
    date: envelope.date,
    messageId: `<${envelope.id}@latchkey.invalid>`,
    baseBoundary: envelope.id,
    textEncoding: shorterEncoding(`${content.text}${content.html}`),
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const mime = await message.compile().build();
  return { from: envelope.from, to: envelope.to, mime: mime.toString('utf8') };
}

/**
 * Quoted-printable writes a byte outside ASCII as three characters, and base64 writes each three bytes as four: base64
 * is shorter if more than a sixth of the bytes are such.
 */
function shorterEncoding(text: string): 'base64' | 'quoted-printable' {
  const bytes = new TextEncoder().encode(text);
  const foreign = bytes.reduce((sum, byte) => sum + Number(byte > 127), 0);
  return foreign > bytes.length / 6 ? 'base64' : 'quoted-printable';
}
