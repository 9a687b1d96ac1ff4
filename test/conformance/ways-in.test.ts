import { describe, expect, test } from 'vitest';
import type { Uncertainty } from '../../lib/evaluator/decision.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import type {
  AccessEntry,
  Association,
  AutoScalingGroup,
  ContainerInstance,
  DeploymentGroup,
  KubernetesCluster,
  PipelineDeployment,
} from '../../lib/snapshot/services.ts';
import type { RegionSnapshot } from '../../lib/snapshot/snapshot.ts';
import {
  ACCOUNT_ID,
  type AccountInput,
  account,
  allow,
  deny,
  type InstanceInput,
  type RoleInput,
} from '../fixtures/account.ts';
import { differences } from '../matrix/compare-matrices.ts';
import { naiveMatrix } from '../matrix/naive-build.ts';

const HERE = `us-east-1:${ACCOUNT_ID}`;
const INSTANCE = `arn:aws:ec2:${HERE}:instance/i-1`;

/** The root volume is detached, and one that the caller creates is attached. */
const OWN_ROOT = [
  ['ec2:DetachVolume', INSTANCE],
  ['ec2:DetachVolume', `arn:aws:ec2:${HERE}:volume/vol-1`],
  ['ec2:CreateVolume', `arn:aws:ec2:${HERE}:volume/*`],
  ['ec2:CreateVolume', 'arn:aws:ec2:us-east-1::snapshot/*'],
  ['ec2:AttachVolume', INSTANCE],
  ['ec2:AttachVolume', `arn:aws:ec2:${HERE}:volume/vol-0*`],
] as const;
const ssm = (resource: string): string => `arn:aws:ssm:${HERE}:${resource}`;
const awsDocument = (name: string): string => `arn:aws:ssm:us-east-1::document/${name}`;
const STACK = `arn:aws:cloudformation:${HERE}:stack/shop/0a1b2c3d`;

/**
 * One path: the needed grants, resource by resource according to the service authorization reference, and other
 * needed facts. Each grant is needed, and each can be denied.
 */
interface Way {
  readonly way: string;
  readonly path: PathId;
  readonly grants: readonly (readonly [action: string, resource: string])[];
  readonly instance?: Partial<InstanceInput>;
  readonly more?: AccountInput;
  readonly code?: Uncertainty;
  /** the remaining condition, in words; absent: none */
  readonly condition?: string;
}

const documents = (documentType: string): AccountInput => ({
  regions: { 'us-east-1': { documents: [{ name: 'own', documentType, tags: [] }] } },
});

const services = (given: Partial<RegionSnapshot>): AccountInput => ({ regions: { 'us-east-1': given } });

const association = (document: string, documentVersion: string | null): Association => ({
  ...{ id: 'as-1', document, documentVersion, schedule: 'rate(1 day)' },
  targets: [{ key: 'tag:team', values: ['web'] }],
});

const TEMPLATE = `arn:aws:ec2:${HERE}:launch-template/lt-1`;
const GROUP = `arn:aws:autoscaling:${HERE}:autoScalingGroup:1a2b:autoScalingGroupName/web`;

const group = (version: string): AutoScalingGroup => ({
  ...{ name: 'web', arn: GROUP, launchConfiguration: null, instances: ['i-1'], serviceRole: null },
  ...{ templates: [{ id: 'lt-1', name: 'web', version }], suspended: [], tags: [] },
});

const deploymentGroup: DeploymentGroup = {
  ...{ application: 'shop', name: 'web', serviceRole: null, autoScalingGroups: [], hasDeployed: true },
  tags: [[{ type: 'KEY_AND_VALUE', key: 'team', value: 'web' }]],
};

const host: ContainerInstance = {
  cluster: `arn:aws:ecs:${HERE}:cluster/orders`,
  arn: `arn:aws:ecs:${HERE}:container-instance/orders/1a2b`,
  instance: 'i-1',
  status: 'ACTIVE',
};

const cluster = (authenticationMode: string): KubernetesCluster => ({
  name: 'shop',
  arn: `arn:aws:eks:${HERE}:cluster/shop`,
  authenticationMode,
});

const entry = (user: string, of = 'shop'): AccessEntry => ({
  cluster: of,
  principal: `arn:aws:iam::${ACCOUNT_ID}:user/${user}`,
});

const trusting = (service: string): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' },
  ],
});

const BACKUP_ROLE: RoleInput = { name: 'backup', trust: trusting('backup') };
const SNAPSHOT = 'arn:aws:ec2:us-east-1::snapshot/snap-1';

const backup = (type: string, name: string, recoveryPoint: string | null): AccountInput =>
  services({ protectedResources: [{ arn: `arn:aws:ec2:${HERE}:${name}`, type, recoveryPoint }] });

/** Further grants for a request on an association, or on a recovery point. */
const SEND = {
  policies: [allow('ssm:UpdateAssociation', [INSTANCE, awsDocument('AWS-RunShellScript')])],
};
const RESTORED = { policies: [allow('iam:PassRole', `arn:aws:iam::${ACCOUNT_ID}:role/backup`)] };

const pipeline = (to: Partial<PipelineDeployment>): PipelineDeployment => ({
  ...{ pipeline: `arn:aws:codepipeline:${HERE}:release`, action: 'Deploy/web', region: null },
  ...{ tag: null, deploymentGroup: null, ...to },
});

/** A role that DevOps Agent may assume, for a space with that name. */
const agent = (space: string | null, ...actions: readonly string[]): RoleInput => ({
  name: 'agent',
  policies: [allow(actions)],
  trust: {
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { Service: 'aidevops.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ...(space === null ? {} : { Condition: { ArnLike: { 'aws:SourceArn': space } } }),
      },
    ],
  },
});

const TAKING = {
  schemaVersion: '2.2',
  mainSteps: [{ action: 'aws:runShellScript', inputs: { runCommand: ['{{ commands }}'] } }],
};

