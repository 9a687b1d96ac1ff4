/** The content of an answer: XML of the query protocols, or a value of the JSON ones. */
export type Inside = string | object;

/** The answers of an account that has none of these things, for each call of a scan that a fake does not answer itself. */
export const EMPTY_ANSWERS: Readonly<Record<string, Inside>> = {
  'iam.ListVirtualMFADevices': '<VirtualMFADevices/><IsTruncated>false</IsTruncated>',
  'iam.GenerateCredentialReport': '<State>COMPLETE</State>',
  'iam.GetCredentialReport': `<Content>${Buffer.from('user,arn\n').toString('base64')}</Content><ReportFormat>text/csv</ReportFormat>`,
  'ec2.DescribeVolumes': '<volumeSet/>',
  'ec2.DescribeSnapshots': '<snapshotSet/>',
  'ec2.DescribeInstanceConnectEndpoints': '<instanceConnectEndpointSet/>',
  'ec2.DescribeManagedPrefixLists': '<prefixListSet/>',
  'ec2.DescribeVpcBlockPublicAccessOptions':
    '<vpcBlockPublicAccessOptions><internetGatewayBlockMode>off</internetGatewayBlockMode></vpcBlockPublicAccessOptions>',
  'ec2.DescribeVpcBlockPublicAccessExclusions': '<vpcBlockPublicAccessExclusionSet/>',
  'ec2.DescribeLaunchTemplates': '<launchTemplates/>',
  'ec2.GetSerialConsoleAccessStatus': '<serialConsoleAccessEnabled>false</serialConsoleAccessEnabled>',
  'ec2.GetInstanceMetadataDefaults': '<accountLevel/>',
  'ec2.GetManagedResourceVisibility':
    '<visibility><defaultVisibility>hidden</defaultVisibility></visibility>',
  'ssm.ListDocuments': { DocumentIdentifiers: [] },
  'ssm.GetServiceSetting': { ServiceSetting: { SettingId: 'x', SettingValue: '$None' } },
  'ssm.GetDocument': { Content: JSON.stringify({ inputs: { runAsEnabled: false } }) },
  'ssm.ListAssociations': { Associations: [] },
  'ssm.DescribeMaintenanceWindows': { WindowIdentities: [] },
  'autoscaling.DescribeAutoScalingGroups': '<AutoScalingGroups/>',
  'cloudformation.DescribeStacks': '<Stacks/>',
  'ecs.ListClusters': { clusterArns: [] },
  'codedeploy.ListApplications': { applications: [] },
  'codepipeline.ListPipelines': { pipelines: [] },
  'codebuild.ListProjects': { projects: [] },
  'events.ListRules': { Rules: [] },
  'states.ListStateMachines': { stateMachines: [] },
  // these calls are identified by their paths, and there is one of each
  'backup.GET': { Results: [] },
  'eks.GET': { clusters: [] },
  'lambda.GET': { Functions: [] },
};
