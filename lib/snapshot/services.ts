import type { Tag } from './tag.ts';

/** What other services are set up to do on instances, or to their replacements. */

/**
 * The selected instances, as Systems Manager writes them: `InstanceIds`, `tag:<key>`, `tag-key`, `WindowTargetIds`,
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
  /** name, or ARN if it is another account's */
  readonly document: string;
  /** a number, `$LATEST`, `$DEFAULT`; null: not said, so the default one */
  readonly documentVersion: string | null;
  /** an association with one instance names it here, and as a target `InstanceIds` */
  readonly targets: readonly RunTarget[];
  /** null: it runs only when it changes */
  readonly schedule: string | null;
}

/**
 * Data that only `describe-association` returns. Requested if the document is not one of AWS, or runs others.
 */
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
 * The contents of a document of the account, in its default version: command and session documents, and the
 * policies that approve just-in-time access.
 */
export interface DocumentContent {
  readonly name: string;
  readonly version: string | null;
  /** the document as JSON; null: it could not be read */
  readonly content: unknown;
}

/** The source of the template of a group's next instance. `version`: a number, `$Latest` or `$Default`. */
export interface TemplateUse {
  readonly id: string | null;
  readonly name: string | null;
  readonly version: string;
}

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html */
export interface AutoScalingGroup {
  readonly name: string;
  readonly arn: string;
  /**
   * overrides of a mixed instances policy included; empty: it has a launch configuration, or was created
   * otherwise
   */
  readonly templates: readonly TemplateUse[];
  readonly launchConfiguration: string | null;
  /** ids */
  readonly instances: readonly string[];
  /** ARN; the role that launches the instances */
  readonly serviceRole: string | null;
  /** names of suspended processes, such as `Launch` and `ReplaceUnhealthy` */
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
  /** the answer was cut off: the list may have more */
  readonly isPart?: true;
}

/**
 * Whether internet gateways of a region let connections in to its VPCs.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html
 */
