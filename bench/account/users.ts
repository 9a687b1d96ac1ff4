import type { Tags, User } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { Random } from '../random.ts';
import type { Company } from './company.ts';
import { allow, type DocumentJson, policyDocument } from './document.ts';
import { sortTags } from './fleets.ts';
import { groupsOf, inOrder } from './groups.ts';
import type { Person } from './people.ts';
import type { PolicyShelf } from './policy-shelf.ts';

/** The names in the policies of single users. */
export interface Things {
  readonly instances: readonly string[];
  readonly roles: readonly string[];
}

/** The sources of users' policies. */
interface Stock {
  readonly company: Company;
  readonly things: Things;
  readonly shelf: PolicyShelf;
}

/** A user for each person. Many have a policy of their own, so that few are identical. */
export function makeUsers(people: readonly Person[], stock: Stock, random: Random): readonly User[] {
  const users = people.map((person) => ({
    ...{ arn: person.arn, name: person.name, id: `AIDA${random.id(17)}`, path: person.path },
    tags: userTags(person, random),
    policies: inOrder(person.arn, policiesOf(person, stock, random)),
    groups: groupsOf(person),
    boundary: boundaryOf(person, stock.shelf, random),
  }));
  return sortBy(users, ({ arn }) => arn);
}

function userTags({ kind, team }: Person, random: Random): Tags {
  if (kind === 'none' || random.chance(0.04)) return [];
  const tags = [
    { key: 'cost-center', value: team.costCenter },
    { key: random.chance(0.02) ? 'Team' : 'team', value: team.name },
  ];
  if (random.chance(0.05)) tags.push({ key: 'SSMSessionRunAs', value: random.pick(['ec2-user', 'ops']) });
  return sortTags(tags);
}

function boundaryOf({ kind }: Person, shelf: PolicyShelf, random: Random): string | null {
  if (kind === 'service') return random.chance(0.3) ? shelf.customer('ServiceBoundary') : null;
  return ['developer', 'operator'].includes(kind) && random.chance(0.2)
    ? shelf.customer('DeveloperBoundary')
    : null;
}

function policiesOf(person: Person, { company, things, shelf }: Stock, random: Random): readonly string[] {
  const { kind, team, arn } = person;
  const policies: string[] = [];
  const some = (share: number, id: () => string): void => {
    if (random.chance(share)) policies.push(id());
  };
  const own = (name: string, document: DocumentJson) => shelf.inline(arn, name, document);
  if (kind === 'none') return policies;
  if (kind === 'service') {
    policies.push(own('bucket', bucketOf(person, random)));
    some(0.15, () => own('instances', someInstances(things, random)));
    some(0.05, () => shelf.customer('RunPatchBaseline'));
    some(0.05, () => shelf.aws('AmazonEC2FullAccess'));
    return policies;
  }
  if (kind === 'lead') policies.push(shelf.customer(`${team.name}-admins`));
  some(0.08, () => own('my-instances', someInstances(things, random)));
  some(0.1, () => own('my-bucket', bucketOf(person, random)));
  if (things.roles.length > 0) some(0.06, () => own('my-roles', someRoles(things, random)));
  some(0.12, () => shelf.customer(random.pick(EXTRA)));
  some(0.05, () => shelf.aws(random.pick(EXTRA_AWS)));
  some(0.04, () => shelf.customer('EuropeOnly'));
  some(0.1, () => shelf.customer('DenyOutsideOffices'));
  some(0.02, () => shelf.customer(`${random.pick(company.teams).name}-operators`));
  return policies;
}

/** Customer policies of single people. */
const EXTRA = [
  ...['PortForwardingInTest', 'RunShellOutsideProduction', 'RunPatchBaseline', 'StateManagerAuthors'],
  ...['TunnelOperators', 'PowerOutsideProduction', 'ConsoleReaders', 'SnapshotOperators', 'FirewallByTeam'],
  ...['InstanceOperatorsEurope', 'SerialConsoleOperators', 'PassAppRoles', 'OwnDevelopmentInstances'],
  ...['TagOwnTeam', 'EverythingButIdentity'],
];
const EXTRA_AWS = [
  ...['AmazonEC2FullAccess', 'AmazonSSMFullAccess', 'AmazonSSMReadOnlyAccess', 'EC2InstanceConnect'],
  ...['AmazonS3FullAccess', 'AmazonVPCFullAccess', 'AutoScalingFullAccess', 'AWSCodeDeployFullAccess'],
  ...['job-function/SystemAdministrator', 'ElasticLoadBalancingFullAccess', 'AmazonDynamoDBFullAccess'],
  ...['ResourceGroupsandTagEditorFullAccess', 'CloudWatchReadOnlyAccess', 'AWSCloudFormationFullAccess'],
];

function someInstances({ instances }: Things, random: Random): DocumentJson {
  const arns = new Set(Array.from({ length: 1 + random.int(12) }, () => random.pick(instances)));
  const actions = random.pick(INSTANCE_ACTIONS);
  return policyDocument(allow(actions, [...arns]), allow('ec2:DescribeInstances', '*'));
}

const INSTANCE_ACTIONS = [
  ['ec2-instance-connect:SendSSHPublicKey'],
  ['ssm:StartSession'],
  ['ec2:StartInstances', 'ec2:StopInstances'],
  ['ec2-instance-connect:SendSSHPublicKey', 'ec2:RebootInstances', 'ec2:GetConsoleOutput'],
];

function someRoles({ roles }: Things, random: Random): DocumentJson {
  const arns = new Set(Array.from({ length: 1 + random.int(3) }, () => random.pick(roles)));
  return policyDocument(allow('sts:AssumeRole', [...arns]));
}

function bucketOf({ name }: Person, random: Random): DocumentJson {
  const bucket = `arn:aws:s3:::${name.replaceAll('.', '-')}-${random.int(100)}`;
  return policyDocument(
    allow(['s3:GetObject', 's3:PutObject'], `${bucket}/*`),
    allow('s3:ListBucket', bucket),
  );
}
