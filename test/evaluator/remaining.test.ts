import { describe, expect, test } from 'vitest';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { and, type Formula, not, or } from '../../lib/evaluator/formula.ts';
import { type Known, remaining } from '../../lib/evaluator/residual/remaining.ts';
import { sentenceOf } from '../../lib/evaluator/residual/sentence.ts';
import { simulateLine } from '../../lib/evaluator/simulate.ts';

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Answer {
  readonly decision: string;
  readonly condition: {
    readonly anyOf: readonly { readonly allOf: readonly Term[] }[];
    readonly text: string;
  } | null;
}

interface Term {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** What remains of an Allow with these conditions (one statement each), and of a Deny with those. */
function remains(allows: readonly Condition[], denies: readonly Condition[] = []): string {
  const answer = answerOf(allows, denies);
  return answer.condition ? written(answer.condition) : answer.decision;
}

function answerOf(allows: readonly Condition[], denies: readonly Condition[], context: object = {}): Answer {
  const statement = (Effect: string) => (Condition: Condition) => ({
    Effect,
    Action: '*',
    Resource: '*',
    Condition,
  });
  return simulateLine(
    JSON.stringify({
      principal: 'arn:aws:iam::111122223333:user/alice',
      action: 'ec2:StartInstances',
      resource: '*',
      context: {
        'aws:PrincipalTag/wild': '*?a${b}',
        'aws:RequestTag/true': 'True',
        'aws:RequestTag/ab': 'ab',
        'aws:RequestTag/abab': 'abab',
        'aws:RequestTag/arn': 'arn:aws:s3:::home-1',
        ...context,
      },
      contextIsComplete: false,
      identityPolicies: [
        {
          Version: '2012-10-17',
          Statement: [...allows.map(statement('Allow')), ...denies.map(statement('Deny'))],
        },
      ],
    }),
  ) as Answer;
}

/** `k StringEquals a,b & l Null true | …` */
function written({ anyOf }: NonNullable<Answer['condition']>): string {
  return anyOf
    .map(({ allOf }) =>
      allOf.map(({ key, operator, values }) => `${key} ${operator} ${values.join()}`).join(' & '),
    )
    .join(' | ');
}

const is = (...values: string[]): Condition => ({ StringEquals: { k: values } });
const isNot = (...values: string[]): Condition => ({ StringNotEquals: { k: values } });
const EVERYTHING: Condition = {};

describe('what remains', () => {
  test.each<[string, readonly Condition[], readonly Condition[], string]>([
    ['of what is no base64', [{ BinaryEquals: { k: '%' } }], [], 'implicitDeny'],

    [
      'of two cases with something between them',
      [{ StringEquals: { k: 'a', l: 'b' } }, { StringNotEquals: { k: 'a' }, StringEquals: { m: 'c' } }],
      [],
      'k StringEquals a & l StringEquals b | k StringNotEquals a & m StringEquals c',
    ],

    [
      'of a number with more digits than there are',
      [{ NumericLessThan: { k: '1'.repeat(400) } }],
      [],
      'implicitDeny',
    ],
    ['of what is no ARN', [{ ArnLike: { k: 'x:aws:s3:::a' } }], [], 'implicitDeny'],
    [
      'of a known variable with a wildcard in it',
      [{ StringLike: { k: '${aws:PrincipalTag/wild}${l}' } }],
      [],
      'k StringLike ${*}${?}a${$}{b}${l}',
    ],
    [
      'of a Boolean that a variable gives',
      [{ Bool: { 'aws:RequestTag/true': '${l}' } }],
      [],
      'l StringEqualsIgnoreCase True',
    ],
    [
      'of a variable that stands twice',
      [{ StringEquals: { 'aws:RequestTag/abab': '${l}${l}' } }],
      [],
      'l StringEquals ab',
    ],
    [
      'of a variable that stands twice, with a default once',
      [{ StringEquals: { 'aws:RequestTag/abab': "${l, 'abab'}${l}" } }],
      [],
      'l StringEquals ab',
    ],
    [
      'of a variable that stands twice, with two defaults',
      [{ StringEquals: { 'aws:RequestTag/abab': "${l, 'aba'}${l, 'b'}" } }],
      [],
      'l Null true | l StringEquals ab',
    ],
    [
      'of a variable in no case',
      [{ StringEqualsIgnoreCase: { 'aws:RequestTag/abab': 'A${l}B' } }],
      [],
      'l StringEqualsIgnoreCase ba',
    ],
    ['of a variable before text', [{ StringEquals: { 'aws:RequestTag/abab': '${l}*' } }], [], 'implicitDeny'],
    [
      'of a variable in an ARN',
      [{ ArnLike: { 'aws:RequestTag/arn': 'arn:aws:s?:::${l}-*' } }],
      [],
      'l StringEquals home',
    ],
    [
      'of two variables',
      [{ StringLike: { 'aws:RequestTag/abab': '${l}b${m}b' } }],
      [],
      'l StringEquals a & m StringEquals a',
    ],
    [
      'of a variable beside another',
      [{ StringEquals: { 'aws:RequestTag/ab': '${l}${m}' } }],
      [],
      'l StringEquals  & m StringEquals ab | l StringEquals a & m StringEquals b | l StringEquals ab & m StringEquals ',
    ],
    [
      'of a list without a set operator',
      [{ StringEquals: { 'aws:TagKeys': 'a' } }],
      [],
      'aws:TagKeys StringEquals a',
    ],

    ['itself', [is('a')], [], 'k StringEquals a'],
    ['two ways in one term', [is('a'), is('b')], [], 'k StringEquals a,b'],
    [
      'what both allow',
      [{ StringEquals: { k: ['a', 'b'] }, StringLike: { k: 'a*' } }],
      [],
      'k StringEquals a',
    ],
    ['nothing that can be', [{ StringEquals: { k: 'a' }, StringNotEquals: { k: 'a' } }], [], 'implicitDeny'],
    ['all that can be', [is('a'), isNot('a')], [], 'allowed'],
    ['without what is denied', [is('a', 'b')], [is('b')], 'k StringEquals a'],
    ['denied in every way', [is('a')], [is('a')], 'implicitDeny'],
    ['denied whatever it is', [EVERYTHING], [is('a'), isNot('a')], 'explicitDeny'],
    ['of a Deny: the opposite', [EVERYTHING], [is('a')], 'k StringNotEquals a'],
    ['of two Denies: neither', [EVERYTHING], [is('a'), is('b')], 'k StringNotEquals a,b'],
    ['of a negated Deny', [EVERYTHING], [isNot('a')], 'k StringEquals a'],
    ['of a Deny with IfExists', [EVERYTHING], [{ StringNotEqualsIfExists: { k: 'a' } }], 'k StringEquals a'],
    [
      'of a Deny that an absent key meets',
      [EVERYTHING],
      [{ StringEqualsIfExists: { k: 'a' } }],
      'k StringLike * & k StringNotEquals a',
    ],
    ['of a Deny on a pattern', [EVERYTHING], [{ StringLike: { k: 'a*' } }], 'k StringNotLike a*'],
    [
      'of a Deny in no case',
      [EVERYTHING],
      [{ StringEqualsIgnoreCase: { k: 'a' } }],
      'k StringNotEqualsIgnoreCase a',
    ],
    [
      'of a Deny on an ARN',
      [EVERYTHING],
      [{ ArnEquals: { k: 'arn:aws:s3:::a' } }],
      'k ArnNotEquals arn:aws:s3:::a',
    ],
    [
      'of a Deny on an address',
      [EVERYTHING],
      [{ IpAddress: { k: '10.0.0.0/8' } }],
      'k NotIpAddress 10.0.0.0/8',
    ],
    [
      'of a Deny outside of a block',
      [EVERYTHING],
      [{ NotIpAddress: { k: '10.0.0.0/8' } }],
      'k IpAddress 10.0.0.0/8',
    ],
    [
      'of a block within another',
      [{ IpAddress: { k: ['10.0.0.0/8', '10.1.0.0/16'] } }],
      [],
      'k IpAddress 10.0.0.0/8,10.1.0.0/16',
    ],
    [
      'of blocks apart',
      [{ IpAddress: { k: '10.0.0.0/8' } }],
      [{ NotIpAddress: { k: '11.0.0.0/8' } }],
      'implicitDeny',
    ],
    ['of every address', [{ IpAddress: { k: ['0.0.0.0/0', '::/0'] } }], [], 'k IpAddress 0.0.0.0/0,::/0'],
    [
      'of a block of IPv6',
      [EVERYTHING],
      [{ IpAddress: { k: '2001:db8::/32' } }],
      'k NotIpAddress 2001:db8::/32',
    ],
    ['of what is no block', [{ IpAddress: { k: 'x' } }], [], 'implicitDeny'],
    ['of not what is no block', [{ NotIpAddress: { k: 'x' } }], [], 'allowed'],
    ['of a Deny on a Boolean', [EVERYTHING], [{ Bool: { k: 'true' } }], 'k BoolIfExists false'],
    ['of a Deny on a Boolean or none', [EVERYTHING], [{ BoolIfExists: { k: 'false' } }], 'k Bool true'],
    ['of both Booleans', [{ Bool: { k: 'true' } }, { Bool: { k: 'false' } }], [], 'k Null false'],
    ['of a Boolean that is none', [{ Bool: { k: 'maybe' } }], [], 'implicitDeny'],
    ['of Null', [EVERYTHING], [{ Null: { k: 'true' } }], 'k Null false'],
    ['of Null twice', [{ Null: { k: 'true' } }], [{ Null: { k: 'true' } }], 'implicitDeny'],
    ['of present or absent', [{ Null: { k: 'true' } }, { Null: { k: 'false' } }], [], 'allowed'],
    [
      'of not these zeros',
      [EVERYTHING],
      [{ BinaryEqualsIfExists: { k: ['AA==', 'AAAA', 'AAAAAAAA'] } }],
      'k Null false & k StringNotEquals AA==,AAAA,AAAAAAAA',
    ],
    ['of bytes', [{ BinaryEquals: { k: 'QQ==' } }], [], 'k BinaryEquals QQ=='],
    [
      'of not these bytes',
      [EVERYTHING],
      [{ BinaryEqualsIfExists: { k: 'QQ==' } }],
      'k Null false & k StringNotEquals QQ==',
    ],
    [
      'of a number below',
      [EVERYTHING],
      [{ NumericLessThan: { k: 10 } }],
      'k NumericGreaterThanEqualsIfExists 10',
    ],
    [
      'of a number at most',
      [EVERYTHING],
      [{ NumericLessThanEquals: { k: 10 } }],
      'k NumericGreaterThanIfExists 10',
    ],
    [
      'of a number above',
      [EVERYTHING],
      [{ NumericGreaterThan: { k: 10 } }],
      'k NumericLessThanEqualsIfExists 10',
    ],
    [
      'of a number at least',
      [EVERYTHING],
      [{ NumericGreaterThanEquals: { k: [10, 20] } }],
      'k NumericLessThanIfExists 10',
    ],
    [
      'of a number at least, or none',
      [EVERYTHING],
      [{ NumericGreaterThanEqualsIfExists: { k: 10 } }],
      'k NumericLessThan 10',
    ],
    ['of a number', [EVERYTHING], [{ NumericEquals: { k: 10 } }], 'k NumericNotEquals 10'],
    ['of no number', [{ NumericLessThan: { k: 'x' } }], [], 'implicitDeny'],
    ['of a Deny on no number', [EVERYTHING], [{ NumericLessThan: { k: 'x' } }], 'allowed'],
    [
      'of a range',
      [{ NumericLessThan: { k: 20 }, NumericGreaterThan: { k: 10 } }],
      [],
      'k NumericGreaterThan 10 & k NumericLessThan 20',
    ],
    [
      'of an empty range',
      [{ NumericLessThan: { k: 10 }, NumericGreaterThan: { k: 10 } }],
      [],
      'implicitDeny',
    ],
    [
      'of a range of one',
      [{ NumericLessThanEquals: { k: 10 }, NumericGreaterThanEquals: { k: 10 } }],
      [],
      'k NumericGreaterThanEquals 10 & k NumericLessThanEquals 10',
    ],
    [
      'of a gap',
      [{ NumericLessThan: { k: 1 } }, { NumericGreaterThan: { k: 1 } }],
      [],
      'k NumericGreaterThan 1 | k NumericLessThan 1',
    ],
    [
      'of numbers below zero',
      [{ NumericLessThan: { k: -5 }, NumericGreaterThan: { k: -6 } }],
      [],
      'k NumericGreaterThan -6 & k NumericLessThan -5',
    ],
    [
      'of numbers close together',
      [{ NumericLessThan: { k: 0.0000002 }, NumericGreaterThan: { k: '0.0000001' } }],
      [],
      'implicitDeny',
    ],
    [
      'of a date before',
      [EVERYTHING],
      [{ DateLessThan: { k: '2026-01-01T00:00:00Z' } }],
      'k DateGreaterThanEqualsIfExists 2026-01-01T00:00:00Z',
    ],
    [
      'of dates in two forms',
      [{ DateLessThan: { k: '2026-01-01T00:00:00Z' }, DateGreaterThan: { k: '1767225600' } }],
      [],
      'implicitDeny',
    ],
    [
      'of dates far off',
      [{ DateGreaterThan: { k: '9999-12-31T23:59:59Z' } }],
      [],
      'k DateGreaterThan 9999-12-31T23:59:59Z',
    ],
    ['of dates of old', [{ DateLessThan: { k: '0000-01-02' } }], [], 'k DateLessThan 0000-01-02'],
    ['of no date', [{ DateLessThan: { k: 'x' } }], [], 'implicitDeny'],
    [
      'of a list',
      [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }],
      [],
      'aws:TagKeys ForAllValues:StringEquals a,b',
    ],
    [
      'of a list that may not',
      [EVERYTHING],
      [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } }],
      'aws:TagKeys ForAnyValue:StringNotEquals a',
    ],
    [
      'of a list that must',
      [EVERYTHING],
      [{ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'a' } }],
      'aws:TagKeys ForAllValues:StringEquals a',
    ],
    [
      'of a list or none',
      [EVERYTHING],
      [{ 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'a' } }],
      'aws:TagKeys Null false & aws:TagKeys ForAllValues:StringNotEquals a',
    ],
    [
      'of a list of numbers',
      [EVERYTHING],
      [{ 'ForAllValues:NumericLessThan': { k: [10, 20] } }],
      'k ForAnyValue:NumericGreaterThanEquals 20',
    ],
    [
      'of any of some numbers',
      [EVERYTHING],
      [{ 'ForAnyValue:NumericGreaterThan': { k: [10, 20] } }],
      'k ForAllValues:NumericLessThanEquals 10',
    ],
    [
      'of a list with one that is also another',
      [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } }],
      [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } }],
      'aws:TagKeys ForAnyValue:StringEquals a & aws:TagKeys ForAnyValue:StringNotEquals a',
    ],
    [
      'of a list that cannot be',
      [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } }],
      [{ 'ForAnyValue:StringLike': { 'aws:TagKeys': '*' } }],
      'implicitDeny',
    ],
    [
      'of a key spelled in two ways',
      [{ StringEquals: { 'aws:ResourceTag/T': 'a' } }],
      [{ StringEquals: { 'ec2:resourcetag/t': 'a' } }],
      'implicitDeny',
    ],
    ['of two keys', [{ StringEquals: { k: 'a', l: 'b' } }], [], 'k StringEquals a & l StringEquals b'],
    [
      'of either key',
      [{ StringEquals: { k: 'a' } }, { StringEquals: { l: 'b' } }],
      [],
      'k StringEquals a | l StringEquals b',
    ],
    [
      'of either key, with one in common',
      [{ StringEquals: { k: 'a', m: 'c' } }, { StringEquals: { l: 'b', m: 'c' } }],
      [],
      'k StringEquals a & m StringEquals c | l StringEquals b & m StringEquals c',
    ],
    [
      'of a case that another covers',
      [is('a'), { StringEquals: { k: 'a', l: 'b' } }],
      [],
      'k StringEquals a',
    ],
    [
      'of cases that make one',
      [{ StringEquals: { k: 'a', l: 'b' } }, { StringEquals: { k: 'a' }, StringNotEquals: { l: 'b' } }],
      [],
      'k StringEquals a',
    ],
    [
      'of what two cases make superfluous',
      [
        { StringEquals: { k: 'a', l: 'b' } },
        { StringNotEquals: { k: 'a' }, StringEquals: { m: 'c' } },
        { StringEquals: { l: 'b', m: 'c' } },
      ],
      [],
      'k StringEquals a & l StringEquals b | k StringNotEquals a & m StringEquals c',
    ],
    ['of a pattern that is everything', [{ StringLike: { k: '*' } }, { Null: { k: 'true' } }], [], 'allowed'],
    [
      'of a pattern of one character',
      [{ StringLike: { k: '?' } }],
      [{ StringLike: { k: '??' } }],
      'k StringLike ?',
    ],
    [
      'of patterns that meet',
      [{ StringLike: { k: 'a*' } }],
      [{ StringLike: { k: '*b' } }],
      'k StringLike a* & k StringNotLike *b',
    ],
    [
      'of a pattern within another',
      [{ StringLike: { k: 'ab*' } }],
      [{ StringLike: { k: 'a*' } }],
      'implicitDeny',
    ],
    [
      'of text in either case',
      [{ StringEqualsIgnoreCase: { k: 'Ab' }, StringEquals: { k: 'aB' } }],
      [],
      'k StringEquals aB',
    ],
    [
      'of ARNs within others',
      [{ ArnLike: { k: 'arn:aws:iam::1:role/a' } }],
      [{ ArnLike: { k: 'arn:*:iam::*:role/*' } }],
      'implicitDeny',
    ],
    [
      'of ARNs whose parts are kept',
      [{ ArnLike: { k: 'arn:aws:iam:x:y:z' } }],
      [{ ArnLike: { k: 'arn:aws:i*z' } }],
      'k ArnLike arn:aws:iam:x:y:z',
    ],
    ['of empty text', [{ StringEquals: { k: '' } }], [], 'k StringEquals '],
    ['of no values at all', [{ StringEquals: { k: [] } }], [], 'implicitDeny'],
    ['of none of no values', [{ StringNotEquals: { k: [] } }], [], 'allowed'],
    ['of an unknown variable', [{ StringEquals: { k: '${l}' } }], [], 'k StringEquals ${l}'],
    [
      'of a Deny on an unknown variable',
      [EVERYTHING],
      [{ StringEquals: { k: '${l}' } }],
      'k StringNotEquals ${l}',
    ],
    [
      'of an unknown variable with a default',
      [{ StringEquals: { k: "${l, 'x'}" } }],
      [],
      "k StringEquals ${l, 'x'}",
    ],
    [
      'of a variable that is known',
      [{ StringEquals: { k: '${aws:username}-${l}' } }],
      [],
      'k StringEquals alice-${l}',
    ],
    [
      'of values of which some are known',
      [is('a', '${aws:username}', '${l}')],
      [],
      'k StringEquals a,alice,${l}',
    ],
    ['of a value that cannot be', [is('a', '${aws:PrincipalServiceName}')], [], 'k StringEquals a'],
    [
      'of an operator in another spelling',
      [{ STRINGLIKEIFEXISTS: { k: 'a*' } }],
      [],
      'k StringLikeIfExists a*',
    ],
    ['of escapes beside a variable', [{ StringLike: { k: '${*}${l}' } }], [], 'k StringLike ${*}${l}'],
    [
      'of a date and a text',
      [{ DateLessThan: { k: '2026-01-01' }, StringLike: { k: '2025*' } }],
      [],
      'k DateLessThan 2026-01-01 & k StringLike 2025*',
    ],
  ])('%s', (_name, allows, denies, wanted) => {
    expect(remains(allows, denies)).toBe(wanted);
  });
});