export interface PublicAccessBlock {
  /** `off`, `block-ingress`, `block-bidirectional` */
  readonly mode: string;
  /** `account`, or `declarative-policy` of the organisation; null: not said */
  readonly managedBy: string | null;
  /** `allowed`, `not-allowed`; null: not said */
  readonly exclusions: string | null;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessExclusion.html */
export interface PublicAccessExclusion {
  readonly id: string;
  /** ARN of a VPC or a subnet */
  readonly resource: string;
  /** `allow-bidirectional`, `allow-egress` */
  readonly mode: string;
  /** `create-complete`, `delete-complete`, ... */
  readonly state: string;
  readonly tags: readonly Tag[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html */
export interface Stack {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  /** ARN; null: it acts with the rights of the caller */
  readonly role: string | null;
}

/** A cluster of ECS or EKS, or another existing thing with calls by its name or ARN. */
export interface Named {
  readonly id: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html */
export interface ContainerInstance {
  /** ARN */
  readonly cluster: string;
  readonly arn: string;
  /** id; null: it is not an EC2 instance */
  readonly instance: string | null;
  /** `ACTIVE`, `DRAINING`, ... */
  readonly status: string;
}

/** A service of ECS. */
export interface ContainerService {
  /** ARN */
  readonly cluster: string;
  readonly arn: string;
}

/** A tag of instances, `KEY_ONLY`, `VALUE_ONLY` or `KEY_AND_VALUE`. */
export interface TagFilter {
  readonly type: string;
  readonly key: string | null;
  readonly value: string | null;
}

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentGroupInfo.html */
export interface DeploymentGroup {
  readonly application: string;
  readonly name: string;
  /** ARN */
  readonly serviceRole: string | null;
  /** an instance has one tag of each list; without any list: none by its tags */
  readonly tags: readonly (readonly TagFilter[])[];
  /** names */
  readonly autoScalingGroups: readonly string[];
  /** a deployment has succeeded: the agent runs somewhere */
  readonly hasDeployed: boolean;
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html */
export interface KubernetesCluster {
  readonly name: string;
  readonly arn: string;
  /** `API`, `API_AND_CONFIG_MAP`, `CONFIG_MAP` */
  readonly authenticationMode: string | null;
}

export interface AccessEntry {
  /** name */
  readonly cluster: string;
  /** ARN */
  readonly principal: string;
}

export interface AccessPolicy extends AccessEntry {
  /** ARN: `arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy` */
  readonly policy: string;
  /** `cluster` or `namespace` */
  readonly scope: string;
}

/**
 * Where an action of a pipeline deploys to: instances with a tag, or a deployment group of CodeDeploy.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html
 */
export interface PipelineDeployment {
  /** ARN */
  readonly pipeline: string;
  /** `stage/action` */
  readonly action: string;
  /** of the region that it deploys to; null: that of the pipeline */
  readonly region: string | null;
  /** value null: any */
  readonly tag: { readonly key: string; readonly value: string | null } | null;
  readonly deploymentGroup: { readonly application: string; readonly name: string } | null;
}

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ProtectedResource.html */
export interface ProtectedResource {
  /** of an instance, a volume, ... */
  readonly arn: string;
  /** `EC2`, `EBS`, ... */
  readonly type: string;
  /** ARN of the newest: of an image, of a snapshot, or of AWS Backup's own; null: not said */
  readonly recoveryPoint: string | null;
}

/** A function, or a state machine, and the role that it acts with. */
export interface RoleUse {
  readonly arn: string;
  readonly name: string;
  readonly role: string | null;
}

/**
 * A project of CodeBuild and its service role.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html
 */
export interface BuildProject extends RoleUse {
  /** ARN of the role that starts its builds in batches; null: it has no batches */
  readonly batchRole: string | null;
}

/** A target of an EventBridge rule that runs a command on instances. */
export interface RuleCommand {
  /** name */
  readonly rule: string;
  readonly id: string;
  /** ARN */
  readonly document: string;
  readonly targets: readonly RunTarget[];
}

/**
 * The lists of a region from services. `null` means not collected; an empty list means that there are none.
 */
export interface ServiceLists {
  readonly volumes: readonly Volume[] | null;
  readonly prefixLists: readonly PrefixList[] | null;
  readonly prefixListEntries: readonly PrefixListEntries[] | null;
  /** one, if there is a setting */
  readonly publicAccessBlocks: readonly PublicAccessBlock[] | null;
  readonly publicAccessExclusions: readonly PublicAccessExclusion[] | null;
  readonly autoScalingGroups: readonly AutoScalingGroup[] | null;
  readonly documentContents: readonly DocumentContent[] | null;
  readonly associations: readonly Association[] | null;
  readonly associationDetails: readonly AssociationDetail[] | null;
  readonly maintenanceWindows: readonly MaintenanceWindow[] | null;
  readonly windowTargets: readonly WindowTarget[] | null;
  readonly windowTasks: readonly WindowTask[] | null;
  readonly stacks: readonly Stack[] | null;
  readonly ecsClusters: readonly Named[] | null;
  readonly containerInstances: readonly ContainerInstance[] | null;
  readonly containerServices: readonly ContainerService[] | null;
  readonly deployApplications: readonly Named[] | null;
  readonly deploymentGroups: readonly DeploymentGroup[] | null;
  readonly eksClusters: readonly Named[] | null;
  readonly kubernetesClusters: readonly KubernetesCluster[] | null;
  readonly accessEntries: readonly AccessEntry[] | null;
  readonly accessPolicies: readonly AccessPolicy[] | null;
  readonly functions: readonly RoleUse[] | null;
  readonly stateMachines: readonly Named[] | null;
  readonly stateMachineRoles: readonly RoleUse[] | null;
  readonly pipelines: readonly Named[] | null;
  readonly pipelineDeployments: readonly PipelineDeployment[] | null;
  readonly protectedResources: readonly ProtectedResource[] | null;
  readonly buildProjects: readonly BuildProject[] | null;
  readonly eventRules: readonly Named[] | null;
  readonly ruleCommands: readonly RuleCommand[] | null;
}

/** The key of the items of each list, and so their order. */
export const SERVICE_KEYS: {
  readonly [F in keyof ServiceLists]: (item: NonNullable<ServiceLists[F]>[number]) => string;
} = {
  volumes: ({ id }) => id,
  prefixLists: ({ id }) => id,
  prefixListEntries: ({ id }) => id,
  publicAccessBlocks: ({ mode }) => mode,
  publicAccessExclusions: ({ id }) => id,
  autoScalingGroups: ({ arn }) => arn,
  documentContents: ({ name }) => name,
  associations: ({ id }) => id,
  associationDetails: ({ id }) => id,
  maintenanceWindows: ({ id }) => id,
  windowTargets: ({ windowId, id }) => `${windowId} ${id}`,
  windowTasks: ({ windowId, id }) => `${windowId} ${id}`,
  stacks: ({ arn }) => arn,
  ecsClusters: ({ id }) => id,
  containerInstances: ({ arn }) => arn,
  containerServices: ({ arn }) => arn,
  deployApplications: ({ id }) => id,
  deploymentGroups: ({ application, name }) => `${application} ${name}`,
  eksClusters: ({ id }) => id,
  kubernetesClusters: ({ arn }) => arn,
  accessEntries: ({ cluster, principal }) => `${cluster} ${principal}`,
  accessPolicies: ({ cluster, principal, policy }) => `${cluster} ${principal} ${policy}`,
  functions: ({ arn }) => arn,
  stateMachines: ({ id }) => id,
  stateMachineRoles: ({ arn }) => arn,
  pipelines: ({ id }) => id,
  pipelineDeployments: ({ pipeline, action }) => `${pipeline} ${action}`,
  protectedResources: ({ arn }) => arn,
  buildProjects: ({ arn }) => arn,
  eventRules: ({ id }) => id,
  ruleCommands: ({ rule, id }) => `${rule} ${id}`,
};
