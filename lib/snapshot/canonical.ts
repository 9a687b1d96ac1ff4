import { askedAt, readAt } from './age.ts';
import { canonicalIdentityCenter } from './identity-center.ts';
import { SERVICE_KEYS, type ServiceLists } from './services.ts';
import type {
  ConnectEndpoint,
  CoverageEntry,
  Instance,
  RegionSnapshot,
  SecurityGroup,
  SecurityGroupRule,
  Snapshot,
  SsmDocument,
  Tags,
  User,
} from './snapshot.ts';
import { compareText, sortBy } from './sort-by.ts';

const sorted = (items: readonly string[]): readonly string[] =>
  items.length < 2 ? items : items.toSorted(compareText);

/** Tags by key, then by value. Keys that differ by case only stay separate. */
function sortTags(tags: Tags): Tags {
  if (tags.length < 2) return tags;
  return tags.toSorted((a, b) => compareText(a.key, b.key) || compareText(a.value, b.value));
}

/**
 * The snapshot in canonical order, so that equal accounts give equal bytes: AWS promises no order for its lists.
 * Policy documents keep the order they are stored in, since statement indexes name statements.
 */
export function canonicalSnapshot(snapshot: Snapshot): Snapshot {
  return {
    schemaVersion: 2,
    accountId: snapshot.accountId,
    partition: snapshot.partition,
    takenAt: snapshot.takenAt,
    policies: sortBy(snapshot.policies, (policy) => policy.id),
    users: sortBy(snapshot.users.map(canonicalUser), (user) => user.arn),
    groups: sortBy(
      snapshot.groups.map((group) => ({ ...group, policies: sortPolicies(group) })),
      (group) => group.arn,
    ),
    roles: sortBy(
      snapshot.roles.map((role) => ({ ...role, tags: sortTags(role.tags), policies: sortPolicies(role) })),
      (role) => role.arn,
    ),
    instanceProfiles: sortBy(
      snapshot.instanceProfiles.map((profile) => ({ ...profile, roles: sorted(profile.roles) })),
      (profile) => profile.arn,
    ),
    organization: canonicalOrganization(snapshot.organization),
    ...(snapshot.identityCenter ? { identityCenter: canonicalIdentityCenter(snapshot.identityCenter) } : {}),
    regions: sortBy(snapshot.regions.map(canonicalRegion), (region) => region.region),
    coverage: sortBy(
      snapshot.coverage.map((entry) => canonicalEntry(snapshot, entry)),
      coverageKey,
    ),
    ...(snapshot.problems?.length
      ? { problems: sortBy(snapshot.problems, (problem) => `${problem.path}\n${problem.message}`) }
      : {}),
    ...(snapshot.settings ? { settings: snapshot.settings } : {}),
    ...(snapshot.kept?.length
      ? {
          kept: sortBy(snapshot.kept, (kept) => `${kept.region ?? ''}\n${kept.call}\n${kept.argument ?? ''}`),
        }
      : {}),
  };
}

const canonicalUser = (user: User): User => ({
  ...user,
  tags: sortTags(user.tags),
  policies: sortPolicies(user),
  groups: sorted(user.groups),
});

const canonicalEntry = (snapshot: Snapshot, entry: CoverageEntry): CoverageEntry => ({
  call: entry.call,
  region: entry.region,
  status: entry.status,
  ...(entry.reason && { reason: entry.reason }),
  detail: entry.detail,
  items: entry.items,
  askedAt: askedAt(snapshot, entry),
  readAt: readAt(snapshot, entry),
  ...(entry.readBy !== undefined && { readBy: entry.readBy }),
});

const coverageKey = (entry: CoverageEntry): string => `${entry.region ?? ''}\n${entry.call}`;

/** Inline policies first, then attached ones, each by id. */
function sortPolicies(owner: {
  readonly arn: string;
  readonly policies: readonly string[];
}): readonly string[] {
  const inline = `${owner.arn}#`;
  return sortBy(owner.policies, (id) => `${id.startsWith(inline) ? '0' : '1'}${id}`);
}

/** Levels keep their order, root first: it matters. */
function canonicalOrganization(organization: Snapshot['organization']): Snapshot['organization'] {
  if (organization === null) return null;
  return {
    ...(organization.id === undefined ? {} : { id: organization.id }),
    managementAccountId: organization.managementAccountId,
    ...(organization.scpsEnabled === undefined ? {} : { scpsEnabled: organization.scpsEnabled }),
    levels: organization.levels.map((level) => ({
      targetId: level.targetId,
      ...(level.name === undefined ? {} : { name: level.name }),
      serviceControlPolicies: level.serviceControlPolicies && sorted(level.serviceControlPolicies),
      resourceControlPolicies: level.resourceControlPolicies && sorted(level.resourceControlPolicies),
    })),
  };
}

function canonicalRegion(region: RegionSnapshot): RegionSnapshot {
  return {
    region: region.region,
    instances: region.instances && sortBy(region.instances.map(canonicalInstance), (one) => one.id),
    securityGroups:
      region.securityGroups && sortBy(region.securityGroups.map(canonicalGroup), (one) => one.id),
    connectEndpoints:
      region.connectEndpoints && sortBy(region.connectEndpoints.map(canonicalEndpoint), (one) => one.id),
    serialConsoleEnabled: region.serialConsoleEnabled,
    managedInstances: region.managedInstances && sortBy(region.managedInstances, (one) => one.id),
    sessionPreferences: region.sessionPreferences,
    documents: region.documents && sortBy(region.documents.map(canonicalDocument), (one) => one.name),
    ...serviceLists(region),
  };
}

/** The service lists in order; inside an item AWS's order is kept, except for lists of names and tags. */
function serviceLists(region: RegionSnapshot): ServiceLists {
  const lists = Object.entries(SERVICE_KEYS).map(([field, key]) => {
    const items = region[field as keyof ServiceLists] ?? null;
    return [field, items && sortBy(items.map(sortedInside), key as (item: object) => string)];
  });
  return Object.fromEntries(lists);
}

function sortedInside(item: object): object {
  const members = Object.entries(item).map(([name, value]) => {
    if (name === 'tags') return [name, sortTags(value)];
    return [name, Array.isArray(value) ? sortBy(value, (one) => JSON.stringify(one)) : value];
  });
  return Object.fromEntries(members);
}

const canonicalInstance = (instance: Instance): Instance => ({
  ...instance,
  tags: sortTags(instance.tags),
  privateIps: sorted(instance.privateIps),
  publicIps: sorted(instance.publicIps),
  securityGroups: sorted(instance.securityGroups),
  networkInterfaces: sorted(instance.networkInterfaces),
  volumes: sortBy(instance.volumes, (volume) => volume.id),
});

const canonicalRule = (rule: SecurityGroupRule): SecurityGroupRule => ({
  ...rule,
  cidrs: sorted(rule.cidrs),
  groups: sorted(rule.groups),
  prefixLists: sorted(rule.prefixLists),
});

const canonicalGroup = (group: SecurityGroup): SecurityGroup => ({
  ...group,
  tags: sortTags(group.tags),
  ingress: sortBy(group.ingress.map(canonicalRule), (rule) => JSON.stringify(rule)),
  egress: sortBy(group.egress.map(canonicalRule), (rule) => JSON.stringify(rule)),
});

const canonicalEndpoint = (endpoint: ConnectEndpoint): ConnectEndpoint => ({
  ...endpoint,
  securityGroups: sorted(endpoint.securityGroups),
  tags: sortTags(endpoint.tags),
});

const canonicalDocument = (document: SsmDocument): SsmDocument => ({
  ...document,
  tags: sortTags(document.tags),
});
