/** The user, role or group that has the policy inline. */
export interface PolicyOwner {
  readonly word: 'user' | 'role' | 'group';
  readonly name: string;
}

/**
 * The owner of an inline or trust policy, from `<owner ARN>#<policy name>`. A name may not contain `#`, so
 * the first one separates the two.
 */
export function policyOwner(id: string): PolicyOwner | null {
  const match = /^arn:[^:]*:iam::[^:]*:(user|role|group)\/(?:[^#]*\/)?([^/#]*)#/.exec(id);
  return match ? { word: match[1] as PolicyOwner['word'], name: match[2] as string } : null;
}