test('what remains does not depend on the order of statements', () => {
  const cases: readonly Condition[] = ['c', 'a', 'b'].map((name) => ({ Null: { [name]: 'true' } }));
  const wanted = 'a Null true | b Null true | c Null true';
  expect([remains(cases), remains(cases.toReversed())]).toEqual([wanted, wanted]);
});

describe('what is known of unknown keys', () => {
  const atom = (operator: string, key: string, ...values: string[]) =>
    simpleAtom(operator, key, values, 'ec2');
  const left = (formula: Formula, known: Known): string | boolean => {
    const rest = remaining(formula, known);
    return typeof rest === 'boolean' ? rest : written(rest as NonNullable<Answer['condition']>);
  };

  test('a key that the caller chooses adds no condition', () => {
    const known = { chosen: new Set(['k']) };
    const both = and(atom('StringEquals', 'k', 'a'), atom('StringEquals', 'l', 'b'));
    expect(left(atom('StringEquals', 'k', 'a'), known)).toBe(true);
    expect(left(both, known)).toBe('l StringEquals b');
    expect(left(and(atom('StringEquals', 'k', 'a'), not(atom('StringLike', 'k', 'a*'))), known)).toBe(false);
  });

  test('a condition that always holds excludes states', () => {
    const given = [atom('StringLike', 'k', 'AROA:*')];
    expect(left(atom('StringLike', 'k', 'A*'), { given })).toBe(true);
    expect(left(atom('StringEquals', 'k', 'other'), { given })).toBe(false);
    expect(left(atom('Null', 'k', 'true'), { given })).toBe(false);
    expect(left(atom('StringLike', 'k', '*:s'), { given })).toBe('k StringLike *:s');
    expect(
      left(or(atom('StringLike', 'k', 'A*'), atom('Null', 'l', 'true')), {
        given: [atom('Null', 'm', 'true')],
      }),
    ).toBe('k StringLike A* | l Null true');
  });

  test('more kinds of values in one list than can be combined stay separate', () => {
    const any = (value: string): Formula => atom('ForAnyValue:StringEquals', 'aws:TagKeys', value);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const all = names.map(any).reduce(and);
    expect(left(all, {})).toBe(
      names.map((name) => `aws:TagKeys ForAnyValue:StringEquals ${name}`).join(' & '),
    );
    const never = and(all, not(atom('ForAnyValue:StringLike', 'aws:TagKeys', '*')));
    expect(left(never, {})).not.toBe(true);
  });

  test('borders in a list stay borders if its values are separate', () => {
    const any = (operator: string, ...values: string[]): Formula => atom(operator, 'aws:TagKeys', ...values);
    const six = ['a', 'b', 'c', 'd', 'e', 'f']
      .map((name) => any('ForAnyValue:StringEquals', name))
      .reduce(and);
    const more = (formula: Formula): string =>
      String(left(and(six, not(formula)), {}))
        .split(' & ')
        .filter((term) => !term.includes('ForAnyValue:StringEquals'))
        .join(' & ');
    expect(more(any('ForAllValues:NumericLessThan', 'x'))).toBe('aws:TagKeys Null false');
    expect(more(any('ForAnyValue:NumericLessThan', 'x'))).toBe('');
    expect(more(any('ForAnyValue:NumericLessThanIfExists', '1', '2'))).toBe(
      'aws:TagKeys Null false & aws:TagKeys ForAllValues:NumericGreaterThanEquals 2',
    );
  });
});

