import type { Uncertainty } from '../../evaluator/decision.ts';
import { type Alternative, type RequestRow, table } from './access-path.ts';
import { making, on } from './requests-of-paths.ts';
import type { ResourceKind } from './resource-kinds.ts';

/**
 * The trial launch for which Auto Scaling checks the caller. The template can leave out the profile, so no role is
 * passed.
 */
const TRIAL: readonly RequestRow[] = [
  making('ec2:RunInstances', 'new-instance'),
  making('ec2:RunInstances', 'new-network-interface'),
  ...(['image', 'subnet', 'security-groups'] as const).map((kind) => on('ec2:RunInstances', kind)),
];

const UPDATED = 'autoscaling:UpdateAutoScalingGroup';

/** The group gets a new version of its template, or a new template. */
function relaunched(action: string, context?: RequestRow['context']): readonly Alternative[] {
  const group = on(action, 'autoscaling-group', context);
  const version = on('ec2:CreateLaunchTemplateVersion', 'group-template');
  const template = making('ec2:CreateLaunchTemplate', 'new-launch-template');
  return [
    { id: action, requests: [group, version, ...TRIAL] },
    { id: `${action}, new template`, requests: [group, template, ...TRIAL] },
  ];
}

/** With the role of the stack, or with a code. */
const stackUpdates = (kind: ResourceKind, code?: Uncertainty): readonly Alternative[] =>
  [['cloudformation:UpdateStack'], ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet']].map(
    (actions) => ({
      id: `${actions.join('+')} on ${kind}`,
      requests: actions.map((action) => on(action, kind)),
      ...(code ? { code } : {}),
    }),
  );

const OF_ADMINISTRATORS = {
  'eks:policyArn': 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
  'eks:accessScope': 'cluster',
};

/**
 * A caller with an access entry signs this request as a token for the cluster. It needs no permission, and no Deny
 * prevents it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
const tokenFor = (cluster: ResourceKind): RequestRow => ({
  action: 'sts:GetCallerIdentity',
  on: cluster,
  unasked: true,
});

/** A new administrator of the cluster runs a privileged pod on the node. */
const accessEntry = (id: string, cluster: ResourceKind): Alternative => ({
  id,
  requests: [
    on('eks:CreateAccessEntry', cluster),
    on('eks:AssociateAccessPolicy', 'new-access-entry', OF_ADMINISTRATORS),
  ],
  chosen: ['eks:principalarn', 'eks:accessentrytype', 'eks:kubernetesgroups', 'eks:username'],
});

/** A task that mounts the host's disk need not be privileged. Without a role of its own, no role is passed. */
const registered = making('ecs:RegisterTaskDefinition', 'host-tasks', {
  'ecs:privileged': 'false',
  'ecs:compute-compatibility': 'EC2',
});

