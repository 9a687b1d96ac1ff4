import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { parseChangeEvent } from '../../lib/cloudtrail/change-event.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { assignmentDrift } from '../../lib/drift/assignment-changes.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { alertsOf } from '../../lib/render/alerts.ts';
import { changesOf } from '../../lib/render/changes.ts';
import type { IdentityCenter } from '../../lib/snapshot/identity-center.ts';
import { renderDigest } from '../render/render-digest.ts';
import { quietReport } from '../render/reports.ts';

const acme = await collectAccount(
  folderSource(join(import.meta.dirname, '../../examples/acme')),
  new Date('2026-08-23T10:15:00.000Z'),
  { step: () => {} },
);
const matrix = buildMatrix(acme);
const center = acme.identityCenter as IdentityCenter;
const runOf = (identityCenter: IdentityCenter | undefined) => {
  const { identityCenter: _, ...rest } = acme;
  return { matrix, snapshot: identityCenter === undefined ? rest : { ...rest, identityCenter } };
};

/** The same account, with these people in the group of a permission set. */
function withMembers(group: string, members: readonly string[] | null): IdentityCenter {
  const known = new Set(center.people.map(({ id }) => id));
  return {
    ...center,
    groups: center.groups.map((one) => (one.name === group ? { ...one, members } : one)),
    people: [
      ...center.people,
      ...(members ?? []).filter((id) => !known.has(id)).map((id) => ({ id, name: `name of ${id}` })),
    ],
  };
}
const operators = center.groups.find(({ name }) => name === 'fleet-operators')?.members ?? [];
const grown = withMembers('fleet-operators', [...operators, 'lena']);

const undone = (was: IdentityCenter, is: IdentityCenter) =>
  assignmentDrift(runOf(was), runOf(is), [])[0]?.cause.undo;

const parsed = parseChangeEvent({
  ...{ eventID: 'e-1', eventSource: 'sso-directory.amazonaws.com', eventName: 'AddMemberToGroup' },
  ...{ eventTime: '2026-08-23T11:00:00Z', awsRegion: 'us-east-2', sourceIPAddress: '203.0.113.9' },
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::999988887777:user/directory-admin' },
});
const event = (parsed as Extract<typeof parsed, { ok: true }>).event;

