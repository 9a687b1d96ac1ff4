import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { deadLetterQueue, sqsClient } from '../../../lib/adapters/aws/dead-letters.ts';
import { memberCredentials } from '../../../lib/adapters/aws/member-account.ts';
import { sesClient, sesMailer } from '../../../lib/adapters/aws/ses-mailer.ts';
import { snsClient, snsNotifier } from '../../../lib/adapters/aws/sns-notifier.ts';
import { type Answer, type FakeAws, fakeAws } from './fake-aws.ts';

let aws: FakeAws | null = null;
afterEach(async () => {
  await aws?.close();
  aws = null;
});

test('an alert is a message to its topic, with the attributes that subscriptions filter by', async () => {
  aws = await fakeAws(() => ({
    status: 200,
    body: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  }));
  const alert = {
    topic: 'arn:aws:sns:us-east-1:111122223333:alerts',
    subject: 'critical: everybody',
    message: 'a\nb',
    attributes: { severity: 'critical', path: '' },
    key: 'k',
  };
  await snsNotifier(snsClient('us-east-1')).publish(alert, 'run-1');
  const sent = new URLSearchParams(aws.asked[0]?.body);
  expect(sent.get('TopicArn')).toBe('arn:aws:sns:us-east-1:111122223333:alerts');
  expect(sent.get('Subject')).toBe('critical: everybody');
  expect(sent.get('Message')).toBe('a\nb');
  expect(sent.get('MessageAttributes.entry.1.Name')).toBe('severity');
  expect(sent.has('MessageAttributes.entry.2.Name')).toBe(false);
});

test('each value of a list attribute matches, and chat gets its own form besides the text', async () => {
  aws = await fakeAws(() => ({ status: 200, body: '<PublishResponse/>' }));
  const alert = {
    ...{ topic: 'arn:aws:sns:us-east-1:111122223333:alerts', subject: 's', message: 'a\nb', key: 'k' },
    ...{ chat: '{"version":"1.0"}', attributes: { env: ['production', 'prod'], rule: [] } },
  };
  await snsNotifier(snsClient('us-east-1'), 'chat').publish(alert, 'run-1');
  const { chat: _, ...older } = alert;
  await snsNotifier(snsClient('us-east-1'), 'chat').publish(older, 'run-1');
  await snsNotifier(snsClient('us-east-1')).publish(alert, 'run-1');
  const [first, second, third] = aws.asked.map(({ body }) => new URLSearchParams(body));
  expect(first?.get('MessageStructure')).toBe('json');
  expect(JSON.parse(first?.get('Message') ?? '')).toEqual({ default: 'a\nb', https: '{"version":"1.0"}' });
  expect(first?.get('MessageAttributes.entry.1.Value.DataType')).toBe('String.Array');
  expect(first?.get('MessageAttributes.entry.1.Value.StringValue')).toBe('["production","prod"]');
  expect(first?.has('MessageAttributes.entry.2.Name')).toBe(false);
  for (const text of [second, third])
    expect([text?.get('Message'), text?.get('MessageStructure')]).toEqual(['a\nb', null]);
});

test.each([
  ['0', false],
  ['2', true],
])('a topic with %s confirmed subscriptions has receivers: %s', async (confirmed, expected) => {
  aws = await fakeAws(() =>
    topicAttributes(`<entry><key>SubscriptionsConfirmed</key><value>${confirmed}</value></entry>`),
  );
  expect(
    await snsNotifier(snsClient('us-east-1')).hasReceivers?.('arn:aws:sns:us-east-1:111122223333:alerts'),
  ).toBe(expected);
});

test('a topic whose subscriptions are unknown does not count as one without subscribers', async () => {
  aws = await fakeAws(() => topicAttributes(''));
  await expect(snsNotifier(snsClient('us-east-1')).hasReceivers?.('a-topic')).rejects.toThrow('does not say');
});

