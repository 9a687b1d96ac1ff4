import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const OTHER = '444455556666';
const root = (id: string): string => `arn:aws:iam::${id}:root`;
const statement = (Principal: unknown, Condition?: object, Action = 'sts:AssumeRole'): object => ({
  Effect: 'Allow',
  Principal,
  Action,
  ...(Condition ? { Condition } : {}),
});

/** Principals from outside that reach an instance through a role with such a trust policy, with their conditions. */
function outside(...statements: readonly object[]): readonly string[] {
  return outsideBehind([], ...statements);
}

/** The same under resource control policies with these statements. */
function outsideBehind(limits: readonly object[], ...statements: readonly object[]): readonly string[] {
  const trust = { Version: '2012-10-17', Statement: statements };
  const snapshot = account({
    roles: [{ name: 'gate', policies: [allow('ssm:StartSession')], trust }],
    instances: [{ id: 'i-1' }],
    ...(limits.length > 0 && {
      organization: [
        { targetId: 'r-1', scps: [allow('*')], rcps: [{ Version: '2012-10-17', Statement: limits }] },
      ],
    }),
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const rows = matrix.principals.filter(({ kind }) => kind === 'outside').map(({ arn }) => arn);
  const cells = [...cellsOf(matrix, snapshot, { path: 'session-manager' })].filter(({ principal }) =>
    rows.includes(principal),
  );
  for (const { via } of cells) expect(via).toEqual([`arn:aws:iam::${ACCOUNT_ID}:role/gate`]);
  return cells.map(({ principal, condition }) => `${principal}${condition ? ` ${condition.text}` : ''}`);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
describe('a trust policy that names everybody', () => {
  const everybody = (condition?: object) => outside(statement('*', condition));
  const equals = (key: string, ...values: string[]) => ({ StringEquals: { [key]: values } });

  test('admits anybody, in both forms', () => {
    expect(everybody()).toEqual(['anybody']);
    expect(outside(statement({ AWS: '*' }))).toEqual(['anybody']);
    expect(outside(statement({ AWS: [root(ACCOUNT_ID), '*'] }))).toEqual(['anybody']);
  });

  test('with a condition on one account admits that account', () => {
    expect(everybody(equals('aws:PrincipalAccount', OTHER))).toEqual([root(OTHER)]);
    expect(everybody(equals('aws:PrincipalAccount', OTHER, ACCOUNT_ID, '555566667777'))).toEqual([
      root(OTHER),
      root('555566667777'),
    ]);
    expect(everybody(equals('aws:PrincipalAccount', ACCOUNT_ID))).toEqual([]);
    expect(everybody({ StringLike: { 'aws:PrincipalAccount': '4444*' } })).toEqual([
      'anybody if aws:PrincipalAccount is like 4444*',
    ]);
  });

  test('with a condition that excludes an account admits all others', () => {
    expect(everybody({ StringNotEquals: { 'aws:PrincipalAccount': OTHER } })).toEqual(['anybody']);
  });

  test('with a condition on an organisation admits anybody of it', () => {
    expect(everybody(equals('aws:PrincipalOrgID', 'o-team'))).toEqual(['anybody of o-team']);
    expect(everybody({ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-team' } })).toEqual(['anybody']);
    const paths = { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': ['o-team/r-1/ou-1/*'] } };
    expect(everybody(paths)).toEqual([
      expect.stringMatching(/^anybody of o-team if .*aws:PrincipalOrgPaths.*o-team\/r-1\/ou-1/),
    ]);
    // organisation paths of everybody in it begin with its id
    const anyPath = (operator: string) =>
      everybody({ [`ForAnyValue:${operator}`]: { 'aws:PrincipalOrgPaths': ['o-team/*', 'o-team/r-1/*'] } });
    expect(anyPath('StringLike')).toEqual(['anybody of o-team']);
    expect(anyPath('StringNotLike')).toEqual(['anybody']);
    expect(everybody({ Null: { 'aws:PrincipalOrgID': 'false' } })).toEqual([
      expect.stringMatching(/^anybody if .*aws:PrincipalOrgID/),
    ]);
  });

  test('with conditions on an account and its organisation admits that account under the condition', () => {
    const both = { StringEquals: { 'aws:PrincipalOrgID': 'o-team', 'aws:PrincipalAccount': OTHER } };
    expect(everybody(both)).toEqual([`${root(OTHER)} if aws:PrincipalOrgID is o-team`]);
  });

  test.each(['ArnLike', 'ArnEquals', 'StringLike', 'StringEquals'])(
    'with a condition on an ARN by %s admits its account',
    (operator) => {
      const of = (id: string) => ({ [operator]: { 'aws:PrincipalArn': `arn:aws:iam::${id}:role/deploy` } });
      expect(everybody(of(OTHER))).toEqual([
        expect.stringMatching(
          `^${root(OTHER)} if aws:PrincipalArn is (like )?arn:aws:iam::${OTHER}:role/deploy$`,
        ),
      ]);
      expect(everybody(of(ACCOUNT_ID))).toEqual([]);
    },
  );

  test('with a condition on an ARN of any account admits anybody', () => {
    expect(everybody({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy' } })).toEqual([
      'anybody if aws:PrincipalArn is like arn:aws:iam::*:role/deploy',
    ]);
  });

  test('with a condition on an external id or a source address admits anybody under it', () => {
    expect(everybody(equals('sts:ExternalId', 'x-7'))).toEqual(['anybody if sts:ExternalId is x-7']);
    expect(everybody({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })).toEqual([
      'anybody if from 203.0.113.0/24',
    ]);
  });

  test('beside a named principal adds for that one only what goes further', () => {
    expect(outside(statement('*', equals('sts:ExternalId', 'x-7')), statement({ AWS: OTHER }))).toEqual([
      root(OTHER),
      'anybody if sts:ExternalId is x-7',
    ]);
    expect(outside(statement('*'), statement({ AWS: '*' }, equals('aws:PrincipalOrgID', 'o-team')))).toEqual([
      'anybody',
    ]);
  });

  test('with a Deny of everybody outside an organisation admits anybody of it', () => {
    const Condition = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-team' } };
    const denial = { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Condition };
    expect(outside(statement('*'), denial)).toEqual(['anybody of o-team']);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
describe('a trust policy that names one principal and requires another contradicts itself', () => {
  const THIRD = '777788889999';
  /** Rows from outside, also those without a cell. */
  function rows(principal: string, condition: object): readonly string[] {
    const trust = { Version: '2012-10-17', Statement: statement({ AWS: principal }, condition) };
    const kim = { name: 'kim', policies: [allow('sts:AssumeRole')] };
    const gate = { name: 'gate', policies: [allow('ssm:StartSession')], trust };
    const snapshot = account({ users: [kim], roles: [gate], instances: [{ id: 'i-1' }] });
    const matrix = buildMatrix(snapshot);
    expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
    return matrix.principals.filter(({ kind }) => kind === 'outside').map(({ arn }) => arn);
  }
  const user = (id: string, name: string): string => `arn:aws:iam::${id}:user/${name}`;

  test.each([
    ['an ARN of another account', root(OTHER), { ArnLike: { 'aws:PrincipalArn': user(THIRD, 'ann') } }],
    ['another account', OTHER, { StringEquals: { 'aws:PrincipalAccount': THIRD } }],
    ['the account itself', root(OTHER), { StringEquals: { 'aws:PrincipalAccount': ACCOUNT_ID } }],
    ['a root user of another account', root(OTHER), { StringEquals: { 'aws:userid': THIRD } }],
    ['a federated user of another account', OTHER, { StringLike: { 'aws:userid': `${THIRD}:*` } }],
    ['the id of a user of this account', root(OTHER), { StringEquals: { 'aws:userid': 'AIDAKIM' } }],
    ['a session of a role of this account', OTHER, { StringLike: { 'aws:userid': 'AROAGATE:*' } }],
    ['another user', user(OTHER, 'ann'), { ArnEquals: { 'aws:PrincipalArn': user(OTHER, 'bob') } }],
    ['the name of another user', user(OTHER, 'ann'), { StringEquals: { 'aws:username': 'bob' } }],
    [
      'a user, of a role',
      `arn:aws:iam::${OTHER}:role/ops`,
      { StringEquals: { 'aws:PrincipalType': 'User' } },
    ],
    [
      'a user, of a session',
      `arn:aws:sts::${OTHER}:assumed-role/ops/ann`,
      { StringLike: { 'aws:username': '*' } },
    ],
    ['a service', root(OTHER), { ArnLike: { 'aws:SourceArn': '*' } }],
  ])('and admits nobody: %s', (_name, principal, condition) => {
    expect(rows(principal, condition)).toEqual([]);
  });

  test.each([
    ['an ARN of its own', root(OTHER), { ArnLike: { 'aws:PrincipalArn': user(OTHER, 'ann') } }],
    ['an ARN of any account', root(OTHER), { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/ann' } }],
    ['one of two', OTHER, { StringEquals: { 'aws:PrincipalAccount': [THIRD, OTHER] } }],
    ['not another', OTHER, { StringNotEquals: { 'aws:PrincipalAccount': THIRD } }],
    ['its root user', OTHER, { StringEquals: { 'aws:userid': OTHER } }],
    ['an id that nobody here has', OTHER, { StringLike: { 'aws:userid': 'AROAOTHER:*' } }],
    ['the same user', user(OTHER, 'ann'), { ArnEquals: { 'aws:PrincipalArn': user(OTHER, 'ann') } }],
    [
      'the role of a session, whose path is not known',
      `arn:aws:sts::${OTHER}:assumed-role/ops/ann`,
      { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:role/team/ops` } },
    ],
  ])('but not here: %s', (_name, principal, condition) => {
    expect(rows(principal, condition)).toEqual([root(OTHER)]);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
describe('a trust policy that names a provider', () => {
  const provider = (host: string): string => `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${host}`;
  const GITHUB = 'token.actions.githubusercontent.com';
  const by = (federated: string, condition?: object) =>
    outside(statement({ Federated: federated }, condition, 'sts:AssumeRoleWithWebIdentity'));
  const github = (sub: string | string[], operator = 'StringLike') =>
    by(provider(GITHUB), { [operator]: { [`${GITHUB}:sub`]: sub } });

  test.each([
    ['repo:acme-corp/infra:ref:refs/heads/main', true],
    ['repo:acme-corp/*', true],
    ['organization:acme:project:*', true],
    ['*', false],
    ['repo:*', false],
    ['repo:acme*', false],
    ['repo:*/infra:*', false],
    ['?epo:acme-corp/infra', false],
  ])('with a subject %s keeps strangers out: %s', (sub, keeps) => {
    expect(github(sub).length).toBe(keeps ? 0 : 1);
  });

  test('shared by many customers, without a limit, admits anybody with a token of it', () => {
    expect(by(provider(GITHUB))).toEqual([provider(GITHUB)]);
    const audience = { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } };
    expect(by(provider(GITHUB), audience)).toEqual([
      `${provider(GITHUB)} if ${GITHUB}:aud is sts.amazonaws.com`,
    ]);
    expect(by(provider('gitlab.com'))).toEqual([provider('gitlab.com')]);
  });

  test('admits anybody if one of several values does', () => {
    expect(github(['repo:acme-corp/*', 'repo:*'])).toEqual([
      `${provider(GITHUB)} if ${GITHUB}:sub is like repo:*`,
    ]);
    expect(github('repo:acme-corp/*', 'StringNotLike')).toEqual([provider(GITHUB)]);
    expect(github('repo:acme-corp/*', 'StringLikeIfExists')).toEqual([]);
  });

  test('keeps strangers out by any claim that identifies the customer', () => {
    expect(by(provider(GITHUB), { StringEquals: { [`${GITHUB}:repository_owner_id`]: '1234' } })).toEqual([]);
    expect(by(provider(GITHUB), { StringEquals: { [`${GITHUB}:environment`]: 'prod' } })).toHaveLength(1);
  });

  test('without a provider in IAM goes by its host', () => {
    expect(by('cognito-identity.amazonaws.com')).toEqual(['cognito-identity.amazonaws.com']);
    const pool = { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:0a1b' } };
    expect(by('cognito-identity.amazonaws.com', pool)).toEqual([]);
  });

  test("of the account's own has no strangers", () => {
    expect(by(provider('oidc.eks.eu-west-1.amazonaws.com/id/ABC'))).toEqual([]);
    expect(by(provider('login.acme-corp.example'))).toEqual([]);
  });

  test('of SAML has no row of its own', () => {
    const saml = { Federated: `arn:aws:iam::${ACCOUNT_ID}:saml-provider/okta` };
    expect(outside(statement(saml, undefined, 'sts:AssumeRoleWithSAML'))).toEqual([]);
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
describe('a resource control policy', () => {
  const limit = (Condition: object, Action: unknown = 'sts:*'): object => ({
    Effect: 'Deny',
    Principal: '*',
    Action,
    Resource: '*',
    Condition,
  });
  const notService = { BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } };
  const orgAlone = limit({
    StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-acmeacme01' },
    ...notService,
  });
  const everybody = statement('*');

  test('for the own organisation leaves its principals if the trust policy admits everybody', () => {
    expect(outsideBehind([orgAlone], everybody)).toEqual(['anybody of o-acmeacme01']);
    expect(outsideBehind([orgAlone], statement({ AWS: root(OTHER) }))).toEqual([
      `${root(OTHER)} if aws:PrincipalOrgID is o-acmeacme01`,
    ]);
  });

  // https://github.com/aws-samples/data-perimeter-policy-examples/issues/17
  test('that also names partners leaves these too', () => {
    const partners = { 'aws:PrincipalOrgID': 'o-acmeacme01', 'aws:PrincipalAccount': [OTHER] };
    const rows = outsideBehind([limit({ StringNotEqualsIfExists: partners, ...notService })], everybody);
    expect(rows).toEqual([root(OTHER), 'anybody of o-acmeacme01']);
  });

  test('about other actions does not affect the trust policy', () => {
    const ofStorage = limit({ StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-acmeacme01' } }, 's3:*');
    expect(outsideBehind([ofStorage], everybody)).toEqual(['anybody']);
  });

  const GITHUB = 'token.actions.githubusercontent.com';
  const arn = `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${GITHUB}`;
  const web = statement({ Federated: arn }, undefined, 'sts:AssumeRoleWithWebIdentity');

  // https://github.com/aws/lza-universal-configuration/issues/29
  test('that requires the organisation admits nobody with a token, who belongs to none', () => {
    expect(outsideBehind([orgAlone], web)).toEqual([]);
    const ofArn = limit({ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } });
    expect(outsideBehind([ofArn], web)).toEqual([]);
    const ifSigned = limit({
      StringNotEquals: { 'aws:PrincipalOrgID': 'o-acmeacme01' },
      Null: { 'aws:PrincipalOrgID': 'false' },
    });
    expect(outsideBehind([ifSigned], web)).toEqual([arn]);
  });

  test('that names the customers of a provider keeps its strangers out, as every token has a subject', () => {
    const ours = limit({
      StringNotLikeIfExists: { [`${GITHUB}:sub`]: 'repo:acme-corp/*' },
      Null: { [`${GITHUB}:sub`]: 'false' },
    });
    expect(outsideBehind([ours], web)).toEqual([]);
    const noSubject = { Null: { [`${GITHUB}:sub`]: 'true' } };
    expect(outside(statement({ Federated: arn }, noSubject, 'sts:AssumeRoleWithWebIdentity'))).toEqual([]);
    const anySubject = { Null: { [`${GITHUB}:sub`]: 'false', [`${GITHUB}:aud`]: 'false' } };
    expect(outside(statement({ Federated: arn }, anySubject, 'sts:AssumeRoleWithWebIdentity'))).toEqual([
      arn,
    ]);
  });
});

describe('a trust policy may contain any key', () => {
  test.each(['constructor', 'toString', '__defineGetter__', 'valueOf'])('%s stops no audit', (key) => {
    const gitlab = `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/gitlab.com`;
    const claim = { StringEquals: { [`gitlab.com:${key}`]: 'x' } };
    const web = statement({ Federated: gitlab }, claim, 'sts:AssumeRoleWithWebIdentity');
    // a claim that anybody may have keeps nobody out
    expect(outside(web)).toEqual([`${gitlab} if gitlab.com:${key} is x`]);
    expect(outside(statement('*', { StringEquals: { [key]: 'x', [`sts:${key}`]: 'x' } }))).toEqual([]);
  });
});
