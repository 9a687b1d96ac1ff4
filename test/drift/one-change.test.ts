import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { applyChanges } from '../../lib/what-if/planned/apply-changes.ts';
import type { PlannedChange } from '../../lib/what-if/planned/planned-change.ts';
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

const documentOf = (statement: object) => ({ Version: '2012-10-17', Statement: [statement] });
const trusting = (Principal: unknown) => documentOf({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });

const TRUSTED = [
  { AWS: '*' },
  ...['ec2', 'ssm', 'backup', 'dlm', 'aidevops', 'lambda'].map((name) => ({
    Service: `${name}.amazonaws.com`,
  })),
];

/** A new role that may do everything. */
const newRole = (trusted: unknown): readonly PlannedChange[] => [
  { type: 'create-role', name: 'new', path: '/', tags: {}, trust: trusting(trusted) },
  {
    ...{ type: 'put-inline-policy', principal: 'role/new', policy: 'all' },
    document: documentOf({ Effect: 'Allow', Action: '*', Resource: '*' }),
  },
];

/** In both directions. */
function kindsOf(before: Snapshot, changes: readonly PlannedChange[]): readonly string[] {
  const after = { ...applyChanges(before, changes), takenAt: LATER };
  const back = { ...before, takenAt: LATER };
  return [...causesOf(before, after), ...causesOf({ ...after, takenAt: before.takenAt }, back)];
}

/** Paths pass some roles to a service: no chain names those. */
it('a role that comes, goes or trusts others explains everything that changed, in generated accounts', () => {
  const before = generateAccount({ principals: 120, instances: 60, seed: 1 });
  const own = before.roles.filter(({ path }) => !path.startsWith('/aws'));
  const changes: readonly (readonly PlannedChange[])[] = [
    ...TRUSTED.map(newRole),
    ...own.slice(0, 8).map(({ arn }): PlannedChange[] => [{ type: 'delete-principal', principal: arn }]),
    ...own
      .slice(4, 8)
      .map(({ arn }): PlannedChange[] => [
        { type: 'put-trust', role: arn, document: trusting({ Service: 'lambda.amazonaws.com' }) },
      ]),
  ];
  const causes = changes.map((some) => kindsOf(before, some));
  expect(causes.filter((kinds) => kinds.length > 0).length).toBeGreaterThan(7);
  expect(new Set(causes.flat())).toEqual(new Set(['principal', 'trust']));
});

it('a role that comes explains everything that changed, in accounts with any policies', () => {
  fc.assert(
    fc.property(anyAccount, fc.constantFrom(...TRUSTED), (before, trusted) => {
      expect(kindsOf(before, newRole(trusted))).not.toContain('unknown');
    }),
    { numRuns: Math.ceil(runs / 2) },
  );
});