const topicAttributes = (entries: string): Answer => ({
  status: 200,
  body: `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entries}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
});

test('a mail is sent as composed, to the named receivers', async () => {
  aws = await fakeAws(() => ({
    status: 200,
    body: '{"MessageId":"1"}',
    headers: { 'content-type': 'application/json' },
  }));
  const mailer = sesMailer(sesClient('us-east-1'));
  expect(mailer.mostReceivers).toBe(50);
  const to = Array.from({ length: 50 }, (_, index) => `user${index}@example.com`);
  await mailer.send({ from: 'latchkey@example.com', to, mime: 'Subject: ä\r\n\r\nx' }, 'run-1');
  const sent = aws.asked.map(({ body }) => JSON.parse(body));
  expect(sent.map(({ Destination }) => Destination.ToAddresses)).toEqual([to]);
  expect(sent[0].FromEmailAddress).toBe('latchkey@example.com');
  expect(Buffer.from(sent[0].Content.Raw.Data, 'base64').toString('utf8')).toBe('Subject: ä\r\n\r\nx');
});

test('a sender of another account is named by its identity', async () => {
  aws = await fakeAws(() => ({
    status: 200,
    body: '{"MessageId":"1"}',
    headers: { 'content-type': 'application/json' },
  }));
  const identity = 'arn:aws:ses:us-east-1:444455556666:identity/example.com';
  const mail = { from: 'latchkey@example.com', to: ['user@example.com'], mime: 'x' };
  await sesMailer(sesClient('us-east-1'), identity).send(mail, 'run-1');
  await sesMailer(sesClient('us-east-1'), '').send(mail, 'run-1');
  const sent = aws.asked.map(({ body }) => JSON.parse(body).FromEmailAddressIdentityArn);
  expect(sent).toEqual([identity, undefined]);
});

test('a dead letter has the original body and the reason', async () => {
  aws = await fakeAws(() => ({
    status: 200,
    body: JSON.stringify({ MessageId: '1', MD5OfMessageBody: hash('md5', '{"a":') }),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  }));
  const url = 'https://sqs.us-east-1.amazonaws.com/111122223333/dead';
  await deadLetterQueue(sqsClient('us-east-1'), url)('{"a":', 'not\u0000 JSON');
  const sent = JSON.parse(aws.asked[0]?.body ?? '');
  expect(sent).toMatchObject({
    QueueUrl: url,
    MessageBody: '{"a":',
    MessageAttributes: { reason: { DataType: 'String', StringValue: 'not  JSON' } },
  });
});

const alert = { topic: 'arn:aws:sns:us-east-1:111122223333:alerts', subject: 's', message: 'm' };
const queue = 'https://sqs.us-east-1.amazonaws.com/111122223333/dead';
const SENDERS: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'an alert',
    () => snsNotifier(snsClient('us-east-1')).publish({ ...alert, attributes: {}, key: 'k' }, 'run-1'),
  ],
  [
    'a mail',
    () => sesMailer(sesClient('us-east-1')).send({ from: 'a@b.c', to: ['d@e.f'], mime: 'x' }, 'run-1'),
  ],
  ['a dead letter', () => deadLetterQueue(sqsClient('us-east-1'), queue)('{}', 'reason')],
];
const PAGES: readonly (readonly [string, Answer])[] = [
  ['an empty body', { status: 200 }],
  ['a page of a proxy', { status: 200, body: '<html><body>sign in</body></html>' }],
];

test.each(
  SENDERS.flatMap(([what, send]) => PAGES.map(([page, answer]) => [what, page, send, answer] as const)),
)('%s with the answer %s does not count as sent', { timeout: 30_000 }, async (_, __, send, answer) => {
  aws = await fakeAws(() => answer);
  await expect(send()).rejects.toThrow('something between here and the service answered');
});

test('all clients of the adapters are created in one place, so that each has a timeout', async () => {
  const room = new URL('../../../lib/adapters/aws/', import.meta.url);
  for (const file of await readdir(room)) {
    const text = await readFile(new URL(file, room), 'utf8');
    if (file !== 'clients.ts') expect([file, /new [A-Z]\w*Client\b/.exec(text)]).toEqual([file, null]);
  }
});

test('another account is entered with the role and the external id of the settings', async () => {
  aws = await fakeAws(() => ({
    status: 200,
    body: `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
      <SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  }));
  const credentials = memberCredentials({
    partition: 'aws',
    accountId: '444455556666',
    roleName: 'audit/latchkey',
    externalId: 'x1',
    region: 'us-east-1',
  });
  const given = typeof credentials === 'function' ? await credentials() : credentials;
  expect(given).toMatchObject({ accessKeyId: 'AKIA', sessionToken: 't' });
  const asked = new URLSearchParams(aws.asked[0]?.body);
  expect(asked.get('RoleArn')).toBe('arn:aws:iam::444455556666:role/audit/latchkey');
  expect(asked.get('ExternalId')).toBe('x1');
});
