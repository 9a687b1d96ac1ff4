import { expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { applyChanges } from '../../lib/what-if/planned/apply-changes.ts';
import type { PlannedChange } from '../../lib/what-if/planned/planned-change.ts';
import { WhatIf } from '../../lib/what-if/what-if.ts';
import { account } from '../fixtures/account.ts';
import { changeTexts, differenceTexts } from '../matrix/compare-matrices.ts';
import { documentOf } from './any-fleet.ts';

const allow = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const deny = (...Action: string[]) => ({ Effect: 'Deny', Action, Resource: '*' });
const trusting = (Service: string) =>
  documentOf([{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }]);
const policies = (...lists: readonly (readonly unknown[])[]) =>
  lists.map((statements, i) => ({ name: `own${i}`, document: documentOf(statements) }));

const PASSES_TO_EVENTS = allow('iam:PassRole', 'events:PutRule', 'events:PutTargets');
const RUNS_FUNCTIONS = allow('iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction');
const LAMBDA = 'lambda.amazonaws.com';
const EVENTS = 'events.amazonaws.com';
const KEYS = allow('ec2-instance-connect:SendSSHPublicKey');
const OF_ITS_TEAM = {
  ...allow('ssm:StartSession'),
  Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
};

interface Given {
  readonly user: readonly (readonly unknown[])[];
  readonly role?: readonly (readonly unknown[])[];
  readonly trust?: string;
  readonly boundary?: readonly unknown[];
  /** what another user may do */
  readonly other?: readonly unknown[];
}

const put = (principal: string, policy: string, ...statements: readonly unknown[]): PlannedChange => ({
  ...{ type: 'put-inline-policy', principal, policy },
  document: documentOf(statements),
});

/** `judged`: whether the change is judged without a new matrix. */
const CASES: readonly (readonly [name: string, judged: boolean, given: Given, change: PlannedChange])[] = [
  [
    'a role is no longer passed',
    true,
    { user: [[RUNS_FUNCTIONS], [KEYS]], role: [[KEYS]], trust: LAMBDA },
    put('user/u1', 'own0', allow('lambda:CreateFunction', 'lambda:InvokeFunction')),
  ],
  [
    'a role is passed for the first time',
    true,
    { user: [[KEYS]], role: [[allow('ssm:StartSession')]], trust: LAMBDA },
    put('user/u1', 'own1', RUNS_FUNCTIONS),
  ],
  [
    'the trust policy of a role is no longer written',
    true,
    { user: [[allow('iam:UpdateAssumeRolePolicy', 'sts:AssumeRole')]], role: [[KEYS]], trust: LAMBDA },
    put('user/u1', 'own0', allow('sts:AssumeRole')),
  ],
  [
    'a way is taken away, and the principal changes itself as before',
    true,
    { user: [[allow('iam:TagUser')], [RUNS_FUNCTIONS, KEYS]], role: [[KEYS]], trust: LAMBDA },
    put('user/u1', 'own1', KEYS),
  ],
  [
    'it may give itself any policy no longer',
    false,
    { user: [[allow('iam:PutUserPolicy')], [KEYS]] },
    put('user/u1', 'own0', KEYS),
  ],
  [
    'it may give itself other tags no longer',
    false,
    { user: [[allow('iam:TagUser')], [OF_ITS_TEAM]] },
    put('user/u1', 'own0', KEYS),
  ],
  [
    'a service makes calls with a role for the first time',
    false,
    { user: [[PASSES_TO_EVENTS]], role: [[KEYS]], trust: EVENTS },
    put('role/r1', 'own1', allow('ssm:SendCommand')),
  ],
  [
    'a role gets a policy whose calls its service does not make',
    true,
    { user: [[PASSES_TO_EVENTS]], role: [[allow('ssm:SendCommand')]], trust: EVENTS },
    put('role/r1', 'own1', allow('ssm:StartSession', 'ssm:SendCommand')),
  ],
  [
    'a principal whose boundary another can remove may do less',
    true,
    {
      user: [[KEYS, allow('ssm:StartSession')]],
      boundary: [KEYS],
      other: [allow('iam:DeleteUserPermissionsBoundary', 'iam:CreateAccessKey')],
    },
    put('user/u1', 'own0', KEYS),
  ],
  [
    'the same, by a Deny',
    false,
    {
      user: [[KEYS, allow('ssm:StartSession')]],
      boundary: [KEYS],
      other: [allow('iam:DeleteUserPermissionsBoundary', 'iam:CreateAccessKey')],
    },
    put('user/u1', 'own1', deny('ssm:StartSession')),
  ],
  [
    'a principal gets a Deny that it can remove',
    false,
    { user: [[KEYS], [allow('iam:DeleteUserPolicy')]] },
    put('user/u1', 'own2', deny('ec2-instance-connect:SendSSHPublicKey')),
  ],
];

test.each(CASES)('%s (judged without a new matrix: %s)', (_, judged, given, change) => {
  const { user, role = [], trust = LAMBDA, boundary, other } = given;
  const snapshot = account({
    users: [
      {
        ...{ name: 'u1', policies: policies(...user) },
        ...(boundary && { boundary: { name: 'bound', document: documentOf(boundary) } }),
      },
      { name: 'u2', policies: policies(...(other ? [other] : [])) },
    ],
    roles: [{ name: 'r1', policies: policies(...role), trust: trusting(trust) }],
    instances: [{ id: 'i-1' }, { id: 'i-2', role: 'r1' }],
  });
  const after = applyChanges(snapshot, [change]);
  const whatIf = new WhatIf(snapshot);
  const cells = whatIf.account(after);
  const expected = differenceTexts(buildMatrix(snapshot), buildMatrix(after));
  if (cells) expect(changeTexts(whatIf.matrix, cells)).toEqual(expected);
  expect(cells !== null).toBe(judged);
});