/** Paths by which other services act on instances that belong to their resources. */
export const SERVICE_PATHS = table([
  {
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
    id: 'launch-template',
    title: 'Launch template of its group',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'newest version',
        requests: [on('ec2:CreateLaunchTemplateVersion', 'latest-template')],
      },
      {
        id: 'default version',
        same: 'default-template',
        requests: [
          on('ec2:CreateLaunchTemplateVersion', 'default-template'),
          on('ec2:ModifyLaunchTemplate', 'default-template'),
        ],
      },
      ...relaunched(UPDATED, { 'autoscaling:LaunchTemplateVersionSpecified': 'true' }),
      ...relaunched('autoscaling:StartInstanceRefresh'),
      // https://docs.aws.amazon.com/autoscaling/ec2/userguide/change-launch-config.html
      {
        id: `${UPDATED}, new launch configuration`,
        requests: [
          making('autoscaling:CreateLaunchConfiguration', 'new-launch-configuration'),
          on(UPDATED, 'autoscaling-group'),
        ],
        code: 'launch-configuration',
      },
    ],
    landsAs: ['root of its replacement'],
    fact: 'none',
    runsAs: 'AWSServiceRoleForAutoScaling',
  },
  {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-hup.html
    id: 'stack-update',
    title: 'Stack update',
    groups: ['shell', 'root'],
    alternatives: [...stackUpdates('stack-with-role'), ...stackUpdates('stack', 'stack-rights')],
    landsAs: ['root'],
    fact: 'none',
  },
  {
    // https://docs.aws.amazon.com/codedeploy/latest/userguide/application-specification-files.html
    id: 'codedeploy',
    title: 'CodeDeploy deployment',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'codedeploy:CreateDeployment',
        requests: [
          on('codedeploy:CreateDeployment', 'deployment-groups'),
          on('codedeploy:RegisterApplicationRevision', 'deployed-applications'),
          on('codedeploy:GetDeploymentConfig', 'deployment-config'),
        ],
      },
      {
        id: 'codedeploy:CreateDeployment alone',
        requests: [on('codedeploy:CreateDeployment', 'deployment-groups')],
        code: 'deployment-rights',
      },
      {
        id: 'codedeploy:UpdateDeploymentGroup',
        same: 'all-deployment-groups',
        requests: [
          on('codedeploy:UpdateDeploymentGroup', 'all-deployment-groups'),
          on('codedeploy:CreateDeployment', 'all-deployment-groups'),
        ],
        code: 'deployment-rights',
      },
    ],
    landsAs: ['root'],
    fact: 'none',
  },
  {
    // https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html
    id: 'pipeline-deploy',
    title: 'Pipeline deployment',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'codepipeline:UpdatePipeline',
        requests: [on('codepipeline:UpdatePipeline', 'deploying-pipelines')],
        code: 'pipeline-rights',
      },
    ],
    landsAs: ['root'],
    fact: 'none',
    runsAs: 'the role of the pipeline',
  },
  {
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    id: 'container-host',
    title: 'Container host',
    groups: ['shell', 'root'],
    alternatives: [
      ...['ecs:RunTask', 'ecs:StartTask'].map((action) => ({
        id: action,
        same: 'host-tasks' as const,
        requests: [registered, on(action, 'host-tasks')],
      })),
      { id: 'ecs:CreateService', requests: [registered, making('ecs:CreateService', 'host-services')] },
      {
        id: 'ecs:UpdateService',
        requests: [registered, on('ecs:UpdateService', 'cluster-services')],
        code: 'service-placement',
      },
      // https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
      {
        id: 'batch:SubmitJob',
        same: 'new-job-definitions',
        requests: [
          making('batch:RegisterJobDefinition', 'new-job-definitions', { 'batch:Privileged': 'false' }),
          on('batch:SubmitJob', 'new-job-definitions'),
          on('batch:SubmitJob', 'new-job'),
          on('batch:SubmitJob', 'job-queues'),
        ],
        code: 'service-placement',
      },
    ],
    landsAs: ['root'],
    fact: 'none',
    applies: 'linux',
  },
  {
    // https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    id: 'kubernetes-node',
    title: 'Kubernetes node',
    groups: ['shell', 'root'],
    alternatives: [
      { id: 'administrator of the cluster', requests: [tokenFor('administered-cluster')] },
      accessEntry('access entry', 'entry-cluster'),
      {
        id: 'own access entry',
        requests: [on('eks:AssociateAccessPolicy', 'own-access-entry', OF_ADMINISTRATORS)],
      },
      {
        ...accessEntry('access entry once the cluster takes them', 'map-cluster'),
        requests: [
          on('eks:UpdateClusterConfig', 'map-cluster', { 'eks:authenticationMode': 'API_AND_CONFIG_MAP' }),
          ...accessEntry('', 'map-cluster').requests,
        ],
      },
      {
        ...accessEntry('access entry of a cluster that nobody has read', 'eks-cluster'),
        code: 'kubernetes-access',
      },
      // Kubernetes groups, which may include administrators
      {
        id: 'groups of its own access entry',
        requests: [on('eks:UpdateAccessEntry', 'own-access-entry')],
        code: 'kubernetes-access',
      },
      { id: 'pods of the cluster', requests: [tokenFor('edited-cluster')], code: 'kubernetes-access' },
    ],
    landsAs: ['root'],
    fact: 'none',
    applies: 'linux',
  },
  {
    // https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html
    id: 'emr-step',
    title: 'EMR step',
    groups: ['shell'],
    alternatives: [
      {
        id: 'elasticmapreduce:AddJobFlowSteps',
        requests: [on('elasticmapreduce:AddJobFlowSteps', 'emr-cluster')],
      },
    ],
    landsAs: ['hadoop'],
    fact: 'none',
  },
  {
    // https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.hooks.html
    id: 'beanstalk',
    title: 'Elastic Beanstalk deployment',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'elasticbeanstalk:UpdateEnvironment',
        requests: [
          on('elasticbeanstalk:CreateApplicationVersion', 'beanstalk-application'),
          making('elasticbeanstalk:CreateApplicationVersion', 'new-application-version'),
          on('elasticbeanstalk:UpdateEnvironment', 'beanstalk-environment'),
        ],
        code: 'beanstalk-rights',
      },
    ],
    landsAs: ['root'],
    fact: 'none',
  },
  {
    // https://docs.aws.amazon.com/devopsagent/latest/userguide/working-with-devops-agent-working-with-directed-actions.html
    id: 'agent-action',
    title: 'Action of DevOps Agent',
    groups: ['control'],
    alternatives: [
      {
        id: 'aidevops:UpdateApprovalAction',
        same: 'agent-spaces',
        requests: ['aidevops:CreateChat', 'aidevops:SendMessage', 'aidevops:UpdateApprovalAction'].map(
          (action) => on(action, 'agent-spaces'),
        ),
        code: 'agent-role',
      },
    ],
    landsAs: [],
    fact: 'none',
    runsAs: "the agent's elevated role",
  },
]);
