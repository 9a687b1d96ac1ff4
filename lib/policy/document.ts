import { isObject, listOf, own } from './fields.ts';
import { parseJson } from './json.ts';
import { parseStatement } from './parse-statement.ts';
import { isNote, NOTE, type Problem } from './problem.ts';
import type { Statement } from './statement.ts';

/**
 * The place where a policy is attached decides its grammar. `identity` includes boundaries and session
 * policies.
 */
export type DocumentKind = 'identity' | 'resource' | 'trust' | 'scp' | 'rcp';

/**
 * A parsed policy document. IAM would refuse to store a `malformed` one: its readable parts are kept, because
 * a Deny in it may matter.
 */
export interface PolicyDocument {
  /** only 2012-10-17 has variables; a document without a Version is of 2008-10-17 */
  readonly version: '2012-10-17' | '2008-10-17';
  readonly statements: readonly Statement[];
  readonly problems: readonly Problem[];
  readonly malformed: boolean;
  /** an object in it has a duplicate key */
  readonly duplicateKeys: boolean;
}

const ELEMENTS = new Set(['Version', 'Id', 'Statement']);

/**
 * Parses a policy: a JSON value, JSON text, or the URL-encoded JSON text that IAM's API returns. Never
 * throws: errors are in `problems`. `known` are problems that were found before the text was parsed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(
  document: unknown,
  kind: DocumentKind,
  known: readonly Problem[] = [],
): PolicyDocument {
  const problems: Problem[] = [...known];
  const value = typeof document === 'string' ? parseText(document, problems) : document;
  if (!isObject(value)) {
    if (problems.length === 0)
      problems.push({ path: '$', message: 'a policy is a JSON object with a `Statement`' });
    return finish('2012-10-17', [], problems);
  }
  for (const element of Object.keys(value)) {
    if (!ELEMENTS.has(element))
      problems.push({ path: `$.${element}`, message: `\`${element}\` is not an element of a policy` });
  }
  const version = readVersion(own(value, 'Version'), kind, problems);
  const raw = own(value, 'Statement');
  if (raw === undefined) problems.push({ path: '$.Statement', message: 'a policy needs a `Statement`' });
  const statements = (raw === undefined ? [] : listOf(raw)).map((item, index) =>
    parseStatement(item, index, kind, problems),
  );
  noteRepeatedSids(statements, problems);
  return finish(version, statements, problems);
}

function finish(
  version: PolicyDocument['version'],
  statements: readonly Statement[],
  problems: readonly Problem[],
): PolicyDocument {
  const errors = problems.filter((problem) => !isNote(problem));
  return {
    version,
    statements,
    problems,
    malformed: errors.length > 0,
    duplicateKeys: errors.some((problem) => problem.message === DUPLICATE_KEY),
  };
}

export const DUPLICATE_KEY = 'the key stands twice in the same object: IAM refuses such a policy';

function parseText(text: string, problems: Problem[]): unknown {
  const json = text.trimStart().startsWith('%') ? decode(text) : text;
  const parsed = parseJson(json);
  if (!parsed.ok) {
    problems.push(parsed.problem);
    return undefined;
  }
  for (const path of parsed.duplicateKeys) problems.push({ path, message: DUPLICATE_KEY });
  return parsed.value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readVersion(version: unknown, kind: DocumentKind, problems: Problem[]): PolicyDocument['version'] {
  if (version === '2012-10-17') return version;
  if (kind === 'rcp')
    problems.push({ path: '$.Version', message: 'a resource control policy needs Version `2012-10-17`' });
  else if (version !== undefined && version !== '2008-10-17') {
    problems.push({ path: '$.Version', message: 'Version is `2012-10-17` or `2008-10-17`' });
  }
  return '2008-10-17';
}

function noteRepeatedSids(statements: readonly Statement[], problems: Problem[]): void {
  const seen = new Set<string>();
  for (const { sid, index } of statements) {
    if (!sid) continue;
    if (seen.has(sid))
      problems.push({
        path: `$.Statement[${index}].Sid`,
        message: `${NOTE}the Sid \`${sid}\` stands twice in this policy`,
      });
    seen.add(sid);
  }
}
