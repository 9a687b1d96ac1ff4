import { quoted } from '../../policy/quoted.ts';
import { NotRead } from './not-read.ts';
import { EXCLUSIVE_READERS } from './terraform-exclusive.ts';
import { ingress, inlineRules, instance } from './terraform-instances.ts';
import { group, isRenamed, profile, role, user } from './terraform-principals.ts';
import {
  document,
  knownText,
  knownTexts,
  lacking,
  maybe,
  type Resource,
  type ResourceSide,
  type TerraformReader,
  unknownPolicy,
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

const policyArn = (side: ResourceSide, address: string): string =>
  side.isUnknown('policy_arn') ? unknownPolicy(address) : knownText(side, 'policy_arn');

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
    ...lacking(before, after).map((one) => ({
      ...{ type: 'remove-from-group' as const, user: `user/${one}`, group: name },
    })),
    ...lacking(after, before).map((one) => ({
      ...{ type: 'add-to-group' as const, user: `user/${one}`, group: name },
    })),
  ];
};

const HOLDERS = [
  ['users', 'user'],
  ['roles', 'role'],
  ['groups', 'group'],
] as const;

/** `aws_iam_policy_attachment`: all holders of one policy. */
const attachments: TerraformReader = (resource) => {
  const { address, was, is } = resource;
  for (const [field] of HOLDERS)
    if (is?.isUnknown(field)) throw new NotRead(`\`${field}\` is known only after apply`);
  const holders = (side: ResourceSide | null): readonly string[] =>
    HOLDERS.flatMap(([field, kind]) => knownTexts(side, field).map((one) => `${kind}/${one}`));
  const isSame = was && is && maybe(was, 'policy_arn') === maybe(is, 'policy_arn');
  const [before, after] = [holders(was), holders(is)];
  if (is && !isSame) otherHolders(resource, [...before, ...after]);
  return [
    ...(was ? lacking(before, isSame ? after : []) : []).map((principal) => ({
      ...{ type: 'detach-policy' as const, principal, policy: knownText(was as ResourceSide, 'policy_arn') },
    })),
    ...(is ? lacking(after, isSame ? before : []) : []).map((principal) => ({
      ...{ type: 'attach-policy' as const, principal, policy: policyArn(is as ResourceSide, address) },
    })),
  ];
};

/**
 * All holders that are not listed lose the policy. A new attachment first only adds: the plan after it takes the policy
 * from them. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_policy_attachment
 */
function otherHolders({ is, snapshot, leave }: Resource, listed: readonly string[]): void {
  const policy = maybe(is, 'policy_arn');
  const { users, roles, groups } = snapshot;
  const holders = (kind: string, all: readonly { name: string; policies: readonly string[] }[]) =>
    all.flatMap((one) => (policy && one.policies.includes(policy) ? [`${kind}/${one.name}`] : []));
  const others = lacking(
    [...holders('user', users), ...holders('role', roles), ...holders('group', groups)],
    listed,
  );
  if (others.length > 0)
    leave(
      `${others.map(quoted).join(', ')} ${others.length === 1 ? 'has' : 'have'} the policy as well, and the next plan will detach it`,
    );
}

/** One under another name is another policy. */
const managed: TerraformReader = (resource) => {
  const { was, is } = resource;
  if (!is) return [];
  const policy =
    (isRenamed(resource) ? null : maybe(was, 'arn')) ?? maybe(is, 'arn') ?? knownText(is, 'name');
  return [{ type: 'put-policy', policy, document: document(is, 'policy') }];
};

/** The changes in the account for a changed resource, by the type of the resource. */
export const READERS: ReadonlyMap<string, TerraformReader> = new Map(
  Object.entries({
    aws_iam_policy: managed,
    aws_iam_user_policy: inline('user'),
    aws_iam_role_policy: inline('role'),
    aws_iam_group_policy: inline('group'),
    aws_iam_user_policy_attachment: attachment('user'),
    aws_iam_role_policy_attachment: attachment('role'),
    aws_iam_group_policy_attachment: attachment('group'),
    aws_iam_policy_attachment: attachments,
    ...EXCLUSIVE_READERS,
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
  }),
);
