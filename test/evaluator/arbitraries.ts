/** Requests, contexts and policies from a small vocabulary, so that they often concern the same things. */
import fc, { type Arbitrary } from 'fast-check';
import type { Case } from '../naive/request.ts';

type Json = Record<string, unknown>;

const ACCOUNT = '111122223333';
const USER = `arn:aws:iam::${ACCOUNT}:user/alice`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ops`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/ops/alice`;
const FEDERATED = `arn:aws:sts::${ACCOUNT}:federated-user/alice`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const FOREIGN = 'arn:aws:iam::444455556666:user/alice';
const LINKED = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM`;
const SERVICE = { service: 'ec2.amazonaws.com' };

const INSTANCE = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-0abc`;

const REQUESTS = [
  ['ec2:StartInstances', INSTANCE],
  ['ec2:StopInstances', INSTANCE],
  ['ec2:DescribeInstances', '*'],
  ['ssm:StartSession', INSTANCE],
  ['ssm:StartSession', 'arn:aws:ssm:us-east-1::document/AWS-StartSSHSession'],
  ['s3:GetObject', 'arn:aws:s3:::home/alice/x'],
  ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/target`],
  ['kms:Decrypt', `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`],
] as const;

const ACTIONS = [
  '*',
  'ec2:*',
  'ec2:Start*',
  'EC2:startinstances',
  'ec2:S?opInstances',
  'ec2:Describe*',
  'ssm:*',
  's3:GetObject',
  'sts:AssumeRole',
  'kms:*',
  'ec2:StartInstances ',
];

const RESOURCES = [
  '*',
  INSTANCE,
  'arn:aws:ec2:*:*:instance/*',
  'arn:aws:ec2:us-east-?:*:instance/i-0*',
  'arn:aws:ec2:*:instance/*',
  'arn:aws:ec2:us*3333:instance/*',
  'arn:aws:ec2:*',
  'arn:aws:ec2:*:*:*/*',
  `arn:aws:ec2:*:${ACCOUNT}:volume/*`,
  'arn:aws:ssm:*::document/AWS-*',
  'arn:aws:s3:::home/*',
  'arn:aws:s3:::home/${aws:username}/*',
  "arn:aws:s3:::home/${aws:PrincipalTag/team, 'alice'}/*",
  'arn:aws:s3:::home/${*}/*',
  'arn:aws:iam::*:role/*',
  'arn:aws:kms:*:*:key/*',
];

const TEAM = 'aws:ResourceTag/team';
const MINE = 'aws:PrincipalTag/team';

/** Operators that make sense for each key, and the values that policies and requests use. */
interface KeyWords {
  readonly keys: readonly string[];
  readonly operators: readonly string[];
  readonly wanted: readonly string[];
  readonly had: readonly unknown[];
}

const TEXT: KeyWords = {
  keys: [TEAM, 'aws:resourcetag/TEAM', 'ec2:ResourceTag/team', 'ssm:resourceTag/team'],
  operators: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'stringequalsignorecase'],
  wanted: ['red', 'blue', 'r*', '*', '${aws:PrincipalTag/team}', '${aws:username}', 'r${*}'],
  had: ['red', 'blue', 'RED', 'r*', 'alice', '*'],
};

