import { expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Opens } from '../../lib/matrix/paths/cell.ts';
import { type AccountInput, account, allow, deny } from '../fixtures/account.ts';

const INSTANCE = 'arn:aws:ec2:*:*:instance/*';
const ALICE = 'arn:aws:iam::111122223333:user/alice';
const BOB = 'arn:aws:iam::111122223333:user/bob';
const tagged = (key: string, value: string): object => ({
  StringEquals: { [`aws:ResourceTag/${key}`]: value },
});

/** What alice's own tag-rewrite cell on i-1 would open; undefined if she has none. */
function opens(input: AccountInput): readonly Opens[] | undefined {
  const snapshot = account({ instances: [{ id: 'i-1', tags: { team: 'blue' } }], ...input });
  const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { principal: ALICE, path: 'tag-rewrite' })];
  return cells.find((cell) => cell.via.length === 0)?.opens;
}

const bob = { name: 'bob', policies: [allow('ssm:StartSession', '*', tagged('team', 'red'))] };

test('a change opens what the tag gates, for whom it is gated', () => {
  expect(opens({ users: [{ name: 'alice', policies: [allow('ec2:CreateTags')] }, bob] })).toContainEqual({
    principal: BOB,
    path: 'session-manager',
    key: 'team',
    value: 'red',
  });
});

test('principals that have the access already are left out, and the list may be empty', () => {
  const sure = { name: 'bob', policies: [...bob.policies, allow('ssm:StartSession')] };
  expect(opens({ users: [{ name: 'alice', policies: [allow('ec2:CreateTags')] }, sure] })).toEqual([]);
});

test('a value that may not be set opens nothing', () => {
  const limited = allow('ec2:CreateTags', '*', { StringEquals: { 'aws:RequestTag/team': 'green' } });
  expect(opens({ users: [{ name: 'alice', policies: [limited] }, bob] })).toEqual([]);
});

test('removing a tag ends a Deny on it', () => {
  const guarded = {
    name: 'bob',
    policies: [
      allow('ec2:StopInstances', INSTANCE),
      deny('ec2:StopInstances', INSTANCE, tagged('team', 'blue')),
    ],
  };
  expect(opens({ users: [{ name: 'alice', policies: [allow('ec2:DeleteTags')] }, guarded] })).toEqual([
    { principal: BOB, path: 'power', key: 'team', value: null },
  ]);
});

test('one change may allow the next', () => {
  const step = [
    allow('ec2:CreateTags', '*', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['stage'] } }),
    allow('ec2:CreateTags', '*', tagged('stage', 'open')),
  ];
  const found = opens({ users: [{ name: 'alice', policies: step }, bob] });
  expect(found).toContainEqual({ principal: BOB, path: 'session-manager', key: 'team', value: 'red' });
});

test('two tags must both be changed', () => {
  const both = allow('ssm:StartSession', '*', {
    StringEquals: { 'aws:ResourceTag/team': 'red', 'aws:ResourceTag/env': 'dev' },
  });
  const found = opens({
    users: [
      { name: 'alice', policies: [allow('ec2:CreateTags')] },
      { name: 'bob', policies: [both] },
    ],
  });
  expect(found).toContainEqual({ principal: BOB, path: 'session-manager', key: 'env', value: 'dev' });
});

test('the holder itself may gain by the value of its own tag', () => {
  const own = allow('ssm:StartSession', '*', {
    StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' },
  });
  const alice = { name: 'alice', tags: { team: 'red' }, policies: [allow('ec2:CreateTags'), own] };
  expect(opens({ users: [alice] })).toEqual([
    { principal: ALICE, path: 'session-manager', key: 'team', value: 'red' },
  ]);
});

/** The codes of the tag-rewrite cell of alice, who may call it except for a Deny on presence; null: she has no cell. */
function codes(action: string, key: string, isNull: string, effect = deny): readonly string[] | null {
  const statement = effect(action, '*', { Null: { [key]: isNull } });
  const policies = effect === deny ? [allow(action), statement] : [statement];
  const snapshot = account({ instances: [{ id: 'i-1' }], users: [{ name: 'alice', policies }, bob] });
  const cells = cellsOf(buildMatrix(snapshot), snapshot, { principal: ALICE, path: 'tag-rewrite' });
  return [...cells][0]?.uncertain ?? null;
}

test.each(['aws:RequestTag/team', 'aws:requesttag/TEAM'])(
  'a request that sets a tag contains its value, except perhaps an empty one: `Null` of %s',
  (key) => {
    expect(codes('ec2:CreateTags', key, 'false')).toEqual(['empty-tag-value']);
    expect(codes('ec2:CreateTags', key, 'true')).toEqual([]);
    expect(codes('ec2:CreateTags', key, 'false', allow)).toEqual([]);
    expect(codes('ec2:CreateTags', key, 'true', allow)).toEqual(['empty-tag-value']);
  },
);

test('a request that sets a tag contains its key', () => {
  expect(codes('ec2:CreateTags', 'aws:TagKeys', 'false')).toBeNull();
  expect(codes('ec2:CreateTags', 'aws:TagKeys', 'true')).toEqual([]);
  expect(codes('ec2:CreateTags', 'aws:TagKeys', 'false', allow)).toEqual([]);
  expect(codes('ec2:CreateTags', 'aws:TagKeys', 'true', allow)).toBeNull();
});

test('no other tag is in the request, and a removal may leave out the value or the key', () => {
  expect(codes('ec2:CreateTags', 'aws:RequestTag/other', 'true')).toBeNull();
  expect(codes('ec2:DeleteTags', 'aws:RequestTag/team', 'false')).toEqual([
    'removal-without-key',
    'removal-without-value',
  ]);
  expect(codes('ec2:DeleteTags', 'aws:RequestTag/team', 'true')).toEqual([]);
  expect(codes('ec2:DeleteTags', 'aws:TagKeys', 'false')).toEqual(['removal-without-key']);
});
