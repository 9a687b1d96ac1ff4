import fc from 'fast-check';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, account } from '../fixtures/account.ts';

const RESOURCES = [
  '*',
  'arn:aws:ec2:*:*:instance/i-1',
  'arn:aws:ec2:*:*:instance/*',
  'arn:aws:ssm:*:*:document/*',
];

/** Statements about paths onto instances, with conditions on tags and MFA, and sometimes a Deny. */
export const anyStatement = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
  Action: fc.oneof(
    fc.constantFrom<string | string[]>('*', 'ssm:*', 'ec2:*'),
    fc.uniqueArray(
      fc.constantFrom(
        'ssm:StartSession',
        'ssm:SendCommand',
        'ec2-instance-connect:SendSSHPublicKey',
        'ec2-instance-connect:*',
        'ssm:CreateAssociation',
        'sts:AssumeRole',
        'ssm:ResumeSession',
        'iam:AddUserToGroup',
      ),
      { minLength: 1, maxLength: 3 },
    ),
  ),
  Resource: fc.oneof(fc.constantFrom(...RESOURCES), fc.constant(RESOURCES.slice(1))),
  Condition: fc.constantFrom(
    {},
    {},
    {},
    { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
    { StringEquals: { 'aws:ResourceTag/env': 'dev' } },
    { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  ),
});

export const documentOf = (Statement: readonly unknown[]): Record<string, unknown> => ({
  Version: '2012-10-17',
  Statement,
});

/** What a principal needs to become others, to change itself, or to make others stronger. */
const ESCALATIONS = [
  ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'],
  ['iam:PassRole', 'ec2:RunInstances'],
  ['iam:PassRole', 'glue:CreateJob', 'glue:StartJobRun'],
  ['iam:PassRole', 'ssm:SendCommand', 'ssm:StartAutomationExecution'],
  ['iam:PassRole', 'events:*'],
  ['lambda:CreateFunction', 'glue:CreateJob'],
  ['iam:UpdateAssumeRolePolicy'],
  ['iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'],
  ['iam:CreateAccessKey'],
  ['iam:DeleteUserPermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'],
  ['iam:DetachUserPolicy', 'iam:DeleteUserPolicy'],
  ['iam:DetachRolePolicy', 'iam:DeleteRolePolicy'],
  ['iam:TagUser', 'iam:TagRole'],
  ['iam:PutUserPolicy'],
  ['iam:PutRolePolicy', 'iam:CreateRole'],
];

/** The same, and what gives or writes policies and groups that others have. */
const GIVING = [
  ...ESCALATIONS,
  ['iam:CreatePolicyVersion', 'iam:CreateAccessKey'],
  ['iam:SetDefaultPolicyVersion', 'iam:CreateAccessKey'],
  ['iam:AddUserToGroup', 'iam:CreateAccessKey'],
  ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:AddUserToGroup'],
  ['iam:PutGroupPolicy', 'iam:AddUserToGroup'],
  ['iam:CreatePolicyVersion'],
  ['iam:SetDefaultPolicyVersion'],
  ['iam:AddUserToGroup'],
  ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:AttachUserPolicy'],
];

const NO_CONDITION: Readonly<Record<string, unknown>> = {};