const WAYS: readonly Way[] = [
  {
    way: 'a document of AWS that is as good as a shell',
    path: 'run-command',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:SendCommand', awsDocument('AWSFleetManager-AddUsersToGroups')],
    ],
  },
  {
    way: 'a command document of the account',
    path: 'run-command',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:SendCommand', ssm('document/own')],
    ],
    more: documents('Command'),
    code: 'own-document',
  },
  {
    way: 'a command document that is rewritten',
    path: 'run-command',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:UpdateDocument', ssm('document/own')],
      ['ssm:SendCommand', ssm('document/o*')],
    ],
    more: documents('Command'),
  },
  {
    way: 'a command document that is made',
    path: 'run-command',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:CreateDocument', ssm('document/mine-*')],
      ['ssm:SendCommand', ssm('document/mine-*')],
    ],
  },
  {
    way: 'a command document of another account',
    path: 'run-command',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:SendCommand', 'arn:aws:ssm:us-east-1:444455556666:document/theirs'],
    ],
  },
  {
    way: 'a session document that is made',
    path: 'session-manager-command',
    grants: [
      ['ssm:StartSession', INSTANCE],
      ['ssm:CreateDocument', ssm('document/mine')],
      ['ssm:StartSession', ssm('document/mine')],
    ],
  },
  {
    way: 'an association, with what the reference asks for',
    path: 'state-association',
    grants: [
      ['ssm:CreateAssociation', INSTANCE],
      ['ssm:CreateAssociation', awsDocument('AWS-RunShellScript')],
      ['ssm:CreateAssociation', ssm('association/*')],
    ],
  },
  {
    way: 'associations in a batch',
    path: 'state-association',
    grants: [
      ['ssm:CreateAssociationBatch', INSTANCE],
      ['ssm:CreateAssociationBatch', awsDocument('AWS-RunShellScript')],
    ],
  },
  ...(
    [
      ['rewritten', 'ssm:UpdateDocument', 'own', documents('Command')],
      ['made', 'ssm:CreateDocument', 'mine', documents('Session')],
    ] as const
  ).flatMap(([how, writing, name, more]): readonly Way[] => [
    {
      way: `associations in a batch, of a document that is ${how}`,
      path: 'state-association',
      grants: [
        ['ssm:CreateAssociationBatch', INSTANCE],
        [writing, ssm(`document/${name}`)],
        ['ssm:CreateAssociationBatch', ssm(`document/${name}`)],
      ],
      more,
    },
    {
      way: `an association that is there, of a document that is ${how}`,
      path: 'state-association',
      grants: [
        ['ssm:UpdateAssociation', INSTANCE],
        [writing, ssm(`document/${name}`)],
        ['ssm:UpdateAssociation', ssm(`document/${name}`)],
        ['ssm:UpdateAssociation', ssm('association/as-1')],
        ['ssm:DescribeAssociation', ssm('association/as-1')],
      ],
      more: {
        regions: {
          'us-east-1': {
            ...more.regions?.['us-east-1'],
            associations: [association('AWS-GatherSoftwareInventory', null)],
          },
        },
      },
    },
  ]),
  {
    way: 'an association of which only document and instance are granted',
    path: 'state-association',
    grants: [
      ['ssm:CreateAssociation', INSTANCE],
      ['ssm:CreateAssociation', awsDocument('AWS-RunShellScript')],
    ],
    code: 'association-resource',
  },
  {
    way: 'user data of a stopped instance',
    path: 'user-data',
    grants: [
      ['ec2:ModifyInstanceAttribute', INSTANCE],
      ['ec2:StartInstances', INSTANCE],
    ],
    instance: { state: 'stopped' },
  },
  {
    way: 'another role in the profile',
    path: 'instance-profile-swap',
    grants: [
      ['iam:RemoveRoleFromInstanceProfile', `arn:aws:iam::${ACCOUNT_ID}:instance-profile/app`],
      ['iam:AddRoleToInstanceProfile', `arn:aws:iam::${ACCOUNT_ID}:instance-profile/app`],
      ['iam:PassRole', `arn:aws:iam::${ACCOUNT_ID}:role/app`],
    ],
    instance: { role: 'app' },
    more: { roles: [{ name: 'app' }] },
  },
  {
    way: 'a snapshot that is there already',
    path: 'disk-copy',
    grants: [
      ['ebs:ListSnapshotBlocks', 'arn:aws:ec2:us-east-1::snapshot/snap-1'],
      ['ebs:GetSnapshotBlock', 'arn:aws:ec2:us-east-1::snapshot/snap-1'],
    ],
    more: {
      kept: [
        {
          call: 'ec2.describe-snapshots',
          region: 'us-east-1',
          argument: null,
          data: {
            Snapshots: [
              { SnapshotId: 'snap-0', VolumeId: 'vol-other' },
              { SnapshotId: 'snap-1', VolumeId: 'vol-1' },
            ],
          },
        },
      ],
    },
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
  {
    way: 'an image of its disk that is there already',
    path: 'disk-copy',
    grants: [['ec2:ModifyImageAttribute', 'arn:aws:ec2:us-east-1::image/ami-1']],
    more: {
      kept: [
        {
          ...{ call: 'ec2.describe-snapshots', region: 'us-east-1', argument: null },
          data: { Snapshots: [{ SnapshotId: 'snap-1', VolumeId: 'vol-1' }] },
        },
        {
          ...{ call: 'ec2.describe-images', region: 'us-east-1', argument: null },
          data: {
            Images: [
              { ImageId: 'ami-0', BlockDeviceMappings: [{ Ebs: { SnapshotId: 'snap-0' } }] },
              {
                ImageId: 'ami-1',
                BlockDeviceMappings: [{ VirtualName: 'ephemeral0' }, { Ebs: { SnapshotId: 'snap-1' } }],
              },
            ],
          },
        },
      ],
    },
  },
  {
    way: 'a copy of the volume',
    path: 'disk-copy',
    grants: [
      ['ec2:CopyVolumes', `arn:aws:ec2:${HERE}:volume/*`],
      ['ec2:AttachVolume', `arn:aws:ec2:${HERE}:volume/*`],
      ['ec2:AttachVolume', INSTANCE],
    ],
  },
  {
    way: 'a root volume moved off a running instance',
    path: 'root-volume-swap',
    grants: [
      ['ec2:DetachVolume', '*'],
      ['ec2:AttachVolume', '*'],
      ['ec2:StopInstances', INSTANCE],
      ['ec2:StartInstances', INSTANCE],
    ],
  },
  {
    way: 'a root volume replaced from an image',
    path: 'root-volume-swap',
    grants: [
      ['ec2:CreateReplaceRootVolumeTask', INSTANCE],
      ['ec2:CreateReplaceRootVolumeTask', `arn:aws:ec2:${HERE}:volume/*`],
      ['ec2:CreateReplaceRootVolumeTask', `arn:aws:ec2:${HERE}:replace-root-volume-task/*`],
      ['ec2:CreateReplaceRootVolumeTask', 'arn:aws:ec2:us-east-1::image/*'],
    ],
  },
  {
    way: 'a root volume replaced by a volume of the caller',
    path: 'root-volume-swap',
    grants: [
      ['ec2:CreateReplaceRootVolumeTask', INSTANCE],
      ['ec2:CreateReplaceRootVolumeTask', `arn:aws:ec2:${HERE}:volume/*`],
      ['ec2:CreateReplaceRootVolumeTask', `arn:aws:ec2:${HERE}:replace-root-volume-task/*`],
      ['ec2:CreateVolume', `arn:aws:ec2:${HERE}:volume/*`],
      ['ec2:CreateVolume', 'arn:aws:ec2:us-east-1::snapshot/*'],
    ],
  },
  {
    way: 'a volume of the caller attached instead of the root volume',
    path: 'root-volume-swap',
    grants: [...OWN_ROOT, ['ec2:StopInstances', INSTANCE], ['ec2:StartInstances', INSTANCE]],
  },
  {
    way: 'the same of a stopped instance',
    path: 'root-volume-swap',
    instance: { state: 'stopped' },
    grants: [...OWN_ROOT, ['ec2:StartInstances', INSTANCE]],
  },
  {
    way: 'a root volume replaced, of which only instance and volume are granted',
    path: 'root-volume-swap',
    grants: [
      ['ec2:CreateReplaceRootVolumeTask', INSTANCE],
      ['ec2:CreateReplaceRootVolumeTask', `arn:aws:ec2:${HERE}:volume/vol-1`],
    ],
    code: 'root-volume-resources',
  },
  {
    way: 'a prefix list that a rule lets in',
    path: 'firewall-open',
    grants: [['ec2:ModifyManagedPrefixList', `arn:aws:ec2:${HERE}:prefix-list/pl-1`]],
    more: {
      regions: {
        'us-east-1': {
          prefixLists: [{ id: 'pl-1', name: 'offices', owner: ACCOUNT_ID }],
          securityGroups: [
            {
              ...{ id: 'sg-1', name: 'sg-1', vpcId: 'vpc-1', tags: [], egress: [] },
              ingress: [
                {
                  ...{ protocol: 'tcp', fromPort: 22, toPort: 22, cidrs: [], groups: [] },
                  prefixLists: ['pl-1'],
                },
              ],
            },
          ],
        },
      },
    },
  },
  {
    way: 'a load balancer before it',
    path: 'firewall-open',
    grants: [
      ['elasticloadbalancing:RegisterTargets', `arn:aws:elasticloadbalancing:${HERE}:targetgroup/mine/*`],
    ],
    code: 'load-balancer',
  },
  {
    way: 'a service of VPC Lattice before it',
    path: 'firewall-open',
    grants: [['vpc-lattice:RegisterTargets', `arn:aws:vpc-lattice:${HERE}:targetgroup/tg-1`]],
    code: 'load-balancer',
  },
  {
    way: 'an alarm that stops it',
    path: 'power',
    grants: [['cloudwatch:PutMetricAlarm', `arn:aws:cloudwatch:${HERE}:alarm:ops-*`]],
    code: 'alarm-rights',
  },
  {
    way: 'a task in a window of its own',
    path: 'maintenance-window',
    grants: [
      ['ssm:CreateMaintenanceWindow', '*'],
      ['ssm:RegisterTaskWithMaintenanceWindow', ssm('maintenancewindow/*')],
    ],
    code: 'window-rights',
  },
  {
    way: 'a task in a window that is there',
    path: 'maintenance-window',
    grants: [['ssm:RegisterTaskWithMaintenanceWindow', ssm('maintenancewindow/mw-1')]],
    more: services({ maintenanceWindows: [{ id: 'mw-1', name: 'nightly', enabled: true }] }),
    code: 'window-rights',
  },
  {
    way: 'a task that is there',
    path: 'maintenance-window',
    grants: [
      ['ssm:UpdateMaintenanceWindowTask', ssm('maintenancewindow/mw-1')],
      ['ssm:UpdateMaintenanceWindowTask', ssm('windowtask/wt-1')],
    ],
    more: services({
      maintenanceWindows: [{ id: 'mw-1', name: 'nightly', enabled: true }],
      windowTasks: [
        { windowId: 'mw-1', id: 'wt-1', type: 'RUN_COMMAND', task: 'own', targets: [], serviceRole: null },
      ],
    }),
    code: 'window-rights',
  },
  {
    way: 'an association that is there',
    path: 'state-association',
    grants: [
      ['ssm:UpdateAssociation', INSTANCE],
      ['ssm:UpdateAssociation', awsDocument('AWS-RunShellScript')],
      ['ssm:UpdateAssociation', ssm('association/as-1')],
      ['ssm:DescribeAssociation', ssm('association/as-1')],
    ],
    more: services({ associations: [association('AWS-GatherSoftwareInventory', null)] }),
  },
  {
    way: 'the newest version of a document that an association runs',
    path: 'document-rewrite',
    grants: [['ssm:UpdateDocument', ssm('document/own')]],
    instance: { tags: { team: 'web' } },
    more: services({ associations: [association('own', '$LATEST')] }),
  },
  {
    way: 'the default version of a document that an association runs',
    path: 'document-rewrite',
    grants: [
      ['ssm:UpdateDocument', ssm('document/own')],
      ['ssm:UpdateDocumentDefaultVersion', ssm('document/own')],
    ],
    instance: { tags: { team: 'web' } },
    more: services({ associations: [association('own', null)] }),
  },
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RunCommandParameters.html
  {
    way: 'the document that a rule of EventBridge runs',
    path: 'document-rewrite',
    grants: [
      ['ssm:UpdateDocument', ssm('document/own')],
      ['ssm:UpdateDocumentDefaultVersion', ssm('document/own')],
    ],
    instance: { tags: { team: 'web' } },
    more: services({
      ruleCommands: [
        {
          ...{ rule: 'nightly', id: 'run', document: ssm('document/own') },
          targets: [{ key: 'tag:team', values: ['web'] }],
        },
      ],
    }),
  },
  {
    way: 'the document of a task of a window',
    path: 'document-rewrite',
    grants: [
      ['ssm:UpdateDocument', ssm('document/own')],
      ['ssm:UpdateDocumentDefaultVersion', ssm('document/own')],
    ],
    more: services({
      windowTargets: [
        {
          ...{ windowId: 'mw-1', id: 'wtg-1', resourceType: 'INSTANCE' },
          targets: [{ key: 'InstanceIds', values: ['i-1'] }],
        },
      ],
      windowTasks: [
        {
          ...{ windowId: 'mw-1', id: 'wt-1', type: 'RUN_COMMAND', task: 'own', serviceRole: null },
          targets: [{ key: 'WindowTargetIds', values: ['wtg-1'] }],
        },
      ],
    }),
  },
  {
    way: 'the newest version of the template of its group',
    path: 'launch-template',
    grants: [['ec2:CreateLaunchTemplateVersion', TEMPLATE]],
    more: services({ autoScalingGroups: [group('$Latest')] }),
  },
  {
    way: 'the default version of the template of its group',
    path: 'launch-template',
    grants: [
      ['ec2:CreateLaunchTemplateVersion', TEMPLATE],
      ['ec2:ModifyLaunchTemplate', TEMPLATE],
    ],
    more: services({ autoScalingGroups: [group('$Default')] }),
  },
  ...(['autoscaling:UpdateAutoScalingGroup', 'autoscaling:StartInstanceRefresh'] as const).map(
    (action): Way => ({
      way: `${action} of a group with a version of its own`,
      path: 'launch-template',
      grants: [
        [action, GROUP],
        ['ec2:CreateLaunchTemplateVersion', TEMPLATE],
        ['ec2:RunInstances', '*'],
      ],
      more: services({ autoScalingGroups: [group('3')] }),
    }),
  ),
  // the group follows another template, or a launch configuration:
  // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html
  ...(['autoscaling:UpdateAutoScalingGroup', 'autoscaling:StartInstanceRefresh'] as const).map(
    (action): Way => ({
      way: `${action} of a group with a new template`,
      path: 'launch-template',
      grants: [
        [action, GROUP],
        ['ec2:CreateLaunchTemplate', TEMPLATE.replace(/lt-\w+$/, '*')],
        ['ec2:RunInstances', '*'],
      ],
      more: services({ autoScalingGroups: [group('3')] }),
    }),
  ),
  ...['*:launchConfigurationName/*', '*:launchConfigurationName/mine-*'].map(
    (name): Way => ({
      way: `a new launch configuration of its group: ${name}`,
      path: 'launch-template',
      grants: [
        ['autoscaling:CreateLaunchConfiguration', `arn:aws:autoscaling:*:*:launchConfiguration:${name}`],
        ['autoscaling:UpdateAutoScalingGroup', GROUP],
      ],
      more: services({ autoScalingGroups: [group('3')] }),
      code: 'launch-configuration',
    }),
  ),
  {
    way: 'an end of it in its group',
    path: 'power',
    grants: [['autoscaling:TerminateInstanceInAutoScalingGroup', GROUP]],
    more: services({ autoScalingGroups: [group('3')] }),
  },
  {
    way: 'a command document of the account that takes commands',
    path: 'run-command',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:SendCommand', ssm('document/own')],
    ],
    more: services({ documentContents: [{ name: 'own', version: '1', content: TAKING }] }),
  },
  {
    way: 'the session preferences',
    path: 'session-preferences',
    grants: [['ssm:UpdateDocument', ssm('document/SSM-SessionManagerRunShell')]],
  },
  {
    way: 'Remote Desktop in the browser',
    path: 'fleet-manager-rdp',
    grants: [
      ['ssm-guiconnect:StartConnection', '*'],
      ['ssm:StartSession', INSTANCE],
      ['ssm:StartSession', awsDocument('AWS-StartPortForwardingSession')],
    ],
    instance: { platform: 'windows' },
  },
  {
    way: 'a file of the instance',
    path: 'file-read',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:SendCommand', awsDocument('AWSFleetManager-GetFileContent')],
      ['ssm:GetCommandInvocation', '*'],
    ],
  },
  {
    way: 'a file of the instance, as commands are listed',
    path: 'file-read',
    grants: [
      ['ssm:SendCommand', INSTANCE],
      ['ssm:SendCommand', awsDocument('AWSFleetManager-GetFileContent')],
      ['ssm:ListCommandInvocations', '*'],
    ],
  },
  {
    way: 'an update of its stack',
    path: 'stack-update',
    grants: [['cloudformation:UpdateStack', STACK]],
    instance: { tags: { 'aws:cloudformation:stack-id': STACK } },
    code: 'stack-rights',
  },
  {
    way: 'an update of a stack with a role',
    path: 'stack-update',
    grants: [
      ['cloudformation:CreateChangeSet', STACK],
      ['cloudformation:ExecuteChangeSet', STACK],
    ],
    instance: { tags: { 'aws:cloudformation:stack-id': STACK } },
    more: services({
      stacks: [{ arn: STACK, name: 'shop', status: 'CREATE_COMPLETE', role: 'arn:aws:iam::1:role/x' }],
    }),
  },
  {
    way: 'a deployment to its tag',
    path: 'codedeploy',
    grants: [
      ['codedeploy:CreateDeployment', `arn:aws:codedeploy:${HERE}:deploymentgroup:shop/web`],
      ['codedeploy:RegisterApplicationRevision', `arn:aws:codedeploy:${HERE}:application:shop`],
      ['codedeploy:GetDeploymentConfig', `arn:aws:codedeploy:${HERE}:deploymentconfig:*`],
    ],
    instance: { tags: { team: 'web' } },
    more: services({ deploymentGroups: [deploymentGroup] }),
  },
  {
    way: 'a deployment of a group that is turned on it',
    path: 'codedeploy',
    grants: [
      ['codedeploy:UpdateDeploymentGroup', `arn:aws:codedeploy:${HERE}:deploymentgroup:shop/web`],
      ['codedeploy:CreateDeployment', `arn:aws:codedeploy:${HERE}:deploymentgroup:shop/web`],
    ],
    more: services({ deploymentGroups: [deploymentGroup] }),
    code: 'deployment-rights',
  },
  ...(['ecs:RunTask', 'ecs:StartTask'] as const).map(
    (action): Way => ({
      way: `a task by ${action} on the host`,
      path: 'container-host',
      grants: [
        ['ecs:RegisterTaskDefinition', `arn:aws:ecs:${HERE}:task-definition/mine*`],
        [action, `arn:aws:ecs:${HERE}:task-definition/mine*`],
      ],
      more: services({ containerInstances: [host] }),
    }),
  ),
  {
    way: 'a service on the host',
    path: 'container-host',
    grants: [
      ['ecs:RegisterTaskDefinition', '*'],
      ['ecs:CreateService', `arn:aws:ecs:${HERE}:service/orders/*`],
    ],
    more: services({ containerInstances: [host] }),
  },
  ...['AWSBatch-nightly-1a2b', 'nightly_Batch_1a2b'].map(
    (name): Way => ({
      way: `a job of Batch in the cluster ${name}`,
      path: 'container-host',
      grants: [
        ['batch:RegisterJobDefinition', `arn:aws:batch:${HERE}:job-definition/mine*`],
        ['batch:SubmitJob', `arn:aws:batch:${HERE}:job-definition/mine*`],
        ['batch:SubmitJob', `arn:aws:batch:${HERE}:job/*`],
        ['batch:SubmitJob', `arn:aws:batch:${HERE}:job-queue/nightly`],
      ],
      more: services({
        containerInstances: [{ ...host, cluster: `arn:aws:ecs:${HERE}:cluster/${name}` }],
      }),
      code: 'service-placement',
    }),
  ),
  {
    way: 'an access entry of its cluster',
    path: 'kubernetes-node',
    grants: [
      ['eks:CreateAccessEntry', `arn:aws:eks:${HERE}:cluster/shop`],
      ['eks:AssociateAccessPolicy', `arn:aws:eks:${HERE}:access-entry/shop/*`],
    ],
    instance: { tags: { 'kubernetes.io/cluster/shop': 'owned' } },
    more: services({ kubernetesClusters: [cluster('API')] }),
  },
  {
    way: 'an access entry of a cluster that takes none yet',
    path: 'kubernetes-node',
    grants: [
      ['eks:UpdateClusterConfig', `arn:aws:eks:${HERE}:cluster/shop`],
      ['eks:CreateAccessEntry', `arn:aws:eks:${HERE}:cluster/shop`],
      ['eks:AssociateAccessPolicy', `arn:aws:eks:${HERE}:access-entry/shop/*`],
    ],
    instance: { tags: { 'eks:cluster-name': 'shop' } },
    more: services({ kubernetesClusters: [cluster('CONFIG_MAP')] }),
  },
  {
    way: 'an access entry of a cluster that nobody has read',
    path: 'kubernetes-node',
    grants: [
      ['eks:CreateAccessEntry', `arn:aws:eks:${HERE}:cluster/shop`],
      ['eks:AssociateAccessPolicy', `arn:aws:eks:${HERE}:access-entry/shop/*`],
    ],
    instance: { tags: { 'eks:cluster-name': 'shop' } },
    more: services({ kubernetesClusters: null }),
    code: 'kubernetes-access',
  },
  {
    way: 'an access entry of the caller that is made stronger',
    path: 'kubernetes-node',
    grants: [['eks:AssociateAccessPolicy', `arn:aws:eks:${HERE}:access-entry/shop/user/*/ada/*`]],
    instance: { tags: { 'eks:cluster-name': 'shop' } },
    more: services({ kubernetesClusters: [cluster('API')], accessEntries: [entry('ada')] }),
  },
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAccessEntry.html
  {
    way: 'an access entry of the caller with other groups of Kubernetes',
    path: 'kubernetes-node',
    grants: [['eks:UpdateAccessEntry', `arn:aws:eks:${HERE}:access-entry/shop/user/*/ada/*`]],
    instance: { tags: { 'eks:cluster-name': 'shop' } },
    more: services({ kubernetesClusters: [cluster('API')], accessEntries: [entry('ada')] }),
    code: 'kubernetes-access',
  },
  {
    way: 'a step of its cluster',
    path: 'emr-step',
    grants: [['elasticmapreduce:AddJobFlowSteps', `arn:aws:elasticmapreduce:${HERE}:cluster/j-1`]],
    instance: {
      tags: {
        'aws:elasticmapreduce:job-flow-id': 'j-1',
        'aws:elasticmapreduce:instance-group-role': 'MASTER',
      },
    },
  },
  {
    way: 'a deployment of its environment',
    path: 'beanstalk',
    grants: [
      ['elasticbeanstalk:CreateApplicationVersion', `arn:aws:elasticbeanstalk:${HERE}:application/shop`],
      [
        'elasticbeanstalk:CreateApplicationVersion',
        `arn:aws:elasticbeanstalk:${HERE}:applicationversion/shop/*`,
      ],
      ['elasticbeanstalk:UpdateEnvironment', `arn:aws:elasticbeanstalk:${HERE}:environment/shop/shop-prod`],
    ],
    instance: { tags: { 'elasticbeanstalk:environment-name': 'shop-prod' } },
    code: 'beanstalk-rights',
  },
  {
    way: 'a service that is there already',
    path: 'container-host',
    grants: [
      ['ecs:RegisterTaskDefinition', `arn:aws:ecs:${HERE}:task-definition/*`],
      ['ecs:UpdateService', `arn:aws:ecs:${HERE}:service/orders/shop`],
    ],
    more: services({
      containerInstances: [host],
      containerServices: [
        { cluster: host.cluster, arn: `arn:aws:ecs:${HERE}:service/orders/shop` },
        { cluster: `${host.cluster}-2`, arn: `arn:aws:ecs:${HERE}:service/orders-2/shop` },
      ],
    }),
    code: 'service-placement',
  },
  {
    way: 'a pipeline that deploys to its tag',
    path: 'pipeline-deploy',
    grants: [['codepipeline:UpdatePipeline', `arn:aws:codepipeline:${HERE}:release`]],
    instance: { tags: { team: 'web' } },
    more: services({ pipelineDeployments: [pipeline({ tag: { key: 'team', value: 'web' } })] }),
    code: 'pipeline-rights',
  },
  {
    way: 'a pipeline that deploys by CodeDeploy',
    path: 'pipeline-deploy',
    grants: [['codepipeline:UpdatePipeline', `arn:aws:codepipeline:${HERE}:release`]],
    instance: { tags: { team: 'web' }, platform: 'windows' },
    more: services({
      deploymentGroups: [deploymentGroup],
      pipelineDeployments: [pipeline({ deploymentGroup: { application: 'shop', name: 'web' } })],
    }),
    code: 'pipeline-rights',
  },
  {
    way: 'a disk that is restored and attached',
    path: 'backup-read',
    grants: [
      ['backup:StartRestoreJob', 'arn:aws:ec2:us-east-1::snapshot/snap-1'],
      ['iam:PassRole', `arn:aws:iam::${ACCOUNT_ID}:role/backup`],
      ['ec2:AttachVolume', INSTANCE],
      ['ec2:AttachVolume', `arn:aws:ec2:${HERE}:volume/*`],
    ],
    more: { roles: [BACKUP_ROLE], ...backup('EBS', 'volume/vol-1', SNAPSHOT) },
  },
  ...(['backup:StartRestoreJob', 'backup:StartCopyJob'] as const).flatMap((action) =>
    (
      [
        ['EC2', 'instance/i-1', 'arn:aws:ec2:us-east-1::image/ami-1'],
        ['EBS', 'volume/vol-1', SNAPSHOT],
        ['EC2', 'instance/i-1', `arn:aws:backup:${HERE}:recovery-point:1a2b`],
      ] as const
    ).map(
      ([type, name, point]): Way => ({
        way: `${action} of ${point}`,
        path: 'backup-read',
        grants: [
          [action, point],
          ['iam:PassRole', `arn:aws:iam::${ACCOUNT_ID}:role/backup`],
        ],
        more: { roles: [BACKUP_ROLE], ...backup(type, name, point) },
        code: 'restored-copy',
      }),
    ),
  ),
  {
    way: 'snapshots that a lifecycle policy shares',
    path: 'backup-read',
    grants: [
      ['dlm:CreateLifecyclePolicy', '*'],
      ['iam:PassRole', `arn:aws:iam::${ACCOUNT_ID}:role/lifecycle`],
    ],
    more: { roles: [{ name: 'lifecycle', trust: trusting('dlm') }] },
    code: 'restored-copy',
  },
  {
    way: 'access that somebody approves',
    path: 'just-in-time',
    grants: [
      ['ssm:StartAccessRequest', INSTANCE],
      ['ssm:GetAccessToken', ssm('opsitem/*')],
    ],
    more: documents('ManualApprovalPolicy'),
    condition: 'if the access request is approved',
  },
  {
    way: 'access that the caller approves',
    path: 'just-in-time',
    grants: [
      ['ssm:StartAccessRequest', INSTANCE],
      ['ssm:GetAccessToken', ssm('opsitem/*')],
      ['ssm:UpdateDocument', ssm('document/own')],
    ],
    more: documents('AutoApprovalPolicy'),
    code: 'own-approval',
  },
  // at most one automatic policy, which counts before manual ones:
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-approval-policies.html
  {
    way: 'access that the caller approves by a new policy',
    path: 'just-in-time',
    grants: [
      ['ssm:StartAccessRequest', INSTANCE],
      ['ssm:GetAccessToken', ssm('opsitem/*')],
      ['ssm:CreateDocument', ssm('document/mine')],
    ],
    more: documents('ManualApprovalPolicy'),
    code: 'own-approval',
  },
  {
    way: 'access that the caller approves after it names itself',
    path: 'just-in-time',
    grants: [
      ['ssm:StartAccessRequest', INSTANCE],
      ['ssm:GetAccessToken', ssm('opsitem/*')],
      ['ssm:UpdateDocument', ssm('document/own')],
      ['ssm:SendAutomationSignal', ssm('automation-execution/*')],
    ],
    more: documents('ManualApprovalPolicy'),
    code: 'own-approval',
  },
  {
    way: 'an agent whose role may restart it',
    path: 'agent-action',
    grants: ['CreateChat', 'SendMessage', 'UpdateApprovalAction'].map((action) => [
      `aidevops:${action}`,
      `arn:aws:aidevops:eu-west-1:${ACCOUNT_ID}:agentspace/1a2b`,
    ]),
    more: { roles: [agent('arn:aws:aidevops:eu-west-1:*:agentspace/1a2b', 'ec2:RebootInstances')] },
    code: 'agent-role',
  },
  {
    way: 'user data, of the instance',
    path: 'user-data-read',
    grants: [['ec2:DescribeInstanceAttribute', INSTANCE]],
  },
  {
    way: 'user data, of its template',
    path: 'user-data-read',
    grants: [['ec2:DescribeLaunchTemplateVersions', '*']],
    instance: { tags: { 'aws:ec2launchtemplate:id': 'lt-1' } },
  },
];

