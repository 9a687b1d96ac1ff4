import type { PatternPart } from './wildcard.ts';

/** A policy variable: `${aws:username}`, or with a default `${aws:PrincipalTag/team, 'none'}`. */
export interface Variable {
  readonly key: string;
  readonly fallback: string | null;
}

/** A value cut at its variables. Without variables there is exactly one run of text parts. */
export interface Template {
  readonly parts: readonly (PatternPart | Variable)[];
  readonly hasVariables: boolean;
}

const VARIABLE = /\$\{(?:([*?$])|([^{}$*?,']+?)(?:, '([^']*)')?)\}/g;

/**
 * Cuts a value at its `${…}`. The escapes `${*}`, `${?}` and `${$}` become literal characters; any other odd
 * text stays as written. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function parseTemplate(value: string): Template {
  const parts: (PatternPart | Variable)[] = [];
  let from = 0;
  let hasVariables = false;
  for (const match of value.matchAll(VARIABLE)) {
    if (match.index > from) parts.push({ text: value.slice(from, match.index), literal: false });
    const [whole, escaped, key, fallback] = match;
    if (escaped !== undefined) {
      parts.push({ text: escaped, literal: true });
    } else {
      parts.push({ key: key as string, fallback: fallback ?? null });
      hasVariables = true;
    }
    from = match.index + whole.length;
  }
  if (from < value.length || parts.length === 0) parts.push({ text: value.slice(from), literal: false });
  return { parts, hasVariables };
}

/** Text without variables: the text of a policy of Version 2008-10-17. */
export function plainTemplate(value: string): Template {
  return { parts: [{ text: value, literal: false }], hasVariables: false };
}

/** The runs of text of a template, without its variables. */
export function textParts(template: Template): readonly PatternPart[] {
  return template.parts.filter((part): part is PatternPart => !isVariable(part));
}

/**
 * Stands in the name of a resource for the value that the variable has for whoever creates it: `document/<aws:username>-x`.
 * No name of AWS contains `<`.
 */
export function placeholderFor({ key, fallback }: Variable): string {
  return fallback === null ? `<${key.toLowerCase()}>` : `<${key.toLowerCase()}, '${fallback}'>`;
}

export function hasPlaceholder(name: string): boolean {
  return name.includes('<');
}

export function isVariable(part: PatternPart | Variable): part is Variable {
  return 'key' in part;
}
