import { quoted } from '../../policy/quoted.ts';
import type { Instance, RegionSnapshot, SecurityGroup, SecurityGroupRule } from '../../snapshot/snapshot.ts';
import { capped } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { gapText } from '../unseen.ts';

const CALL = 'ec2.describe-security-groups';

/** Rules about security groups that are open to the internet. One row each. */
interface OpenPorts {
  readonly words: Omit<Rule, 'find' | 'unseen' | 'paths'>;
  readonly opens: (rule: SecurityGroupRule) => boolean;
}

const REMEDIATION =
  'remove the rule, or narrow it to known addresses; Session Manager and Instance Connect Endpoint need no open port';
const VERIFY =
  'from an address that is not yours, `nc -vz ADDRESS PORT` to a running instance with this group and a public address connects';

const OPEN_PORTS: readonly OpenPorts[] = [
  {
    words: {
      id: 'SG-ALL',
      severity: 'high',
      title: 'lets the whole internet in on every port',
      fires:
        'a security group allows `0.0.0.0/0` or `::/0` on every protocol, or on every TCP port; critical if a running instance with a public address has the group, medium if no instance has it',
      risk: 'every service on such an instance can be attacked, including future ones',
      verify: VERIFY,
      remediation: REMEDIATION,
      references: ['Security Hub EC2.18', 'CIS AWS Foundations v5 5.3, 5.4'],
    },
    opens: opensAll,
  },
  {
    words: {
      id: 'SG-SSH',
      severity: 'high',
      title: 'lets the whole internet try SSH',
      fires:
        'a security group allows `0.0.0.0/0` or `::/0` on port 22, including port ranges and protocol `-1`; critical if a running instance with a public address has the group, medium if no instance has it. A rule with only prefix lists is not judged',
      risk: 'every instance with this group and a public address can be attacked on port 22',
      verify: VERIFY,
      remediation: REMEDIATION,
      references: ['Security Hub EC2.13', 'CIS AWS Foundations v5 5.3, 5.4'],
    },
    opens: (rule) => opensPort(rule, 22),
  },
  {
    words: {
      id: 'SG-RDP',
      severity: 'high',
      title: 'lets the whole internet try RDP',
      fires:
        'a security group allows `0.0.0.0/0` or `::/0` on port 3389; ranges, protocol `-1` and severity as for `SG-SSH`',
      risk: 'every Windows instance with this group and a public address can be attacked on port 3389',
      verify: VERIFY,
      remediation: REMEDIATION,
      references: ['Security Hub EC2.14', 'CIS AWS Foundations v5 5.3, 5.4'],
    },
    opens: (rule) => opensPort(rule, 3389),
  },
];

/** The rules of a group that allow everybody on the ports of findings, each with only these sources. */
export function openToAll(
  { ingress }: Pick<SecurityGroup, 'ingress'>,
  ids: readonly string[],
): readonly SecurityGroupRule[] {
  const rows = OPEN_PORTS.filter(({ words }) => ids.includes(words.id));
  return ingress
    .filter((rule) => rows.some(({ opens }) => opens(rule)))
    .map((rule) => ({ ...rule, cidrs: everywhere(rule), groups: [], prefixLists: [] }))
    .filter(({ cidrs }) => cidrs.length > 0);
}

export const openPortRules: readonly Rule[] = OPEN_PORTS.map((row) => {
  const rule: Rule = { ...row.words, paths: [], find: (facts) => find(facts, rule, row.opens), unseen };
  return rule;
});

function* find(facts: Facts, rule: Rule, opens: OpenPorts['opens']): Generator<PlaceHit> {
  for (const region of facts.snapshot.regions) {
    const carriers = carriersOf(region.instances ?? []);
    for (const group of region.securityGroups ?? []) {
      const open = group.ingress.filter((one) => everywhere(one).length > 0 && opens(one));
      if (open.length > 0)
        yield hit(facts, rule, region, { group, open, carriers: carriers.get(group.id) ?? [] });
    }
  }
}

/** A security group, its rules that allow everybody, and its instances. */
interface OpenGroup {
  readonly group: SecurityGroup;
  readonly open: readonly SecurityGroupRule[];
  readonly carriers: readonly Instance[];
}