const isSure = ({ verdict, uncertain }: Cell): boolean => verdict === 'allowed' && uncertain.length === 0;

describe.each(WAYS)('$way', ({ path, grants, instance, more, code, condition }) => {
  const statement = ([Action, Resource]: readonly [string, string]): object => allow(Action, Resource);
  const of = (policies: readonly object[]): Cell | undefined => {
    const snapshot = account({
      ...more,
      users: [{ name: 'ada', policies: [...policies, allow('ssmmessages:OpenDataChannel')] }],
      instances: [{ id: 'i-1', ...instance }],
    });
    const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path })];
    return cells.find((cell) => cell.via.length === 0 && cell.principal.endsWith(':user/ada'));
  };
  const all = grants.map(statement);

  test('is open with every grant', () => {
    const found = of(all);
    expect(found?.verdict).toBe(condition === undefined ? 'allowed' : 'conditional');
    expect(found?.condition?.text).toBe(condition);
    expect(found?.uncertain).toEqual(code === undefined ? [] : [code]);
    expect([...new Set(found?.requests.map(({ action }) => action))].sort()).toEqual(
      [...new Set(grants.map(([action]) => action))].sort(),
    );
  });

  test('is closed, or at least uncertain, without one of them, and with a Deny', () => {
    for (const [i, grant] of grants.entries()) {
      const rest = of(all.filter((_, other) => other !== i));
      if (rest) expect(isSure(rest)).toBe(false);
      const denied = of([...all, deny(grant[0])]);
      if (denied) expect(isSure(denied)).toBe(false);
      expect(of([...all, deny([...new Set(grants.map(([action]) => action))])])).toBeUndefined();
    }
  });
});

