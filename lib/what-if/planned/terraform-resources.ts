import { z } from 'zod';
import { NotRead } from './not-read.ts';
import type { PlannedChange } from './planned-change.ts';
import { ingress, inlineRules, instance } from './terraform-instances.ts';
import {
  document,
  iamPath,
  knownText,
  knownTexts,
  maybe,
  plannedTags,
  type Resource,
  type ResourceSide,
  type TerraformReader,
  tagChanges,
} from './terraform-values.ts';

const inline =
  (kind: 'user' | 'role' | 'group'): TerraformReader =>
  ({ address, was, is }) => {
    const [before, after] = [was, is].map((side) =>
      side ? { principal: `${kind}/${knownText(side, kind)}`, policy: policyName(side, address) } : null,
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
const policyName = (side: ResourceSide, address: string): string =>
  maybe(side, 'name') ?? `known-after-apply/${address}`;

const attachment =
  (kind: 'user' | 'role' | 'group'): TerraformReader =>
  ({ address, was, is }) => [
    ...(was
      ? ([
          {
            type: 'detach-policy',
            principal: `${kind}/${knownText(was, kind)}`,
            policy: knownText(was, 'policy_arn'),
          },
        ] as const)
      : []),
    ...(is
      ? ([
          {
            type: 'attach-policy',
            principal: `${kind}/${knownText(is, kind)}`,
            policy: policyArn(is, address),
          },
        ] as const)
      : []),
  ];

/**
 * A policy that does not exist yet has no ARN: a made-up one with the resource's address is used, with unknown content.
 */
const policyArn = (side: ResourceSide, address: string): string =>
  side.isUnknown('policy_arn')
    ? `arn:aws:iam::000000000000:policy/known-after-apply/${address}`
    : knownText(side, 'policy_arn');

function boundary(principal: string, was: ResourceSide | null, is: ResourceSide): readonly PlannedChange[] {
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
  was !== null && is !== null && knownText(was, 'name') !== knownText(is, 'name');

const role: TerraformReader = (resource) => {
  const { is, was: before } = resource;
  const was = isRenamed(resource) ? null : before;
  const gone = isRenamed(resource) ? role({ ...resource, is: null }) : [];
  if (!is) return was ? [{ type: 'delete-principal', principal: `role/${knownText(was, 'name')}` }] : [];
  const name = knownText(is, 'name');
  const trust = document(is, 'assume_role_policy');
  const made: PlannedChange = was
    ? { type: 'put-trust', role: `role/${name}`, document: trust }
    : { type: 'create-role', name, path: iamPath(is), trust, tags: plannedTags(is) };
  return [
    ...gone,
    made,
    ...(was ? tagChanges(`role/${name}`, was, is) : []),
    ...boundary(`role/${name}`, was, is),
    ...knownTexts(is, 'managed_policy_arns')
      .filter((arn) => !knownTexts(was, 'managed_policy_arns').includes(arn))
      .map((policy) => ({ type: 'attach-policy' as const, principal: `role/${name}`, policy })),
    ...inlineBlocks(`role/${name}`, is),
  ];
};

/** `inline_policy` of a role. If the configuration has none, the provider reports it as known only after apply. */
function inlineBlocks(principal: string, is: ResourceSide): readonly PlannedChange[] {
  const blocks = z.array(z.looseObject({ name: z.string().min(1) })).safeParse(is.values.inline_policy ?? []);
  if (!blocks.success) throw new NotRead('the name of an `inline_policy` is known only after apply');
  return blocks.data.map((values) => ({
    ...{ type: 'put-inline-policy' as const, principal, policy: values.name },
    document: document({ values, isUnknown: () => values.policy == null }, 'policy'),
  }));
}

const user: TerraformReader = (resource) => {
  const { is, was: before } = resource;
  const was = isRenamed(resource) ? null : before;
  const gone = isRenamed(resource) ? user({ ...resource, is: null }) : [];
  if (!is) return was ? [{ type: 'delete-principal', principal: `user/${knownText(was, 'name')}` }] : [];
  const name = knownText(is, 'name');
  return [
    ...gone,
    ...(was
      ? tagChanges(`user/${name}`, was, is)
      : [{ type: 'create-user' as const, name, path: iamPath(is), tags: plannedTags(is) }]),
    ...boundary(`user/${name}`, was, is),
  ];
};

const group: TerraformReader = ({ was, is }) => {
  if (!is) throw new NotRead('what goes with a group is not judged');
  return was ? [] : [{ type: 'create-group', name: knownText(is, 'name'), path: iamPath(is) }];
};

const profile: TerraformReader = ({ was, is }) => {
  if (!is) return [];
  return [
    {
      type: 'put-instance-profile',
      instanceProfile: maybe(was, 'arn') ?? knownText(is, 'name'),
      role: is.isUnknown('role') || maybe(is, 'role') !== null ? `role/${knownText(is, 'role')}` : null,
    },
  ];
};

const membership: TerraformReader = ({ was, is }) => {
  const side = is ?? was;
  if (!side) return [];
  const name = `user/${knownText(side, 'user')}`;
  if (is?.isUnknown('groups')) throw new NotRead('`groups` is known only after apply');
  const [before, after] = [knownTexts(was, 'groups'), knownTexts(is, 'groups')];
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
const members: TerraformReader = ({ was, is }) => {
  const side = is ?? was;
  if (!side) return [];
  if (is?.isUnknown('users')) throw new NotRead('`users` is known only after apply');
  const name = knownText(side, 'group');
  const [before, after] = [knownTexts(was, 'users'), knownTexts(is, 'users')];
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
const attachments: TerraformReader = ({ address, was, is }) => {
  for (const [field] of HOLDERS)
    if (is?.isUnknown(field)) throw new NotRead(`\`${field}\` is known only after apply`);
  const holders = (side: ResourceSide | null): readonly string[] =>
    HOLDERS.flatMap(([field, kind]) => knownTexts(side, field).map((one) => `${kind}/${one}`));
  const isSame = was && is && maybe(was, 'policy_arn') === maybe(is, 'policy_arn');
  const [before, after] = [holders(was), holders(is)];
  return [
    ...(was ? moved(before, isSame ? after : []) : []).map((principal) => ({
      ...{ type: 'detach-policy' as const, principal, policy: knownText(was as ResourceSide, 'policy_arn') },
    })),
    ...(is ? moved(after, isSame ? before : []) : []).map((principal) => ({
      ...{ type: 'attach-policy' as const, principal, policy: policyArn(is as ResourceSide, address) },
    })),
  ];
};

const managed: TerraformReader = ({ was, is }) => {
  if (!is) return [];
  const policy = maybe(was, 'arn') ?? knownText(is, 'name');
  return [{ type: 'put-policy', policy, document: document(is, 'policy') }];
};

/** The changes in the account for a changed resource, by the type of the resource. */
export const READERS: Readonly<Record<string, TerraformReader>> = {
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
