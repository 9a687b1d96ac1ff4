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

test('a policy that came with its date is told as that, and once', () => {
  const before = holding();
  const after = holding(power(time('DateGreaterThan', at('11:00'))));
  const drift = compareRuns(run(before), run(after, LATER), []);
  expect(drift.map(({ cause }) => cause.detail)).not.toContainEqual(expect.stringContaining('a date has'));
  expect(drift.length).toBeGreaterThan(0);
});
