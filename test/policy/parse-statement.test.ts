import { describe, expect, test } from 'vitest';
import { type PolicyDocument, parsePolicy } from '../../lib/policy/document.ts';
import type { Statement } from '../../lib/policy/statement.ts';

const OPEN = { Effect: 'Allow', Action: '*', Resource: '*' };
const parsed = (Statement: unknown): PolicyDocument =>
  parsePolicy({ Version: '2012-10-17', Statement }, 'identity');
const statementOf = (statement: unknown): Statement => parsed([OPEN, statement]).statements[1] as Statement;

describe('a parsed statement', () => {
  test('has all elements', () => {
    expect(
      statementOf({
        Sid: 's',
        Effect: 'Deny',
        NotAction: ['a:b', 'c:d'],
        NotResource: 'r',
        NotPrincipal: { AWS: 'p' },
        Condition: { Bool: { k: [true, 1, 'x'], l: false }, Null: {} },
      }),
    ).toEqual({
      index: 1,
      sid: 's',
      effect: 'Deny',
      actions: ['a:b', 'c:d'],
      notActions: true,
      resources: ['r'],
      notResources: true,
      principals: { not: true, any: false, aws: ['p'], service: [], federated: [], canonicalUser: [] },
      conditions: [
        { operator: 'Bool', key: 'k', values: ['true', '1', 'x'] },
        { operator: 'Bool', key: 'l', values: ['false'] },
      ],
      emptyOperators: ['Null'],
    });
  });

  const nothing = {
    index: 1,
    sid: null,
    effect: null,
    actions: [],
    notActions: false,
    resources: null,
    notResources: false,
    principals: null,
    conditions: [],
    emptyOperators: [],
  };

  test.each([[7], [null], [[OPEN]], [{}], [{ Sid: 1, Effect: 'allow', Condition: 'x' }]])(
    'may contain nothing to read: %j',
    (statement) => expect(statementOf(statement)).toEqual(nothing),
  );

  test('leaves out inherited members', () => {
    const inherits = Object.create({ ...OPEN, Sid: 's', Condition: { Bool: { k: 'true' } }, Principal: '*' });
    expect(statementOf(inherits)).toEqual(nothing);
    const policy = parsePolicy(Object.create({ Version: '2012-10-17', Statement: OPEN }), 'identity');
    expect(policy).toMatchObject({ version: '2008-10-17', statements: [], malformed: true });
  });

  test('uses an element if its opposite is also there', () => {
    expect(
      statementOf({
        ...OPEN,
        NotAction: 'a:b',
        NotResource: 'r',
        Principal: '*',
        NotPrincipal: { AWS: 'p' },
      }),
    ).toMatchObject({
      actions: ['*'],
      notActions: false,
      resources: ['*'],
      notResources: false,
      principals: { not: false, any: true, aws: [] },
    });
  });

  test('leaves out what is not text', () => {
    expect(statementOf({ ...OPEN, Action: [1, 'a:b'], Resource: {} })).toMatchObject({
      actions: ['a:b'],
      resources: [],
    });
  });
});

describe('a text that is too long', () => {
  const long = (size: number): string => 'a'.repeat(size);
  const message = 'a text of more than 12000 characters is longer than a policy may be';

  test.each<[string, (text: string) => object, (statement: Statement) => unknown]>([
    ['Action', (text) => ({ Action: ['a:b', text] }), ({ actions }) => actions],
    ['Resource', (text) => ({ Resource: ['a:b', text] }), ({ resources }) => resources],
    [
      'Condition.StringEquals.k',
      (text) => ({ Condition: { StringEquals: { k: ['a:b', text] } } }),
      ({ conditions }) => conditions[0]?.values,
    ],
  ])('is left out of %s', (path, made, read) => {
    const withText = (size: number): PolicyDocument => parsed({ ...OPEN, ...made(long(size)) });
    expect(withText(12_000).problems).toEqual([]);
    expect(read(withText(12_000).statements[0] as Statement)).toEqual(['a:b', long(12_000)]);
    expect(withText(12_001).problems).toEqual([{ path: `$.Statement[0].${path}`, message }]);
    expect(read(withText(12_001).statements[0] as Statement)).toEqual(['a:b']);
  });
});

test('faults in one place leave valid parts in others', () => {
  const { problems, statements } = parsed([
    { ...OPEN, Condition: { Bool: 'x', Null: { k: {}, l: 'true' }, StringEquals: {} } },
    OPEN,
  ]);
  expect(problems.map(({ path }) => path)).toEqual([
    '$.Statement[0].Condition.Bool',
    '$.Statement[0].Condition.Null.k',
  ]);
  expect(statements[0]).toMatchObject({
    conditions: [{ operator: 'Null', key: 'l', values: ['true'] }],
    emptyOperators: ['StringEquals'],
  });
  expect(statements[1]).toMatchObject({ index: 1, effect: 'Allow', conditions: [], emptyOperators: [] });
});

test('empty Sids are no repetition', () => {
  const repeated = parsed([
    { ...OPEN, Sid: '' },
    { ...OPEN, Sid: '' },
  ]);
  expect(repeated.problems).toEqual([]);
});

test('a problem of a principal names its element', () => {
  const { problems } = parsed([
    { ...OPEN, Principal: { Group: 'g' } },
    { ...OPEN, Effect: 'Deny', NotPrincipal: { Group: 'g' } },
  ]);
  expect(problems.map(({ path }) => path)).toEqual([
    '$.Statement[0].Principal.Group',
    '$.Statement[1].NotPrincipal.Group',
  ]);
});

describe('a wildcard under StringEquals', () => {
  const noted = (operator: string, value: unknown): readonly string[] => {
    const { problems, malformed } = parsed({
      ...OPEN,
      Condition: { [operator]: { 'aws:PrincipalOrgID': value } },
    });
    expect(malformed).toBe(false);
    return problems.map(({ path, message }) => `${path} ${message}`);
  };

  test.each([
    'StringEquals',
    'stringnotequals',
    'ForAnyValue:StringEqualsIgnoreCase',
    'StringEqualsIfExists',
  ])('is told as the literal that it is: %s', (operator) => {
    expect(noted(operator, ['o-1', 'o-*'])).toEqual([
      expect.stringMatching(
        /^\$\.Statement\[0\]\.Condition\..*aws:PrincipalOrgID note: .*`\*` of `o-\*` literally/,
      ),
    ]);
  });

  test.each([
    ['StringLike', 'o-*'],
    ['ArnEquals', 'o-*'],
    ['StringEquals', 'o-1'],
    ['StringEquals', 'o-${*}'],
  ])('is not told of %s of %s', (operator, value) => {
    expect(noted(operator, value)).toEqual([]);
  });
});