describe('with a given list', () => {
  const tagKeys = { 'aws:TagKeys': ['a', 'b'] };
  const left = (Condition: Condition): string => {
    const answer = answerOf([Condition], [], tagKeys);
    return answer.condition ? written(answer.condition) : answer.decision;
  };

  test('a variable must be each of its values, or one of them', () => {
    expect(left({ 'ForAllValues:StringEquals': { 'aws:TagKeys': '${l}' } })).toBe('implicitDeny');
    expect(left({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['${l}', '${m}'] } })).toBe(
      'l StringEquals a & m StringEquals b | l StringEquals b & m StringEquals a',
    );
    expect(left({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': '${l}' } })).toBe('l StringEquals a,b');
    expect(left({ StringEquals: { 'aws:TagKeys': '${l}' } })).toBe('l StringEquals a,b');
  });

  test('more than three values at once need one term each', () => {
    const four = answerOf(
      [
        {
          'ForAnyValue:StringEquals': { m: 'a' },
          'ForAnyValue:StringLike': { m: 'b*' },
          'ForAnyValue:StringEqualsIgnoreCase': { m: 'C' },
          'ForAnyValue:Bool': { m: 'true' },
        },
        { 'ForAnyValue:BinaryEquals': { m: [] } },
      ],
      [],
    );
    expect(four.condition?.anyOf[0]?.allOf.length).toBeGreaterThan(3);
  });
});

describe('two tags whose keys differ by case only', () => {
  const decide = (tags: object, Condition: Condition): unknown => {
    const answer = answerOf([Condition], [], tags) as Answer & { uncertain: string[] };
    return [answer.condition ? written(answer.condition) : answer.decision, answer.uncertain];
  };
  const tags = { 'aws:RequestTag/t': 'a', 'aws:RequestTag/T': 'b' };

  test('give a certain result if both agree', () => {
    expect(decide(tags, { StringLike: { 'aws:RequestTag/t': '?' } })).toEqual(['allowed', []]);
    expect(decide(tags, { StringEquals: { 'aws:RequestTag/t': 'c' } })).toEqual(['implicitDeny', []]);
  });

  test('count as the first one if they differ', () => {
    expect(decide(tags, { StringEquals: { 'aws:RequestTag/t': 'a' } })).toEqual([
      'allowed',
      ['ambiguous-tag-case'],
    ]);
    expect(decide(tags, { StringEquals: { 'aws:RequestTag/t': 'b' } })).toEqual([
      'implicitDeny',
      ['ambiguous-tag-case'],
    ]);
    expect(decide(tags, { StringEquals: { 'aws:RequestTag/t': '${l}' } })).toEqual([
      'l StringEquals a',
      ['ambiguous-tag-case'],
    ]);
  });
});

describe('the sentence', () => {
  const sentence = (allow: Condition, ...others: Condition[]): string | undefined =>
    answerOf([allow, ...others], []).condition?.text;

  test.each<[Condition, string]>([
    [{ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'signed in with MFA'],
    [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, 'signed in with MFA or with an access key'],
    [
      { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
      'with temporary credentials that were issued without MFA',
    ],
    [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, 'not signed in with MFA'],
    [{ Null: { 'aws:MultiFactorAuthPresent': 'true' } }, 'with an access key'],
    [{ Null: { 'aws:MultiFactorAuthPresent': 'false' } }, 'with temporary credentials'],
    [{ Bool: { 'aws:MultiFactorAuthPresent': ['true', ''] } }, 'aws:MultiFactorAuthPresent is true or empty'],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, 'over TLS'],
    [{ Bool: { 'aws:ViaAWSService': 'true' } }, 'through an AWS service'],
    [{ Bool: { 'aws:ViaAWSService': 'false' } }, 'called directly'],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, 'from 203.0.113.0/24'],
    [{ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, 'not from 203.0.113.0/24'],
    [{ IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }, 'from 10.0.0.0/8 inside a VPC'],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'from VPC vpc-1'],
    [{ StringEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } }, 'through VPC endpoint vpce-1 or vpce-2'],
    [{ StringEquals: { 'ec2:osuser': 'ubuntu' } }, 'the OS user is ubuntu'],
    [{ StringLike: { 'ec2:osuser': 'u*' } }, 'the OS user is like u*'],
    [{ NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } }, 'signed in with MFA less than 3600 s ago'],
    [
      { NumericLessThanEquals: { 'aws:MultiFactorAuthAge': '3600' } },
      'signed in with MFA at most 3600 s ago',
    ],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-01-01' } }, 'before 2026-01-01'],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2026-01-01' } }, 'after 2026-01-01'],
    [{ Null: { k: 'true' } }, 'k is absent'],
    [{ Null: { k: 'false' } }, 'k is present'],
    [{ StringLike: { k: '*' } }, 'k is present'],
    [{ StringLike: { k: 'a*' } }, 'k is like a*'],
    [{ StringEquals: { k: '*' } }, 'k is *'],
    [{ StringEquals: { k: '' } }, 'k is empty'],
    [{ StringEquals: { k: ['a', 'b', 'c'] } }, 'k is a or b or c'],
    [{ StringEquals: { k: ['a', 'b', 'c', 'd', 'e'] } }, 'k is a or b or c or 2 more'],
    [{ StringEqualsIfExists: { k: 'a' } }, 'k is a (or absent)'],
    [
      { 'ForAllValues:StringLike': { 'aws:TagKeys': 'a*' } },
      "every value of the request's aws:TagKeys is like a*",
    ],
    [
      { 'ForAnyValue:StringLike': { 'aws:TagKeys': 'a*' } },
      "a value of the request's aws:TagKeys is like a*",
    ],
    [{ StringEquals: { 'k\n': 'a\u2028\u202e' } }, 'k\\u{a} is a\\u{2028}\\u{202e}'],
    [
      { StringNotLike: { k: [] }, NumericLessThan: { k: '1' } },
      'k is less than 1 and k is not like one of no values',
    ],
  ])('%j', (Condition, words) => {
    expect(sentence(Condition)).toBe(`if ${words}`);
  });

  test.each<[string, string, string]>([
    ['StringEquals', 'a', 'is a'],
    ['StringNotEquals', 'a', 'is not a'],
    ['StringEqualsIgnoreCase', 'a', 'is (in any case) a'],
    ['StringNotEqualsIgnoreCase', 'a', 'is not (in any case) a'],
    ['StringLike', 'a*', 'is like a*'],
    ['StringNotLike', 'a*', 'is not like a*'],
    ['ArnEquals', 'arn:aws:s3:::a', 'is like arn:aws:s3:::a'],
    ['ArnLike', 'arn:aws:s3:::a', 'is like arn:aws:s3:::a'],
    ['ArnNotEquals', 'arn:aws:s3:::a', 'is not like arn:aws:s3:::a'],
    ['ArnNotLike', 'arn:aws:s3:::a', 'is not like arn:aws:s3:::a'],
    ['NumericEquals', '5', 'is 5'],
    ['NumericNotEquals', '5', 'is not 5'],
    ['NumericLessThan', '5', 'is less than 5'],
    ['NumericLessThanEquals', '5', 'is at most 5'],
    ['NumericGreaterThan', '5', 'is more than 5'],
    ['NumericGreaterThanEquals', '5', 'is at least 5'],
    ['DateEquals', '2026', 'is 2026'],
    ['DateNotEquals', '2026', 'is not 2026'],
    ['DateLessThan', '2026', 'is before 2026'],
    ['DateLessThanEquals', '2026', 'is not after 2026'],
    ['DateGreaterThan', '2026', 'is after 2026'],
    ['DateGreaterThanEquals', '2026', 'is not before 2026'],
    ['IpAddress', '10.0.0.0/8', 'is in 10.0.0.0/8'],
    ['NotIpAddress', '10.0.0.0/8', 'is not in 10.0.0.0/8'],
    ['Bool', 'true', 'is true'],
    ['BinaryEquals', 'QQ==', 'is QQ=='],
  ])('of %s %s', (operator, value, words) => {
    expect(sentence({ [operator]: { k: value } })).toBe(`if k ${words}`);
    expect(sentence({ [`ForAnyValue:${operator}IfExists`]: { 'aws:TagKeys': value } })).toBe(
      `if a value of the request's aws:TagKeys ${words} (or absent)`,
    );
  });

  test.each([
    ['aws:PrincipalTag/team', "the principal's own tag aws:PrincipalTag/team"],
    ['aws:RequestTag/team', "the request's tag aws:RequestTag/team"],
    ['aws:ResourceTag/team', "the resource's tag aws:ResourceTag/team"],
    ['ec2:ResourceTag/team', "the resource's tag ec2:ResourceTag/team"],
    ['ssm:resourceTag/team', "the resource's tag ssm:resourceTag/team"],
    ['iam:ResourceTag/team', "the user's or role's tag iam:ResourceTag/team"],
    ['saml:aud', 'saml:aud'],
  ])('says whose tag %s is', (key, name) => {
    const says = (operator: string, value: string): string =>
      sentenceOf([{ allOf: [{ key, operator, values: [value] }] }], true);
    expect(says('StringEquals', 'red')).toBe(`if ${name} is red`);
    expect(says('Null', 'true')).toBe(`if ${name} is absent`);
  });

  test('counts what it leaves out', () => {
    const keys = (count: number): Condition => ({
      Null: Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'true'])),
    });
    expect(sentence(keys(4))).toBe('if k0 is absent and k1 is absent and k2 is absent and 1 more condition');
    expect(sentence(keys(5))).toBe('if k0 is absent and k1 is absent and k2 is absent and 2 more conditions');
    const cases = (count: number): [Condition, ...Condition[]] =>
      Array.from({ length: count }, (_, i) => ({ Null: { [`k${i}`]: 'true' } })) as unknown as [
        Condition,
        ...Condition[],
      ];
    expect(sentence(...cases(3))).toBe('if k0 is absent, or k1 is absent, or k2 is absent');
    expect(sentence(...cases(4))).toBe(
      'if k0 is absent, or k1 is absent, or k2 is absent, or in 1 more case',
    );
    expect(sentence(...cases(5))).toBe(
      'if k0 is absent, or k1 is absent, or k2 is absent, or in 2 more cases',
    );
  });
});
