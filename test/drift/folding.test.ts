import { describe, expect, it } from 'vitest';
import { parseChangeEvent } from '../../lib/cloudtrail/change-event.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import type { Drift } from '../../lib/drift/drift.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, type PolicyInput } from '../fixtures/account.ts';
import { LATER, record } from './cases.ts';
import { cellsOf } from './cells-of.ts';

const run = (input: AccountInput, takenAt?: string) => {
  const snapshot = account({ ...input, ...(takenAt ? { takenAt } : {}) });
  return { snapshot, matrix: buildMatrix(snapshot) };
};

function drift(before: AccountInput, after: AccountInput, events: readonly object[] = []): Drift[] {
  const parsed = events.map((event) => {
    const result = parseChangeEvent(event);
    if (!result.ok) throw new Error(result.reason);
    return result.event;
  });
  return compareRuns(run(before), run(after, LATER), parsed);
}

const details = (all: readonly Drift[]): string[] => all.map(({ cause }) => cause.detail).sort();

const POWER = allow('ec2:StopInstances', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } });
const fleet = (ids: readonly string[], teamOf: (id: string) => string = () => 'blue'): AccountInput => ({
  users: ['alice', 'bob'].map((name) => ({ name, policies: [{ name: 'p', document: POWER }] })),
  instances: ids.map((id) => ({ id, tags: { team: teamOf(id) } })),
});
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `i-${1000 + from + n}`);

