import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID as A, type AccountInput, account, allow } from '../fixtures/account.ts';
import { reachOf } from './organization.ts';

const B = '444455556666';
const arn = (id: string, resource: string): string => `arn:aws:iam::${id}:${resource}`;
const ME = arn(A, 'user/me');
const GATE = arn(B, 'role/gate');
const CHANNEL = allow(['ssm:StartSession', 'ssmmessages:OpenDataChannel']);

const trusting = (who: string, Condition: object = {}): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: who }, Action: 'sts:AssumeRole', Condition }],
});

/** AWS does not document an operator without keys. */
const EMPTY = { StringEquals: {} };

const here = (given: AccountInput): Snapshot =>
  account({ users: [{ name: 'me', policies: [allow('sts:AssumeRole')] }], ...given });
const there = (given: AccountInput = {}): Snapshot =>
  account({
    accountId: B,
    roles: [{ name: 'gate', policies: [CHANNEL], trust: trusting(arn(A, 'root')) }],
    instances: [{ id: 'i-1' }],
    ...given,
  });

const codesOf = (...accounts: readonly Snapshot[]): readonly unknown[] =>
  (reachOf(...accounts).get(ME) ?? []).map(({ via, uncertain }) => [via.at(-1), uncertain]);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
describe('a chain into another account rests on what its steps rest on:', () => {
  test('nothing, if all of them are documented', () => {
    expect(codesOf(here({}), there())).toEqual([[GATE, []]]);
  });

  test('a step before the border', () => {
    const near = {
      name: 'near',
      policies: [allow('sts:AssumeRole', GATE)],
      trust: trusting(arn(A, 'root'), EMPTY),
    };
    const me = { name: 'me', policies: [allow('sts:AssumeRole', arn(A, 'role/near'))] };
    expect(codesOf(here({ users: [me], roles: [near] }), there())).toEqual([
      [GATE, ['empty-condition-operator']],
    ]);
  });

  test('a shell on an instance before the border', () => {
    const box = { name: 'box', policies: [allow('sts:AssumeRole', GATE)] };
    const me = { name: 'me', policies: [allow('ssm:StartSession')] };
    const first = here({ users: [me], roles: [box], instances: [{ id: 'i-9', role: 'box' }] });
    expect(codesOf(first, there())).toEqual([[GATE, ['data-channel-not-granted']]]);
  });

  test.each([
    ['identity policy', allow('sts:AssumeRole', GATE, EMPTY), {}],
    ['trust policy', allow('sts:AssumeRole', GATE), EMPTY],
    ['policy on each side, once', allow('sts:AssumeRole', GATE, EMPTY), EMPTY],
  ])('the %s of the border', (_, policy, condition) => {
    const gate = { name: 'gate', policies: [CHANNEL], trust: trusting(arn(A, 'root'), condition) };
    expect(codesOf(here({ users: [{ name: 'me', policies: [policy] }] }), there({ roles: [gate] }))).toEqual([
      [GATE, ['empty-condition-operator']],
    ]);
  });

  test('a step behind the border', () => {
    const far = { name: 'far', policies: [CHANNEL], trust: trusting(GATE, EMPTY) };
    const gate = { name: 'gate', policies: [allow('sts:AssumeRole')], trust: trusting(arn(A, 'root')) };
    expect(codesOf(here({}), there({ roles: [gate, far] }))).toEqual([
      [arn(B, 'role/far'), ['empty-condition-operator']],
    ]);
  });

  test('its end, with those of the steps', () => {
    const gate = {
      name: 'gate',
      policies: [allow('ssm:StartSession')],
      trust: trusting(arn(A, 'root'), EMPTY),
    };
    expect(codesOf(here({}), there({ roles: [gate] }))).toEqual([
      [GATE, ['data-channel-not-granted', 'empty-condition-operator']],
    ]);
  });

  test('the better of two ways: the one without codes', () => {
    const plain = { name: 'plain', policies: [CHANNEL], trust: trusting(arn(A, 'root')) };
    const gate = { name: 'gate', policies: [CHANNEL], trust: trusting(arn(A, 'root'), EMPTY) };
    expect(codesOf(here({}), there({ roles: [gate, plain] }))).toEqual([[arn(B, 'role/plain'), []]]);
  });
});
