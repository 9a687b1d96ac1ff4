import { type Exception, type Expected, NOTHING_EXPECTED } from '../../lib/findings/expected/expected.ts';
import type { FindingsInput } from '../../lib/findings/find.ts';
import { ACCOUNT_ID, type AccountInput, allow, deny } from '../fixtures/account.ts';

/** A rule with an account for which it fires and one for which it does not, judged with cells of the evaluator. */
export type RuleCase = readonly [
  rule: string,
  says: string,
  account: AccountInput,
  /** the subject of the finding, by the last part of its name; null: there is none */
  about: string | null,
  /** the expected access of the account */
  more?: Pick<FindingsInput, 'expected' | 'expectedProblems'>,
];

const TWO = [{ id: 'i-1' }, { id: 'i-2' }];
const instances = (ids: string) => `arn:aws:ec2:*:${ACCOUNT_ID}:instance/${ids}`;
const alice = (...policies: object[]): AccountInput => ({
  users: [{ name: 'alice', policies }],
  instances: TWO,
});
const visibility = (data: object) => ({
  ...{ call: 'ec2.get-managed-resource-visibility', region: 'us-east-1', argument: null },
  data,
});
const trust = (statement: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
});
const taken = (by: object, policies: readonly object[] = [allow('ssm:StartSession')]): AccountInput => ({
  roles: [{ name: 'ops', trust: trust(by), policies }],
  instances: TWO,
});
const AGENTS_ON_PRODUCTION = {
  Bool: { 'aws:ViaAWSMCPService': 'true' },
  StringEquals: { 'aws:ResourceTag/env': 'prod' },
};
const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const SERIAL = 'ec2-instance-connect:SendSerialConsoleSSHPublicKey';
const REWRITE = ['ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances'];
const SWAP = ['ec2:AssociateIamInstanceProfile', 'iam:PassRole'];
const OTHER = 'arn:aws:iam::444455556666:root';
const GITHUB = `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/token.actions.githubusercontent.com`;
const github = (sub: object): AccountInput =>
  taken({
    Principal: { Federated: GITHUB },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' }, ...sub },
  });
const carried = (policies: readonly object[], ids: readonly string[] = ['i-1']): AccountInput => ({
  roles: [{ name: 'app', policies }],
  instances: [...ids.map((id) => ({ id, role: 'app' })), { id: 'i-9' }],
});

/** One instance of a group that follows a template; an association runs a document on it. */
const fleet = (policy: object, version = '$Latest'): AccountInput => ({
  users: [{ name: 'alice', policies: [policy] }],
  instances: [{ id: 'i-1', tags: { 'aws:autoscaling:groupName': 'web' } }],
  regions: {
    'us-east-1': {
      autoScalingGroups: [
        {
          ...{ name: 'web', launchConfiguration: null, instances: ['i-1'], serviceRole: null },
          arn: `arn:aws:autoscaling:us-east-1:${ACCOUNT_ID}:autoScalingGroup:1a:autoScalingGroupName/web`,
          ...{ templates: [{ id: 'lt-1', name: 'web', version }], suspended: [], tags: [] },
        },
      ],
    },
  },
});
const associated = (policy: object): AccountInput => ({
  users: [{ name: 'alice', policies: [policy] }],
  instances: [{ id: 'i-1', tags: { team: 'web' } }],
  regions: {
    'us-east-1': {
      documents: [{ name: 'own', documentType: 'Command', tags: [] }],
      associations: [
        {
          ...{ id: 'as-1', document: 'own', documentVersion: '$LATEST', schedule: 'rate(1 day)' },
          targets: [{ key: 'tag:team', values: ['web'] }],
        },
      ],
    },
  },
});

/** Accepts alice's sessions on everything, as they are. */
const ACCEPTED: Exception = {
  ...{ account: ACCOUNT_ID, rules: ['SSM-START-ALL'], owner: 'ops', reason: 'on call', ticket: 'T-1' },
  principal: `arn:aws:iam::${ACCOUNT_ID}:user/alice`,
  until: '2026-12-31',
  granted: {
    statements: [{ Effect: 'Allow', Action: 'ssm:StartSession', Resource: '*' }],
    principals: [`arn:aws:iam::${ACCOUNT_ID}:user/alice`],
    ...{ paths: ['session-manager'], broad: true },
  },
};
const accepting = (...exceptions: readonly Partial<Exception>[]) => ({
  expected: {
    ...NOTHING_EXPECTED,
    exceptions: exceptions.map((one) => ({ ...ACCEPTED, ...one })),
  } satisfies Expected,
});

