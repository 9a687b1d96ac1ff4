import { describe, expect, test } from 'vitest';
import { type CompiledPolicy, compilePolicy, statementsFor } from '../../lib/evaluator/compile.ts';
import { type DocumentKind, parsePolicy } from '../../lib/policy/document.ts';

function compiled(kind: DocumentKind, statement: object): CompiledPolicy {
  const document = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'ec2:*', ...statement } };
  return compilePolicy(parsePolicy(document, kind), 'p', kind);
}

describe('a statement', () => {
  test.each<[DocumentKind, boolean, boolean]>([
    ['identity', false, true],
    ['scp', false, true],
    ['resource', true, false],
    ['trust', true, false],
    ['rcp', true, false],
  ])('of kind %s is inert without principal: %j, with one: %j', (kind, without, withOne) => {
    const inert = (statement: object): unknown => compiled(kind, statement).statements[0]?.inert;
    expect(inert({ Resource: '*' })).toBe(without);
    expect(inert({ Resource: '*', Principal: '*' })).toBe(withOne);
  });

  test.each<[DocumentKind, readonly string[]]>([
    ['identity', ['arn:aws:s3', 'arn:aws:s3*']],
    ['scp', ['arn:aws:s3', 'arn:aws:s3*']],
    ['resource', ['arn:aws:s3*']],
    ['rcp', []],
  ])('of kind %s means all ARNs that begin with %j', (kind, wanted) => {
    const entries = ['arn:aws:s3', 'arn:aws:s3*'];
    const { statements } = compiled(kind, { Principal: '*', Resource: entries });
    expect(entries.filter((_, i) => statements[0]?.resources?.[i]?.partial)).toEqual(wanted);
  });

  test('is looked up once for each action', () => {
    const policy = compiled('identity', { Resource: '*' });
    const found = statementsFor(policy, 'ec2:startinstances');
    expect(found).toEqual(policy.statements);
    expect(statementsFor(policy, 'ec2:startinstances')).toBe(found);
    expect(statementsFor(policy, 's3:getobject')).toEqual([]);
  });
});

test.each([
  { actions: ['ec2'], asked: 'ec2:runinstances', count: 1 },
  { actions: ['ec2:', 's3', 's3:'], asked: 'ec2:runinstances', count: 1 },
  { actions: ['s3:getobject', 'ec2:stopinstances', 'ec2:'], asked: 's3:putobject', count: 0 },
  { actions: ['s3:getobject'], asked: 's3', count: 0 },
])(
  'which statements cover an action does not depend on earlier questions: $actions, $asked',
  ({ actions, asked, count }) => {
    const statement = { Effect: 'Allow', Action: ['ec2:Run*', 'ec2:'], Resource: '*' };
    const document = parsePolicy({ Version: '2012-10-17', Statement: statement }, 'identity');
    const policy = compilePolicy(document, 'one', 'identity');
    for (const action of actions) statementsFor(policy, action);
    expect(statementsFor(policy, asked)).toHaveLength(count);
  },
);
