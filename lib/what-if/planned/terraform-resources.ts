import { z } from 'zod';
import { NotRead } from './not-read.ts';
import type { PlannedChange } from './planned-change.ts';
import { ingress, inlineRules, instance } from './terraform-instances.ts';
import {
  document,
  maybe,
  pathOf,
  type Reader,
  type Resource,
  retagged,
  type Side,
  tagsOf,
  text,
  texts,
} from './terraform-values.ts';

const inline =
  (kind: 'user' | 'role' | 'group'): Reader =>
  ({ address, was, is }) => {
    const [before, after] = [was, is].map((side) =>
      side ? { principal: `${kind}/${text(side, kind)}`, policy: policyName(side, address) } : null,
    );
    const isMoved =
      before && `${before.principal}#${before.policy}` !== `${after?.principal}#${after?.policy}`;
    return [
      ...(isMoved ? [{ type: 'delete-inline-policy' as const, ...before }] : []),
      ...(is && after
        ? [{ type: 'put-inline-policy' as const, ...after, document: document(is, 'policy') }]
        : []),
    ];
  };

/** An inline policy's name does not matter: one whose name is assigned on creation counts as well. */
const policyName = (side: Side, address: string): string =>
  maybe(side, 'name') ?? `known-after-apply/${address}`;

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

/**
 * A policy that does not exist yet has no ARN: a made-up one with the resource's address is used, with unknown content.
 */
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

/** A user or role with another name is another one. */
const isRenamed = ({ was, is }: Resource): boolean =>
  was !== null && is !== null && text(was, 'name') !== text(is, 'name');

const role: Reader = (resource) => {
  const { is, was: before } = resource;
  const was = isRenamed(resource) ? null : before;
  const gone = isRenamed(resource) ? role({ ...resource, is: null }) : [];
  if (!is) return was ? [{ type: 'delete-principal', principal: `role/${text(was, 'name')}` }] : [];
  const name = text(is, 'name');
  const trust = document(is, 'assume_role_policy');
  const made: PlannedChange = was
    ? { type: 'put-trust', role: `role/${name}`, document: trust }
    : { type: 'create-role', name, path: pathOf(is), trust, tags: tagsOf(is) };
  return [
    ...gone,
    made,
    ...(was ? retagged(`role/${name}`, was, is) : []),
    ...boundary(`role/${name}`, was, is),
    ...texts(is, 'managed_policy_arns')
      .filter((arn) => !texts(was, 'managed_policy_arns').includes(arn))
      .map((policy) => ({ type: 'attach-policy' as const, principal: `role/${name}`, policy })),
    ...inlineBlocks(`role/${name}`, is),
  ];
};

/** `inline_policy` of a role. If the configuration has none, the provider reports it as known only after apply. */
function inlineBlocks(principal: string, is: Side): readonly PlannedChange[] {
  const blocks = z.array(z.looseObject({ name: z.string().min(1) })).safeParse(is.values.inline_policy ?? []);
  if (!blocks.success) throw new NotRead('the name of an `inline_policy` is known only after apply');
  return blocks.data.map((values) => ({
    ...{ type: 'put-inline-policy' as const, principal, policy: values.name },
    document: document({ values, isUnknown: () => values.policy == null }, 'policy'),
  }));
}

const user: Reader = (resource) => {
  const { is, was: before } = resource;
  const was = isRenamed(resource) ? null : before;
  const gone = isRenamed(resource) ? user({ ...resource, is: null }) : [];
  if (!is) return was ? [{ type: 'delete-principal', principal: `user/${text(was, 'name')}` }] : [];
  const name = text(is, 'name');
  return [
    ...gone,
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

/** `aws_iam_group_membership`: the members of one group. */
const members: Reader = ({ was, is }) => {
  const side = is ?? was;
  if (!side) return [];
  if (is?.isUnknown('users')) throw new NotRead('`users` is known only after apply');
  const name = text(side, 'group');
  const [before, after] = [texts(was, 'users'), texts(is, 'users')];
  return [
    ...moved(before, after).map((one) => ({
      ...{ type: 'remove-from-group' as const, user: `user/${one}`, group: name },
    })),
    ...moved(after, before).map((one) => ({
      ...{ type: 'add-to-group' as const, user: `user/${one}`, group: name },
    })),
  ];
};

const moved = (from: readonly string[], to: readonly string[]): readonly string[] =>
  from.filter((one) => !to.includes(one));

const HOLDERS = [
  ['users', 'user'],
  ['roles', 'role'],
  ['groups', 'group'],
] as const;

/** `aws_iam_policy_attachment`: all holders of one policy. */
const attachments: Reader = ({ address, was, is }) => {
  for (const [field] of HOLDERS)
    if (is?.isUnknown(field)) throw new NotRead(`\`${field}\` is known only after apply`);
  const holders = (side: Side | null): readonly string[] =>
    HOLDERS.flatMap(([field, kind]) => texts(side, field).map((one) => `${kind}/${one}`));
  const isSame = was && is && maybe(was, 'policy_arn') === maybe(is, 'policy_arn');
  const [before, after] = [holders(was), holders(is)];
  return [
    ...(was ? moved(before, isSame ? after : []) : []).map((principal) => ({
      ...{ type: 'detach-policy' as const, principal, policy: text(was as Side, 'policy_arn') },
    })),
    ...(is ? moved(after, isSame ? before : []) : []).map((principal) => ({
      ...{ type: 'attach-policy' as const, principal, policy: policyArn(is as Side, address) },
    })),
  ];
};

const managed: Reader = ({ was, is }) => {
  if (!is) return [];
  const policy = maybe(was, 'arn') ?? text(is, 'name');
  return [{ type: 'put-policy', policy, document: document(is, 'policy') }];
};

/** The changes in the account for a changed resource, by the type of the resource. */
export const READERS: Readonly<Record<string, Reader>> = {
  aws_iam_policy: managed,
  aws_iam_user_policy: inline('user'),
  aws_iam_role_policy: inline('role'),
  aws_iam_group_policy: inline('group'),
  aws_iam_user_policy_attachment: attachment('user'),
  aws_iam_role_policy_attachment: attachment('role'),
  aws_iam_group_policy_attachment: attachment('group'),
  aws_iam_policy_attachment: attachments,
  aws_iam_role: role,
  aws_iam_user: user,
  aws_iam_group: group,
  aws_iam_instance_profile: profile,
  aws_iam_user_group_membership: membership,
  aws_iam_group_membership: members,
  aws_instance: instance,
  aws_security_group: inlineRules,
  aws_security_group_rule: ingress,
  aws_vpc_security_group_ingress_rule: ingress,
};
