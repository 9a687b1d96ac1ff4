import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { taggedProd } from '../../lib/findings/expected/production.ts';
import { findFindings } from '../../lib/findings/find.ts';
import type { Fix, FixChange } from '../../lib/findings/fix.ts';
import { fixesFor } from '../../lib/fixes/fixes.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import type { Matrix } from '../../lib/matrix/paths/matrix.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { applyChanges } from '../../lib/what-if/planned/apply-changes.ts';
import { PlannedChange } from '../../lib/what-if/planned/planned-change.ts';
import { account, allow, STARTS_SESSIONS } from '../fixtures/account.ts';
import { expectSome } from '../some-cases.ts';
import { anyFleet } from './any-fleet.ts';

const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 25);
vi.setConfig({ testTimeout: 120_000 + runs * 3000 });

const fixesOf = (snapshot: Snapshot, count = 10) => {
  const matrix = buildMatrix(snapshot);
  const findings = findFindings({ snapshot, matrix, previous: [], at: snapshot.takenAt });
  return {
    matrix,
    findings,
    ...fixesFor(snapshot, findings, { count, isProduction: taggedProd, knownAccounts: [] }),
  };
};

const apply = (snapshot: Snapshot, changes: readonly FixChange[]): Snapshot =>
  applyChanges(
    snapshot,
    changes.map((change) => PlannedChange.parse(change)),
  );

/** The open cells of a matrix, each as a text with all members. */
function openCells(matrix: Matrix): ReadonlyMap<string, string> {
  return new Map(
    matrix.groups
      .filter(({ outcome }) => outcome.verdict === 'allowed' || outcome.verdict === 'conditional')
      .flatMap(({ path, principals, instances, outcome }) =>
        principals.flatMap((p) =>
          instances.map(
            (i) =>
              [
                `${path} ${matrix.principals[p]?.arn} ${matrix.instances[i]?.id}`,
                [outcome.verdict, outcome.condition?.text, outcome.landsAs].join(),
              ] as const,
          ),
        ),
      ),
  );
}

/** The numbers of a fix, computed from two whole matrices. */
function claimOf(before: Matrix, after: Matrix): Pick<Fix, 'removes' | 'keeps' | 'adds' | 'narrows'> {
  const [was, is] = [openCells(before), openCells(after)];
  const gone = [...was.keys()].filter((cell) => !is.has(cell));
  const row = (cell: string): string => cell.split(' ').slice(0, 2).join(' ');
  const losing = new Set(gone.map(row));
  const wider = [...is].filter(([cell, says]) => {
    const old = was.get(cell);
    return old === undefined || (old.startsWith('conditional') && says.startsWith('allowed'));
  });
  return {
    removes: gone.length,
    keeps: [...was.keys()].filter((cell) => is.has(cell) && losing.has(row(cell))).length,
    adds: wider.length as 0,
    narrows: [...was].filter(([cell, says]) => is.has(cell) && is.get(cell) !== says).length,
  };
}

const deniesOf = ({ policies }: Snapshot): readonly string[] =>
  policies.flatMap(({ id, document }) => {
    const { Statement } = document as { readonly Statement: unknown };
    return [Statement]
      .flat()
      .filter((one) => (one as { readonly Effect?: unknown }).Effect === 'Deny')
      .map((one) => `${id} ${JSON.stringify(one)}`);
  });

/** The policies of each holder: a Deny of a detached policy is lost too. */
const heldDenies = (snapshot: Snapshot): ReadonlySet<string> => {
  const all = deniesOf(snapshot);
  return new Set(
    [...snapshot.users, ...snapshot.roles, ...snapshot.groups].flatMap(({ arn, policies }) =>
      all.filter((text) => policies.some((id) => text.startsWith(`${id} `))).map((text) => `${arn} ${text}`),
    ),
  );
};

test('the numbers of a fix equal those of a new matrix, it adds nothing, and it keeps every Deny', () => {
  let seen = 0;
  fc.assert(
    fc.property(anyFleet, (snapshot) => {
      const { matrix, ofFindings } = fixesOf(snapshot, 0);
      for (const fix of ofFindings.values()) {
        const after = apply(snapshot, fix.change);
        const { removes, keeps, adds, narrows } = fix;
        expect({ removes, keeps, adds, narrows }).toEqual(claimOf(matrix, buildMatrix(after)));
        expect([...heldDenies(snapshot)].filter((one) => !heldDenies(after).has(one))).toEqual([]);
        expect(removes + narrows).toBeGreaterThan(0);
        seen++;
      }
    }),
    { numRuns: runs },
  );
  expectSome(seen);
});

const ROOT: ReadonlySet<string> = new Set(
  ACCESS_PATHS.filter(({ groups }) => groups.includes('root')).map(({ id }) => id),
);

