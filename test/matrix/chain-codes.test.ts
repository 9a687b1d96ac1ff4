import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import '../fixed-seed.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

/** The requirement of a step: none, a condition, or something with a code. */
const asked = fc.constantFrom<object | undefined>(
  undefined,
  undefined,
  { StringEquals: { 'sts:ExternalId': 'x' } },
  { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
  { StringEquals: {} },
  { 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'x' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
);
const NAMES = ['a', 'b', 'c', 'd'] as const;
const CALLERS = [...NAMES.map((name) => `role/${name}`), 'user/kim', 'user/lee'];
const SERVICE = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };

const trust = fc
  .array(
    fc.record({ by: fc.constantFrom(...CALLERS), asked }).map(({ by, asked: Condition }) => ({
      ...{
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:${by}` },
        Action: 'sts:AssumeRole',
      },
      ...(Condition && { Condition }),
    })),
    { minLength: 0, maxLength: 3 },
  )
  .map((statements) => ({ Version: '2012-10-17', Statement: [SERVICE, ...statements] }));

const policy = fc.oneof(
  ...['sts:AssumeRole', 'ssm:StartSession', 'iam:PassRole'].map((action) =>
    asked.map((condition) => allow(action, '*', condition)),
  ),
  fc.constant(allow(['ec2:RebootInstances'])),
  fc.constant(allow(['ssmmessages:OpenDataChannel'])),
  fc.constant(allow(['lambda:CreateFunction', 'lambda:InvokeFunction'])),
  fc.constant(allow('iam:PassRole', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } })),
);
const policies = fc.array(policy, { minLength: 1, maxLength: 3 });
const tags = fc.constantFrom({}, { team: 'red' });
const carried = fc.constantFrom(undefined, ...NAMES);

const anyAccount = fc
  .record({
    users: fc.tuple(policies, policies),
    roles: fc.tuple(...NAMES.map((name) => fc.record({ name: fc.constant(name), policies, trust, tags }))),
    boxes: fc.tuple(carried, carried),
    organization: fc.constantFrom(undefined, null),
  })
  .map(({ users, roles, boxes, organization }) =>
    account({
      users: users.map((own, i) => ({ name: ['kim', 'lee'][i] as string, policies: own })),
      roles,
      instances: boxes.map((role, i) => ({ id: `i-${i + 1}`, ...(role && { role }) })),
      ...(organization === null && { organization }),
    }),
  );

test('a cell has the codes of every step of its chain', () => {
  let coded = 0;
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      const matrix = buildMatrix(snapshot);
      expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
      coded += matrix.groups.filter(
        ({ outcome }) => outcome.via.length > 0 && outcome.uncertain.length > 1,
      ).length;
    }),
    { numRuns: 80 },
  );
  expect(coded).toBeGreaterThan(50);
});

test('every code of a step is a code of the cell', () => {
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      const matrix = buildMatrix(snapshot);
      const [first] = matrix.groups.filter(({ outcome }) => outcome.via.length > 1);
      const principal = matrix.principals[first?.principals[0] ?? -1]?.arn;
      const cells = principal === undefined ? [] : [...cellsOf(matrix, snapshot, { principal })];
      const lost = ({ steps, uncertain }: Cell): boolean =>
        steps.some((step) => step.uncertain.some((code) => !uncertain.includes(code)));
      expect(cells.filter(lost)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
