import { remembered } from '../memory/remembered.ts';
import type { Problem } from '../policy/problem.ts';
import { askedAt, readAt } from './age.ts';
import { canonicalSnapshot } from './canonical.ts';
import { ASSIGNMENTS_CALL, type IdentityCenter, MEMBERS_CALL, withMembersOf } from './identity-center.ts';
import { instancesOnce } from './instances-once.ts';
import {
  EMPTY_IAM,
  IAM_CALL,
  iamPart,
  ORGANIZATION_CALL,
  organizationPart,
  placeOf,
  problemPlace,
  REGION_CALLS,
  REGION_FIELDS,
  type RegionField,
  unknownRegion,
} from './parts.ts';
import { withSingleReadings } from './single-readings.ts';
import type { CoverageEntry, RegionSnapshot, Snapshot } from './snapshot.ts';

/**
 * How long an answer is used while the same call fails, in milliseconds: three days, so that two daily scans
 * in a row may fail. After that its data is unknown.
 */
export const STANDS_FOR = 3 * 24 * 60 * 60_000;

/** The reading of one call in one place in a snapshot. */
interface Reading {
  readonly of: Snapshot;
  readonly entry: CoverageEntry | null;
  readonly askedAt: string;
  readonly readAt: string | null;
}

/** `last`: the last time that a call was made; `data`: the reading that its data comes from; null: none. */
interface Choice {
  readonly last: Reading;
  readonly data: Reading | null;
  readonly readAt: string | null;
}

/**
 * Combines two readings of one account: for each call in each place the newer answer, and the result of the
 * last call. If that failed, the previous answer is used for a while (`STANDS_FOR`), and coverage says how
 * old it is. The order of the snapshots, and how often they are merged, makes no difference.
 */
export function mergeSnapshots(a: Snapshot, b: Snapshot): Snapshot {
  const [older, newer] = a.takenAt <= b.takenAt ? [a, b] : [b, a];
  const left = readingsOf(older);
  const right = readingsOf(newer);
  const choices = new Map<string, Choice>();
  for (const place of new Set([...left.keys(), ...right.keys()])) {
    const choice = chosen(left.get(place), right.get(place));
    if (choice !== null) choices.set(place, choice);
  }
  const settings = newer.settings ?? older.settings;
  const both = [...new Set([older, newer])];
  // ids that were made unique in a common reading stay as they are
  const idsIn = new Map<string, ReadonlySet<string>>();
  const idsOf = (name: string): ReadonlySet<string> => {
    const region = older.regions.find((one) => one.region === name);
    return new Set(region?.instances?.map(({ id }) => id));
  };
  const wasIn = (id: string, region: string): boolean =>
    remembered(idsIn, region, () => idsOf(region)).has(id);
  const { regions, problems } = instancesOnce(mergedRegions(both, choices), wasIn);
  const merged = {
    schemaVersion: 2,
    accountId: newer.accountId,
    partition: newer.partition,
    takenAt: newer.takenAt,
    ...globalParts(choices),
    ...identityCenterPart(choices),
    regions,
    coverage: [...choices.values()].flatMap(entryOf),
    problems: eachOnce([...both.flatMap((one) => notesOf(one, choices)), ...problems]),
    kept: both.flatMap((one) =>
      (one.kept ?? []).filter((kept) => choices.get(placeOf(kept))?.data?.of === one),
    ),
  } as const satisfies Snapshot;
  return canonicalSnapshot(settings === undefined ? merged : { ...merged, settings });
}

const eachOnce = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((one) => [`${one.path}\n${one.message}`, one])).values(),
];

/** The readings in a snapshot, by place. Data without an entry was read when the snapshot was taken. */
function readingsOf(of: Snapshot): Map<string, Reading> {
  const readings = new Map<string, Reading>();
  const imply = (call: string, region: string | null, isThere: boolean) => {
    const place = placeOf({ call, region });
    if (!isThere || readings.has(place)) return;
    readings.set(place, { of, entry: null, askedAt: of.takenAt, readAt: of.takenAt });
  };
  for (const entry of of.coverage) {
    readings.set(placeOf(entry), { of, entry, askedAt: askedAt(of, entry), readAt: readAt(of, entry) });
  }
  imply(IAM_CALL, null, of.users.length + of.groups.length + of.roles.length > 0);
  imply(ORGANIZATION_CALL, null, of.organization !== null);
  for (const region of of.regions) {
    for (const field of REGION_FIELDS) imply(REGION_CALLS[field], region.region, region[field] !== null);
  }
  for (const { call, region } of of.kept ?? []) imply(call, region, true);
  return readings;
}

