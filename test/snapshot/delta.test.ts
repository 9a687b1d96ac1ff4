import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, snapshotDelta } from '../../lib/snapshot/delta.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { writeSnapshot } from '../../lib/snapshot/stored-snapshot.ts';
import { account, allow, regionOf } from '../fixtures/account.ts';

const names = fc.subarray(['alice', 'bob', 'carol', '__proto__', 'x"y\\']);
const policies = fc.constantFrom([], [allow('ssm:StartSession')], [allow('ec2:*'), allow('iam:*')]);
const users = names.chain((chosen) =>
  fc.tuple(...chosen.map((name) => policies.map((list) => ({ name, policies: list })))),
);
const tags = fc.constantFrom<Record<string, string>>({}, { team: 'red' }, { team: 'blue', Name: 'web' });
const instances = fc
  .subarray(['i-1', 'i-2', 'i-3'])
  .chain((ids) => fc.tuple(...ids.map((id) => tags.map((chosen) => ({ id, tags: chosen })))));
const region = fc.record({
  serialConsoleEnabled: fc.constantFrom(null, true, false),
  sessionPreferences: fc.constant(null),
  managedInstances: fc.constantFrom(null, []),
});
const regions = fc
  .subarray(['eu-west-1', 'ap-south-1', 'constructor'])
  .chain((chosen) => fc.tuple(...chosen.map((name) => fc.tuple(fc.constant(name), region))))
  .map((rows) => Object.fromEntries(rows.map(([name, given]) => [name, regionOf(name, given)])));
const snapshots = fc
  .record({ users, instances, regions, day: fc.integer({ min: 0, max: 3 }) })
  .map(({ day, ...input }) => ({
    ...account(input),
    takenAt: new Date(day * 86_400_000).toISOString(),
    ...(day === 1 ? { settings: { defaultSessionDocument: 'explicit' as const } } : {}),
    problems: day === 2 ? ['a', 'a', 'b'].map((message) => ({ path: 'iam.x $', message })) : [],
  }))
  .map((one): Snapshot => applyDelta(one, { schemaVersion: 1, members: {}, regions: {} }));

const stored = (before: Snapshot, after: Snapshot): unknown =>
  JSON.parse(JSON.stringify(snapshotDelta(before, after)));

describe('the difference between two snapshots', () => {
  it('gives the second one from the first, byte for byte', () => {
    fc.assert(
      fc.property(snapshots, snapshots, (before, after) => {
        expect(writeSnapshot(applyDelta(before, stored(before, after)))).toBe(writeSnapshot(after));
      }),
    );
  });

  it('is as large as the change, not as the account', () => {
    const many = Array.from({ length: 500 }, (_, n) => ({ id: `i-${n}`, tags: { n: `${n}` } }));
    const before = account({ instances: many });
    const after = account({ instances: many.map((one, n) => (n === 7 ? { ...one, tags: {} } : one)) });
    const delta = snapshotDelta(before, after);
    expect(delta.members).toEqual({});
    expect(Object.keys(delta.regions['us-east-1'] ?? {})).toEqual(['instances']);
    expect(JSON.stringify(delta).length).toBeLessThan(2000);
  });

  it.each([
    ['no object', null],
    ['of another version', { schemaVersion: 9, members: {}, regions: {} }],
    ['of no list', { schemaVersion: 1, members: { accountId: { gone: [], now: [] } }, regions: {} }],
    ['of no snapshot', { schemaVersion: 1, members: { users: { value: 7 } }, regions: {} }],
  ])('is refused if it is %s', (_, delta) => {
    expect(() => applyDelta(account(), delta)).toThrow();
  });
});
