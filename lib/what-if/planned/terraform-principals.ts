import { z } from 'zod';
import { NotRead } from './not-read.ts';
import type { PlannedChange } from './planned-change.ts';
import {
  document,
  iamPath,
  knownText,
  knownTexts,
  lacking,
  maybe,
  plannedTags,
  type Resource,
  type ResourceSide,
  type TerraformReader,
  tagChanges,
  unknownPolicy,
} from './terraform-values.ts';

/** A boundary that is not known yet counts as one of unknown content. */
function boundary(principal: string, { address, was, is }: Resource): readonly PlannedChange[] {
  const before = maybe(was, 'permissions_boundary');
  const after = is?.isUnknown('permissions_boundary')
    ? unknownPolicy(address)
    : maybe(is, 'permissions_boundary');
  if (before === after) return [];
  return after === null
    ? [{ type: 'delete-boundary', principal }]
    : [{ type: 'put-boundary', principal, policy: after }];
}

/** One with another name is another one. */
export const isRenamed = ({ was, is }: Resource): boolean =>
  is !== null && maybe(was, 'name') !== null && maybe(was, 'name') !== knownText(is, 'name');

/** What names its ARN names another one then. */
function notePath({ was, is, leave }: Resource): void {
  if (was && is && (is.isUnknown('path') || iamPath(was) !== iamPath(is)))
    leave('its path changes: policies that name its ARN are judged as before');
}

export const role: TerraformReader = (resource) => {
  const { is } = resource;
  if (isRenamed(resource)) return [...role({ ...resource, was: null }), ...role({ ...resource, is: null })];
  if (!is) return gone(resource, 'role');
  const name = knownText(is, 'name');
  const principal = `role/${name}`;
  notePath(resource);
  const trust = document(is, 'assume_role_policy');
  return [
    ...(resource.was
      ? [{ type: 'put-trust' as const, role: principal, document: trust }, ...tagChanges(principal, resource)]
      : [{ type: 'create-role' as const, name, path: iamPath(is), trust, tags: plannedTags(resource) }]),
    ...boundary(principal, resource),
    ...managedPolicies(principal, resource),
    ...inlineBlocks(principal, resource),
  ];
};

/**
 * `managed_policy_arns` and `inline_policy` of a role: if the configuration sets one, it is all policies of its kind. If
 * it does not, the provider repeats what the role has, or reports it as known only after apply.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
 */
const isListed = ({ is, expressions }: Resource, field: string): boolean =>
  Array.isArray(is?.values[field]) || (expressions !== null && field in expressions);

function managedPolicies(principal: string, resource: Resource): readonly PlannedChange[] {
  const field = 'managed_policy_arns';
  const { address, was, is } = resource;
  if (!is || !isListed(resource, field)) return [];
  const isPart = is.isUnknown(field);
  const [before, after] = [knownTexts(was, field), knownTexts(is, field)];
  return [
    ...(isPart ? [] : lacking(before, after)).map((policy) => ({
      ...{ type: 'detach-policy' as const, principal, policy },
    })),
    ...[...lacking(after, before), ...(isPart ? [unknownPolicy(address)] : [])].map((policy) => ({
      ...{ type: 'attach-policy' as const, principal, policy },
    })),
  ];
}

const Blocks = z.array(z.looseObject({ name: z.string().nullish(), policy: z.string().nullish() })).nullish();

function inlineBlocks(principal: string, resource: Resource): readonly PlannedChange[] {
  const field = 'inline_policy';
  const { address, was, is } = resource;
  if (!is || !isListed(resource, field)) return [];
  const isPart = is.isUnknown(field);
  const after = blocksOf(is) ?? [{}];
  const names = after.map(({ name }) => name);
  return [
    ...(blocksOf(was) ?? []).flatMap(({ name }) =>
      !name || names.includes(name) || !blocksOf(is)
        ? []
        : { type: 'delete-inline-policy' as const, principal, policy: name },
    ),
    // an empty block says that there is none
    ...after.flatMap(({ name, policy }, i) =>
      name || policy || isPart
        ? {
            ...{ type: 'put-inline-policy' as const, principal },
            policy: name || `known-after-apply/${address}/${i}`,
            document: document({ values: { policy }, isUnknown: () => !policy }, 'policy'),
          }
        : [],
    ),
  ];
}

type Block = NonNullable<z.output<typeof Blocks>>[number];

/** Null: not known, or left out. */
function blocksOf(side: ResourceSide | null): readonly Block[] | null {
  const blocks = Blocks.safeParse(side?.values.inline_policy);
  if (!blocks.success) throw new NotRead('its `inline_policy` is not as Terraform prints it');
  return blocks.data ?? null;
}

export const user: TerraformReader = (resource) => {
  const { was, is } = resource;
  if (isRenamed(resource)) return [...user({ ...resource, was: null }), ...user({ ...resource, is: null })];
  if (!is) return gone(resource, 'user');
  const name = knownText(is, 'name');
  notePath(resource);
  return [
    ...(was
      ? tagChanges(`user/${name}`, resource)
      : [{ type: 'create-user' as const, name, path: iamPath(is), tags: plannedTags(resource) }]),
    ...boundary(`user/${name}`, resource),
  ];
};

const gone = ({ was }: Resource, kind: 'role' | 'user'): readonly PlannedChange[] =>
  was ? [{ type: 'delete-principal', principal: `${kind}/${knownText(was, 'name')}` }] : [];

export const group: TerraformReader = (resource) => {
  const { was, is } = resource;
  if (!is) throw new NotRead('what goes with a group is not judged');
  if (isRenamed(resource)) throw new NotRead('a group under another name is not judged');
  return was ? [] : [{ type: 'create-group', name: knownText(is, 'name'), path: iamPath(is) }];
};

/** An instance profile that goes leaves its instances without a role. */
export const profile: TerraformReader = (resource) => {
  const { was, is } = resource;
  if (isRenamed(resource))
    return [...profile({ ...resource, is: null }), ...profile({ ...resource, was: null })];
  const side = is ?? was;
  if (!side) return [];
  const hasRole = is !== null && (is.isUnknown('role') || maybe(is, 'role') !== null);
  return [
    {
      type: 'put-instance-profile',
      instanceProfile: maybe(was, 'arn') ?? knownText(side, 'name'),
      role: hasRole ? `role/${knownText(is, 'role')}` : null,
    },
  ];
};
