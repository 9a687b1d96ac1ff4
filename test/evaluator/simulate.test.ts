import { describe, expect, test } from 'vitest';
import { type SimulateAnswer, simulateLine } from '../../lib/evaluator/simulate.ts';

const CASE = {
  principal: 'arn:aws:iam::111122223333:user/alice',
  action: 'ec2:StartInstances',
  resource: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc',
};
const OPEN = { Effect: 'Allow', Action: '*', Resource: '*' };

const decide = (rest: object): SimulateAnswer => simulateLine(JSON.stringify({ ...CASE, ...rest }));
const policy = (Statement: unknown): object => ({ Version: '2012-10-17', Statement });

describe('a line that cannot be read gives the reason', () => {
  const missing = (name: string): string =>
    `\`${name}\` is missing: a case needs \`principal\`, \`action\` and \`resource\``;
  const list = (name: string): string => `\`${name}\` is a list of policies`;
  const levels = (name: string): string => `\`${name}\` is a list of levels, each a list of policies`;
  const action = (text: string): string => `\`action\` is not like \`ec2:StartInstances\`: \`${text}\``;
  const resource = (text: string): string => `\`resource\` is neither an ARN nor \`*\`: \`${text}\``;
  const account = '`resourceAccount` is an account id: twelve digits, as text';
  const context = 'the value of `k` in `context` is not text, a number, true, false or a list of these';

  test.each<[object, string]>([
    [{ action: undefined }, missing('action')],
    [{ action: '' }, missing('action')],
    [{ action: 7 }, missing('action')],
    [{ action: 'ec2' }, action('ec2')],
    [{ action: 'ec2:' }, action('ec2:')],
    [{ action: 'ec2:Start Instances' }, action('ec2:Start Instances')],
    [{ action: 'ec2:a:b' }, action('ec2:a:b')],
    [{ action: 'ec2:*' }, action('ec2:*')],
    [{ action: 'e?2:a' }, action('e?2:a')],
    [{ action: ' ec2:a' }, action(' ec2:a')],
    [{ resource: undefined }, missing('resource')],
    [{ principal: undefined }, '`principal` is missing: give an ARN, or `{"service": "ec2.amazonaws.com"}`'],
    [
      { principal: { service: 7 } },
      '`principal` is missing: give an ARN, or `{"service": "ec2.amazonaws.com"}`',
    ],
    [{ principal: 'alice' }, '`principal` is no user, role, session or account root: `alice`'],
    [{ context: [] }, '`context` is an object of condition keys'],
    [{ context: 'k' }, '`context` is an object of condition keys'],
    [{ context: { k: {} } }, context],
    [{ context: { k: ['a', null] } }, context],
    [{ contextIsComplete: 'yes' }, '`contextIsComplete` is true or false'],
    [{ resource: 'foo' }, resource('foo')],
    [{ resource: 'i-0abc*' }, resource('i-0abc*')],
    [{ resource: 'arn:aws:ec2:us-east-1:111122223333' }, resource('arn:aws:ec2:us-east-1:111122223333')],
    [{ resource: ' arn:aws:s3:::home' }, resource(' arn:aws:s3:::home')],
    [{ resource: `arn:aws:s3:::${'a'.repeat(12_000)}` }, '`resource` has more than 12000 characters'],
    [{ action: `s3:${'a'.repeat(12_000)}` }, '`action` has more than 12000 characters'],
    [{ resourceAccount: 111122223333 }, account],
    [{ resourceAccount: '' }, account],
    [{ resourceAccount: 'abc' }, account],
    [{ resourceAccount: '1111222233334' }, account],
    [{ resourceAccount: ' 111122223333' }, account],
    [{ identityPolicies: {} }, list('identityPolicies')],
    [{ sessionPolicies: 'x' }, list('sessionPolicies')],
    [{ serviceControlPolicies: [{}] }, levels('serviceControlPolicies')],
    [{ resourceControlPolicies: {} }, levels('resourceControlPolicies')],
  ])('%j', (rest, error) => {
    expect(decide({ id: 7, ...rest })).toEqual({ id: 7, error });
  });

  test.each(['[]', 'null', '7', '"x"'])('`%s` is rejected', (line) => {
    expect(simulateLine(line)).toEqual({
      id: null,
      error: 'a case is a JSON object with `principal`, `action` and `resource`',
    });
  });

  test('longer than 10,000,000 characters', () => {
    const error = 'the line has more than 10000000 characters: ask about fewer policies';
    expect(simulateLine('7'.padEnd(10_000_001))).toEqual({ id: null, error });
    expect(simulateLine('['.repeat(201).padEnd(10_000_000))).not.toEqual({ id: null, error });
  });

  test('a line that is not JSON has no id', () => {
    expect(simulateLine('{')).toEqual({ id: null, error: expect.stringMatching(/^not valid JSON: /) });
  });
});

