import { condition, type HandCells } from '../findings/by-hand.ts';
import { ACCOUNT_ID, type AccountInput, allow, deny, TRUST_EC2 } from '../fixtures/account.ts';

export const LATER = '2026-08-23T11:15:00.000Z';
export const BETWEEN = '2026-08-23T10:40:00Z';
export const MFA = condition('aws:MultiFactorAuthPresent', 'Bool', 'true');
export const SESSION: HandCells = { who: 'alice', path: 'session-manager' };
export const START = allow('ssm:StartSession');
const BY_TAG = allow('ssm:StartSession', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } });

/** An account, and its cells written by hand. */
export type Side = readonly [AccountInput, readonly HandCells[]];

export const record = (eventName: string, requestParameters: object, more: object = {}) => ({
  eventID: `id-of-${eventName}`,
  eventSource: 'iam.amazonaws.com',
  eventName,
  eventTime: BETWEEN,
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.9',
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT_ID}:user/root-of-evil` },
  requestParameters,
  ...more,
});
const alice = (more: object = {}): AccountInput => ({
  users: [{ name: 'alice', ...more }],
  instances: [{ id: 'i-1', tags: { team: 'blue' } }],
});
export const withP = (document: unknown, more: object = {}) =>
  alice({ policies: [{ name: 'p', document }], ...more });
export const ONE = [SESSION] as const;

export type Case = readonly [
  says: string,
  before: Side,
  after: Side,
  event: object | null,
  change: string,
  kind: string,
  detail: string,
];

const TRUSTING = (aws: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: aws }, Action: 'sts:AssumeRole' }],
});
const roleWith = (more: object): AccountInput => ({
  users: [{ name: 'alice', policies: [allow('sts:AssumeRole')] }],
  roles: [{ name: 'ops', policies: [START], ...more }],
  instances: [{ id: 'i-1' }],
});
const THROUGH: HandCells = {
  ...SESSION,
  via: [`arn:aws:iam::${ACCOUNT_ID}:role/ops`],
  grants: ['policy-0#0'],
};
/** An instance with these interfaces: the id, group and address of each. */
export const interfaces = (...all: readonly (readonly [string, string, string])[]): AccountInput => ({
  users: [
    {
      name: 'alice',
      policies: [allow('ec2:AuthorizeSecurityGroupIngress', 'arn:aws:ec2:*:*:security-group/sg-2')],
    },
  ],
  instances: [
    {
      id: 'i-1',
      networkInterfaces: all.map(([id]) => id),
      securityGroups: all.map(([, group]) => group),
      privateIps: all.map(([, , address]) => address),
    },
  ],
});
const OPENED: HandCells = { ...SESSION, path: 'firewall-open' };
export const managed = (policies: readonly string[], document: unknown = START): AccountInput => ({
  ...alice({ policies }),
  policies: [{ name: 'Sessions', document }],
});
const group = (groups: readonly string[], policies: readonly object[] = [START]): AccountInput => ({
  ...alice({ groups }),
  groups: [{ name: 'ops', policies }],
});
const G: HandCells = { ...SESSION, grants: ['policy-0#0'] };
const levels = (...scps: readonly unknown[]): AccountInput => ({ ...withP(START), organization: [{ scps }] });

/** Changes of one input each, its event, and the expected report. */
export const CASES: readonly Case[] = [
  [
    'an inline policy is put',
    [alice(), []],
    [withP(START), ONE],
    record('PutUserPolicy', { userName: 'alice', policyName: 'p' }),
    'gained',
    'policy',
    'inline policy `p` of user `alice` was added',
  ],
  [
    'an inline policy is deleted',
    [withP(START), ONE],
    [alice(), []],
    record('DeleteUserPolicy', { userName: 'alice', policyName: 'p' }),
    'lost',
    'policy',
    'inline policy `p` of user `alice` was deleted',
  ],
  [
    'a managed policy is attached',
    [managed([]), []],
    [managed(['Sessions']), ONE],
    record('AttachUserPolicy', {
      userName: 'alice',
      policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions`,
    }),
    'gained',
    'attachment',
    'policy `Sessions` was attached to user `alice`',
  ],
  [
    'a managed policy is detached',
    [managed(['Sessions']), ONE],
    [managed([]), []],
    record('DetachUserPolicy', {
      userName: 'alice',
      policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions`,
    }),
    'lost',
    'attachment',
    'policy `Sessions` was detached from user `alice`',
  ],
  [
    'a managed policy has a new version',
    [managed(['Sessions'], allow('s3:*')), []],
    [managed(['Sessions']), ONE],
    record('CreatePolicyVersion', { policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions` }),
    'gained',
    'policy',
    'policy `Sessions` changed: statement 0 edited',
  ],
  [
    'a deny is attached',
    [withP(START), ONE],
    [
      alice({
        policies: [
          { name: 'p', document: START },
          { name: 'no', document: deny('ssm:*') },
        ],
      }),
      [],
    ],
    record('PutUserPolicy', { userName: 'alice', policyName: 'no' }),
    'lost',
    'policy',
    'inline policy `no` of user `alice` was added',
  ],
  [
    'a policy about something else came at the same time',
    [managed(['Sessions']), ONE],
    [{ ...managed([]), users: [{ name: 'alice', policies: [{ name: 's3', document: allow('s3:*') }] }] }, []],
    null,
    'lost',
    'attachment',
    'policy `Sessions` was detached from user `alice`',
  ],
  [
    'a condition is added',
    [withP(START), ONE],
    [
      withP(allow('ssm:StartSession', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })),
      [{ ...SESSION, condition: MFA }],
    ],
    record('PutUserPolicy', { userName: 'alice', policyName: 'p' }),
    'changed',
    'policy',
    'inline policy `p` of user `alice` changed: statement 0 edited',
  ],
  [
    'the user joins a group',
    [group([]), []],
    [group(['ops']), [G]],
    record('AddUserToGroup', { userName: 'alice', groupName: 'ops' }),
    'gained',
    'group',
    'user `alice` was added to group `ops`',
  ],
  [
    'the user leaves a group',
    [group(['ops']), [G]],
    [group([]), []],
    record('RemoveUserFromGroup', { userName: 'alice', groupName: 'ops' }),
    'lost',
    'group',
    'user `alice` was removed from group `ops`',
  ],
  [
    'the group gets a policy',
    [group(['ops'], []), []],
    [group(['ops']), [G]],
    record('PutGroupPolicy', { groupName: 'ops', policyName: 'policy-0' }),
    'gained',
    'policy',
    'inline policy `policy-0` of group `ops` was added',
  ],
  [
    'a boundary is set',
    [withP(START), ONE],
    [withP(START, { boundary: { name: 'B', document: allow('s3:*') } }), []],
    record('PutUserPermissionsBoundary', {
      userName: 'alice',
      permissionsBoundary: `arn:aws:iam::${ACCOUNT_ID}:policy/B`,
    }),
    'lost',
    'boundary',
    'the permissions boundary of user `alice` changed from none to `B`',
  ],
  [
    'a tag of the instance opens it',
    [withP(BY_TAG), []],
    [{ ...withP(BY_TAG), instances: [{ id: 'i-1', tags: { team: 'red' } }] }, ONE],
    record(
      'CreateTags',
      {
        resourcesSet: { items: [{ resourceId: 'i-1' }] },
        tagSet: { items: [{ key: 'team', value: 'red' }] },
      },
      { eventSource: 'ec2.amazonaws.com' },
    ),
    'gained',
    'tag',
    'tag `team` of instance `i-1` changed from `blue` to `red`',
  ],
  [
    'an interface brings a security group along, and its addresses',
    [interfaces(['eni-1', 'sg-1', '10.0.0.1']), []],
    [interfaces(['eni-1', 'sg-1', '10.0.0.1'], ['eni-2', 'sg-2', '10.0.1.1']), [OPENED]],
    record(
      'AttachNetworkInterface',
      { networkInterfaceId: 'eni-2', instanceId: 'i-1', deviceIndex: 1 },
      { eventSource: 'ec2.amazonaws.com' },
    ),
    'gained',
    'instance',
    'securityGroups of instance `i-1` changed: `sg-2` added',
  ],
  [
    'all tags are deleted',
    [{ ...withP(BY_TAG), instances: [{ id: 'i-1', tags: { team: 'red' } }] }, ONE],
    [{ ...withP(BY_TAG), instances: [{ id: 'i-1' }] }, []],
    record(
      'DeleteTags',
      { resourcesSet: { items: { resourceId: 'i-1' } } },
      { eventSource: 'ec2.amazonaws.com' },
    ),
    'lost',
    'tag',
    'tag `team` of instance `i-1` was removed, it was `red`',
  ],
  [
    'a tag of the user opens it',
    [
      withP(allow('ssm:*', '*', { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } })),
      [],
    ],
    [
      withP(allow('ssm:*', '*', { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } }), {
        tags: { team: 'blue' },
      }),
      ONE,
    ],
    record('TagUser', { userName: 'alice', tags: [{ key: 'team', value: 'blue' }] }),
    'gained',
    'tag',
    'tag `team` of user `alice` was set to `blue`',
  ],
  [
    'the role is trusted',
    [roleWith({ trust: TRUST_EC2 }), []],
    [roleWith({ trust: TRUSTING(ACCOUNT_ID) }), [THROUGH]],
    record('UpdateAssumeRolePolicy', { roleName: 'ops', policyDocument: '{}' }),
    'gained',
    'trust',
    'the trust policy of role `ops` changed: statement 0 edited',
  ],
  [
    'an outside account is let in',
    [roleWith({ trust: TRUST_EC2 }), []],
    [roleWith({ trust: TRUSTING('444455556666') }), [{ ...THROUGH, who: 'arn:aws:iam::444455556666:root' }]],
    record('UpdateAssumeRolePolicy', { roleName: 'ops' }),
    'gained',
    'trust',
    'the trust policy of role `ops` changed: statement 0 edited',
  ],
  [
    'the role on the way gets the policy',
    [roleWith({ trust: TRUSTING(ACCOUNT_ID), policies: [] }), []],
    [roleWith({ trust: TRUSTING(ACCOUNT_ID) }), [THROUGH]],
    record('PutRolePolicy', { roleName: 'ops', policyName: 'policy-0' }),
    'gained',
    'policy',
    'inline policy `policy-0` of role `ops` was added',
  ],
  [
    'a guardrail is attached',
    [levels(allow('*')), ONE],
    [levels(allow('*'), deny('ssm:*')), []],
    record(
      'AttachPolicy',
      { policyId: 'p-scp-0-1', targetId: 'r-root' },
      { eventSource: 'organizations.amazonaws.com' },
    ),
    'lost',
    'guardrail',
    'service control policy `scp-0-1` was attached to `r-root`',
  ],
  [
    'a guardrail changes',
    [levels(deny('ssm:*')), []],
    [levels(allow('*')), ONE],
    record('UpdatePolicy', { policyId: 'p-scp-0-0' }, { eventSource: 'organizations.amazonaws.com' }),
    'gained',
    'guardrail',
    'service control policy `scp-0-0` changed: statement 0 edited',
  ],
  [
    'the account moves',
    [levels(allow('*')), ONE],
    [{ ...levels(allow('*')), organization: [{ scps: [allow('*')] }, { scps: [deny('*')] }] }, []],
    record('MoveAccount', { accountId: ACCOUNT_ID }, { eventSource: 'organizations.amazonaws.com' }),
    'lost',
    'guardrail',
    'the account is now under `ou-root-1`',
  ],
  [
    'the user is new',
    [{ instances: [{ id: 'i-1' }] }, []],
    [{ ...withP(START), instances: [{ id: 'i-1' }] }, ONE],
    record('CreateUser', { userName: 'alice' }),
    'gained',
    'principal',
    'user `alice` is new',
  ],
  [
    'the user is gone',
    [withP(START), ONE],
    [{ instances: [{ id: 'i-1' }] }, []],
    record('DeleteUser', { userName: 'alice' }),
    'lost',
    'principal',
    'user `alice` is gone',
  ],
  [
    'the user is new, and only what was put on it is known',
    [{ instances: [{ id: 'i-1' }] }, []],
    [{ ...withP(START), instances: [{ id: 'i-1' }] }, ONE],
    record('PutUserPolicy', { userName: 'alice', policyName: 'p' }),
    'gained',
    'principal',
    'user `alice` is new',
  ],
  [
    'the instance is new',
    [{ ...withP(START), instances: [] }, []],
    [withP(START), ONE],
    record(
      'RunInstances',
      { instancesSet: { items: [{ imageId: 'ami-1' }] } },
      {
        eventSource: 'ec2.amazonaws.com',
        responseElements: { instancesSet: { items: [{ instanceId: 'i-1' }] } },
      },
    ),
    'gained',
    'instance',
    'instance `i-1` is new',
  ],
  [
    'the instance is gone',
    [withP(START), ONE],
    [{ ...withP(START), instances: [] }, []],
    record(
      'TerminateInstances',
      { instancesSet: { items: [{ instanceId: 'i-1' }] } },
      { eventSource: 'ec2.amazonaws.com' },
    ),
    'lost',
    'instance',
    'instance `i-1` is gone',
  ],
  [
    'nothing explains it',
    [withP(START), []],
    [withP(START), ONE],
    null,
    'gained',
    'unknown',
    'nothing that differs between the two snapshots explains it',
  ],
];

// an empty account has no region of its own, so the region is given
export const seen = ([input, cells]: Side): Side => [
  input.instances?.length === 0 ? { ...input, regions: { 'us-east-1': { instances: [] } } } : input,
  cells,
];
