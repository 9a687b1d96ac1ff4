import type { ConnectEndpoint, SecurityGroup, SecurityGroupRule } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { Random } from '../random.ts';
import type { App, Company } from './company.ts';

/** A VPC, its common security groups, and its next free address. */
export interface Vpc {
  readonly id: string;
  readonly region: string;
  /** the second number of its addresses: 10.<block>.0.0/16 */
  readonly block: number;
  readonly subnets: readonly string[];
  readonly baseline: string;
  readonly sshFromBastion: string;
  readonly sshFromAnywhere: string;
  readonly web: string;
  readonly endpoint: ConnectEndpoint | null;
  readonly groups: SecurityGroup[];
  readonly appGroups: Map<App, string>;
  /** number of assigned addresses */
  hosts: number;
}

const rule = (port: number, from: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  ...{ protocol: 'tcp', fromPort: port, toPort: port, cidrs: [], groups: [], prefixLists: [] },
  ...from,
});

const ANYWHERE: readonly string[] = ['0.0.0.0/0'];
const OUT: readonly SecurityGroupRule[] = [
  { protocol: '-1', fromPort: null, toPort: null, cidrs: ANYWHERE, groups: [], prefixLists: [] },
];

/** Some VPCs in each region, more if there are many instances; half of them have an Instance Connect endpoint. */
export function layNetwork(company: Company, instances: number, random: Random): readonly Vpc[] {
  const each = Math.max(2, Math.min(40, Math.round(instances / company.regions.length / 2500)));
  return company.regions.flatMap((region, r) =>
    Array.from({ length: each }, (_, v) => layVpc(company, region, 10 + r * each + v, random)),
  );
}

function layVpc(company: Company, region: string, block: number, random: Random): Vpc {
  const id = `vpc-0${random.hex(16)}`;
  const groups: SecurityGroup[] = [];
  const add = (name: string, ingress: readonly SecurityGroupRule[]): string =>
    addGroup(groups, { id: `sg-0${random.hex(16)}`, name, vpcId: id, tags: [], ingress, egress: OUT });
  const baseline = add('baseline', []);
  const bastion = add('bastion', [rule(22, { cidrs: ['192.0.2.0/24'] })]);
  const tunnel = add('instance-connect', []);
  const subnets = Array.from({ length: 3 }, () => `subnet-0${random.hex(16)}`);
  const endpointId = `eice-0${random.hex(16)}`;
  const endpoint: ConnectEndpoint = {
    id: endpointId,
    arn: `arn:aws:ec2:${region}:${company.accountId}:instance-connect-endpoint/${endpointId}`,
    vpcId: id,
    subnetId: subnets[0] ?? null,
    securityGroups: [tunnel],
    preserveClientIp: false,
    state: 'create-complete',
    tags: [{ key: 'env', value: block % 4 === 0 ? 'prod' : 'dev' }],
  };
  return {
    ...{ id, region, block, subnets, baseline, groups, appGroups: new Map(), hosts: 0 },
    sshFromBastion: add('ssh-from-bastion', [rule(22, { groups: [bastion, tunnel].sort() })]),
    sshFromAnywhere: add('ssh-from-anywhere', [rule(22, { cidrs: ANYWHERE })]),
    web: add('web', [rule(443, { cidrs: ANYWHERE })]),
    endpoint: block % 2 === 0 ? endpoint : null,
  };
}

function addGroup(groups: SecurityGroup[], group: SecurityGroup): string {
  groups.push(group);
  return group.id;
}

/** The security group of an application in a VPC, created on first use. */
export function appGroup(vpc: Vpc, app: App, random: Random): string {
  const known = vpc.appGroups.get(app);
  if (known !== undefined) return known;
  const made = addGroup(vpc.groups, {
    id: `sg-0${random.hex(16)}`,
    name: `app-${app.name}`,
    vpcId: vpc.id,
    tags: [{ key: 'team', value: app.team.name }],
    ingress: [rule(8080, { cidrs: [`10.${vpc.block}.0.0/16`] })],
    egress: OUT,
  });
  vpc.appGroups.set(app, made);
  return made;
}

/** The next free private address; AWS keeps the first few of each subnet. */
export function nextAddress(vpc: Vpc): string {
  const host = 10 + vpc.hosts++;
  return `10.${vpc.block}.${Math.floor(host / 256) % 256}.${host % 256}`;
}

export function networkOf(
  vpcs: readonly Vpc[],
  region: string,
): {
  readonly securityGroups: readonly SecurityGroup[];
  readonly connectEndpoints: readonly ConnectEndpoint[];
} {
  const here = vpcs.filter((vpc) => vpc.region === region);
  return {
    securityGroups: sortBy(
      here.flatMap((vpc) => vpc.groups),
      (group) => group.id,
    ),
    connectEndpoints: sortBy(
      here.flatMap((vpc) => vpc.endpoint ?? []),
      (endpoint) => endpoint.id,
    ),
  };
}
