import type { Problem } from '../policy/problem.ts';
import { IDENTITY_CENTER_SHAPE } from './identity-center.ts';
import { REGION_FIELDS, unknownRegion } from './parts.ts';
import { conditionKeys, SERVICE_SHAPES } from './services-schema.ts';
import { anything, listOf, number, objectOf, oneOf, orLeftOut, orNull, text, truth } from './shape.ts';
import type {
  ConnectEndpoint,
  CoverageEntry,
  Group,
  Instance,
  InstanceProfile,
  KeptAnswer,
  ManagedInstance,
  Organization,
  OrganizationLevel,
  PolicyRecord,
  RegionSnapshot,
  Role,
  SecurityGroup,
  SecurityGroupRule,
  SessionPreferences,
  Snapshot,
  SnapshotSettings,
  SsmDocument,
  Tags,
  User,
} from './snapshot.ts';

const texts = listOf(text);
const maybe = orNull(text);
const tags = listOf(objectOf<Tags[number]>({ key: text, value: text }));
const problems = listOf(objectOf<Problem>({ path: text, message: text }));
const identity = { arn: text, name: text, id: text, path: text };

const policy = objectOf<PolicyRecord>({
  id: text,
  name: text,
  kind: oneOf('aws-managed', 'customer-managed', 'earlier-version', 'inline', 'trust', 'scp', 'rcp'),
  document: anything,
  problems,
  copyOf: orLeftOut(text),
});

const user = objectOf<User>({ ...identity, tags, policies: texts, groups: texts, boundary: maybe });

const role = objectOf<Role>({
  ...identity,
  tags,
  policies: texts,
  boundary: maybe,
  trust: text,
  maxSessionDuration: orNull(number),
  lastUsed: maybe,
});

const level = objectOf<OrganizationLevel>({
  targetId: text,
  name: orLeftOut(text),
  serviceControlPolicies: orNull(texts),
  resourceControlPolicies: orNull(texts),
});

const instance = objectOf<Instance>({
  id: text,
  arn: text,
  region: text,
  tags,
  readAt: orLeftOut(text),
  state: text,
  platform: oneOf('linux', 'windows'),
  imageId: maybe,
  vpcId: maybe,
  subnetId: maybe,
  privateIps: texts,
  publicIps: texts,
  securityGroups: texts,
  networkInterfaces: texts,
  volumes: listOf(objectOf<Instance['volumes'][number]>({ id: text, root: truth })),
  rootDeviceType: orNull(oneOf('ebs', 'instance-store')),
  instanceProfile: maybe,
  keyName: maybe,
  metadata: objectOf<Instance['metadata']>({
    httpTokens: orNull(oneOf('optional', 'required')),
    httpEndpoint: orNull(oneOf('enabled', 'disabled')),
    hopLimit: orNull(number),
  }),
  keys: orLeftOut(conditionKeys),
});

const rules = listOf(
  objectOf<SecurityGroupRule>({
    protocol: text,
    fromPort: orNull(number),
    toPort: orNull(number),
    cidrs: texts,
    groups: texts,
    prefixLists: texts,
  }),
);

const securityGroup = objectOf<SecurityGroup>({
  id: text,
  name: text,
  vpcId: maybe,
  tags,
  ingress: rules,
  egress: rules,
});

const endpoint = objectOf<ConnectEndpoint>({
  id: text,
  arn: text,
  vpcId: text,
  subnetId: maybe,
  securityGroups: texts,
  preserveClientIp: orNull(truth),
  ipAddressType: orLeftOut(oneOf('ipv4', 'dualstack', 'ipv6')),
  state: text,
  tags,
});

const managedInstance = objectOf<ManagedInstance>({
  id: text,
  pingStatus: text,
  platform: maybe,
  agentVersion: maybe,
  lastPing: maybe,
});

const preferences = objectOf<SessionPreferences>({
  runAsEnabled: truth,
  runAsDefaultUser: maybe,
  kmsKeyId: maybe,
  s3BucketName: maybe,
  cloudWatchLogGroupName: maybe,
});

