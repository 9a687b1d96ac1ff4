import type { SecurityGroupRule } from '../../snapshot/snapshot.ts';
import { NotRead } from '../planned/not-read.ts';
import type { PlannedChange } from '../planned/planned-change.ts';
import type { TemplateReader } from './identity-resources.ts';
import { isObject, type PlannedResource } from './planned-resource.ts';
import { scalarText } from './resolved.ts';

const instance: TemplateReader = (resource) => {
  if (resource.isMaybe) throw new NotRead('whether it is made is not known');
  const { name: id } = resource.physical;
  const tags = resource.tags();
  const groups = resource.has('SecurityGroupIds') ? resource.texts('SecurityGroupIds') : null;
  const profile = resource.has('IamInstanceProfile') ? resource.text('IamInstanceProfile') : null;
  for (const property of ['NetworkInterfaces', 'LaunchTemplate', 'SecurityGroups'])
    if (resource.has(property)) resource.leave(`Latchkey does not read its \`${property}\``);
  return [
    ...(Object.keys(tags).length === 0 ? [] : [{ type: 'tag' as const, resource: id, tags }]),
    ...(groups === null && profile === null
      ? []
      : [
          {
            ...{ type: 'change-instance' as const, instance: id },
            ...(profile !== null && { instanceProfile: profile }),
            ...(groups !== null && { securityGroups: [...groups] }),
          },
        ]),
  ];
};

const securityGroup: TemplateReader = (resource) => {
  const { name: id } = resource.physical;
  outbound(resource, 'SecurityGroupEgress');
  const rules = resource.value('SecurityGroupIngress') ?? [];
  if (!Array.isArray(rules)) throw new NotRead('`SecurityGroupIngress` is not known before it is deployed');
  return rules.map((rule) => added(id, rule));
};

const ingress: TemplateReader = (resource) => {
  const group = resource.text('GroupId');
  if (resource.isMaybe) throw new NotRead('whether it is made is not known');
  return [added(group, Object.fromEntries(FIELDS.map((field) => [field, resource.value(field)])))];
};

const egress: TemplateReader = (resource) => {
  outbound(resource, 'GroupId');
  return [];
};

function outbound(resource: PlannedResource, property: string): void {
  if (resource.has(property)) resource.leave('Latchkey does not judge what security groups let out');
}

const SOURCES = ['CidrIp', 'CidrIpv6', 'SourceSecurityGroupId', 'SourcePrefixListId'] as const;
const FIELDS = ['IpProtocol', 'FromPort', 'ToPort', 'SourceSecurityGroupName', ...SOURCES] as const;

const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp' };

function added(group: string, rule: unknown): PlannedChange {
  if (!isObject(rule)) throw new NotRead('a rule of it is not known before it is deployed');
  const fieldOf = (name: (typeof FIELDS)[number]): string | null => {
    const value = rule[name];
    if (value === undefined) return null;
    const text = scalarText(value);
    if (text === null) throw new NotRead(`\`${name}\` is not known before it is deployed`);
    return text;
  };
  if (rule.SourceSecurityGroupName !== undefined)
    throw new NotRead('which group `SourceSecurityGroupName` names is not known');
  const said = fieldOf('IpProtocol') ?? '-1';
  const protocol = PROTOCOLS[said] ?? said;
  const [cidr, cidr6, source, prefixList] = SOURCES.map(fieldOf);
  return {
    ...{ type: 'add-security-group-rule', group },
    rule: {
      protocol,
      fromPort: protocol === '-1' ? null : portOf(fieldOf('FromPort')),
      toPort: protocol === '-1' ? null : portOf(fieldOf('ToPort')),
      cidrs: [cidr, cidr6].filter((one) => one != null),
      groups: [source].filter((one) => one != null),
      prefixLists: [prefixList].filter((one) => one != null),
    } satisfies SecurityGroupRule,
  };
}

function portOf(text: string | null): number | null {
  if (text === null) return null;
  if (!/^-?\d{1,5}$/.test(text)) throw new NotRead('a port of a rule is no number');
  return Number(text);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html */
export const INSTANCE_READERS: readonly (readonly [string, TemplateReader])[] = [
  ['AWS::EC2::Instance', instance],
  ['AWS::EC2::SecurityGroup', securityGroup],
  ['AWS::EC2::SecurityGroupIngress', ingress],
  ['AWS::EC2::SecurityGroupEgress', egress],
];
