import { describe, expect, test } from 'vitest';
import { type DocumentKind, parsePolicy } from '../../lib/policy/document.ts';
import { parseJson } from '../../lib/policy/json.ts';

const OPEN = { Effect: 'Allow', Action: '*', Resource: '*' };
const policy = (Statement: unknown, rest: object = {}): object => ({
  Version: '2012-10-17',
  Statement,
  ...rest,
});

/** `path: message` of every problem. */
function problemsOf(document: unknown, kind: DocumentKind = 'identity'): string[] {
  return parsePolicy(document, kind).problems.map(({ path, message }) => `${path}: ${message}`);
}

const NOT_A_POLICY = '$: a policy is a JSON object with a `Statement`';
const TEXT = 'is text or a list of at least one text';
const CONDITION = 'a condition value is text, a number, true or false, or a list of these';

describe('a fault in a policy is named', () => {
  test.each<[unknown, string[]]>([
    [null, [NOT_A_POLICY]],
    [[], [NOT_A_POLICY]],
    [7, [NOT_A_POLICY]],
    ['[]', [NOT_A_POLICY]],
    [{}, ['$.Statement: a policy needs a `Statement`']],
    [policy(OPEN, { Extra: 1 }), ['$.Extra: `Extra` is not an element of a policy']],
    [policy(OPEN, { Id: 'a' }), []],
    [policy(OPEN, { Version: '2008-10-17' }), []],
    [policy(OPEN, { Version: '2012-10-18' }), ['$.Version: Version is `2012-10-17` or `2008-10-17`']],
    [{ Statement: OPEN }, []],
    [policy([]), []],
    [policy('x'), ['$.Statement[0]: a statement is a JSON object']],
    [
      policy([null, []]),
      ['$.Statement[0]: a statement is a JSON object', '$.Statement[1]: a statement is a JSON object'],
    ],
    [policy({ ...OPEN, Extra: 1 }), ['$.Statement[0].Extra: `Extra` is not an element of a statement']],
    [policy({ ...OPEN, Sid: 1 }), ['$.Statement[0].Sid: a Sid is text']],
    [policy({ ...OPEN, Effect: 'allow' }), ['$.Statement[0].Effect: Effect is exactly `Allow` or `Deny`']],
    [
      policy({ ...OPEN, NotAction: '*' }),
      ['$.Statement[0]: a statement has `Action` or `NotAction`, not both'],
    ],
    [
      policy({ ...OPEN, NotResource: '*' }),
      ['$.Statement[0]: a statement has `Resource` or `NotResource`, not both'],
    ],
    [
      policy({ Effect: 'Deny', Resource: '*' }),
      ['$.Statement[0]: a statement needs `Action` or `NotAction`'],
    ],
    [
      policy({ Effect: 'Deny', Action: '*' }),
      ['$.Statement[0]: a statement needs `Resource` or `NotResource`'],
    ],
    [policy({ ...OPEN, Action: [] }), [`$.Statement[0].Action: \`Action\` ${TEXT}`]],
    [policy({ ...OPEN, Action: ['a:b', 1] }), [`$.Statement[0].Action: \`Action\` ${TEXT}`]],
    [
      policy({ Effect: 'Deny', NotAction: {}, Resource: '*' }),
      [`$.Statement[0].NotAction: \`Action\` ${TEXT}`],
    ],
    [policy({ ...OPEN, Condition: [] }), ['$.Statement[0].Condition: a Condition is an object of operators']],
    [
      policy({ ...OPEN, Condition: null }),
      ['$.Statement[0].Condition: a Condition is an object of operators'],
    ],
    [
      policy({ ...OPEN, Condition: { Bool: 'x' } }),
      ['$.Statement[0].Condition.Bool: a condition operator holds an object of keys'],
    ],
    [policy({ ...OPEN, Condition: { Bool: { k: {} } } }), [`$.Statement[0].Condition.Bool.k: ${CONDITION}`]],
    [
      policy({ ...OPEN, Condition: { Bool: { k: [true, null] } } }),
      [`$.Statement[0].Condition.Bool.k: ${CONDITION}`],
    ],
    [policy({ ...OPEN, Condition: { Bool: { k: [true, 1, 'x'] } } }), []],
    [
      policy({ ...OPEN, Principal: { AWS: '*' }, NotPrincipal: '*' }),
      ['$.Statement[0]: a statement has `Principal` or `NotPrincipal`, not both'],
    ],
  ])('%j', (document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
    expect(parsePolicy(document, 'identity').malformed).toBe(problems.length > 0);
  });

  test('a repeated Sid is only a note, since IAM used to store it', () => {
    const document = parsePolicy(
      policy([{ ...OPEN, Sid: 'a' }, { ...OPEN, Sid: 'b' }, { ...OPEN, Sid: 'a' }, OPEN, OPEN]),
      'identity',
    );
    expect(document.problems).toEqual([
      { path: '$.Statement[2].Sid', message: 'note: the Sid `a` stands twice in this policy' },
    ]);
    expect(document.malformed).toBe(false);
  });
});

