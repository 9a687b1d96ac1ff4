import { describe, expect, test } from 'vitest';
import { type CompiledPolicy, compilePolicy } from '../../lib/evaluator/compile.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { explain } from '../../lib/evaluator/explain.ts';
import { type Principal, parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import { requestContext } from '../../lib/evaluator/request-context.ts';
import { simulateLine } from '../../lib/evaluator/simulate.ts';
import { parsePolicy } from '../../lib/policy/document.ts';

const USER = 'arn:aws:iam::111122223333:user/alice';
const ALLOW = { Effect: 'Allow', Action: '*', Resource: '*' };
const DENY = { Effect: 'Deny', Action: '*', Resource: '*' };
const equals = (team: string, operator = 'StringEquals'): { readonly Condition: object } => ({
  Condition: { [operator]: { 'aws:RequestTag/team': team } },
});
const policy = (...Statement: object[]): object => ({ Version: '2012-10-17', Statement });

interface Answer {
  readonly decision: string;
  readonly blockedBy: string | null;
  readonly uncertain: readonly string[];
  readonly statements: readonly { readonly policy: string; readonly statement: number }[];
}

/** The decision, what blocks, and the statements as `policy 0`. */
function decide(layers: object): [string, string | null, ...string[]] {
  const request = {
    principal: USER,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::home/x',
    contextIsComplete: false,
  };
  const answer = simulateLine(JSON.stringify({ ...request, ...layers })) as Answer;
  return [
    answer.decision,
    answer.blockedBy,
    ...answer.statements.map((one) => `${one.policy} ${one.statement}`),
  ];
}

describe('the statements that decide', () => {
  const spoilt = { ...policy({ ...DENY, ...equals('red') }), Extra: 1 };
  const limits = {
    permissionsBoundary: policy(ALLOW),
    serviceControlPolicies: [[policy(ALLOW, { ...DENY, ...equals('red'), Action: 'ec2:*' })]],
    sessionPolicies: [policy(ALLOW)],
  };

  test('of an allowed request are the grants of identity and resource policy that apply', () => {
    expect(
      decide({
        ...limits,
        identityPolicies: [
          policy({ ...DENY, Action: 'ec2:*' }, ALLOW, { ...ALLOW, ...equals('red') }),
          spoilt,
        ],
        resourcePolicy: policy(
          { ...ALLOW, Principal: '*' },
          { ...ALLOW, Principal: { AWS: '444455556666' } },
        ),
      }),
    ).toEqual(['allowed', null, 'identityPolicies[0] 1', 'identityPolicies[0] 2', 'resourcePolicy 0']);
  });

  test('do not include those of a malformed policy, or Denies that never apply', () => {
    const twice = JSON.stringify(policy(ALLOW)).replace('{', '{"Version":"2012-10-17",');
    const never = {
      ...DENY,
      Condition: { ...equals('red').Condition, ...equals('red', 'StringNotEquals').Condition },
    };
    expect(decide({ identityPolicies: [twice, policy(never, ALLOW)] })).toEqual([
      'allowed',
      null,
      'identityPolicies[1] 1',
    ]);
    expect(decide({ identityPolicies: [twice, policy({ ...ALLOW, ...equals('red') })] })).toEqual([
      'conditional',
      null,
      'identityPolicies[1] 0',
    ]);
  });

  test('of an explicit denial are the Denies that apply', () => {
    expect(
      decide({
        ...limits,
        identityPolicies: [policy(ALLOW, DENY, { ...DENY, ...equals('red') })],
        resourceControlPolicies: [[policy({ ...DENY, Principal: '*' })]],
      }),
    ).toEqual(['explicitDeny', null, 'identityPolicies[0] 1', 'resourceControlPolicies[0][0] 0']);
  });

  test('of an explicit denial by several Denies together are all that may apply', () => {
    const either = policy(
      ALLOW,
      { ...DENY, ...equals('red') },
      { ...DENY, ...equals('red', 'StringNotEquals') },
    );
    expect(decide({ identityPolicies: [either, spoilt] })).toEqual([
      'explicitDeny',
      null,
      'identityPolicies[0] 1',
      'identityPolicies[0] 2',
    ]);
  });

  test('of an implicit denial do not exist', () => {
    expect(
      decide({
        identityPolicies: [policy(ALLOW, { ...DENY, ...equals('red') })],
        permissionsBoundary: policy(),
      }),
    ).toEqual(['implicitDeny', 'permissionsBoundary']);
  });

  test('of a condition are the grants, and statements that add to the condition', () => {
    expect(
      decide({
        ...limits,
        identityPolicies: [
          policy(ALLOW, { ...ALLOW, ...equals('red') }, { ...DENY, ...equals('blue') }),
          spoilt,
        ],
        permissionsBoundary: policy(ALLOW, { ...ALLOW, ...equals('red') }),
        resourcePolicy: policy({ ...ALLOW, Principal: '*', ...equals('green') }),
        resourceControlPolicies: [[policy({ ...DENY, Principal: '*', ...equals('black') })]],
      }),
    ).toEqual([
      'conditional',
      null,
      'identityPolicies[0] 0',
      'identityPolicies[0] 1',
      'identityPolicies[0] 2',
      'resourcePolicy 0',
      'resourceControlPolicies[0][0] 0',
      'permissionsBoundary 1',
    ]);
  });
});

describe('the layer that blocks', () => {
  const red = { ...ALLOW, ...equals('red') };
  const blue = { ...ALLOW, ...equals('blue') };
  const rcp = { resourceControlPolicies: [[policy({ ...DENY, Principal: '*', Action: 'ec2:*' })]] };

  test('is not one that denies nothing', () => {
    expect(decide({ ...rcp, identityPolicies: [policy(ALLOW)], permissionsBoundary: policy() })[1]).toBe(
      'permissionsBoundary',
    );
    expect(
      decide({
        ...rcp,
        identityPolicies: [policy(ALLOW)],
        serviceControlPolicies: [[policy(ALLOW)]],
        permissionsBoundary: policy(red),
        sessionPolicies: [policy(blue)],
      }),
    ).toEqual(['implicitDeny', 'permissionsBoundary']);
  });

  test('and a Deny are evaluated with the known facts', () => {
    const compiled = (document: object, name: string): CompiledPolicy =>
      compilePolicy(parsePolicy(document, 'identity'), name, 'identity');
    const principal = parsePrincipalArn(USER) as Principal;
    const context = requestContext({
      principal,
      action: 's3:GetObject',
      resource: '*',
      given: {},
      complete: false,
    });
    if (typeof context === 'string') throw new Error(context);
    const request = {
      principal,
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::home/x',
      resourceAccount: '111122223333',
      context,
    };
    const layers = {
      identityPolicies: [compiled(policy(ALLOW, { ...DENY, ...equals('r*', 'StringLike') }), 'mine')],
      permissionsBoundary: null,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      sessionPolicies: [],
      resourcePolicy: null,
    };
    const given = [simpleAtom('StringLike', 'aws:RequestTag/team', ['re*'], 's3')];
    expect(explain(request, layers, { given })).toMatchObject({
      decision: 'explicitDeny',
      blockedBy: null,
      statements: [{ statement: 1 }],
    });
    expect(explain(request, layers)).toMatchObject({ decision: 'conditional' });
  });
});

test('codes are sorted by name', () => {
  const statement = {
    ...ALLOW,
    Condition: { StringEquals: {}, Bool: { 'aws:SecureTransport': '${aws:PrincipalTag/tls}' } },
  };
  const answer = simulateLine(
    JSON.stringify({
      principal: USER,
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::home/x',
      context: { 'aws:SecureTransport': 'true', 'aws:PrincipalTag/tls': 'true' },
      identityPolicies: [policy(statement)],
    }),
  ) as Answer;
  expect(answer.uncertain).toEqual(['bool-variable', 'empty-condition-operator']);
});
