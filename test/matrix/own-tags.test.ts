import { expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html */
const [NORA, CELLO] = [`arn:aws:iam::${ACCOUNT_ID}:user/nora`, `arn:aws:iam::${ACCOUNT_ID}:role/cello`];
const BY_TEAM = allow('ssm:StartSession', '*', {
  StringEquals: { 'ssm:resourceTag/team': '${aws:PrincipalTag/team}' },
});
const DOCUMENT = allow('ssm:StartSession', 'arn:aws:ssm:*:*:document/*');
const OWN = 'arn:aws:iam::*:user/${aws:username}';

function cell(input: AccountInput, principal = NORA): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1', tags: { team: 'green' } }], ...input });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { principal, path: 'session-manager', instance: 'i-1' })][0];
}

const nora = (...policies: object[]): AccountInput => ({
  users: [{ name: 'nora', tags: { team: 'red' }, policies: [BY_TEAM, DOCUMENT, ...policies] }],
});

test('a principal that may change its own tag meets conditions on other values of it', () => {
  const held = cell(nora(allow('iam:TagUser', OWN)));
  expect(held).toMatchObject({ verdict: 'conditional', via: ['iam:TagUser'] });
  expect(held?.condition?.text).toContain('green');
  expect(held?.steps).toMatchObject([
    { from: NORA, to: NORA, request: { action: 'iam:TagUser', resource: NORA } },
  ]);
  expect(cell(nora())).toBeUndefined();
});

test("a right on tags is not enough if the tag is another principal's or another one, or if a Deny applies", () => {
  expect(cell(nora(allow('iam:TagUser', 'arn:aws:iam::*:user/other')))).toBeUndefined();
  const only = (key: string): object =>
    allow('iam:TagUser', OWN, { 'ForAllValues:StringEquals': { 'aws:TagKeys': [key] } });
  expect(cell(nora(only('cost-centre')))).toBeUndefined();
  expect(cell(nora(only('team')))?.via).toEqual(['iam:TagUser']);
  const kept = deny('iam:TagUser', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } });
  expect(cell(nora(allow('iam:TagUser', OWN), kept))).toBeUndefined();
});

test('a value that the request must have is a value that the tag then has', () => {
  const to = (team: string): object =>
    allow('iam:TagUser', OWN, { StringEquals: { 'aws:RequestTag/team': team } });
  expect(cell(nora(to('green')))?.via).toEqual(['iam:TagUser']);
  expect(cell(nora(to('blue')))).toBeUndefined();
});

test('a role may tag itself, and a trust policy may read the tag', () => {
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:PrincipalTag/team': 'green' } },
    },
  };
  const rights = [allow('sts:AssumeRole'), allow('iam:TagUser', OWN)];
  const users = [{ name: 'nora', tags: { team: 'red' }, policies: rights }];
  const shell = [{ name: 'cello', policies: [allow('ssm:StartSession')], trust }];
  expect(cell({ users, roles: shell })?.via).toEqual(['iam:TagUser', CELLO]);
  const roles = [
    { name: 'cello', tags: { team: 'red' }, policies: [BY_TEAM, DOCUMENT, allow('iam:TagRole', CELLO)] },
  ];
  expect(cell({ roles }, CELLO)?.via).toEqual(['iam:TagRole']);
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html */
const HELD_BACK = deny('ssm:StartSession', '*', { StringEquals: { 'aws:PrincipalTag/team': 'red' } });
const SHELL = allow('ssm:StartSession');

test('a principal that may remove its tag is free of conditions on it', () => {
  const held = cell(nora(SHELL, HELD_BACK, allow('iam:UntagUser', OWN)));
  expect(held).toMatchObject({ verdict: 'allowed', condition: null, via: ['iam:UntagUser'] });
  expect(held?.steps).toMatchObject([
    { from: NORA, to: NORA, request: { action: 'iam:UntagUser', resource: NORA } },
  ]);
  expect(cell(nora(SHELL, HELD_BACK))).toBeUndefined();
  // comparisons with a missing tag open nothing
  expect(cell(nora(allow('iam:UntagUser', OWN)))).toBeUndefined();
});

test("a right to remove tags is not enough if the tag is another principal's or another one, or if a Deny applies", () => {
  expect(cell(nora(SHELL, HELD_BACK, allow('iam:UntagUser', 'arn:aws:iam::*:user/other')))).toBeUndefined();
  const only = (key: string): object =>
    allow('iam:UntagUser', OWN, { 'ForAllValues:StringEquals': { 'aws:TagKeys': [key] } });
  expect(cell(nora(SHELL, HELD_BACK, only('cost-centre')))).toBeUndefined();
  expect(cell(nora(SHELL, HELD_BACK, only('team')))?.via).toEqual(['iam:UntagUser']);
  expect(cell(nora(SHELL, HELD_BACK, allow('iam:UntagUser'), deny('iam:UntagUser')))).toBeUndefined();
});