describe('the grammar depends on where a policy is attached', () => {
  const shared = { ...OPEN, Principal: '*' };

  test.each<[DocumentKind, object, string[]]>([
    ['trust', { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }, []],
    ['resource', { Effect: 'Allow', Action: '*', Principal: '*' }, []],
    [
      'scp',
      { Effect: 'Deny', Action: '*' },
      ['$.Statement[0]: a statement needs `Resource` or `NotResource`'],
    ],
    ['resource', { ...OPEN, Effect: 'Deny', NotPrincipal: '*' }, []],
    [
      'resource',
      { ...OPEN, NotPrincipal: '*' },
      ['$.Statement[0].NotPrincipal: `NotPrincipal` goes with Deny only'],
    ],
    [
      'trust',
      { Effect: 'Deny', Action: '*', NotPrincipal: '*' },
      ['$.Statement[0].NotPrincipal: a trust policy takes no `NotPrincipal`'],
    ],
    [
      'resource',
      { ...shared, Principal: ['*'] },
      ['$.Statement[0].Principal: a principal is `*` or an object such as `{"AWS": "arn:…"}`'],
    ],
    [
      'resource',
      {
        ...shared,
        Principal: { AWS: ['*', 1], Other: 'x', Service: 'x', Federated: ['x'], CanonicalUser: 'x' },
      },
      ['AWS', 'Other'].map(
        (kind) =>
          `$.Statement[0].Principal.${kind}: a principal is AWS, Service, Federated or CanonicalUser, with text in it`,
      ),
    ],
    ['rcp', { ...shared, Effect: 'Deny' }, []],
    [
      'rcp',
      { Effect: 'Deny', NotAction: 's3:*', Resource: '*', Principal: '*' },
      ['$.Statement[0].NotAction: a resource control policy takes no `NotAction`'],
    ],
    [
      'rcp',
      { ...OPEN, Effect: 'Deny' },
      ['$.Statement[0].Principal: a resource control policy has `"Principal": "*"`'],
    ],
    [
      'rcp',
      { ...OPEN, Effect: 'Deny', NotPrincipal: '*' },
      ['$.Statement[0].Principal: a resource control policy has `"Principal": "*"`'],
    ],
    [
      'rcp',
      { ...shared, Effect: 'Deny', Principal: { AWS: '111122223333' } },
      ['$.Statement[0].Principal: a resource control policy has `"Principal": "*"`'],
    ],
    ['rcp', OPEN, []],
  ])('%s %j', (kind, statement, problems) => {
    expect(problemsOf(policy(statement), kind)).toEqual(problems);
  });

  test('a resource control policy has the newer version', () => {
    const needed = '$.Version: a resource control policy needs Version `2012-10-17`';
    expect(problemsOf({ Statement: [] }, 'rcp')).toEqual([needed]);
    expect(problemsOf({ Version: '2008-10-17', Statement: [] }, 'rcp')).toEqual([needed]);
  });
});

