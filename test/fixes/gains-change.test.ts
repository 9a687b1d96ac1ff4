import { expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { applyChanges } from '../../lib/what-if/planned/apply-changes.ts';
import type { PlannedChange } from '../../lib/what-if/planned/planned-change.ts';
import { WhatIf } from '../../lib/what-if/what-if.ts';
import { type AccountInput, account } from '../fixtures/account.ts';
import { changeTexts, differenceTexts } from '../matrix/compare-matrices.ts';
import { documentOf } from './any-fleet.ts';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
const allow = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const deny = (...Action: string[]) => ({ Effect: 'Deny', Action, Resource: '*' });
const inline = (...statements: readonly object[]) => ({ name: 'own', document: documentOf(statements) });
const managed = (...versions: readonly object[]) => ({
  ...{ name: 'shared', document: documentOf([allow('ssm:StartSession')]) },
  versions: versions.map((one) => documentOf([one])),
});
const CARRIED = documentOf([
  { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
]);

const detach = (principal: string): PlannedChange => ({ type: 'detach-policy', principal, policy: 'shared' });
const attach = (principal: string): PlannedChange => ({ type: 'attach-policy', principal, policy: 'shared' });
const put = (principal: string, ...statements: readonly object[]): PlannedChange => ({
  ...{ type: 'put-inline-policy', principal, policy: 'more' },
  document: documentOf(statements),
});

const user = (name: string, ...actions: string[]) => ({
  name,
  policies: actions.length > 0 ? [inline(allow(...actions))] : [],
});
const JOINS = ['iam:AddUserToGroup', 'iam:CreateAccessKey'];
const CREATES = ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:AddUserToGroup'];
const holder = { name: 'holder', policies: ['shared', inline(allow('s3:GetObject'))] };
const joiner = { name: 'joiner', trust: CARRIED, policies: [inline(allow(...JOINS))] };
const group = (...policies: string[]) => [{ name: 'g', policies }];
const carrier = [{ id: 'i-1', role: 'joiner' }];

/** `judged`: whether the change is judged without a new matrix. */
const CASES: readonly (readonly [
  name: string,
  judged: boolean,
  given: AccountInput,
  change: PlannedChange,
])[] = [
  [
    'a user loses a policy that somebody who becomes it may write',
    false,
    { users: [holder, user('writer', 'iam:CreatePolicyVersion', 'iam:CreateAccessKey')] },
    detach('user/holder'),
  ],
  [
    'a user loses a policy that nobody may write',
    true,
    { users: [holder, user('other', 'iam:CreateAccessKey')] },
    detach('user/holder'),
  ],
  [
    'a user loses a policy that it may write itself',
    false,
    { users: [{ name: 'u', policies: ['shared', inline(allow('iam:CreatePolicyVersion'))] }] },
    detach('user/u'),
  ],
  [
    'a user gets a policy that it may write itself',
    false,
    { users: [holder, user('u', 'iam:CreatePolicyVersion')] },
    attach('user/u'),
  ],
  [
    'a user gets a policy with a version that it may activate',
    false,
    {
      users: [user('u', 'iam:SetDefaultPolicyVersion')],
      policies: [managed(allow('ec2-instance-connect:SendSSHPublicKey'))],
    },
    attach('user/u'),
  ],
  [
    'a policy gets a Deny that another version of it lacks',
    false,
    {
      users: [
        { name: 'u', policies: ['shared', inline(allow('ssm:StartSession'))] },
        user('activator', 'iam:SetDefaultPolicyVersion', 'iam:CreateAccessKey'),
      ],
      policies: [managed(allow('s3:GetObject'))],
    },
    { type: 'put-policy', policy: 'shared', document: documentOf([deny('ssm:StartSession')]) },
  ],
  [
    'a group without policies gets one, and a role puts users into it',
    false,
    { users: [user('u')], groups: group(), roles: [joiner], instances: carrier },
    attach('group/g'),
  ],
  [
    'a group loses its policy, and a role puts users into it',
    true,
    { users: [user('u')], groups: group('shared'), roles: [joiner], instances: carrier },
    detach('group/g'),
  ],
  [
    'a group for new users loses its policy',
    true,
    { users: [user('u', ...CREATES)], groups: group('shared') },
    detach('group/g'),
  ],
  [
    'a group for new users gets a Deny',
    true,
    { users: [user('u', ...CREATES)], groups: group('shared') },
    put('group/g', deny('ssm:StartSession')),
  ],
  [
    'a group for new users gets more',
    true,
    { users: [user('u', ...CREATES)], groups: group('shared') },
    put('group/g', allow('ec2-instance-connect:SendSSHPublicKey')),
  ],
  [
    'somebody may attach another policy for the first time',
    false,
    {
      users: [
        {
          name: 'u',
          policies: [
            inline({
              ...allow('iam:AttachUserPolicy'),
              Condition: { ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::*:policy/none' } },
            }),
          ],
        },
      ],
    },
    put('user/u', {
      ...allow('iam:AttachUserPolicy'),
      Condition: { ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::*:policy/shared' } },
    }),
  ],
];

test.each(CASES)('%s (judged without a new matrix: %s)', (_, judged, given, change) => {
  const snapshot = account({ policies: [managed()], instances: [{ id: 'i-1' }], ...given });
  const after = applyChanges(snapshot, [change]);
  const whatIf = new WhatIf(snapshot);
  const cells = whatIf.account(after);
  const expected = differenceTexts(buildMatrix(snapshot), buildMatrix(after));
  expect(expected.size).toBeGreaterThan(0);
  if (cells) expect(changeTexts(whatIf.matrix, cells)).toEqual(expected);
  expect(cells !== null).toBe(judged);
});
