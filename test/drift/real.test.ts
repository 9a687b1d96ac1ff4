import { describe, expect, it } from 'vitest';
import { parseChangeEvent } from '../../lib/cloudtrail/change-event.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { CASES, LATER, SESSION, seen } from './cases.ts';
import { cellsOf } from './cells-of.ts';

const run = (input: AccountInput, takenAt?: string) => {
  const snapshot = account({ ...input, ...(takenAt ? { takenAt } : {}) });
  return { snapshot, matrix: buildMatrix(snapshot) };
};

describe('with matrices of the evaluator for the same accounts', () => {
  // the last case has cells that the evaluator would not produce
  it.each(CASES.slice(0, -1))('%s', (_says, before, after, event, change, kind, detail) => {
    const parsed = event ? parseChangeEvent(event) : null;
    const events = parsed?.ok ? [parsed.event] : [];
    const drift = cellsOf(compareRuns(run(seen(before)[0]), run(seen(after)[0], LATER), events));
    const { who = '', path = SESSION.path } = [...before[1], ...after[1]][0] ?? {};
    const cells = drift.filter((one) => one.path === path && one.principal.endsWith(who));
    expect(cells.map((one) => one.change)).toEqual([change]);
    expect(cells[0]?.cause).toMatchObject({ kind, detail });
    if (events[0]) expect(cells[0]?.cause.eventId).toBe(events[0].eventId);
  });

  it('an account that is read again has no difference', () => {
    for (const [, before] of CASES)
      expect(compareRuns(run(before[0]), run(before[0], LATER), [])).toEqual([]);
  });
});

describe('a cell that is unknown because of data that neither audit has', () => {
  const unread = (team: string, isRead = false, takenAt?: string) => {
    const snapshot = account({
      users: [
        {
          name: 'kim',
          policies: [
            { name: 'lost', document: allow('ssm:StartSession') },
            deny('*', '*', { StringEquals: { 'aws:ResourceTag/team': 'blue' } }),
          ],
        },
      ],
      instances: [{ id: 'i-1', tags: { team } }],
      ...(takenAt ? { takenAt } : {}),
    });
    const policies = snapshot.policies.map((one) =>
      one.name === 'lost' && !isRead ? { ...one, document: null } : one,
    );
    const own = { ...snapshot, policies };
    return { snapshot: own, matrix: buildMatrix(own) };
  };
  const causes = (before: ReturnType<typeof unread>, after: ReturnType<typeof unread>) =>
    compareRuns(before, after, []).map(({ cause }) => [cause.kind, cause.detail]);

  it('has the changed tag as its cause', () => {
    expect(causes(unread('blue'), unread('red', false, LATER))).toEqual([
      ['tag', expect.stringContaining('team')],
    ]);
    expect(causes(unread('red'), unread('blue', false, LATER))).toEqual([
      ['tag', expect.stringContaining('team')],
    ]);
  });

  it('has the call as its cause if that changed', () => {
    const lost = [['coverage', expect.stringContaining('was not collected this time')]];
    expect(causes(unread('red', true), unread('red', false, LATER))).toEqual(lost);
    const back = causes(unread('red'), unread('red', true, LATER));
    expect(back.map(([kind]) => kind)).toEqual(['coverage']);
  });
});

it('a region that one of two scans leaves out is a coverage gap, not instances that came or went', () => {
  const ada = { name: 'ada', policies: [allow('ssm:StartSession')] };
  const before = run({ users: [ada], instances: [{ id: 'i-1' }] });
  const { region = '' } = before.snapshot.regions[0] ?? {};
  const left = { call: 'ec2.describe-regions', region, status: 'not-collected', items: null } as const;
  const snapshot = {
    ...before.snapshot,
    takenAt: LATER,
    regions: [],
    coverage: [{ ...left, reason: 'not-asked', detail: 'left out' } as const],
  };
  const after = { snapshot, matrix: buildMatrix(snapshot) };
  const causes = new Set(compareRuns(before, after, []).map(({ cause }) => `${cause.kind}: ${cause.detail}`));
  expect([...causes]).toEqual([
    `coverage: \`ec2.describe-instances\` in ${region} was not collected this time: left out`,
  ]);
});
