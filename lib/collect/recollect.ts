import type { Scope } from '../cloudtrail/scope.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { Progress } from '../ports/progress.ts';
import { canonicalSnapshot } from '../snapshot/canonical.ts';
import type { CoverageEntry, RegionSnapshot, Snapshot } from '../snapshot/snapshot.ts';
import { collectRegion } from './collect.ts';
import { collectEc2 } from './ec2.ts';
import { collectIam } from './iam.ts';
import type { Place } from './instances.ts';
import { collectOrganization } from './organization.ts';
import { type Reading, startReading } from './reading.ts';
import { collectSsm } from './ssm.ts';

/**
 * The snapshot before, with only the scopes read again. What cannot be read this time stays as it was, and coverage
 * says so: a gap must not look like access lost. A region that neither the snapshot nor the source has is left alone.
 */
export async function recollect(
  source: AccountSource,
  previous: Snapshot,
  scopes: readonly Scope[],
  at: Date,
  progress: Progress,
): Promise<Snapshot> {
  const reading = startReading(source, progress);
  const wanted = new Set(scopes.map((scope) => `${scope.region ?? ''} ${scope.service}`));
  let snapshot: Snapshot = previous;
  if (wanted.has(' iam')) snapshot = await againIam(reading, snapshot);
  if (wanted.has(' organizations')) snapshot = await againOrganization(reading, snapshot);
  const regions = new Map(snapshot.regions.map((region) => [region.region, region]));
  for (const region of await regionsToRead(source, previous, scopes)) {
    const place = { accountId: previous.accountId, partition: previous.partition, region };
    regions.set(region, await againRegion(reading, regions.get(region), place, wanted));
  }
  return canonicalSnapshot({
    ...snapshot,
    takenAt: at.toISOString(),
    regions: [...regions.values()],
    ...notesAfter(previous, reading),
  });
}

async function regionsToRead(
  source: AccountSource,
  previous: Snapshot,
  scopes: readonly Scope[],
): Promise<readonly string[]> {
  const named = new Set(scopes.flatMap((scope) => scope.region ?? []));
  if (named.size === 0) return [];
  const known = new Set([...previous.regions.map((region) => region.region), ...(await source.regions())]);
  return [...named].filter((region) => known.has(region)).sort();
}

const isGuardrail = (kind: string): boolean => kind === 'scp' || kind === 'rcp';

async function againIam(reading: Reading, snapshot: Snapshot): Promise<Snapshot> {
  const part = await collectIam(reading);
  if (part === null) return snapshot;
  const guardrails = snapshot.policies.filter((policy) => isGuardrail(policy.kind));
  return { ...snapshot, ...part, policies: [...part.policies, ...guardrails] };
}

async function againOrganization(reading: Reading, snapshot: Snapshot): Promise<Snapshot> {
  const part = await collectOrganization(reading);
  if (part === null) return snapshot;
  const own = snapshot.policies.filter((policy) => !isGuardrail(policy.kind));
  return { ...snapshot, organization: part.organization, policies: [...own, ...part.policies] };
}

async function againRegion(
  reading: Reading,
  before: RegionSnapshot | undefined,
  place: Place,
  wanted: ReadonlySet<string>,
): Promise<RegionSnapshot> {
  if (before === undefined) return collectRegion(reading, place);
  let region = before;
  if (wanted.has(`${place.region} ec2`)) region = overlaid(region, await collectEc2(reading, place));
  if (wanted.has(`${place.region} ssm`))
    region = overlaid(region, await collectSsm(reading, place.region, place.accountId));
  return region;
}

/** The region with what was read again; a part that could not be read (null) stays as it was. */
function overlaid(region: RegionSnapshot, part: Partial<RegionSnapshot>): RegionSnapshot {
  const read = Object.entries(part).filter(([, value]) => value !== null);
  return { ...region, ...Object.fromEntries(read) };
}

/** Coverage, problems and kept answers: those of the calls made now, and of all others those of before. */
function notesAfter(previous: Snapshot, reading: Reading): Pick<Snapshot, 'coverage' | 'problems' | 'kept'> {
  const made = new Set(reading.coverage.map(placeOf));
  const failed = new Set(reading.coverage.filter((entry) => entry.status !== 'collected').map(placeOf));
  const stays = (place: string): boolean => !made.has(place);
  const before = new Map(previous.coverage.map((entry) => [placeOf(entry), entry]));
  const problemPlace = (path: string): string =>
    path.split(' ', 1)[0]?.replace(/^((?:[^/]*\/)?[^.]*\.[^.]*).*$/, '$1') ?? '';
  return {
    coverage: [
      ...previous.coverage.filter((entry) => stays(placeOf(entry))),
      ...reading.coverage.map((entry) => keptNote(entry, before.get(placeOf(entry)), previous.takenAt)),
    ],
    problems: [
      ...(previous.problems ?? []).filter((problem) => stays(problemPlace(problem.path))),
      ...reading.problems,
    ],
    kept: [
      ...(previous.kept ?? []).filter((kept) => stays(placeOf(kept)) || failed.has(placeOf(kept))),
      ...reading.kept.filter((kept) => !failed.has(placeOf(kept))),
    ],
  };
}

const placeOf = (entry: { readonly call: string; readonly region: string | null }): string =>
  `${entry.region === null ? '' : `${entry.region}/`}${entry.call}`;

function keptNote(entry: CoverageEntry, before: CoverageEntry | undefined, takenAt: string): CoverageEntry {
  if (entry.status === 'collected' || entry.items !== null || before?.status !== 'collected') return entry;
  return { ...entry, detail: `${entry.detail}; the answer of ${takenAt} still stands`, items: before.items };
}
