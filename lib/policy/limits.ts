import type { Problem } from './problem.ts';

/** Where a policy is attached, as far as AWS limits its size there. */
export type Attachment =
  | 'user-inline'
  | 'group-inline'
  | 'role-inline'
  | 'managed'
  | 'trust'
  | 'session'
  | 'service-control'
  | 'resource-control';

interface Limit {
  /** characters; for inline policies the total of a user, group or role */
  readonly characters: number;
  readonly whiteSpaceCounts: boolean;
}

/**
 * The largest number of characters of a policy. The trust policy's quota is 2,048 and can be raised to this value.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
const LIMITS: Readonly<Record<Attachment, Limit>> = {
  'user-inline': { characters: 2048, whiteSpaceCounts: false },
  'group-inline': { characters: 5120, whiteSpaceCounts: false },
  'role-inline': { characters: 10_240, whiteSpaceCounts: false },
  managed: { characters: 6144, whiteSpaceCounts: false },
  trust: { characters: 4096, whiteSpaceCounts: false },
  session: { characters: 2048, whiteSpaceCounts: true },
  'service-control': { characters: 5120, whiteSpaceCounts: true },
  'resource-control': { characters: 5120, whiteSpaceCounts: true },
};

/** The problem if the policies together exceed the attachment limit, else null. No verdict depends on it. */
export function sizeProblem(texts: readonly string[], attachment: Attachment): Problem | null {
  const { characters, whiteSpaceCounts } = LIMITS[attachment];
  const size = texts.reduce(
    (sum, text) => sum + (whiteSpaceCounts ? text : text.replace(/\s/g, '')).length,
    0,
  );
  if (size <= characters) return null;
  return { path: '$', message: `${size} characters, where AWS takes ${characters}: split it or shorten it` };
}