describe('an answer', () => {
  test('has the given id', () => {
    for (const id of ['a', '', 0, 7]) expect(decide({ id })).toMatchObject({ id, decision: 'implicitDeny' });
    for (const id of [undefined, null, {}, true]) expect(decide({ id })).toMatchObject({ id: null });
  });

  test('names statements without their layer', () => {
    expect(decide({ identityPolicies: [policy([]), policy([OPEN, { ...OPEN, Sid: 'Again' }])] })).toEqual({
      id: null,
      decision: 'allowed',
      condition: null,
      blockedBy: null,
      statements: [
        { policy: 'identityPolicies[1]', statement: 0, sid: null, effect: 'Allow' },
        { policy: 'identityPolicies[1]', statement: 1, sid: 'Again', effect: 'Allow' },
      ],
      uncertain: [],
    });
  });

  test('has the problems of every policy, under its own name', () => {
    const bad = { Statement: { ...OPEN, Effect: 'allow' } };
    const problem = (name: string): object => ({
      path: `${name}: $.Statement[0].Effect`,
      message: 'Effect is exactly `Allow` or `Deny`',
    });
    const answer = decide({
      identityPolicies: [policy(OPEN), bad],
      permissionsBoundary: bad,
      serviceControlPolicies: [[], [policy(OPEN), bad]],
      sessionPolicies: [bad],
      resourcePolicy: bad,
    });
    expect(answer).toMatchObject({
      problems: [
        'identityPolicies[1]',
        'permissionsBoundary',
        'serviceControlPolicies[1][1]',
        'sessionPolicies[0]',
        'resourcePolicy',
      ].map(problem),
    });
    expect(decide({ permissionsBoundary: null, resourcePolicy: null })).not.toHaveProperty('problems');
  });

  test('includes duplicate keys of the line itself', () => {
    const line = JSON.stringify({ ...CASE, identityPolicies: [policy(OPEN), policy(OPEN)] });
    const twice = line.replace(/"Effect":"Allow"(?!.*"Effect")/, '"Effect":"Allow","Effect":"Allow"');
    expect(simulateLine(twice)).toMatchObject({
      decision: 'allowed',
      problems: [{ path: 'identityPolicies[1]: $.Statement.Effect' }],
    });
  });
});

describe('a case', () => {
  const ARN = 'arn:aws:ec2:us-east-1:111122223333:instance/';

  test('may have texts of 12,000 characters', () => {
    expect(decide({ resource: ARN.padEnd(12_000, 'a'), identityPolicies: [policy(OPEN)] })).toMatchObject({
      decision: 'allowed',
    });
  });

  test('with more possible meanings than can be read may deny anything', () => {
    const keys = Array.from({ length: 7 }, (_, i) => `"s3:k${i}":"1","s3:k${i}":"2"`).join();
    const guard = `{"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{${keys}}}}}`;
    const line = JSON.stringify({ ...CASE, identityPolicies: [policy(OPEN), 0] }).replace(
      ',0]',
      `,${guard}]`,
    );
    expect(simulateLine(line)).toMatchObject({
      decision: 'allowed',
      uncertain: ['duplicate-json-key', 'malformed-policy'],
    });
  });

  test('may have a duplicate key outside its policies', () => {
    const line = JSON.stringify({ ...CASE, id: 7, identityPolicies: [policy(OPEN)] });
    const inner = '"$.identityPolicies[0].a":1';
    for (const twice of ['"id":1', `"":{${inner},${inner}}`, '"context":{"k":"a","k":"b"}']) {
      const answer = simulateLine(line.replace('{', `{${twice},`));
      expect(answer).toMatchObject({ id: 7, decision: 'allowed' });
      expect(answer).not.toHaveProperty('problems');
    }
  });

  test('has the unique id of its principal in one key only', () => {
    const resourcePolicy = policy({ ...OPEN, Principal: { AWS: 'AIDAEXAMPLE' } });
    const asks = (context: object): SimulateAnswer => decide({ context, resourcePolicy });
    expect(asks({ k: 'x', 'AWS:UserId': 'AIDAEXAMPLE' })).toMatchObject({ decision: 'allowed' });
    expect(asks({ k: 'AIDAEXAMPLE', 'aws:userid': 'AIDAOTHER' })).toMatchObject({ decision: 'implicitDeny' });
  });

  test.each(['identityPolicies', 'permissionsBoundary', 'serviceControlPolicies', 'sessionPolicies'])(
    'may have ARNs with missing parts in its %s',
    (name) => {
      const decided = (Resource: string): string => {
        const all = policy(OPEN);
        const early = policy({ ...OPEN, Resource });
        const layers = { identityPolicies: [all], permissionsBoundary: all, serviceControlPolicies: [[all]] };
        const layer = { permissionsBoundary: early, serviceControlPolicies: [[early]] }[name] ?? [early];
        const principal = 'arn:aws:sts::111122223333:assumed-role/Web/s';
        return (decide({ ...layers, principal, [name]: layer }) as { decision: string }).decision;
      };
      expect([decided('arn:aws:ec2'), decided('arn:aws:ssm')]).toEqual(['allowed', 'implicitDeny']);
    },
  );

  test('lists values of unknown variables for many resources, and then says that there are too many', () => {
    const statements = (count: number): object[] =>
      Array.from({ length: count }, (_, i) => ({ ...OPEN, Resource: `${ARN}\${aws:PrincipalTag/a${i}}/*` }));
    const asks = (count: number): SimulateAnswer =>
      decide({
        resource: `${ARN}x/${'y'.repeat(5000)}`,
        contextIsComplete: false,
        identityPolicies: [policy(statements(count))],
      });
    expect(asks(5)).toMatchObject({ decision: 'conditional', uncertain: [] });
    expect(asks(200)).toMatchObject({ decision: 'conditional', uncertain: ['too-many-values'] });
  });
});

