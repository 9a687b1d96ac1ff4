import * as z from 'zod/mini';
import type { Snapshot } from './snapshot.ts';

const text = z.string();
const texts = z.array(z.string());
const maybe = z.nullable(z.string());
const tags = z.array(z.object({ key: text, value: text }));
const problem = z.object({ path: text, message: text });
const identity = { arn: text, name: text, id: text, path: text };

const policy = z.object({
  id: text,
  name: text,
  kind: z.enum(['aws-managed', 'customer-managed', 'inline', 'trust', 'scp', 'rcp']),
  document: z.unknown(),
  problems: z.array(problem),
});

const user = z.object({ ...identity, tags, policies: texts, groups: texts, boundary: maybe });

const role = z.object({
  ...identity,
  tags,
  policies: texts,
  boundary: maybe,
  trust: text,
  maxSessionDuration: z.nullable(z.number()),
  lastUsed: maybe,
});

const organization = z.object({
  managementAccountId: maybe,
  levels: z.array(
    z.object({ targetId: text, serviceControlPolicies: texts, resourceControlPolicies: texts }),
  ),
});

const instance = z.object({
  id: text,
  arn: text,
  region: text,
  tags,
  state: text,
  platform: z.enum(['linux', 'windows']),
  imageId: maybe,
  vpcId: maybe,
  subnetId: maybe,
  privateIps: texts,
  publicIps: texts,
  securityGroups: texts,
  networkInterfaces: texts,
  volumes: z.array(z.object({ id: text, root: z.boolean() })),
  rootDeviceType: z.nullable(z.enum(['ebs', 'instance-store'])),
  instanceProfile: maybe,
  keyName: maybe,
  metadata: z.object({
    httpTokens: z.nullable(z.enum(['optional', 'required'])),
    httpEndpoint: z.nullable(z.enum(['enabled', 'disabled'])),
    hopLimit: z.nullable(z.number()),
  }),
});

const rule = z.object({
  protocol: text,
  fromPort: z.nullable(z.number()),
  toPort: z.nullable(z.number()),
  cidrs: texts,
  groups: texts,
  prefixLists: texts,
});

const securityGroup = z.object({
  id: text,
  name: text,
  vpcId: maybe,
  tags,
  ingress: z.array(rule),
  egress: z.array(rule),
});

const endpoint = z.object({
  id: text,
  arn: text,
  vpcId: text,
  subnetId: maybe,
  securityGroups: texts,
  preserveClientIp: z.nullable(z.boolean()),
  state: text,
  tags,
});

const managedInstance = z.object({
  id: text,
  pingStatus: text,
  platform: maybe,
  agentVersion: maybe,
  lastPing: maybe,
});

const preferences = z.object({
  runAsEnabled: z.boolean(),
  runAsDefaultUser: maybe,
  kmsKeyId: maybe,
  s3BucketName: maybe,
  cloudWatchLogGroupName: maybe,
});

const region = z.object({
  region: text,
  instances: z.nullable(z.array(instance)),
  securityGroups: z.nullable(z.array(securityGroup)),
  connectEndpoints: z.nullable(z.array(endpoint)),
  serialConsoleEnabled: z.nullable(z.boolean()),
  managedInstances: z.nullable(z.array(managedInstance)),
  sessionPreferences: z.nullable(preferences),
  documents: z.nullable(z.array(z.object({ name: text, documentType: text, tags }))),
});

const coverage = z.object({
  call: text,
  region: maybe,
  status: z.enum(['collected', 'not-collected', 'denied', 'failed', 'unreadable']),
  detail: text,
  items: z.nullable(z.number()),
});

const snapshot = z.object({
  schemaVersion: z.literal(1),
  accountId: text,
  partition: text,
  takenAt: text,
  policies: z.array(policy),
  users: z.array(user),
  groups: z.array(z.object({ ...identity, policies: texts })),
  roles: z.array(role),
  instanceProfiles: z.array(z.object({ arn: text, name: text, roles: texts })),
  organization: z.nullable(organization),
  regions: z.array(region),
  coverage: z.array(coverage),
  problems: z.exactOptional(z.array(problem)),
  settings: z.exactOptional(z.object({ defaultSessionDocument: z.enum(['implicit', 'explicit']) })),
  kept: z.exactOptional(z.array(z.object({ call: text, region: maybe, argument: maybe, data: z.unknown() }))),
});

/**
 * A stored snapshot, read back. Throws an Error that names the first place which is not as a snapshot has it: the file
 * was changed by hand, or written by another version.
 */
export function parseSnapshot(value: unknown): Snapshot {
  const result = z.safeParse(snapshot, value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  throw new Error(
    `this is not a snapshot of version 1: \`$${path ?? ''}\`: ${issue?.message ?? 'unreadable'}: scan the account again`,
  );
}
