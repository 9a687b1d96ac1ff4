import { CHANGES_NOTHING } from './changes-nothing.ts';
import { type CallsToRead, type ChangedPart, type EventRow, row, type Service } from './event-row.ts';
import { IDENTITY_CENTER_EVENTS } from './identity-center-events.ts';

const iam = (changes: ChangedPart, names: string): EventRow => ({
  ...row({ source: 'iam.amazonaws.com', rule: 'IdentityRule', reads: ['iam'], changes }, names),
  wholeSource: true,
});

const organizations = (names: string): EventRow => ({
  ...row(
    {
      source: 'organizations.amazonaws.com',
      rule: 'GuardrailRule',
      reads: ['organizations'],
      changes: 'guardrail',
    },
    names,
  ),
  wholeSource: true,
  everyAccount: true,
});

const ec2 = (rule: string, changes: ChangedPart, names: string, calls?: CallsToRead): EventRow => ({
  ...row({ source: 'ec2.amazonaws.com', rule, reads: ['ec2'], changes }, names),
  ...(calls && { calls }),
});

const ssm = (changes: ChangedPart, names: string, calls: CallsToRead): EventRow => ({
  ...row({ source: 'ssm.amazonaws.com', rule: 'SystemsManagerRule', reads: ['ssm'], changes }, names),
  calls,
});

/** Disks are created and tagged with instances. */
const INSTANCES = ['describe-instances', 'describe-volumes'];
const IMAGES = ['describe-images', 'describe-snapshots'];
const WINDOWS = [
  'describe-maintenance-windows',
  'describe-maintenance-window-targets',
  'describe-maintenance-window-tasks',
];

/** Services that run something on instances, or replace them. */
const deployer = (source: string, reads: Service, names: string): EventRow =>
  row({ source: `${source}.amazonaws.com`, rule: 'ServiceRule', reads: [reads], changes: 'deployer' }, names);

/**
 * Every call that can change who gets onto an instance, as CloudTrail names it. The rules in infrastructure/
 * match these events, and a test compares them.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudtrail.html
 */