test('a key that is not known may have any value, also one that AWS would refuse', () => {
  const Condition = { StringEquals: { 'aws:PrincipalTag/team': 'a*' } };
  const identityPolicies = [policy({ ...OPEN, Condition })];
  expect(decide({ contextIsComplete: false, identityPolicies })).toMatchObject({
    decision: 'conditional',
    condition: { anyOf: [{ allOf: [{ key: 'aws:PrincipalTag/team', values: ['a*'] }] }] },
  });
});

describe('an operator that IAM does not have', () => {
  const message = (name: string): string =>
    `\`${name}\` is not a condition operator: the statement is taken not to apply; correct its name`;

  test('is a problem of its statement, and the policy is still evaluated', () => {
    const Condition = { StringMatches: { k: 'a', l: 'b' } };
    const answer = decide({ identityPolicies: [policy([{ ...OPEN, Condition }, OPEN])] });
    expect(answer).toMatchObject({
      decision: 'allowed',
      uncertain: [],
      problems: [
        {
          path: 'identityPolicies[0]: $.Statement[0].Condition.StringMatches',
          message: message('StringMatches'),
        },
      ],
    });
    expect(decide({ identityPolicies: [policy({ ...OPEN, Condition })] })).toMatchObject({
      decision: 'implicitDeny',
      uncertain: ['unknown-operator'],
    });
  });

  test.each([
    'ForAllValues:Null',
    'NullIfExists',
    'ForSomeValues:StringEquals',
    'StringEqualsIfExistsx',
    'xBool',
    'Bool ',
    'ForAnyValue:ForAllValues:Bool',
    '',
  ])('`%s`', (name) => {
    const wrong = policy({ ...OPEN, Condition: { [name]: {} } });
    expect(decide({ permissionsBoundary: wrong })).toMatchObject({
      problems: [{ path: `permissionsBoundary: $.Statement[0].Condition.${name}`, message: message(name) }],
    });
  });

  test.each(['stringequals', 'FORANYVALUE:BOOLIFEXISTS', 'ForAllValues:BinaryEquals', 'null'])(
    'but `%s` is one',
    (name) => {
      expect(
        decide({ permissionsBoundary: policy({ ...OPEN, Condition: { [name]: {} } }) }),
      ).not.toHaveProperty('problems');
    },
  );
});

describe('a problem of a case is named, and the decision is still made', () => {
  const problemsOf = (rest: object): unknown => {
    const answer = decide({ identityPolicies: [policy(OPEN)], ...rest });
    expect(answer).toMatchObject({ decision: 'allowed' });
    return 'problems' in answer ? answer.problems : undefined;
  };

  test('an action that the reference does not list', () => {
    expect(problemsOf({ action: 'ec2:StartInstance' })).toEqual([
      { path: 'action', message: '`ec2:StartInstance` is not an action that AWS lists: check its name' },
    ]);
    expect(problemsOf({})).toBeUndefined();
  });

  test.each([
    ['Principal', { Principal: '*' }],
    ['NotPrincipal', { NotPrincipal: { AWS: '111122223333' } }],
  ])('a %s in an identity policy or a service control policy', (word, element) => {
    const wrong = policy([OPEN, { ...OPEN, Effect: 'Deny', ...element }]);
    const message =
      'a policy of this kind names no principal: the statement is taken not to apply; remove it';
    expect(problemsOf({ identityPolicies: [wrong] })).toContainEqual({
      path: `identityPolicies[0]: $.Statement[1].${word}`,
      message,
    });
    expect(problemsOf({ serviceControlPolicies: [[wrong]] })).toContainEqual({
      path: `serviceControlPolicies[0][0]: $.Statement[1].${word}`,
      message,
    });
    const resourcePolicy = policy({ ...OPEN, Principal: '*' });
    expect(problemsOf({ resourcePolicy })).toBeUndefined();
  });
});
