import { describe, expect, test } from 'vitest';
import { NOTHING_EXPECTED } from '../../lib/findings/expected/expected.ts';
import { kindsOfSnapshot } from '../../lib/findings/principal-kinds.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { accessOf } from '../../lib/render/access.ts';
import { changesOf } from '../../lib/render/changes.ts';
import type { Report, TimelineRun } from '../../lib/render/report.ts';
import { rootHolders } from '../../lib/render/root-holders.ts';
import { sinceScan } from '../../lib/render/since-scan.ts';
import { undecidedIn, undecidedText } from '../../lib/render/undecided.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';
import { DRIFT } from './report-facts.ts';
import { fullReport } from './reports.ts';

const names = (arns: readonly { readonly arn: string }[]): string =>
  arns.map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1)).join();

describe('principals with root', () => {
  const run = (...ids: string[]): object =>
    allow('ssm:SendCommand', [
      'arn:aws:ssm:*:*:document/*',
      ...ids.map((id) => `arn:aws:ec2:*:*:instance/${id}`),
    ]);
  const snapshot = account({
    users: [
      { name: 'many', policies: [run('i-1', 'i-2', 'i-3')] },
      { name: 'prod', policies: [run('i-4')] },
      { name: 'nobody', policies: [allow('ec2:Describe*')] },
    ],
    roles: [{ name: 'machine', policies: [run('i-1', 'i-4', 'i-5')] }],
    instances: [
      ...['i-1', 'i-2', 'i-3'].map((id) => ({ id })),
      { id: 'i-4', tags: { env: 'prod' } },
      { id: 'i-5', tags: { Stage: 'live' } },
    ],
  });
  const report: Report = { ...fullReport(), snapshot, matrix: buildMatrix(snapshot) };
  const of = (one: Report) => rootHolders(one, accessOf(one.matrix), kindsOfSnapshot(snapshot));

  test('are listed people first, and among people those who reach production', () => {
    expect(names(of(report))).toBe('prod,many,machine');
    expect(of(report)[0]).toMatchObject({ kind: 'person', instances: 1, production: 1 });
    expect(of(report)[2]).toMatchObject({ kind: 'machine', instances: 3, production: 1 });
  });

  test("use the file's definition of production", () => {
    const production = [{ key: 'Stage', values: ['live'] }];
    const expected = { ...NOTHING_EXPECTED, production };
    expect(of({ ...report, expected }).map((one) => one.production)).toEqual([0, 0, 1]);
    expect(names(of({ ...report, expected }))).toBe('many,prod,machine');
  });
});

describe('changes since the previous scan', () => {
  const timeline: readonly TimelineRun[] = [
    { at: '2026-11-26T12:00:00.000Z', isScan: false, drift: DRIFT.slice(0, 1) },
    { at: '2026-11-26T09:00:00.000Z', isScan: true, drift: [] },
    { at: '2026-11-25T12:00:00.000Z', isScan: false, drift: DRIFT.slice(1) },
  ];
  const report = { ...fullReport(), drift: [], timeline };

  test('include what checks of events reported since then, and nothing older', () => {
    const { at, isScan, changes, cells } = sinceScan(report, []);
    expect([at, isScan]).toEqual(['2026-11-26T09:00:00.000Z', true]);
    expect(changes.map(({ id, reportedAt }) => [id, reportedAt])).toEqual([
      [DRIFT[0]?.id, '2026-11-26T12:00:00.000Z'],
    ]);
    expect(cells.gained).toBe(DRIFT[0]?.counts.gained);
  });

  test('are listed with what this audit found, the worst first', () => {
    const { changes } = sinceScan({ ...report, drift: DRIFT }, changesOf(DRIFT));
    expect(changes).toHaveLength(DRIFT.length + 1);
    expect(changes.map(({ severity }) => severity)).toEqual(
      ['critical', 'high', 'medium', 'low', 'info'].flatMap((severity) =>
        changes.map((one) => one.severity).filter((one) => one === severity),
      ),
    );
  });

  test('are empty after the first audit', () => {
    expect(sinceScan({ ...report, previousAt: null, timeline: [] }, [])).toMatchObject({
      at: null,
      changes: [],
    });
  });
});

describe('unknown access because of missing data', () => {
  const group = (principals: readonly number[], missing?: string) => ({
    ...({ path: 'disk-copy', principals, instances: [0] } as const),
    outcome: {
      ...({ verdict: 'unknown', condition: null, landsAs: [], via: [], grants: [], uncertain: [] } as const),
      alternative: '',
      ...(missing === undefined ? {} : { missing }),
    },
  });

  test.each([
    [
      [group([1, 2], 'ec2 describe-snapshots')],
      'Of 2 principals not all is known, as ec2 describe-snapshots was not collected',
    ],
    [
      [
        group([1], 'iam get-policy-version of arn:aws:iam::aws:policy/A, iam get-group of b'),
        group([1], `iam get-role of arn:aws:iam::${ACCOUNT_ID}:role/c`),
      ],
      'Of 1 principal not all is known, as policies were not collected',
    ],
    [
      ['d', 'b', 'a', 'c'].map((call, at) => group([at], `ec2 ${call}`)),
      'Of 4 principals not all is known, as ec2 a, ec2 b and 2 more calls were not collected',
    ],
    [[group([7])], 'Of 1 principal not all is known'],
    [[], ''],
  ])('is named by the call, and for policies in one word', (groups, text) => {
    expect(undecidedText(undecidedIn({ groups }))).toBe(text);
  });
});
