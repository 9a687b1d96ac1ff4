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
  ])('of kind %s stands for all that begins with %j', (kind, wanted) => {
    const entries = ['arn:aws:s3', 'arn:aws:s3*'];
    const { statements } = compiled(kind, { Principal: '*', Resource: entries });
    expect(entries.filter((_, i) => statements[0]?.resources?.[i]?.partial)).toEqual(wanted);
  });

  test('is looked for once for each action', () => {
    const policy = compiled('identity', { Resource: '*' });
    const found = statementsFor(policy, 'ec2:startinstances');
    expect(found).toEqual(policy.statements);
    expect(statementsFor(policy, 'ec2:startinstances')).toBe(found);
    expect(statementsFor(policy, 's3:getobject')).toEqual([]);
  });
});
