import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Puts a message into a queue, to be received like any other. */
export const queueSender =
  (client: SQSClient, queueUrl: string) =>
  async (body: string): Promise<void> => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
