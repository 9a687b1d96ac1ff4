import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { simulateLine } from '../../lib/evaluator/simulate.ts';
import { anyCase } from '../evaluator/arbitraries.ts';
import type { Case } from '../naive/request.ts';

vi.setConfig({ testTimeout: 120_000 });

interface Answer {
  readonly decision?: string;
  readonly error?: string;
  readonly condition?: { readonly anyOf: readonly object[]; readonly text: string } | null;
  readonly uncertain?: readonly string[];
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
}

const OPEN = { Effect: 'Allow', Action: '*', Resource: '*' };

function decide(request: object): Answer {
  return simulateLine(JSON.stringify(request)) as Answer;
}

/** A case with these statements; keys are unknown unless the context is complete. */
function caseOf(Statement: unknown, rest: object = {}): object {
  return {
    principal: 'arn:aws:iam::111122223333:user/alice',
    action: 'ec2:StartInstances',
    resource: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc',
    identityPolicies: [{ Version: '2012-10-17', Statement }],
    contextIsComplete: false,
    ...rest,
  };
}

const list = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Fails if it takes longer than this much processor time, which tells a hang from work. */
function quickly<T>(run: () => T): T {
  const before = process.cpuUsage();
  const result = run();
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10);
  return result;
}

describe('documents', () => {
  test('nested a hundred thousand levels deep', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(simulateLine(deep)).toEqual({ id: null, error: 'nested deeper than 200 levels' });
    const policy = decide(caseOf(null, { identityPolicies: [deep] }));
    expect(policy.problems).toContainEqual({
      path: 'identityPolicies[0]: $',
      message: 'nested deeper than 200 levels',
    });
    expect(policy.decision).toBe('implicitDeny');
  });

  test('of 1 MB of text that is not a policy', () => {
    const messageOf = (text: string): string | undefined =>
      quickly(() => decide(caseOf(null, { identityPolicies: [text] }))).problems?.[0]?.message;
    expect(messageOf('{"'.repeat(500_000))).toBe('nested deeper than 200 levels');
    expect(messageOf('[]'.repeat(500_000))).toMatch(/^not valid JSON/);
    expect(messageOf(`"${'\\"'.repeat(500_000)}`)).toMatch(/^not valid JSON/);
  });

  test('with 100,000 statements', () => {
    const Statement = list(100_000, (i) => ({ ...OPEN, Action: `ec2:A${i}` }));
    expect(quickly(() => decide(caseOf([...Statement, OPEN]))).decision).toBe('allowed');
    expect(quickly(() => decide(caseOf(Statement))).decision).toBe('implicitDeny');
  });

  test('with 100,000 statements, each wrong in several ways', () => {
    const answer = quickly(() => decide(caseOf(list(100_000, () => ({ Effect: 'x' })))));
    expect(answer.decision).toBe('implicitDeny');
    expect(answer.problems?.length).toBeGreaterThan(200_000);
  });

  test('with 10,000 conditional statements', () => {
    const when = (i: number): object => ({ Condition: { StringEquals: { [`aws:RequestTag/k${i}`]: 'v' } } });
    const allows = quickly(() => decide(caseOf(list(10_000, (i) => ({ ...OPEN, ...when(i) })))));
    expect(allows.decision).toBe('conditional');
    const denies = list(10_000, (i) => ({ ...OPEN, Effect: 'Deny', ...when(i) }));
    const answer = quickly(() => decide(caseOf([OPEN, ...denies])));
    expect(answer.decision).toBe('conditional');
    expect(answer.condition?.text).toMatch(/^if /);
    const three = ['x', 'y', 'z'].map((name) => ({ ...OPEN, Condition: { Null: { [name]: 'true' } } }));
    const cut = quickly(() => decide(caseOf([...three, ...denies])));
    expect(cut.condition?.text).toMatch(/, or in others that are too many to list$/);
  });

  test('with thousands of duplicate keys, in thousands of policies', () => {
    const twice = `{"Statement":[{${list(60, () => '"Sid":"x"').join()}}]}`;
    const line = JSON.stringify(caseOf(null, { identityPolicies: list(2000, () => 0) }));
    const answer = quickly(() => simulateLine(line.replaceAll('0,', `${twice},`)) as Answer);
    const message = 'the key stands twice in the same object: IAM refuses such a policy';
    for (const i of [0, 1998])
      expect(answer.problems?.filter((problem) => problem.message === message)).toContainEqual({
        path: `identityPolicies[${i}]: $.Statement[0].Sid`,
        message,
      });
  });

  test('with duplicate keys under long keys, whose paths are cut', () => {
    const deep = `{"${'k'.repeat(2500)}":`.repeat(190);
    const text = `${deep}{${list(40_000, (i) => `"a${i}":1,"a${i}":1`).join()}}${'}'.repeat(190)}`;
    const answer = quickly(() => decide(caseOf(null, { identityPolicies: [text] })));
    expect(answer.problems).toContainEqual({
      path: `identityPolicies[0]: $.${'k'.repeat(998)}…`,
      message: 'the key stands twice in the same object: IAM refuses such a policy',
    });
    expect(JSON.stringify(answer).length).toBeLessThan(10_000);
  });

  test('with 50,000 keys under one operator that is a very long word', () => {
    const keys = Object.fromEntries(list(50_000, (i) => [`k${i}`, 'x']));
    const answer = quickly(() => decide(caseOf({ ...OPEN, Condition: { ['x'.repeat(500_000)]: keys } })));
    expect(answer).toMatchObject({ decision: 'implicitDeny', uncertain: ['unknown-operator'] });
  });

  test('with 200,000 principals', () => {
    const AWS = list(200_000, (i) => `${i}`);
    const resourcePolicy = { Statement: { ...OPEN, Principal: { AWS: [...AWS, '*'] } } };
    expect(quickly(() => decide(caseOf([], { resourcePolicy }))).decision).toBe('allowed');
  });

  test('with a text that is longer than a policy may be', () => {
    const text = 'a'.repeat(12_001);
    const answer = decide(
      caseOf([OPEN, { ...OPEN, Resource: text, Condition: { StringEquals: { k: text } } }]),
    );
    expect(answer.problems?.map(({ path }) => path)).toEqual([
      'identityPolicies[0]: $.Statement[1].Resource',
      'identityPolicies[0]: $.Statement[1].Condition.StringEquals.k',
    ]);
    expect(answer.decision).toBe('implicitDeny');
    expect(decide(caseOf([OPEN, { ...OPEN, Resource: 'a'.repeat(12_000) }])).decision).toBe('allowed');
  });
});

