import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;

/** The cells of a path. Whole rows and single cells must agree. */
function cells(input: AccountInput, path: PathId): readonly Cell[] {
  const snapshot = account({ instances: [{ id: 'i-1', tags: { team: 'red' } }], ...input });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { path })];
}

// https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
describe('a tag of AWS', () => {
  const tagger = { name: 'tia', policies: [allow(['ec2:CreateTags', 'ec2:DeleteTags'])] };
  const gated = (key: string) => ({
    name: 'gil',
    policies: [allow('ssm:StartSession', '*', { StringEquals: { [`ssm:resourceTag/${key}`]: 'db' } })],
  });

  test.each(['aws:autoscaling:groupName', 'aws:cloudformation:stack-name', 'AWS:eks:cluster-name'])(
    '%s cannot be rewritten',
    (key) => {
      expect(cells({ users: [tagger, gated(key)] }, 'tag-rewrite')).toEqual([]);
    },
  );

  test('cannot be avoided by rewriting a tag of the account beside it', () => {
    const found = cells(
      { users: [tagger, gated('team'), { ...gated('aws:ec2launchtemplate:id'), name: 'gus' }] },
      'tag-rewrite',
    );
    expect(found.map(({ principal }) => principal)).toEqual([arn('user', 'tia')]);
    expect(found[0]?.opens?.map(({ key }) => key)).toEqual(['team']);
  });

  test('cannot be set by a session', () => {
    const wanted = { StringEquals: { 'aws:PrincipalTag/aws:team': 'red' } };
    const trust = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
      ],
    };
    const roles = [{ name: 'r', policies: [allow('ssm:StartSession', '*', wanted)], trust }];
    expect(cells({ roles }, 'session-manager')).toEqual([]);
  });
});

// https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html
describe("a condition on the caller's own sessions", () => {
  const TAG = 'ssm:resourceTag/aws:ssmmessages:session-id';
  const resume = (value: string, operator = 'StringLike') =>
    allow('ssm:ResumeSession', 'arn:aws:ssm:*:*:session/*', { [operator]: { [TAG]: [value] } });
  const holders = (input: AccountInput) =>
    cells(input, 'session-takeover').map(
      ({ principal, verdict }) => `${principal.split('/').at(-1)} ${verdict}`,
    );
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action: 'sts:AssumeRole' }],
  };

  test('opens no sessions of others, for users and for roles', () => {
    const policies = [resume('${aws:userid}')];
    const users = ['una', 'vic'].map((name) => ({ name, policies }));
    const roles = ['ops', 'una'].map((name) => ({ name, policies, trust }));
    expect(holders({ users, roles })).toEqual([]);
  });

  test('with another operator opens all sessions of others', () => {
    const users = ['una', 'vic'].map((name) => ({
      name,
      policies: [resume('${aws:userid}', 'StringNotEquals')],
    }));
    expect(holders({ users })).toEqual(['una allowed', 'vic allowed']);
  });

  test('with a literal user id opens the sessions of that user only', () => {
    const users = [
      { name: 'una', id: 'AIDAUNA', policies: [resume('AIDAVIC')] },
      { name: 'vic', id: 'AIDAVIC', policies: [resume('AIDAVIC')] },
      { name: 'wim', id: 'AIDAWIM', policies: [resume('AIDANOBODY')] },
    ];
    expect(holders({ users })).toEqual(['una allowed']);
  });

  test("with a role's id opens the sessions of that role", () => {
    const users = [{ name: 'una', policies: [resume('AROAOPS:*')] }];
    expect(holders({ users, roles: [{ name: 'ops', id: 'AROAOPS', trust }] })).toEqual(['una allowed']);
    expect(holders({ users, roles: [{ name: 'ops', id: 'AROAOTHER', trust }] })).toEqual([]);
  });

  test('separates a user and a role with the same name', () => {
    const policies = [allow('ssm:ResumeSession', 'arn:aws:ssm:*:*:session/ops-*')];
    expect(holders({ users: [{ name: 'ops', policies }], roles: [{ name: 'ops', trust }] })).toEqual([
      'ops allowed',
    ]);
  });
});
