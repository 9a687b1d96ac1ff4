import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalSnapshot } from '../../lib/snapshot/canonical.ts';
import { mergeSnapshots, STANDS_FOR } from '../../lib/snapshot/merge.ts';
import {
  EMPTY_IAM,
  IAM_CALL,
  ORGANIZATION_CALL,
  placeOf,
  REGION_CALLS,
  unknownRegion,
} from '../../lib/snapshot/parts.ts';
import type { CoverageEntry, Instance, Snapshot, User } from '../../lib/snapshot/snapshot.ts';
import { account } from '../fixtures/account.ts';

const HOUR = 60 * 60_000;
const iso = (hour: number): string => new Date(hour * HOUR).toISOString();

/** A call in one place, made at an hour: `null` if it was not made. */
interface Asked {
  readonly hour: number;
  readonly status: CoverageEntry['status'];
}

const PLACES = [
  { call: IAM_CALL, region: null },
  { call: ORGANIZATION_CALL, region: null },
  ...['eu-west-1', 'us-east-1'].flatMap((region) =>
    [REGION_CALLS.instances, REGION_CALLS.serialConsoleEnabled, 'ec2.describe-images'].map((call) => ({
      call,
      region,
    })),
  ),
];

const instanceOf = (id: string): Instance =>
  account({ instances: [{ id }] }).regions[0]?.instances?.[0] as Instance;
const userOf = (name: string): User => account({ users: [{ name }] }).users[0] as User;

/** A reading in which a name in every part shows when it was read. */
function reading(asked: readonly (Asked | null)[]): Snapshot {
  const at = (call: string, region: string | null): number | null => {
    const one = asked[PLACES.findIndex((place) => place.call === call && place.region === region)];
    return one?.status === 'collected' ? one.hour : null;
  };
  const iam = at(IAM_CALL, null);
  const rails = at(ORGANIZATION_CALL, null);
  const regions = ['eu-west-1', 'us-east-1'].map((region) => {
    const instances = at(REGION_CALLS.instances, region);
    const serial = at(REGION_CALLS.serialConsoleEnabled, region);
    return {
      ...unknownRegion(region),
      // an id is in one region
      instances: instances === null ? null : [instanceOf(`i-${instances}-${region}`)],
      serialConsoleEnabled: serial === null ? null : serial % 2 === 0,
    };
  });
  return canonicalSnapshot({
    schemaVersion: 2,
    accountId: '111122223333',
    partition: 'aws',
    takenAt: iso(Math.max(0, ...asked.map((one) => one?.hour ?? 0))),
    ...EMPTY_IAM,
    users: iam === null ? [] : [userOf(`u-${iam}`)],
    organization: rails === null ? null : { managementAccountId: `${rails}`, levels: [] },
    regions,
    coverage: PLACES.flatMap((place, index) => {
      const one = asked[index];
      if (!one) return [];
      const isRead = one.status === 'collected';
      const times = { askedAt: iso(one.hour), readAt: isRead ? iso(one.hour) : null };
      return [
        { ...place, status: one.status, detail: isRead ? '' : 'no', items: isRead ? 1 : null, ...times },
      ];
    }),
    problems: PLACES.flatMap(({ call, region }) => {
      const hour = at(call, region);
      return hour === null ? [] : [{ path: `${placeOf({ call, region })}.x $.a`, message: `of ${hour}` }];
    }),
    kept: ['eu-west-1', 'us-east-1'].flatMap((region) => {
      const hour = at('ec2.describe-images', region);
      return hour === null ? [] : [{ call: 'ec2.describe-images', region, argument: null, data: hour }];
    }),
  });
}

/** An hour or none for each place. One hour never means two answers, since the status follows from it. */
const statuses = ['collected', 'collected', 'failed', 'denied', 'not-collected'] as const;
const arbitraryReading = fc
  .array(fc.option(fc.integer({ min: 0, max: 24 * 5 })), {
    minLength: PLACES.length,
    maxLength: PLACES.length,
  })
  .map((hours) =>
    reading(
      hours.map((hour) =>
        hour === null ? null : { hour, status: statuses[hour % statuses.length] ?? 'failed' },
      ),
    ),
  );

const entryIn = (snapshot: Snapshot, place: string) =>
  snapshot.coverage.find((entry) => placeOf(entry) === place);