test('every code of a path has a case', () => {
  const codes = WAYS.flatMap(({ code }) => (code === undefined ? [] : [code]));
  expect(new Set(codes).size).toBeGreaterThanOrEqual(9);
});

test('the role of a service that acts is named', () => {
  const snapshot = account({
    users: [{ name: 'ada', policies: [allow('ssm:*MaintenanceWindow')] }],
    instances: [{ id: 'i-1' }],
  });
  const [cell] = cellsOf(buildMatrix(snapshot), snapshot, { path: 'maintenance-window' });
  expect(cell?.runsAs).toBe('AWSServiceRoleForAmazonSSM');
});

describe('a pipeline', () => {
  const cells = (
    deployments: readonly PipelineDeployment[] | null,
    instance: Partial<InstanceInput> = {},
    condition?: object,
  ): readonly string[] => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow('codepipeline:UpdatePipeline', '*', condition)] }],
      instances: [{ id: 'i-1', tags: { team: 'web' }, ...instance }],
      ...services({ pipelineDeployments: deployments }),
    });
    const found = [...cellsOf(buildMatrix(snapshot), snapshot)];
    return found.map(({ verdict, missing = '' }) => `${verdict} ${missing}`.trim());
  };
  const to = (value: string | null): PipelineDeployment => pipeline({ tag: { key: 'team', value } });

  test('reaches Linux instances with its tag', () => {
    expect(cells([to('web')])).toEqual(['allowed']);
    expect(cells([to(null)])).toEqual(['allowed']);
    expect(cells([to('db')])).toEqual([]);
    expect(cells([to('web')], { platform: 'windows' })).toEqual([]);
    expect(cells(null)).toEqual(['unknown codepipeline get-pipeline']);
  });

  test('of another region is requested there', () => {
    const elsewhere: PipelineDeployment = {
      ...to('web'),
      pipeline: `arn:aws:codepipeline:eu-west-1:${ACCOUNT_ID}:release`,
      region: 'us-east-1',
    };
    const requested = (region: string): object => ({ StringEquals: { 'aws:RequestedRegion': region } });
    expect(cells([elsewhere])).toEqual(['allowed']);
    expect(cells([elsewhere], {}, requested('eu-west-1'))).toEqual(['allowed']);
    expect(cells([elsewhere], {}, requested('us-east-1'))).toEqual([]);
    expect(cells([{ ...elsewhere, region: null }])).toEqual([]);
  });
});