const region = objectOf<RegionSnapshot>({
  region: text,
  instances: orNull(listOf(instance)),
  securityGroups: orNull(listOf(securityGroup)),
  connectEndpoints: orNull(listOf(endpoint)),
  serialConsoleEnabled: orNull(truth),
  managedInstances: orNull(listOf(managedInstance)),
  sessionPreferences: orNull(preferences),
  documents: orNull(
    listOf(
      objectOf<SsmDocument>({
        name: text,
        documentType: text,
        tags,
        version: orLeftOut(text),
        platforms: orLeftOut(texts),
      }),
    ),
  ),
  ...SERVICE_SHAPES,
});

const coverage = objectOf<CoverageEntry>({
  call: text,
  region: maybe,
  status: oneOf('collected', 'not-collected', 'denied', 'failed', 'unreadable'),
  reason: orLeftOut(
    oneOf('guardrail', 'boundary', 'identity', 'session', 'throttled', 'unsupported', 'not-asked'),
  ),
  detail: text,
  items: orNull(number),
  askedAt: orLeftOut(text),
  readAt: orLeftOut(maybe),
  readBy: orLeftOut(text),
});

const snapshot = objectOf<Snapshot>({
  schemaVersion: oneOf(1, 2),
  accountId: text,
  partition: text,
  takenAt: text,
  policies: listOf(policy),
  users: listOf(user),
  groups: listOf(objectOf<Group>({ ...identity, policies: texts })),
  roles: listOf(role),
  instanceProfiles: listOf(objectOf<InstanceProfile>({ arn: text, name: text, roles: texts })),
  organization: orNull(
    objectOf<Organization>({
      id: orLeftOut(text),
      managementAccountId: maybe,
      scpsEnabled: orLeftOut(truth),
      levels: listOf(level),
    }),
  ),
  identityCenter: orLeftOut(IDENTITY_CENTER_SHAPE),
  regions: listOf(region),
  coverage: listOf(coverage),
  problems: orLeftOut(problems),
  settings: orLeftOut(
    objectOf<SnapshotSettings>({ defaultSessionDocument: oneOf('either', 'explicit', 'implicit') }),
  ),
  kept: orLeftOut(
    listOf(objectOf<KeptAnswer>({ call: text, region: maybe, argument: maybe, data: anything })),
  ),
});

/**
 * Reads a stored snapshot. Version 1 had one time for all its parts. Throws an Error that names the first
 * invalid place: the file was changed by hand, or written by another version.
 */
export function parseSnapshot(value: unknown): Snapshot {
  const wrong = snapshot(value);
  if (wrong === null) return dated(value as StoredSnapshot);
  throw new Error(
    `this is not a snapshot of version 1 or 2: \`$${wrong.path}\`: ${wrong.message}: scan the account again`,
  );
}

type StoredSnapshot = Omit<Snapshot, 'schemaVersion'> & { readonly schemaVersion: 1 | 2 };

/** A list that an earlier version did not collect is unknown. */
function withEveryList(stored: RegionSnapshot): RegionSnapshot {
  const isWhole = REGION_FIELDS.every((field) => stored[field] !== undefined);
  return isWhole ? stored : { ...unknownRegion(stored.region), ...stored };
}

/** What version 1 wrote after the reason of a failed call while the previous answer was still used. */
const STANDS = /the answer of (\S+) still stands$/;

function dated(stored: StoredSnapshot): Snapshot {
  const { schemaVersion, ...rest } = stored;
  const regions = rest.regions.map(withEveryList);
  const snapshot = { ...rest, regions };
  if (schemaVersion === 2) return { schemaVersion, ...snapshot };
  const coverage = snapshot.coverage.map((entry) => {
    const before = STANDS.exec(entry.detail)?.[1];
    return before === undefined ? entry : { ...entry, readAt: before };
  });
  return { schemaVersion: 2, ...snapshot, coverage };
}
