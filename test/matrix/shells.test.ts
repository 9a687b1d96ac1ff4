import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type Formula, or } from '../../lib/evaluator/formula.ts';
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
import { anyAccount } from './arbitrary-account.ts';

const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 100);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

/** Every path is evaluated exactly, for this principal and instance alone. */
function exactly(audited: AuditedAccount, instance: Instance, subject: Subject): ReturnType<Shells['on']> {
  const shells = audited.paths
    .filter(({ groups }) => groups.includes('shell'))
    .map((path) => ({ path, open: decideDirect(audited, path, instance, subject)?.open ?? false }))
    .filter(({ open }) => open !== false);
  const sure = shells.find(({ open }) => open === true);
  if (sure) return { path: sure.path.id, open: true };
  const any = shells.reduce<Formula>((all, { open }) => or(all, open), false);
  return { path: shells[0]?.path.id ?? null, open: shells.length === 0 || any };
}

test('whoever is asked after others has the shells that the exact evaluator finds for him alone', () => {
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      const audited = auditedAccount(snapshot);
      const shared = new Shells(audited);
      for (const instance of instancesOf(snapshot).slice(0, 3)) {
        for (const subject of audited.account.subjects) {
          const [one, alone] = [shared.on(instance, subject), exactly(audited, instance, subject)];
          expect(one.path).toBe(alone.path);
          expect(remaining(one.open, {})).toEqual(remaining(alone.open, {}));
        }
      }
    }),
    { numRuns: Math.ceil(runs / 5) },
  );
});
