import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { handedOnBody } from '../../functions/event-batch.ts';
import { type Answer, type Asked, type FakeAws, fakeAws } from '../adapters/aws/fake-aws.ts';
import { putUserPolicy } from '../pipeline/account.ts';
import { lambdaContext } from './lambda-context.ts';
import { memoryS3 } from './memory-s3.ts';
import { sqsBatch } from './sqs-batch.ts';

type Handler = (
  event: unknown,
  context: unknown,
) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;

const accounts = ['111122223333', '444455556666', '777788889999'];
const EVENTS = 'https://sqs.us-east-1.amazonaws.com/111122223333/events';
const ENVIRONMENT = {
  ...{ AWS_REGION: 'us-east-1', ACCOUNT_ID: '111122223333', PARTITION: 'aws', EVENTS },
  ...{ ACCOUNT_IDS: accounts.join(','), REGIONS: '', MEMBER_ROLE_NAME: 'latchkey-member', EXTERNAL_ID: 'x' },
  ...{ BUCKET: 'bucket', TOPIC: 'arn:aws:sns:us-east-1:111122223333:alerts' },
  DEAD_LETTERS: 'https://sqs.us-east-1.amazonaws.com/111122223333/dead',
  ...{ POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
};

let aws: FakeAws;
let handler: Handler;
let s3: ReturnType<typeof memoryS3>;
let put: { QueueUrl: string; MessageBody: string }[];
let madeVisible: { QueueUrl: string; ReceiptHandle: string; VisibilityTimeout: number }[];
let refuses: boolean;

const answer = (asked: Asked): Answer => {
  const target = asked.headers['x-amz-target'];
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  if (target === 'AmazonSQS.ChangeMessageVisibility') {
    madeVisible.push(JSON.parse(asked.body));
    return { status: 200, headers, body: '{}' };
  }
  if (target !== 'AmazonSQS.SendMessage') return s3.answer(asked);
  if (refuses) return { status: 403, headers, body: '{"__type":"AccessDenied"}' };
  const message = JSON.parse(asked.body);
  put.push(message);
  const body = JSON.stringify({ MessageId: '1', MD5OfMessageBody: hash('md5', message.MessageBody) });
  return { status: 200, headers, body };
};

beforeAll(async () => {
  aws = await fakeAws(answer);
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  ({ handler } = (await import('../../functions/check.ts')) as unknown as { handler: Handler });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

beforeEach(() => {
  s3 = memoryS3();
  put = [];
  madeVisible = [];
  refuses = false;
});

const scp = {
  ...putUserPolicy('e-scp', { eventSource: 'organizations.amazonaws.com', eventName: 'AttachPolicy' }),
  source: 'aws.organizations',
};
test('a change of a guardrail is passed on as one message for each account', async () => {
  expect(await handler(sqsBatch(JSON.stringify(scp)), lambdaContext)).toEqual({ batchItemFailures: [] });
  expect(put.map(({ QueueUrl }) => QueueUrl)).toEqual(accounts.map(() => EVENTS));
  expect(
    put.map(({ MessageBody }) => JSON.parse(MessageBody)).sort((a, b) => a.checkAccount - b.checkAccount),
  ).toEqual(accounts.map((checkAccount) => ({ checkAccount, envelope: scp })));
  expect(await handler(sqsBatch(...put.map(({ MessageBody }) => MessageBody)), lambdaContext)).toEqual({
    batchItemFailures: [],
  });
  // each account also sends itself a reminder, since it has no scan yet
  expect(put.filter(({ MessageBody }) => !MessageBody.includes('look-again'))).toHaveLength(accounts.length);
});

test('a message that the queue refuses is retried', async () => {
  refuses = true;
  const { batchItemFailures } = await handler(sqsBatch(JSON.stringify(scp)), lambdaContext);
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-0' }]);
  expect(madeVisible).toMatchObject([{ ReceiptHandle: 'receipt-0', VisibilityTimeout: 60 }]);
});

test('accounts without time are delivered again, and the first one is always started', async () => {
  const bodies = accounts.map((id) => handedOnBody(id, scp));
  const late = { ...lambdaContext, getRemainingTimeInMillis: () => 60_000 };
  const { batchItemFailures } = await handler(sqsBatch(...bodies), late);
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-2' }]);
  expect(madeVisible.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(['receipt-1', 'receipt-2']);
});
