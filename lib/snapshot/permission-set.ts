/**
 * The permission set of IAM Identity Center of a role, by the role's ARN; null for any other principal.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export const permissionSetOf = (arn: string): string | null =>
  /:role\/aws-reserved\/sso\.amazonaws\.com\/.*AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(arn)?.[1] ?? null;