const KEYS: readonly KeyWords[] = [
  TEXT,
  { ...TEXT, keys: [MINE, 'aws:principaltag/Team'] },
  { ...TEXT, keys: ['aws:username'], had: [] },
  {
    keys: ['aws:MultiFactorAuthPresent'],
    operators: ['Bool'],
    wanted: ['true', 'false'],
    had: ['true', 'false', true],
  },
  {
    keys: ['aws:SourceIp'],
    operators: ['IpAddress', 'NotIpAddress'],
    wanted: ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '2001:db8::/32', '0.0.0.0/0'],
    had: ['10.1.2.3', '10.1.9.9', '10.9.9.9', '192.0.2.1', '2001:db8::1'],
  },
  {
    keys: ['aws:MultiFactorAuthAge'],
    operators: ['NumericLessThan', 'NumericGreaterThanEquals', 'NumericEquals', 'NumericNotEquals'],
    wanted: ['10', '20', '20.0'],
    had: ['5', '10', '15', '20', 30],
  },
  {
    keys: ['aws:CurrentTime'],
    operators: ['DateLessThan', 'DateGreaterThan', 'DateEquals', 'DateLessThanEquals'],
    wanted: ['2026-01-01T00:00:00Z', '1767225600', '2026-02-01'],
    had: ['2025-12-31T00:00:00Z', '1767225600', '2026-01-15T00:00:00Z', '2026-03-01T00:00:00Z'],
  },
  {
    keys: ['aws:PrincipalArn'],
    operators: ['ArnEquals', 'ArnNotLike', 'ArnLike'],
    wanted: [USER, ROLE, 'arn:aws:iam::*:role/*', 'arn:aws:iam::${aws:PrincipalAccount}:user/*'],
    had: [],
  },
];

const TAG_KEYS: KeyWords = {
  keys: ['aws:TagKeys'],
  operators: ['StringEquals', 'StringNotEquals', 'StringLike'].flatMap((name) => [
    `ForAllValues:${name}`,
    `ForAnyValue:${name}`,
  ]),
  wanted: ['a', 'b', 'a*'],
  had: [[], ['a'], ['a', 'b'], ['c'], ['a', 'c']],
};

function oneOrMore<T>(values: readonly T[]): Arbitrary<T | T[]> {
  const one = fc.constantFrom(...values);
  return fc.oneof(one, fc.uniqueArray(one, { minLength: 1, maxLength: 3 }));
}

function blockOf(words: KeyWords, ifExists: boolean): Arbitrary<Json> {
  const suffixes = ifExists ? ['', '', 'IfExists'] : [''];
  return fc
    .tuple(
      fc.constantFrom(...words.operators),
      fc.constantFrom(...suffixes),
      fc.constantFrom(...words.keys),
      oneOrMore(words.wanted),
    )
    .map(([operator, suffix, key, wanted]) => ({ [operator + suffix]: { [key]: wanted } }));
}

const nullBlock = fc
  .tuple(fc.constantFrom(TEAM, MINE, 'aws:SourceIp', 'aws:TagKeys'), fc.constantFrom('true', 'false'))
  .map(([key, wanted]): Json => ({ Null: { [key]: wanted } }));

/** A single value counts as a list of one for a set operator. */
const setOfOne = blockOf(
  { ...TEXT, operators: ['ForAnyValue:StringEquals', 'ForAllValues:StringLike'] },
  false,
);

const block = fc.oneof(
  ...KEYS.map((words) => blockOf(words, true)),
  blockOf(TAG_KEYS, false),
  setOfOne,
  nullBlock,
);

const condition = fc.array(block, { maxLength: 2 }).map((blocks): Json => Object.assign({}, ...blocks));

/** A statement without principal. */
function statement(effects: readonly string[]): Arbitrary<Json> {
  return fc
    .record({
      Effect: fc.constantFrom(...effects),
      action: oneOrMore(ACTIONS),
      notAction: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
      resource: fc.oneof(
        { weight: 2, arbitrary: fc.constant('*') },
        { weight: 3, arbitrary: oneOrMore(RESOURCES) },
      ),
      notResource: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
      Condition: fc.option(condition, { nil: undefined }),
    })
    .map(({ Effect, action, notAction, resource, notResource, Condition }) => ({
      Effect,
      [notAction ? 'NotAction' : 'Action']: action,
      [notResource ? 'NotResource' : 'Resource']: resource,
      ...(Condition && { Condition }),
    }));
}

const version = fc.constantFrom('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17');

function policyOf(statements: Arbitrary<Json>): Arbitrary<Json> {
  return fc
    .tuple(version, fc.oneof(statements, fc.array(statements, { minLength: 1, maxLength: 3 })))
    .map(([Version, Statement]) => ({ Version, Statement }));
}

const identityPolicy = policyOf(statement(['Allow', 'Allow', 'Allow', 'Deny']));
const full = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const guardrail = fc.oneof(fc.constant(full), identityPolicy);

