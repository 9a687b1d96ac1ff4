import { type RequestRow, table } from './access-path.ts';
import { eachOnInstance, making, on } from './requests-of-paths.ts';

/**
 * A new version of the template, and what Auto Scaling asks of the caller for it: a launch that is tried out. A profile
 * can be left out of the version, so that no role is passed.
 */
const LAUNCHED: readonly RequestRow[] = [
  on('ec2:CreateLaunchTemplateVersion', 'group-template'),
  making('ec2:RunInstances', 'new-instance'),
  making('ec2:RunInstances', 'new-network-interface'),
  ...(['image', 'subnet', 'security-groups'] as const).map((kind) => on('ec2:RunInstances', kind)),
];

/** What other services do on an instance that belongs to something of theirs. */
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
      {
        id: 'autoscaling:UpdateAutoScalingGroup',
        requests: [
          on('autoscaling:UpdateAutoScalingGroup', 'autoscaling-group', {
            'autoscaling:LaunchTemplateVersionSpecified': 'true',
          }),
          ...LAUNCHED,
        ],
      },
      {
        id: 'autoscaling:StartInstanceRefresh',
        requests: [on('autoscaling:StartInstanceRefresh', 'autoscaling-group'), ...LAUNCHED],
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
    alternatives: [
      {
        id: 'cloudformation:UpdateStack',
        requests: [on('cloudformation:UpdateStack', 'stack')],
        code: 'stack-rights',
      },
      {
        id: 'cloudformation:ExecuteChangeSet',
        requests: [
          on('cloudformation:CreateChangeSet', 'stack'),
          on('cloudformation:ExecuteChangeSet', 'stack'),
        ],
        code: 'stack-rights',
      },
    ],
    landsAs: ['root'],
    fact: 'none',
  },
  {
    // https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    id: 'kubernetes-node',
    title: 'Kubernetes node',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'eks:CreateAccessEntry',
        requests: [
          on('eks:CreateAccessEntry', 'eks-cluster'),
          on('eks:AssociateAccessPolicy', 'new-access-entry', {
            'eks:policyArn': 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
            'eks:accessScope': 'cluster',
          }),
        ],
        code: 'kubernetes-access',
        chosen: ['eks:principalarn', 'eks:accessentrytype', 'eks:kubernetesgroups', 'eks:username'],
      },
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
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    id: 'user-data-read',
    title: 'Reading user data',
    groups: ['data'],
    alternatives: [
      ...eachOnInstance('ec2:DescribeInstanceAttribute', 'ec2:GetLaunchTemplateData'),
      {
        id: 'ec2:DescribeLaunchTemplateVersions',
        requests: [on('ec2:DescribeLaunchTemplateVersions', 'template-reads')],
      },
    ],
    landsAs: [],
    fact: 'none',
  },
]);
