import { readFile } from 'node:fs/promises';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
  ListRoleTagsCommand,
  type Role,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { OPTIONS } from '../infrastructure/options.ts';
import { packagedService } from '../infrastructure/packaged.ts';
import {
  createStack,
  deployStack,
  emulated,
  type Stack,
  type StackSettings,
  updateParameters,
} from './stack.ts';

const ACCOUNT = '222233334444';
const TAGS = { team: 'security', 'cost-center': '4101' };
let settings: StackSettings;
let made: Stack;
let aws: ReturnType<typeof emulated>;
beforeAll(async () => {
  const endpoint = inject('emulatorEndpoint');
  aws = emulated(endpoint, ACCOUNT);
  await new S3Client(aws).send(new CreateBucketCommand({ Bucket: OPTIONS.AccessLogBucket }));
  settings = {
    ...{ endpoint, name: 'latchkey-bank', accountId: ACCOUNT, parameters: OPTIONS },
    packaged: await packagedService(),
    tags: TAGS,
  };
  made = await deployStack(settings);
});

async function roles(): Promise<readonly Role[]> {
  const { Roles = [] } = await new IAMClient(aws).send(new ListRolesCommand({}));
  const ids = new Set(Object.entries(made.resources).map(([, id]) => id));
  return Roles.filter(({ RoleName = '' }) => ids.has(RoleName));
}

async function subscribers(topic: string): Promise<readonly (string | undefined)[]> {
  const { Subscriptions = [] } = await new SNSClient(aws).send(
    new ListSubscriptionsByTopicCommand({ TopicArn: made.outputs[topic] }),
  );
  return Subscriptions.map(({ Endpoint }) => Endpoint);
}

const functionOf = (name: string) =>
  new LambdaClient(aws).send(new GetFunctionConfigurationCommand({ FunctionName: `latchkey-prod-${name}` }));

// the emulator makes no boundary, no encryption of the bucket, no access log and no lock: test/infrastructure/options.test.ts
describe('a stack with every option', () => {
  test('has roles below the path', async () => {
    const all = await roles();
    expect(all.length).toBeGreaterThanOrEqual(9);
    for (const { RoleName, Path } of all) expect(Path, RoleName).toBe('/audit/');
  });

  test('has each log group under the key for logs', async () => {
    const { logGroups = [] } = await new CloudWatchLogsClient(aws).send(new DescribeLogGroupsCommand({}));
    expect(logGroups).toHaveLength(8);
    for (const { logGroupName, kmsKeyId } of logGroups)
      expect(kmsKeyId, logGroupName).toBe(OPTIONS.LogKeyArn);
  });

  test('gives its tags to each role', async () => {
    for (const { RoleName } of await roles()) {
      const { Tags = [] } = await new IAMClient(aws).send(new ListRoleTagsCommand({ RoleName }));
      expect(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])), RoleName).toMatchObject(TAGS);
    }
  });

  test('has a role for those who read reports, and lets nobody else take it', async () => {
    const role = (await roles()).find(({ RoleName }) => RoleName === made.resources.ReportReaderRole);
    expect(made.outputs.ReportReaderRoleArn).toBe(role?.Arn);
    const { Statement } = JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? '{}'));
    expect([Statement[0].Principal.AWS].flat()).toEqual([OPTIONS.ReportReaders]);
  });

  test('subscribes each address to its topic', async () => {
    expect(await subscribers('TopicArn')).toEqual([OPTIONS.AlertEmail]);
    expect(await subscribers('OperationsTopicArn')).toEqual([OPTIONS.OperationsEmail]);
  });

  test('hands the settings to the functions', async () => {
    const { Environment: plan } = await functionOf('plan');
    expect(plan?.Variables).toMatchObject({ ACCOUNT_IDS: OPTIONS.AccountIds });
    const { Environment: collect, MemorySize } = await functionOf('collect');
    expect(MemorySize).toBe(4096);
    expect(collect?.Variables).toMatchObject({
      ...{
        REGIONS: OPTIONS.Regions,
        MEMBER_ROLE_NAME: OPTIONS.MemberRoleName,
        EXTERNAL_ID: OPTIONS.ExternalId,
      },
      DEFAULT_SESSION_DOCUMENT: 'explicit',
    });
    const { Environment: publish } = await functionOf('publish');
    expect(publish?.Variables).toMatchObject({
      ...{
        MAIL_FROM: OPTIONS.MailFrom,
        MAIL_TO: OPTIONS.MailTo,
        MAIL_IDENTITY_ARN: OPTIONS.MailIdentityArn,
        ALERT_FORM: 'chat',
      },
      RUN_RETENTION_DAYS: '0',
    });
  });

  test('sends mail as the identity of the other account', async () => {
    const policy = { RoleName: made.resources.PublishRole, PolicyName: 'publish' };
    const { PolicyDocument = '' } = await new IAMClient(aws).send(new GetRolePolicyCommand(policy));
    expect(decodeURIComponent(PolicyDocument)).toContain('ses:Send');
  });
});

test('each option goes back to its default on an update', async () => {
  const defaults = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, '']));
  await updateParameters(settings, {
    ...defaults,
    ...{ AlertForm: 'text', ScanSchedule: 'rate(1 day)', ScheduleState: 'ENABLED' },
    ...{ MaxHoursBetweenScans: '26', DefaultSessionDocument: 'either', RunRetentionDays: '400' },
    ...{ LockDays: '0', RolePath: '/', FunctionMemory: '3008' },
  });
  expect((await functionOf('plan')).Environment?.Variables).toMatchObject({ ACCOUNT_IDS: '' });
});

// the emulator has no trails of CloudTrail, which expected-file.yml creates
describe('a stack that is created by hand, with each of its options', () => {
  const create = async (name: string, parameters: Readonly<Record<string, string>>, region = 'us-east-1') =>
    createStack(
      { ...aws, region },
      `latchkey-${name}`,
      await readFile(`infrastructure/${name}.yml`, 'utf8'),
      parameters,
    );

  test('the role of a member account', async () => {
    await create('member-account', {
      ...{ RoleName: 'latchkey-member', RolePath: '/audit/', ExternalId: OPTIONS.ExternalId },
      PermissionsBoundary: OPTIONS.PermissionsBoundary,
      CollectRoleArn: made.outputs.CollectRoleArn ?? '',
      CheckRoleArn: made.outputs.CheckRoleArn ?? '',
    });
    const { Role } = await new IAMClient(aws).send(new GetRoleCommand({ RoleName: 'latchkey-member' }));
    // MemberRoleName of the deployment
    expect(Role?.Arn).toBe(`arn:aws:iam::${ACCOUNT}:role/${OPTIONS.MemberRoleName}`);
  });

  test('what forwards the events of another region, with the alarms of its own', async () => {
    await create(
      'other-region',
      { HomeRegion: 'us-east-1', HomeAccountId: '111122223333', OperationsEmail: 'cloud@example.com' },
      'eu-west-1',
    );
  });
});
