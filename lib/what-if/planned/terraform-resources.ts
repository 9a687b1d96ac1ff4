import { z } from 'zod';
import { parseJson } from '../../policy/json.ts';
import { quoted } from '../../policy/quoted.ts';
import type { PlannedChange } from './planned-change.ts';

export type Values = Readonly<Record<string, unknown>>;

interface Side {
  readonly values: Values;
  readonly isUnknown: (field: string) => boolean;
}

/** One resource of a plan; `was` is null when it is made, `is` when it goes. */
export interface Resource {
  readonly address: string;
  readonly was: Side | null;
  readonly is: Side | null;
}

type Reader = (resource: Resource) => readonly PlannedChange[];

/** What a resource changes cannot be told from the plan; the message says why. */
export class NotRead extends Error {}

/** A text that has to be known to say what changes. */
function text(side: Side, field: string): string {
  const found = side.values[field];
  if (side.isUnknown(field) || typeof found !== 'string' || found === '')
    throw new NotRead(`\`${field}\` is known only after apply`);
  return found;
}

const maybe = (side: Side | null, field: string): string | null => {
  const found = side?.values[field];
  return typeof found === 'string' && found !== '' ? found : null;
};

/** A policy document; null: not known before apply. */
function document(side: Side, field: string): Record<string, unknown> | null {
  if (side.isUnknown(field)) return null;
  const parsed = parseJson(String(side.values[field]));
  const read = parsed.ok ? z.record(z.string(), z.unknown()).safeParse(parsed.value) : null;
  if (!parsed.ok || !read?.success) throw new NotRead(`\`${field}\` is not a policy document`);
  const [twice] = parsed.duplicateKeys;
  if (twice !== undefined)
    throw new NotRead(`\`${field}\` has ${quoted(twice)} twice, which IAM refuses: keep one`);
  return read.data;
}

const texts = (side: Side | null, field: string): readonly string[] => {
  const found = side?.values[field];
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
};

const tagsOf = (side: Side | null): Record<string, string> => {
  const found = side?.values.tags_all ?? side?.values.tags;
  const entries = typeof found === 'object' && found !== null ? Object.entries(found) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
};

const inline =
  (kind: 'user' | 'role' | 'group'): Reader =>
  ({ was, is }) => {
    if (is)
      return [
        {
          type: 'put-inline-policy',
          principal: `${kind}/${text(is, kind)}`,
          policy: text(is, 'name'),
          document: document(is, 'policy'),
        },
      ];
    if (!was) return [];
    return [
      { type: 'delete-inline-policy', principal: `${kind}/${text(was, kind)}`, policy: text(was, 'name') },
    ];
  };

const attachment =
  (kind: 'user' | 'role' | 'group'): Reader =>
  ({ address, was, is }) => [
    ...(was
      ? ([
          { type: 'detach-policy', principal: `${kind}/${text(was, kind)}`, policy: text(was, 'policy_arn') },
        ] as const)
      : []),
    ...(is
      ? ([
          { type: 'attach-policy', principal: `${kind}/${text(is, kind)}`, policy: policyArn(is, address) },
        ] as const)
      : []),
  ];

/** A policy that is not made yet has no ARN: one that names the resource stands for it, and nobody knows what it says. */
const policyArn = (side: Side, address: string): string =>
  side.isUnknown('policy_arn')
    ? `arn:aws:iam::000000000000:policy/known-after-apply/${address}`
    : text(side, 'policy_arn');

function retagged(resource: string, was: Side | null, is: Side): readonly PlannedChange[] {
  const [before, after] = [tagsOf(was), tagsOf(is)];
  const keys = Object.keys(before).filter((key) => !(key in after));
  const set = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
  return [
    ...(keys.length === 0 ? [] : [{ type: 'untag' as const, resource, keys }]),
    ...(Object.keys(set).length === 0 ? [] : [{ type: 'tag' as const, resource, tags: set }]),
  ];
}

function boundary(principal: string, was: Side | null, is: Side): readonly PlannedChange[] {
  const [before, after] = [maybe(was, 'permissions_boundary'), maybe(is, 'permissions_boundary')];
  if (is.isUnknown('permissions_boundary'))
    throw new NotRead('`permissions_boundary` is known only after apply');
  if (before === after) return [];
  return after === null
    ? [{ type: 'delete-boundary', principal }]
    : [{ type: 'put-boundary', principal, policy: after }];
}

const role: Reader = ({ was, is }) => {
  if (!is) return was ? [{ type: 'delete-principal', principal: `role/${text(was, 'name')}` }] : [];
  const name = text(is, 'name');
  const trust = document(is, 'assume_role_policy');
  const made: PlannedChange = was
    ? { type: 'put-trust', role: `role/${name}`, document: trust }
    : { type: 'create-role', name, trust, tags: tagsOf(is) };
  return [
    made,
    ...(was ? retagged(`role/${name}`, was, is) : []),
    ...boundary(`role/${name}`, was, is),
    ...texts(is, 'managed_policy_arns')
      .filter((arn) => !texts(was, 'managed_policy_arns').includes(arn))
      .map((policy) => ({ type: 'attach-policy' as const, principal: `role/${name}`, policy })),
  ];
};

const user: Reader = ({ was, is }) => {
  if (!is) return was ? [{ type: 'delete-principal', principal: `user/${text(was, 'name')}` }] : [];
  const name = text(is, 'name');
  return [
    ...(was ? retagged(`user/${name}`, was, is) : [{ type: 'create-user' as const, name, tags: tagsOf(is) }]),
    ...boundary(`user/${name}`, was, is),
  ];
};

const membership: Reader = ({ was, is }) => {
  const side = is ?? was;
  if (!side) return [];
  const name = `user/${text(side, 'user')}`;
  if (is?.isUnknown('groups')) throw new NotRead('`groups` is known only after apply');
  const [before, after] = [texts(was, 'groups'), texts(is, 'groups')];
  return [
    ...before
      .filter((group) => !after.includes(group))
      .map((group) => ({ type: 'remove-from-group' as const, user: name, group })),
    ...after
      .filter((group) => !before.includes(group))
      .map((group) => ({ type: 'add-to-group' as const, user: name, group })),
  ];
};

const instance: Reader = ({ was, is }) => {
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

const ingress: Reader = ({ was, is }) => {
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

const managed: Reader = ({ was, is }) => {
  if (!is) return [];
  const policy = maybe(was, 'arn') ?? text(is, 'name');
  return [{ type: 'put-policy', policy, document: document(is, 'policy') }];
};

/** What a change of a resource changes in the account, by the type of the resource. */
export const READERS: Readonly<Record<string, Reader>> = {
  aws_iam_policy: managed,
  aws_iam_user_policy: inline('user'),
  aws_iam_role_policy: inline('role'),
  aws_iam_group_policy: inline('group'),
  aws_iam_user_policy_attachment: attachment('user'),
  aws_iam_role_policy_attachment: attachment('role'),
  aws_iam_group_policy_attachment: attachment('group'),
  aws_iam_role: role,
  aws_iam_user: user,
  aws_iam_user_group_membership: membership,
  aws_instance: instance,
  aws_security_group_rule: ingress,
  aws_vpc_security_group_ingress_rule: ingress,
};
