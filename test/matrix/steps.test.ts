import { describe, expect, test } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, type RoleInput } from '../fixtures/account.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const ADA = arn('user', 'ada');
const trust = (Principal: unknown, Condition?: object, Action = 'sts:AssumeRole'): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    { Sid: 'In', Effect: 'Allow', Principal, Action, ...(Condition ? { Condition } : {}) },
  ],
});
const WITH_MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const OFFICE = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
const shell = { policies: [allow('ssm:StartSession')] };

function cell(input: AccountInput, principal = ADA): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const filter = { principal, path: 'session-manager', instance: 'i-1' } as const;
  return [...cellsOf(buildMatrix(snapshot), snapshot, filter)][0];
}

describe('the steps of a chain', () => {
  test('are empty for a direct cell', () => {
    expect(cell({ users: [{ name: 'ada', ...shell }] })).toMatchObject({ via: [], steps: [] });
  });

  test('name who becomes whom, by which statement, and the condition of each step', () => {
    const id = { StringEquals: { 'sts:ExternalId': 'x-1' } };
    const roles: RoleInput[] = [
      { name: 'first', trust: trust({ AWS: ADA }) },
      { name: 'second', ...shell, trust: trust({ AWS: arn('role', 'first') }, id) },
    ];
    const [first, second] = [arn('role', 'first'), arn('role', 'second')];
    expect(cell({ users: [{ name: 'ada' }], roles })?.steps).toEqual([
      {
        from: ADA,
        to: first,
        request: { action: 'sts:AssumeRole', resource: first },
        instance: null,
        path: null,
        trust: { policy: `${first}#trust policy`, statement: 1, sid: 'In' },
        condition: null,
        uncertain: [],
      },
      {
        from: first,
        to: second,
        request: { action: 'sts:AssumeRole', resource: second },
        instance: null,
        path: null,
        trust: { policy: `${second}#trust policy`, statement: 1, sid: 'In' },
        condition: expect.objectContaining({ text: 'if sts:ExternalId is x-1' }),
        uncertain: [],
      },
    ]);
  });

  test('name the instance that gives a role', () => {
    const instances = [{ id: 'i-1' }, { id: 'i-2', role: 'box' }];
    const users = [
      {
        name: 'ada',
        policies: [allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/i-2')],
      },
    ];
    const two = `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-2`;
    expect(cell({ users, instances, roles: [{ name: 'box', ...shell }] })?.steps).toEqual([
      {
        from: ADA,
        to: arn('role', 'box'),
        request: null,
        instance: two,
        path: 'session-manager',
        trust: null,
        condition: null,
        uncertain: ['data-channel-not-granted', 'default-session-document'],
      },
    ]);
    const [step] =
      cell({
        instances,
        users: [
          {
            name: 'ada',
            policies: [
              allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/i-2', WITH_MFA),
              allow('ssm:SendCommand', '*', OFFICE),
            ],
          },
        ],
        roles: [{ name: 'box', ...shell }],
      })?.steps ?? [];
    // any shell is enough, so any of their conditions is
    expect(step).toMatchObject({ request: null, path: 'session-manager' });
    expect(step?.condition?.text).toContain('signed in with MFA');
    expect(step?.condition?.text).toContain('from 203.0.113.0/24');
  });

  test('name changes of oneself and of others', () => {
    const own = cell({ users: [{ name: 'ada', policies: [allow('iam:PutUserPolicy', ADA)] }] });
    expect(own?.steps).toEqual([
      expect.objectContaining({
        from: ADA,
        to: ADA,
        request: { action: 'iam:PutUserPolicy', resource: ADA },
      }),
    ]);
    const users = [
      { name: 'ada', policies: [allow('iam:CreateAccessKey')] },
      { name: 'bob', ...shell },
    ];
    const bob = arn('user', 'bob');
    expect(cell({ users })?.steps).toEqual([
      expect.objectContaining({
        from: ADA,
        to: bob,
        request: { action: 'iam:CreateAccessKey', resource: bob },
      }),
    ]);
  });

  test('show the chain that opens the cell, of several with the same first action', () => {
    const WITHOUT_MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'false' } };
    const input = {
      instances: [{ id: 'i-1' }],
      users: [
        {
          name: 'ada',
          policies: [
            allow(['iam:PassRole', 'lambda:CreateFunction'], '*', WITH_MFA),
            allow('lambda:InvokeFunction', '*', WITHOUT_MFA),
            allow('lambda:AddPermission', '*', OFFICE),
          ],
        },
      ],
      roles: [{ name: 'fn', ...shell, trust: trust({ Service: 'lambda.amazonaws.com' }) }],
    };
    const name = { principal: ADA, instance: 'i-1', path: 'session-manager' } as const;
    const held = cell(input);
    const told = explainCell(account(input), name);
    // its creator could never call the function
    expect(held?.condition?.text).toBe('if signed in with MFA and from 203.0.113.0/24');
    expect(held?.steps[0]?.condition).toEqual(held?.condition);
    expect(told).toMatchObject({
      condition: held?.condition,
      steps: [
        {
          requests: [
            { action: 'iam:PassRole', decision: 'conditional' },
            { action: 'lambda:CreateFunction', decision: 'conditional' },
            { action: 'lambda:AddPermission', decision: 'conditional' },
          ],
        },
      ],
    });
  });

  test.each<[string, readonly object[], Partial<AccountInput>, string, string]>([
    ['what one does to oneself', [allow('iam:PutUserPolicy', ADA, WITH_MFA)], {}, 'iam:PutUserPolicy', ADA],
    [
      'what one may pass on',
      [
        allow('iam:PassRole', '*', WITH_MFA),
        allow(['lambda:CreateFunction', 'lambda:InvokeFunction'], '*', WITH_MFA),
      ],
      { roles: [{ name: 'fn', ...shell, trust: trust({ Service: 'lambda.amazonaws.com' }) }] },
      'lambda:CreateFunction',
      arn('role', 'fn'),
    ],
    [
      'writing a trust policy',
      [allow('iam:UpdateAssumeRolePolicy', '*', WITH_MFA)],
      { roles: [{ name: 'box', ...shell }] },
      'iam:UpdateAssumeRolePolicy',
      arn('role', 'box'),
    ],
    [
      'joining a group',
      [allow('iam:AddUserToGroup', '*', WITH_MFA)],
      { groups: [{ name: 'ops', policies: [allow('ssm:StartSession')] }] },
      'iam:AddUserToGroup',
      arn('group', 'ops'),
    ],
  ])('have the condition of an IAM action: %s', (_says, policies, input, action, resource) => {
    const [step, ...more] = cell({ ...input, users: [{ name: 'ada', policies }] })?.steps ?? [];
    expect(more).toEqual([]);
    expect(step).toMatchObject({ from: ADA, request: { action, resource }, trust: null });
    expect(step?.to).toBe(resource.includes(':role/') ? resource : ADA);
    expect(step?.condition?.text).toBe('if signed in with MFA');
  });

  test('have the condition of the right role, of two that are assumed', () => {
    const roles: RoleInput[] = [
      { name: 'first', trust: trust({ AWS: ADA }), policies: [allow('sts:AssumeRole', '*', OFFICE)] },
      { name: 'second', ...shell, trust: trust({ AWS: ACCOUNT_ID }) },
    ];
    const steps = cell({ users: [{ name: 'ada' }], roles })?.steps ?? [];
    expect(steps.map(({ condition }) => condition?.text ?? null)).toEqual([null, 'if from 203.0.113.0/24']);
  });

  test('have no key that an assumed session lacks', () => {
    const lambda = { ArnLike: { 'lambda:SourceFunctionArn': '*' } };
    const roles: RoleInput[] = [
      {
        name: 'first',
        trust: trust({ AWS: [ADA] }),
        policies: [allow('sts:AssumeRole', '*', lambda)],
      },
      { name: 'second', ...shell, trust: trust({ AWS: ACCOUNT_ID }) },
    ];
    expect(cell({ users: [{ name: 'ada' }], roles })).toBeUndefined();
  });

  test.each<[string, string, object, string | null]>([
    [
      'who he is, which he may choose',
      'anybody',
      trust('*', { StringNotEquals: { 'aws:PrincipalAccount': '444455556666' } }),
      null,
    ],
    [
      'that, and more',
      'anybody',
      trust('*', {
        StringNotEquals: { 'aws:PrincipalAccount': '444455556666' },
        StringEquals: { 'sts:ExternalId': 'x-1' },
      }),
      'if sts:ExternalId is x-1',
    ],
    [
      'something, but not of a role that is named',
      'arn:aws:iam::444455556666:root',
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '444455556666' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } },
          },
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::444455556666:role/ci' },
            Action: 'sts:AssumeRole',
          },
        ],
      },
      null,
    ],
  ])('have what remains of the request of a principal from outside: %s', (_, principal, own, text) => {
    const input = { instances: [{ id: 'i-1' }], roles: [{ name: 'gate', ...shell, trust: own }] };
    const told = explainCell(account(input), { principal, instance: 'i-1', path: 'session-manager' });
    if ('error' in told) throw new Error(told.error);
    const [step] = told.steps;
    const [request, ...others] = step?.requests ?? [];
    expect(others).toEqual([]);
    expect(step?.condition?.text ?? null).toBe(text);
    expect(request?.condition?.text ?? null).toBe(text);
    expect(request?.decision).toBe(text === null ? 'allowed' : 'conditional');
  });

  test('show how a principal from outside comes in', () => {
    const roles = [{ name: 'gate', ...shell, trust: trust('*') }];
    expect(cell({ roles }, 'anybody')).toMatchObject({
      kind: 'outside',
      steps: [{ from: 'anybody', to: arn('role', 'gate'), trust: { statement: 1, sid: 'In' } }],
    });
    const gitlab = `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/gitlab.com`;
    const web = [
      {
        name: 'gate',
        ...shell,
        trust: trust({ Federated: gitlab }, undefined, 'sts:AssumeRoleWithWebIdentity'),
      },
    ];
    expect(cell({ roles: web }, gitlab)?.steps).toMatchObject([
      { from: gitlab, request: { action: 'sts:AssumeRoleWithWebIdentity' }, trust: { statement: 1 } },
    ]);
  });
});

