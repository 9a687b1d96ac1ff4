import { describe, expect, test } from 'vitest';
import type { Layers, Request } from '../../lib/evaluator/combine.ts';
import { type CompiledPolicy, compilePolicy } from '../../lib/evaluator/compile.ts';
import { explain } from '../../lib/evaluator/explain.ts';
import type { PolicyFlip } from '../../lib/evaluator/flip.ts';
import { type Principal, parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import { requestContext } from '../../lib/evaluator/request-context.ts';
import { type DocumentKind, parsePolicy } from '../../lib/policy/document.ts';

const INSTANCE = 'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc';
const ALLOW = { Effect: 'Allow', Action: 'ec2:*', Resource: '*' };
const DENY = { Effect: 'Deny', Action: 'ec2:*', Resource: '*' };
const tagged = (value: string): object => ({ Condition: { StringEquals: { 'aws:RequestTag/team': value } } });

function policy(name: string, Statement: unknown, kind: DocumentKind = 'identity'): CompiledPolicy {
  return compilePolicy(parsePolicy({ Version: '2012-10-17', Statement }, kind), name, kind);
}

function requestOf(
  given: object = {},
  complete = true,
  arn = 'arn:aws:iam::111122223333:user/alice',
): Request {
  const principal = parsePrincipalArn(arn) as Principal;
  const context = requestContext({
    principal,
    action: 'ec2:StartInstances',
    resource: '*',
    given: given as Record<string, unknown>,
    complete,
  });
  if (typeof context === 'string') throw new Error(context);
  return {
    principal,
    action: 'ec2:StartInstances',
    resource: INSTANCE,
    resourceAccount: '111122223333',
    context,
  };
}

const NOTHING: Layers = {
  identityPolicies: [],
  permissionsBoundary: null,
  serviceControlPolicies: [],
  resourceControlPolicies: [],
  sessionPolicies: [],
  resourcePolicy: null,
};

/** A change as one word: `-policy 0` or `+layer`. */
const short = (changes: readonly PolicyFlip[]): string[] =>
  changes.map((one) =>
    one.change === 'remove'
      ? `-${one.statement.policy} ${one.statement.statement}`
      : `+${one.layer}${one.level === null ? '' : ` ${one.level}`}`,
  );

const flips = (layers: Partial<Layers>, request = requestOf()): string[] =>
  short(explain(request, { ...NOTHING, ...layers }).flip);

describe('explain', () => {
  test('shows every layer with its statements', () => {
    const layers: Layers = {
      identityPolicies: [
        policy('mine', [ALLOW, { ...ALLOW, ...tagged('red'), Sid: 'Red' }, { ...DENY, ...tagged('blue') }]),
      ],
      permissionsBoundary: policy('limit', ALLOW),
      serviceControlPolicies: [
        [policy('root', ALLOW, 'scp')],
        [policy('unit', { ...DENY, ...tagged('blue') }, 'scp')],
      ],
      resourceControlPolicies: [[policy('rcp', { ...DENY, Principal: '*', Action: 's3:*' }, 'rcp')]],
      sessionPolicies: [policy('session', { ...ALLOW, ...tagged('red') })],
      resourcePolicy: policy('shared', { ...DENY, Principal: '*' }, 'resource'),
    };
    const explained = explain(requestOf({}, false), layers);
    expect(explained).toMatchObject({
      action: 'ec2:StartInstances',
      resource: INSTANCE,
      decision: 'explicitDeny',
    });
    const verdicts = explained.layers.map(({ layer, level, verdict }) => [layer, level, verdict]);
    expect(verdicts).toEqual([
      ['serviceControlPolicies', 0, 'allows'],
      ['serviceControlPolicies', 1, 'silent'],
      ['resourcePolicy', null, 'denies'],
      ['identityPolicies', null, 'conditional'],
      ['permissionsBoundary', null, 'allows'],
      ['sessionPolicies', null, 'conditional'],
    ]);
    const identity = explained.layers.find(({ layer }) => layer === 'identityPolicies');
    expect(
      identity?.statements.map(({ statement, sid, applies, condition }) => [
        statement,
        sid,
        applies,
        condition?.text,
      ]),
    ).toEqual([
      [0, null, 'yes', undefined],
      [1, 'Red', 'conditionally', "if the request's tag aws:RequestTag/team is red"],
      [2, null, 'conditionally', "if the request's tag aws:RequestTag/team is blue"],
    ]);
  });

  test('a layer in which nothing allows is silent, whatever a Deny may do, and names what an Allow lacks', () => {
    const mine = policy('mine', [
      { ...DENY, ...tagged('blue') },
      { ...ALLOW, Resource: 'arn:aws:ec2:us-east-1:111122223333:volume/*' },
    ]);
    const layer = explain(requestOf({}, false), { ...NOTHING, identityPolicies: [mine] }).layers.at(-1);
    expect(layer).toMatchObject({ verdict: 'silent', nearest: { policy: 'mine', statement: 1 } });
    expect(layer?.statements.map(({ effect, applies }) => [effect, applies])).toEqual([
      ['Deny', 'conditionally'],
    ]);
  });

  test('a guardrail with only a conditional Deny never allows', () => {
    const level = (statement: object): unknown =>
      explain(requestOf({}, false), { ...NOTHING, serviceControlPolicies: [[policy('p', statement, 'scp')]] })
        .layers[0]?.verdict;
    expect(level({ ...DENY, ...tagged('blue') })).toBe('silent');
    expect(level(DENY)).toBe('denies');
    expect(level({ ...ALLOW, Action: 's3:*' })).toBe('silent');
    expect(level({ ...ALLOW, ...tagged('blue') })).toBe('conditional');
  });

  test('a layer about which nothing is known depends on what is known', () => {
    const known = { chosen: new Set(['aws:requesttag/team']) };
    const layers = { ...NOTHING, identityPolicies: [policy('mine', { ...ALLOW, ...tagged('red') })] };
    const explained = explain(requestOf({}, false), layers, known);
    expect(explained.decision).toBe('allowed');
    expect(explained.layers[0]?.verdict).toBe('allows');
    expect(explained.layers[0]?.statements[0]?.applies).toBe('yes');
  });

  test('resource control policies, and a statement that an unread policy makes uncertain', () => {
    const spoilt = policy('spoilt', { ...DENY, Action: '*', Extra: 1 });
    const explained = explain(
      { ...requestOf(), action: 's3:GetObject', resource: 'arn:aws:s3:::home/x' },
      {
        ...NOTHING,
        identityPolicies: [spoilt],
        resourceControlPolicies: [[policy('rcp', { ...DENY, Action: '*', Principal: '*' }, 'rcp')]],
      },
    );
    expect(explained.layers.map(({ layer, verdict }) => [layer, verdict])).toEqual([
      ['resourceControlPolicies', 'denies'],
      ['identityPolicies', 'silent'],
    ]);
    expect(explained.layers[0]?.statements).toMatchObject([
      { layer: 'resourceControlPolicies', applies: 'yes' },
    ]);
    expect(explained.layers[1]?.statements).toMatchObject([
      { policy: 'spoilt', applies: 'no', condition: null },
    ]);
  });
});

test('only statements about the request are explained', () => {
  const spoilt = policy('spoilt', { ...ALLOW, Extra: 1 });
  const away = policy('away', [
    { ...DENY, Resource: 'arn:aws:ec2:*:*:volume/*' },
    { ...DENY, ...tagged('blue') },
    { Effect: 'Deny', Action: 'ec2:*', NotResource: '*' },
    { ...DENY, Principal: '*' },
  ]);
  const explained = explain(requestOf({ 'aws:RequestTag/team': 'red' }), {
    ...NOTHING,
    identityPolicies: [spoilt, away],
  });
  expect(explained.layers).toMatchObject([{ layer: 'identityPolicies', verdict: 'silent', statements: [] }]);
});

describe('the smallest change', () => {
  test('that opens access: an Allow if there is none', () => {
    expect(flips({})).toEqual(['+identityPolicies']);
    const added = explain(requestOf(), NOTHING).flip[0];
    expect(added).toEqual({
      change: 'add',
      layer: 'identityPolicies',
      level: null,
      action: 'ec2:StartInstances',
      resource: INSTANCE,
    });
  });

  test('that opens access: without the Denies that apply, and with those that only may', () => {
    const deny = policy('deny', [{ ...DENY, Action: 's3:*' }, DENY, { ...DENY, ...tagged('red') }]);
    expect(flips({ identityPolicies: [policy('mine', ALLOW), deny] })).toEqual(['-deny 1']);
    expect(flips({ identityPolicies: [policy('mine', ALLOW), deny] }, requestOf({}, false))).toEqual([
      '-deny 1',
    ]);
    const may = policy('may', { ...DENY, ...tagged('red') });
    expect(flips({ identityPolicies: [may] }, requestOf({}, false))).toEqual(['+identityPolicies']);
  });

  test('that opens access: without two Denies of which one applies whatever holds', () => {
    const Condition = { StringNotEquals: { 'aws:RequestTag/team': 'red' } };
    const both = policy('both', [
      { ...DENY, ...tagged('red') },
      { ...DENY, Condition },
    ]);
    expect(flips({ identityPolicies: [policy('mine', ALLOW), both] }, requestOf({}, false))).toEqual([
      '-both 0',
      '-both 1',
    ]);
  });

  test('that opens access: an Allow in every layer that must allow', () => {
    expect(
      flips({
        permissionsBoundary: policy('limit', []),
        serviceControlPolicies: [[policy('root', ALLOW, 'scp')], [policy('unit', [], 'scp')]],
        sessionPolicies: [policy('session', [])],
      }),
    ).toEqual(['+serviceControlPolicies 1', '+identityPolicies', '+permissionsBoundary', '+sessionPolicies']);
  });

  test('that opens access: no identity Allow beside one in the resource policy', () => {
    const resourcePolicy = policy(
      'shared',
      [
        { ...ALLOW, Principal: '*' },
        { ...DENY, Principal: '*' },
      ],
      'resource',
    );
    expect(flips({ resourcePolicy })).toEqual(['-shared 1']);
  });

  test('that opens access: without the Deny of a resource control policy', () => {
    const request = { ...requestOf(), action: 's3:GetObject', resource: 'arn:aws:s3:::home/x' };
    const rcp = policy('rcp', { ...DENY, Action: 's3:*', Principal: '*' }, 'rcp');
    const layers = {
      identityPolicies: [policy('mine', { ...ALLOW, Action: '*' })],
      resourceControlPolicies: [[], [rcp]],
    };
    expect(flips(layers, request)).toEqual(['-rcp 0']);
  });

  test('that opens access: a Deny that does not apply stays', () => {
    expect(flips({ identityPolicies: [policy('spoilt', { ...DENY, Extra: 1 })] })).toEqual([
      '+identityPolicies',
    ]);
  });

  test("that opens access: none, if a layer's condition cannot be met and another Allow does not help", () => {
    const never = {
      ...ALLOW,
      Condition: { StringEquals: { 'aws:RequestTag/a': 'x' }, StringNotEquals: { 'aws:RequestTag/a': 'x' } },
    };
    const open = requestOf({}, false);
    expect(flips({ permissionsBoundary: policy('limit', never) }, open)).toEqual([]);
    expect(flips({ sessionPolicies: [policy('session', never)] }, open)).toEqual([]);
    const levels = [[policy('root', [], 'scp')], [policy('unit', never, 'scp')]];
    expect(flips({ serviceControlPolicies: levels }, open)).toEqual([]);
    expect(flips({ serviceControlPolicies: levels.toReversed() }, open)).toEqual([]);
  });

  test('that opens access: none, if no change of policies does', () => {
    const request = {
      ...requestOf(),
      action: 'iam:CreatePolicyVersion',
      resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    };
    expect(flips({}, request)).toEqual([]);
  });

  test('that closes access: without all Allows of the layer that has the fewest', () => {
    const two = [
      policy('a', ALLOW),
      policy(
        'b',
        [DENY, ALLOW].map((one) => ({ ...one, Effect: 'Allow' })),
      ),
    ];
    expect(flips({ identityPolicies: [policy('a', ALLOW)] })).toEqual(['-a 0']);
    const mixed = { identityPolicies: [policy('a', [{ ...DENY, ...tagged('red') }, ALLOW])] };
    expect(flips(mixed, requestOf({}, false))).toEqual(['-a 1']);
    expect(flips({ identityPolicies: two })).toEqual(['-a 0', '-b 0', '-b 1']);
    expect(flips({ identityPolicies: two, permissionsBoundary: policy('limit', ALLOW) })).toEqual([
      '-limit 0',
    ]);
    expect(flips({ identityPolicies: two, sessionPolicies: [policy('session', ALLOW)] })).toEqual([
      '-session 0',
    ]);
    expect(
      flips({
        identityPolicies: two,
        serviceControlPolicies: [[policy('root', [ALLOW, ALLOW], 'scp')], [policy('unit', ALLOW, 'scp')]],
      }),
    ).toEqual(['-unit 0']);
  });

  test('that closes access: grants of identity and resource policy together', () => {
    const resourcePolicy = policy('shared', { ...ALLOW, Principal: '*' }, 'resource');
    expect(flips({ identityPolicies: [policy('a', ALLOW)], resourcePolicy })).toEqual(['-a 0', '-shared 0']);
  });

  test('policies with one name in several layers are separate', () => {
    const same = (Statement: unknown, kind: DocumentKind = 'identity'): CompiledPolicy =>
      policy('same', Statement, kind);
    const layers = {
      identityPolicies: [same([ALLOW, ALLOW])],
      permissionsBoundary: same(ALLOW),
      serviceControlPolicies: [[same([ALLOW, ALLOW, ALLOW], 'scp')]],
      resourceControlPolicies: [[same({ ...DENY, Action: 's3:*', Principal: '*' }, 'rcp')]],
    };
    const [first] = explain(requestOf(), { ...NOTHING, ...layers }).flip;
    expect(first).toMatchObject({
      change: 'remove',
      statement: { layer: 'permissionsBoundary', statement: 0 },
    });
  });
});
