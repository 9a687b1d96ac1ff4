import { hash } from 'node:crypto';
import { type Random, randomOf } from '../../bench/random.ts';
import { awsSource } from '../../lib/adapters/aws/account-source.ts';
import { s3Client, s3Store } from '../../lib/adapters/aws/s3-store.ts';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import type { AwsCall } from '../faults/aws-call.ts';
import { smallAws, userXml } from '../faults/small-aws.ts';
import { setEnvironment } from '../fixtures/set-environment.ts';
import { lambdaContext } from '../functions/lambda-context.ts';
import { putUserPolicy } from '../pipeline/account.ts';
import { quiet, tickingClock } from '../pipeline/ports.ts';
import type { Experiment } from './fault-lab.ts';
import { Told } from './told.ts';

const ACCOUNT = '111122223333';
const PREFIX = `accounts/${ACCOUNT}/`;
const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The most events that SQS passes to a function at once, as deployed. */
const BATCH = 100;
const RECEIVES = 5;
/**
 * Few enough that each is reported by itself: with their findings they reach the limit of single alerts of one
 * audit.
 */
const CHANGES = 5;
const MALFORMED_SHARE = 0.01;

type Handler = (
  event: unknown,
  context: unknown,
) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;

const environmentOf = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_REGION: REGION,
  ACCOUNT_ID: ACCOUNT,
  PARTITION: 'aws',
  ACCOUNT_IDS: '',
  REGIONS: '',
  MEMBER_ROLE_NAME: '',
  EXTERNAL_ID: '',
  BUCKET: 'bucket',
  TOPIC: `arn:aws:sns:${REGION}:${ACCOUNT}:alerts`,
  EVENTS: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/events`,
  DEAD_LETTERS: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/dead`,
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
});

/**
 * `size` events at once through the function's handler, over HTTP to a small AWS. They report five changes, each
 * many times and in any order, and calls that changed nothing; one in a hundred is malformed. Two invocations work
 * at a time, as deployed. Each change is reported once, and each malformed event is set aside once.
 */
export const handlerBurst: Experiment = async (seed, size) => {
  const random = randomOf(seed, 'handler-burst');
  const users = Array.from({ length: Math.min(CHANGES, size) }, (_, index) => `user${index}end`);
  const told = new Told();
  const letters: string[] = [];
  let isChanged = false;
  const aws = await smallAws({
    'iam.GetAccountAuthorizationDetails': () =>
      `<IsTruncated>false</IsTruncated><UserDetailList>${users.map((name) => userXml(name, isChanged ? 'ssm:SendCommand' : 's3:ListBucket')).join('')}</UserDetailList><GroupDetailList/><RoleDetailList/><Policies/>`,
    'sns.Publish': (call) => publish(told, call),
    'sqs.ChangeMessageVisibility': () => ({}),
    'sqs.ChangeMessageVisibilityBatch': () => ({ Successful: [], Failed: [] }),
    'sqs.SendMessage': (call) => bury(letters, call),
  });
  const restore = setEnvironment(environmentOf(aws.endpoint));
  try {
    await firstScan();
    const { handler } = (await import('../../functions/check.ts')) as unknown as { handler: Handler };
    isChanged = true;
    const { bodies, malformed } = eventsAbout(users, size, random);
    const left = await deliver(handler, bodies);
    const missed = malformed.filter((body) => !letters.includes(body)).length;
    return {
      load: `${bodies.length} events about ${users.length} changes, through the function's handler, two at a time`,
      faults: `${bodies.length - users.length} of them again, idle or malformed (${malformed.length}), in any order`,
      lost: told.lost(users) + missed + left,
      doubled: told.doubled(users) + (letters.length - new Set(letters).size),
    };
  } finally {
    restore();
    await aws.close();
  }
};

function publish(told: Told, { input }: AwsCall): string {
  const attributes: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const name = input(`MessageAttributes.entry.${index}.Name`);
    if (name === undefined) break;
    attributes[name] = input(`MessageAttributes.entry.${index}.Value.StringValue`) ?? '';
  }
  const [subject = '', message = ''] = [input('Subject'), input('Message')];
  const key = attributes.key ?? `${subject}\n${message}`;
  told.alerts.push({ topic: input('TopicArn') ?? '', subject, message, attributes, key });
  return '<MessageId>1</MessageId>';
}

function bury(letters: string[], { input }: AwsCall): object {
  const body = input('MessageBody') ?? '';
  // the function also sends reminders to itself through the queue of events
  const isLetter = input('QueueUrl')?.endsWith('/dead') === true;
  if (isLetter) letters.push(body);
  return { MessageId: '1', MD5OfMessageBody: hash('md5', body) };
}

async function firstScan(): Promise<void> {
  const store = s3Store(s3Client(REGION, { credentials: CREDENTIALS }), 'bucket');
  const source = awsSource({ region: REGION, credentials: CREDENTIALS });
  const ports = { store, source, clock: tickingClock(), progress: quiet };
  const input = { run: '2026-08-23T10-15-00.000Z-000000', prefix: PREFIX };
  await collectStep(ports, input);
  await auditStep(ports, input);
}

/** Bodies of messages in any order: each change at least once, then repeated, idle and malformed events. */
function eventsAbout(users: readonly string[], size: number, random: Random) {
  const change = (index: number) => {
    const userName = users[index];
    return JSON.stringify(
      putUserPolicy(`event-${index}`, { requestParameters: { userName, policyName: 'own' } }),
    );
  };
  const bodies = users.map((_, index) => change(index));
  const malformed: string[] = [];
  while (bodies.length < size) {
    const number = bodies.length;
    if (random.chance(MALFORMED_SHARE)) {
      const body = random.pick(MALFORMED)(number);
      malformed.push(body);
      bodies.push(body);
    } else if (random.chance(0.1)) {
      bodies.push(JSON.stringify(putUserPolicy(`idle-${number}`, { eventName: 'ListUsers' })));
    } else bodies.push(change(random.int(users.length)));
  }
  return { bodies: shuffled(bodies, random), malformed };
}

/** Each contains its number, so that they differ. */
const MALFORMED: readonly ((number: number) => string)[] = [
  (number) => `{"number": ${number}`,
  (number) => JSON.stringify([number]),
  (number) => JSON.stringify(`text ${number}`),
  (number) => JSON.stringify({ number, detail: {} }),
  (number) => JSON.stringify({ number, detail: { eventSource: 'iam.amazonaws.com' } }),
  (number) => `{"__proto__": {"polluted": true}, "number": ${number}}`,
  (number) => JSON.stringify(putUserPolicy(`late-${number}`, { eventTime: 'yesterday' })),
];

/**
 * What SQS does: it delivers batches, two at a time, and delivers failed events again. Returns the events that were
 * never handled.
 */
async function deliver(handler: Handler, bodies: readonly string[]): Promise<number> {
  const queue = bodies.map((body, index) => ({ messageId: `m${index}`, body, receives: 0 }));
  let left = 0;
  const worker = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH);
      const Records = batch.map(({ messageId, body, receives }) => ({
        ...{ messageId, body, receiptHandle: messageId },
        attributes: { ApproximateReceiveCount: String(receives + 1) },
      }));
      const { batchItemFailures } = await handler({ Records }, lambdaContext);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of batch.filter(({ messageId }) => failed.has(messageId))) {
        message.receives += 1;
        if (message.receives < RECEIVES) queue.push(message);
        else left += 1;
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return left;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.int(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
