import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import {
  ACCOUNT_ID,
  type AccountInput,
  AGENT_ROLE,
  account,
  allow,
  deny,
  type InstanceInput,
  STARTS_SESSIONS,
  securityGroup,
} from '../fixtures/account.ts';

const INSTANCE = 'arn:aws:ec2:*:*:instance/*';
const WINDOWS: Partial<InstanceInput> = { platform: 'windows' };

/** Alice's own cell on i-1; undefined if it is denied. */
function cell(path: PathId, policies: readonly object[], residual: AccountInput = {}): Cell | undefined {
  const users = [{ name: 'alice', policies }, { name: 'bob' }];
  const snapshot = account({ users, instances: [{ id: 'i-1' }], ...residual });
  const principal = `arn:aws:iam::${ACCOUNT_ID}:user/alice`;
  const cells = cellsOf(buildMatrix(snapshot), snapshot, { principal, path, instance: 'i-1' });
  return [...cells].find((one) => one.via.length === 0);
}

interface Row {
  readonly path: PathId;
  readonly actions: readonly string[];
  readonly landsAs: readonly string[];
  readonly instance?: Partial<InstanceInput>;
  readonly residual?: AccountInput;
}

const ENDPOINT = {
  id: 'eice-1',
  arn: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance-connect-endpoint/eice-1`,
  vpcId: 'vpc-1',
  subnetId: null,
  securityGroups: ['sg-1'],
  preserveClientIp: false,
  state: 'create-complete',
  tags: [],
};
const endpoints: AccountInput = { regions: { 'us-east-1': { connectEndpoints: [ENDPOINT] } } };
const passable: AccountInput = { roles: [{ name: 'app' }] };
const gated: AccountInput = {
  groups: [
    { name: 'g', policies: [allow('ssm:StartSession', '*', { StringEquals: { 'aws:ResourceTag/t': 'x' } })] },
  ],
};
const gating = {
  name: 'carol',
  policies: [allow('ssm:StartSession', '*', { StringEquals: { 'aws:ResourceTag/t': 'x' } })],
};

const NEXT = "the next session's user";
const STACK = `arn:aws:cloudformation:us-east-1:${ACCOUNT_ID}:stack/shop/1a2b`;
const copied: AccountInput = {
  kept: [
    {
      call: 'ec2.describe-snapshots',
      region: 'us-east-1',
      argument: null,
      data: { Snapshots: [{ SnapshotId: 'snap-1', VolumeId: 'vol-1' }] },
    },
  ],
};
const acting: AccountInput = {
  roles: [
    {
      name: 'agent',
      policies: [allow('ec2:RebootInstances')],
      trust: {
        Version: '2012-10-17',
        Statement: {
          ...{ Effect: 'Allow', Principal: { Service: 'aidevops.amazonaws.com' }, Action: 'sts:AssumeRole' },
        },
      },
    },
  ],
};
const listed: AccountInput = {
  regions: {
    'us-east-1': {
      prefixLists: [{ id: 'pl-1', name: 'offices', owner: ACCOUNT_ID }],
      securityGroups: [
        securityGroup('sg-1', {
          ingress: [
            {
              protocol: 'tcp',
              fromPort: 22,
              toPort: 22,
              cidrs: [],
              groups: [],
              prefixLists: ['pl-1'],
            },
          ],
        }),
      ],
    },
  },
};

const ROWS: readonly Row[] = [
  { path: 'ec2-instance-connect', actions: ['ec2-instance-connect:SendSSHPublicKey'], landsAs: ['*'] },
  {
    path: 'instance-connect-endpoint',
    actions: ['ec2-instance-connect:OpenTunnel'],
    landsAs: [],
    residual: endpoints,
  },
  {
    path: 'serial-console',
    actions: ['ec2-instance-connect:SendSerialConsoleSSHPublicKey'],
    landsAs: ['console login'],
  },
  { path: 'session-manager', actions: ['ssm:StartSession'], landsAs: ['ssm-user'] },
  { path: 'session-manager-ssh', actions: ['ssm:StartSession'], landsAs: [] },
  { path: 'session-manager-port-forward', actions: ['ssm:StartSession'], landsAs: [] },
  { path: 'session-manager-command', actions: ['ssm:StartSession'], landsAs: ['as the document says'] },
  { path: 'run-command', actions: ['ssm:SendCommand'], landsAs: ['root'] },
  { path: 'run-command', actions: ['ssm:SendCommand'], landsAs: ['SYSTEM'], instance: WINDOWS },
  { path: 'state-association', actions: ['ssm:CreateAssociation'], landsAs: ['root'] },
  { path: 'state-association', actions: ['ssm:CreateAssociationBatch'], landsAs: ['root'] },
  {
    path: 'user-data',
    actions: ['ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances'],
    landsAs: ['root'],
  },
  {
    path: 'instance-profile-swap',
    actions: ['ec2:AssociateIamInstanceProfile', 'iam:PassRole'],
    landsAs: [],
    residual: passable,
  },
  { path: 'password-data', actions: ['ec2:GetPasswordData'], landsAs: ['Administrator'], instance: WINDOWS },
  { path: 'disk-copy', actions: ['ec2:CreateSnapshot', 'ec2:ModifySnapshotAttribute'], landsAs: [] },
  { path: 'disk-copy', actions: ['ec2:CreateImage', 'ec2:ModifyImageAttribute'], landsAs: [] },
  { path: 'root-volume-swap', actions: ['ec2:CreateReplaceRootVolumeTask'], landsAs: ['root'] },
  {
    path: 'root-volume-swap',
    actions: ['ec2:DetachVolume', 'ec2:AttachVolume', 'ec2:StopInstances', 'ec2:StartInstances'],
    landsAs: ['root'],
  },
  {
    path: 'root-volume-swap',
    actions: ['ec2:DetachVolume', 'ec2:AttachVolume', 'ec2:StartInstances'],
    landsAs: ['root'],
    instance: { state: 'stopped' },
  },
  { path: 'firewall-open', actions: ['ec2:AuthorizeSecurityGroupIngress'], landsAs: [] },
  { path: 'firewall-open', actions: ['ec2:ModifyNetworkInterfaceAttribute'], landsAs: [] },
  { path: 'metadata-weaken', actions: ['ec2:ModifyInstanceMetadataOptions'], landsAs: [] },
  { path: 'power', actions: ['ec2:TerminateInstances'], landsAs: [] },
  { path: 'console-read', actions: ['ec2:GetConsoleScreenshot'], landsAs: [] },
  { path: 'session-takeover', actions: ['ssm:ResumeSession'], landsAs: ["that session's user"] },
  { path: 'tag-rewrite', actions: ['ec2:DeleteTags'], landsAs: [], residual: gated },
  {
    path: 'user-data',
    actions: ['ec2:ModifyInstanceAttribute', 'ec2:StartInstances'],
    landsAs: ['root'],
    instance: { state: 'stopped' },
  },
  {
    path: 'instance-profile-swap',
    actions: ['iam:RemoveRoleFromInstanceProfile', 'iam:AddRoleToInstanceProfile', 'iam:PassRole'],
    landsAs: [],
    residual: passable,
    instance: { role: 'app' },
  },
  { path: 'disk-copy', actions: ['ec2:CopyVolumes', 'ec2:AttachVolume'], landsAs: [] },
  { path: 'disk-copy', actions: ['ec2:ModifySnapshotAttribute'], landsAs: [], residual: copied },
  {
    path: 'disk-copy',
    actions: ['ebs:ListSnapshotBlocks', 'ebs:GetSnapshotBlock'],
    landsAs: [],
    residual: copied,
  },
  { path: 'power', actions: ['ec2:CreateImage'], landsAs: [] },
  { path: 'power', actions: ['ec2:SendDiagnosticInterrupt'], landsAs: [] },
  { path: 'power', actions: ['cloudwatch:PutMetricAlarm'], landsAs: [] },
  { path: 'firewall-open', actions: ['elasticloadbalancing:RegisterTargets'], landsAs: [] },
  { path: 'firewall-open', actions: ['ec2:ModifyManagedPrefixList'], landsAs: [], residual: listed },
  { path: 'session-preferences', actions: ['ssm:UpdateDocument'], landsAs: [NEXT] },
  { path: 'session-preferences', actions: ['ssm:DeleteDocument', 'ssm:CreateDocument'], landsAs: [NEXT] },
  {
    path: 'maintenance-window',
    actions: ['ssm:CreateMaintenanceWindow', 'ssm:RegisterTaskWithMaintenanceWindow'],
    landsAs: ['root'],
  },
  {
    path: 'fleet-manager-rdp',
    actions: ['ssm-guiconnect:StartConnection', 'ssm:StartSession'],
    landsAs: ['whoever signs in'],
    instance: WINDOWS,
  },
  { path: 'file-read', actions: ['ssm:SendCommand', 'ssm:GetCommandInvocation'], landsAs: [] },
  {
    path: 'agent-action',
    actions: ['aidevops:CreateChat', 'aidevops:SendMessage', 'aidevops:UpdateApprovalAction'],
    landsAs: [],
    residual: acting,
  },
  { path: 'user-data-read', actions: ['ec2:DescribeInstanceAttribute'], landsAs: [] },
  { path: 'user-data-read', actions: ['ec2:GetLaunchTemplateData'], landsAs: [] },
  {
    path: 'user-data-read',
    actions: ['ec2:DescribeLaunchTemplateVersions'],
    landsAs: [],
    instance: { tags: { 'aws:ec2launchtemplate:id': 'lt-1' } },
  },
  {
    path: 'stack-update',
    actions: ['cloudformation:UpdateStack'],
    landsAs: ['root'],
    instance: { tags: { 'aws:cloudformation:stack-id': STACK } },
  },
  {
    path: 'stack-update',
    actions: ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
    landsAs: ['root'],
    instance: { tags: { 'aws:cloudformation:stack-id': STACK } },
  },
  {
    path: 'kubernetes-node',
    actions: ['eks:CreateAccessEntry', 'eks:AssociateAccessPolicy'],
    landsAs: ['root'],
    instance: { tags: { 'eks:cluster-name': 'shop' } },
  },
  {
    path: 'emr-step',
    actions: ['elasticmapreduce:AddJobFlowSteps'],
    landsAs: ['hadoop'],
    instance: { tags: { 'aws:elasticmapreduce:job-flow-id': 'j-1' } },
  },
  {
    path: 'beanstalk',
    actions: ['elasticbeanstalk:CreateApplicationVersion', 'elasticbeanstalk:UpdateEnvironment'],
    landsAs: ['root'],
    instance: { tags: { 'elasticbeanstalk:environment-name': 'shop-prod' } },
  },
];

describe.each(ROWS)(
  '$path by $actions, landing as $landsAs',
  ({ path, actions, landsAs, instance, residual }) => {
    const users = (policies: readonly object[]): AccountInput => ({
      users: [{ name: 'alice', policies }, { name: 'bob' }, gating],
    });
    const here = { ...residual, instances: [{ id: 'i-1', ...instance }] };
    const of = (...policies: object[]): Cell | undefined => cell(path, [], { ...here, ...users(policies) });

    test('is allowed and names its actions', () => {
      const found = of(allow(actions));
      expect(found).toMatchObject({ verdict: 'allowed', condition: null, landsAs });
      expect([...new Set(found?.requests.map(({ action }) => action))]).toEqual(actions);
    });

    test('needs every action, and a Deny of any closes it', () => {
      for (const action of actions) {
        const others = actions.filter((other) => other !== action);
        if (others.length > 0) expect(of(allow(others))).toBeUndefined();
        expect(of(allow(actions), deny(action))).toBeUndefined();
      }
    });

    test('keeps a condition', () => {
      const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
      expect(of(allow(actions, '*', mfa))).toMatchObject({
        verdict: 'conditional',
        condition: { text: 'if signed in with MFA' },
      });
    });
  },
);

test('a path that cannot apply has no cell', () => {
  expect(cell('instance-connect-endpoint', [allow('*')])).toBeUndefined();
  expect(cell('password-data', [allow('*')])).toBeUndefined();
  expect(cell('tag-rewrite', [allow('*')])).toBeUndefined();
});

test('a condition limits the OS user', () => {
  const limited = { StringEquals: { 'ec2:osuser': ['ec2-user', 'app'] } };
  expect(
    cell('ec2-instance-connect', [allow('ec2-instance-connect:SendSSHPublicKey', INSTANCE, limited)]),
  ).toMatchObject({ verdict: 'conditional', landsAs: ['app', 'ec2-user'] });
});

test('the OS user of a session comes from the tag, the preferences, or is ssm-user', () => {
  const preferences = {
    runAsEnabled: true,
    runAsDefaultUser: 'ops',
    kmsKeyId: null,
    s3BucketName: null,
    cloudWatchLogGroupName: null,
  };
  const regions = { 'us-east-1': { sessionPreferences: preferences } };
  const policies = [allow('ssm:StartSession')];
  expect(cell('session-manager', policies, { regions })?.landsAs).toEqual(['ops']);
  const users = [{ name: 'alice', policies, tags: { SSMSessionRunAs: 'alice' } }];
  expect(cell('session-manager', [], { regions, users })?.landsAs).toEqual(['alice']);
  expect(cell('session-manager', [], { users })?.landsAs).toEqual(['ssm-user']);
});

describe('reachable', () => {
  const ssh = [allow('ec2-instance-connect:SendSSHPublicKey')];
  const world = {
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    cidrs: ['0.0.0.0/0'],
    groups: [],
    prefixLists: [],
  };
  const open = { 'us-east-1': { securityGroups: [securityGroup('sg-1', { ingress: [world] })] } };
  const reachable = (instance: Partial<InstanceInput>, regions: AccountInput['regions'] = {}): unknown =>
    cell('ec2-instance-connect', ssh, { instances: [{ id: 'i-1', ...instance }], regions })?.reachable;

  test('is true, false, or null if a fact was not collected', () => {
    expect(reachable({ publicIps: ['198.51.100.1'] }, open)).toBe(true);
    expect(reachable({ publicIps: ['198.51.100.1'] })).toBe(false);
    expect(reachable({ publicIps: ['198.51.100.1'], state: 'stopped' }, open)).toBe(false);
    expect(reachable({}, { 'us-east-1': { securityGroups: null } })).toBeNull();
  });

  test('depends on the agent', () => {
    const session = [allow('ssm:StartSession')];
    const carrying: AccountInput = { roles: [AGENT_ROLE], instances: [{ id: 'i-1', role: AGENT_ROLE.name }] };
    const agents = (managedInstances: null | []): AccountInput => ({
      ...carrying,
      regions: { 'us-east-1': { managedInstances } },
    });
    expect(cell('session-manager', session, carrying)?.reachable).toBe(true);
    expect(cell('session-manager', session, agents([]))?.reachable).toBe(false);
    expect(cell('session-manager', session, agents(null))?.reachable).toBeNull();
  });
});

describe('guardrails', () => {
  const denied = { organization: [{ scps: [allow('*'), deny('ssm:StartSession')] }] };
  const session = [allow(STARTS_SESSIONS)];

  test('limit access, but not in the management account', () => {
    expect(cell('session-manager', session, denied)).toBeUndefined();
    expect(cell('session-manager', session, { ...denied, managementAccountId: ACCOUNT_ID })?.verdict).toBe(
      'allowed',
    );
  });

  test('carry a code if they were not collected', () => {
    expect(cell('session-manager', session, { organization: null })?.uncertain).toEqual([
      'guardrails-not-collected',
    ]);
  });
});

describe('unusual accounts', () => {
  test('fifty tags, and tag keys that differ only in case', () => {
    const tags = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
    const wanted = allow('ssm:StartSession', INSTANCE, { StringEquals: { 'aws:ResourceTag/k49': 'v' } });
    expect(cell('session-manager', [wanted], { instances: [{ id: 'i-1', tags }] })?.verdict).toBe('allowed');
    const twice = [
      { key: 'K49', value: 'w' },
      { key: 'k49', value: 'v' },
    ];
    expect(
      cell('session-manager', [wanted], { instances: [{ id: 'i-1', tags: twice }] })?.uncertain ?? ['denied'],
    ).not.toEqual([]);
  });

  test('nobody has access without policies, not even through 5,000 roles that trust themselves', () => {
    const trust = (name: string): object => ({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:role/${name}` },
        Action: 'sts:AssumeRole',
      },
    });
    const roles = Array.from({ length: 5_000 }, (_, i) => ({ name: `r${i}`, trust: trust(`r${i}`) }));
    const snapshot = account({ roles, users: [{ name: 'alice' }], instances: [{ id: 'i-1' }] });
    expect(buildMatrix(snapshot).groups).toEqual([]);
  });
});

test('the alternatives of a path have different names', () => {
  const twice = ACCESS_PATHS.flatMap(({ id, alternatives }) => {
    const names = alternatives.map((one) => one.id);
    return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${id} ${name}`);
  });
  expect(twice).toEqual([]);
});