test.each([
  ['associations', ['ssm:UpdateAssociation', 'ssm:DescribeAssociation'], ssm('association/1a2b'), SEND],
  ['maintenanceWindows', ['ssm:RegisterTaskWithMaintenanceWindow'], ssm('maintenancewindow/mw-1'), {}],
  ['deploymentGroups', ['codedeploy:CreateDeployment'], `arn:aws:codedeploy:${HERE}:deploymentgroup:a/b`, {}],
  ['pipelineDeployments', ['codepipeline:UpdatePipeline'], `arn:aws:codepipeline:${HERE}:release`, {}],
  [
    'autoScalingGroups',
    ['autoscaling:TerminateInstanceInAutoScalingGroup'],
    GROUP,
    { tags: { 'aws:autoscaling:groupName': 'web' } },
  ],
  ['protectedResources', ['backup:StartRestoreJob'], 'arn:aws:ec2:us-east-1::image/ami-1', RESTORED],
] as const)('a `%s` that a policy names and no list contains may exist', (list, actions, resource, more) => {
  const verdicts = (given: Partial<RegionSnapshot>): readonly string[] => {
    const { tags = {}, policies = [] } = more as { tags?: Record<string, string>; policies?: object[] };
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow(actions, resource), ...policies] }],
      roles: [BACKUP_ROLE],
      instances: [{ id: 'i-1', tags }],
      ...services(given),
    });
    return [...cellsOf(buildMatrix(snapshot), snapshot)].map(({ verdict }) => verdict);
  };
  expect(verdicts({ [list]: null })).toEqual(['unknown']);
  expect(verdicts({ [list]: [] })).toEqual([]);
});

