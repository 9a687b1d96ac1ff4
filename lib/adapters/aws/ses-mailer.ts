import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mailer } from '../../ports/mailer.ts';
import { awsClient } from './clients.ts';

export const sesClient = (region: string): SESv2Client => awsClient(SESv2Client, { region });

/** SES takes at most this many recipients a message. */
const MOST_RECIPIENTS = 50;

/** Whole MIME messages through SES v2. Throws what SES throws, for example where the sender is not verified. */
export const sesMailer = (client: SESv2Client): Mailer => ({
  mostReceivers: MOST_RECIPIENTS,
  async send({ from, to, mime }) {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [...to] },
        Content: { Raw: { Data: Buffer.from(mime, 'utf8') } },
      }),
    );
  },
});
