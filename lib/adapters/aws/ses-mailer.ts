import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mailer } from '../../ports/mailer.ts';
import { awsClient } from './clients.ts';

export const sesClient = (region: string): SESv2Client => awsClient(SESv2Client, { region });

/** The largest number of recipients of one message in SES. */
const MOST_RECIPIENTS = 50;

/**
 * Whole MIME messages through SES v2. `identityArn`: the sender's identity if it is in another account, whose policy
 * lets this one send. Throws the error of SES, for example if the sender is not verified.
 * https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html
 */
export const sesMailer = (client: SESv2Client, identityArn = ''): Mailer => ({
  mostReceivers: MOST_RECIPIENTS,
  async send({ from, to, mime }) {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        ...(identityArn !== '' && { FromEmailAddressIdentityArn: identityArn }),
        Destination: { ToAddresses: [...to] },
        Content: { Raw: { Data: Buffer.from(mime, 'utf8') } },
      }),
    );
  },
});