test('jobs of Batch run in its own clusters only', () => {
  const verdicts = (given: Partial<RegionSnapshot>): readonly string[] => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow(['batch:RegisterJobDefinition', 'batch:SubmitJob'])] }],
      instances: [{ id: 'i-1' }],
      ...services(given),
    });
    return [...cellsOf(buildMatrix(snapshot), snapshot)].map(({ path, verdict }) => `${path} ${verdict}`);
  };
  const inCluster = (name: string): Partial<RegionSnapshot> => ({
    containerInstances: [{ ...host, cluster: `arn:aws:ecs:${HERE}:cluster/${name}` }],
  });
  expect(verdicts(inCluster('AWSBatch-nightly'))).toEqual(['container-host allowed']);
  expect(verdicts(inCluster('nightly'))).toEqual([]);
  expect(verdicts({ containerInstances: [] })).toEqual([]);
  expect(verdicts({ containerInstances: null })).toEqual(['container-host unknown']);
});

test('data that was read for some things only is not complete', () => {
  const verdicts = (call: string, given: Partial<RegionSnapshot>): readonly string[] => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow(['codepipeline:*', 'codedeploy:*', 'ecs:*'])] }],
      instances: [{ id: 'i-1', tags: { team: 'web' } }, { id: 'i-2' }],
      coverage: [
        { ...{ call, region: 'us-east-1', status: 'denied', detail: '1 of 2 read', items: 1 }, readAt: null },
      ],
      ...services(given),
    });
    const cells = [...cellsOf(buildMatrix(snapshot), snapshot)];
    return cells.map(({ instance, path, verdict }) => `${instance} ${path} ${verdict}`);
  };
  expect(
    verdicts('codepipeline.get-pipeline', {
      pipelineDeployments: [pipeline({ tag: { key: 'team', value: 'web' } })],
    }),
  ).toEqual(['i-1 pipeline-deploy allowed', 'i-2 pipeline-deploy unknown']);
  expect(verdicts('ecs.describe-container-instances', { containerInstances: [host] })).toEqual([
    'i-1 container-host allowed',
    'i-2 container-host unknown',
  ]);
  expect(
    verdicts('deploy.batch-get-deployment-groups', { deploymentGroups: [deploymentGroup] }).filter(
      (text) => !text.startsWith('i-1'),
    ),
  ).toEqual(['i-2 codedeploy allowed']);
});

