import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { formulaKey } from '../../lib/evaluator/formula-key.ts';
import { auditedAccount } from '../../lib/matrix/account/audited-account.ts';
import { Shells } from '../../lib/matrix/answers/shells.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { anyAccount } from './arbitrary-account.ts';

const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 100);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

test('whoever is asked after others has the shells that he has when he is asked alone', () => {
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      const audited = auditedAccount(snapshot);
      const shared = new Shells(audited);
      for (const instance of instancesOf(snapshot).slice(0, 3)) {
        for (const subject of audited.account.subjects) {
          const [one, alone] = [shared.on(instance, subject), new Shells(audited).on(instance, subject)];
          expect(one.path).toBe(alone.path);
          expect(formulaKey(one.open)).toBe(formulaKey(alone.open));
        }
      }
    }),
    { numRuns: Math.ceil(runs / 5) },
  );
});
