import type { Context } from './request.ts';

/** A pattern is a list of single characters, `*` (any run) and `?` (one character); a character stands for itself. */
export type Token = { readonly literal: string } | '*' | '?';

const WILDCARD = /^[*?]$/;

/** The tokens of a text without variables. */
function plainTokens(text: string): Token[] {
  return [...text].map((c) => (WILDCARD.test(c) ? (c as '*' | '?') : { literal: c }));
}

function literals(text: string): Token[] {
  return [...text].map((literal) => ({ literal }));
}

/** Keys that may have several values, according to the page on global keys: they cannot be used as variables. */
const SEVERAL =
  /^aws:(tagkeys|principalorgpaths|resourceorgpaths|principalservicenameslist|calledvia)$|^sts:transitivetagkeys$/i;

/** The value of `key` or `key, 'default'`: the only value in the request, else the default, else null. */
function variableValue(inside: string, context: Context): string | null {
  if (/^[*?$]$/.test(inside)) return inside;
  const [, key = '', fallback] = /^(.*?)(?:, '(.*)')?$/s.exec(inside) ?? [];
  if (SEVERAL.test(key)) return null;
  const values = context.get(key.toLowerCase()) ?? [];
  if (values.length === 1) return values[0] ?? null;
  return values.length === 0 ? (fallback ?? null) : null;
}

/**
 * The tokens of a policy value, with variables replaced by literal characters; null if one has no value.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function tokensOf(text: string, version: string, context: Context): Token[] | null {
  if (version !== '2012-10-17') return plainTokens(text);
  const tokens: Token[] = [];
  let rest = text;
  while (rest !== '') {
    const variable = /^\$\{([^}]*)\}/.exec(rest);
    if (!variable) {
      tokens.push(...plainTokens(rest.charAt(0)));
      rest = rest.slice(1);
      continue;
    }
    const value = variableValue(variable[1] ?? '', context);
    if (value === null) return null;
    tokens.push(...literals(value));
    rest = rest.slice(variable[0].length);
  }
  return tokens;
}

/** True if the wildcard at a token may match the character at an offset. */
type MayTake = (token: number, at: number) => boolean;

/** The offsets at which a text matched up to `at` may end after one more token. */
function after(token: Token, index: number, text: string, at: number, mayTake: MayTake): number[] {
  if (token === '*') {
    const ends = [at];
    for (let to = at; to < text.length && mayTake(index, to); to++) ends.push(to + 1);
    return ends;
  }
  if (at >= text.length) return [];
  return (token === '?' ? mayTake(index, at) : token.literal === text[at]) ? [at + 1] : [];
}

/** True if tokens match a whole text. */
export function matchTokens(tokens: readonly Token[], text: string, mayTake: MayTake = () => true): boolean {
  let ends = new Set([0]);
  tokens.forEach((token, index) => {
    ends = new Set([...ends].flatMap((at) => after(token, index, text, at, mayTake)));
  });
  return ends.has(text.length);
}

function isColon(token: Token | undefined): boolean {
  return typeof token === 'object' && token.literal === ':';
}

/**
 * True if the resource pattern matches. Wildcards stay inside a segment, except that a `*` at the end of a segment
 * may cross the colon. The sixth segment keeps its colons.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function matchArn(tokens: readonly Token[], arn: string): boolean {
  return matchTokens(tokens, arn, (token, at) => {
    if (arn[at] !== ':') return true;
    if (arn.slice(0, at).split(':').length >= 6) return true;
    return tokens[token] === '*' && (token + 1 === tokens.length || isColon(tokens[token + 1]));
  });
}

/** One entry of Resource or NotResource; an entry with a variable that has no value matches nothing. */
export function matchResource(
  entry: string,
  resource: string,
  version: string,
  context: Context,
  shortens: boolean,
): boolean {
  if (entry === '*') return true;
  const parts = entry.split(':');
  const start = parts.slice(0, 5).join(':');
  const end = tokensOf(parts.slice(5).join(':'), version, context);
  if (end === null) return false;
  const missing = Math.max(0, 6 - parts.length);
  const tokens = [...plainTokens(start), ...(parts.length > 5 ? plainTokens(':') : []), ...end];
  return (
    matchArn(tokens, resource) ||
    (shortens && missing > 0 && matchArn([...tokens, ...plainTokens(':*'.repeat(missing))], resource))
  );
}

/** Compares the six parts of an ARN one by one; `*` alone matches any ARN. */
export function matchArnParts(tokens: readonly Token[], value: string): boolean {
  if (tokens.length === 1 && tokens[0] === '*')
    return value.startsWith('arn:') && value.split(':').length >= 6;
  const parts: Token[][] = [[]];
  for (const token of tokens)
    if (isColon(token) && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(token);
  const split = value.split(':');
  if (parts.length < 6 || split.length < 6 || split[0] !== 'arn') return false;
  const values = [...split.slice(0, 5), split.slice(5).join(':')];
  return parts.every((part, i) => matchTokens(part, values[i] ?? ''));
}

/** One entry of Action or NotAction, case-insensitive; wildcards only after the service prefix, except `*:*`. */
export function matchAction(entry: string, action: string): boolean {
  if (entry === '*' || entry === '*:*') return true;
  if (/\s/.test(entry)) return false;
  const [service = '', ...name] = entry.toLowerCase().split(':');
  const [wanted = '', ...wantedName] = action.toLowerCase().split(':');
  return service === wanted && matchTokens(plainTokens(name.join(':')), wantedName.join(':'));
}