describe('a backup', () => {
  const verdicts = (more: AccountInput): readonly string[] => {
    const snapshot = account({
      roles: [BACKUP_ROLE],
      users: [{ name: 'ada', policies: [allow(['backup:Start*', 'iam:PassRole'])] }],
      instances: [{ id: 'i-1' }],
      ...more,
    });
    const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'backup-read' })];
    return cells.map(({ verdict, missing = '' }) => `${verdict} ${missing}`.trim());
  };

  test('is of the instance or one of its disks, and needs a role that AWS Backup may assume', () => {
    expect(verdicts(backup('EBS', 'volume/vol-1', null))).toEqual(['allowed']);
    expect(verdicts(backup('EC2', 'instance/i-1', null))).toEqual(['allowed']);
    expect(verdicts(backup('EC2', 'instance/i-2', null))).toEqual([]);
    expect(verdicts({ ...backup('EC2', 'instance/i-1', null), roles: [{ name: 'app' }] })).toEqual([]);
    expect(verdicts(services({ protectedResources: null }))).toEqual([
      'unknown backup list-protected-resources',
    ]);
  });
});

/** https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
describe('a cluster', () => {
  const cells = (policy: string, scope: string, more: AccountInput = {}): readonly string[] => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [deny('*')] }, { name: 'bob' }],
      instances: [
        { id: 'i-1', tags: { 'eks:cluster-name': 'shop' } },
        { id: 'i-2', tags: { 'eks:cluster-name': 'lab' } },
        { id: 'i-3', tags: { 'eks:cluster-name': 'shop' }, platform: 'windows' },
        { id: 'i-4' },
      ],
      ...services({
        kubernetesClusters: [cluster('API'), { ...cluster('API'), name: 'lab' }],
        accessEntries: [entry('ada'), entry('bob', 'lab')],
        accessPolicies: [
          { ...entry('ada'), policy: `arn:aws:eks::aws:cluster-access-policy/${policy}`, scope },
        ],
      }),
      ...more,
    });
    const matrix = buildMatrix(snapshot);
    expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
    return [...cellsOf(matrix, snapshot)].map(
      ({ principal, instance, path, verdict, uncertain }) =>
        `${principal.split('/')[1]} ${instance} ${path} ${[verdict, ...uncertain].join(' ')}`,
    );
  };

  test('gives its nodes to its administrators, whatever IAM denies them', () => {
    expect(cells('AmazonEKSClusterAdminPolicy', 'cluster')).toEqual(['ada i-1 kubernetes-node allowed']);
  });

  test('gives them to no principal without an entry, even with every IAM right, until it becomes one with an entry', () => {
    const users = [
      { name: 'ada', policies: [deny('*')] },
      { name: 'bob', policies: [allow('*')] },
    ];
    const organization = [{ scps: [allow('iam:*')] }];
    expect(cells('AmazonEKSClusterAdminPolicy', 'cluster', { users, organization })).toEqual([
      'ada i-1 kubernetes-node allowed',
      'bob i-1 kubernetes-node allowed',
    ]);
  });

  test('runs pods for principals that may create some, as far as it allows such pods', () => {
    const unsure = ['ada i-1 kubernetes-node allowed kubernetes-access'];
    expect(cells('AmazonEKSClusterAdminPolicy', 'namespace')).toEqual(unsure);
    expect(cells('AmazonEKSEditPolicy', 'namespace')).toEqual(unsure);
    expect(cells('AmazonEKSAdminPolicy', 'cluster')).toEqual(unsure);
  });

  test('gives nothing to principals that may only read, or have an entry without a policy', () => {
    expect(cells('AmazonEKSViewPolicy', 'cluster')).toEqual([]);
    expect(cells('AmazonEKSAdminViewPolicy', 'cluster')).toEqual([]);
  });

  test('names the request that serves as a token', () => {
    const snapshot = account({
      users: [{ name: 'ada' }],
      instances: [{ id: 'i-1', tags: { 'eks:cluster-name': 'shop' } }],
      ...services({
        accessPolicies: [
          {
            ...entry('ada'),
            policy: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
            scope: 'cluster',
          },
        ],
      }),
    });
    const [cell] = cellsOf(buildMatrix(snapshot), snapshot);
    expect(cell?.requests).toEqual([{ action: 'sts:GetCallerIdentity', resource: '*' }]);
    expect(cell?.grants).toEqual([]);
  });
});

describe('just-in-time access', () => {
  const asks = [allow('ssm:StartAccessRequest'), allow('ssm:GetAccessToken')];
  const texts = (documentType: string | null): readonly string[] => {
    const snapshot = account({
      users: [{ name: 'ada', policies: asks }],
      instances: [{ id: 'i-1' }],
      ...(documentType === null ? services({ documents: null }) : documents(documentType)),
    });
    const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'just-in-time' })];
    return cells.map(({ verdict, missing = '' }) => `${verdict} ${missing}`.trim());
  };

  test('is approved by a new policy only if there is no automatic one', () => {
    const codes = (documentType: string): readonly string[] => {
      const snapshot = account({
        users: [{ name: 'ada', policies: [...asks, allow('ssm:CreateDocument')] }],
        instances: [{ id: 'i-1' }],
        ...documents(documentType),
      });
      const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'just-in-time' })];
      return cells.flatMap(({ uncertain }) => uncertain.filter((code) => code === 'own-approval'));
    };
    expect(codes('ManualApprovalPolicy')).toEqual(['own-approval']);
    expect(codes('AutoApprovalPolicy')).toEqual([]);
  });

  test('is not possible if no policy approves any', () => {
    expect(texts('AutoApprovalPolicy')).toEqual(['conditional']);
    expect(texts('Command')).toEqual([]);
    expect(texts(null)).toEqual(['unknown ssm list-documents']);
  });
});

describe('an agent', () => {
  const cells = (role: RoleInput, condition?: object): readonly string[] => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow('aidevops:*', '*', condition)] }],
      roles: [role],
      instances: [{ id: 'i-1' }],
    });
    const found = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'agent-action' })];
    return found.map(({ requests }) => [...new Set(requests.map(({ resource }) => resource))].join());
  };
  const space = (region: string, id: string): string =>
    `arn:aws:aidevops:${region}:${ACCOUNT_ID}:agentspace/${id}`;

  test('acts on instances only if its role may', () => {
    expect(cells(agent(null, 'ec2:StopInstances'))).toHaveLength(1);
    expect(cells(agent(null, 'ec2:DescribeInstances', 'ec2:GetConsoleOutput'))).toEqual([]);
    expect(cells({ name: 'app', policies: [allow('ec2:*')] })).toEqual([]);
  });

  test('is requested in the region of its space', () => {
    const inFrankfurt = agent(space('eu-central-1', 'ops'), 'ec2:StopInstances');
    const requested = (region: string): object => ({ StringEquals: { 'aws:RequestedRegion': region } });
    expect(cells(inFrankfurt, requested('eu-central-1'))).toEqual([space('eu-central-1', 'ops')]);
    expect(cells(inFrankfurt, requested('us-east-1'))).toEqual([]);
  });
});

test('a new document has no tags when it is created, and any tags afterwards', () => {
  const tagged = { StringEquals: { 'aws:ResourceTag/team': 'web' } };
  const verdict = (...policies: object[]): string | undefined => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow('ssm:SendCommand', INSTANCE), ...policies] }],
      instances: [{ id: 'i-1' }],
    });
    return [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'run-command' })][0]?.verdict;
  };
  const own = ssm('document/*');
  expect(verdict(allow('ssm:CreateDocument', own, tagged), allow('ssm:SendCommand', own))).toBeUndefined();
  expect(verdict(allow('ssm:CreateDocument', own), allow('ssm:SendCommand', own, tagged))).toBe(
    'conditional',
  );
});

test.each(['associations', 'windowTasks', 'autoScalingGroups', 'maintenanceWindows'] as const)(
  'if `%s` were not collected, nothing that depends on them is denied',
  (list) => {
    const of = (given: Partial<RegionSnapshot>): readonly string[] => {
      const snapshot = account({
        users: [
          {
            name: 'ada',
            policies: [
              allow(['ssm:UpdateDocument*', 'ssm:RegisterTaskWithMaintenanceWindow', 'ssm:*Association']),
              allow('ec2:CreateLaunchTemplateVersion'),
              deny('ssm:CreateAssociation'),
            ],
          },
        ],
        instances: [{ id: 'i-1', tags: { 'aws:autoscaling:groupName': 'web' } }],
        ...services(given),
      });
      return [...cellsOf(buildMatrix(snapshot), snapshot)]
        .filter(({ path }) => !['session-preferences'].includes(path))
        .map(({ path, verdict }) => `${path} ${verdict}`);
    };
    expect(of({})).toEqual([]);
    expect(of({ [list]: null })).not.toEqual([]);
    expect(of({ [list]: null }).every((text) => text.endsWith(' unknown'))).toBe(true);
  },
);

test('a deployment and a task reach only their own targets', () => {
  const paths = (
    given: Partial<RegionSnapshot>,
    instance: Partial<InstanceInput> = {},
  ): readonly string[] => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow(['codedeploy:CreateDeployment', 'ecs:R*'])] }],
      instances: [{ id: 'i-1', ...instance }],
      ...services(given),
    });
    return [...cellsOf(buildMatrix(snapshot), snapshot)].map(({ path, verdict }) => `${path} ${verdict}`);
  };
  expect(paths({ deploymentGroups: [deploymentGroup], containerInstances: [] })).toEqual([]);
  expect(paths({ deploymentGroups: null })).toEqual(['codedeploy unknown']);
  expect(paths({ containerInstances: [{ ...host, instance: 'i-2' }] })).toEqual([]);
  expect(paths({ containerInstances: [{ ...host, status: 'INACTIVE' }] })).toEqual([]);
  expect(paths({ containerInstances: null })).toEqual(['container-host unknown']);
  expect(paths({ containerInstances: [host] }, { platform: 'windows' })).toEqual([]);
});

test('a task belongs to the cluster of the host', () => {
  const verdict = (name: string): string | undefined => {
    const inCluster = { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${HERE}:cluster/${name}` } };
    const snapshot = account({
      users: [
        {
          name: 'ada',
          policies: [allow('ecs:RegisterTaskDefinition'), allow('ecs:RunTask', '*', inCluster)],
        },
      ],
      instances: [{ id: 'i-0' }, { id: 'i-1' }, { id: 'i-2' }],
      ...services({
        containerInstances: [
          host,
          { ...host, instance: 'i-2', cluster: `arn:aws:ecs:${HERE}:cluster/lab`, arn: `${host.arn}2` },
        ],
      }),
    });
    return [...cellsOf(buildMatrix(snapshot), snapshot)]
      .map(({ instance, path, verdict: own }) => `${instance} ${path} ${own}`)
      .join();
  };
  expect(verdict('orders')).toBe('i-1 container-host allowed');
  expect(verdict('lab')).toBe('i-2 container-host allowed');
  expect(verdict('other')).toBe('');
});

test('a document that runs in a fixed version, or runs others, is not rewritten', () => {
  const verdict = (one: Association, team = 'web'): string | undefined => {
    const snapshot = account({
      users: [{ name: 'ada', policies: [allow('ssm:UpdateDocument*', ssm('document/own'))] }],
      instances: [{ id: 'i-1', tags: { team } }],
      ...services({ associations: [one] }),
    });
    return [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'document-rewrite' })][0]?.verdict;
  };
  expect(verdict(association('own', '$LATEST'))).toBe('allowed');
  expect(verdict(association('own', '3'))).toBeUndefined();
  expect(verdict(association('AWS-RunShellScript', null))).toBeUndefined();
  expect(verdict(association('own', '$LATEST'), 'db')).toBeUndefined();
});

test('documents that were not listed are unknown, and the call is named', () => {
  const snapshot = account({
    users: [
      {
        name: 'ada',
        policies: [allow('ssm:SendCommand', INSTANCE), allow('ssm:SendCommand', ssm('document/own'))],
      },
    ],
    instances: [{ id: 'i-1', role: 'app' }],
    roles: [{ name: 'app', policies: [allow('ec2:StopInstances')] }],
    regions: { 'us-east-1': { documents: null } },
  });
  const cells = [
    ...cellsOf(buildMatrix(snapshot), snapshot, { principal: `arn:aws:iam::${ACCOUNT_ID}:user/ada` }),
  ];
  expect(cells.map(({ path, verdict, missing }) => [path, verdict, missing])).toEqual([
    ['run-command', 'unknown', 'ssm list-documents'],
  ]);
});

test('instances of different groups are in different classes, even if no policy names a group', () => {
  const own = (id: string, version: string): AutoScalingGroup => ({
    ...group(version),
    ...{ name: id, arn: GROUP.replace('web', id), instances: [id] },
  });
  const snapshot = account({
    users: [{ name: 'ada', policies: [allow('ec2:CreateLaunchTemplateVersion')] }],
    instances: [{ id: 'i-1' }, { id: 'i-2' }, { id: 'i-3' }],
    ...services({ autoScalingGroups: [own('i-1', '3'), own('i-2', '$Latest'), own('i-3', '$Default')] }),
  });
  const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'launch-template' })];
  expect(cells.map(({ instance }) => instance)).toEqual(['i-2']);
});
