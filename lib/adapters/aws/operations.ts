import {
  DescribeImageAttributeCommand,
  DescribeRegionsCommand,
  DescribeSnapshotAttributeCommand,
  type EC2Client,
  GetInstanceMetadataDefaultsCommand,
  GetSerialConsoleAccessStatusCommand,
  paginateDescribeImages,
  paginateDescribeInstanceConnectEndpoints,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  paginateGetAccountAuthorizationDetails,
  paginateListVirtualMFADevices,
} from '@aws-sdk/client-iam';
import {
  GetDocumentCommand,
  GetServiceSettingCommand,
  paginateDescribeInstanceInformation,
  paginateListDocuments,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { SourceCall } from '../../ports/account-source.ts';
import type { Clients } from './clients.ts';
import { credentialReport } from './credential-report.ts';
import { effectivePolicies } from './effective-policies.ts';

type Pages = AsyncIterable<object> | Promise<object>;
type Operation = (clients: Clients, call: SourceCall) => Pages;

/** As large as the services allow, so that an account takes few calls. */
const EC2_PAGE = 1000;
const SSM_PAGE = 50;
/** Below IAM's limit of 1,000: a page with its documents already takes seconds. */
const IAM_PAGE = 300;

const ec2 =
  (ask: (client: EC2Client, argument: string) => Pages): Operation =>
  (clients, call) =>
    ask(clients.ec2(regionOf(call)), call.argument ?? '');

const ssm =
  (ask: (client: SSMClient, argument: string) => Pages): Operation =>
  (clients, call) =>
    ask(clients.ssm(regionOf(call)), call.argument ?? '');

function regionOf({ service, operation, region }: SourceCall): string {
  if (region === null)
    throw new TypeError(`\`${service}.${operation}\` is asked of a region, and none was named`);
  return region;
}

/** How each call of lib/collect/calls.ts is made, by the CLI's own name for it. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'sts.get-caller-identity': ({ sts }) => sts.send(new GetCallerIdentityCommand({})),

  // AWSManagedPolicy has to be asked for by name, and then only the attached ones come
  'iam.get-account-authorization-details': ({ iam: client }) =>
    paginateGetAccountAuthorizationDetails(
      { client, pageSize: IAM_PAGE },
      { Filter: ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] },
    ),
  'iam.get-policy': ({ iam }, { argument }) => iam.send(new GetPolicyCommand({ PolicyArn: argument })),
  'iam.get-policy-version': ({ iam }, { argument = '' }) => {
    const version = argument.lastIndexOf('.');
    const PolicyArn = argument.slice(0, version);
    return iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: argument.slice(version + 1) }));
  },
  'iam.list-virtual-mfa-devices': ({ iam: client }) => paginateListVirtualMFADevices({ client }, {}),
  'iam.get-credential-report': ({ iam }) => credentialReport(iam),

  'organizations.effective-policies': (clients) => effectivePolicies(clients),

  'ec2.describe-regions': ec2((client) => client.send(new DescribeRegionsCommand({}))),
  'ec2.describe-instances': ec2((client) => paginateDescribeInstances({ client, pageSize: EC2_PAGE }, {})),
  'ec2.describe-security-groups': ec2((client) =>
    paginateDescribeSecurityGroups({ client, pageSize: EC2_PAGE }, {}),
  ),
  'ec2.describe-instance-connect-endpoints': ec2((client) =>
    paginateDescribeInstanceConnectEndpoints({ client }, {}),
  ),
  'ec2.get-serial-console-access-status': ec2((client) =>
    client.send(new GetSerialConsoleAccessStatusCommand({})),
  ),
  'ec2.describe-images': ec2((client) =>
    paginateDescribeImages({ client, pageSize: EC2_PAGE }, { Owners: ['self'] }),
  ),
  'ec2.describe-image-attribute': ec2((client, ImageId) =>
    client.send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' })),
  ),
  'ec2.describe-snapshots': ec2((client) =>
    paginateDescribeSnapshots({ client, pageSize: EC2_PAGE }, { OwnerIds: ['self'] }),
  ),
  'ec2.describe-snapshot-attribute': ec2((client, SnapshotId) =>
    client.send(new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' })),
  ),
  'ec2.describe-launch-templates': ec2((client) => paginateDescribeLaunchTemplates({ client }, {})),
  'ec2.get-instance-metadata-defaults': ec2((client) =>
    client.send(new GetInstanceMetadataDefaultsCommand({})),
  ),

  'ssm.describe-instance-information': ssm((client) =>
    paginateDescribeInstanceInformation({ client, pageSize: SSM_PAGE }, {}),
  ),
  'ssm.list-documents': ssm((client) =>
    paginateListDocuments({ client, pageSize: SSM_PAGE }, { Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
  ),
  'ssm.get-document': ssm((client, Name) => client.send(new GetDocumentCommand({ Name }))),
  'ssm.get-service-setting': ssm((client, setting) =>
    client.send(new GetServiceSettingCommand({ SettingId: `/ssm/managed-instance/${setting}` })),
  ),
};
