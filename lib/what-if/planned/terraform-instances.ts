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

export const instance: TerraformReader = ({ was, is }) => {
  if (!was) throw new NotRead('a new instance has no id before apply: scan again after it');
  const id = knownText(was, 'id');
  if (!is) return [{ type: 'remove-instance', instance: id }];
  const [profile, groups] = ['iam_instance_profile', 'vpc_security_group_ids'];
  const isOther = (field: string): boolean =>
    is.isUnknown(field) || JSON.stringify(was.values[field]) !== JSON.stringify(is.values[field]);
  for (const field of [profile, groups])
    if (is.isUnknown(field)) throw new NotRead(`\`${field}\` is known only after apply`);
  return [
    ...tagChanges(id, was, is),
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

const ruleOf = (side: ResourceSide) => {
  const protocol = maybe(side, 'ip_protocol') ?? maybe(side, 'protocol') ?? '-1';
  return {
    protocol,
    fromPort: protocol === '-1' ? null : port(side.values.from_port),
    toPort: protocol === '-1' ? null : port(side.values.to_port),
    cidrs: [
      ...knownTexts(side, 'cidr_blocks'),
      ...knownTexts(side, 'ipv6_cidr_blocks'),
      ...[maybe(side, 'cidr_ipv4'), maybe(side, 'cidr_ipv6')].filter((one) => one !== null),
    ],
    groups: [maybe(side, 'source_security_group_id'), maybe(side, 'referenced_security_group_id')].filter(
      (one) => one !== null,
    ),
    prefixLists: [
      ...knownTexts(side, 'prefix_list_ids'),
      ...[maybe(side, 'prefix_list_id')].filter((one) => one !== null),
    ],
  };
};

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
  return new Map(
    blocks.map((block: Values) => {
      const rule = ruleOf({ values: block, isUnknown: () => false });
      const groups = [
        ...knownTexts({ values: block, isUnknown: () => false }, 'security_groups'),
        ...(block.self === true ? [group] : []),
      ];
      const whole = { ...rule, groups };
      return [JSON.stringify(whole), whole];
    }),
  );
}

export const ingress: TerraformReader = ({ was, is }) => {
  const side = is ?? was;
  if (!side || maybe(side, 'type') === 'egress') return [];
  return [
    ...(was
      ? [
          {
            type: 'remove-security-group-rule' as const,
            group: knownText(was, 'security_group_id'),
            rule: ruleOf(was),
          },
        ]
      : []),
    ...(is
      ? [
          {
            type: 'add-security-group-rule' as const,
            group: knownText(is, 'security_group_id'),
            rule: ruleOf(is),
          },
        ]
      : []),
  ];
};