/** A few paths, and what lets principals become others: seldom a Deny, which would often need a new matrix. */
const anyStatementOf = (actions: readonly string[][], condition = NO_CONDITION) =>
  fc.record({
    Effect: fc.constantFrom(...Array<string>(9).fill('Allow'), 'Deny'),
    Action: fc.oneof(
      fc.constantFrom<string | string[]>('ssm:StartSession', 'ec2-instance-connect:*', [
        'ssm:SendCommand',
        'ec2:RebootInstances',
      ]),
      fc.constantFrom(...actions),
    ),
    Resource: fc.constantFrom(
      ...['*', '*', '*', 'arn:aws:ec2:*:*:instance/*'],
      ...[`arn:aws:iam::${ACCOUNT_ID}:role/r1`, `arn:aws:iam::${ACCOUNT_ID}:user/u1`],
    ),
    Condition: fc.constantFrom({}, {}, {}, condition, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
  });

export const anyEscalatingStatement = anyStatementOf(ESCALATIONS);
const anyGivingStatement = anyStatementOf(GIVING);
/** Somebody may attach some policies only. */
const anyAttachingStatement = anyStatementOf(
  [
    ...GIVING,
    ['iam:AttachUserPolicy', 'iam:CreateAccessKey'],
    ['iam:AttachUserPolicy', 'iam:AttachRolePolicy'],
  ],
  { ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::*:policy/s*' } },
);

/** Principals that are trusted to assume a role. */
const anyTrust = fc
  .constantFrom<Record<string, unknown> | '*'>(
    { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] },
    { Service: ['glue.amazonaws.com', 'ssm.amazonaws.com', 'events.amazonaws.com'] },
    { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
    { AWS: [`arn:aws:iam::${ACCOUNT_ID}:user/u1`, 'arn:aws:iam::444455556666:root'] },
    { AWS: 'arn:aws:iam::444455556666:root', Service: 'ec2.amazonaws.com' },
    '*',
  )
  .map((Principal) => documentOf([{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }]));

const team = fc.constantFrom<Record<string, string>>({ team: 'red' }, { team: 'blue' }, {});

/** Two users, one of them in a group, two roles, managed policies of the account and of AWS, three instances. */
const fleetOf = (statement: fc.Arbitrary<unknown>, mayHaveVersions = false): fc.Arbitrary<Snapshot> =>
  fc
    .tuple(
      fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }).map(documentOf), {
        minLength: 7,
        maxLength: 7,
      }),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      fc.array(anyTrust, { minLength: 2, maxLength: 2 }),
      fc.array(team, { minLength: 3, maxLength: 3 }),
      fc.array(fc.array(statement, { minLength: 1, maxLength: 1 }).map(documentOf), {
        maxLength: mayHaveVersions ? 1 : 0,
      }),
    )
    .map(([documents, has, trusts, teams, versions]) => {
      const given = (i: number, name: string) => (has[i] ? [name] : []);
      const bound = (i: number) => (has[i] ? { boundary: 'shared' } : {});
      const inline = (i: number) => ({ name: 'own', document: documents[i] });
      return account({
        policies: [
          { name: 'shared', document: documents[0], versions },
          { name: 'Aws', document: documents[1], arn: 'arn:aws:iam::aws:policy/Aws' },
        ],
        users: [
          {
            name: 'u1',
            policies: [inline(2), ...given(0, 'shared')],
            groups: ['g1'],
            tags: teams[0] ?? {},
            ...bound(6),
          },
          { name: 'u2', policies: [...given(1, 'shared'), ...given(2, 'Aws')], tags: teams[1] ?? {} },
        ],
        groups: [
          { name: 'g1', policies: [inline(3), ...given(3, 'Aws')] },
          { name: 'g2', policies: [inline(6)] },
          { name: 'g3', policies: [] },
        ],
        roles: [
          { name: 'r1', policies: [inline(4), ...given(4, 'shared')], trust: trusts[0], ...bound(7) },
          { name: 'r2', policies: [inline(5), ...given(5, 'Aws')], trust: trusts[1], tags: teams[2] ?? {} },
        ],
        instances: [
          { id: 'i-1', role: 'r1', tags: { team: 'red', env: 'prod' } },
          { id: 'i-2', tags: { team: 'blue', env: 'prod' } },
          { id: 'i-3', tags: { team: 'red', env: 'dev' } },
        ],
      });
    });

export const anyFleet = fleetOf(anyStatement);
/** The same, with principals that become others or change themselves. */
export const anyEscalatingFleet = fleetOf(anyEscalatingStatement);
/** The same, with principals that give or write policies and groups of others. */
export const anyGivingFleet = fleetOf(anyGivingStatement, true);
export const anyAttachingFleet = fleetOf(anyAttachingStatement);
