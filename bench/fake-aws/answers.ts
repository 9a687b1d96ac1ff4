import type { Inside } from './empty-answers.ts';
import {
  ACCOUNT,
  CENTER,
  directoryId,
  groupXml,
  imageXml,
  instanceXml,
  managedInstance,
  numberOf,
  numberOfSet,
  roleXml,
  setArn,
  setName,
  setRoleXml,
  snapshotXml,
  volumeXml,
} from './things.ts';

/** The size of the account; instances are spread over its regions. */
export interface Size {
  readonly principals: number;
  readonly instances: number;
  readonly regions: readonly string[];
  /** images of the account, and snapshots, in each region */
  readonly images: number;
  /** roles of so many permission sets are among the principals; left out: none */
  readonly permissionSets?: number;
  /** people in IAM Identity Center, of whom each group has 20; left out: none */
  readonly people?: number;
}

/** The parts of a request that decide its answer. */
export interface Question {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  /** a member of the request, whatever its protocol */
  readonly input: (name: string) => string | undefined;
}

type Row = (question: Question, size: Size) => Inside;

/** The numbers of one page, and the token of the next one. */
function pageOf(of: number, most: number, token: string | undefined, from: number) {
  const begin = Number(token ?? 0);
  const end = Math.min(of, begin + most);
  return {
    numbers: Array.from({ length: Math.max(0, end - begin) }, (_, k) => from + begin + k),
    next: end < of ? String(end) : null,
  };
}

/** The page size: the requested one, up to the service's limit. */
const sizeOf = (said: string | undefined, most: number): number => Math.min(Number(said ?? most), most);

const share = ({ instances, regions }: Size): number => Math.ceil(instances / regions.length);

/** A list of EC2: `perInstance` items for each instance of the region, or `count` items. */
const ec2List =
  (
    set: string,
    most: number,
    one: (number: number, region: string) => string,
    count: (size: Size) => number,
  ): Row =>
  ({ region, input }, size) => {
    const of = count(size);
    const from = size.regions.indexOf(region) * of;
    const { numbers, next } = pageOf(of, sizeOf(input('MaxResults'), most), input('NextToken'), from);
    const token = next === null ? '' : `<nextToken>${next}</nextToken>`;
    return `<${set}>${numbers.map((number) => one(number, region)).join('')}</${set}>${token}`;
  };

const GROUPS = 40;
/** Named ids instead of a page. */
const instances: Row = (question, size) => {
  const id = question.input('InstanceId.1');
  if (id === undefined) return ec2List('reservationSet', 1000, instanceXml, share)(question, size);
  const ids: string[] = [];
  for (let at = 1; question.input(`InstanceId.${at}`) !== undefined; at += 1)
    ids.push(question.input(`InstanceId.${at}`) ?? '');
  const numbers = ids.map((one) => Number.parseInt(one.slice(2), 16));
  return `<reservationSet>${numbers.map((number) => instanceXml(number, question.region)).join('')}</reservationSet>`;
};

const roles: Row = ({ input }, { principals, permissionSets = 0 }) => {
  const { numbers, next } = pageOf(principals, sizeOf(input('MaxItems'), 1000), input('Marker'), 0);
  const more = next === null ? '' : `<Marker>${next}</Marker>`;
  return `<UserDetailList/><GroupDetailList/><Policies/><RoleDetailList>${numbers.map((number) => (number < permissionSets ? setRoleXml(number) : roleXml(number))).join('')}</RoleDetailList><IsTruncated>${next !== null}</IsTruncated>${more}`;
};

const managed: Row = ({ region, input }, size) => {
  const of = share(size);
  const { numbers, next } = pageOf(
    ...([of, sizeOf(input('MaxResults'), 50), input('NextToken')] as const),
    size.regions.indexOf(region) * of,
  );
  return { InstanceInformationList: numbers.map(managedInstance), ...(next !== null && { NextToken: next }) };
};

