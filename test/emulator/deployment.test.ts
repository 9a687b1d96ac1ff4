import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { packagedService } from '../infrastructure/packaged.ts';
import { chunkOf } from '../render/page-parts.ts';
import { type EmulatedAccount, HOSTILE_NAME, makeAccount } from './account.ts';
import { deployed, type ReceivedAlert } from './deployed.ts';
import { ACTOR, putChange, takeEmulatedEvents } from './event-bus.ts';
import {
  createStack,
  deployStack,
  emulated,
  type Stack,
  type StackSettings,
  updateParameters,
} from './stack.ts';

const SENDER = 'latchkey@example.com';
/** The queue delays events by 30 s, as in AWS, since IAM and tags need a moment. */
const EVENT_SECONDS = 90;

let settings: StackSettings;
let made: Stack;
let account: EmulatedAccount;
let stack: ReturnType<typeof deployed>;
let alerts: (seconds: number) => Promise<readonly ReceivedAlert[]>;
let first: string;

/** The emulator treats an access key of twelve digits as that account. */
const keysOf = (accountId: string) => ({ accessKeyId: accountId, secretAccessKey: 'test' });

const story = (line: string) => console.log(`  ${line}`);
const folder = () => `accounts/${account.accountId}`;
const latest = async (): Promise<string> => JSON.parse(await stack.read(`${folder()}/latest.json`)).run;
const file = async (run: string, name: string) => JSON.parse(await stack.read(`${folder()}/${run}/${name}`));
const every = async (seconds: number): Promise<readonly ReceivedAlert[]> => {
  const all = [...(await alerts(seconds))];
  for (let more = await alerts(2); more.length > 0; more = await alerts(2)) all.push(...more);
  return all;
};

beforeAll(async () => {
  const endpoint = inject('emulatorEndpoint');
  const packaged = await packagedService();
  account = await makeAccount(endpoint);
  story(
    `account ${account.accountId}: alice may start sessions on team=red, operator may run commands everywhere`,
  );
  settings = {
    endpoint,
    name: 'latchkey-prod',
    packaged,
    parameters: { MailFrom: SENDER, MailTo: 'team@example.com, lead@example.com' },
  };
  made = await deployStack(settings);
  story(
    `CloudFormation made ${Object.keys(made.resources).length} resources out of what \`serverless package\` wrote`,
  );
  stack = deployed(endpoint, made);
  await stack.verifySender(SENDER);
  alerts = await stack.subscribe();
  const rules = Object.entries(made.resources).filter(([id]) => id.endsWith('Rule'));
  await takeEmulatedEvents(
    endpoint,
    rules.map(([, name]) => name),
  );
});

describe('a scheduled scan', () => {
  test('runs from plan to publish', async () => {
    const started = Date.now();
    expect(await stack.scan()).toMatchObject({ mails: 1, failed: [] });
    first = await latest();
    story(
      `the state machine scanned the account in ${Math.round((Date.now() - started) / 100) / 10} s: ${first}`,
    );
  });

  test('the reports are in the bucket', async () => {
    const files = (await stack.keys(`${folder()}/${first}/`)).map((key) => key.split('/').at(-1));
    expect(files).toEqual(
      expect.arrayContaining([
        ...['snapshot.json.gz', 'matrix.json.gz', 'findings.json', 'drift.json', 'coverage.json'],
        ...['report.html', 'report.csv', 'findings.csv', 'fixes.json'],
      ]),
    );
    expect(await file(first, 'drift.json')).toEqual([]);
    const html = await stack.read(`${folder()}/${first}/report.html`);
    expect(JSON.stringify(chunkOf(html, 'principals'))).toContain('operator');
    expect(html).not.toContain(HOSTILE_NAME);
    story(
      `${files.length} files of the run are in the bucket; the name ${HOSTILE_NAME} is harmless in the report`,
    );
  });

  test('the digest was passed to SES', async () => {
    const { messages } = JSON.parse(await stack.mails());
    const [mail] = messages[account.accountId];
    expect(mail).toMatchObject({ Source: SENDER, To: ['team@example.com', 'lead@example.com'] });
    expect(mail.Subject).toContain(account.accountId);
    expect(mail.BodyText).toContain('user `operator`');
    expect(mail.BodyText).not.toContain(HOSTILE_NAME);
    story(`SES has the digest: ${mail.Subject}`);
  });

  test('the critical alert reached a queue that is subscribed to the topic', async () => {
    const received = await every(20);
    const [first, ...others] = received;
    expect(others).toEqual([]);
    expect(first?.subject).toContain('first audit');
    expect(first?.attributes).toMatchObject({
      ...{ severity: ['critical'], account: account.accountId, kind: 'baseline' },
      rule: expect.arrayContaining(['CMD-ALL']),
    });
    expect(first?.message).toContain(account.operator.split('/').at(-1));
    for (const { subject } of received) story(`alert: ${subject}`);
  });

  test('an API that the emulator lacks is a coverage gap with its reason, and the scan continued', async () => {
    const { calls } = await file(first, 'coverage.json');
    const here = calls.filter(
      ({ region }: { region: string | null }) => region === 'us-east-1' || region === null,
    );
    const gaps = here.filter(({ status }: { status: string }) => status !== 'collected');
    expect(gaps).toContainEqual(
      expect.objectContaining({
        call: 'ec2.describe-instance-connect-endpoints',
        status: 'failed',
        detail: expect.stringContaining('InvalidAction'),
      }),
    );
    expect(here).toContainEqual(
      expect.objectContaining({ call: 'ec2.describe-instances', status: 'collected', items: 3 }),
    );
    story(
      `${gaps.length} calls of us-east-1 are gaps: ${gaps.map(({ call }: { call: string }) => call).join(', ')}`,
    );
  });

  test('a second scan of the same account sends no alert', async () => {
    expect(await stack.scan()).toMatchObject({ alerts: 0, mails: 1 });
    expect(await file(await latest(), 'drift.json')).toEqual([]);
  });
});