function hit(
  facts: Facts,
  rule: Rule,
  region: RegionSnapshot,
  { group, open, carriers }: OpenGroup,
): PlaceHit {
  const exposed = carriers.filter((one) => one.state === 'running' && one.publicIps.length > 0);
  const revoke = `aws ec2 revoke-security-group-ingress --region ${region.region} --group-id ${group.id}`;
  const resource = groupArn(facts, region.region, group.id);
  return {
    kind: 'place',
    rule,
    severity: exposed.length > 0 ? 'critical' : carriers.length > 0 ? rule.severity : 'medium',
    cause: { kind: 'security-group', resource, statements: [] },
    title: `security group ${group.id} (${quoted(group.name)}) ${rule.title}`,
    instanceCount: carriers.length,
    productionCount: carriers.filter(facts.isProduction).length,
    regions: [region.region],
    subjects: [resource],
    opens: open.map(ruleText),
    evidence: [
      ...open.map(
        (one) =>
          `security group ${group.id} (${quoted(group.name)}) in ${region.region} lets in ${ruleText(one)}`,
      ),
      ...carrierSentences(region, carriers, exposed),
    ],
    remediation: `in security group ${group.id}: ${rule.remediation}; for example ${revoke} --ip-permissions '${JSON.stringify(open.map(permissionOf))}'`,
  };
}

/** Instances by their security groups. */
function carriersOf(instances: readonly Instance[]): Map<string, Instance[]> {
  const found = new Map<string, Instance[]>();
  for (const one of instances) {
    for (const group of one.securityGroups) {
      const list = found.get(group);
      if (list) list.push(one);
      else found.set(group, [one]);
    }
  }
  return found;
}

function carrierSentences(
  region: RegionSnapshot,
  carriers: readonly Instance[],
  exposed: readonly Instance[],
): string[] {
  if (region.instances === null) return ['the instances with this group were not collected'];
  if (exposed.length > 0) {
    const ids = exposed.map((one) => `${one.id} runs with public address ${one.publicIps.join(', ')}`);
    return capped(ids, 'such instances');
  }
  return [`${carriers.length} instances have it, none of them is running with a public address`];
}

/** Any range of /0 is everywhere. A prefix list cannot be judged: its entries are not collected. */
function everywhere(rule: SecurityGroupRule): string[] {
  return rule.cidrs.filter((cidr) => cidr.endsWith('/0'));
}

const isTcp = ({ protocol }: SecurityGroupRule): boolean => protocol === 'tcp' || protocol === '6';

function opensPort(rule: SecurityGroupRule, port: number): boolean {
  if (rule.protocol === '-1') return true;
  return isTcp(rule) && (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65535);
}

function opensAll(rule: SecurityGroupRule): boolean {
  if (rule.protocol === '-1') return true;
  return isTcp(rule) && (rule.fromPort ?? 0) <= 1 && (rule.toPort ?? 65535) === 65535;
}

function ruleText(rule: SecurityGroupRule): string {
  const from = everywhere(rule).join(' and ');
  if (rule.protocol === '-1') return `every protocol and port from ${from}`;
  const ports =
    rule.fromPort === rule.toPort
      ? `port ${rule.fromPort}`
      : `ports ${rule.fromPort ?? 0}-${rule.toPort ?? 65535}`;
  return `tcp ${ports} from ${from}`;
}

/** A rule in the form of the AWS CLI, with only the sources that are everywhere. */
export function permissionOf(rule: SecurityGroupRule): object {
  const cidrs = everywhere(rule);
  const ipv4 = cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp }));
  const ipv6 = cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 }));
  return {
    IpProtocol: rule.protocol,
    ...(rule.protocol === '-1' ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort }),
    ...(ipv4.length > 0 ? { IpRanges: ipv4 } : {}),
    ...(ipv6.length > 0 ? { Ipv6Ranges: ipv6 } : {}),
  };
}

function groupArn(facts: Facts, region: string, id: string): string {
  return `arn:${facts.snapshot.partition}:ec2:${region}:${facts.snapshot.accountId}:security-group/${id}`;
}

function unseen(facts: Facts, finding: Finding): string | null {
  const region = finding.regions[0] ?? finding.cause.resource.split(':')[3] ?? null;
  const here = facts.snapshot.regions.find((one) => one.region === region);
  if (here && here.securityGroups !== null) return null;
  return gapText(facts, CALL, region) ?? `${quoted(CALL)} was not collected in ${region}`;
}