describe('names of the prototype', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

  test.each(NAMES)('`%s` is an ordinary name', (name) => {
    const own = (value: unknown): object => JSON.parse(`{"${name}":${JSON.stringify(value)}}`) as object;
    const at = (path: string): object => expect.objectContaining({ path: `identityPolicies[0]: ${path}` });
    expect(decide(caseOf({ ...OPEN, Condition: own({ k: 'v' }) }))).toMatchObject({
      decision: 'implicitDeny',
      uncertain: ['unknown-operator'],
      problems: [at(`$.Statement[0].Condition.${name}`)],
    });
    const equals = { ...OPEN, Condition: { StringEquals: own('v') } };
    const complete = { contextIsComplete: true };
    expect(decide(caseOf(equals)).decision).toBe('conditional');
    expect(decide(caseOf(equals, complete)).decision).toBe('implicitDeny');
    expect(decide(caseOf(equals, { ...complete, context: own('v') })).decision).toBe('allowed');
    const variable = { ...OPEN, Resource: `arn:aws:ec2:*:*:instance/\${${name}}` };
    expect(decide(caseOf(variable, complete)).decision).toBe('implicitDeny');
    expect(decide(caseOf(variable, { ...complete, context: own('i-0abc') })).decision).toBe('allowed');
    const statement = JSON.stringify(OPEN).replace('{', `{"${name}":{"Effect":"Allow"},`);
    expect(decide(caseOf(JSON.parse(statement))).problems).toEqual([at(`$.Statement[0].${name}`)]);
    const policy = `{"${name}":{},"Statement":${JSON.stringify(OPEN)}}`;
    expect(decide(caseOf([], { identityPolicies: [policy] })).problems).toEqual([at(`$.${name}`)]);
    const principal = { Statement: { ...OPEN, Principal: own('*') } };
    expect(decide(caseOf([], { resourcePolicy: principal })).problems).toEqual([
      expect.objectContaining({ path: `resourcePolicy: $.Statement[0].Principal.${name}` }),
    ]);
    expect(decide({ ...own(OPEN), ...caseOf(OPEN) }).decision).toBe('allowed');
    expect(decide(caseOf({ ...OPEN, Action: `${name}:x` })).decision).toBe('implicitDeny');
    expect(decide(caseOf(OPEN, { action: `${name}:x` })).decision).toBe('allowed');
  });

  test('nothing is set on any prototype', () => {
    for (const name of NAMES) decide(JSON.parse(`{"${name}":{"polluted":true}}`) as object);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('texts', () => {
  test('half of a character is compared as it is', () => {
    const Condition = { StringEquals: { 'aws:RequestTag/k': '\ud800' } };
    const context = (k: string): object => ({ context: { 'aws:RequestTag/k': k }, contextIsComplete: true });
    expect(decide(caseOf({ ...OPEN, Condition }, context('\ud800'))).decision).toBe('allowed');
    expect(decide(caseOf({ ...OPEN, Condition }, context('\udc00'))).decision).toBe('implicitDeny');
    expect(decide(caseOf({ ...OPEN, Condition })).decision).toBe('conditional');
    expect(decide(caseOf({ ...OPEN, Condition: { StringLike: { k: '?\udc00*' } } })).decision).toBe(
      'conditional',
    );
    expect(decide(caseOf({ ...OPEN, Resource: 'arn:aws:ec2:u?-\ud83d\ude00*' })).decision).toBe(
      'implicitDeny',
    );
  });

  test('a character of two units in an ARN whose wildcard stays in its part', () => {
    const Resource = 'arn:aws:e*2:us-east-1:111122223333:instance/\ud83d\ude00';
    const answer = decide(caseOf({ ...OPEN, Resource }, { resource: Resource.replace('*', 'c') }));
    expect(answer).toMatchObject({ decision: 'allowed', uncertain: ['service-segment-wildcard'] });
  });

  test('letters whose other case is longer', () => {
    const Condition = {
      StringEqualsIgnoreCase: { 'aws:RequestTag/k': ['\u0130stanbul', 'Stra\u00dfe', '\u03a3\u03a3'] },
    };
    expect(decide(caseOf({ ...OPEN, Condition })).decision).toBe('conditional');
  });

  test('`a*a*a*…b` in every place', () => {
    const pattern = `${'a*'.repeat(2900)}b`;
    const text = 'a'.repeat(5800);
    const Resource = `arn:aws:a*a${pattern}:us-east-1:111122223333:${pattern}`;
    const known = {
      context: { k: text },
      resource: `arn:aws:${text}:us-east-1:111122223333:${text}b`,
      contextIsComplete: true,
    };
    const named = quickly(() => decide(caseOf({ ...OPEN, Resource }, known)));
    expect([named.decision, named.problems]).toEqual(['implicitDeny', undefined]);
    const like = { ...OPEN, Condition: { StringLike: { k: pattern } } };
    expect(quickly(() => decide(caseOf(like, known))).decision).toBe('implicitDeny');
    expect(quickly(() => decide(caseOf({ ...OPEN, Action: `ec2:${pattern}` }))).decision).toBe(
      'implicitDeny',
    );
    expect(quickly(() => decide(caseOf(like))).decision).toBe('conditional');
  });

  test('a wildcard inside a part of a very long resource', () => {
    const resource = `arn:aws:ec2:us-east-1:111122223333:${'b'.repeat(11_000)}`;
    const statement = { ...OPEN, Resource: `arn:aws:ec2:u*1:*:${'*b'.repeat(2000)}` };
    expect(quickly(() => decide(caseOf(statement, { resource }))).decision).toBe('allowed');
    const other = { ...statement, Resource: `${statement.Resource}c` };
    expect(quickly(() => decide(caseOf(other, { resource }))).decision).toBe('implicitDeny');
  });

  test('thousands of variables', () => {
    const Resource = `arn:aws:ec2:*:*:instance/${'${aws:PrincipalTag/a}'.repeat(500)}`;
    const different = `arn:aws:ec2:*:*:instance/${list(400, (i) => `\${aws:PrincipalTag/${i}}`).join('*')}`;
    const name = (resource: string, rest: object): Answer =>
      quickly(() => decide(caseOf({ ...OPEN, Resource: resource }, rest)));
    expect(name(Resource, { context: { 'aws:PrincipalTag/a': '' } }).decision).toBe('implicitDeny');
    expect(name(Resource, {}).decision).toBe('implicitDeny');
    const answer = name(different, { resource: `arn:aws:ec2:::instance/${'x'.repeat(5000)}` });
    expect(answer).toMatchObject({ decision: 'conditional', uncertain: ['too-many-values'] });
  });

  test('unknown variables in thousands of resources', () => {
    const Resource = (i: number): string =>
      `arn:aws:ec2:*:*:instance/\${aws:PrincipalTag/k${i}}*\${aws:PrincipalTag/l}`;
    const few = decide(caseOf(list(20, (i) => ({ ...OPEN, Resource: Resource(i) }))));
    expect(few).toMatchObject({ decision: 'conditional', uncertain: [] });
    const many = quickly(() => decide(caseOf(list(20_000, (i) => ({ ...OPEN, Resource: Resource(i) })))));
    expect(many).toMatchObject({ decision: 'conditional', uncertain: ['too-many-values'] });
  });

  test('unknown variables between wildcards, on a long text', () => {
    const resource = `arn:aws:ec2:::instance/${'ab'.repeat(3000)}`;
    const Resource = 'arn:aws:ec2:::*${aws:PrincipalTag/a}*${aws:PrincipalTag/b}?*';
    const allow = quickly(() => decide(caseOf({ ...OPEN, Resource }, { resource })));
    expect(allow).toMatchObject({ decision: 'conditional', uncertain: ['too-many-values'] });
    const deny = decide(caseOf([OPEN, { ...OPEN, Effect: 'Deny', Resource }], { resource }));
    expect(deny).toMatchObject({ decision: 'conditional', uncertain: ['too-many-values'] });
    const exact = `arn:aws:ec2:::instance/\${aws:PrincipalTag/a}/*`;
    const one = decide(
      caseOf({ ...OPEN, Resource: exact }, { resource: `arn:aws:ec2:::instance/x/${'y'.repeat(5000)}` }),
    );
    expect(one).toMatchObject({ decision: 'conditional', uncertain: [] });
    expect(one.condition?.anyOf).toEqual([
      { allOf: [{ key: 'aws:PrincipalTag/a', operator: 'StringEquals', values: ['x'] }] },
    ]);
  });

  test('a million digits that are not a number', () => {
    const context = { k: `${'1'.repeat(11_000)}x` };
    const Condition = { NumericEquals: { k: `${'1'.repeat(11_000)}x` } };
    expect(quickly(() => decide(caseOf({ ...OPEN, Condition }, { context }))).decision).toBe('implicitDeny');
  });
});

describe('contexts', () => {
  test('are limited', () => {
    expect(decide(caseOf(OPEN, { context: { k: list(1001, String) } })).error).toBe(
      '`k` in `context` has more than 1000 values',
    );
    expect(decide(caseOf(OPEN, { context: { k: ['a', 'b'.repeat(12_001)] } })).error).toBe(
      'a value of `k` in `context` has more than 12000 characters',
    );
    const edge = { context: { k: list(1000, String), l: 'b'.repeat(12_000) } };
    expect(decide(caseOf(OPEN, edge)).decision).toBe('allowed');
  });

  test('huge lists of values', () => {
    const Condition = { 'ForAnyValue:StringLike': { 'aws:TagKeys': list(5000, (i) => `a${i}*`) } };
    const context = { 'aws:TagKeys': list(1000, (i) => `b${i}`) };
    expect(quickly(() => decide(caseOf({ ...OPEN, Condition }, { context }))).decision).toBe('implicitDeny');
    expect(quickly(() => decide(caseOf({ ...OPEN, Condition }))).decision).toBe('conditional');
    const ips = { NotIpAddress: { 'aws:SourceIp': list(5000, (i) => `10.${i >> 8}.${i & 255}.0/24`) } };
    expect(quickly(() => decide(caseOf([OPEN, { ...OPEN, Effect: 'Deny', Condition: ips }]))).decision).toBe(
      'conditional',
    );
  });
});

describe('many unknown keys', () => {
  const deny = (Condition: object): object => ({ ...OPEN, Effect: 'Deny', Condition });
  const equals = (...pairs: readonly (readonly [string, string])[]): object => ({
    StringEquals: Object.fromEntries(pairs.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  });

  test('30 Deny statements of two keys each', () => {
    const denies = list(30, (i) => deny(equals([`a${i}`, 'x'], [`b${i}`, 'y'])));
    const answer = quickly(() => decide(caseOf([OPEN, ...denies])));
    expect(answer.decision).toBe('conditional');
    expect(answer.condition?.anyOf.length).toBeGreaterThan(0);
    expect(answer.condition?.text).toMatch(/, or in others that are too many to list$/);
  });

  test('a condition that no value can meet is still a denial', () => {
    const denies = list(30, (i) => deny(equals([`a${i}`, 'x'], [`b${i}`, 'y'])));
    const never = [deny(equals(['z', 'x'])), deny({ StringNotEquals: { 'aws:RequestTag/z': 'x' } })];
    expect(quickly(() => decide(caseOf([OPEN, ...denies, ...never]))).decision).toBe('explicitDeny');
  });

  test('a condition that every value meets still allows', () => {
    const allow = (Condition: object): object => ({ ...OPEN, Condition });
    const odd = list(40, (i) => allow(equals([`a${i}`, 'x'], [`b${i}`, 'y'], [`c${i}`, 'z'])));
    const either = [allow(equals(['z', 'x'])), allow({ StringNotEquals: { 'aws:RequestTag/z': 'x' } })];
    expect(quickly(() => decide(caseOf([...odd, ...either]))).decision).toBe('allowed');
    expect(quickly(() => decide(caseOf(odd))).decision).toBe('conditional');
  });

  test('a choice that the first alternatives do not leave', () => {
    const ways = list(14, (i) => deny(equals([`a${i}`, 'x'], [`b${i}`, 'y'])));
    // of each pair the second key must differ
    const only = list(14, (i) => deny({ StringNotEquals: { [`aws:RequestTag/a${i}`]: 'x' } }));
    const answer = quickly(() => decide(caseOf([OPEN, ...ways, ...only])));
    expect(answer.decision).toBe('conditional');
    expect(answer.condition?.anyOf).toHaveLength(1);
  });

  test('pigeons that do not fit their holes are never let in', () => {
    // eight keys with seven values each, no two of them equal: exponential for any search of this kind
    const values = list(9, String);
    const outside = list(10, (i) => deny({ StringNotEquals: { [`aws:RequestTag/p${i}`]: values } }));
    const equal = list(10, (i) =>
      list(i, (j) => values.map((value) => deny(equals([`p${i}`, value], [`p${j}`, value])))),
    ).flat(2);
    const answer = quickly(() => decide(caseOf([OPEN, ...outside, ...equal])));
    expect(['implicitDeny', 'conditional']).toContain(answer.decision);
    if (answer.decision === 'conditional')
      expect(answer.condition?.text).toBe('if conditions hold that are too many to work out');
  });

  test('the narrowest choice first', () => {
    const wide = list(20, (i) => deny(equals([`a${i}`, 'x'], [`b${i}`, 'y'], [`c${i}`, 'z'])));
    const narrow = list(20, (i) => deny(equals([`d${i}`, 'x'], [`e${i}`, 'y'])));
    const answer = quickly(() => decide(caseOf([OPEN, ...narrow, ...wide])));
    expect(answer.decision).toBe('conditional');
    expect(answer.condition?.anyOf).toHaveLength(100);
  });

  test('fifty patterns on one key', () => {
    const like = (i: number): object => ({ StringLike: { 'aws:RequestTag/k': `*${i}*a${i % 7}*` } });
    const answer = quickly(() => decide(caseOf([OPEN, ...list(50, (i) => deny(like(i)))])));
    expect(answer.decision).toBe('conditional');
  });

  test('two hundred values of one key, some of them in several statements', () => {
    const some = (from: number, to: number): object => ({
      StringEquals: { 'aws:RequestTag/k': list(to - from, (i) => `v${i + from}`) },
    });
    const answer = quickly(() =>
      decide(
        caseOf([{ ...OPEN, Condition: some(0, 200) }, ...list(20, (i) => deny(some(i * 9, i * 9 + 5)))]),
      ),
    );
    expect(answer.decision).toBe('conditional');
  });
});

test('no line makes it throw', () => {
  const run = (line: string): void => {
    const answer = simulateLine(line) as Answer;
    expect(answer.error === undefined || answer.error.length > 0).toBe(true);
    expect(() => JSON.stringify(answer)).not.toThrow();
  };
  fc.assert(fc.property(fc.string({ unit: 'binary' }), run));
  fc.assert(fc.property(fc.json(), run));
  const names = ['principal', 'action', 'resource', 'resourceAccount', 'context', 'contextIsComplete', 'id'];
  const layers = [
    'identityPolicies',
    'permissionsBoundary',
    'serviceControlPolicies',
    'resourceControlPolicies',
  ];
  const member = fc.constantFrom(...names, ...layers, 'sessionPolicies', 'resourcePolicy');
  fc.assert(
    fc.property(anyCase, member, fc.jsonValue(), (request: Case, name, value) =>
      run(JSON.stringify({ ...request, [name]: value })),
    ),
  );
  const element = fc.constantFrom(
    'Effect',
    'Action',
    'NotAction',
    'Resource',
    'Condition',
    'Principal',
    'Sid',
  );
  fc.assert(
    fc.property(element, fc.jsonValue(), fc.boolean(), (name, value, contextIsComplete) =>
      run(JSON.stringify(caseOf({ ...OPEN, [name]: value }, { contextIsComplete }))),
    ),
  );
});