describe('two readings of one account', () => {
  it('give the same in either order', () => {
    fc.assert(
      fc.property(arbitraryReading, arbitraryReading, (a, b) => {
        expect(mergeSnapshots(a, b)).toEqual(mergeSnapshots(b, a));
      }),
    );
  });

  it('give the same however often they are merged', () => {
    fc.assert(
      fc.property(arbitraryReading, arbitraryReading, (a, b) => {
        const merged = mergeSnapshots(a, b);
        expect(mergeSnapshots(a, a)).toEqual(a);
        expect(mergeSnapshots(merged, b)).toEqual(merged);
        expect(mergeSnapshots(a, merged)).toEqual(merged);
        expect(mergeSnapshots(merged, merged)).toEqual(merged);
      }),
    );
  });

  it('give the newer answer for each place, and the result of the last call', () => {
    fc.assert(
      fc.property(arbitraryReading, arbitraryReading, (a, b) => {
        const merged = mergeSnapshots(a, b);
        for (const place of PLACES.map(placeOf)) {
          const got = entryIn(merged, place);
          expect(got && { status: got.status, askedAt: got.askedAt, readAt: got.readAt }).toEqual(
            expected(a, b, place),
          );
          expect(partAt(merged, place)).toEqual(got?.readAt ? Date.parse(got.readAt) / HOUR : null);
        }
      }),
    );
  });
});

/** The expected result for a place: the result of the last call, and the newest answer while it is used. */
function expected(a: Snapshot, b: Snapshot, place: string) {
  const entries = [entryIn(a, place), entryIn(b, place)].filter((one) => one !== undefined);
  const last = entries.toSorted((x, y) => ((x.askedAt ?? '') < (y.askedAt ?? '') ? 1 : -1))[0];
  if (last === undefined) return undefined;
  const newest =
    entries
      .flatMap((one) => one.readAt ?? [])
      .toSorted()
      .at(-1) ?? null;
  const age = newest === null ? 0 : Date.parse(last.askedAt ?? '') - Date.parse(newest);
  const isGone = age > 0 && (age > STANDS_FOR || last.status === 'not-collected');
  return { status: last.status, askedAt: last.askedAt, readAt: isGone ? null : newest };
}

/** The hour in the name of the part in a place; null: none. */
function partAt(snapshot: Snapshot, place: string): number | null {
  const [region, call] = place.includes('/') ? place.split('/') : [null, place];
  const here = snapshot.regions.find((one) => one.region === region);
  const problem = snapshot.problems?.find(({ path }) => path.startsWith(`${place}.x `));
  const hour = problem === undefined ? null : Number(problem.message.slice(3));
  const told: Readonly<Record<string, unknown>> = {
    [IAM_CALL]: snapshot.users[0] ? Number(snapshot.users[0].name.slice(2)) : null,
    [ORGANIZATION_CALL]: snapshot.organization ? Number(snapshot.organization.managementAccountId) : null,
    [REGION_CALLS.instances]: here?.instances?.[0] ? Number(here.instances[0].id.split('-')[1]) : null,
    'ec2.describe-images': snapshot.kept?.find((kept) => kept.region === region)?.data ?? null,
  };
  if (call === REGION_CALLS.serialConsoleEnabled) {
    expect(here?.serialConsoleEnabled ?? null).toBe(hour === null ? null : hour % 2 === 0);
  } else expect(told[call ?? '']).toBe(hour);
  return hour;
}

describe('a call that fails', () => {
  const failed = reading([{ hour: 24, status: 'failed' }]);
  it('keeps the previous answer in use, and says when it was read', () => {
    const merged = mergeSnapshots(reading([{ hour: 1, status: 'collected' }]), failed);
    expect(merged.users.map(({ name }) => name)).toEqual(['u-1']);
    expect(entryIn(merged, IAM_CALL)).toMatchObject({
      status: 'failed',
      detail: `no; the answer of ${iso(1)} still stands`,
      items: 1,
      askedAt: iso(24),
      readAt: iso(1),
    });
  });

  it('makes the data unknown if that answer is more than three days old', () => {
    const first = mergeSnapshots(reading([{ hour: 1, status: 'collected' }]), failed);
    const later = (hour: number) => mergeSnapshots(first, reading([{ hour, status: 'failed' }]));
    expect(later(73).users).toHaveLength(1);
    expect(later(74).users).toEqual([]);
    expect(entryIn(later(74), IAM_CALL)).toMatchObject({ readAt: null, items: null, detail: 'no' });
  });
});

it('a snapshot of version 1 was read at once, when it was taken', () => {
  const old = { ...account({ users: [{ name: 'alice' }] }), takenAt: iso(5) };
  const undated = {
    ...old,
    coverage: old.coverage.map(({ askedAt: _, readAt: __, ...entry }) => entry),
  };
  const newer = mergeSnapshots(undated, reading([{ hour: 6, status: 'collected' }]));
  expect(newer.users.map(({ name }) => name)).toEqual(['u-6']);
  const older = mergeSnapshots(undated, reading([{ hour: 4, status: 'collected' }]));
  expect(older.users.map(({ name }) => name)).toEqual(['alice']);
  expect(entryIn(older, IAM_CALL)?.readAt).toBe(iso(5));
});
