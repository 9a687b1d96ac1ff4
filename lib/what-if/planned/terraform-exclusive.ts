import { NotRead } from './not-read.ts';
import type { PlannedChange } from './planned-change.ts';
import { knownText, knownTexts, lacking, type Resource, type TerraformReader } from './terraform-values.ts';

type Kind = 'user' | 'role' | 'group';

/** The policies that the audit has of the principal of a resource, by its name; none if the plan makes it. */
function held({ snapshot, is }: Resource, kind: Kind): readonly string[] {
  const name = is ? knownText(is, `${kind}_name`) : null;
  const owner = snapshot[`${kind}s`].find((one) => one.name === name);
  return (owner?.policies ?? []).map((id) =>
    owner && id.startsWith(`${owner.arn}#`) ? id.slice(owner.arn.length) : id,
  );
}

/** What a list of all policies holds. Without the resource, the policies stay as they are. */
function listed({ is }: Resource, field: string): readonly string[] | null {
  if (is?.isUnknown(field)) throw new NotRead(`\`${field}\` is known only after apply`);
  return is ? knownTexts(is, field) : null;
}

/** Changes from the policies that a principal has to those of a list. */
type Exchange = (
  principal: string,
  has: readonly string[],
  all: readonly string[],
) => readonly PlannedChange[];

const exclusive =
  (field: string, exchange: Exchange) =>
  (kind: Kind): TerraformReader =>
  (resource) => {
    const all = listed(resource, field);
    if (!all || !resource.is) return [];
    return exchange(`${kind}/${knownText(resource.is, `${kind}_name`)}`, held(resource, kind), all);
  };

const inlinePolicies = exclusive('policy_names', (principal, has, names) =>
  has.flatMap((id): PlannedChange | [] =>
    id.startsWith('#') && !names.includes(id.slice(1))
      ? { type: 'delete-inline-policy', principal, policy: id.slice(1) }
      : [],
  ),
);

const attachments = exclusive('policy_arns', (principal, has, arns) => {
  const attached = has.filter((id) => !id.startsWith('#'));
  return [
    ...lacking(attached, arns).map((policy) => ({ type: 'detach-policy' as const, principal, policy })),
    ...lacking(arns, attached).map((policy) => ({ type: 'attach-policy' as const, principal, policy })),
  ];
});

/**
 * Lists of all inline or managed policies of a principal: what else it has is taken away.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive
 */
export const EXCLUSIVE_READERS: Readonly<Record<string, TerraformReader>> = {
  aws_iam_user_policies_exclusive: inlinePolicies('user'),
  aws_iam_role_policies_exclusive: inlinePolicies('role'),
  aws_iam_group_policies_exclusive: inlinePolicies('group'),
  aws_iam_user_policy_attachments_exclusive: attachments('user'),
  aws_iam_role_policy_attachments_exclusive: attachments('role'),
  aws_iam_group_policy_attachments_exclusive: attachments('group'),
};