export const EVENT_TABLE: readonly EventRow[] = [
  iam('policy', 'CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion SetDefaultPolicyVersion'),
  iam(
    'inline-policy',
    'PutUserPolicy DeleteUserPolicy PutRolePolicy DeleteRolePolicy PutGroupPolicy DeleteGroupPolicy',
  ),
  iam(
    'attachment',
    'AttachUserPolicy DetachUserPolicy AttachRolePolicy DetachRolePolicy AttachGroupPolicy DetachGroupPolicy',
  ),
  iam(
    'boundary',
    `PutUserPermissionsBoundary DeleteUserPermissionsBoundary PutRolePermissionsBoundary
     DeleteRolePermissionsBoundary`,
  ),
  iam('trust', 'UpdateAssumeRolePolicy'),
  iam('group', 'AddUserToGroup RemoveUserFromGroup CreateGroup DeleteGroup UpdateGroup'),
  iam(
    'principal',
    `CreateUser DeleteUser UpdateUser CreateRole DeleteRole UpdateRole AcquireRole UpdateRoleDescription
     CreateServiceLinkedRole DeleteServiceLinkedRole CreateInstanceProfile DeleteInstanceProfile
     AddRoleToInstanceProfile RemoveRoleFromInstanceProfile CreateSAMLProvider DeleteSAMLProvider
     UpdateSAMLProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider
     AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider
     UpdateOpenIDConnectProviderThumbprint`,
  ),
  iam(
    'credential',
    `CreateLoginProfile DeleteLoginProfile UpdateLoginProfile CreateAccessKey DeleteAccessKey UpdateAccessKey
     EnableMFADevice DeactivateMFADevice ResyncMFADevice`,
  ),
  iam('principal-tag', 'TagUser UntagUser TagRole UntagRole'),

  organizations(
    `AttachPolicy DetachPolicy CreatePolicy UpdatePolicy DeletePolicy EnablePolicyType DisablePolicyType
     MoveAccount CreateOrganizationalUnit UpdateOrganizationalUnit DeleteOrganizationalUnit EnableAllFeatures
     CreateOrganization DeleteOrganization AcceptHandshake LeaveOrganization RemoveAccountFromOrganization
     CreateAccount CreateAccountResult CloseAccount`,
  ),

  ...IDENTITY_CENTER_EVENTS,

  ec2(
    'InstanceRule',
    'launch',
    `RunInstances RunScheduledInstances RequestSpotInstances RequestSpotFleet ModifySpotFleetRequest CreateFleet
     ModifyFleet ImportInstance StartInstances`,
    INSTANCES,
  ),
  ec2('InstanceRule', 'end', 'TerminateInstances DeleteFleets CancelSpotFleetRequests', INSTANCES),
  ec2(
    'InstanceRule',
    'instance',
    `StopInstances ModifyInstanceAttribute ResetInstanceAttribute AssociateIamInstanceProfile
     ReplaceIamInstanceProfileAssociation DisassociateIamInstanceProfile ModifyInstanceMetadataOptions
     CreateReplaceRootVolumeTask AttachVolume DetachVolume CreateKeyPair ImportKeyPair DeleteKeyPair`,
    INSTANCES,
  ),
  ec2('TagRule', 'resource-tag', 'CreateTags DeleteTags', 'tagged'),
  ec2(
    'NetworkRule',
    'network',
    `CreateSecurityGroup DeleteSecurityGroup AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress
     RevokeSecurityGroupIngress RevokeSecurityGroupEgress ModifySecurityGroupRules AssociateSecurityGroupVpc
     DisassociateSecurityGroupVpc`,
    ['describe-security-groups'],
  ),
  ec2(
    'NetworkRule',
    'network',
    `AttachNetworkInterface DetachNetworkInterface ModifyNetworkInterfaceAttribute ResetNetworkInterfaceAttribute
     CreateNetworkInterfacePermission DeleteNetworkInterfacePermission AssignPrivateIpAddresses
     UnassignPrivateIpAddresses AssignIpv6Addresses UnassignIpv6Addresses AssociateAddress DisassociateAddress`,
    ['describe-instances'],
  ),
  ec2(
    'NetworkRule',
    'network',
    `CreateManagedPrefixList ModifyManagedPrefixList DeleteManagedPrefixList RestoreManagedPrefixListVersion`,
    ['describe-managed-prefix-lists', 'get-managed-prefix-list-entries'],
  ),
  ec2(
    'NetworkRule',
    'network',
    `ModifyVpcBlockPublicAccessOptions CreateVpcBlockPublicAccessExclusion
     ModifyVpcBlockPublicAccessExclusion DeleteVpcBlockPublicAccessExclusion`,
    ['describe-vpc-block-public-access-options', 'describe-vpc-block-public-access-exclusions'],
  ),
  ec2('SwitchRule', 'serial-console', 'EnableSerialConsoleAccess DisableSerialConsoleAccess', [
    'get-serial-console-access-status',
  ]),
  ec2('SwitchRule', 'metadata-defaults', 'ModifyInstanceMetadataDefaults', [
    'get-instance-metadata-defaults',
  ]),
  ec2(
    'SwitchRule',
    'connect-endpoint',
    'CreateInstanceConnectEndpoint ModifyInstanceConnectEndpoint DeleteInstanceConnectEndpoint',
    ['describe-instance-connect-endpoints'],
  ),
  ec2(
    'SwitchRule',
    'launch-template',
    `CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate
     DeleteLaunchTemplateVersions`,
    ['describe-launch-templates'],
  ),
  ec2(
    'ImageRule',
    'image',
    `ModifyImageAttribute ResetImageAttribute CancelImageLaunchPermission ModifySnapshotAttribute
     ResetSnapshotAttribute EnableImageBlockPublicAccess DisableImageBlockPublicAccess
     EnableSnapshotBlockPublicAccess DisableSnapshotBlockPublicAccess EnableAllowedImagesSettings
     DisableAllowedImagesSettings ReplaceImageCriteriaInAllowedImagesSettings`,
    IMAGES,
  ),

  ssm(
    'document',
    'CreateDocument UpdateDocument UpdateDocumentDefaultVersion DeleteDocument ModifyDocumentPermission',
    ['get-document', 'list-documents', 'get-document-contents'],
  ),
  ssm('service-setting', 'UpdateServiceSetting ResetServiceSetting PutResourcePolicy DeleteResourcePolicy', [
    'get-service-setting',
  ]),
  ssm(
    'managed-instance',
    'CreateAssociation CreateAssociationBatch UpdateAssociation DeleteAssociation StartAssociationsOnce',
    ['list-associations', 'describe-association'],
  ),
  ssm(
    'managed-instance',
    'CreateActivation DeleteActivation UpdateManagedInstanceRole DeregisterManagedInstance',
    ['describe-instance-information'],
  ),
  ssm(
    'managed-instance',
    `CreateMaintenanceWindow UpdateMaintenanceWindow DeleteMaintenanceWindow RegisterTargetWithMaintenanceWindow
     RegisterTaskWithMaintenanceWindow DeregisterTargetFromMaintenanceWindow DeregisterTaskFromMaintenanceWindow
     UpdateMaintenanceWindowTarget UpdateMaintenanceWindowTask`,
    WINDOWS,
  ),
  ssm('resource-tag', 'AddTagsToResource RemoveTagsFromResource', [
    'describe-instance-information',
    'list-documents',
    'describe-maintenance-windows',
  ]),

  deployer(
    'autoscaling',
    'autoscaling',
    `CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup StartInstanceRefresh SuspendProcesses
     ResumeProcesses AttachInstances DetachInstances`,
  ),
  deployer(
    'cloudformation',
    'cloudformation',
    'CreateStack UpdateStack DeleteStack ExecuteChangeSet RollbackStack ContinueUpdateRollback',
  ),
  deployer(
    'codedeploy',
    'deploy',
    `CreateApplication UpdateApplication DeleteApplication CreateDeploymentGroup UpdateDeploymentGroup
     DeleteDeploymentGroup`,
  ),
  deployer(
    'ecs',
    'ecs',
    'CreateCluster DeleteCluster RegisterContainerInstance DeregisterContainerInstance CreateService DeleteService',
  ),
  deployer(
    'eks',
    'eks',
    `CreateCluster DeleteCluster UpdateClusterConfig CreateAccessEntry UpdateAccessEntry DeleteAccessEntry
     AssociateAccessPolicy DisassociateAccessPolicy`,
  ),
  deployer(
    'lambda',
    'lambda',
    // CloudTrail adds the version of the API to these names
    'CreateFunction20150331 DeleteFunction20150331 UpdateFunctionConfiguration20150331v2',
  ),
  deployer('states', 'stepfunctions', 'CreateStateMachine UpdateStateMachine DeleteStateMachine'),
  deployer('codepipeline', 'codepipeline', 'CreatePipeline UpdatePipeline DeletePipeline'),
  deployer('codebuild', 'codebuild', 'CreateProject UpdateProject DeleteProject'),
  deployer('events', 'events', 'PutRule DeleteRule EnableRule DisableRule PutTargets RemoveTargets'),
  // backups by a plan are events of the service; the next scan sees them
  deployer('backup', 'backup', 'StartBackupJob StartCopyJob DeleteRecoveryPoint DeleteBackupVault'),

  // the tagging API reaches every service
  row(
    {
      source: 'tagging.amazonaws.com',
      rule: 'TaggingRule',
      reads: ['iam', 'ec2', 'ssm'],
      changes: 'tag',
    },
    'TagResources UntagResources',
  ),

  // the only watched object: the rule names the bucket and the key
  {
    ...row(
      {
        source: 's3.amazonaws.com',
        rule: 'ExpectedFileRule',
        reads: ['configuration'],
        changes: 'expected-file',
      },
      'PutObject CopyObject CompleteMultipartUpload DeleteObject',
    ),
    homeOnly: true,
    everyAccount: true,
  },
];