describe('a change of the holders of a permission set', () => {
  test('is reported as one cause, with its actor, and without changed cells', () => {
    const drift = compareRuns(runOf(center), runOf(grown), [event]);
    expect(drift).toHaveLength(1);
    expect(drift[0]).toMatchObject({
      cause: {
        kind: 'assignment',
        detail: 'permission set `FleetOperators`: `name of lena` was added',
        actor: 'arn:aws:iam::999988887777:user/directory-admin',
        eventName: 'AddMemberToGroup',
        assigned: { came: 1, left: 0 },
      },
      counts: { gained: 0, lost: 0, changed: 0, people: 1 },
      groups: [],
    });
    const back = compareRuns(runOf(grown), runOf(center), []);
    expect(back.map(({ cause }) => cause.detail)).toEqual([
      'permission set `FleetOperators`: `name of lena` was removed',
    ]);
    expect(compareRuns(runOf(center), runOf(center), [event])).toEqual([]);
  });

  test('is undone by the calls that remove or restore the assignment', () => {
    const store = '--identity-store-id d-9a671c2b4e';
    const group = center.groups.find(({ name }) => name === 'fleet-operators')!;
    const member = `--group-id ${group.id} --member-id UserId=lena`;
    expect(undone(center, grown)).toEqual([
      `aws identitystore delete-group-membership ${store} --membership-id "$(aws identitystore get-group-membership-id ${store} ${member} --query MembershipId --output text)"`,
    ]);
    expect(undone(grown, center)).toEqual([`aws identitystore create-group-membership ${store} ${member}`]);
    const set = center.permissionSets.find(({ name }) => name === 'FleetOperators')!;
    const other: IdentityCenter = {
      ...center,
      permissionSets: [{ ...set, groups: [], people: [...(set.people ?? []), 'lena'] }],
    };
    const call = (verb: string, type: string, id: string) =>
      `aws sso-admin ${verb}-account-assignment --instance-arn ${center.instance?.arn} --permission-set-arn ${set.arn} --target-type AWS_ACCOUNT --target-id ${acme.accountId} --principal-type ${type} --principal-id ${id}`;
    // what gives access comes first; the members of the group return with it
    expect(undone(center, other)).toEqual([
      call('delete', 'USER', 'lena'),
      call('create', 'GROUP', group.id),
    ]);
    expect(undone(other, center)).toEqual([
      call('delete', 'GROUP', group.id),
      call('create', 'USER', 'lena'),
    ]);
    const { instance: _, ...earlier } = grown;
    expect(undone(center, earlier)).toBeUndefined();
    const many = withMembers(
      'fleet-operators',
      Array.from({ length: 13 }, (_, n) => `p${n}`),
    );
    const lines = undone(withMembers('fleet-operators', []), many);
    expect([lines?.length, lines?.at(-1)]).toEqual([11, '# and 3 more like these']);
    expect(undone(center, withMembers('fleet-operators', [...operators, 'a\u202eb']))).toBeUndefined();
  });

  test("has the weight of the role's access for those who gained it, and none for those who lost it", () => {
    const [came] = changesOf(compareRuns(runOf(center), runOf(grown), []));
    expect(came?.severity).toBe('critical');
    const [left] = changesOf(compareRuns(runOf(grown), runOf(center), []));
    expect(left?.severity).toBe('info');
    const none = { ...runOf(grown), matrix: { ...matrix, groups: [] } };
    expect(changesOf(assignmentDrift(runOf(center), none, []))[0]?.severity).toBe('info');
  });

  test('is an alert and is in the mail', () => {
    const drift = compareRuns(runOf(center), runOf(grown), [event]);
    const report = {
      ...quietReport(),
      ...{ accountId: acme.accountId, snapshot: runOf(grown).snapshot, matrix, drift, findings: [] },
      previousAt: '2026-08-22T10:15:00.000Z',
    };
    const alerts = alertsOf(report, 'arn:aws:sns:us-east-1:111122223333:alerts');
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.subject).toContain(
      '1 person gained SSO FleetOperators: root, 8 instances (5 production)',
    );
    // a filter on production, region or path must match it
    expect(alerts[0]?.attributes).toMatchObject({
      env: ['production', 'staging'],
      region: ['eu-west-1', 'us-east-2'],
      path: expect.arrayContaining(['run-command', 'session-manager']),
    });
    expect(alerts[0]?.message).toContain('`name of lena` was added');
    expect(alerts[0]?.message).toContain('group `fleet-operators` (3 people');
    expect(alerts[0]?.message).toContain('arn:aws:iam::999988887777:user/directory-admin');
    const { text } = renderDigest([report]);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      '1 person gained SSO FleetOperators, which has root and reaches 8 instances, 5 of them production',
    );
    expect(text).not.toMatch(/\b0 principals/);
  });

  test('of two permission sets of one group gives two alerts, not the same one twice', () => {
    const [first, second] = center.permissionSets;
    const shared: IdentityCenter = {
      ...center,
      permissionSets: [first!, { ...second!, groups: first!.groups, people: [] }],
    };
    const group = shared.groups.find(({ id }) => id === first!.groups?.[0])!;
    const more: IdentityCenter = {
      ...shared,
      groups: [{ ...group, members: [...(group.members ?? []), 'new'] }],
      people: [...shared.people, { id: 'new', name: 'new' }],
    };
    const drift = compareRuns(runOf(shared), runOf(more), [event]);
    expect(drift).toHaveLength(2);
    expect(new Set(drift.map(({ id }) => id)).size).toBe(2);
    const report = { ...quietReport(), snapshot: runOf(more).snapshot, matrix, drift, findings: [] };
    const keys = alertsOf({ ...report, previousAt: 'x' }, 'topic').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(0);
  });

  test.each([
    ['before', undefined, grown],
    ['now', center, undefined],
    ['now, of a group', center, withMembers('fleet-operators', null)],
  ])('is not reported if the data was not read %s', (_, before, after) => {
    expect(assignmentDrift(runOf(before), runOf(after), [event])).toEqual([]);
  });

  test('has the event as its cause only if no other event could be', () => {
    const [one] = assignmentDrift(runOf(center), runOf(grown), [event, { ...event, eventId: 'e-2' }]);
    expect(one?.cause.eventId).toBeUndefined();
    const failed = { ...event, eventId: 'e-3', errorCode: 'AccessDenied' };
    const iam = { ...event, eventId: 'e-4', eventSource: 'iam.amazonaws.com', eventName: 'DeleteGroup' };
    const [other] = assignmentDrift(runOf(center), runOf(grown), [failed, iam, event]);
    expect(other?.cause.eventId).toBe('e-1');
  });

  test('lists those who are on one side only, whatever group they are in', () => {
    const ids = fc.uniqueArray(
      fc.nat(30).map((n) => `p${n}`),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(ids, ids, ids, (was, is, direct) => {
        const sides = [was, is].map((members) => {
          const base = withMembers('fleet-operators', members);
          const permissionSets = base.permissionSets.map((set) =>
            set.name === 'FleetOperators' ? { ...set, people: direct } : set,
          );
          return runOf({ ...base, permissionSets });
        });
        const drift = assignmentDrift(sides[0]!, sides[1]!, []);
        const without = (a: readonly string[], b: readonly string[]) =>
          a.filter((id) => !b.includes(id) && !direct.includes(id)).length;
        const [came, left] = [without(is, was), without(was, is)];
        expect(drift.map(({ cause }) => [cause.assigned?.came, cause.assigned?.left])).toEqual(
          came + left === 0 ? [] : [[came, left]],
        );
      }),
    );
  });
});
