import type { Problem } from '../policy/problem.ts';
import type { IdentityCenter } from './identity-center.ts';
import type { ConditionKeys, ServiceLists } from './services.ts';
import type { Tag } from './tag.ts';

/** Tags as pairs, in the account's own order: keys may differ by case only, so this is never a record. */
export type Tags = readonly Tag[];

/** `earlier-version`: an inactive version of a customer managed policy; its id is `<ARN>:v2`. It grants nothing. */
export type PolicyKind =
  | 'aws-managed'
  | 'customer-managed'
  | 'earlier-version'
  | 'inline'
  | 'trust'
  | 'scp'
  | 'rcp';

/**
 * One policy document as collected: `document` is the JSON value, not yet judged; `problems` are those that only the
 * raw text shows (duplicate keys, text that is not JSON).
 * `id` is the policy's ARN, the organisation's policy id, or for an inline or trust policy `<owner ARN>#<policy name>`.
 */
export interface PolicyRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: PolicyKind;
  readonly document: unknown;
  readonly problems: readonly Problem[];
  /** the document is a dated copy of an AWS managed policy, not the account's own data */
  readonly copyOf?: string;
}

/** `policies`: ids of PolicyRecords, inline first, then attached, in the account's order. */
export interface User {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly tags: Tags;
  readonly policies: readonly string[];
  /** names of the groups the user is in */
  readonly groups: readonly string[];
  /** id of a PolicyRecord, which may be missing from `policies` when it was not collected */
  readonly boundary: string | null;
}

export interface Group {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly policies: readonly string[];
}

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly tags: Tags;
  readonly policies: readonly string[];
  readonly boundary: string | null;
  /** id of the trust policy's PolicyRecord */
  readonly trust: string;
  /** seconds */
  readonly maxSessionDuration: number | null;
  /** ISO 8601 */
  readonly lastUsed: string | null;
}

export interface InstanceProfile {
  readonly arn: string;
  readonly name: string;
  /** ARNs */
  readonly roles: readonly string[];
}

/** One level of the organisation above the account, root first, the account itself last. */
export interface OrganizationLevel {
  readonly targetId: string;
  /** of the root, the unit or the account; left out: not collected */
  readonly name?: string;
  /** ids of PolicyRecords; null: not collected */
  readonly serviceControlPolicies: readonly string[] | null;
  readonly resourceControlPolicies: readonly string[] | null;
}

export interface Organization {
  /** `o-…`; left out: not collected */
  readonly id?: string;
  readonly managementAccountId: string | null;
  /** whether service control policies are switched on; absent: not known */
  readonly scpsEnabled?: boolean;
  readonly levels: readonly OrganizationLevel[];
}

export interface Instance {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly tags: Tags;
  /** when it was read individually, after its region's list; absent: with the list */
  readonly readAt?: string;
  /** `pending`, `running`, `stopping`, `stopped`, ... (terminated ones are dropped) */
  readonly state: string;
  readonly platform: 'linux' | 'windows';
  readonly imageId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly privateIps: readonly string[];
  readonly publicIps: readonly string[];
  readonly securityGroups: readonly string[];
  readonly networkInterfaces: readonly string[];
  readonly volumes: readonly { readonly id: string; readonly root: boolean }[];
  readonly rootDeviceType: 'ebs' | 'instance-store' | null;
  /** ARN */
  readonly instanceProfile: string | null;
  readonly keyName: string | null;
  readonly metadata: {
    readonly httpTokens: 'optional' | 'required' | null;
    readonly httpEndpoint: 'enabled' | 'disabled' | null;
    readonly hopLimit: number | null;
  };
  /** further condition keys of the instance, by name; null: requests on it have none; left out: not said */
  readonly keys?: ConditionKeys;
}

/** `protocol` is `tcp`, `udp`, `icmp`, a number, or `-1` for all; ports are null where they do not apply. */
export interface SecurityGroupRule {
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  readonly cidrs: readonly string[];
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string | null;
  readonly tags: Tags;
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
}

export interface ConnectEndpoint {
  readonly id: string;
  readonly arn: string;
  readonly vpcId: string;
  readonly subnetId: string | null;
  readonly securityGroups: readonly string[];
  readonly preserveClientIp: boolean | null;
  /** left out: `ipv4` */
  readonly ipAddressType?: 'ipv4' | 'dualstack' | 'ipv6';
  readonly state: string;
  readonly tags: Tags;
}

export interface ManagedInstance {
  readonly id: string;
  readonly pingStatus: string;
  readonly platform: string | null;
  readonly agentVersion: string | null;
  readonly lastPing: string | null;
}