const shared = (call: string, member: string, ...entries: readonly object[]): AccountInput => ({
  kept: [{ call, region: 'us-east-1', argument: 'x-1', data: { [member]: entries } }],
});
const image = (...entries: readonly object[]) =>
  shared('ec2.describe-image-attribute', 'LaunchPermissions', ...entries);
const disk = (...entries: readonly object[]) =>
  shared('ec2.describe-snapshot-attribute', 'CreateVolumePermissions', ...entries);
const KNOWN = { expected: { ...NOTHING_EXPECTED, knownAccounts: ['444455556666'] } };

/** A credential report with one key of alice, or of the root user. */
const keys = (user: string, made: string, used: string): AccountInput => {
  const arn = `arn:aws:iam::${ACCOUNT_ID}:${user === '<root_account>' ? 'root' : `user/${user}`}`;
  const head = 'user,arn,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date';
  const Content = btoa(`${head}\n${[user, arn, 'true', made, used].join()}`);
  const kept = [{ call: 'iam.get-credential-report', region: null, argument: null, data: { Content } }];
  return { ...alice(allow('ssm:StartSession')), takenAt: '2026-08-23T10:15:00.000Z', kept };
};
const taggedBy = (...more: readonly object[]): AccountInput => ({
  users: [
    {
      ...{ name: 'alice', tags: { team: 'none' } },
      policies: [
        allow('ssm:StartSession', '*', {
          StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' },
        }),
        ...more,
      ],
    },
  ],
  instances: [{ id: 'i-1', tags: { team: 'red' } }],
});
const bounded = (boundary: object): AccountInput => ({
  users: [
    {
      ...{ name: 'alice', boundary },
      policies: [allow(['ssm:StartSession', 'iam:DeleteUserPermissionsBoundary'])],
    },
  ],
  instances: TWO,
});
const fenced = (written: string): AccountInput => ({
  policies: [{ name: 'fence', document: allow('iam:*') }],
  users: [
    {
      ...{ name: 'alice', boundary: 'fence' },
      policies: [
        allow('ssm:StartSession'),
        allow('iam:CreatePolicyVersion', `arn:aws:iam::${ACCOUNT_ID}:policy/${written}`),
      ],
    },
  ],
  instances: TWO,
});
const launching = (
  roles: string,
  policies: readonly object[] = [allow('ssm:SendCommand')],
): AccountInput => ({
  users: [{ name: 'alice', policies: [allow('ec2:RunInstances'), allow('iam:PassRole', roles)] }],
  roles: [{ name: 'ops', policies }],
  instanceProfiles: [
    {
      ...{ arn: `arn:aws:iam::${ACCOUNT_ID}:instance-profile/ops`, name: 'ops' },
      roles: [`arn:aws:iam::${ACCOUNT_ID}:role/ops`],
    },
  ],
  instances: TWO,
});
const takenBy = (Service: string, ...policies: readonly object[]): AccountInput =>
  taken({ Principal: { Service } }, policies);

