import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { emulated, type Stack } from './stack.ts';

/** An alert as a subscriber of the topic receives it. */
export interface ReceivedAlert {
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** The parts of a deployed stack that tests read, each through the API that a person would use. */
export function deployed(endpoint: string, stack: Stack) {
  const settings = emulated(endpoint);
  const s3 = new S3Client(settings);
  const sfn = new SFNClient(settings);
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const Bucket = stack.outputs.BucketName;

  const receive = async (QueueUrl: string, seconds: number): Promise<readonly Message[]> => {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
        }),
      );
      for (const { ReceiptHandle } of Messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      if (Messages.length > 0) return Messages;
    }
    return [];
  };

  return {
    async read(key: string): Promise<string> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    },
    async keys(prefix: string): Promise<readonly string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
    /** runs a scan to its end and returns its output */
    async scan(): Promise<Record<string, unknown>> {
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn: stack.outputs.ScanStateMachineArn, input: '{}' }),
      );
      for (let waited = 0; waited < 240; waited++) {
        const { status, output, error, cause } = await sfn.send(
          new DescribeExecutionCommand({ executionArn }),
        );
        if (status === 'SUCCEEDED') return JSON.parse(output ?? '{}');
        if (status !== 'RUNNING') throw new Error(`the scan is ${status}: ${error}: ${cause}`);
        await sleep(250);
      }
      throw new Error('the scan did not end in a minute');
    },
    /** a queue that is subscribed to the topic of the alerts */
    async subscribe(): Promise<(seconds: number) => Promise<readonly ReceivedAlert[]>> {
      const QueueName = 'alerts-for-people';
      const Endpoint = `arn:aws:sqs:us-east-1:${stack.outputs.TopicArn?.split(':')[4]}:${QueueName}`;
      const letTopicIn = {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: Endpoint,
        Condition: { ArnEquals: { 'aws:SourceArn': stack.outputs.TopicArn } },
      };
      const { QueueUrl = '' } = await sqs.send(
        new CreateQueueCommand({
          QueueName,
          Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [letTopicIn] }) },
        }),
      );
      await new SNSClient(settings).send(
        new SubscribeCommand({ TopicArn: stack.outputs.TopicArn, Protocol: 'sqs', Endpoint }),
      );
      return async (seconds) =>
        (await receive(QueueUrl, seconds)).map(({ Body = '{}' }) => alertOf(JSON.parse(Body)));
    },
    /** puts a body on the queue of events, without the bus */
    enqueue: (MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: stack.resources.EventQueue ?? '', MessageBody })),
    deadLetters: (seconds: number) => receive(stack.outputs.DeadLetterQueueUrl ?? '', seconds),
    /** lines of a function's log since a given time, parsed */
    async log(name: string, since: number): Promise<readonly Record<string, unknown>[]> {
      const { events = [] } = await new CloudWatchLogsClient(settings).send(
        new FilterLogEventsCommand({ logGroupName: `/aws/lambda/latchkey-prod-${name}`, startTime: since }),
      );
      return events.flatMap(({ message = '' }) => {
        try {
          return [JSON.parse(message)];
        } catch {
          return [];
        }
      });
    },
    verifySender: (address: string) =>
      new SESv2Client(settings).send(new CreateEmailIdentityCommand({ EmailIdentity: address })),
    /** what SES received */
    async mails(): Promise<string> {
      return (await fetch(`${endpoint}/_ministack/ses/messages`)).text();
    },
  };
}

interface Notification {
  readonly Subject?: string;
  readonly Message?: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

const alertOf = ({ Subject = '', Message = '', MessageAttributes = {} }: Notification): ReceivedAlert => ({
  subject: Subject,
  message: Message,
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { Type, Value }]) => [
      name,
      Type === 'String.Array' ? (JSON.parse(Value) as readonly string[]) : Value,
    ]),
  ),
});
