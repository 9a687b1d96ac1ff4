import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsClient } from './clients.ts';

export const sqsClient = (region: string): SQSClient =>
  awsClient(SQSClient, { region, useQueueUrlAsEndpoint: false });

/** Characters. SQS accepts longer attributes, but people read this one. */
const LONGEST_REASON = 500;

/** Stores an event that cannot be handled where people find it: the body unchanged, and the reason as an attribute. */
export type DeadLetters = (body: string, reason: string) => Promise<void>;

export const deadLetterQueue =
  (client: SQSClient, queueUrl: string): DeadLetters =>
  async (body, reason) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: {
          reason: { DataType: 'String', StringValue: plain(reason).slice(0, LONGEST_REASON) || 'unknown' },
        },
      }),
    );
  };

/** SQS rejects characters that XML cannot contain. */
const plain = (text: string): string =>
  text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ' ');
