import { describe, expect, it } from 'vitest';
import { type Exception, type Expected, NOTHING_EXPECTED } from '../../lib/findings/expected/expected.ts';
import { readExpected } from '../../lib/findings/expected/read-expected.ts';
import { widenedBy } from '../../lib/findings/expected/widened.ts';
import { findFindings } from '../../lib/findings/find.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { proposeException } from '../../lib/pipeline/propose-exception.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';

const AT = '2026-08-23T10:20:00.000Z';
const WHO = { owner: 'ops', reason: 'on call', ticket: 'T-1', until: '2026-12-31' };
const START = allow('ssm:StartSession');
const both = (policy: object, more: Partial<AccountInput> = {}): AccountInput => ({
  users: ['alice', 'bob'].map((name) => ({ name, policies: ['Start'] })),
  policies: [{ name: 'Start', document: policy }],
  instances: [
    { id: 'i-1', tags: { env: 'prod' } },
    { id: 'i-2', tags: { stage: 'Live' } },
  ],
  ...more,
});

function audited(
  input: AccountInput,
  expected: Expected = NOTHING_EXPECTED,
  previous: readonly Finding[] = [],
) {
  const snapshot = account(input);
  const matrix = buildMatrix(snapshot);
  const found = findFindings({ snapshot, matrix, previous, at: AT, expected });
  const findings = found.filter(({ cause }) => cause.kind !== 'setting' && cause.kind !== 'coverage');
  return { audit: { snapshot, matrix }, findings };
}

const brief = (findings: readonly Finding[]) =>
  findings.map(({ rule, status, holderCount }) => `${rule} ${status} ${holderCount}`);

/** Accepts a part of the account as it is, like `except`. */
function accept(input: AccountInput, asked: Partial<Exception> = {}): Exception {
  const { audit, findings } = audited(input);
  const finding = findings.find(({ rules }) => rules.includes('SSM-START-ALL'));
  if (!finding) throw new Error('nothing to accept');
  return proposeException(finding, { ...WHO, ...asked }, { audit, expected: NOTHING_EXPECTED });
}

const of = (...exceptions: readonly Exception[]): Expected => ({ ...NOTHING_EXPECTED, exceptions });

describe('an exception', () => {
  it('accepts the finding that it was made from, and nothing of it is left', () => {
    const { findings } = audited(both(START), of(accept(both(START))));
    expect(brief(findings)).toEqual(['SSM-START-ALL excepted 2']);
    expect(findings[0]?.accepted).toEqual({ by: 'exception', ...WHO });
  });

  it('of one holder leaves the other holders, and says so', () => {
    const principal = `arn:aws:iam::${ACCOUNT_ID}:user/alice`;
    const { findings } = audited(both(START), of(accept(both(START), { principal })));
    expect(brief(findings)).toEqual(['SSM-START-ALL new 1']);
    expect(findings[0]?.holders[0]?.principal).toMatch(/user\/bob$/);
    expect(findings[0]?.evidence.join()).toContain(
      'not counted: 1 holder of it, accepted by `ops` until 2026-12-31',
    );
    expect(findings[0]?.accepted).toBeUndefined();
  });

  it('keeps the id of the finding from open to excepted, and its end reopens it', () => {
    const first = audited(both(START)).findings;
    const exception = accept(both(START));
    const second = audited(both(START), of(exception), first).findings;
    const third = audited(both(START), of({ ...exception, until: '2026-08-22' }), second).findings;
    expect([second[0]?.id, second[0]?.status]).toEqual([first[0]?.id, 'excepted']);
    expect(brief(third)).toEqual(['SSM-START-ALL reopened 2', 'EXC-EXPIRED new 0']);
    expect(third[0]?.id).toBe(first[0]?.id);
    expect(third[0]?.raisedFrom).toBeUndefined();
  });

  const tagged = (tags: readonly object[]) =>
    both(START, { instances: tags.map((one, at) => ({ id: `i-${at}`, tags: { ...one } })) });
  it.each<readonly [string, AccountInput, AccountInput, Partial<Exception>, RegExp]>([
    [
      'another holder',
      both(START),
      {
        ...both(START),
        groups: [],
        users: ['alice', 'bob', 'eve'].map((name) => ({ name, policies: ['Start'] })),
      },
      {},
      /user `eve` also has it/,
    ],
    ['a wider action', both(START), both(allow('ssm:Start*')), {}, /grants more than was accepted/],
    [
      'a condition that goes',
      both(allow('ssm:StartSession', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })),
      both(START),
      {},
      /without a condition/,
    ],
    [
      'an instance without the tag',
      tagged([{ team: 'a' }]),
      tagged([{ team: 'a' }, { team: 'b' }]),
      { tag: { key: 'team', value: 'a' } },
      /reaches instance `i-1`/,
    ],
    [
      'an instance that is not named',
      tagged([{}]),
      tagged([{}, {}]),
      { instances: ['i-0'] },
      /reaches instance `i-1`/,
    ],
    [
      'a boundary that goes',
      both(START, { users: [{ name: 'alice', policies: ['Start'], boundary: allow('ssm:*') }] }),
      both(START, { users: [{ name: 'alice', policies: ['Start'] }] }),
      {},
      /no longer closes a part of it/,
    ],
  ])('ends by %s, and says so', (_says, before, after, asked, why) => {
    const exception = accept(before, asked);
    expect(audited(before, of(exception)).findings.map(({ status }) => status)).toContain('excepted');
    const { findings } = audited(after, of(exception));
    expect(findings.filter(({ rule }) => rule === 'SSM-START-ALL').map(({ status }) => status)).toEqual([
      'new',
    ]);
    const told = findings.find(({ rule }) => rule === 'EXC-DRIFTED');
    expect(told?.evidence.join()).toMatch(why);
  });

  it.each<readonly [string, AccountInput]>([
    ['a holder less', { ...both(START), users: [{ name: 'alice', policies: ['Start'] }] }],
    [
      'a condition more',
      both(allow('ssm:StartSession', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })),
    ],
    ['an instance more', both(START, { instances: ['i-1', 'i-2', 'i-3'].map((id) => ({ id })) })],
    [
      'a Deny more',
      both(START, {
        users: [
          {
            name: 'alice',
            policies: ['Start', deny('ssm:StartSession', '*', { Bool: { 'aws:SecureTransport': 'false' } })],
          },
        ],
      }),
    ],
  ])('stays with %s', (_says, after) => {
    const { findings } = audited(after, of(accept(both(START))));
    expect(findings.map(({ rule, status }) => `${rule} ${status}`)).toEqual(['SSM-START-ALL excepted']);
  });

  it('is not reported as unmatched if its data was not collected', () => {
    const exception = accept(both(START));
    const blind = account(both(START));
    const snapshot = {
      ...blind,
      regions: blind.regions.map((one) => ({ ...one, instances: null })),
      coverage: [],
    };
    const found = findFindings({
      snapshot,
      matrix: buildMatrix(snapshot),
      previous: [],
      at: AT,
      expected: of(exception),
    });
    expect(found.map(({ rule }) => rule)).not.toContain('EXC-UNMATCHED');
  });
});

