import { describe, expect, test } from 'vitest';
import { ACCOUNT_ID as A, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { reachOf } from './organization.ts';

const B = '444455556666';
const C = '777788889999';
const gate = `arn:aws:iam::${B}:role/gate`;
const root = (id: string): string => `arn:aws:iam::${id}:root`;

type Documents = readonly object[];

/** One principal of one account and one role of another, and what differs from the defaults. */
interface Sides {
  /** what the principal may request; left out: the role */
  readonly may?: object;
  readonly who?: 'user' | 'role';
  readonly tags?: Readonly<Record<string, string>>;
  readonly boundary?: object;
  readonly takenBy?: object;
  readonly from?: Partial<AccountInput>;
  /** whom the role trusts; left out: the other account */
  readonly trusts?: unknown;
  readonly when?: object;
  readonly action?: string | readonly string[];
  readonly denies?: object;
  readonly into?: Partial<AccountInput>;
  readonly gateTags?: Readonly<Record<string, string>>;
}

const statement = (Principal: unknown, Condition?: object, Action: unknown = 'sts:AssumeRole'): object => ({
  ...{ Effect: 'Allow', Principal, Action },
  ...(Condition && { Condition }),
});
const trust = (...Statement: Documents): object => ({ Version: '2012-10-17', Statement });

const me = { user: `arn:aws:iam::${A}:user/me`, role: `arn:aws:iam::${A}:role/me` } as const;

/** Null: not reached; empty: reached without a condition; else the remaining condition. */
function reached({ who = 'user', ...sides }: Sides): string | null {
  const one = {
    name: 'me',
    policies: [sides.may ?? allow('sts:*', gate)],
    ...(sides.boundary && { boundary: sides.boundary }),
    ...(sides.tags && { tags: sides.tags }),
  };
  const trusts = statement(sides.trusts ?? { AWS: root(A) }, sides.when, sides.action);
  const reach = reachOf(
    account({
      ...(who === 'user'
        ? { users: [one] }
        : { roles: [{ ...one, ...(sides.takenBy && { trust: sides.takenBy }) }] }),
      ...sides.from,
    }),
    account({
      accountId: B,
      roles: [
        {
          name: 'gate',
          policies: [allow(['ssm:StartSession', 'ssmmessages:OpenDataChannel'])],
          trust: trust(trusts, ...(sides.denies ? [sides.denies] : [])),
          ...(sides.gateTags && { tags: sides.gateTags }),
        },
      ],
      instances: [{ id: 'i-1' }],
      ...sides.into,
    }),
  );
  const [account_, ...others] = reach.get(me[who]) ?? [];
  expect(others).toEqual([]);
  if (account_ === undefined) return null;
  expect([account_.accountId, account_.instances, account_.via]).toEqual([B, 1, [gate]]);
  return (
    account_.condition?.text.replace(/^if /, '') ?? (account_.verdict === 'allowed' ? '' : account_.verdict)
  );
}

const equals = (key: string, ...values: string[]): object => ({ StringEquals: { [key]: values } });
const organization = (id: string | null, ...scps: Documents): Partial<AccountInput> => ({
  organization: [{ targetId: 'r-1', scps: scps.length > 0 ? scps : [allow('*')] }],
  managementAccountId: id ?? '999900000000',
});

/*
 * Both accounts must allow it:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
describe('a role of another account is reached if both sides allow it', () => {
  const cases: readonly (readonly [string, Sides, string | null])[] = [
    ['both do', {}, ''],
    ['the identity side does not', { may: allow('ssm:*') }, null],
    ['the identity side is about another role', { may: allow('sts:AssumeRole', `${gate}way`) }, null],
    [
      'the identity side is about roles of its own account',
      { may: allow('sts:*', `arn:aws:iam::${A}:role/*`) },
      null,
    ],
    [
      'the identity side is about roles of that name anywhere',
      { may: allow('sts:*', 'arn:aws:iam::*:role/gate') },
      '',
    ],
    [
      'the identity side asks for an MFA of its own',
      { may: allow('sts:*', gate, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }) },
      'signed in with MFA',
    ],
    ['the trust names its ARN', { trusts: { AWS: me.user } }, ''],
    ['the trust names its ARN and nobody allows it', { trusts: { AWS: me.user }, may: allow('ec2:*') }, null],
    ['the trust names another ARN', { trusts: { AWS: `${me.user}s` } }, null],
    ['the trust names its id', { trusts: { AWS: 'AIDAME' } }, ''],
    ['the trust names the number of the account', { trusts: { AWS: A } }, ''],
    ['the trust names a third account', { trusts: { AWS: root(C) } }, null],
    ['the trust names everybody', { trusts: '*' }, ''],
    [
      'the trust names everybody but for one account',
      { trusts: '*', denies: { ...statement('*', equals('aws:PrincipalAccount', A)), Effect: 'Deny' } },
      null,
    ],
    ['the trust denies it by its ARN', { denies: { ...statement({ AWS: me.user }), Effect: 'Deny' } }, null],
    ['the trust names a role', { who: 'role', trusts: { AWS: me.role } }, ''],
    [
      'the trust names one session of a role',
      { who: 'role', trusts: { AWS: `arn:aws:sts::${A}:assumed-role/me/night` } },
      'aws:userid is AROAME:night',
    ],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    ['a boundary leaves it out', { boundary: allow('ec2:*') }, null],
    ['a boundary leaves it in', { boundary: allow('sts:AssumeRole') }, ''],
    [
      'a boundary limits whom the trust names by ARN',
      { trusts: { AWS: me.user }, boundary: allow('ec2:*') },
      null,
    ],
  ];
  test.each(cases)('%s', (_, sides, answer) => {
    expect(reached(sides)).toBe(answer);
  });
});

/* https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html */
describe("the principal's guardrails apply to the principal, the role's to the role", () => {
  const noRoles = deny('sts:AssumeRole', '*', { StringNotEquals: { 'aws:ResourceAccount': A } });
  const limit = (Condition: object): object => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:*', Resource: '*', Condition }],
  });
  const into = (rcp: object): Partial<AccountInput> => ({
    organization: [{ targetId: 'r-1', scps: [allow('*')], rcps: [rcp] }],
  });
  const cases: readonly (readonly [string, Sides, string | null])[] = [
    ['its own service control policy denies it', { from: organization(null, allow('*'), noRoles) }, null],
    ['its own level allows nothing of it', { from: organization(null, allow('ec2:*')) }, null],
    [
      'the service control policy of the role is not its',
      { into: organization(null, allow('*'), deny('sts:*')) },
      '',
    ],
    ['the management account has none', { from: organization(A, allow('ec2:*')) }, ''],
    [
      "the role's resource control policy denies others",
      {
        from: organization(null),
        into: into(limit({ StringNotEqualsIfExists: { 'aws:PrincipalAccount': B } })),
      },
      null,
    ],
    [
      "the role's resource control policy lets the account in",
      { into: into(limit({ StringNotEquals: { 'aws:PrincipalAccount': [A, B] } })) },
      '',
    ],
    [
      'its own resource control policy is not about the role',
      { from: into(limit({ StringNotEquals: { 'aws:PrincipalAccount': B } })) },
      '',
    ],
  ];
  test.each(cases)('%s', (_, sides, answer) => {
    expect(reached(sides)).toBe(answer);
  });
});

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
describe('conditions are met by the identity of the principal, or remain', () => {
  const outside = { organization: [] };
  const inOrganization =
    (id?: string, management = '999900000000') =>
    (snapshot: AccountInput) => ({
      ...snapshot,
      ...(id === undefined ? {} : { organizationId: id }),
      organization: [
        { targetId: 'r-1', scps: [allow('*')] },
        { targetId: 'ou-1', scps: [allow('*')] },
        { targetId: A, scps: [allow('*')] },
      ],
      managementAccountId: management,
    });
  const ours = inOrganization('o-ours')({});
  const sourceIdentity = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
  const cases: readonly (readonly [string, Sides, string | null])[] = [
    ['an external id remains', { when: equals('sts:ExternalId', 'x-1') }, 'sts:ExternalId is x-1'],
    [
      'MFA remains for a user',
      { when: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
      'signed in with MFA',
    ],
    [
      'a role that EC2 alone takes has no MFA',
      { who: 'role', when: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
      null,
    ],
    [
      'a role that people take may have MFA',
      {
        who: 'role',
        takenBy: trust(statement({ AWS: root(A) })),
        when: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      },
      'signed in with MFA',
    ],
    [
      'a source address remains',
      { when: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } },
      'from 192.0.2.0/24',
    ],
    ['his tag is the one', { tags: { team: 'red' }, when: equals('aws:PrincipalTag/team', 'red') }, ''],
    ['his tag is another', { tags: { team: 'blue' }, when: equals('aws:PrincipalTag/team', 'red') }, null],
    ['he has no such tag', { when: equals('aws:PrincipalTag/team', 'red') }, null],
    [
      'his tag is that of the role',
      {
        tags: { team: 'red' },
        gateTags: { team: 'red' },
        when: equals('aws:ResourceTag/team', '${aws:PrincipalTag/team}'),
      },
      '',
    ],
    [
      'his tag is not that of the role',
      {
        tags: { team: 'red' },
        gateTags: { team: 'blue' },
        when: equals('aws:ResourceTag/team', '${aws:PrincipalTag/team}'),
      },
      null,
    ],
    [
      'a session may bring the tag',
      {
        who: 'role',
        takenBy: trust(
          statement({ Federated: 'accounts.google.com' }, undefined, [
            'sts:AssumeRoleWithWebIdentity',
            'sts:TagSession',
          ]),
        ),
        when: equals('aws:PrincipalTag/team', 'red'),
      },
      "the principal's own tag aws:PrincipalTag/team is red",
    ],
    ['he is of the account', { trusts: '*', when: equals('aws:PrincipalAccount', A) }, ''],
    ['he is of none of the accounts', { trusts: '*', when: equals('aws:PrincipalAccount', B, C) }, null],
    ['his ARN fits', { when: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${A}:user/m*` } } }, ''],
    ['his ARN does not fit', { when: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${A}:role/*` } } }, null],
    ['his name is the one', { when: equals('aws:username', 'me') }, ''],
    ['a role has no user name', { who: 'role', when: equals('aws:username', 'me') }, null],
    [
      'he is of the organization',
      { trusts: '*', when: equals('aws:PrincipalOrgID', 'o-ours'), from: ours },
      '',
    ],
    [
      'he is of another organization',
      { trusts: '*', when: equals('aws:PrincipalOrgID', 'o-theirs'), from: ours },
      null,
    ],
    [
      'he is of no organization',
      { trusts: '*', when: equals('aws:PrincipalOrgID', 'o-ours'), from: outside },
      null,
    ],
    [
      'nobody has read of which organization he is',
      { trusts: '*', when: equals('aws:PrincipalOrgID', 'o-ours'), from: { organization: null } },
      'aws:PrincipalOrgID is o-ours',
    ],
    [
      'his place in the organization fits',
      {
        trusts: '*',
        when: { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-ours/r-1/ou-1/*' } },
        from: ours,
      },
      '',
    ],
    [
      'his place in the organization does not fit',
      {
        trusts: '*',
        when: { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-ours/r-1/ou-2/*' } },
        from: ours,
      },
      null,
    ],
    [
      'both are of one organization',
      { trusts: '*', when: equals('aws:PrincipalOrgID', '${aws:ResourceOrgID}'), from: ours, into: ours },
      '',
    ],
    [
      'below one management account they are, though nobody has read its id',
      {
        trusts: '*',
        when: equals('aws:PrincipalOrgID', '${aws:ResourceOrgID}'),
        from: inOrganization()({}),
        into: inOrganization()({}),
      },
      '',
    ],
    [
      'the other account says the id',
      { trusts: '*', when: equals('aws:PrincipalOrgID', 'o-ours'), from: inOrganization()({}), into: ours },
      '',
    ],
    [
      'below two management accounts nobody knows',
      {
        trusts: '*',
        when: equals('aws:PrincipalOrgID', '${aws:ResourceOrgID}'),
        from: inOrganization()({}),
        into: inOrganization(undefined, '999911111111')({}),
      },
      'aws:PrincipalOrgID is ${aws:ResourceOrgID}',
    ],
    [
      'a source identity that both sides let him set is his to choose',
      { action: sourceIdentity, when: equals('sts:SourceIdentity', 'me') },
      '',
    ],
    [
      'a source identity that his side does not let him set',
      {
        action: sourceIdentity,
        may: allow('sts:AssumeRole', gate),
        when: equals('sts:SourceIdentity', 'me'),
      },
      null,
    ],
    [
      'a source identity that the trust does not let him set',
      { when: equals('sts:SourceIdentity', 'me') },
      null,
    ],
    [
      'a source identity that his side limits to another',
      {
        action: sourceIdentity,
        may: allow(['sts:AssumeRole', 'sts:SetSourceIdentity'], gate, equals('sts:SourceIdentity', 'you')),
        when: equals('sts:SourceIdentity', 'me'),
      },
      null,
    ],
    [
      'a session tag that both sides let him bring is his to choose',
      { action: ['sts:AssumeRole', 'sts:TagSession'], when: equals('aws:RequestTag/cost', 'x') },
      '',
    ],
    [
      'a session tag that the trust does not let him bring',
      { when: equals('aws:RequestTag/cost', 'x') },
      null,
    ],
    ['a session name is his to choose', { when: equals('sts:RoleSessionName', 'night') }, ''],
  ];
  test.each(cases)('%s', (_, sides, answer) => {
    expect(reached(sides)).toBe(answer);
  });
});

describe('two people with equal policies', () => {
  const HOME = '111122223333';
  const trusting = (Condition: object) => [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HOME}:root` }, Action: 'sts:AssumeRole', Condition },
  ];
  const [everybody] = trusting({});
  const ada = `arn:aws:iam::${HOME}:user/ada`;
  const reaching = (Statement: readonly unknown[], rcps: readonly object[] = []) => {
    const reach = reachOf(
      account({
        accountId: HOME,
        users: ['ada', 'bob'].map((name) => ({
          ...{ name, id: `AIDA${name.toUpperCase()}`, tags: { team: name } },
          policies: ['taking'],
        })),
        policies: [{ name: 'taking', document: allow('sts:AssumeRole') }],
        instances: [],
      }),
      account({
        accountId: '444455556666',
        roles: [
          {
            name: 'gate',
            policies: [allow('ssm:StartSession')],
            trust: { Version: '2012-10-17', Statement },
          },
        ],
        organization: [{ targetId: 'r-1', scps: [allow('*')], rcps }],
        instances: [{ id: 'i-1' }],
      }),
    );
    return [...reach].flatMap(([arn, accounts]) => (accounts.length > 0 ? [arn.split('/')[1]] : []));
  };

  test.each([
    ['the trust policy names the account', [everybody], ['ada', 'bob']],
    ['it asks for the account', trusting({ StringEquals: { 'aws:PrincipalAccount': HOME } }), ['ada', 'bob']],
    ['it asks for a tag', trusting({ StringEquals: { 'aws:PrincipalTag/team': 'ada' } }), ['ada']],
    ['it asks for the ARN', trusting({ ArnEquals: { 'aws:PrincipalArn': ada } }), ['ada']],
    ['it asks for the name', trusting({ StringEquals: { 'aws:username': 'ada' } }), ['ada']],
    ['it asks for the id', trusting({ StringLike: { 'aws:userid': 'AIDAADA*' } }), ['ada']],
    [
      'it denies one by name',
      [everybody, { Effect: 'Deny', Principal: { AWS: ada }, Action: 'sts:AssumeRole' }],
      ['bob'],
    ],
    ['it names one', [{ ...everybody, Principal: { AWS: ada } }], ['ada']],
  ])('get the same unless the role asks who they are: %s', (_, statements, expected) => {
    expect(reaching(statements)).toEqual(expected);
  });

  test('get the same unless a guardrail of the role asks who they are', () => {
    const denying = {
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Resource: '*' },
          Condition: { StringEquals: { 'aws:PrincipalTag/team': 'ada' } },
        },
      ],
    };
    expect(reaching([everybody], [denying])).toEqual(['bob']);
  });
});
