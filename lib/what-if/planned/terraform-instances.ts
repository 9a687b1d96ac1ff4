import { NotRead } from './not-read.ts';
import { maybe, type Reader, retagged, type Side, text, texts, type Values } from './terraform-values.ts';

export const instance: Reader = ({ was, is }) => {
  if (!was) throw new NotRead('a new instance has no id before apply: scan again after it');
  const id = text(was, 'id');
  if (!is) return [{ type: 'remove-instance', instance: id }];
  const [profile, groups] = ['iam_instance_profile', 'vpc_security_group_ids'];
  const isOther = (field: string): boolean =>
    is.isUnknown(field) || JSON.stringify(was.values[field]) !== JSON.stringify(is.values[field]);
  for (const field of [profile, groups])
    if (is.isUnknown(field)) throw new NotRead(`\`${field}\` is known only after apply`);
  return [
    ...retagged(id, was, is),
    ...(isOther(profile) || isOther(groups)
      ? [
          {
            type: 'change-instance' as const,
            instance: id,
            ...(isOther(profile) && { instanceProfile: maybe(is, profile) }),
            ...(isOther(groups) && { securityGroups: [...texts(is, groups)] }),
          },
        ]
      : []),
  ];
};

const port = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const ruleOf = (side: Side) => {
  const protocol = maybe(side, 'ip_protocol') ?? maybe(side, 'protocol') ?? '-1';
  return {
    protocol,
    fromPort: protocol === '-1' ? null : port(side.values.from_port),
    toPort: protocol === '-1' ? null : port(side.values.to_port),
    cidrs: [
      ...texts(side, 'cidr_blocks'),
      ...texts(side, 'ipv6_cidr_blocks'),
      ...[maybe(side, 'cidr_ipv4'), maybe(side, 'cidr_ipv6')].filter((one) => one !== null),
    ],
    groups: [maybe(side, 'source_security_group_id'), maybe(side, 'referenced_security_group_id')].filter(
      (one) => one !== null,
    ),
    prefixLists: [
      ...texts(side, 'prefix_list_ids'),
      ...[maybe(side, 'prefix_list_id')].filter((one) => one !== null),
    ],
  };
};

/**
 * `ingress` of an `aws_security_group`: all rules of the group. Without such a block in the configuration, the provider
 * returns the existing rules. A group that is created or deleted belongs to no instance.
 */
export const inlineRules: Reader = ({ was, is }) => {
  if (!was || !is) return [];
  if (is.isUnknown('ingress')) throw new NotRead('`ingress` is known only after apply');
  const group = text(was, 'id');
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

function rulesIn({ values }: Side, group: string): Rules {
  const blocks = Array.isArray(values.ingress) ? values.ingress : [];
  return new Map(
    blocks.map((block: Values) => {
      const rule = ruleOf({ values: block, isUnknown: () => false });
      const groups = [
        ...texts({ values: block, isUnknown: () => false }, 'security_groups'),
        ...(block.self === true ? [group] : []),
      ];
      const whole = { ...rule, groups };
      return [JSON.stringify(whole), whole];
    }),
  );
}

export const ingress: Reader = ({ was, is }) => {
  const side = is ?? was;
  if (!side || maybe(side, 'type') === 'egress') return [];
  return [
    ...(was
      ? [
          {
            type: 'remove-security-group-rule' as const,
            group: text(was, 'security_group_id'),
            rule: ruleOf(was),
          },
        ]
      : []),
    ...(is
      ? [{ type: 'add-security-group-rule' as const, group: text(is, 'security_group_id'), rule: ruleOf(is) }]
      : []),
  ];
};
