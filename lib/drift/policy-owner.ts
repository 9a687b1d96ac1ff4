import type { Subject } from './input-change.ts';

/** Whose inline or trust policy it is, from `<owner ARN>#<policy name>`. A name may hold no `#`, so the first one parts the two. */
export function policyOwner(id: string): (Subject & { readonly word: 'user' | 'role' | 'group' }) | null {
  const match = /^arn:[^:]*:iam::[^:]*:(user|role|group)\/(?:[^#]*\/)?([^/#]*)#/.exec(id);
  return match ? { word: match[1] as 'user' | 'role' | 'group', name: match[2] as string } : null;
}