/** Sources whose changes in one account affect others. */
export const OF_EVERY_ACCOUNT: ReadonlySet<string> = new Set(
  EVENT_TABLE.filter(({ everyAccount }) => everyAccount).map(({ source }) => source),
);

/** The services to read again for each source. */
export const READS: ReadonlyMap<string, readonly Service[]> = new Map(
  EVENT_TABLE.map(({ source, reads }) => [source, reads]),
);

const CALLS_TO_READ: ReadonlyMap<string, CallsToRead> = new Map(
  EVENT_TABLE.flatMap(({ source, names, calls }) =>
    calls === undefined ? [] : names.map((name) => [`${source} ${name}`, calls] as const),
  ),
);

/** The calls to make again for an event; null: all of its services. */
export const callsToRead = (source: string, name: string): CallsToRead | null =>
  CALLS_TO_READ.get(`${source} ${name}`) ?? null;

/** For these sources only the calls of the table matter to an audit. */
const OF_HOME: ReadonlyMap<string, readonly string[]> = new Map(
  EVENT_TABLE.filter(({ homeOnly }) => homeOnly).map(({ source, names }) => [source, names]),
);

/** Whether a call is known to change nothing. A call in neither list may change something: it may be new. */
export const changesNothing = (source: string, name: string): boolean =>
  (OF_HOME.has(source) && !OF_HOME.get(source)?.includes(name)) ||
  CHANGES_NOTHING.get(source)?.includes(name) === true ||
  /^(?:Describe|Get|List)[A-Z]/.test(name);
