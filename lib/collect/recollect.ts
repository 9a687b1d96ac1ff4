import type { Scope } from '../cloudtrail/scope.ts';
import type { AccountSource } from '../ports/account-source.ts';
import { canonicalSnapshot } from '../snapshot/canonical.ts';
import { EMPTY_IAM, unknownRegion } from '../snapshot/parts.ts';
import type { RegionSnapshot, Snapshot } from '../snapshot/snapshot.ts';
import { collectRegion, REGIONAL_SERVICES } from './collect.ts';
import { collectIam } from './iam.ts';
import { collectIdentityCenter } from './identity-center.ts';
import type { AnswerPlace } from './instances.ts';
import type { Wish } from './kept.ts';
import { readNamed } from './named-instances.ts';
import { collectOrganization } from './organization.ts';
import type { Reading } from './reading.ts';
import { collectService } from './service.ts';

/**
 * Reads only these scopes again. The result is a snapshot of nothing else, to be merged with the previous one
 * (`mergeSnapshots`). A new region is read as a whole; a region that neither the snapshot nor the source has is
 * ignored.
 */
export async function recollect(
  reading: Reading,
  previous: Snapshot,
  scopes: readonly Scope[],
): Promise<Snapshot> {
  const takenAt = reading.clock.now().toISOString();
  const wanted = new Map(scopes.map((scope) => [`${scope.region ?? ''} ${scope.service}`, scope]));
  const iam = wanted.has(' iam') ? await collectIam(reading, NOTHING_KEPT) : null;
  const rails = wanted.has(' organizations') ? await collectOrganization(reading) : null;
  const { policies, ...identities } = iam ?? EMPTY_IAM;
  const { accountId, partition } = previous;
  const roles = iam?.roles ?? previous.roles;
  const center = wanted.has(' sso-admin')
    ? await collectIdentityCenter(reading, { accountId, roles, before: previous.identityCenter })
    : null;
  const known = new Set(previous.regions.map(({ region }) => region));
  const regions: RegionSnapshot[] = [];
  for (const region of await regionsToRead(reading.source, known, scopes)) {
    const place = { accountId, partition, region };
    regions.push(
      known.has(region)
        ? await services(reading, place, wanted, previous)
        : await collectRegion(reading, place),
    );
  }
  return canonicalSnapshot({
    schemaVersion: 2,
    accountId,
    partition,
    takenAt,
    ...identities,
    policies: [...policies, ...(rails?.policies ?? [])],
    organization: rails?.organization ?? null,
    ...(center && { identityCenter: center }),
    regions,
    coverage: reading.coverage,
    problems: reading.problems,
    kept: reading.kept,
  });
}

async function regionsToRead(
  source: AccountSource,
  before: ReadonlySet<string>,
  scopes: readonly Scope[],
): Promise<readonly string[]> {
  const named = new Set(scopes.flatMap((scope) => scope.region ?? []));
  const unknown = [...named].filter((region) => !before.has(region));
  const others = new Set(unknown.length === 0 ? [] : await source.regions());
  return [...named].filter((region) => before.has(region) || others.has(region)).sort();
}

const NOTHING_KEPT: Wish = { calls: [], named: [], before: [] };

/** Only the wanted calls of a region. Of the answers that are stored unchanged, only those that the event is about. */
async function services(
  reading: Reading,
  place: AnswerPlace,
  wanted: ReadonlyMap<string, Scope>,
  previous: Snapshot,
): Promise<RegionSnapshot> {
  const { kept = [] } = previous;
  let part: RegionSnapshot = unknownRegion(place.region);
  for (const service of REGIONAL_SERVICES) {
    const scope = wanted.get(`${place.region} ${service}`);
    if (scope === undefined) continue;
    const { named = [], instances = [] } = scope;
    const single = await readNamed(reading, place, instances, previous);
    if (single !== null) {
      part = { ...part, instances: single.instances };
      reading.coverage.push(single.entry);
    }
    const calls = scope.calls?.filter((call) => single === null || call !== 'describe-instances') ?? null;
    part = { ...part, ...(await collectService(reading, place, service, { calls, named, before: kept })) };
  }
  return part;
}