describe('a change', () => {
  let retagged: Parameters<typeof putChange>[2];

  test('of a tag: the alert names who gained what, where, how, and who made the change', async () => {
    retagged = {
      eventID: '5b4f8a52-0000-4c33-9c6b-000000000001',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'CreateTags',
      requestParameters: {
        resourcesSet: { items: [{ resourceId: account.blue }] },
        tagSet: { items: [{ key: 'team', value: 'red' }] },
      },
    };
    const since = Date.now();
    await account.tag(account.blue, 'team', 'red');
    await putChange(settings.endpoint, account.accountId, retagged);
    const [alert, ...others] = await every(EVENT_SECONDS);
    expect(others).toEqual([]);
    expect(alert?.attributes).toMatchObject({ kind: 'drift', path: ['session-manager'] });
    for (const part of [account.alice, account.blue, 'session-manager', retagged.eventID, ACTOR, 'mara']) {
      expect(alert?.message).toContain(part);
    }
    const place = 'https://us-east-1\\.console\\.aws\\.amazon\\.com/s3/object/.*/report\\.html\nAdd #change-';
    expect(alert?.message).toMatch(new RegExp(`Report: ${place}`));
    expect(alert?.message).toMatch(/was: none/);
    expect(alert?.message).toMatch(/now: always/);
    story(
      `CreateTags team=red on ${account.blue}: alert after ${Math.round((Date.now() - since) / 1000)} s:`,
    );
    for (const line of (alert?.message ?? '').trimEnd().split('\n')) story(`| ${line}`);

    const said = (await stack.log('check', since)).map(({ message }) => String(message));
    const calls = said.filter((line) => line.startsWith('reading '));
    expect(calls.some((line) => line.startsWith('reading us-east-1/ec2.describe-instances'))).toBe(true);
    expect(calls.every((line) => line.startsWith('reading us-east-1/ec2.'))).toBe(true);
    story(`check made ${calls.length} calls, all to ec2 in us-east-1`);
  });

  test('is in the drift of its run, with the event and the actor', async () => {
    const drift = await file(await latest(), 'drift.json');
    expect(drift).toEqual([
      expect.objectContaining({
        counts: expect.objectContaining({ gained: 1, lost: 0, changed: 0, principals: 1, instances: 1 }),
        groups: [
          {
            change: 'gained',
            ...{ principals: [account.alice], principalCount: 1 },
            ...{ instances: [account.blue], instanceCount: 1 },
            paths: ['session-manager'],
            before: expect.objectContaining({ verdict: 'denied' }),
            after: expect.objectContaining({ verdict: 'allowed' }),
          },
        ],
        cause: expect.objectContaining({
          kind: 'tag',
          eventId: retagged.eventID,
          actor: expect.stringContaining(ACTOR),
        }),
      }),
    ]);
  });

  test('delivered twice alerts once; an unreadable one is set aside; an unknown one reads its service again', async () => {
    const before = await latest();
    const since = Date.now();
    const put = (change: typeof retagged) => putChange(settings.endpoint, account.accountId, change);
    await account.attach('bob', account.openShells);
    const attached = {
      eventID: '5b4f8a52-0000-4c33-9c6b-000000000002',
      eventSource: 'iam.amazonaws.com',
      eventName: 'AttachUserPolicy',
      requestParameters: { userName: 'bob', policyArn: account.openShells },
    };
    await put(retagged);
    await put(attached);
    await put(attached);
    await put({ ...attached, eventID: '5b4f8a52-0000-4c33-9c6b-000000000004', eventName: '' });
    await put({
      eventID: '5b4f8a52-0000-4c33-9c6b-000000000003',
      eventSource: 'iam.amazonaws.com',
      eventName: 'AcquireSomethingNew',
      requestParameters: { shape: ['that', { nobody: 'knows' }] },
    });
    await stack.enqueue('{"version":"0","detail":{');

    const received = await every(EVENT_SECONDS);
    const drift = received.filter(({ attributes }) => attributes.kind === 'drift');
    expect(drift).toHaveLength(1);
    for (const part of [account.bob, account.red, account.blue, attached.eventID, ACTOR]) {
      expect(drift[0]?.message).toContain(part);
    }
    // bob's new access is a finding, and is reported with the change only
    expect(drift[0]?.message).toContain('New finding: ');
    expect(drift[0]?.message).toContain('Accept: latchkey except ');
    expect(received).toHaveLength(1);
    story('AttachUserPolicy told twice, CreateTags told again:');
    for (const { subject } of received) story(`alert: ${subject}`);

    const said = (await stack.log('check', since)).map(({ message }) => String(message));
    expect(said).toContain('reading iam.get-account-authorization-details');
    expect(said.some((line) => line.startsWith('reading us-east-1/'))).toBe(false);
    expect(await latest()).not.toBe(before);

    const letters = [...(await stack.deadLetters(30)), ...(await stack.deadLetters(2))];
    const reasons = letters.map(({ MessageAttributes }) => MessageAttributes?.reason?.StringValue);
    expect(letters.map(({ Body }) => Body)).toContain('{"version":"0","detail":{');
    expect(reasons).toContainEqual(expect.stringMatching(/^the body is not JSON/));
    expect(reasons).toContainEqual(expect.stringContaining('`eventName`'));
    expect(letters).toHaveLength(2);
    for (const reason of reasons) story(`dead letter: ${reason}`);
  });

  test('is not reported again by the next scan', async () => {
    expect(await stack.scan()).toMatchObject({ alerts: 0 });
    expect(await file(await latest(), 'drift.json')).toEqual([]);
  });
});