describe('a document as text', () => {
  const text = JSON.stringify(policy(OPEN));

  test('is read as JSON, and as the URL-encoded JSON of the API', () => {
    for (const form of [text, ` ${text}`, encodeURIComponent(text), ` ${encodeURIComponent(text)}`])
      expect(parsePolicy(form, 'identity')).toEqual(parsePolicy(policy(OPEN), 'identity'));
  });

  test('that is JSON keeps its percent signs', () => {
    const encoded = policy({ ...OPEN, Resource: 'arn:aws:s3:::a%41' });
    expect(parsePolicy(JSON.stringify(encoded), 'identity')).toEqual(parsePolicy(encoded, 'identity'));
  });

  test('that is neither is a problem', () => {
    for (const form of ['', '%', '%7', '%7B', '{', '{"a":}']) {
      const document = parsePolicy(form, 'identity');
      expect(document.problems).toHaveLength(1);
      expect(document.problems[0]).toMatchObject({
        path: '$',
        message: expect.stringMatching(/^not valid JSON: /),
      });
      expect(document).toMatchObject({ malformed: true, statements: [], version: '2012-10-17' });
    }
  });

  test('with a duplicate key says where', () => {
    const twice =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":["*"],"Resource":"*"}]}';
    const message = 'the key stands twice in the same object: IAM refuses such a policy';
    expect(parsePolicy(twice, 'identity')).toMatchObject({
      problems: [{ path: '$.Statement[0].Effect', message }],
      duplicateKeys: true,
      malformed: true,
    });
    expect(parsePolicy(text, 'identity').duplicateKeys).toBe(false);
  });

  test('has the problems that were known before', () => {
    const known = { path: '$.x', message: 'seen before' };
    expect(parsePolicy(policy(OPEN), 'identity', [known])).toMatchObject({
      problems: [known],
      malformed: true,
      duplicateKeys: false,
    });
    expect(parsePolicy(7, 'identity', [known]).problems).toEqual([known]);
  });
});

describe('JSON', () => {
  const keys = (text: string): readonly string[] => {
    const parsed = parseJson(text);
    return parsed.ok ? parsed.duplicateKeys : [`refused: ${parsed.problem.message}`];
  };

  test.each<[string, string[]]>([
    ['{"a":1,"b":{"a":1}}', []],
    ['{"a":1,"a":2}', ['$.a']],
    ['{"a":{},"a":{}}', ['$.a']],
    ['{"a":[{"b":1},{"b":1,"c":[1,{"d":1,"d":2}],"b":2}]}', ['$.a[1].c[1].d', '$.a[1].b']],
    ['["a","a",{"a":"a"}]', []],
    ['{"a\\"":1,"a\\"":2,"\\\\":3,"\\\\":4}', ['$.a"', '$.\\']],
    ['{"\\u0061":1,"a":2}', ['$.a']],
    ['{"__proto__":1,"__proto__":2}', ['$.__proto__']],
    ['{"a":"b","b":"a","c":["x",[],"x"],"d":1,"a":"{,"}', ['$.a']],
    ['"a"', []],
    ['["x","y",{"d":1,"d":2}]', ['$[2].d']],
    ['[{},"x",{"a":{},"d":1,"d":2}]', ['$[2].d']],
  ])('%s', (text, found) => {
    expect(keys(text)).toEqual(found);
  });

  test('is limited to 200 levels', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nested(200))).toMatchObject({ ok: true });
    expect(parseJson(nested(201))).toEqual({
      ok: false,
      problem: { path: '$', message: 'nested deeper than 200 levels' },
    });
    expect(parseJson(`${'{"a":'.repeat(201)}1${'}'.repeat(201)}`)).toMatchObject({ ok: false });
    expect(parseJson(`[${'[],'.repeat(300)}[]]`)).toMatchObject({ ok: true });
    expect(parseJson(JSON.stringify('['.repeat(300)))).toMatchObject({ ok: true });
    expect(keys('['.repeat(200))).toEqual([expect.stringMatching(/not valid JSON/)]);
  });

  test('has paths of up to 1000 characters', () => {
    const twice = (length: number): string[] => {
      const key = 'k'.repeat(length - 2);
      return [...keys(`{"${key}":1,"${key}":2}`)];
    };
    expect(twice(1000)).toEqual([`$.${'k'.repeat(998)}`]);
    expect(twice(1001)).toEqual([`$.${'k'.repeat(998)}…`]);
  });

  test('may be refused even if its strings do not end', () => {
    expect(keys('{"a')).toEqual([expect.stringMatching(/not valid JSON/)]);
  });

  test('`__proto__` is a key of the object itself', () => {
    const parsed = parseJson('{"__proto__":{"polluted":1}}');
    expect(parsed.ok && Object.keys(parsed.value as object)).toEqual(['__proto__']);
  });
});
