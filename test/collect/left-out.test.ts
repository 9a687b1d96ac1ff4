import { describe, expect, test } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import type { AccountSource } from '../../lib/ports/account-source.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';

/*
 * Leaves members that AWS always returns out of every item of the example account, one kind at a time. Nothing that
 * was open may be closed, or out of reach, without a report. Members that AWS omits if there is nothing to report
 * are in `OPTIONAL`, each with its source.
 */

const EXAMPLE = `${import.meta.dirname}/../../examples/acme`;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** `path`: members joined by dots; lists are searched as well. */
function without(value: Json, path: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((one) => without(one, path));
  if (typeof value !== 'object' || value === null) return value;
  const [first = '', ...rest] = path;
  const { [first]: member, ...others } = value as Record<string, Json>;
  if (member === undefined) return value;
  return rest.length === 0 ? others : { ...others, [first]: without(member, rest) };
}

function leavingOut(call: string, path: string): AccountSource {
  const source = folderSource(EXAMPLE);
  return {
    ...source,
    read: async (asked, eachPage) => {
      const answer = await source.read(asked, eachPage);
      if (answer.status !== 'collected' || `${asked.service}.${asked.operation}` !== call) return answer;
      return { ...answer, data: without(answer.data as Json, path.split('.')) };
    },
  };
}

const collect = (source: AccountSource): Promise<Snapshot> =>
  collectAccount(source, new Date(0), { step: () => {} });

function cells(snapshot: Snapshot): ReadonlyMap<string, Cell> {
  const found = [...cellsOf(buildMatrix(snapshot), snapshot)];
  return new Map(found.map((cell) => [[cell.principal, cell.instance, cell.path].join(' '), cell]));
}

const told = ({ coverage, problems }: Snapshot): string => JSON.stringify([coverage, problems]);

const whole = await collect(folderSource(EXAMPLE));
const before = cells(whole);

/** What is lost without a report if a member is missing. */
async function lost(call: string, path: string): Promise<readonly string[]> {
  const snapshot = await collect(leavingOut(call, path));
  if (told(snapshot) !== told(whole)) return [];
  const after = cells(snapshot);
  return [...before].flatMap(([name, { reachable }]) => {
    const cell = after.get(name);
    if (cell?.verdict === 'unknown') return [];
    if (!cell) return [`${name} is closed`];
    return reachable !== false && cell.reachable === false ? [`${name} is out of reach`] : [];
  });
}

const IAM = 'iam.get-account-authorization-details';
const INSTANCES = 'ec2.describe-instances';
const GROUPS = 'ec2.describe-security-groups';
const INSTANCE = 'Reservations.Instances';
const RULE = 'SecurityGroups.IpPermissions';

const GIVEN: readonly (readonly [call: string, path: string])[] = [
  ...[
    ...['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'],
    ...['UserDetailList.Arn', 'UserDetailList.UserName', 'UserDetailList.GroupList'],
    ...['UserDetailList.AttachedManagedPolicies', 'UserDetailList.AttachedManagedPolicies.PolicyArn'],
    ...['UserDetailList.UserPolicyList.PolicyName', 'UserDetailList.UserPolicyList.PolicyDocument'],
    ...['GroupDetailList.Arn', 'GroupDetailList.GroupName', 'GroupDetailList.GroupPolicyList'],
    ...['GroupDetailList.AttachedManagedPolicies', 'GroupDetailList.GroupPolicyList.PolicyDocument'],
    ...['RoleDetailList.Arn', 'RoleDetailList.RoleName', 'RoleDetailList.AssumeRolePolicyDocument'],
    ...['RoleDetailList.AttachedManagedPolicies', 'RoleDetailList.AttachedManagedPolicies.PolicyArn'],
    ...['RoleDetailList.RolePolicyList', 'RoleDetailList.RolePolicyList.PolicyName'],
    ...['RoleDetailList.RolePolicyList.PolicyDocument', 'RoleDetailList.InstanceProfileList'],
    ...['Policies.Arn', 'Policies.PolicyVersionList', 'Policies.PolicyVersionList.Document'],
  ].map((path) => [IAM, path] as const),
  ...[
    ...['State', 'VpcId', 'SubnetId', 'SecurityGroups', 'NetworkInterfaces', 'InstanceId'],
    ...['RootDeviceType', 'RootDeviceName', 'BlockDeviceMappings', 'BlockDeviceMappings.DeviceName'],
    ...['BlockDeviceMappings.Ebs', 'BlockDeviceMappings.Ebs.VolumeId', 'Tags.Key', 'Tags.Value'],
    ...['NetworkInterfaces.Groups', 'Placement', 'MetadataOptions', 'InstanceType', 'PlatformDetails'],
  ].map((member) => [INSTANCES, `${INSTANCE}.${member}`] as const),
  ...[
    ...['SecurityGroups', 'SecurityGroups.GroupId', RULE, 'SecurityGroups.IpPermissionsEgress'],
    ...[`${RULE}.IpProtocol`, `${RULE}.IpRanges`, `${RULE}.IpRanges.CidrIp`, `${RULE}.Ipv6Ranges`],
    ...[`${RULE}.UserIdGroupPairs`, `${RULE}.UserIdGroupPairs.GroupId`, `${RULE}.PrefixListIds`],
  ].map((path) => [GROUPS, path] as const),
  ...['InstanceConnectEndpointId', 'VpcId', 'State', 'SecurityGroupIds', 'SubnetId'].map(
    (member) => ['ec2.describe-instance-connect-endpoints', `InstanceConnectEndpoints.${member}`] as const,
  ),
  ...['InstanceId', 'PingStatus', 'PlatformType'].map(
    (member) => ['ssm.describe-instance-information', `InstanceInformationList.${member}`] as const,
  ),
  ...['TargetId', 'ServiceControlPolicies', 'ServiceControlPolicies.Content', 'ResourceControlPolicies'].map(
    (member) => ['organizations.effective-policies', `Targets.${member}`] as const,
  ),
  ['ssm.get-document', 'Content'],
  ['ec2.get-serial-console-access-status', 'SerialConsoleAccessEnabled'],
];

/** Omitted if there is none. */
const OPTIONAL: readonly (readonly [call: string, path: string, source: string])[] = [
  [IAM, 'UserDetailList.UserPolicyList', 'https://github.com/boto/boto3/issues/1303'],
  [
    INSTANCES,
    `${INSTANCE}.Tags`,
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html: an instance need not have tags',
  ],
  [
    INSTANCES,
    `${INSTANCE}.KeyName`,
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html: "if this instance was launched with an associated key pair"',
  ],
];

describe('a member that AWS always returns', () => {
  test.each(GIVEN)('%s %s is missed: nothing is lost without a report', async (call, path) => {
    expect(await lost(call, path)).toEqual([]);
  });
});

describe('a member that AWS omits if there is none', () => {
  test.each(OPTIONAL)('%s %s counts as none (%s)', async (call, path) => {
    expect(await lost(call, path)).not.toEqual([]);
  });
});
