import { isObject, listOf } from './fields.ts';
import type { Problem } from './problem.ts';

/** The entries of a Principal or NotPrincipal element, as written. */
export interface PrincipalElement {
  /** NotPrincipal */
  readonly not: boolean;
  readonly any: boolean;
  readonly aws: readonly string[];
  readonly service: readonly string[];
  readonly federated: readonly string[];
  readonly canonicalUser: readonly string[];
}

const NOBODY = { any: false, aws: [], service: [], federated: [], canonicalUser: [] };
const KINDS = new Map<string, 'aws' | 'service' | 'federated' | 'canonicalUser'>([
  ['AWS', 'aws'],
  ['Service', 'service'],
  ['Federated', 'federated'],
  ['CanonicalUser', 'canonicalUser'],
]);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function parsePrincipal(
  value: unknown,
  not: boolean,
  path: string,
  problems: Problem[],
): PrincipalElement {
  if (value === '*') return { ...NOBODY, not, any: true };
  if (!isObject(value)) {
    problems.push({ path, message: 'a principal is `*` or an object such as `{"AWS": "arn:…"}`' });
    return { ...NOBODY, not };
  }
  const lists = {
    aws: [] as string[],
    service: [] as string[],
    federated: [] as string[],
    canonicalUser: [] as string[],
  };
  for (const [kind, entries] of Object.entries(value)) {
    const list = KINDS.get(kind);
    const texts = listOf(entries);
    if (!list || !texts.every((t) => typeof t === 'string')) {
      problems.push({
        path: `${path}.${kind}`,
        message: 'a principal is AWS, Service, Federated or CanonicalUser, with text in it',
      });
      continue;
    }
    // one by one: there may be more of them than a call may have arguments
    for (const text of texts) lists[list].push(text);
  }
  return { not, any: lists.aws.includes('*'), ...lists };
}
