import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import {
  ACCOUNT_ID,
  type AccountInput,
  account,
  allow,
  deny,
  type RoleInput,
  type UserInput,
} from '../fixtures/account.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const ALICE = arn('user', 'alice');
const trusting = (AWS: unknown, Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...(Condition ? { Condition } : {}) },
  ],
});
const ROOT = `arn:aws:iam::${ACCOUNT_ID}:root`;
const shell = { policies: [allow('ssm:StartSession')] };

/** The cell of a principal (alice) on i-1 and a path (session-manager). */
function cell(input: AccountInput, principal = ALICE, path: PathId = 'session-manager'): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  return [...cellsOf(buildMatrix(snapshot), snapshot, { principal, path, instance: 'i-1' })][0];
}

const alice = (...policies: object[]): readonly UserInput[] => [{ name: 'alice', policies }];

describe('a chain through roles', () => {
  test('is not found by an assumed session, if only the session of an instance may assume the next role', () => {
    const onward = allow('iam:CreateAccessKey', '*', { Null: { 'ec2:SourceInstanceARN': 'false' } });
    const ec2 = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com', AWS: ROOT }, Action: 'sts:AssumeRole' },
      ],
    };
    const onBox = allow('ssm:StartSession', ['arn:aws:ec2:*:*:instance/i-2', 'arn:aws:ssm:*:*:document/*']);
    const input = {
      users: [
        ...alice(allow('sts:AssumeRole', arn('role', 'a')), onBox),
        { name: 't1', ...shell },
        { name: 't2', ...shell },
      ],
      roles: [
        { name: 'a', policies: ['Onward'], trust: ec2 },
        { name: 'b', policies: ['Onward'], trust: ec2 },
      ],
      policies: [{ name: 'Onward', document: onward }],
      instances: [{ id: 'i-1' }, { id: 'i-2', role: 'b' }],
    };
    expect(cell(input)?.via).toEqual([
      `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-2`,
      'iam:CreateAccessKey',
      arn('user', 't1'),
    ]);
  });

  test('ends at a principal that is named beside the whole account: its boundary does not limit it, and no others are admitted', () => {
    const user = (name: string): UserInput => ({
      name,
      groups: ['assumers'],
      boundary: allow('s3:GetObject'),
    });
    const groups = [{ name: 'assumers', policies: [allow('sts:AssumeRole')] }];
    const roles = [{ name: 'r', ...shell, trust: trusting([ROOT, arn('user', 'aaron')]) }];
    const input = { users: [user('aaron'), user('alice')], groups, roles };
    expect(cell(input, arn('user', 'aaron'))?.via).toEqual([arn('role', 'r')]);
    expect(cell(input)).toBeUndefined();
  });

  test('needs an Allow in the identity policy and in the trust policy', () => {
    const roles = [{ name: 'r', ...shell, trust: trusting(ROOT) }];
    expect(cell({ users: alice(allow('sts:AssumeRole')), roles })?.via).toEqual([arn('role', 'r')]);
    expect(cell({ users: alice(), roles })).toBeUndefined();
    expect(cell({ users: alice(allow('sts:AssumeRole')), roles: [{ name: 'r', ...shell }] })).toBeUndefined();
  });

  test('is the shortest one of two hops, and ends in a cycle', () => {
    const roles = [
      { name: 'a', policies: [allow('sts:AssumeRole')], trust: trusting([ALICE, arn('role', 'b')]) },
      { name: 'b', ...shell, trust: trusting(arn('role', 'a')) },
    ];
    expect(cell({ users: alice(), roles })?.via).toEqual([arn('role', 'a'), arn('role', 'b')]);
  });

  test('does not contain a role that only trusts itself', () => {
    const roles = [{ name: 'a', ...shell, trust: trusting(arn('role', 'a')) }];
    expect(cell({ roles }, arn('role', 'a'))?.via).toEqual([]);
  });

  test('has no condition that no session of the role at its end can meet', () => {
    const other = { StringLike: { 'aws:userid': 'AROAOTHER:*' } };
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const policies = [allow('ssm:StartSession', '*', other), allow('ssm:StartSession', '*', mfa)];
    const roles = [{ name: 'r', policies, trust: trusting(ROOT) }];
    expect(cell({ users: alice(allow('sts:AssumeRole')), roles })?.condition?.text).toBe(
      'if signed in with MFA',
    );
  });

  test('keeps the external id of an outside account', () => {
    const outside = 'arn:aws:iam::444455556666:root';
    const external = { StringEquals: { 'sts:ExternalId': 'x-1' } };
    const found = cell({ roles: [{ name: 'r', ...shell, trust: trusting(outside, external) }] }, outside);
    expect(found).toMatchObject({ verdict: 'conditional', via: [arn('role', 'r')] });
    expect(found?.condition?.anyOf).toEqual([
      { allOf: [{ key: 'sts:ExternalId', operator: 'StringEquals', values: ['x-1'] }] },
    ]);
  });

  test('has an external id for each role, and one source address for all', () => {
    const chain = (first: object, second: object) => ({
      users: alice(),
      roles: [
        { name: 'a', policies: [allow('sts:AssumeRole')], trust: trusting(ALICE, first) },
        { name: 'b', ...shell, trust: trusting(arn('role', 'a'), second) },
      ],
    });
    const id = (value: string) => ({ StringEquals: { 'sts:ExternalId': value } });
    const from = (cidr: string) => ({ IpAddress: { 'aws:SourceIp': cidr } });
    const term = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });
    const x = term('sts:ExternalId', 'StringEquals', 'x-1');
    const found = cell(chain(id('x-1'), id('x-2')));
    expect(found).toMatchObject({ verdict: 'conditional', via: [arn('role', 'a'), arn('role', 'b')] });
    expect(found?.condition?.anyOf).toEqual([{ allOf: [x, term('sts:ExternalId', 'StringEquals', 'x-2')] }]);
    expect(cell(chain(id('x-1'), id('x-1')))?.condition?.anyOf).toEqual([{ allOf: [x] }]);
    expect(cell(chain(from('10.0.0.0/8'), from('192.168.0.0/16')))).toBeUndefined();
    const both = cell(
      chain({ ...id('x-1'), ...from('10.0.0.0/8') }, { ...id('x-2'), ...from('10.1.0.0/16') }),
    );
    expect(both?.condition?.anyOf[0]?.allOf).toContainEqual(term('aws:SourceIp', 'IpAddress', '10.1.0.0/16'));
    expect(both?.condition?.anyOf[0]?.allOf).toHaveLength(3);
  });

  test('needs sts:TagSession if a trust policy requires a session tag', () => {
    const tagged = { StringEquals: { 'aws:RequestTag/team': 'red' } };
    const trust = (Action: string[]): object => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action, Condition: tagged }],
    });
    const both = ['sts:AssumeRole', 'sts:TagSession'];
    const roles = (actions: string[]): readonly RoleInput[] => [
      { name: 'r', ...shell, trust: trust(actions) },
    ];
    expect(cell({ users: alice(allow(both)), roles: roles(both) })?.verdict).toBe('allowed');
    expect(cell({ users: alice(allow('sts:AssumeRole')), roles: roles(both) })).toBeUndefined();
    expect(cell({ users: alice(allow(both)), roles: roles(['sts:AssumeRole']) })).toBeUndefined();
  });
});

