import { z } from 'zod';
import { NotRead } from './not-read.ts';
import type { PlannedChange } from './planned-change.ts';
import { ingress, instance } from './terraform-instances.ts';
import {
  document,
  maybe,
  pathOf,
  type Reader,
  retagged,
  type Side,
  tagsOf,
  text,
  texts,
} from './terraform-values.ts';

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
    : { type: 'create-role', name, path: pathOf(is), trust, tags: tagsOf(is) };
  return [
    made,
    ...(was ? retagged(`role/${name}`, was, is) : []),
    ...boundary(`role/${name}`, was, is),
    ...texts(is, 'managed_policy_arns')
      .filter((arn) => !texts(was, 'managed_policy_arns').includes(arn))
      .map((policy) => ({ type: 'attach-policy' as const, principal: `role/${name}`, policy })),
    ...inlineBlocks(`role/${name}`, is),
  ];
};

/** `inline_policy` of a role. Where a configuration has none the provider says that it is known only after apply. */
function inlineBlocks(principal: string, is: Side): readonly PlannedChange[] {
  const blocks = z.array(z.looseObject({ name: z.string().min(1) })).safeParse(is.values.inline_policy ?? []);
  if (!blocks.success) throw new NotRead('the name of an `inline_policy` is known only after apply');
  return blocks.data.map((values) => ({
    ...{ type: 'put-inline-policy' as const, principal, policy: values.name },
    document: document({ values, isUnknown: () => values.policy == null }, 'policy'),
  }));
}

const user: Reader = ({ was, is }) => {
  if (!is) return was ? [{ type: 'delete-principal', principal: `user/${text(was, 'name')}` }] : [];
  const name = text(is, 'name');
  return [
    ...(was
      ? retagged(`user/${name}`, was, is)
      : [{ type: 'create-user' as const, name, path: pathOf(is), tags: tagsOf(is) }]),
    ...boundary(`user/${name}`, was, is),
  ];
};

const group: Reader = ({ was, is }) => {
  if (!is) throw new NotRead('what goes with a group is not judged');
  return was ? [] : [{ type: 'create-group', name: text(is, 'name'), path: pathOf(is) }];
};

const profile: Reader = ({ was, is }) => {
  if (!is) return [];
  return [
    {
      type: 'put-instance-profile',
      instanceProfile: maybe(was, 'arn') ?? text(is, 'name'),
      role: is.isUnknown('role') || maybe(is, 'role') !== null ? `role/${text(is, 'role')}` : null,
    },
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
  aws_iam_group: group,
  aws_iam_instance_profile: profile,
  aws_iam_user_group_membership: membership,
  aws_instance: instance,
  aws_security_group_rule: ingress,
  aws_vpc_security_group_ingress_rule: ingress,
};
