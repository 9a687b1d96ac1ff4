import { callName } from '../../lib/collect/aws-call.ts';
import { CALLS } from '../../lib/collect/calls.ts';
import type {
  ConnectEndpoint,
  Instance,
  ManagedInstance,
  RegionSnapshot,
  SecurityGroup,
  SecurityGroupRule,
  SessionPreferences,
} from '../../lib/snapshot/snapshot.ts';
import type { CliAnswer } from './cli-answer.ts';
import { cliTags, cliTime } from './cli-iam.ts';
import { serviceAnswers } from './cli-services.ts';

const LAUNCHED = '2026-05-04T09:12:33+00:00';

/** Typed calls that list something, by name, with empty lists. */
const EMPTY: Readonly<Record<string, CliAnswer>> = Object.fromEntries(
  CALLS.filter(({ argument, reader }) => argument === null && typeof reader !== 'string').map((call) => [
    callName(call),
    Object.fromEntries(call.lists.map((list) => [list, []])),
  ]),
);

const contents = ({ documentContents }: RegionSnapshot): Readonly<Record<string, CliAnswer>> =>
  Object.fromEntries(
    (documentContents ?? []).map(({ name, version, content }) => [
      `ssm.get-document.${name}`,
      { Name: name, DocumentVersion: version, DocumentFormat: 'JSON', Content: JSON.stringify(content) },
    ]),
  );

/**
 * The answer of each call in a region, by the name of its file without `.json`. Every list must have been collected.
 */
export function regionAnswers(region: RegionSnapshot, account: string): Readonly<Record<string, CliAnswer>> {
  const groups = region.securityGroups ?? [];
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  return {
    ...EMPTY,
    'ec2.describe-instances': {
      Reservations: (region.instances ?? []).values().map((one) => reservation(one, account, names)),
    },
    'ec2.describe-security-groups': {
      SecurityGroups: groups.values().map((group) => securityGroup(group, account)),
    },
    'ec2.describe-instance-connect-endpoints': {
      InstanceConnectEndpoints: (region.connectEndpoints ?? []).map((one) => endpoint(one, account)),
    },
    'ec2.describe-vpc-block-public-access-options': {
      VpcBlockPublicAccessOptions: publicAccessBlock(region),
    },
    'ec2.describe-vpc-block-public-access-exclusions': { VpcBlockPublicAccessExclusions: [] },
    'ec2.get-serial-console-access-status': {
      SerialConsoleAccessEnabled: region.serialConsoleEnabled,
      ManagedBy: 'account',
    },
    'ssm.describe-instance-information': {
      InstanceInformationList: (region.managedInstances ?? []).values().map(information),
    },
    'ssm.get-document.SSM-SessionManagerRunShell': preferences(region.sessionPreferences),
    'ssm.list-documents': {
      DocumentIdentifiers: (region.documents ?? []).map(({ name, documentType, tags }) => ({
        ...{ Name: name, Owner: account, DocumentVersion: '1', DocumentType: documentType },
        Tags: cliTags(tags),
      })),
    },
    ...contents(region),
    ...serviceAnswers(region),
  };
}

function publicAccessBlock({ publicAccessBlocks }: RegionSnapshot) {
  const [block] = publicAccessBlocks ?? [];
  return {
    InternetGatewayBlockMode: block?.mode,
    ManagedBy: block?.managedBy,
    ExclusionsAllowed: block?.exclusions,
  };
}

type Names = ReadonlyMap<string, string>;

const STATES: Readonly<Record<string, number>> = { running: 16, stopped: 80 };

function reservation(instance: Instance, account: string, names: Names) {
  const groups = instance.securityGroups.map((id) => ({ GroupId: id, GroupName: names.get(id) }));
  return {
    ReservationId: instance.id.replace(/^i-/, 'r-'),
    OwnerId: account,
    Groups: [],
    Instances: [
      {
        InstanceId: instance.id,
        ImageId: instance.imageId,
        State: { Code: STATES[instance.state], Name: instance.state },
        ...(instance.platform === 'windows' ? { Platform: 'windows' } : {}),
        PlatformDetails: instance.platform === 'windows' ? 'Windows' : 'Linux/UNIX',
        Architecture: 'x86_64',
        LaunchTime: LAUNCHED,
        ...(instance.keyName === null ? {} : { KeyName: instance.keyName }),
        ...(instance.instanceProfile === null
          ? {}
          : { IamInstanceProfile: { Arn: instance.instanceProfile } }),
        ...addresses(instance),
        VpcId: instance.vpcId,
        SubnetId: instance.subnetId,
        SecurityGroups: groups,
        NetworkInterfaces: instance.networkInterfaces.map((id) => networkInterface(id, instance, groups)),
        ...disks(instance),
        MetadataOptions: {
          State: 'applied',
          HttpTokens: instance.metadata.httpTokens,
          HttpPutResponseHopLimit: instance.metadata.hopLimit,
          HttpEndpoint: instance.metadata.httpEndpoint,
        },
        Tags: cliTags(instance.tags),
      },
    ],
  };
}