test("a chain continues from a shell on an instance with the instance's role", () => {
  const snapshot = account({
    users: alice(allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/i-2')),
    roles: [{ name: 'app', policies: [allow('ec2:StopInstances')] }],
    instances: [{ id: 'i-1' }, { id: 'i-2', role: 'app' }],
  });
  const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { principal: ALICE, instance: 'i-1' })];
  expect(cells.map(({ path, via }) => ({ path, via }))).toEqual([
    { path: 'power', via: [`arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-2`] },
  ]);
});

describe('self-escalation', () => {
  const via = (input: AccountInput): readonly string[] | undefined => cell(input)?.via;
  const shared = { name: 'shared', document: allow('iam:CreatePolicyVersion', arn('policy', 'shared')) };

  test('by an inline policy works only on the principal itself', () => {
    expect(via({ users: alice(allow('iam:PutUserPolicy', ALICE)) })).toEqual(['iam:PutUserPolicy']);
    expect(via({ users: alice(allow('iam:PutUserPolicy', arn('user', 'bob'))) })).toBeUndefined();
    expect(via({ users: alice(allow('iam:PutRolePolicy')) })).toBeUndefined();
  });

  test('by a new version works for an attached policy', () => {
    const policies = [shared];
    expect(via({ policies, users: [{ name: 'alice', policies: ['shared'] }] })).toEqual([
      'iam:CreatePolicyVersion',
    ]);
    expect(via({ policies, users: alice() })).toBeUndefined();
  });

  test('by attaching is limited to the policies that may be attached', () => {
    const only = (policy: string): object => ({ ArnEquals: { 'iam:PolicyARN': policy } });
    const attach = (policy: string): object => allow('iam:AttachUserPolicy', ALICE, only(policy));
    const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect(via({ users: alice(attach(administrator)) })).toEqual(['iam:AttachUserPolicy']);
    expect(via({ users: alice(attach('arn:aws:iam::aws:policy/ReadOnlyAccess')) })).toBeUndefined();
  });

  test('stays within the boundary, unless it can be removed, and within the guardrails', () => {
    const put = allow('iam:*', ALICE);
    const bounded = (...boundary: object[]): readonly UserInput[] => [
      { name: 'alice', policies: [put], boundary: { Version: '2012-10-17', Statement: boundary } },
    ];
    const iam = (Action: string): object => ({ Effect: 'Allow', Action, Resource: '*' });
    expect(via({ users: bounded(iam('iam:PutUserPolicy')) })).toBeUndefined();
    expect(via({ users: bounded(iam('iam:*')) })).toEqual([
      'iam:PutUserPolicy',
      'iam:DeleteUserPermissionsBoundary',
    ]);
    const scps = [allow('*'), deny('ssm:StartSession')];
    expect(via({ users: alice(put), organization: [{ scps }] })).toBeUndefined();
  });

  test('keeps its condition', () => {
    const mfa = allow('iam:PutUserPolicy', ALICE, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
    expect(cell({ users: alice(mfa) })).toMatchObject({
      verdict: 'conditional',
      condition: { text: 'if signed in with MFA' },
    });
  });

  test('works by joining a group', () => {
    const groups = [{ name: 'ops', policies: [allow('ssm:StartSession')] }];
    expect(via({ groups, users: alice(allow('iam:AddUserToGroup')) })).toEqual([
      'iam:AddUserToGroup',
      arn('group', 'ops'),
    ]);
  });

  test("works by joining a group without members only under that group's own policy", () => {
    const red = { StringEquals: { 'aws:ResourceTag/team': 'red' } };
    const groups = [{ name: 'ops', policies: [allow('ssm:StartSession', '*', red)] }];
    const instances = [
      { id: 'i-0', tags: { team: 'blue' } },
      { id: 'i-1', tags: { team: 'red' } },
    ];
    const snapshot = account({ groups, instances, users: alice(allow('iam:AddUserToGroup')) });
    const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'session-manager' })];
    expect(cells.map(({ instance }) => instance)).toEqual(['i-1']);
  });

  test('works as another user, as another role, and through a service', () => {
    const bob = { name: 'bob', ...shell };
    expect(via({ users: [...alice(allow('iam:CreateAccessKey')), bob] })).toEqual([
      'iam:CreateAccessKey',
      arn('user', 'bob'),
    ]);
    const roles = [{ name: 'r', ...shell }];
    expect(via({ users: alice(allow('iam:UpdateAssumeRolePolicy')), roles })).toEqual([
      'iam:UpdateAssumeRolePolicy',
      arn('role', 'r'),
    ]);
    const lambda = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    };
    const pass = allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction']);
    expect(via({ users: alice(pass), roles: [{ name: 'r', ...shell, trust: lambda }] })).toEqual([
      'lambda:CreateFunction',
      arn('role', 'r'),
    ]);
    expect(via({ users: alice(pass), roles })).toBeUndefined();
  });

  // https://repost.aws/knowledge-center/identity-center-aws-reserved-sso: only AWS changes these
  test.each([
    ['every role', '*', undefined],
    ['every role, by a pattern', arn('role', '*'), undefined],
    ['roles without a tag', '*', { Null: { 'aws:ResourceTag/team': 'true' } }],
  ])('does not change a role of Identity Center beside the other role: right to %s', (_, on, condition) => {
    const users = alice(allow('iam:UpdateAssumeRolePolicy', on, condition));
    const reserved = {
      name: 'AWSReservedSSO_Ops_0123456789abcdef',
      path: '/aws-reserved/sso.amazonaws.com/',
    };
    const [own, ofAws] = [{ name: 'r' }, reserved];
    const taken = ['iam:UpdateAssumeRolePolicy', arn('role', 'r')];
    for (const order of [(one: RoleInput[]) => one, (one: RoleInput[]) => one.reverse()]) {
      expect(via({ users, roles: order([ofAws, { ...own, ...shell }]) })).toEqual(taken);
      expect(via({ users, roles: order([{ ...ofAws, ...shell }, own]) })).toBeUndefined();
    }
  });

  test('without codes comes first if both have a condition, also if a part of the other has none', () => {
    const external = { StringEquals: { 'sts:ExternalId': 'x' } };
    const onBox = allow('ssm:StartSession', ['arn:aws:ec2:*:*:instance/i-2', 'arn:aws:ssm:*:*:document/*']);
    const input = {
      users: alice(allow('sts:AssumeRole'), onBox),
      roles: [
        { name: 'd', trust: trusting(ALICE, { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }) },
        { name: 'r', policies: [allow('ec2:RebootInstances')], trust: trusting(arn('role', 'd'), external) },
      ],
      instances: [{ id: 'i-1' }, { id: 'i-2', role: 'd' }],
    };
    const { via, uncertain } = cell(input, ALICE, 'power') ?? {};
    expect({ via, uncertain }).toEqual({ via: [arn('role', 'd'), arn('role', 'r')], uncertain: [] });
  });

  test('is not used by a principal with every right: its own statement is named as the grant', () => {
    expect(via({ users: alice(allow('*')) })).toEqual([]);
    expect(cell({ users: alice(allow('iam:PutUserPolicy')) })?.grants).toMatchObject([
      { policy: `${ALICE}#policy-0`, statement: 0 },
    ]);
  });
});
