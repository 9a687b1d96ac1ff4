import { DUPLICATE_KEY } from '../policy/document.ts';
import { parseJson } from '../policy/json.ts';
import type { Problem } from '../policy/problem.ts';
import type { PolicyKind, PolicyRecord } from '../snapshot/snapshot.ts';

/** Keys that occur twice inside a policy in the text of an answer: path of the document -> paths within it. */
export type DuplicateKeys = ReadonlyMap<string, readonly string[]>;

const DOCUMENT = /^.*?\.(?:PolicyDocument|AssumeRolePolicyDocument|Document|Content)(?![^.[])/s;

/** Sorts the duplicate keys of an answer by their policy document. Those outside any document are in `elsewhere`. */
export function duplicatesByDocument(paths: readonly string[]): {
  readonly inDocuments: DuplicateKeys;
  readonly elsewhere: readonly string[];
} {
  const inDocuments = new Map<string, string[]>();
  const elsewhere: string[] = [];
  for (const path of paths) {
    const document = DOCUMENT.exec(path)?.[0];
    if (document === undefined) {
      elsewhere.push(path);
      continue;
    }
    const within = inDocuments.get(document) ?? [];
    within.push(`$${path.slice(document.length)}`);
    inDocuments.set(document, within);
  }
  return { inDocuments, elsewhere };
}

/**
 * One policy as collected. The CLI prints documents as JSON objects, the API returns URL-encoded text, and
 * Organizations plain JSON text: the result is the JSON value for all three. Text that is not JSON gives `null` and a
 * problem. `at` is the document's path in its answer.
 */
export function policyRecord(
  { id, name, kind }: Pick<PolicyRecord, 'id' | 'name' | 'kind'>,
  document: unknown,
  at: string,
  duplicates: DuplicateKeys,
): PolicyRecord {
  const problems: Problem[] = (duplicates.get(at) ?? []).map(duplicate);
  if (typeof document !== 'string') return { id, name, kind, document: document ?? null, problems };
  const parsed = parseJson(decoded(document));
  if (!parsed.ok) return { id, name, kind, document: null, problems: [...problems, parsed.problem] };
  problems.push(...parsed.duplicateKeys.map(duplicate));
  return { id, name, kind, document: parsed.value, problems };
}

/** AWS's own managed policies have no account in their ARNs. */
export const managedKind = (arn: string): PolicyKind =>
  /^arn:[^:]*:iam::aws:/.test(arn) ? 'aws-managed' : 'customer-managed';

const duplicate = (path: string): Problem => ({ path, message: DUPLICATE_KEY });

/** JSON text begins with a brace, URL-encoded JSON text with a percent sign: a `%` inside plain JSON belongs to it. */
function decoded(document: string): string {
  if (!document.trimStart().startsWith('%')) return document;
  try {
    return decodeURIComponent(document);
  } catch {
    return document;
  }
}