describe('the same change of several is one cause', () => {
  it('for tags of instances', () => {
    const [one, ...others] = drift(
      fleet(ids(5)),
      fleet(ids(5), () => 'red'),
    );
    expect(others).toEqual([]);
    expect(one?.cause.detail).toBe(
      'tag `team` of 5 instances (`i-1000`, `i-1001`, `i-1002` and 2 more) changed from `blue` to `red`',
    );
    expect(one?.counts).toMatchObject({ gained: 10, principals: 2, instances: 5 });
    expect(one?.groups.map(({ principals, instanceCount }) => [principals.length, instanceCount])).toEqual([
      [2, 5],
    ]);
  });

  it('and only those whose access changed are named', () => {
    const before = fleet(ids(3), (id) => (id === 'i-1000' ? 'red' : 'blue'));
    const after = fleet(ids(3), (id) => (id === 'i-1000' ? 'gray' : id === 'i-1001' ? 'red' : 'green'));
    expect(details(drift(before, after))).toEqual([
      'tag `team` of instance `i-1000` changed from `red` to `gray`',
      'tag `team` of instance `i-1001` changed from `blue` to `red`',
    ]);
  });

  it('and a user that was deleted and created again is separate from one whose policies changed', () => {
    const alice = (id: string, action: string): AccountInput => ({
      users: [{ name: 'alice', id, policies: [{ name: 'p', document: allow(action, '*') }] }],
      instances: [{ id: 'i-1000' }],
    });
    const cause = (id: string) =>
      drift(alice('AIDAONE', 'ec2:StopInstances'), alice(id, 'ssm:SendCommand')).map((one) => one.cause);
    const again = { kind: 'principal', again: true };
    expect(cause('AIDATWO')).toEqual([expect.objectContaining(again)]);
    for (const one of cause('AIDAONE')) expect(one).not.toMatchObject(again);
  });

  it('users created again with the access that they had are one line without cells', () => {
    const power = { policies: [{ name: 'p', document: allow('ec2:StopInstances') }] };
    const some = (mark: string, more: AccountInput = {}): AccountInput => ({
      users: [
        { name: 'alice', id: `AIDA1${mark}`, ...power },
        { name: 'bob', id: `AIDA2${mark}`, ...power },
        // without access, nobody needs to know
        { name: 'eve', id: `AIDA3${mark}` },
      ],
      instances: [{ id: 'i-1000' }],
      ...more,
    });
    const [one, ...others] = drift(some('A'), some('B'));
    expect(others).toEqual([]);
    expect(one?.cause).toEqual({
      ...{ kind: 'principal', alike: true, again: true },
      recreated: { subjects: ['alice', 'bob'].map((name) => ({ word: 'user', name })), count: 2 },
      detail:
        'users `alice` and `bob` were deleted and created again under the same name, with the access that they had',
    });
    expect(one?.groups).toEqual([]);
    expect(one?.counts).toMatchObject({ gained: 0, lost: 0, changed: 0, principals: 2, people: 2 });
    expect(drift(some('A'), some('A'))).toEqual([]);
    const event = record('CreateUser', { userName: 'bob' });
    expect(drift(some('A'), some('B'), [event]).map(({ cause }) => [cause.eventName, cause.detail])).toEqual([
      [undefined, expect.stringContaining('user `alice` was deleted')],
      ['CreateUser', expect.stringContaining('user `bob` was deleted')],
    ]);
  });

  it('one of two that were created again gained access: the other is told quietly', () => {
    const start = allow('ssm:StartSession');
    const some = (mark: string, more: readonly object[]): AccountInput => ({
      users: [
        { name: 'alice', id: `AIDA1${mark}`, policies: [{ name: 'p', document: start }] },
        { name: 'bob', id: `AIDA2${mark}`, policies: [{ name: 'p', document: start }, ...(more as [])] },
      ],
      instances: [{ id: 'i-1000' }],
    });
    const all = drift(some('A', []), some('B', [{ name: 'q', document: allow('ec2:StopInstances') }]));
    const quiet = all.filter(({ cause }) => cause.alike);
    expect(quiet.map(({ cause }) => cause.detail)).toEqual([
      'user `alice` was deleted and created again under the same name, with the access that they had',
    ]);
    expect(all.some(({ counts }) => counts.gained > 0)).toBe(true);
  });

  it('and the changes of two events are two causes, those of one event one', () => {
    const tagged = (eventID: string, some: readonly string[]) =>
      record(
        'CreateTags',
        {
          resourcesSet: { items: some.map((resourceId) => ({ resourceId })) },
          tagSet: { items: [{ key: 'team', value: 'red' }] },
        },
        { eventSource: 'ec2.amazonaws.com', eventID },
      );
    const [both, one] = drift(
      fleet(ids(3)),
      fleet(ids(3), () => 'red'),
      [tagged('first', ['i-1000', 'i-1002']), tagged('second', ['i-1001'])],
    );
    expect([both?.cause.eventId, both?.cause.detail]).toEqual([
      'first',
      'tag `team` of instances `i-1000` and `i-1002` changed from `blue` to `red`',
    ]);
    expect([one?.cause.eventId, one?.counts.instances]).toEqual(['second', 1]);
  });

  it('and more than a hundred values are reported together', () => {
    const before = fleet(ids(120), (id) => `old-${id}`);
    expect(
      drift(
        before,
        fleet(ids(120), (id) => `new-${id}`),
      ),
    ).toEqual([]);
    const back = drift(
      fleet(ids(120), () => 'red'),
      before,
    );
    expect(details(back)).toEqual([
      'tag `team` of 120 instances (`i-1000`, `i-1001`, `i-1002` and 117 more) changed',
    ]);
    expect(
      drift(
        fleet(ids(100), () => 'red'),
        fleet(ids(100), (id) => `old-${id}`),
      ),
    ).toHaveLength(100);
  });

  it('for attachments, boundaries and memberships of users', () => {
    const users = (more: object): AccountInput => ({
      ...fleet(ids(2), () => 'red'),
      policies: [{ name: 'Power', document: POWER }],
      groups: [{ name: 'ops', policies: [POWER] }],
      users: ['alice', 'bob'].map((name) => ({ name, ...more })),
    });
    expect(details(drift(users({}), users({ policies: ['Power'] })))).toEqual([
      'policy `Power` was attached to users `alice` and `bob`',
    ]);
    expect(details(drift(users({ groups: ['ops'] }), users({})))).toEqual([
      'users `alice` and `bob` were removed from group `ops`',
    ]);
    const bounded = users({ policies: ['Power'], boundary: { name: 'B', document: allow('s3:*') } });
    expect(details(drift(users({ policies: ['Power'] }), bounded))).toEqual([
      'the permissions boundary of users `alice` and `bob` changed from none to `B`',
    ]);
  });

  it('for new users with the same access', () => {
    const none = { ...fleet(ids(2), () => 'red'), users: [] };
    expect(
      details(
        drift(
          none,
          fleet(ids(2), () => 'red'),
        ),
      ),
    ).toEqual(['users `alice` and `bob` are new']);
    const [one] = drift(
      none,
      fleet(ids(2), () => 'red'),
    );
    expect(one?.cause.alike).toBeUndefined();
  });
});

