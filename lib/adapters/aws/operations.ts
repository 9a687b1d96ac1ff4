import {
  DescribeImageAttributeCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeSnapshotAttributeCommand,
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  type EC2Client,
  GetInstanceMetadataDefaultsCommand,
  GetManagedResourceVisibilityCommand,
  GetSerialConsoleAccessStatusCommand,
  paginateDescribeImages,
  paginateDescribeInstanceConnectEndpoints,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeManagedPrefixLists,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
  paginateGetManagedPrefixListEntries,
} from '@aws-sdk/client-ec2';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  paginateGetAccountAuthorizationDetails,
  paginateListVirtualMFADevices,
} from '@aws-sdk/client-iam';
import { DescribeOrganizationCommand } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { credentialReport } from './credential-report.ts';
import { effectivePolicies } from './effective-policies.ts';
import { IDENTITY_CENTER_OPERATIONS } from './identity-center-operations.ts';
import { type Operation, PAGE, type Pages, pagesOf, regional } from './operation.ts';
import { SERVICE_OPERATIONS } from './service-operations.ts';
import { SSM_OPERATIONS } from './ssm-operations.ts';

/**
 * The largest page of the services, so that an account takes few calls. A size is always given: EC2 throttles lists
 * without one earlier. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const EC2_PAGE = 1000;
const VOLUMES_PAGE = 500;
const ENDPOINTS_PAGE = 50;
const TEMPLATES_PAGE = 200;
/** Below IAM's limit of 1,000: a page with its documents already takes seconds. */
const IAM_PAGE = 300;

const ec2 = regional(({ ec2 }) => ec2);

/** How each call of lib/collect/calls.ts is made, by the CLI's name for it. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'sts.get-caller-identity': ({ sts }) => sts.send(new GetCallerIdentityCommand({})),

  // AWSManagedPolicy must be requested by name, and then only attached ones are returned
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
  'organizations.describe-organization': ({ organizations }) =>
    organizations.send(new DescribeOrganizationCommand({})),

  'ec2.describe-regions': ec2((client) => client.send(new DescribeRegionsCommand({}))),
  'ec2.describe-instances': ec2((client, ids) => instancesOf(client, ids)),
  'ec2.describe-security-groups': ec2((client) =>
    paginateDescribeSecurityGroups({ client, pageSize: EC2_PAGE }, {}),
  ),
  'ec2.describe-instance-connect-endpoints': ec2((client) =>
    paginateDescribeInstanceConnectEndpoints({ client, pageSize: ENDPOINTS_PAGE }, {}),
  ),
  'ec2.describe-volumes': ec2((client) =>
    withManaged((asked) => paginateDescribeVolumes({ client, pageSize: VOLUMES_PAGE }, asked)),
  ),
  'ec2.describe-managed-prefix-lists': ec2((client) =>
    paginateDescribeManagedPrefixLists({ client, pageSize: PAGE }, {}),
  ),
  'ec2.get-managed-prefix-list-entries': ec2((client, PrefixListId) =>
    paginateGetManagedPrefixListEntries({ client, pageSize: PAGE }, { PrefixListId }),
  ),
  'ec2.describe-vpc-block-public-access-options': ec2((client) =>
    client.send(new DescribeVpcBlockPublicAccessOptionsCommand({})),
  ),
  'ec2.describe-vpc-block-public-access-exclusions': ec2((client) => exclusionsOf(client)),
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
  'ec2.describe-launch-templates': ec2((client) =>
    withManaged((asked) => paginateDescribeLaunchTemplates({ client, pageSize: TEMPLATES_PAGE }, asked)),
  ),
  'ec2.get-instance-metadata-defaults': ec2((client) =>
    client.send(new GetInstanceMetadataDefaultsCommand({})),
  ),
  'ec2.get-managed-resource-visibility': ec2(async (client) => ({
    ...(await client.send(new GetManagedResourceVisibilityCommand({}))),
    // records how `instancesOf` asks, which no answer contains: a region that has this call knows its parameter
    IncludeManagedResources: true,
  })),

  ...IDENTITY_CENTER_OPERATIONS,
  ...SSM_OPERATIONS,
  ...SERVICE_OPERATIONS,
};

/** The SDK has no paginator for these. */
async function* exclusionsOf(client: EC2Client): AsyncGenerator<object> {
  let next: string | undefined;
  do {
    const asked = { MaxResults: EC2_PAGE, NextToken: next };
    const page = await client.send(new DescribeVpcBlockPublicAccessExclusionsCommand(asked));
    yield page;
    next = page.NextToken;
  } while (next !== undefined);
}

/** A request that names instances has no pages. */
const instancesOf = (client: EC2Client, ids: string): AsyncGenerator<object> =>
  withManaged((asked) =>
    ids === ''
      ? paginateDescribeInstances({ client, pageSize: EC2_PAGE }, asked)
      : client.send(new DescribeInstancesCommand({ ...asked, InstanceIds: ids.split(',') })),
  );

/**
 * What a service manages may be hidden unless it is requested: instances, their disks, the templates that they were
 * launched from. A partition that does not know the parameter yet hides none.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedResourceVisibility.html
 */
async function* withManaged(
  ask: (asked: { readonly IncludeManagedResources?: true }) => Pages,
): AsyncGenerator<object> {
  try {
    yield* pagesOf(ask({ IncludeManagedResources: true }));
  } catch (error) {
    if (!(error instanceof Error) || !/^(UnknownParameter|InvalidParameter)/.test(error.name)) throw error;
    yield* pagesOf(ask({}));
  }
}