/** Session Manager's preferences (document `SSM-SessionManagerRunShell`). */
export interface SessionPreferences {
  readonly runAsEnabled: boolean;
  readonly runAsDefaultUser: string | null;
  readonly kmsKeyId: string | null;
  readonly s3BucketName: string | null;
  readonly cloudWatchLogGroupName: string | null;
}

/** A document of the account itself, of any type: `Command`, `Session`, `Automation`, `Policy`, ... */
export interface SsmDocument {
  readonly name: string;
  readonly documentType: string;
  readonly tags: Tags;
  /** the default one; left out: not said */
  readonly version?: string;
  /** `Linux`, `Windows`, `MacOS`; left out: not said */
  readonly platforms?: readonly string[];
}

/** The data of one region. `null` means not collected; an empty list means that there are none. */
export interface RegionSnapshot extends ServiceLists {
  readonly region: string;
  readonly instances: readonly Instance[] | null;
  readonly securityGroups: readonly SecurityGroup[] | null;
  readonly connectEndpoints: readonly ConnectEndpoint[] | null;
  readonly serialConsoleEnabled: boolean | null;
  readonly managedInstances: readonly ManagedInstance[] | null;
  readonly sessionPreferences: SessionPreferences | null;
  readonly documents: readonly SsmDocument[] | null;
}

/**
 * Why a call gave no data, where the service says so. `guardrail`: a policy of the organisation denies it; `boundary`: a
 * permissions boundary; `identity`: the collecting role's own policies; `session`: its credentials are not valid, or have
 * expired; `throttled`: too many calls, each try; `unsupported`: the service does not have the call in that region;
 * `not-asked`: the region is left out of the scan.
 */
export type GapReason =
  | 'guardrail'
  | 'boundary'
  | 'identity'
  | 'session'
  | 'throttled'
  | 'unsupported'
  | 'not-asked';

export type CoverageStatus = 'collected' | 'not-collected' | 'denied' | 'failed' | 'unreadable';

/**
 * One AWS call in one region, and its last result. The data in the snapshot may be older: if a call fails
 * once, the previous answer is used for a while.
 */
export interface CoverageEntry {
  readonly call: string;
  /** null for a global service */
  readonly region: string | null;
  readonly status: CoverageStatus;
  /** absent: it was collected, or the reason is not known */
  readonly reason?: GapReason;
  /** what happened and what to do next; empty when collected */
  readonly detail: string;
  /** number of top-level items, null where counting makes no sense */
  readonly items: number | null;
  /** when the call was last made, ISO 8601, UTC; absent: when the snapshot was taken */
  readonly askedAt?: string;
  /** when the answer in the snapshot was requested; null: it has none; absent: at `askedAt`, if collected */
  readonly readAt?: string | null;
  /** the account that made the call, if it is another one; absent: the account itself */
  readonly readBy?: string;
}

/** An answer without a typed field, as AWS printed it: images, snapshots, launch templates, settings, ... */
export interface KeptAnswer {
  readonly call: string;
  readonly region: string | null;
  /** the subject of the call, if it is made once per thing */
  readonly argument: string | null;
  readonly data: unknown;
}

/**
 * Whether Session Manager's default document needs a grant: AWS's pages have said both. `either`: it may, so
 * a cell without a grant carries a code.
 */
export type SessionDocumentRule = 'either' | 'explicit' | 'implicit';

export interface SnapshotSettings {
  readonly defaultSessionDocument: SessionDocumentRule;
}

/**
 * One account, each call's part with its own reading time, in canonical order: equal accounts give equal
 * bytes.
 */
export interface Snapshot {
  readonly schemaVersion: 2;
  readonly accountId: string;
  readonly partition: string;
  /** when it was started, or parts of it were read again; ISO 8601, UTC */
  readonly takenAt: string;
  readonly policies: readonly PolicyRecord[];
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly roles: readonly Role[];
  readonly instanceProfiles: readonly InstanceProfile[];
  /** null: not collected; `levels: []`: no organisation */
  readonly organization: Organization | null;
  /** absent: not collected, or the account has no permission sets */
  readonly identityCenter?: IdentityCenter;
  readonly regions: readonly RegionSnapshot[];
  readonly coverage: readonly CoverageEntry[];
  /** items of the input that could not be read and were left out; `path` is the file and the place in it */
  readonly problems?: readonly Problem[];
  readonly kept?: readonly KeptAnswer[];
  /** evaluation settings; stored here so that later commands use the same */
  readonly settings?: SnapshotSettings;
}