describe('instances that come and go', () => {
  const kinds = (id: string) => (Number(id.slice(2)) % 2 === 0 ? 'red' : 'blue');
  const open = (input: AccountInput, more: readonly PolicyInput[] = []): AccountInput => ({
    ...input,
    users: [
      { name: 'alice', policies: [{ name: 'p', document: allow('ec2:StopInstances') }] },
      { name: 'bob', policies: [{ name: 'p', document: POWER }, ...more] },
    ],
  });

  it('are one line for each kind if a fleet is replaced, and rank as information', () => {
    const all = drift(open(fleet(ids(40), kinds)), open(fleet(ids(40, 100), kinds)));
    expect(details(all)).toEqual([
      '20 instances (`i-1000`, `i-1002`, `i-1004` and 17 more) are gone, replaced by 20 instances (`i-1100`, `i-1102`, `i-1104` and 17 more): access as to others like that',
      '20 instances (`i-1001`, `i-1003`, `i-1005` and 17 more) are gone, replaced by 20 instances (`i-1101`, `i-1103`, `i-1105` and 17 more): access as to others like that',
    ]);
    expect(all.map(({ cause }) => cause.alike)).toEqual([true, true]);
    expect(all.map(({ groups }) => groups.length)).toEqual([2, 2]);
  });

  it('are reported separately if their access differs from similar ones', () => {
    const special = {
      name: 'one',
      document: allow('ec2:StopInstances', `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-1003`),
    };
    const before = open(fleet(ids(3)), [special]);
    const all = drift(before, open(fleet(ids(4)), [special]));
    const alike = all.find(({ cause }) => cause.alike) as Drift;
    const other = all.find(({ cause }) => !cause.alike) as Drift;
    expect(all).toHaveLength(2);
    expect(alike.cause.detail).toBe('instance `i-1003` is new: access as to others like that');
    expect(cellsOf([alike]).map(({ principal }) => principal.slice(-5))).toEqual(['alice']);
    expect(other.cause.detail).toBe('instance `i-1003` is new');
    expect(cellsOf([other]).map(({ principal }) => principal.slice(-3))).toEqual(['bob']);
  });

  it('of a new kind are similar to none', () => {
    const all = drift(open(fleet(ids(2))), open(fleet(ids(3), (id) => (id === 'i-1002' ? 'green' : 'blue'))));
    expect(all.map(({ cause }) => [cause.detail, cause.alike])).toEqual([
      ['instance `i-1002` is new', undefined],
    ]);
  });

  it('that are gone are reported once', () => {
    expect(details(drift(open(fleet(ids(3))), open(fleet(ids(2)))))).toEqual(['instance `i-1002` is gone']);
  });
});

describe('names', () => {
  it('are the first thousand, with a count of all', () => {
    const [one] = drift(
      fleet(ids(1500)),
      fleet(ids(1500), () => 'red'),
    );
    const [group] = one?.groups ?? [];
    expect([group?.instances.length, group?.instanceCount, one?.counts.instances]).toEqual([
      1000, 1500, 1500,
    ]);
    expect(group?.instances).toEqual(ids(1500).slice(0, 1000));
  });
});