test('each ranked change removes what it says after those before it, and adds nothing', () => {
  let seen = 0;
  fc.assert(
    fc.property(anyFleet, (snapshot) => {
      const { ranked } = fixesOf(snapshot, 4);
      let [before, is] = [snapshot, openCells(buildMatrix(snapshot))];
      const production = (cell: string): boolean => /\bi-[12]$/.test(cell);
      const isPerson = (cell: string): boolean => /:user\/|::4444|\* i-|anybody/.test(cell);
      for (const { change, removes, removesRoot, leavesRoot } of ranked) {
        before = apply(before, change);
        const after = openCells(buildMatrix(before));
        const gone = [...is.keys()].filter((cell) => !after.has(cell));
        expect([...after.keys()].filter((cell) => !is.has(cell))).toEqual([]);
        expect(removes).toBe(gone.length);
        const root = gone.filter((cell) => ROOT.has(cell.split(' ')[0] as string) && production(cell));
        expect(removesRoot).toBeLessThanOrEqual(root.length);
        expect(removesRoot).toBeGreaterThanOrEqual(root.filter(isPerson).length);
        expect(leavesRoot).toBeGreaterThanOrEqual(0);
        is = after;
        seen++;
      }
    }),
    { numRuns: runs },
  );
  expectSome(seen);
});

const fleet = (policies: readonly object[], more: Parameters<typeof account>[0] = {}) =>
  account({
    users: [
      { name: 'alice', policies, tags: { team: 'red' } },
      { name: 'bob', policies: [allow('ec2:DescribeInstances')], tags: { team: 'blue' } },
    ],
    instances: [
      { id: 'i-1', tags: { team: 'red', env: 'dev' } },
      { id: 'i-2', tags: { team: 'blue', env: 'prod' } },
      { id: 'i-3', tags: { team: 'blue', env: 'prod' } },
    ],
    ...more,
  });

test('sessions on every instance are limited to those with the own tag, without the documents', () => {
  const { ofFindings } = fixesOf(fleet([allow(STARTS_SESSIONS.slice(0, 1))]));
  const [fix] = [...ofFindings.values()].filter(({ says }) => says.includes('the tag `team`'));
  expect(fix).toMatchObject({ adds: 0, keeps: expect.any(Number) });
  expect(fix?.change).toEqual([
    {
      type: 'put-inline-policy',
      principal: 'arn:aws:iam::111122223333:user/alice',
      policy: 'policy-0',
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['ssm:StartSession'],
            Resource: ['arn:aws:ec2:*:111122223333:instance/*'],
            Condition: { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
          },
          { Effect: 'Allow', Action: ['ssm:StartSession'], Resource: ['arn:aws:ssm:*:*:document/*'] },
        ],
      },
    },
  ]);
  expect(fix?.commands[0]).toMatch(
    /^aws iam put-user-policy --user-name alice --policy-name policy-0 --policy-document '\{"Version"/,
  );
});

test('a limit on the OS user narrows the cells that stay open', () => {
  const given = fleet([allow('ec2-instance-connect:SendSSHPublicKey', 'arn:aws:ec2:*:*:instance/i-1')]);
  const [fix] = [...fixesOf(given).ofFindings.values()];
  expect(fix).toMatchObject({ removes: 0, narrows: 1, adds: 0 });
  expect(JSON.stringify(fix?.change)).toContain('"ec2:osuser":["ec2-user","ubuntu"]');
});

test('denying root paths altogether leaves no other root path of the same statement', () => {
  const given = fleet([], {
    users: [{ name: 'alice', policies: [allow('ssm:*')] }],
    instances: [{ id: 'i-1' }],
  });
  const { ofFindings } = fixesOf(given);
  const altogether = [...ofFindings.values()].filter(({ says }) => says.endsWith('altogether'));
  expect(altogether.length).toBeGreaterThan(0);
  for (const { change } of altogether) {
    const open = [...openCells(buildMatrix(apply(given, change))).keys()];
    expect(open.filter((cell) => ROOT.has(cell.split(' ')[0] as string))).toEqual([]);
  }
});

test('an AWS managed policy with a Deny is not detached, and gets a Deny beside it', () => {
  const arn = 'arn:aws:iam::aws:policy/Guarded';
  const document = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ssm:*', Resource: '*' },
      { Effect: 'Deny', Action: 'ssm:SendCommand', Resource: 'arn:aws:ec2:*:*:instance/i-9' },
    ],
  };
  const given = fleet(['Guarded' as unknown as object], { policies: [{ name: 'Guarded', document, arn }] });
  const fixes = [...fixesOf(given).ofFindings.values()].flatMap(({ change }) => change);
  expect(fixes.length).toBeGreaterThan(0);
  for (const change of fixes)
    expect(change).toMatchObject({ type: 'put-inline-policy', policy: 'LatchkeyDeny' });
});

test('a document that is full gets no further statement', () => {
  const statements = Array.from({ length: 25 }, (_, i) => ({
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::bucket-${i}/*`,
  }));
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['ssm:*', 's3:*'], Resource: '*' }, ...statements],
  };
  for (const { change } of fixesOf(fleet([document])).ofFindings.values())
    for (const one of change)
      if ('document' in one) expect(JSON.stringify(one.document).length).toBeLessThanOrEqual(2048);
});