function chosen(a: Reading | undefined, b: Reading | undefined): Choice | null {
  if (a === undefined || b === undefined) {
    const one = a ?? b;
    return one === undefined ? null : stillValid(one, one);
  }
  const last = a.askedAt > b.askedAt || (a.askedAt === b.askedAt && text(a) > text(b)) ? a : b;
  const other = last === a ? b : a;
  if (other.readAt === null || (last.readAt !== null && last.readAt >= other.readAt))
    return stillValid(last, last);
  return stillValid(last, other);
}

const text = (reading: Reading): string => JSON.stringify(reading.entry);

/**
 * Data that was not collected is unknown, even if it was known before; after a failure the previous answer is used if
 * it is not too old.
 */
function stillValid(last: Reading, data: Reading): Choice {
  const failed = last.readAt !== last.askedAt;
  if (!failed || (data === last && data.readAt === null)) return { last, data, readAt: data.readAt };
  const isTooOld = data.readAt !== null && Date.parse(last.askedAt) - Date.parse(data.readAt) > STANDS_FOR;
  const isGone = last.entry?.status === 'not-collected' && data !== last;
  if (isTooOld || isGone) return { last, data: last.readAt === null ? last : null, readAt: null };
  return { last, data, readAt: data.readAt };
}

const STANDS = /(?:; )?the answer of \S+ still stands$/;

function entryOf({ last, data, readAt: at }: Choice): CoverageEntry[] {
  if (last.entry === null) return [];
  const own = last.entry.detail.replace(STANDS, '');
  const stands = at !== null && at !== last.askedAt ? `the answer of ${at} still stands` : '';
  return [
    {
      ...last.entry,
      detail: [own, stands].filter((part) => part !== '').join('; '),
      items: data?.entry?.items ?? null,
      askedAt: last.askedAt,
      readAt: at,
    },
  ];
}

function globalParts(choices: ReadonlyMap<string, Choice>) {
  const fromIam = choices.get(IAM_CALL)?.data?.of;
  const fromOrganization = choices.get(ORGANIZATION_CALL)?.data?.of;
  const iam = fromIam ? iamPart(fromIam) : EMPTY_IAM;
  const rails = fromOrganization ? organizationPart(fromOrganization) : { organization: null, policies: [] };
  return { ...iam, organization: rails.organization, policies: [...iam.policies, ...rails.policies] };
}

/** Members of groups that were not read this time come from the previous reading. */
function identityCenterPart(choices: ReadonlyMap<string, Choice>): {
  readonly identityCenter?: IdentityCenter;
} {
  const assignments = choices.get(ASSIGNMENTS_CALL)?.data?.of.identityCenter;
  if (assignments === undefined) return {};
  const members = choices.get(MEMBERS_CALL)?.data?.of.identityCenter;
  return { identityCenter: withMembersOf(assignments, members) };
}

function mergedRegions(
  snapshots: readonly Snapshot[],
  choices: ReadonlyMap<string, Choice>,
): RegionSnapshot[] {
  const known = new Map(
    snapshots.map((one) => [one, new Map(one.regions.map((region) => [region.region, region]))]),
  );
  const names = new Set(snapshots.flatMap((one) => one.regions.map(({ region }) => region)));
  const instancesIn = (name: string): RegionSnapshot['instances'] => {
    const choice = choices.get(placeOf({ call: REGION_CALLS.instances, region: name }));
    const listOf = (one: Snapshot | undefined) => (one && known.get(one)?.get(name)?.instances) ?? null;
    const list = listOf(choice?.data?.of);
    const others = snapshots.flatMap((one) => [listOf(one) ?? []]);
    return list && withSingleReadings(list, choice?.readAt ?? '', others);
  };
  return [...names].map((name) => {
    const part = <F extends RegionField>(field: F): RegionSnapshot[F] => {
      const from = choices.get(placeOf({ call: REGION_CALLS[field], region: name }))?.data?.of;
      return (from ? known.get(from)?.get(name)?.[field] : null) ?? unknownRegion(name)[field];
    };
    return {
      ...unknownRegion(name),
      ...Object.fromEntries(REGION_FIELDS.map((field) => [field, part(field)])),
      instances: instancesIn(name),
    };
  });
}

/** The problems of the parts that are taken from a snapshot. */
function notesOf(of: Snapshot, choices: ReadonlyMap<string, Choice>): NonNullable<Snapshot['problems']> {
  return (of.problems ?? []).filter(({ path }) => choices.get(problemPlace(path))?.data?.of === of);
}
