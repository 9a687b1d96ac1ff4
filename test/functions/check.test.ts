import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, type Asked, type FakeAws, fakeAws, s3Error } from '../adapters/aws/fake-aws.ts';
import { lambdaContext } from './lambda-context.ts';
import { memoryS3 } from './memory-s3.ts';

type Handler = (
  event: unknown,
  context: unknown,
) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;

const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  ACCOUNT_ID: '111122223333',
  PARTITION: 'aws',
  ACCOUNT_IDS: '',
  REGIONS: '',
  MEMBER_ROLE_NAME: '',
  EXTERNAL_ID: '',
  BUCKET: 'bucket',
  TOPIC: 'arn:aws:sns:us-east-1:111122223333:alerts',
  EVENTS: 'https://sqs.us-east-1.amazonaws.com/111122223333/events',
  DEAD_LETTERS: 'https://sqs.us-east-1.amazonaws.com/111122223333/dead',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
};

let aws: FakeAws;
let handler: Handler;
let answer: (asked: Asked) => Answer;
let reminders: { QueueUrl: string; MessageBody: string; DelaySeconds: number }[];
let madeVisible: { QueueUrl: string; ReceiptHandle: string; VisibilityTimeout: number }[];
let letters: { MessageBody: string; MessageAttributes: { reason: { StringValue: string } } }[];

beforeAll(async () => {
  aws = await fakeAws((asked) => (isVisibility(asked) ? makeVisible(asked) : answer(asked)));
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  ({ handler } = (await import('../../functions/check.ts')) as unknown as { handler: Handler });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

beforeEach(() => {
  const s3 = memoryS3();
  letters = [];
  reminders = [];
  madeVisible = [];
  visibilityRefused = false;
  answer = (asked) => (isLetter(asked) ? takeLetter(asked) : s3.answer(asked));
});

let visibilityRefused = false;

const isVisibility = ({ headers }: Asked): boolean =>
  headers['x-amz-target'] === 'AmazonSQS.ChangeMessageVisibility';

function makeVisible({ body }: Asked): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  if (visibilityRefused) return { status: 403, headers, body: '{"__type":"AccessDenied"}' };
  madeVisible.push(JSON.parse(body));
  return { status: 200, headers, body: '{}' };
}

const isLetter = ({ headers }: Asked): boolean => headers['x-amz-target'] === 'AmazonSQS.SendMessage';

function takeLetter({ body }: Asked): Answer {
  const letter = JSON.parse(body);
  (letter.QueueUrl === ENVIRONMENT.DEAD_LETTERS ? letters : reminders).push(letter);
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ MessageId: '1', MD5OfMessageBody: hash('md5', letter.MessageBody) }),
  };
}

const event = async (name: string) =>
  JSON.parse(await readFile(path.join('events', 'check', `${name}.json`), 'utf8'));

test('unreadable events go unchanged to the dead-letter queue, with the reason, and the others continue', async () => {
  const batch = await event('unreadable-among-good');
  expect(await handler(batch, lambdaContext)).toEqual({ batchItemFailures: [] });
  const bodies = batch.Records.map(({ body }: { body: string }) => body);
  expect(letters.map(({ MessageBody }) => MessageBody)).toEqual([bodies[1], bodies[2], bodies[3]]);
  const reasons = letters.map(({ MessageAttributes }) => MessageAttributes.reason.StringValue);
  expect(reasons[0]).toMatch(/^the body is not JSON/);
  expect(reasons[1]).toMatch(/neither a CloudTrail record|no CloudTrail record/);
  expect(reasons[2]).toMatch(/`eventName`/);
});

test('an event before the first scan waits for it, and so does its reminder', async () => {
  expect(await handler(await event('attach-user-policy'), lambdaContext)).toEqual({ batchItemFailures: [] });
  expect(letters).toEqual([]);
  expect(reminders).toMatchObject([{ QueueUrl: ENVIRONMENT.EVENTS, DelaySeconds: 900 }]);
  const record = {
    ...{ messageId: 'reminder', body: reminders[0]?.MessageBody, receiptHandle: 'AQEBexample' },
    attributes: { ApproximateReceiveCount: '1' },
  };
  expect(await handler({ Records: [record] }, lambdaContext)).toEqual({ batchItemFailures: [] });
  expect(letters).toEqual([]);
  expect(reminders).toHaveLength(2);
});

test('an event that the dead-letter queue refuses stays in the queue, so nothing is lost', async () => {
  answer = (asked) =>
    isLetter(asked) ? { status: 403, body: '{"__type":"AccessDenied"}' } : memoryS3().answer(asked);
  const batch = await event('unreadable-among-good');
  const failed = await handler(batch, lambdaContext);
  const ids = batch.Records.map(({ messageId }: { messageId: string }) => messageId);
  expect(failed.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual([
    ids[1],
    ids[2],
    ids[3],
  ]);
});

test('a failed event is retried alone, and unreadable ones are not sent a second time', async () => {
  answer = (asked) => (isLetter(asked) ? takeLetter(asked) : s3Error(403, 'AccessDenied'));
  const batch = await event('unreadable-among-good');
  const failed = await handler(batch, lambdaContext);
  const ids = batch.Records.map(({ messageId }: { messageId: string }) => messageId);
  expect(letters).toHaveLength(1);
  expect(failed.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
    ids[0],
    ids[2],
    ids[3],
    ids[4],
  ]);
});

describe("a failed event becomes visible again earlier than by the queue's own timeout", () => {
  /** The events of a file whose check fails, after this many deliveries. */
  async function received(...receives: readonly number[]) {
    answer = (asked) => (isLetter(asked) ? takeLetter(asked) : s3Error(403, 'AccessDenied'));
    const { Records } = await event('attach-user-policy');
    return {
      Records: receives.map((count, n) => ({
        ...Records[0],
        ...{ messageId: `m-${n}`, receiptHandle: `receipt-${n}` },
        attributes: { ...Records[0].attributes, ApproximateReceiveCount: String(count) },
      })),
    };
  }

  test('after a minute at first, and later each time: five deliveries last for more than an hour', async () => {
    await handler(await received(1, 2, 3, 4, 5, 6), lambdaContext);
    const waits = madeVisible
      .sort((a, b) => a.ReceiptHandle.localeCompare(b.ReceiptHandle))
      .map(({ VisibilityTimeout }) => VisibilityTimeout);
    expect(waits).toEqual([60, 300, 900, 3600, 3600, 3600]);
    expect(new Set(madeVisible.map(({ QueueUrl }) => QueueUrl))).toEqual(new Set([ENVIRONMENT.EVENTS]));
  });

  test('and other events are left alone', async () => {
    const { Records } = await received(1);
    const unreadable = { ...Records[0], messageId: 'm-bad', receiptHandle: 'receipt-bad', body: 'no JSON' };
    const { batchItemFailures } = await handler({ Records: [unreadable, ...Records] }, lambdaContext);
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-0' }]);
    expect(madeVisible.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(['receipt-0']);
  });

  test('and if the queue refuses that, the events still fail, each by itself', async () => {
    visibilityRefused = true;
    const { batchItemFailures } = await handler(await received(1, 1), lambdaContext);
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-0' }, { itemIdentifier: 'm-1' }]);
  });
});
