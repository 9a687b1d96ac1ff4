import { expect, test } from 'vitest';
import { compareRuns } from '../../lib/drift/compare.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { LATER } from './cases.ts';

const run = (input: AccountInput, takenAt?: string) => {
  const snapshot = account({ ...input, ...(takenAt ? { takenAt } : {}) });
  return { snapshot, matrix: buildMatrix(snapshot) };
};
/** The first audit is at 10:15 of that day, the second at 11:15. */
const at = (time: string): string => `2026-08-23T${time}:00Z`;
const holding = (...documents: readonly object[]): AccountInput => ({
  users: ['alice', 'bob'].map((name) => ({
    name,
    policies: documents.map((document, n) => ({ name: `p${n}`, document })),
  })),
  instances: [{ id: 'i-1', tags: { env: 'prod' } }, { id: 'i-2' }],
});
const told = (input: AccountInput) =>
  compareRuns(run(input), run(input, LATER), []).map(({ cause, counts, groups }) => ({
    detail: cause.detail,
    counts: [counts.gained, counts.lost, counts.principals, counts.people, counts.production],
    changes: groups.map(({ change, principals }) => `${change} ${principals.length}`),
  }));
const power = (condition: object) => allow('ec2:StopInstances', '*', condition);
const time = (operator: string, value: string) => ({ [operator]: { 'aws:CurrentTime': value } });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
test.each([
  ['DateGreaterThan', 'opened', 'gained', [4, 0, 2, 2, 1]],
  ['DateGreaterThanEquals', 'opened', 'gained', [4, 0, 2, 2, 1]],
  ['DateLessThan', 'ended', 'lost', [0, 4, 2, 2, 1]],
  ['DateLessThanEquals', 'ended', 'lost', [0, 4, 2, 2, 1]],
] as const)('%s: the access is told that a date between two audits %s', (operator, done, change, counts) => {
  expect(told(holding(power(time(operator, at('11:00')))))).toEqual([
    {
      detail: `a date has passed and ${done} access: \`aws:CurrentTime ${operator} ${at('11:00')}\`, in inline policy \`p0\` of user \`alice\` and 1 more`,
      counts,
      changes: [`${change} 2`],
    },
  ]);
});

test.each([
  ['after both audits', power(time('DateGreaterThan', at('12:00')))],
  ['before both audits', power(time('DateGreaterThan', at('09:00')))],
  [
    'where the access is open in another way as well',
    power(time('DateGreaterThan', at('11:00'))),
    allow('ec2:StopInstances'),
  ],
] as const)(`nothing is told of a date %s`, (_, ...documents: readonly object[]) => {
  expect(told(holding(...documents))).toEqual([]);
});

test('a Deny until a date, and seconds since 1970, are read as well', () => {
  const denied = told(
    holding(allow('ec2:StopInstances'), deny('ec2:*', '*', time('DateLessThan', at('11:00')))),
  );
  expect(denied.map(({ counts }) => counts[0])).toEqual([4]);
  const seconds = String(Date.parse(at('11:00')) / 1000);
  const epoch = told(holding(power({ NumericGreaterThan: { 'aws:EpochTime': seconds } })));
  expect(epoch.map(({ counts }) => counts[0])).toEqual([4]);
});

// the evaluator's own operators: what a condition means here is what it means in every other answer
test.each<readonly [name: string, condition: object, gained: number]>([
  ['a set operator', time('ForAnyValue:DateGreaterThan', at('11:00')), 4],
  ['an operator with `IfExists`', time('DateGreaterThanIfExists', at('11:00')), 4],
  ['the moment of the second audit', time('DateEquals', LATER), 4],
  [
    'a part of a second',
    { NumericGreaterThan: { 'aws:EpochTime': `${Date.parse(at('11:00')) / 1000}.5` } },
    4,
  ],
  ['a date with an operator for numbers, which matches no date', time('NumericGreaterThan', at('11:00')), 0],
  ['seconds with an operator for dates', { DateGreaterThan: { 'aws:EpochTime': at('11:00') } }, 4],
  [
    'several dates, of which one has passed',
    { DateGreaterThan: { 'aws:CurrentTime': [at('11:00'), at('12:00')] } },
    4,
  ],
])('%s', (_, condition, gained) => {
  const counts = told(holding(power(condition))).map((one) => one.counts[0]);
  expect(counts).toEqual(gained === 0 ? [] : [gained]);
});

test.each([
  ['a year is a date and not a number of seconds', '2027', '2026-12-31T12:00:00Z', '2027-01-01T12:00:00Z', 4],
  [
    'a day that the calendar does not have never comes',
    '2027-02-30T00:00:00Z',
    '2027-03-01T12:00:00Z',
    '2027-03-02T12:00:00Z',
    0,
  ],
] as const)('%s', (_, date, before, after, gained) => {
  const input = holding(power(time('DateGreaterThan', date)));
  const drift = compareRuns(run(input, before), run(input, after), []);
  expect(drift.reduce((sum, { counts }) => sum + counts.gained, 0)).toBe(gained);
});

test('a policy that came with its date is told as that, and once', () => {
  const before = holding();
  const after = holding(power(time('DateGreaterThan', at('11:00'))));
  const drift = compareRuns(run(before), run(after, LATER), []);
  expect(drift.map(({ cause }) => cause.detail)).not.toContainEqual(expect.stringContaining('a date has'));
  expect(drift.length).toBeGreaterThan(0);
});
