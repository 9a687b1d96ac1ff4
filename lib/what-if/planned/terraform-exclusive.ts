import { NotRead } from './not-read.ts';
import type { PlannedChange } from './planned-change.ts';
import { knownText, knownTexts, type Resource, type TerraformReader } from './terraform-values.ts';

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

const inlinePolicies =
  (kind: Kind): TerraformReader =>
  (resource) => {
    const names = listed(resource, 'policy_names');
    if (!names || !resource.is) return [];
    const principal = `${kind}/${knownText(resource.is, `${kind}_name`)}`;
    return held(resource, kind).flatMap((id): PlannedChange | [] =>
      id.startsWith('#') && !names.includes(id.slice(1))
        ? { type: 'delete-inline-policy', principal, policy: id.slice(1) }
        : [],
    );
  };

const attachments =
  (kind: Kind): TerraformReader =>
  (resource) => {
    const arns = listed(resource, 'policy_arns');
    if (!arns || !resource.is) return [];
    const principal = `${kind}/${knownText(resource.is, `${kind}_name`)}`;
    const has = held(resource, kind).filter((id) => !id.startsWith('#'));
    const others = has.filter((arn) => !arns.includes(arn));
    const more = arns.filter((arn) => !has.includes(arn));
    return [
      ...others.map((policy) => ({ type: 'detach-policy' as const, principal, policy })),
      ...more.map((policy) => ({ type: 'attach-policy' as const, principal, policy })),
    ];
  };

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