test('a condition on the removal is a condition of the cell', () => {
  const mfa = allow('iam:UntagUser', OWN, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
  const held = cell(nora(SHELL, HELD_BACK, mfa));
  expect(held).toMatchObject({ verdict: 'conditional', via: ['iam:UntagUser'] });
  expect(held?.condition?.text).toContain('MFA');
});

test('a role may untag itself, and a trust policy may require the tag to be absent', () => {
  const own = [SHELL, HELD_BACK, allow('iam:UntagRole', CELLO)];
  const roles = [{ name: 'cello', tags: { team: 'red' }, policies: own }];
  expect(cell({ roles }, CELLO)?.via).toEqual(['iam:UntagRole']);
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
      Action: 'sts:AssumeRole',
      Condition: { Null: { 'aws:PrincipalTag/team': 'true' } },
    },
  };
  const users = [
    { name: 'nora', tags: { team: 'red' }, policies: [allow('sts:AssumeRole'), allow('iam:UntagUser', OWN)] },
  ];
  const taken = [{ name: 'cello', policies: [SHELL], trust }];
  expect(cell({ users, roles: taken })?.via).toEqual(['iam:UntagUser', CELLO]);
});

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html */
const RUN_AS = {
  ...{ runAsEnabled: true, runAsDefaultUser: 'ops', kmsKeyId: null },
  ...{ s3BucketName: null, cloudWatchLogGroupName: null },
};

function lands(policies: readonly object[], tags: Record<string, string> = {}, runAsEnabled = true): unknown {
  const users = [{ name: 'nora', tags, policies: [SHELL, ...policies] }];
  const regions = { 'us-east-1': { sessionPreferences: { ...RUN_AS, runAsEnabled } } };
  return cell({ users, regions })?.landsAs;
}

test('a principal that may change its own SSMSessionRunAs tag lands as any user', () => {
  const app = { SSMSessionRunAs: 'app' };
  expect(lands([], app)).toEqual(['app']);
  expect(lands([allow('iam:TagUser', OWN)])).toEqual(['*']);
  expect(lands([allow('iam:TagUser', OWN)], app)).toEqual(['*']);
  expect(lands([allow('iam:TagUser', OWN)], app, false)).toEqual(['ssm-user']);
  expect(lands([allow('iam:TagUser', 'arn:aws:iam::*:user/other')], app)).toEqual(['app']);
  const kept = deny('iam:TagUser', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'SSMSessionRunAs' } });
  expect(lands([allow('iam:TagUser', OWN), kept], app)).toEqual(['app']);
});

test('a limit on the value of the tag limits the users', () => {
  const to = (...users: string[]): object =>
    allow('iam:TagUser', OWN, { StringLike: { 'aws:RequestTag/SSMSessionRunAs': users } });
  expect(lands([to('dba', 'dev-*')])).toEqual(['dba', 'dev-*', 'ops']);
  expect(lands([to('dba')], { SSMSessionRunAs: 'app' })).toEqual(['app', 'dba']);
  const mfa = allow('iam:TagUser', OWN, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
  expect(lands([mfa])).toEqual(['*']);
});

test('a principal that may remove the tag also lands as the user of the preferences', () => {
  expect(lands([allow('iam:UntagUser', OWN)], { SSMSessionRunAs: 'app' })).toEqual(['app', 'ops']);
  expect(lands([allow('iam:UntagUser', OWN)])).toEqual(['ops']);
});

test('a principal that assumes such a role, or may give itself any policy, lands as any user', () => {
  const regions = { 'us-east-1': { sessionPreferences: RUN_AS } };
  const roles = [{ name: 'cello', policies: [SHELL, allow('iam:TagRole', CELLO)] }];
  expect(cell({ roles, regions }, CELLO)?.landsAs).toEqual(['*']);
  const users = [{ name: 'nora', policies: [allow('iam:PutUserPolicy', OWN)] }, { name: 'other' }];
  expect(cell({ users, regions })).toMatchObject({ landsAs: ['*'], via: ['iam:PutUserPolicy'] });
});

test('a principal that removed a tag keeps a Deny that only the tag lets it remove', () => {
  // the boundary lets it change a user only with the tag
  const red = { StringEquals: { 'aws:ResourceTag/team': 'red' } };
  const boundary = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['iam:DetachUserPolicy', 'iam:UntagUser'], Resource: '*', Condition: red },
      { Effect: 'Allow', Action: 'iam:PutUserPolicy', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'ssm:StartSession',
        Resource: '*',
        Condition: { Null: { 'aws:PrincipalTag/team': 'true' } },
      },
    ],
  };
  const own = {
    Version: '2012-10-17',
    Statement: [...statements(allow('*')), ...statements(deny('ssm:StartSession'))],
  };
  const input: AccountInput = {
    policies: [
      { name: 'edge', document: boundary },
      { name: 'own', document: own },
    ],
    users: [{ name: 'nora', tags: { team: 'red' }, policies: ['own'], boundary: 'edge' }, { name: 'sid' }],
  };
  // so it gives itself the policy first: without the tag the Deny would stay
  expect(cell(input)?.via).toEqual(['iam:PutUserPolicy', 'iam:UntagUser']);
});

const statements = (document: object): readonly object[] =>
  [(document as { readonly Statement: object | readonly object[] }).Statement].flat();
