import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Puts a message into a queue, to be received like any other; `delay` is in seconds, at most 900. */
export const queueSender =
  (client: SQSClient, queueUrl: string) =>
  async (body: string, delay = 0): Promise<void> => {
    const later = delay > 0 ? { DelaySeconds: delay } : {};
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...later }));
  };