describe('the file of expected access', () => {
  it('separates what declared administrators hold, by ARN, name or permission set', () => {
    const role = {
      ...{ name: 'AWSReservedSSO_Admin_0123456789abcdef', path: '/aws-reserved/sso.amazonaws.com/' },
      arn: `arn:aws:iam::${ACCOUNT_ID}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`,
    };
    const input = both(START, { roles: [{ ...role, policies: ['Start'] }] });
    const quiet = (administrators: readonly string[]) =>
      brief(audited(input, { ...NOTHING_EXPECTED, administrators }).findings);
    const all = ['permission-set/Admin', 'user/alice', `arn:aws:iam::${ACCOUNT_ID}:user/bob`];
    expect(quiet(all)).toEqual(['SSM-START-ALL excepted 3']);
    expect(quiet(all.slice(0, 2))).toEqual(['SSM-START-ALL new 1']);
    expect(quiet(['user/Admin', 'role/alice', 'user/ali*'])).toEqual(['SSM-START-ALL new 3']);
    const { findings } = audited(input, { ...NOTHING_EXPECTED, administrators: all });
    expect(findings[0]?.accepted).toEqual({ by: 'administrators' });
  });

  it('decides which tags mark production', () => {
    const count = (production: Expected['production']) =>
      audited(both(START), { ...NOTHING_EXPECTED, production }).findings[0]?.productionCount;
    expect(count(null)).toBe(1);
    expect(
      count([
        { key: 'Stage', values: ['live'] },
        { key: 'env', values: ['PROD'] },
      ]),
    ).toBe(2);
    expect(count([{ key: 'tier', values: ['1'] }])).toBe(0);
  });
});

