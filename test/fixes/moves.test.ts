import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Matrix } from '../../lib/matrix/paths/matrix.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { matrixDifference } from '../../lib/what-if/matrix-difference.ts';
import { applyChanges } from '../../lib/what-if/planned/apply-changes.ts';
import type { PlannedChange } from '../../lib/what-if/planned/planned-change.ts';
import { WhatIf } from '../../lib/what-if/what-if.ts';
import { changeTexts, differenceTexts } from '../matrix/compare-matrices.ts';
import { expectSome } from '../some-cases.ts';
import {
  anyAttachingFleet,
  anyEscalatingFleet,
  anyEscalatingStatement,
  anyFleet,
  anyGivingFleet,
  anyStatement,
  documentOf,
} from './any-fleet.ts';

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=10000`. */
const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 60);
vi.setConfig({ testTimeout: 120_000 + runs * 1000 });

/** Something that is added to or removed from a principal or a group. */
function anyMove(
  snapshot: Snapshot,
  pick: number,
  other: number,
  added: Record<string, unknown>,
): PlannedChange {
  const owners = [...snapshot.groups, ...snapshot.roles, ...snapshot.users];
  const { arn: principal, policies } = owners[pick % owners.length] as (typeof owners)[number];
  const moves: PlannedChange[] = [
    { type: 'put-inline-policy', principal, policy: 'more', document: added },
    ...policies.map((id): PlannedChange => {
      if (id.includes('#'))
        return { type: 'delete-inline-policy', principal, policy: id.slice(id.indexOf('#') + 1) };
      return { type: 'detach-policy', principal, policy: id };
    }),
    { type: 'attach-policy', principal, policy: 'shared' },
  ];
  return moves[other % moves.length] as PlannedChange;
}

const anyMoves = fc.array(
  fc.tuple(fc.nat(), fc.nat(), fc.array(anyStatement, { minLength: 1, maxLength: 2 })),
  {
    minLength: 1,
    maxLength: 2,
  },
);

function moved(snapshot: Snapshot, moves: readonly [number, number, readonly unknown[]][]): Snapshot {
  return moves.reduce(
    (one, [pick, other, statements]) =>
      applyChanges(one, [anyMove(one, pick, other, documentOf(statements))]),
    snapshot,
  );
}

/** Other contents of existing policies, and other owners. */
const changesOf = (statement: fc.Arbitrary<unknown>, maxLength = 3) =>
  fc.array(fc.tuple(fc.nat(), fc.nat(), fc.array(statement, { minLength: 1, maxLength: 2 })), {
    minLength: 1,
    maxLength,
  });

const anyChanges = changesOf(anyStatement);

function changed(snapshot: Snapshot, changes: readonly [number, number, readonly unknown[]][]): Snapshot {
  let after = snapshot;
  for (const [pick, other, statements] of changes) {
    const document = documentOf(statements);
    const record = after.policies[pick % after.policies.length];
    const policies = after.policies.map((it) => (it === record ? { ...it, document } : it));
    const isDocument = other % 2 === 1 && record !== undefined && record.kind !== 'trust';
    after = isDocument
      ? { ...after, policies }
      : applyChanges(after, [anyMove(after, pick, other, document)]);
  }
  return after;
}

test.each([
  ['that are moved', anyFleet, anyMoves, moved, runs],
  ['of paths', anyFleet, anyChanges, changed, runs],
  ['of escalations', anyEscalatingFleet, changesOf(anyEscalatingStatement), changed, runs],
  ['that somebody gives to others', anyGivingFleet, changesOf(anyEscalatingStatement, 1), changed, runs],
  // hundreds of policies may be attached
  [
    ...(['of which somebody attaches some', anyAttachingFleet] as const),
    ...([changesOf(anyEscalatingStatement, 1), changed, Math.ceil(runs / 3)] as const),
  ],
] as const)(
  'other policies %s give the difference of two whole matrices',
  (_, fleet, anyOf, applied, numRuns) => {
    const seen = { changed: 0, left: 0 };
    fc.assert(
      fc.property(fleet, anyOf, (snapshot, changes) => {
        const after = applied(snapshot, changes);
        const whatIf = new WhatIf(snapshot);
        const cells = whatIf.account(after);
        if (cells === null) seen.left++;
        if (cells === null) return;
        const expected = differenceTexts(buildMatrix(snapshot), buildMatrix(after));
        expect(changeTexts(whatIf.matrix, cells)).toEqual(expected);
        if (expected.size > 0) seen.changed++;
      }),
      { numRuns },
    );
    expectSome(seen.changed);
  },
);

test('a matrix that reuses known results equals one that does not', () => {
  const seen = { changed: 0, shared: 0 };
  fc.assert(
    fc.property(anyFleet, anyChanges, (snapshot, changes) => {
      const after = changed(snapshot, changes);
      const whatIf = new WhatIf(snapshot);
      const anew = [snapshot, after].map((one) => buildMatrix(structuredClone(one)));
      const expected = changeTexts(whatIf.matrix, matrixDifference(anew[0] as Matrix, anew[1] as Matrix));
      expect(changeTexts(whatIf.matrix, whatIf.against(whatIf.after(after)))).toEqual(expected);
      // results of an earlier question must not answer this one
      expect(changeTexts(whatIf.matrix, whatIf.against(whatIf.after(snapshot)))).toEqual(new Map());
      if (expected.size > 0) seen.changed++;
      if (whatIf.isLike(after)) seen.shared++;
    }),
    { numRuns: Math.ceil(runs / 3) },
  );
  expectSome(seen.changed);
  expectSome(seen.shared);
});

test('an estimate equals the exact answer if there is one', () => {
  let seen = 0;
  fc.assert(
    fc.property(anyFleet, anyChanges, (snapshot, changes) => {
      const whatIf = new WhatIf(snapshot);
      const after = changed(snapshot, changes);
      const answer = whatIf.account(after);
      if (answer === null) return;
      expect(whatIf.guess(after)).toEqual(answer);
      if (answer.length > 0) seen++;
    }),
    { numRuns: runs },
  );
  expectSome(seen);
});

test('the difference of two matrices contains every cell whose verdict differs, and no other', () => {
  fc.assert(
    fc.property(anyFleet, anyMoves, (snapshot, moves) => {
      const [before, after] = [buildMatrix(snapshot), buildMatrix(moved(snapshot, moves))];
      const verdicts = (matrix: Matrix): ReadonlyMap<string, string> =>
        new Map(
          matrix.groups.flatMap(({ path, principals, instances, outcome }) =>
            principals.flatMap((p) =>
              instances.map(
                (i) =>
                  [
                    `${matrix.principals[p]?.arn} ${matrix.instances[i]?.id} ${path}`,
                    outcome.verdict,
                  ] as const,
              ),
            ),
          ),
        );
      const [was, is] = [verdicts(before), verdicts(after)];
      const expected = [...new Set([...was.keys(), ...is.keys()])].filter(
        (key) => was.get(key) !== is.get(key),
      );
      const names = [...before.principals, ...after.principals].map(({ arn }) => arn);
      const found = matrixDifference(before, after)
        .filter((one) => one.before?.verdict !== one.after?.verdict)
        .flatMap(({ path, principals, instances }) =>
          principals.flatMap((p) =>
            instances.map((i) => `${[...new Set(names)][p]} ${before.instances[i]?.id} ${path}`),
          ),
        );
      expect(found.sort()).toEqual(expected.sort());
    }),
    { numRuns: runs },
  );
});
