import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { s3Client, s3Store } from '../../lib/adapters/aws/s3-store.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { type Answer, type Asked, type FakeAws, fakeAws, queryError } from '../adapters/aws/fake-aws.ts';
import { type FileAccount, inputFiles } from '../fixtures/input-files.ts';
import { after, before, putUserPolicy } from '../pipeline/account.ts';
import { memorySource } from '../pipeline/memory-source.ts';
import { quiet, tickingClock } from '../pipeline/ports.ts';
import { lambdaContext } from './lambda-context.ts';
import { memoryS3 } from './memory-s3.ts';
import { sqsBatch } from './sqs-batch.ts';

type Handler = (event: unknown, context: unknown) => Promise<Record<string, unknown>>;

const accountId = '111122223333';
const prefix = `accounts/${accountId}/`;
const ENVIRONMENT = {
  ...{ AWS_REGION: 'us-east-1', ACCOUNT_ID: accountId, PARTITION: 'aws', ACCOUNT_IDS: '' },
  ...{ REGIONS: '', MEMBER_ROLE_NAME: '', EXTERNAL_ID: '', BUCKET: 'bucket', RUN_RETENTION_DAYS: '400' },
  TOPIC: 'arn:aws:sns:us-east-1:111122223333:alerts',
  EVENTS: 'https://sqs.us-east-1.amazonaws.com/111122223333/events',
  DEAD_LETTERS: 'https://sqs.us-east-1.amazonaws.com/111122223333/dead',
  ...{ MAIL_FROM: 'latchkey@example.com', MAIL_TO: 'team@example.com', MAIL_IDENTITY_ARN: '' },
  ...{ POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
};

let aws: FakeAws;
let handlers: Record<'audit' | 'send' | 'fix' | 'publish' | 'check', Handler>;
let s3: ReturnType<typeof memoryS3>;
let published: URLSearchParams[];
let mails: string[];
let refusesAlerts: (nth: number) => boolean;
let refusesMail: boolean;
let subscribed: number | null;

beforeAll(async () => {
  aws = await fakeAws(answer);
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  const load = async (name: string) =>
    ((await import(`../../functions/${name}.ts`)) as { handler: Handler }).handler;
  handlers = {
    ...{ audit: await load('audit'), send: await load('send'), fix: await load('fix') },
    ...{ publish: await load('publish'), check: await load('check') },
  };
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

beforeEach(() => {
  s3 = memoryS3();
  published = [];
  mails = [];
  refusesAlerts = () => false;
  refusesMail = false;
  subscribed = 1;
});

let asked = 0;

function answer(request: Asked): Answer {
  if (request.path.startsWith('/v2/email/outbound-emails')) return takeMail(request);
  if (request.headers['x-amz-target'] === 'AmazonSQS.ChangeMessageVisibility')
    return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: '{}' };
  if (!request.path.startsWith('/bucket')) return takeAlert(request);
  return s3.answer(request);
}

function takeAlert({ body }: Asked): Answer {
  if (new URLSearchParams(body).get('Action') === 'GetTopicAttributes') return topicAttributes();
  asked += 1;
  if (refusesAlerts(asked)) return queryError(403, 'KMSAccessDenied', 'the key is disabled');
  published.push(new URLSearchParams(body));
  return {
    status: 200,
    body: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  };
}

function topicAttributes(): Answer {
  if (subscribed === null) return queryError(403, 'AuthorizationError', 'not allowed');
  const entry = `<entry><key>SubscriptionsConfirmed</key><value>${subscribed}</value></entry>`;
  return {
    status: 200,
    body: `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entry}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
  };
}

function takeMail({ body }: Asked): Answer {
  const headers = { 'content-type': 'application/json' };
  if (refusesMail) return { status: 400, headers, body: '{"__type":"MessageRejected","message":"sandbox"}' };
  mails.push(body);
  return { status: 200, headers, body: '{"MessageId":"1"}' };
}

/** What the state machine does with one account and then with the run, as in infrastructure/scan.yml. */
async function scan(run: string, account: FileAccount) {
  const item = { run, accountId, prefix };
  const source = memorySource(inputFiles(account));
  await collectStep(
    {
      ...{ source, clock: tickingClock(), progress: quiet },
      store: s3Store(s3Client('us-east-1'), 'bucket'),
    },
    { run, prefix },
  );
  const audited = await handlers.audit(item, lambdaContext);
  asked = 0;
  const unsent = await twice(() => handlers.send(item, lambdaContext));
  const fixed = await handlers.fix(item, lambdaContext);
  const outcomes = [{ accountId, prefix, ...(unsent !== null && { unsent: unsent.name }) }];
  const plan = { run, accounts: [{ accountId, prefix }], outcomes };
  const waits = await twice(() => handlers.publish(plan, lambdaContext));
  return { audited, unsent, fixed, waits };
}

/** The error of the second attempt, if that fails as well. */
async function twice(step: () => Promise<unknown>): Promise<Error | null> {
  try {
    await step();
    return null;
  } catch {
    return step().then(
      () => null,
      (error: Error) => error,
    );
  }
}

const keys = () =>
  published.map((one) => {
    const names = [...one].filter(([, value]) => value === 'key').map(([name]) => name);
    return one.get(names[0]?.replace('Name', 'Value.StringValue') ?? '');
  });
const unsent = () => [...s3.objects.keys()].filter((key) => key.includes('unsent/'));

describe('the first scan', () => {
  test('keeps its alerts until somebody is subscribed, and succeeds; the next one sends them', async () => {
    subscribed = 0;
    expect(await scan('run-1', after)).toMatchObject({ unsent: null, waits: null });
    expect(published).toEqual([]);
    expect(mails).toHaveLength(1);
    const kept = unsent().length;
    expect(kept).toBeGreaterThan(0);
    subscribed = 1;
    await scan('run-2', after);
    expect(published).toHaveLength(kept);
    expect(unsent()).toEqual([]);
  });

  test('sends its alerts if it may not read who is subscribed', async () => {
    subscribed = null;
    expect(await scan('run-1', after)).toMatchObject({ unsent: null, waits: null });
    expect(published.length).toBeGreaterThan(0);
    expect(unsent()).toEqual([]);
  });
});

describe('the deployed scan', () => {
  test('sends the alerts of an account before it publishes, each with its key, and mails', async () => {
    const { fixed, ...ends } = await scan('run-1', after);
    expect(ends).toMatchObject({ unsent: null, waits: null });
    expect(fixed.findings).toBeGreaterThan(0);
    expect([...s3.objects.keys()]).toContain(`${prefix}runs/run-1/fixes.json`);
    expect(published.length).toBeGreaterThan(0);
    expect(mails).toHaveLength(1);
    expect(keys().every((key) => /^[dfr]-[0-9a-f]{24}$/.test(key ?? ''))).toBe(true);
    expect(unsent()).toEqual([]);
    expect(published[0]?.get('Message')).toContain(
      'Report: https://us-east-1.console.aws.amazon.com/s3/object/bucket',
    );
  });

  test('mails even if its topic refuses everything, ends with the reason, and loses nothing', async () => {
    await scan('run-1', before);
    published.length = 0;
    refusesAlerts = () => true;
    const refused = await scan('run-2', after);
    expect(refused.unsent?.name).toBe('NotAllSent');
    expect(refused.waits?.name).toBe('NotAllSent');
    expect(mails).toHaveLength(2);
    const waiting = unsent();
    expect(waiting.length).toBeGreaterThan(0);
    refusesAlerts = () => false;
    expect(await scan('run-3', after)).toMatchObject({ unsent: null, waits: null });
    expect(published).toHaveLength(waiting.length);
    expect(published.some((one) => one.get('Message')?.includes('user/bob'))).toBe(true);
    expect(unsent()).toEqual([]);
  });

  test.each([1, 2, 3])(
    'sends the %i. message at the next attempt, once, if its topic refuses it',
    async (nth) => {
      refusesAlerts = (count) => count === nth;
      expect(await scan('run-1', after)).toMatchObject({ unsent: null, waits: null });
      expect(published.length).toBeGreaterThan(0);
      expect(new Set(keys()).size).toBe(published.length);
      expect(unsent()).toEqual([]);
    },
  );

  test('sends its alerts if the mail is refused, and the mail with the next scan', async () => {
    refusesMail = true;
    const refused = await scan('run-1', after);
    expect(refused.unsent).toBeNull();
    expect(refused.waits?.name).toBe('NotAllSent');
    expect(published.length).toBeGreaterThan(0);
    expect(unsent()).toEqual(['unsent/run-1_digest.json']);
    refusesMail = false;
    await scan('run-2', after);
    expect(mails).toHaveLength(2);
    expect(unsent()).toEqual([]);
  });

  test('sends in publish what earlier runs of a failed account could not', async () => {
    refusesAlerts = () => true;
    await scan('run-1', after);
    refusesAlerts = () => false;
    const failed = [{ accountId, failure: 'AccessDenied' }];
    await handlers.publish(
      { run: 'run-2', accounts: [{ accountId, prefix }], outcomes: failed },
      lambdaContext,
    );
    expect(published.length).toBeGreaterThan(0);
    expect(unsent()).toEqual([]);
  });
});

describe('accounts that are not audited', () => {
  const other = '444455556666';
  const planned = [accountId, other].map((id) => ({ accountId: id, prefix: `accounts/${id}/` }));
  const outcomes = planned.map(({ accountId: id }) => ({ accountId: id, failure: 'AccessDenied' }));

  test('come first in mail and page, the never audited ones before those with an old audit, and count for an alarm', async () => {
    await scan('run-1', after);
    mails.length = 0;
    const { metrics } = await import('../../functions/observe.ts');
    const counted = vi.spyOn(metrics, 'addMetric');
    await handlers.publish({ run: 'run-2', accounts: planned, outcomes }, lambdaContext);
    const counts = Object.fromEntries(counted.mock.calls.map(([name, , count]) => [name, count]));
    counted.mockRestore();
    // AccountFailedAlarm watches the first; without the second ScanMissingAlarm is raised after MaxHoursBetweenScans
    expect(counts.AccountsFailed).toBe(2);
    expect(counts).not.toHaveProperty('ScansPublished');
    expect(mails).toHaveLength(1);
    const mail = textOfMail(mails[0] ?? '');
    expect(mail.replaceAll(/\s+/g, ' ')).toMatch(
      /ACCOUNTS NOT AUDITED .*444455556666 .*never audited .*111122223333 .*last audited/,
    );
    const page = s3.objects.get('organization/index.html') ?? '';
    const [, first = ''] = page.split('<h2');
    expect(first).toContain(other);
    expect(first).toContain(accountId);
    expect(first.indexOf(other)).toBeLessThan(first.indexOf(accountId));
  });
});

/** The plain text of a mail. */
function textOfMail(request: string): string {
  const raw = Buffer.from(JSON.parse(request).Content.Raw.Data, 'base64').toString('utf8');
  const [, part = ''] = raw.split(/Content-Type: text\/plain[^\r\n]*\r?\n/i);
  const [head = '', ...body] = part.split(/\r?\n\r?\n/);
  const [, boundary = '\n'] = /boundary="?([^";\s]+)/i.exec(raw) ?? [];
  const [text = ''] = body.join('\n\n').split(`--${boundary}`);
  return /base64/i.test(head) ? Buffer.from(text, 'base64').toString('utf8') : text;
}

test('publish passes on no more than a state can hold, however many accounts cannot be read', async () => {
  await scan('run-1', after);
  const others = Array.from({ length: 300 }, (_, n) => String(200_000_000_000 + n));
  const accounts = [accountId, ...others].map((id) => ({ accountId: id, prefix: `accounts/${id}/` }));
  const outcomes = accounts.map((account, n) => ({
    ...account,
    ...(n % 2 === 1 && { failure: 'E'.repeat(200) }),
  }));
  mails.length = 0;
  for (const key of s3.objects.keys()) if (key.startsWith('mails/')) s3.answer(deleted(key));
  const output = await handlers.publish({ run: 'run-1', accounts, outcomes }, lambdaContext);
  expect(output).toMatchObject({ mails: 1, leftOut: 150 });
  expect(output.failed).toHaveLength(100);
  expect(output.problems).toHaveLength(100);
  expect(JSON.stringify(output).length).toBeLessThan(256 * 1024);
});

const deleted = (key: string) => ({ method: 'DELETE', path: `/bucket/${key}`, headers: {}, body: '' });

describe('the deployed check', () => {
  const batch = (...events: object[]) => sqsBatch(...events.map((one) => JSON.stringify(one)));

  test('sends what a scan could not, whatever its events are', async () => {
    refusesAlerts = () => true;
    await scan('run-1', after);
    refusesAlerts = () => false;
    const failed = putUserPolicy('e-1', { errorCode: 'AccessDenied' });
    expect(await handlers.check(batch(failed), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(published.length).toBeGreaterThan(0);
    expect(unsent()).toEqual([]);
  });

  test('reads no run for events of accounts that are not scanned', async () => {
    await scan('run-1', before);
    const from = aws.asked.length;
    const foreign = Array.from({ length: 100 }, (_, n) => ({
      ...putUserPolicy(`e-${n}`, { recipientAccountId: '999988887777', userIdentity: { type: 'Root' } }),
      account: '999988887777',
    }));
    expect(await handlers.check(batch(...foreign), lambdaContext)).toEqual({ batchItemFailures: [] });
    const requests = aws.asked.slice(from).map(({ method, path }) => `${method} ${path}`);
    expect(requests).toHaveLength(2);
    expect(requests.filter((one) => one.includes('/runs/'))).toEqual([]);
  });
});