const addresses = ({ privateIps, publicIps }: Instance) => ({
  PrivateIpAddress: privateIps[0],
  ...(publicIps.length === 0 ? {} : { PublicIpAddress: publicIps[0] }),
});

const networkInterface = (id: string, instance: Instance, groups: readonly unknown[]) => ({
  NetworkInterfaceId: id,
  Status: 'in-use',
  VpcId: instance.vpcId,
  SubnetId: instance.subnetId,
  Groups: groups,
  PrivateIpAddress: instance.privateIps[0],
  PrivateIpAddresses: instance.privateIps.map((address) => ({ Primary: true, PrivateIpAddress: address })),
  Ipv6Addresses: [],
});

const ROOT = '/dev/xvda';

const disks = ({ volumes, rootDeviceType }: Instance) => ({
  RootDeviceName: ROOT,
  RootDeviceType: rootDeviceType,
  BlockDeviceMappings: volumes.map(({ id, root }, i) => ({
    DeviceName: root ? ROOT : `/dev/sd${'fghijklmnop'[i]}`,
    Ebs: { AttachTime: LAUNCHED, DeleteOnTermination: root, Status: 'attached', VolumeId: id },
  })),
});

const securityGroup = (group: SecurityGroup, account: string) => ({
  GroupId: group.id,
  GroupName: group.name,
  Description: group.name,
  OwnerId: account,
  VpcId: group.vpcId,
  IpPermissions: group.ingress.map(permission),
  IpPermissionsEgress: group.egress.map(permission),
  Tags: cliTags(group.tags),
});

const permission = ({ protocol, fromPort, toPort, cidrs, groups, prefixLists }: SecurityGroupRule) => ({
  IpProtocol: protocol,
  ...(fromPort === null ? {} : { FromPort: fromPort }),
  ...(toPort === null ? {} : { ToPort: toPort }),
  IpRanges: cidrs.map((cidr) => ({ CidrIp: cidr })),
  Ipv6Ranges: [],
  UserIdGroupPairs: groups.map((id) => ({ GroupId: id })),
  PrefixListIds: prefixLists.map((id) => ({ PrefixListId: id })),
});

const endpoint = (one: ConnectEndpoint, account: string) => ({
  OwnerId: account,
  InstanceConnectEndpointId: one.id,
  InstanceConnectEndpointArn: one.arn,
  State: one.state,
  VpcId: one.vpcId,
  SubnetId: one.subnetId,
  PreserveClientIp: one.preserveClientIp,
  SecurityGroupIds: one.securityGroups,
  Tags: cliTags(one.tags),
});

const information = (one: ManagedInstance) => ({
  InstanceId: one.id,
  PingStatus: one.pingStatus,
  ...(one.lastPing === null ? {} : { LastPingDateTime: cliTime(one.lastPing) }),
  AgentVersion: one.agentVersion,
  PlatformType: one.platform,
  ResourceType: 'EC2Instance',
});

const preferences = (said: SessionPreferences | null): CliAnswer => ({
  Name: 'SSM-SessionManagerRunShell',
  DocumentVersion: '1',
  Status: 'Active',
  DocumentType: 'Session',
  DocumentFormat: 'JSON',
  Content: JSON.stringify({
    schemaVersion: '1.0',
    sessionType: 'Standard_Stream',
    inputs: {
      runAsEnabled: said?.runAsEnabled ?? false,
      runAsDefaultUser: said?.runAsDefaultUser ?? '',
      kmsKeyId: said?.kmsKeyId ?? '',
      s3BucketName: said?.s3BucketName ?? '',
      cloudWatchLogGroupName: said?.cloudWatchLogGroupName ?? '',
    },
  }),
});