describe('the kind of a principal', () => {
  const kindOf = (role: Partial<RoleInput>, others: RoleInput[] = []) => {
    const roles = [{ name: 'r', ...shell, ...role }, ...others];
    const path = role.path ?? '/';
    return cell({ users: [{ name: 'ada' }], roles }, `arn:aws:iam::${ACCOUNT_ID}:role${path}r`)?.kind;
  };
  const saml = `arn:aws:iam::${ACCOUNT_ID}:saml-provider/okta`;

  test.each<[string, Partial<RoleInput>, string]>([
    ['of a service', { trust: trust({ Service: 'lambda.amazonaws.com' }) }, 'machine'],
    [
      'of a workload',
      { trust: trust({ Federated: `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/gitlab.com` }) },
      'machine',
    ],
    ['of SAML', { trust: trust({ Federated: saml }, undefined, 'sts:AssumeRoleWithSAML') }, 'person'],
    ['of the account', { trust: trust({ AWS: ACCOUNT_ID }) }, 'person'],
    ['of a user', { trust: trust({ AWS: ADA }) }, 'person'],
    ['of everybody', { trust: trust('*') }, 'person'],
    ['of account access', { trust: trust({ Service: 'account-access.amazonaws.com' }) }, 'person'],
    ['of Identity Center', { path: '/aws-reserved/sso.amazonaws.com/' }, 'person'],
    ['linked to a service', { path: '/aws-service-role/ssm.amazonaws.com/' }, 'aws'],
  ])('%s', (_says, role, kind) => {
    expect(kindOf(role)).toBe(kind);
  });

  test("of a role that another role assumes is that role's kind", () => {
    const by = (Principal: unknown) => [{ name: 'other', trust: trust(Principal) }];
    const role = { trust: trust({ AWS: arn('role', 'other') }) };
    expect(kindOf(role, by({ AWS: ADA }))).toBe('person');
    expect(kindOf(role, by({ Service: 'lambda.amazonaws.com' }))).toBe('machine');
    expect(kindOf(role, by({ AWS: arn('role', 'r') }))).toBe('machine');
    const session = { trust: trust({ AWS: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/other/ada` }) };
    expect(kindOf(session, by({ AWS: ADA }))).toBe('person');
  });

  test('of a user is a person', () => {
    expect(cell({ users: [{ name: 'ada', ...shell }] })?.kind).toBe('person');
  });
});
