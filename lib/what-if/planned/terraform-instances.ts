import { NotRead } from './not-read.ts';
import {
  knownText,
  knownTexts,
  maybe,
  type ResourceSide,
  type TerraformReader,
  tagChanges,
  type Values,
} from './terraform-values.ts';

export const instance: TerraformReader = (resource) => {
  const { was, is } = resource;
  if (!was) throw new NotRead('a new instance has no id before apply: scan again after it');
  const id = knownText(was, 'id');
  if (!is) return [{ type: 'remove-instance', instance: id }];
  if (is.isUnknown('id')) resource.leave('it is replaced: policies that name its id are judged as before');
  const [profile, groups] = ['iam_instance_profile', 'vpc_security_group_ids'];
  const isOther = (field: string): boolean =>
    is.isUnknown(field) || JSON.stringify(was.values[field]) !== JSON.stringify(is.values[field]);
  for (const field of [profile, groups])
    if (is.isUnknown(field)) throw new NotRead(`\`${field}\` is known only after apply`);
  return [
    ...tagChanges(id, resource),
    ...(isOther(profile) || isOther(groups)
      ? [
          {
            type: 'change-instance' as const,
            instance: id,
            ...(isOther(profile) && { instanceProfile: maybe(is, profile) }),
            ...(isOther(groups) && { securityGroups: [...knownTexts(is, groups)] }),
          },
        ]
      : []),
  ];
};

const port = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The provider takes these as names and returns them as AWS does. */
const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', all: '-1' };

function protocolOf(side: ResourceSide): string {
  const said = (maybe(side, 'ip_protocol') ?? maybe(side, 'protocol') ?? '-1').toLowerCase();
  return PROTOCOLS[said] ?? said;
}

/** `self`: the group of the rule. */
function ruleOf(side: ResourceSide, self: string) {
  const protocol = protocolOf(side);
  return {
    protocol,
    fromPort: protocol === '-1' ? null : port(side.values.from_port),
    toPort: protocol === '-1' ? null : port(side.values.to_port),
    cidrs: [
      ...knownTexts(side, 'cidr_blocks'),
      ...knownTexts(side, 'ipv6_cidr_blocks'),
      ...[maybe(side, 'cidr_ipv4'), maybe(side, 'cidr_ipv6')].filter((one) => one !== null),
    ],
    groups: [
      ...knownTexts(side, 'security_groups'),
      ...[maybe(side, 'source_security_group_id'), maybe(side, 'referenced_security_group_id')]
        .filter((one) => one !== null)
        // a group of another account is given as ACCOUNT/GROUP
        .map((one) => one.slice(one.lastIndexOf('/') + 1)),
      ...(side.values.self === true ? [self] : []),
    ],
    prefixLists: [
      ...knownTexts(side, 'prefix_list_ids'),
      ...[maybe(side, 'prefix_list_id')].filter((one) => one !== null),
    ],
  };
}

/**
 * `ingress` of an `aws_security_group`: all rules of the group. Without such a block in the configuration, the provider
 * returns the existing rules. A group that is created or deleted belongs to no instance.
 */
export const inlineRules: TerraformReader = ({ was, is }) => {
  if (!was || !is) return [];
  if (is.isUnknown('ingress')) throw new NotRead('`ingress` is known only after apply');
  const group = knownText(was, 'id');
  const [before, after] = [was, is].map((side) => rulesIn(side, group)) as [Rules, Rules];
  return [
    ...[...before].flatMap(([key, rule]) =>
      after.has(key) ? [] : { type: 'remove-security-group-rule' as const, group, rule },
    ),
    ...[...after].flatMap(([key, rule]) =>
      before.has(key) ? [] : { type: 'add-security-group-rule' as const, group, rule },
    ),
  ];
};

type Rules = ReadonlyMap<string, ReturnType<typeof ruleOf>>;

function rulesIn({ values }: ResourceSide, group: string): Rules {
  const blocks = Array.isArray(values.ingress) ? values.ingress : [];
  if (!blocks.every((block): block is Values => typeof block === 'object' && block !== null))
    throw new NotRead('its `ingress` is not as Terraform prints it');
  return new Map(
    blocks.map((block) => {
      const rule = ruleOf({ values: block, isUnknown: () => false }, group);
      return [JSON.stringify(rule), rule];
    }),
  );
}

/** The fields of a rule; without one of them it would let in nobody, or somebody else. */
const RULE_FIELDS = [
  ...['ip_protocol', 'protocol', 'from_port', 'to_port', 'cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4'],
  ...['cidr_ipv6', 'source_security_group_id', 'referenced_security_group_id', 'prefix_list_ids'],
  ...['prefix_list_id', 'self'],
];

function ruleIn(side: ResourceSide, expressions: Values | null) {
  const group = knownText(side, 'security_group_id');
  for (const field of RULE_FIELDS)
    if (side.isUnknown(field) && (expressions === null || field in expressions))
      throw new NotRead(`\`${field}\` is known only after apply`);
  return { group, rule: ruleOf(side, group) };
}

export const ingress: TerraformReader = ({ was, is, expressions }) => {
  if (maybe(is ?? was, 'type') === 'egress') return [];
  const [before, after] = [was, is].map((side) => (side ? ruleIn(side, expressions) : null));
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [
    ...(before ? [{ type: 'remove-security-group-rule' as const, ...before }] : []),
    ...(after ? [{ type: 'add-security-group-rule' as const, ...after }] : []),
  ];
};