/** A list of IAM Identity Center. */
const centerList =
  (
    list: string,
    one: (number: number, input: Question['input']) => object | string,
    count: (size: Size) => number,
  ): Row =>
  ({ input }, size) => {
    const { numbers, next } = pageOf(count(size), sizeOf(input('MaxResults'), 100), input('NextToken'), 0);
    return { [list]: numbers.map((number) => one(number, input)), ...(next !== null && { NextToken: next }) };
  };

/** Each permission set is held by two groups of its own. */
const OF_A_SET = 2;
const IN_A_GROUP = 20;

/** The calls whose answers depend on the size; the others are in empty-answers.ts. */
export const ANSWERS: Readonly<Record<string, Row>> = {
  'sso.ListInstances': centerList(
    'Instances',
    () => ({ InstanceArn: CENTER, IdentityStoreId: 'd-9067a1b2c3' }),
    ({ permissionSets = 0 }) => Math.min(1, permissionSets),
  ),
  'sso.ListPermissionSetsProvisionedToAccount': centerList(
    'PermissionSets',
    setArn,
    ({ permissionSets = 0 }) => permissionSets,
  ),
  'sso.DescribePermissionSet': ({ input }) => {
    const PermissionSetArn = input('PermissionSetArn') ?? '';
    return { PermissionSet: { PermissionSetArn, Name: setName(numberOfSet(PermissionSetArn)) } };
  },
  'sso.ListAccountAssignments': centerList(
    'AccountAssignments',
    (number, input) => {
      const PermissionSetArn = input('PermissionSetArn') ?? '';
      const PrincipalId = directoryId(OF_A_SET * numberOfSet(PermissionSetArn) + number);
      return { AccountId: ACCOUNT, PermissionSetArn, PrincipalType: 'GROUP', PrincipalId };
    },
    () => OF_A_SET,
  ),
  'identitystore.ListGroups': centerList(
    'Groups',
    (number) => ({ GroupId: directoryId(number), DisplayName: `group-${number}` }),
    ({ people = 0 }) => Math.ceil(people / IN_A_GROUP),
  ),
  'identitystore.ListUsers': centerList(
    'Users',
    (number) => ({ UserId: directoryId(number), UserName: `person.${number}@example.com` }),
    ({ people = 0 }) => people,
  ),
  'identitystore.ListGroupMemberships': centerList(
    'GroupMemberships',
    (number, input) => ({
      GroupId: input('GroupId'),
      MemberId: { UserId: directoryId(IN_A_GROUP * numberOf(input('GroupId') ?? '') + number) },
    }),
    () => IN_A_GROUP,
  ),
  'sts.GetCallerIdentity': () =>
    `<Account>${ACCOUNT}</Account><UserId>x</UserId><Arn>arn:aws:iam::${ACCOUNT}:role/audit</Arn>`,
  'iam.GetAccountAuthorizationDetails': roles,
  'ec2.DescribeRegions': (_, { regions }) =>
    `<regionInfo>${regions.map((name) => `<item><regionName>${name}</regionName></item>`).join('')}</regionInfo>`,
  'ec2.DescribeInstances': instances,
  'ec2.DescribeVolumes': ec2List('volumeSet', 500, volumeXml, (size) => 2 * share(size)),
  'ec2.DescribeSecurityGroups': ec2List('securityGroupInfo', 1000, groupXml, () => GROUPS),
  'ec2.DescribeImages': ec2List('imagesSet', 1000, imageXml, ({ images }) => images),
  'ec2.DescribeSnapshots': ec2List('snapshotSet', 1000, snapshotXml, ({ images }) => images),
  'ec2.DescribeImageAttribute': ({ input }) => `<imageId>${input('ImageId')}</imageId><launchPermission/>`,
  'ec2.DescribeSnapshotAttribute': ({ input }) =>
    `<snapshotId>${input('SnapshotId')}</snapshotId><createVolumePermission/>`,
  'ssm.DescribeInstanceInformation': managed,
};