const entry = { account: ACCOUNT_ID, rules: ['CMD-ALL'], principal: 'arn:x', ...WHO, granted: {} };
describe('a fault in the file', () => {
  const problems = (value: unknown) =>
    readExpected(value, AT, ['CMD-ALL', 'EIC-ALL']).problems.map(
      ({ path, message }) => `${path}: ${message}`,
    );

  it.each<readonly [string, unknown, RegExp]>([
    ['a member', { exeptions: [] }, /^\$\.exeptions: .*did you mean `exceptions`/],
    [
      'a member of an exception',
      { exceptions: [{ ...entry, owners: 'x' }] },
      /^\$\.exceptions\.0\.owners: .*`owner`/,
    ],
    ['a member below it', { exceptions: [{ ...entry, granted: { pats: [] } }] }, /granted\.pats: .*`paths`/],
    ['a rule', { exceptions: [{ ...entry, rules: ['CMD-AL'] }] }, /rules\.0: .*did you mean `CMD-ALL`/],
    ['a mapping for a text', { administrators: [{ principal: 'x' }] }, /administrators\.0: it is not a text/],
    ['no end', { exceptions: [{ ...entry, until: undefined }] }, /until: it is missing/],
    ['an end too far', { exceptions: [{ ...entry, until: '2027-08-25' }] }, /more than a year ahead/],
    ['an end that is no day', { exceptions: [{ ...entry, until: '2026-13-01' }] }, /is not a day/],
    ['a day that no month has', { exceptions: [{ ...entry, until: '2027-02-30' }] }, /is not a day/],
    [
      'nothing it is about',
      { exceptions: [{ ...entry, principal: undefined }] },
      /name `statement`, `principal` or/,
    ],
    [
      'nothing it accepts',
      { exceptions: [{ ...entry, granted: undefined }] },
      /`latchkey except` writes the entry/,
    ],
    ['an id read as a number', { knownAccounts: [444455556666] }, /put it in quotes/],
    ['a list that is none', { administrators: 'role/x' }, /it is not a list/],
    ['a list', [], /it is not a mapping/],
  ])('about %s is reported with its place and the valid values', (_says, value, message) => {
    expect(problems(value)).toHaveLength(1);
    expect(problems(value)[0]).toMatch(message);
  });

  it('of a mistyped member comes before the one that is then missing', () => {
    const found = problems({ exceptions: [{ ...entry, owner: undefined, ownr: 'a' }] });
    expect(found[0]).toMatch(/exceptions\.0\.ownr: there is no member `ownr` \(did you mean `owner`\?\)/);
    expect(found[1]).toMatch(/exceptions\.0\.owner: it is missing/);
  });

  it('affects only its own part', () => {
    const value = {
      administrators: ['role/Admin', 'bob'],
      exceptions: [{ ...entry, rules: ['NONE'] }, entry, { ...entry, owner: 7 }],
    };
    const { expected } = readExpected(value, AT, ['CMD-ALL']);
    expect(expected.administrators).toEqual(['role/Admin']);
    expect(expected.exceptions).toEqual([entry]);
    expect(problems(value).map((one) => one.split(':')[0])).toEqual([
      ...['$.exceptions.2.owner', '$.exceptions.0.rules.0', '$.administrators.1'],
    ]);
  });

  it('is no fault: an empty file, or an exception for a year', () => {
    expect(problems(null)).toEqual([]);
    expect(problems({ exceptions: [{ ...entry, until: '2027-08-23' }] })).toEqual([]);
  });
});

const says = (Action: unknown, Resource: unknown = '*', Condition?: object) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition ? { Condition } : {}),
});
const TAG = (...values: string[]) => ({ StringEquals: { 'aws:ResourceTag/team': values } });
it.each<readonly [string, object, object, boolean]>([
  ['the same', says('a:B'), { ...says('a:B'), Sid: 'x' }, true],
  ['an action less', says(['a:B', 'a:C']), says('a:c'), true],
  ['an action more', says('a:B'), says(['a:B', 'a:C']), false],
  ['an action within a pattern', says('a:*'), says('a:Get*'), true],
  ['a pattern over a letter', says('a:?'), says('a:*'), false],
  ['a resource within a pattern', says('a:B', 'arn:x/*'), says('a:B', 'arn:x/1'), true],
  ['another resource', says('a:B', 'arn:x/1'), says('a:B', 'arn:x/2'), false],
  ['a condition more', says('a:B'), says('a:B', '*', TAG('x')), true],
  ['a condition less', says('a:B', '*', TAG('x')), says('a:B'), false],
  ['a value less', says('a:B', '*', TAG('x', 'y')), says('a:B', '*', TAG('x')), true],
  ['another value', says('a:B', '*', TAG('x')), says('a:B', '*', TAG('y')), false],
  [
    'a value less that is kept out',
    says('a:B', '*', { StringNotEquals: { 'aws:ResourceTag/team': ['x', 'y'] } }),
    says('a:B', '*', { StringNotEquals: { 'aws:ResourceTag/team': ['x'] } }),
    false,
  ],
  [
    'an action kept out less',
    { Effect: 'Allow', NotAction: ['a:B', 'a:C'], Resource: '*' },
    { Effect: 'Allow', NotAction: 'a:B', Resource: '*' },
    false,
  ],
  ['a Deny of less', { ...says(['a:B', 'a:C']), Effect: 'Deny' }, { ...says('a:B'), Effect: 'Deny' }, false],
])('a statement that says %s', (_says, accepted, now, isWithin) => {
  expect(widenedBy({ statements: [accepted] }, { statements: [now] })).toHaveLength(isWithin ? 0 : 1);
});
