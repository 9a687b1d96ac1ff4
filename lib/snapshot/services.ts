import type { Tag } from './tag.ts';

/** What other services are set up to do on instances, or to their replacements. */

/**
 * Which instances, as Systems Manager writes it: `InstanceIds`, `tag:<key>`, `tag-key`, `WindowTargetIds`,
 * `resource-groups:Name`; the value `*` stands for all.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html
 */
export interface RunTarget {
  readonly key: string;
  readonly values: readonly string[];
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Association.html */
export interface Association {
  readonly id: string;
  /** name, or ARN where it is another account's */
  readonly document: string;
  /** a number, `$LATEST`, `$DEFAULT`; null: not said, so the default one */
  readonly documentVersion: string | null;
  /** an association with one instance names it here, and as a target `InstanceIds` */
  readonly targets: readonly RunTarget[];
  /** null: it runs when it changes, and never again */
  readonly schedule: string | null;
}

/** What only `describe-association` says. Asked for where the document is not one of AWS, or runs others. */
export interface AssociationDetail {
  readonly id: string;
  readonly parameters: readonly Parameter[];
  /** a change of it, or of its document, does not run it at once */
  readonly onlyAtCronInterval: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly values: readonly string[];
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowIdentity.html */
export interface MaintenanceWindow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface WindowTarget {
  readonly windowId: string;
  readonly id: string;
  /** `INSTANCE` or `RESOURCE_GROUP` */
  readonly resourceType: string;
  readonly targets: readonly RunTarget[];
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowTask.html */
export interface WindowTask {
  readonly windowId: string;
  readonly id: string;
  /** `RUN_COMMAND`, `AUTOMATION`, `STEP_FUNCTIONS`, `LAMBDA` */
  readonly type: string;
  /** the document's name or ARN, or the ARN of what else it runs */
  readonly task: string;
  readonly targets: readonly RunTarget[];
  /** ARN; null: the service-linked role runs it */
  readonly serviceRole: string | null;
}

/**
 * What stands in a document of the account, in its default version: command and session documents, and the policies that
 * approve just-in-time access.
 */
export interface DocumentContent {
  readonly name: string;
  readonly version: string | null;
  /** the document as JSON; null: it could not be read */
  readonly content: unknown;
}

/** Where a group takes the template of its next instance from. `version`: a number, `$Latest` or `$Default`. */
export interface TemplateUse {
  readonly id: string | null;
  readonly name: string | null;
  readonly version: string;
}

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html */
export interface AutoScalingGroup {
  readonly name: string;
  readonly arn: string;
  /** overrides of a mixed instances policy included; empty: it has a launch configuration, or was made otherwise */
  readonly templates: readonly TemplateUse[];
  readonly launchConfiguration: string | null;
  /** ids */
  readonly instances: readonly string[];
  /** ARN; whoever launches the instances */
  readonly serviceRole: string | null;
  /** names of processes that stand still, such as `Launch` and `ReplaceUnhealthy` */
  readonly suspended: readonly string[];
  readonly tags: readonly Tag[];
}

/** Condition keys of a resource by name, as `ec2:InstanceType`; null: requests on it have none. */
export type ConditionKeys = Readonly<Record<string, string | null>>;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html */
export interface Volume {
  readonly id: string;
  readonly tags: readonly Tag[];
  readonly keys: ConditionKeys;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html */
export interface PrefixList {
  readonly id: string;
  /** of AWS's own: `com.amazonaws.eu-west-1.ec2-instance-connect` */
  readonly name: string;
  /** an account, or `AWS` */
  readonly owner: string;
}

export interface PrefixListEntries {
  readonly id: string;
  readonly cidrs: readonly string[];
}

/** The lists of a region that services give. `null` means not collected; an empty list means that there are none. */
export interface ServiceLists {
  readonly volumes: readonly Volume[] | null;
  readonly prefixLists: readonly PrefixList[] | null;
  readonly prefixListEntries: readonly PrefixListEntries[] | null;
  readonly autoScalingGroups: readonly AutoScalingGroup[] | null;
  readonly documentContents: readonly DocumentContent[] | null;
  readonly associations: readonly Association[] | null;
  readonly associationDetails: readonly AssociationDetail[] | null;
  readonly maintenanceWindows: readonly MaintenanceWindow[] | null;
  readonly windowTargets: readonly WindowTarget[] | null;
  readonly windowTasks: readonly WindowTask[] | null;
}

/** What tells the items of each list apart, and the order in which they are kept. */
export const SERVICE_KEYS: {
  readonly [F in keyof ServiceLists]: (item: NonNullable<ServiceLists[F]>[number]) => string;
} = {
  volumes: ({ id }) => id,
  prefixLists: ({ id }) => id,
  prefixListEntries: ({ id }) => id,
  autoScalingGroups: ({ arn }) => arn,
  documentContents: ({ name }) => name,
  associations: ({ id }) => id,
  associationDetails: ({ id }) => id,
  maintenanceWindows: ({ id }) => id,
  windowTargets: ({ windowId, id }) => `${windowId} ${id}`,
  windowTasks: ({ windowId, id }) => `${windowId} ${id}`,
};
