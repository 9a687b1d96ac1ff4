import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { and } from '../../lib/evaluator/formula.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import type { Subject } from '../../lib/matrix/account/account.ts';
import { auditedAccount } from '../../lib/matrix/account/audited-account.ts';
import { askAlternatives, decide } from '../../lib/matrix/account/one-cell.ts';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { Removers } from '../../lib/matrix/answers/removers.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { assumeRole } from '../../lib/matrix/chains/assume-role.ts';
import { assumeFromOutside, outsideSubjects } from '../../lib/matrix/chains/outside.ts';
import { REMOVALS } from '../../lib/matrix/paths/obstacles.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';
import { anyAccount } from './arbitrary-account.ts';

const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 60);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const trusting = (AWS: string, Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...(Condition ? { Condition } : {}) },
  ],
});

/** eve may use the serial console, which is off. */
const scene = (more: AccountInput): Snapshot =>
  account({
    instances: [{ id: 'i-1' }],
    ...more,
    users: [
      { name: 'eve', policies: [allow('ec2-instance-connect:SendSerialConsoleSSHPublicKey')] },
      ...(more.users ?? []),
    ],
  });

function through(more: AccountInput): readonly unknown[] {
  const snapshot = scene(more);
  const name = { principal: arn('user', 'eve'), instance: 'i-1', path: 'serial-console' } as const;
  const told = explainCell(snapshot, name, buildMatrix(snapshot));
  if ('error' in told) throw new Error(told.error);
  const [cell] = cellsOf(buildMatrix(snapshot), snapshot, name, { removable: true });
  const led = told.obstacles?.[0]?.removals[0]?.throughRoles ?? [];
  expect(cell?.removable?.[0]?.throughRoles ?? 0).toBe(led.length);
  return led;
}

const SWITCH = [allow('ec2:EnableSerialConsoleAccess')];

describe('an obstacle is removed as a role', () => {
  test('by a principal that may assume it, in one step or several', () => {
    const roles = [
      { name: 'ops', policies: SWITCH, trust: trusting(arn('role', 'hop')) },
      { name: 'hop', policies: [], trust: trusting(arn('user', 'max')) },
    ];
    expect(through({ users: [{ name: 'max' }, { name: 'zoe' }], roles })).toEqual([
      {
        principal: arn('user', 'max'),
        verdict: 'allowed',
        condition: null,
        via: [arn('role', 'hop'), arn('role', 'ops')],
      },
      { principal: arn('role', 'hop'), verdict: 'allowed', condition: null, via: [arn('role', 'ops')] },
    ]);
  });

  test('under the conditions of each step', () => {
    const roles = [
      {
        name: 'ops',
        policies: SWITCH,
        trust: trusting(arn('user', 'max'), { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      },
    ];
    const [led] = through({ users: [{ name: 'max' }], roles });
    expect(led).toMatchObject({ principal: arn('user', 'max'), verdict: 'conditional' });
  });

  test('from outside', () => {
    const roles = [{ name: 'ops', policies: SWITCH, trust: trusting('arn:aws:iam::444455556666:root') }];
    expect(through({ roles })).toMatchObject([{ principal: 'arn:aws:iam::444455556666:root' }]);
  });

  test('not by principals that may make the request themselves, or that assume nothing', () => {
    const roles = [{ name: 'ops', policies: SWITCH, trust: trusting(arn('user', 'max')) }];
    expect(through({ users: [{ name: 'max', policies: SWITCH }, { name: 'zoe' }], roles })).toEqual([]);
  });
});

test('each step leads where assuming the role does, evaluated separately', () => {
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      const audited = auditedAccount(snapshot);
      const { account: known } = audited;
      const instances = instancesOf(snapshot);
      const removers = new Removers(audited, instances);
      const everybody: readonly Subject[] = [...known.subjects, ...outsideSubjects(known)];
      for (const removal of REMOVALS.filter((_, i) => i % 4 === 0))
        for (const instance of instances.slice(0, 1)) {
          const held = new Set(removers.who(removal, instance).map(({ principal }) => principal));
          const led = removers.throughRoles(removal, instance);
          expect(led.some(({ principal }) => held.has(principal))).toBe(false);
          const near = new Set(led.filter(({ via }) => via.length === 1).map(({ principal }) => principal));
          const wanted = everybody.filter(
            (subject) => !held.has(subject.arn) && stepsTo(subject).some((role) => isOpen(subject, role)),
          );
          expect(wanted.map((one) => one.arn).filter((one) => !near.has(one))).toEqual([]);

          function stepsTo(subject: Subject): readonly Subject[] {
            return known.subjects.filter((one) => one.role && held.has(one.arn) && one.arn !== subject.arn);
          }

          function isOpen(from: Subject, to: Subject): boolean {
            if (!to.role || to.missing !== null || from.missing !== null) return false;
            const { open: taken } = (from.kind === 'outside' ? assumeFromOutside : assumeRole)(
              from,
              to.role,
              known,
            );
            const asked = removal.alternatives.flatMap((one) => askAlternatives(one, instance, to, known));
            const { open, verdict } = decide(asked, to.given);
            // conditions that exclude each other, and single sessions, are not compared here
            return verdict === 'allowed' && remaining(and(taken, open)) === true && taken === true;
          }
        }
    }),
    { numRuns: runs },
  );
});
