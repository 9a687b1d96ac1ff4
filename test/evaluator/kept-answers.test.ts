import { expect, test } from 'vitest';
import { type CompiledPolicy, compilePolicy, statementsIn } from '../../lib/evaluator/compile.ts';
import { atomOf } from '../../lib/evaluator/conditions/atom.ts';
import { compileClause } from '../../lib/evaluator/conditions/clause.ts';
import { parsePolicy } from '../../lib/policy/document.ts';

function allowing(name: string, ...actions: readonly string[]): CompiledPolicy {
  const Statement = actions.map((Action) => ({ Effect: 'Allow', Action, Resource: '*' }));
  return compilePolicy(parsePolicy({ Version: '2012-10-17', Statement }, 'identity'), name, 'identity');
}

test.each([1, 2])('%d policies give the right answers for one action after another', (count) => {
  const policies = [allowing('one', 'ec2:*', 'ssm:StartSession'), allowing('two', 'ssm:*')].slice(0, count);
  const found = (action: string): readonly string[] =>
    statementsIn(policies, action).map(({ policy, statement }) => `${policy.name} ${statement.index}`);
  const two = count === 2 ? ['two 0'] : [];
  for (const _ of [1, 2]) {
    expect(found('ssm:startsession')).toEqual(['one 1', ...two]);
    expect(found('ec2:startinstances')).toEqual(['one 0']);
    expect(found('ssm:sendcommand')).toEqual(two);
  }
});

test('the remaining condition has the service of the present question, whatever was asked before', () => {
  const clause = compileClause('StringEquals', 'ec2:ResourceTag/team', ['a'], true);
  const keyFor = (service: string): string => atomOf(clause, { service, lookup: () => undefined }).canonical;
  for (const _ of [1, 2]) {
    expect(keyFor('ec2')).toBe('aws:resourcetag/team');
    expect(keyFor('ssm')).toBe('ec2:resourcetag/team');
  }
});