test('two scans at once both end, each change is reported once, and every run knows the one before it', async () => {
  await account.tag(account.hostile, 'team', 'red');
  await Promise.all([stack.scan(), stack.scan()]);
  expect(await every(20)).toHaveLength(1);
  const runs: string[] = [];
  for (let run: string | null = await latest(); run !== null; run = (await file(run, 'run.json')).previous)
    runs.push(run);
  const all = new Set(
    (await stack.keys(`${folder()}/runs/`)).map((key) => key.split('/').slice(2, 4).join('/')),
  );
  expect(runs).toHaveLength(all.size);
  story(
    `two scans at once: ${runs.length} runs follow one another without a gap, and the change was told once`,
  );
});

describe('other accounts', () => {
  const MEMBER = '444455556666';
  const CLOSED = '777788889999';

  test('are entered by role and external id; one that fails is named, and the own account continues', async () => {
    const template = await readFile('infrastructure/member-account.yml', 'utf8');
    await createStack(
      { ...emulated(settings.endpoint), credentials: keysOf(MEMBER) },
      'latchkey-member',
      template,
      {
        CollectRoleArn: made.outputs.CollectRoleArn ?? '',
        CheckRoleArn: made.outputs.CheckRoleArn ?? '',
        ExternalId: 'an-external-id',
      },
    );
    await updateParameters(settings, {
      AccountIds: `${account.accountId}, ${MEMBER}, ${CLOSED}`,
      MemberRoleName: 'latchkey-member',
      ExternalId: 'an-external-id',
    });
    expect(await stack.scan()).toMatchObject({ failed: [CLOSED], mails: 1 });
    const pointer = JSON.parse(await stack.read(`accounts/${MEMBER}/latest.json`));
    const coverage = JSON.parse(await stack.read(`accounts/${MEMBER}/${pointer.run}/coverage.json`));
    expect(coverage.accountId).toBe(MEMBER);
    expect(coverage.calls).toContainEqual(
      expect.objectContaining({ call: 'iam.get-account-authorization-details', status: 'collected' }),
    );
    const said = await stack.log('publish', 0);
    expect(said).toContainEqual(
      expect.objectContaining({
        ...{ message: 'account failed', accountId: CLOSED },
        failure: expect.stringMatching(/^it could not be collected: .*sts/),
      }),
    );
    story(
      `${MEMBER} was entered by its role; ${CLOSED} has none and is named as failed; one mail tells of the others`,
    );
  });

  test('are not entered with a wrong external id', async () => {
    await updateParameters(settings, {
      AccountIds: `${account.accountId}, ${MEMBER}`,
      MemberRoleName: 'latchkey-member',
      ExternalId: 'another-id',
    });
    expect(await stack.scan()).toMatchObject({ failed: [MEMBER], mails: 1 });
  });
});