const PRINCIPALS = [
  '*',
  { AWS: '*' },
  { AWS: USER },
  { AWS: ROLE },
  { AWS: SESSION },
  { AWS: FEDERATED },
  { AWS: ROOT },
  { AWS: ACCOUNT },
  { AWS: FOREIGN },
  { AWS: [USER, '444455556666'] },
  { AWS: `arn:aws:iam::${ACCOUNT}:user/*` },
  { Service: 'ec2.amazonaws.com' },
];

const namedStatement = fc
  .tuple(statement(['Allow', 'Allow', 'Deny']), fc.constantFrom(...PRINCIPALS))
  .map(([rest, Principal]): Json => ({ ...rest, Principal }));

const deniesOthers = fc
  .tuple(statement(['Deny']), fc.constantFrom([ROOT, USER], [ROOT, ROLE, SESSION]))
  .map(([rest, AWS]): Json => ({ ...rest, NotPrincipal: { AWS } }));

const resourcePolicy = policyOf(
  fc.oneof({ weight: 6, arbitrary: namedStatement }, { weight: 1, arbitrary: deniesOthers }),
);

/** Only Deny, Principal `*`, Version 2012-10-17, no NotAction, whole ARNs. */
const resourceGuardrail = fc
  .tuple(oneOrMore(ACTIONS), oneOrMore(['*', 'arn:aws:iam::*:role/*', 'arn:aws:s3:::home/*']), condition)
  .map(([Action, Resource, Condition]) => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Principal: '*', Action, Resource, Condition },
  }));

/** Each key with one of its values, or absent. */
const context: Arbitrary<Json> = fc
  .tuple(
    ...[...KEYS, TAG_KEYS]
      .filter(({ had }) => had.length > 0)
      .map(({ keys, had }) =>
        fc
          .option(fc.constantFrom(...had), { nil: undefined })
          .map((value): Json => (value === undefined ? {} : { [keys[0] ?? '']: value })),
      ),
  )
  .map((parts): Json => Object.assign({}, ...parts));

function sometimes<T>(arbitrary: Arbitrary<T>, oneIn: number): Arbitrary<T | undefined> {
  return fc.integer({ min: 1, max: oneIn }).chain((n) => (n === 1 ? arbitrary : fc.constant(undefined)));
}

/** A whole case in which every layer may take part. */
export const anyCase: Arbitrary<Case> = fc
  .record({
    principal: fc.constantFrom<Case['principal']>(
      USER,
      USER,
      ROLE,
      SESSION,
      SESSION,
      FEDERATED,
      ROOT,
      FOREIGN,
      LINKED,
      SERVICE,
    ),
    request: fc.constantFrom(...REQUESTS),
    resourceAccount: sometimes(fc.constant('444455556666'), 8),
    context,
    identityPolicies: fc.array(identityPolicy, { maxLength: 2 }),
    permissionsBoundary: sometimes(guardrail, 3),
    serviceControlPolicies: sometimes(fc.array(fc.array(guardrail, { maxLength: 2 }), { maxLength: 2 }), 3),
    resourceControlPolicies: sometimes(
      fc.array(fc.array(resourceGuardrail, { maxLength: 1 }), { maxLength: 2 }),
      3,
    ),
    sessionPolicies: sometimes(fc.array(guardrail, { maxLength: 2 }), 3),
    resourcePolicy: sometimes(resourcePolicy, 2),
  })
  .map(({ request: [action, resource], ...rest }) => {
    const bounded = typeof rest.principal === 'string' && rest.principal !== ROOT;
    const given = Object.entries(rest).filter(
      ([name, value]) =>
        value !== undefined && (bounded || !['permissionsBoundary', 'sessionPolicies'].includes(name)),
    );
    return { ...Object.fromEntries(given), action, resource } as unknown as Case;
  });

/** A statement that allows or denies, to be added to an identity policy. */
export const denyStatement = statement(['Deny']);
export const allowStatement = statement(['Allow']);
