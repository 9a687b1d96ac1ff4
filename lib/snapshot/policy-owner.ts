/** The user, role or group that a policy stands in. */
export interface PolicyOwner {
  readonly word: 'user' | 'role' | 'group';
  readonly name: string;
}

/** Whose inline or trust policy it is, from `<owner ARN>#<policy name>`. A name may hold no `#`, so the first one parts the two. */
export function policyOwner(id: string): PolicyOwner | null {
  const match = /^arn:[^:]*:iam::[^:]*:(user|role|group)\/(?:[^#]*\/)?([^/#]*)#/.exec(id);
  return match ? { word: match[1] as PolicyOwner['word'], name: match[2] as string } : null;
}
