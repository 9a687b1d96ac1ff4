import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Sends a message to a queue; `delay` is in seconds, at most 900. */
export const queueSender =
  (client: SQSClient, queueUrl: string) =>
  async (body: string, delay = 0): Promise<void> => {
    const later = delay > 0 ? { DelaySeconds: delay } : {};
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...later }));
  };

/** Makes a received message visible again after so many seconds, whatever the queue's visibility timeout is. */
export type VisibilityChanger = (receiptHandle: string, seconds: number) => Promise<void>;

export const visibilityChanger =
  (client: SQSClient, queueUrl: string): VisibilityChanger =>
  async (receiptHandle, seconds) => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  };
