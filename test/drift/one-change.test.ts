import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { anyAccount } from '../matrix/arbitrary-account.ts';
import { LATER } from './cases.ts';

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=5000`. */
const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 100);
vi.setConfig({ testTimeout: 60_000 + runs * 1_000 });

const run = (snapshot: Snapshot) => ({ snapshot, matrix: buildMatrix(snapshot) });

/** One more identity policy for a user, a group or a role. */
function attached(
  snapshot: Snapshot,
  kind: 'users' | 'groups' | 'roles',
  who: number,
  which: number,
): Snapshot {
  const some = snapshot[kind];
  const held = new Set(
    [...snapshot.users, ...snapshot.groups, ...snapshot.roles].flatMap((one) => one.policies),
  );
  const ids = [...held].filter((id) => !id.includes('#'));
  const id = ids[which % ids.length];
  const one = some[who % some.length];
  if (id === undefined || one === undefined || one.policies.includes(id)) return snapshot;
  const changed = some.map((other) =>
    other === one ? { ...one, policies: [...one.policies, id].sort() } : other,
  );
  return { ...snapshot, takenAt: LATER, [kind]: changed };
}

const causesOf = (before: Snapshot, after: Snapshot): readonly string[] => [
  ...new Set(compareRuns(run(before), run(after), []).map(({ cause }) => cause.kind)),
];

const anyChange = fc.record({
  kind: fc.constantFrom('users', 'groups', 'roles'),
  who: fc.nat(50),
  which: fc.nat(50),
});

/** It is the only difference, however long the chains are that it opens or closes. */
it('an attached or detached policy explains everything that changed, in accounts with any policies', () => {
  fc.assert(
    fc.property(anyAccount, anyChange, (before, { kind, who, which }) => {
      const after = attached(before, kind, who, which);
      const back = { ...before, takenAt: LATER };
      // `coverage`: cells that nobody could read have that as their cause
      for (const causes of [causesOf(before, after), causesOf({ ...after, takenAt: before.takenAt }, back)])
        expect(causes.filter((cause) => cause !== 'attachment' && cause !== 'coverage')).toEqual([]);
    }),
    { numRuns: runs },
  );
});

it('an attached or detached policy explains everything that changed, in generated accounts', () => {
  const before = generateAccount({ principals: 60, instances: 40, seed: 1 });
  const changes = [0, 1, 2, 3, 4, 5].flatMap((who) =>
    (['users', 'groups', 'roles'] as const).map((kind) => attached(before, kind, who * 7, who * 5)),
  );
  const changed = changes.map((after) => causesOf(before, after)).filter((causes) => causes.length > 0);
  expect(changed.length).toBeGreaterThan(5);
  expect(new Set(changed.flat())).toEqual(new Set(['attachment']));
});
