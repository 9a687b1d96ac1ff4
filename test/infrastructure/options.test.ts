import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { OPTIONS } from './options.ts';
import { packagedTemplate, type Template } from './template.ts';
import { withParameters } from './with-parameters.ts';

let template: Template;
beforeAll(async () => {
  ({ template } = await packagedTemplate());
}, 300_000);

const cases = [
  ['no option', {}],
  ...Object.entries(OPTIONS).map(([name, value]) => [name, { [name]: value }] as const),
  ['all options', OPTIONS],
] as const;

test('there is a value for each parameter, which the parameter takes and which is not its default', () => {
  expect(Object.keys(OPTIONS).sort()).toEqual(Object.keys(template.Parameters).sort());
  for (const [name, value] of Object.entries(OPTIONS)) {
    const { AllowedPattern, Default } = template.Parameters[name] as {
      AllowedPattern?: string;
      Default?: unknown;
    };
    expect(value, name).toMatch(new RegExp(AllowedPattern ?? ''));
    expect(value, name).not.toBe(String(Default));
  }
});

// CloudFormation refuses such a template: `Unresolved resource dependencies`
test.each(cases)('with %s nothing refers to a resource that is then not made', (_, parameters) => {
  expect(withParameters(template, parameters).dangling).toEqual([]);
});

test('a resource that is not made is noticed', () => {
  const Output = { Value: { 'Fn::GetAtt': ['ReportReaderRole', 'Arn'] } };
  const broken = { ...template, Outputs: { ...template.Outputs, Output } };
  expect(withParameters(broken, {}).dangling).toEqual(['ReportReaderRole']);
  expect(withParameters(broken, OPTIONS).dangling).toEqual([]);
});

test('each option changes the stack', () => {
  const without = JSON.stringify(withParameters(template, {}));
  // alone these change nothing: mail needs both addresses, and an organisation needs a role to assume
  const needs = {
    MailFrom: { MailTo: OPTIONS.MailTo },
    OrganizationId: { MemberRoleName: 'latchkey-member' },
  };
  for (const [name, value] of Object.entries(OPTIONS)) {
    const more = needs[name as keyof typeof needs] ?? {};
    expect(JSON.stringify(withParameters(template, { ...more, [name]: value })), name).not.toBe(without);
  }
});

describe('with all options', () => {
  test('the bucket is under the customer key, logs access and locks objects', () => {
    const { Properties } = withParameters(template, OPTIONS).resources.Bucket ?? {};
    expect(Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: OPTIONS.StoreKeyArn },
          },
        ],
      },
      LoggingConfiguration: { DestinationBucketName: OPTIONS.AccessLogBucket, LogFilePrefix: 'latchkey/' },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: '30' } } },
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });

  test('every log group is under the key for logs', () => {
    const groups = Object.values(withParameters(template, OPTIONS).resources).filter(
      ({ Type }) => Type === 'AWS::Logs::LogGroup',
    );
    expect(groups).toHaveLength(8);
    for (const { Properties } of groups) expect(Properties).toMatchObject({ KmsKeyId: OPTIONS.LogKeyArn });
  });

  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  test('the key policy of docs/deploy.md lets CloudWatch Logs use the key for every log group', async () => {
    const page = await readFile('docs/deploy.md', 'utf8');
    const policies = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));
    const policy = policies.find(({ Sid }) => Sid === 'LatchkeyLogs');
    expect(policy).toMatchObject({
      ...{ Effect: 'Allow', Resource: '*', Principal: { Service: 'logs.eu-west-1.amazonaws.com' } },
      Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    });
    const [pattern] = Object.entries(policy.Condition).flatMap(([operator, keys]) => {
      expect([operator, Object.keys(keys as object)]).toEqual([
        'ArnLike',
        ['kms:EncryptionContext:aws:logs:arn'],
      ]);
      return Object.values(keys as Record<string, string>);
    });
    const matches = new RegExp(`^${pattern?.replaceAll('*', '.*')}$`);
    const names = Object.values(withParameters(template, OPTIONS).resources).flatMap(
      ({ Type, Properties }) => (Type === 'AWS::Logs::LogGroup' ? [String(Properties.LogGroupName)] : []),
    );
    expect(names).toHaveLength(8);
    for (const name of names)
      expect(`arn:aws:logs:eu-west-1:111122223333:log-group:${name}`).toMatch(matches);
  });

  test('every role is below the path and within the boundary', () => {
    const roles = Object.values(withParameters(template, OPTIONS).resources).filter(
      ({ Type }) => Type === 'AWS::IAM::Role',
    );
    expect(roles.length).toBeGreaterThanOrEqual(9);
    for (const { Properties } of roles)
      expect(Properties).toMatchObject({ Path: '/audit/', PermissionsBoundary: OPTIONS.PermissionsBoundary });
  });
});

test('without options the bucket has keys of S3, no log and no lock, and no role a boundary', () => {
  const { resources } = withParameters(template, {});
  expect(resources.Bucket?.Properties).not.toHaveProperty('ObjectLockEnabled');
  expect(resources.Bucket?.Properties).not.toHaveProperty('LoggingConfiguration');
  expect(JSON.stringify(resources.Bucket)).toContain('AES256');
  expect(JSON.stringify(resources)).not.toContain('"PermissionsBoundary"');
  expect(JSON.stringify(resources)).not.toContain('"KmsKeyId"');
  expect(resources).not.toHaveProperty('ReportReaderRole');
});
