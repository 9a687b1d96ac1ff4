import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import type { Subject } from '../../lib/matrix/account/account.ts';
import {
  type AuditedAccount,
  auditedAccount,
  decideDirect,
} from '../../lib/matrix/account/audited-account.ts';
import { Shells } from '../../lib/matrix/answers/shells.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import type { Instance } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';
import { anyAccount } from './arbitrary-account.ts';
import { anyOf, SURELY } from './naive-codes.ts';

const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 100);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

/** Every path, evaluated exactly for this principal and instance. */
function exactly(audited: AuditedAccount, instance: Instance, subject: Subject): ReturnType<Shells['on']> {
  const shells = audited.paths
    .filter(({ groups }) => groups.includes('shell'))
    .flatMap((path) => {
      const decided = decideDirect(audited, path, instance, subject);
      const codes = (decided?.uncertain ?? []).filter((code) => code !== 'guardrails-not-collected');
      return decided && decided.open !== false ? [{ path: path.id, open: decided.open, codes }] : [];
    });
  const sure = shells.filter(({ open }) => open === true);
  const best = sure.find(({ codes }) => codes.length === 0) ?? sure[0] ?? shells[0];
  return best ? { path: best.path, ...anyOf(shells) } : { path: null, ...SURELY };
}

test('the answer for a principal does not depend on which principals were evaluated before', () => {
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      const audited = auditedAccount(snapshot);
      const shared = new Shells(audited);
      for (const instance of instancesOf(snapshot).slice(0, 3)) {
        for (const subject of audited.account.subjects) {
          const [one, alone] = [shared.on(instance, subject), exactly(audited, instance, subject)];
          expect(one.path).toBe(alone.path);
          expect(one.codes).toEqual(alone.codes);
          expect(remaining(one.open, {})).toEqual(remaining(alone.open, {}));
        }
      }
    }),
    { numRuns: Math.ceil(runs / 5) },
  );
});

test('a path is the one of this instance, also if another instance is open under the same condition', () => {
  const withMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
  const instance = (id: string) => `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/${id}`;
  const snapshot = account({
    users: [
      {
        name: 'mia',
        policies: [
          allow('ec2-instance-connect:SendSSHPublicKey', instance('i-1'), withMfa),
          allow('ec2-instance-connect:SendSerialConsoleSSHPublicKey', instance('i-2'), withMfa),
        ],
      },
    ],
    instances: [{ id: 'i-1' }, { id: 'i-2' }],
  });
  const audited = auditedAccount(snapshot);
  const shells = new Shells(audited);
  const [mia] = audited.account.subjects as [Subject];
  const paths = instancesOf(snapshot).map((one) => shells.on(one, mia).path);
  expect(paths).toEqual(['ec2-instance-connect', 'serial-console']);
});