const tunnelling = (policy: object): AccountInput => ({
  users: [{ name: 'alice', policies: [policy] }],
  instances: [{ id: 'i-1', vpcId: 'vpc-1', privateIps: ['10.0.0.7'] }],
  regions: {
    'us-east-1': {
      connectEndpoints: [
        {
          ...{ id: 'eice-1', vpcId: 'vpc-1', subnetId: null, securityGroups: ['sg-1'], tags: [] },
          arn: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance-connect-endpoint/eice-1`,
          ...{ preserveClientIp: false, state: 'create-complete' },
        },
      ],
    },
  },
});
const TUNNEL = 'ec2-instance-connect:OpenTunnel';
const backedUp = (...policies: readonly object[]): AccountInput => ({
  users: [{ name: 'alice', policies }],
  instances: [{ id: 'i-1', volumes: [{ id: 'vol-1', root: true }] }],
  kept: [
    {
      ...{ call: 'ec2.describe-snapshots', region: 'us-east-1', argument: null },
      data: { Snapshots: [{ SnapshotId: 'snap-1', VolumeId: 'vol-1' }] },
    },
  ],
});
const clustered = (...policies: readonly object[]): AccountInput => ({
  users: [{ name: 'alice', policies }],
  instances: [{ id: 'i-1' }],
  regions: {
    'us-east-1': {
      containerInstances: [
        {
          cluster: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:cluster/orders`,
          arn: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:container-instance/orders/1a`,
          ...{ instance: 'i-1', status: 'ACTIVE' },
        },
      ],
    },
  },
});
const approving = (...policies: readonly object[]): AccountInput => ({
  users: [{ name: 'alice', policies }],
  instances: [{ id: 'i-1' }],
  regions: {
    'us-east-1': { documents: [{ name: 'auto', documentType: 'AutoApprovalPolicy', tags: [] }] },
  },
});
const ASKS = allow(['ssm:StartAccessRequest', 'ssm:GetAccessToken', 'ssm:StartSession']);
const READS = ['arn:aws:ssm:*:*:document/AWSFleetManager-GetFileContent', instances('*')];

export const RULE_CASES: readonly RuleCase[] = [
  ['SER-KEY-PUSH', 'the console of every instance', alice(allow(SERIAL)), 'alice'],
  ['SER-KEY-PUSH', 'of one instance', alice(allow(SERIAL, instances('i-1'))), null],
  [
    'SER-KEY-PUSH',
    'of those with a tag',
    alice(allow(SERIAL, '*', { StringEquals: { 'aws:ResourceTag/a': 'b' } })),
    null,
  ],
  ['UDATA-REWRITE', 'change, stop and start', alice(allow(REWRITE)), 'alice'],
  ['UDATA-REWRITE', 'no start', alice(allow(REWRITE.slice(0, 2))), null],
  [
    'UDATA-REWRITE',
    'any attribute but user data',
    alice(
      allow(REWRITE),
      deny('ec2:ModifyInstanceAttribute', '*', { StringEquals: { 'ec2:Attribute': 'UserData' } }),
    ),
    null,
  ],
  ['PROF-ROLE-SWAP', 'any role', { ...alice(allow(SWAP)), roles: [{ name: 'app' }] }, 'alice'],
  ['PROF-ROLE-SWAP', 'no role to pass', alice(allow(SWAP)), null],
  [
    'PROF-ROLE-SWAP',
    'roles for another service',
    {
      ...alice(
        allow(SWAP[0] as string),
        allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
      ),
      roles: [{ name: 'app' }],
    },
    null,
  ],
  ['SSM-PORTFWD-REMOTE', 'any document', alice(allow('ssm:StartSession')), 'alice'],
  [
    'SSM-PORTFWD-REMOTE',
    'the instance itself alone',
    alice(
      allow('ssm:StartSession', [instances('*'), 'arn:aws:ssm:*::document/AWS-StartPortForwardingSession']),
    ),
    null,
  ],
  [
    'SSM-RESUME-OTHERS',
    'any session',
    {
      users: [
        { name: 'alice', policies: [allow(['ssm:ResumeSession'])] },
        { name: 'bob', policies: [allow('ssm:StartSession')] },
      ],
      instances: TWO,
    },
    'alice',
  ],
  [
    'SSM-RESUME-OTHERS',
    'own sessions',
    {
      users: [
        {
          name: 'alice',
          policies: [allow('ssm:ResumeSession', 'arn:aws:ssm:*:*:session/${aws:username}-*')],
        },
        { name: 'bob', policies: [allow('ssm:StartSession')] },
      ],
      instances: TWO,
    },
    null,
  ],
  ['NO-MFA', 'a user', alice(allow('ssm:StartSession')), 'alice'],
  ['NO-MFA', 'a user who needs it', alice(allow('ssm:StartSession', '*', MFA)), null],
  [
    'NO-MFA',
    'a user whom a Deny asks for it',
    alice(allow('*'), deny('*', '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })),
    null,
  ],
  ['NO-MFA', 'a role that users take', taken({ Principal: { AWS: ACCOUNT_ID } }), 'ops'],
  ['NO-MFA', 'one that they take with it', taken({ Principal: { AWS: ACCOUNT_ID }, Condition: MFA }), null],
  [
    'NO-MFA',
    'a role that an identity provider lets people into',
    taken({
      Principal: { Federated: `arn:aws:iam::${ACCOUNT_ID}:saml-provider/idp` },
      Action: 'sts:AssumeRoleWithSAML',
    }),
    null,
  ],
  ['NO-MFA', 'a role of a service', taken({ Principal: { Service: 'lambda.amazonaws.com' } }), null],
  ['NO-MFA', 'a role of another account', taken({ Principal: { AWS: OTHER } }), null],
  [
    'MFA-IFEXISTS',
    'in an Allow',
    alice(allow('ssm:StartSession', '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } })),
    'alice',
  ],
  ['MFA-IFEXISTS', 'Bool in an Allow', alice(allow('ssm:StartSession', '*', MFA)), null],
  [
    'MFA-IFEXISTS',
    'in an Allow, beside a Deny that holds',
    alice(
      allow('ssm:StartSession', '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }),
      deny('*', '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }),
    ),
    null,
  ],
  [
    'DENY-IFABSENT',
    'Bool in a Deny',
    alice(allow('ssm:StartSession'), deny('*', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } })),
    'alice',
  ],
  [
    'DENY-IFABSENT',
    'the age of MFA in a Deny',
    alice(
      allow('ssm:StartSession'),
      deny('*', '*', { NumericGreaterThan: { 'aws:MultiFactorAuthAge': '3600' } }),
    ),
    'alice',
  ],
  [
    'DENY-IFABSENT',
    'BoolIfExists in a Deny',
    alice(
      allow('ssm:StartSession'),
      deny('*', '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }),
    ),
    null,
  ],
  [
    'DENY-IFABSENT',
    'a Deny of something else',
    alice(allow('ssm:StartSession'), deny('s3:*', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } })),
    null,
  ],
  ['INSTROLE-SELF', 'commands on the others', carried([allow('ssm:SendCommand')]), 'app'],
  [
    'INSTROLE-SELF',
    'on itself alone',
    carried([allow('ssm:SendCommand', [instances('i-1'), 'arn:aws:ssm:*::document/*'])]),
    null,
  ],
  [
    'INSTROLE-SELF',
    'a role that nobody carries',
    { roles: [{ name: 'app', policies: [allow('ssm:SendCommand')] }], instances: TWO },
    null,
  ],
  ['INSTROLE-ADMIN', 'an administrator', carried([allow('*')]), 'app'],
  ['INSTROLE-ADMIN', 'who may become one', carried([allow('iam:PutRolePolicy')]), 'app'],
  [
    'INSTROLE-ADMIN',
    'who may change other roles',
    carried([allow('iam:PutRolePolicy', `arn:aws:iam::${ACCOUNT_ID}:role/other`)]),
    null,
  ],
  ['INSTROLE-ADMIN', 'whom a Deny keeps from it', carried([allow('*'), deny('iam:*')]), null],
  ['TRUST-STAR', 'everybody', taken({ Principal: '*' }), 'anybody'],
  [
    'TRUST-STAR',
    'everybody of an organisation',
    taken({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } }),
    null,
  ],
  ['TRUST-STAR', 'everybody, but onto nothing', taken({ Principal: '*' }, [allow('s3:*')]), null],
  ['TRUST-XACCT', 'another account', taken({ Principal: { AWS: OTHER } }), 'root'],
  [
    'TRUST-XACCT',
    'with an external id',
    taken({ Principal: { AWS: OTHER }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
    null,
  ],
  ['TRUST-XACCT', 'with MFA', taken({ Principal: { AWS: OTHER }, Condition: MFA }), null],
  ['TRUST-XACCT', 'the account itself', taken({ Principal: { AWS: ACCOUNT_ID } }), null],
  ['TRUST-OIDC', "anybody's workflow", github({}), 'token.actions.githubusercontent.com'],
  [
    'TRUST-OIDC',
    'every organisation',
    github({ StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } }),
    'token.actions.githubusercontent.com',
  ],
  [
    'TRUST-OIDC',
    'one organisation',
    github({ StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' } }),
    null,
  ],
  [
    'COV-GAP',
    'the instances of a region',
    {
      instances: TWO,
      regions: { 'us-east-1': {} },
      coverage: [
        { call: 'ec2.describe-instances', region: 'eu-west-1', status: 'denied', detail: 'no', items: null },
      ],
    },
    'root',
  ],
  [
    'COV-GAP',
    'what no verdict rests on',
    {
      instances: TWO,
      coverage: [
        { call: 'ec2.describe-images', region: 'eu-west-1', status: 'denied', detail: 'no', items: null },
      ],
    },
    null,
  ],
  [
    'HIDDEN-MANAGED',
    'hidden, and nothing says that they were asked for',
    { instances: TWO, kept: [visibility({ Visibility: { DefaultVisibility: 'hidden' } })] },
    'root',
  ],
  [
    'HIDDEN-MANAGED',
    'hidden, and they were asked for',
    {
      instances: TWO,
      kept: [visibility({ Visibility: { DefaultVisibility: 'hidden' }, IncludeManagedResources: true })],
    },
    null,
  ],
  [
    'HIDDEN-MANAGED',
    'hidden, and one is in the list',
    {
      instances: [...TWO, { id: 'i-3', keys: { 'ec2:ManagedResourceOperator': 'eks.amazonaws.com' } }],
      kept: [visibility({ Visibility: { DefaultVisibility: 'hidden' } })],
    },
    null,
  ],
  [
    'HIDDEN-MANAGED',
    'visible',
    { instances: TWO, kept: [visibility({ Visibility: { DefaultVisibility: 'visible' } })] },
    null,
  ],
  ['HIDDEN-MANAGED', 'an answer without the setting', { instances: TWO, kept: [visibility({})] }, null],
  [
    'SCP-MGMT',
    'in the management account',
    { instances: TWO, managementAccountId: ACCOUNT_ID, organization: [{ scps: [allow('*')] }] },
    'root',
  ],
  [
    'SCP-MGMT',
    'in another account',
    { instances: TWO, managementAccountId: '999999999999', organization: [{ scps: [allow('*')] }] },
    null,
  ],
  ['SCP-MGMT', 'in no organisation', { instances: TWO, organization: [] }, null],
  [
    'LT-HIJACK',
    'a new version of a template that a group follows',
    fleet(allow('ec2:CreateLaunchTemplateVersion')),
    'alice',
  ],
  ['LT-HIJACK', 'a group that follows a number', fleet(allow('ec2:CreateLaunchTemplateVersion'), '3'), null],
  ['LT-HIJACK', 'a new launch configuration', fleet(allow('autoscaling:*'), '3'), null],
  [
    'LT-HIJACK',
    'a new template of the group',
    fleet(allow(['autoscaling:UpdateAutoScalingGroup', 'ec2:CreateLaunchTemplate', 'ec2:RunInstances']), '3'),
    null,
  ],
  ['DOC-CREATE+RUN', 'a document that an association runs', associated(allow('ssm:UpdateDocument')), 'alice'],
  [
    'DOC-CREATE+RUN',
    'another document',
    associated(allow('ssm:UpdateDocument', `arn:aws:ssm:*:${ACCOUNT_ID}:document/other`)),
    null,
  ],
  ['DOC-PREFS', 'the preferences of sessions', alice(allow('ssm:UpdateDocument')), 'alice'],
  [
    'DOC-PREFS',
    'other documents',
    alice(
      allow('ssm:UpdateDocument'),
      deny('ssm:*Document', `arn:aws:ssm:*:${ACCOUNT_ID}:document/SSM-SessionManagerRunShell`),
    ),
    null,
  ],
  ['MW-TASK', 'a new window with a task', alice(allow('ssm:*MaintenanceWindow*')), 'alice'],
  [
    'MW-TASK',
    'reading windows',
    alice(allow(['ssm:DescribeMaintenanceWindows', 'ssm:GetMaintenanceWindow'])),
    null,
  ],
  [
    'DENY-GAP',
    'sessions are denied, commands are not',
    alice(allow('ssm:*'), deny('ssm:StartSession')),
    'alice',
  ],
  [
    'DENY-GAP',
    'on what has a tag',
    {
      users: [
        {
          name: 'alice',
          policies: [
            allow('ssm:*'),
            deny('ssm:StartSession', '*', { StringEquals: { 'aws:ResourceTag/env': 'prod' } }),
          ],
        },
      ],
      instances: [{ id: 'i-1', tags: { env: 'prod' } }, { id: 'i-2' }],
    },
    'alice',
  ],
  [
    'DENY-GAP',
    'by a guardrail',
    { ...alice(allow('ssm:*')), organization: [{ scps: [allow('*'), deny('ssm:StartSession')] }] },
    'alice',
  ],
  [
    'DENY-GAP',
    'both are denied',
    alice(
      allow('ssm:*'),
      deny([
        'ssm:StartSession',
        'ssm:SendCommand',
        'ssm:CreateAssociation*',
        'ssm:UpdateAssociation',
        'ssm:*MaintenanceWindow*',
        'ssm:*Document*',
      ]),
    ),
    null,
  ],
  [
    'DENY-GAP',
    'what is denied was not allowed',
    alice(allow(['ssm:SendCommand']), deny('ssm:StartSession')),
    null,
  ],
  [
    'DENY-GAP',
    'the other way is onto another instance',
    alice(
      allow('ssm:StartSession', [instances('i-1'), 'arn:aws:ssm:*:*:document/*']),
      allow('ssm:SendCommand', [instances('i-2'), 'arn:aws:ssm:*:*:document/AWS-RunShellScript']),
      deny('ssm:StartSession'),
    ),
    null,
  ],
  [
    'PATH-DEPUTY',
    'sessions on one instance, windows on all',
    alice(
      allow('ssm:StartSession', [instances('i-1'), 'arn:aws:ssm:*:*:document/*']),
      allow('ssm:*MaintenanceWindow*'),
    ),
    'alice',
  ],
  [
    'PATH-DEPUTY',
    'sessions on all',
    alice(allow('ssm:StartSession'), allow('ssm:*MaintenanceWindow*')),
    null,
  ],
  ['PATH-DEPUTY', 'windows alone', alice(allow('ssm:*MaintenanceWindow*')), null],
  ['EICE-NO-IP', 'any address', tunnelling(allow(TUNNEL)), 'alice'],
  [
    'EICE-NO-IP',
    'the address of an instance',
    tunnelling(allow(TUNNEL, '*', { IpAddress: { 'ec2-instance-connect:privateIpAddress': '10.0.0.7/32' } })),
    null,
  ],
  ['SNAP-READ-EXISTING', 'blocks of any snapshot', backedUp(allow('ebs:*')), 'alice'],
  [
    'SNAP-READ-EXISTING',
    'with a shell it is no way around',
    backedUp(allow('ebs:*'), allow('ssm:SendCommand')),
    null,
  ],
  ['ECS-PRIV-OPEN', 'any task', clustered(allow('ecs:*')), 'alice'],
  [
    'ECS-PRIV-OPEN',
    'no privileged ones',
    clustered(
      allow('ecs:*'),
      deny('ecs:RegisterTaskDefinition', '*', { Bool: { 'ecs:privileged': 'true' } }),
    ),
    null,
  ],
  ['JIT-SELF-APPROVE', 'asks and approves', approving(ASKS, allow('ssm:UpdateDocument')), 'alice'],
  ['JIT-SELF-APPROVE', 'asks', approving(ASKS), null],
  ['FLEET-READONLY', 'documents that read', alice(allow('ssm:StartSession', READS)), 'alice'],
  [
    'FLEET-READONLY',
    'documents that read, and no other',
    alice(allow('ssm:StartSession', READS, { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } })),
    null,
  ],
  ['LOG-GUARD', 'a shell and the log', alice(allow(['ssm:StartSession', 'cloudtrail:*'])), 'alice'],
  ['LOG-GUARD', 'a shell', alice(allow(['ssm:StartSession'])), null],
  ['LOG-GUARD', 'the log', alice(allow(['cloudtrail:*'])), null],
  [
    'RO-SECRETS',
    'reads all, passwords included',
    alice(allow(['ec2:Get*', 'ec2:Describe*', 'ssm:Get*', 'ssm:Describe*'])),
    'alice',
  ],
  ['RO-SECRETS', 'reads no secret', alice(allow('ec2:Describe*')), null],
  [
    'RO-SECRETS',
    'reads parameters of one name',
    alice(allow('ec2:Describe*'), allow('ssm:GetParameter', `arn:aws:ssm:*:${ACCOUNT_ID}:parameter/web/*`)),
    null,
  ],
  ['RO-SECRETS', 'has a shell as well', alice(allow(['ec2:Describe*', 'ssm:*'])), null],
  [
    'RO-SECRETS',
    'secrets are denied',
    alice(
      allow(['ec2:Describe*', 'ec2:Get*', 'ssm:Get*']),
      deny(['ec2:GetPasswordData', 'ssm:GetParameter*', 'ssm:GetAccessToken']),
    ),
    null,
  ],
  ['AGENT-UNBOUND', 'a shell', alice(allow('ssm:StartSession')), 'root'],
  ['AGENT-UNBOUND', 'may stop them', alice(allow('ec2:StopInstances')), 'root'],
  ['AGENT-UNBOUND', 'reads', alice(allow('ec2:Describe*')), null],
  [
    'AGENT-UNBOUND',
    'denied to agents',
    alice(allow('*'), deny('*', '*', { Bool: { 'aws:ViaAWSMCPService': 'true' } })),
    null,
  ],
  [
    'AGENT-UNBOUND',
    "denied to agents of AWS's MCP server",
    alice(allow('*'), deny('*', '*', { StringEquals: { 'aws:CalledViaAWSMCP': 'aws-mcp.amazonaws.com' } })),
    null,
  ],
  [
    'AGENT-UNBOUND',
    'denied to agents on the first instances alone',
    {
      users: [{ name: 'alice', policies: [allow('ssm:StartSession'), deny('*', '*', AGENTS_ON_PRODUCTION)] }],
      instances: ['prod', 'prod', 'dev'].map((env, i) => ({ id: `i-${i}`, tags: { env } })),
    },
    'root',
  ],
  [
    'AGENT-UNBOUND',
    'denied to agents on every instance, by its tag',
    {
      users: [{ name: 'alice', policies: [allow('ssm:StartSession'), deny('*', '*', AGENTS_ON_PRODUCTION)] }],
      instances: ['prod', 'prod'].map((env, i) => ({ id: `i-${i}`, tags: { env } })),
    },
    null,
  ],
  [
    'AGENT-UNBOUND',
    'the old actions are denied, which does nothing',
    alice(allow('ssm:StartSession'), deny('aws-mcp:*')),
    'root',
  ],
  ['AGENT-UNBOUND', 'a machine', carried([allow('ssm:SendCommand')]), null],
  ['TAG-PRINCIPAL', 'the own tag opens what has it', taggedBy(allow('iam:TagUser')), 'alice'],
  ['TAG-PRINCIPAL', 'no tag may be set', taggedBy(), null],
  [
    'TAG-PRINCIPAL',
    'any tag but that one',
    taggedBy(
      allow('iam:TagUser'),
      deny('iam:TagUser', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'team' } }),
    ),
    null,
  ],
  ['DENY-REMOVABLE', 'the boundary lets it go', bounded(allow('iam:*')), 'alice'],
  ['DENY-REMOVABLE', 'the boundary holds itself', bounded(allow('ec2:Describe*')), null],
  ['DENY-REMOVABLE', 'its policy may be written anew', fenced('fence'), 'alice'],
  ['DENY-REMOVABLE', 'another policy may be written anew', fenced('other'), null],
  ['PASS-RUN', 'any role', launching('*'), 'alice'],
  ['PASS-RUN', 'another role', launching(`arn:aws:iam::${ACCOUNT_ID}:role/other`), null],
  ['PASS-RUN', 'a role that gets nowhere', launching('*', []), null],
  [
    'AGENT-ROLE-BROAD',
    'an agent that changes tags',
    takenBy('aidevops.amazonaws.com', allow(['ssm:SendCommand', 'ec2:CreateTags'])),
    'ops',
  ],
  [
    'AGENT-ROLE-BROAD',
    'an agent that reads',
    takenBy('aidevops.amazonaws.com', allow('ec2:Describe*')),
    null,
  ],
  ['AGENT-ROLE-BROAD', 'another service', takenBy('lambda.amazonaws.com', allow('ssm:SendCommand')), null],
  [
    'PEOPLE-BY-ENTITLEMENT',
    'people with a shell',
    takenBy('account-access.amazonaws.com', allow('ssm:StartSession')),
    'ops',
  ],
  [
    'PEOPLE-BY-ENTITLEMENT',
    'people who read',
    takenBy('account-access.amazonaws.com', allow('ec2:Describe*')),
    null,
  ],
  ['AMI-PUBLIC', 'everybody', image({ Group: 'all' }), 'x-1'],
  ['AMI-PUBLIC', 'an account', image({ UserId: '444455556666' }), null],
  ['AMI-UNKNOWN', 'an account', image({ UserId: '444455556666' }), 'x-1'],
  ['AMI-UNKNOWN', 'a known account', image({ UserId: '444455556666' }), null, KNOWN],
  ['AMI-UNKNOWN', 'the own account', image({ UserId: ACCOUNT_ID }), null],
  ['AMI-UNKNOWN', 'nobody', image(), null],
  [
    'AMI-UNKNOWN',
    'another organisation',
    image({ OrganizationArn: 'arn:aws:organizations::999988887777:organization/o-other' }),
    'x-1',
  ],
  ['SNAP-PUBLIC', 'everybody', disk({ Group: 'all' }), 'x-1'],
  ['SNAP-PUBLIC', 'nobody', disk(), null],
  ['SNAP-UNKNOWN', 'an account', disk({ UserId: '444455556666' }), 'x-1'],
  ['SNAP-UNKNOWN', 'a known account', disk({ UserId: '444455556666' }), null, KNOWN],
  ['SNAP-UNKNOWN', 'everybody, which is another rule', disk({ Group: 'all' }), null],
  ['USER-KEYS', 'an old key', keys('alice', '2026-01-01T00:00:00Z', '2026-08-22T00:00:00Z'), 'alice'],
  ['USER-KEYS', 'a key that nobody uses', keys('alice', '2026-08-01T00:00:00Z', 'N/A'), 'alice'],
  ['USER-KEYS', 'of the root user', keys('<root_account>', '2026-08-01T00:00:00Z', 'N/A'), 'root'],
  ['USER-KEYS', 'a young key', keys('alice', '2026-08-01T00:00:00Z', '2026-08-22T00:00:00Z'), null],
  ['USER-KEYS', 'of somebody without a shell', keys('bob', '2026-01-01T00:00:00Z', 'N/A'), null],
  [
    'EXC-EXPIRED',
    'its last day is over',
    alice(allow('ssm:StartSession')),
    'exception',
    accepting({ until: '2026-08-22' }),
  ],
  [
    'EXC-EXPIRED',
    'on its last day',
    alice(allow('ssm:StartSession')),
    null,
    accepting({ until: '2026-08-23' }),
  ],
  ['EXC-DRIFTED', 'a statement says more', alice(allow('ssm:Start*')), 'exception', accepting({})],
  [
    'EXC-DRIFTED',
    'a statement says less',
    alice(allow('ssm:StartSession')),
    null,
    accepting({
      granted: {
        ...ACCEPTED.granted,
        statements: [{ Effect: 'Allow', Action: 'ssm:Start*', Resource: '*' }],
      },
    }),
  ],
  [
    'EXC-UNMATCHED',
    'a rule that alice does not break',
    alice(allow('ssm:StartSession')),
    'exception',
    accepting({ rules: ['EIC-ALL'] }),
  ],
  ['EXC-UNMATCHED', 'it applies', alice(allow('ssm:StartSession')), null, accepting({})],
  [
    'EXC-UNMATCHED',
    'of another account',
    alice(allow('ssm:StartSession')),
    null,
    accepting({ account: '444455556666', rules: ['EIC-ALL'] }),
  ],
  [
    'EXC-UNREADABLE',
    'a fault in the file',
    alice(allow('ssm:StartSession')),
    'root',
    { expectedProblems: ['`$.exeptions`: there is no member `exeptions`'] },
  ],
  ['EXC-UNREADABLE', 'none', alice(allow('ssm:StartSession')), null, accepting({})],
];
