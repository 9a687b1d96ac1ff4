import { offsetsAt, overChar, overWild } from '../policy/offsets.ts';
import {
  hasPlaceholder,
  isVariable,
  parseTemplate,
  placeholderFor,
  plainTemplate,
  type Template,
  textParts,
} from '../policy/variables.ts';
import { type Glob, globOf, matches, type PatternPart } from '../policy/wildcard.ts';
import { simpleAtom } from './conditions/atom.ts';
import { resolve, variableValue } from './conditions/resolve.ts';
import { solve } from './conditions/solve.ts';
import type { Context } from './context.ts';
import { and, assume, type Formula, or } from './formula.ts';

/** An entry of Resource or NotResource. */
export interface ResourcePattern {
  readonly template: Template;
  /** fewer than six colon parts: the missing ones count as `*` */
  readonly partial: boolean;
  /** null if a variable has to be inserted first */
  readonly compiled: CompiledArn | null;
  /** a wildcard in the service part, which IAM rejects */
  readonly wildService: boolean;
}

/** A pattern of ARNs: `whole` as plain text, and its parts if a wildcard may not cross a colon. */
interface CompiledArn {
  readonly whole: Glob;
  /** set if a wildcard is inside one of the first five colon parts */
  readonly bounded: readonly PatternPart[] | null;
}

/**
 * `impliesRest`: an ARN with fewer than six parts means all that begin with it. Variables are recognised
 * after the fifth colon only.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function compileResource(entry: string, variables: boolean, impliesRest: boolean): ResourcePattern {
  const segments = entry.split(':');
  const isArn = segments[0] === 'arn';
  const isWhole = segments.length > 5;
  const template = isArn && isWhole ? templateOf(segments, variables) : plainTemplate(entry);
  return {
    template,
    partial: impliesRest && isArn && !isWhole,
    compiled: template.hasVariables ? null : compileArn(textParts(template)),
    wildService: isArn && segments.length > 3 && /[*?]/.test(segments[2] as string),
  };
}

/** Text up to the fifth colon is plain; what follows is cut at its variables. */
function templateOf(segments: readonly string[], variables: boolean): Template {
  const head = `${segments.slice(0, 5).join(':')}:`;
  const rest = segments.slice(5).join(':');
  const { parts, hasVariables } = variables ? parseTemplate(rest) : plainTemplate(rest);
  return { parts: [{ text: head, literal: false }, ...parts], hasVariables };
}

/** `parts` begin with text up to the fifth colon, in which no variable is read. */
function compileArn(parts: readonly PatternPart[]): CompiledArn {
  const head = (parts[0] as PatternPart).text;
  const inside = head.split(':').some((segment) => /\*[^*]|\?/.test(segment));
  return { whole: globOf(parts), bounded: inside ? parts : null };
}

/** Whether the entry covers the resource; `negated` if the entry is in NotResource. */
export function matchesResource(
  pattern: ResourcePattern,
  resource: string,
  context: Context,
  negated: boolean,
): Formula {
  const plain = pattern.compiled
    ? matchesArn(pattern.compiled, resource)
    : matchesDynamic(pattern, resource, context, negated);
  const result = pattern.partial ? or(plain, matchesRest(pattern, resource)) : plain;
  return result === true && pattern.wildService ? assume('service-segment-wildcard', true) : result;
}

/** The pattern as a plain one, if it has no variables and no ambiguous wildcard. */
export function onlyReading({ compiled, partial, wildService }: ResourcePattern): Glob | null {
  return compiled && !compiled.bounded && !partial && !wildService ? compiled.whole : null;
}

function matchesRest(pattern: ResourcePattern, resource: string): boolean {
  return matches(globOf([...textParts(pattern.template), { text: ':*', literal: false }]), resource);
}

function matchesDynamic(
  pattern: ResourcePattern,
  resource: string,
  context: Context,
  negated: boolean,
): Formula {
  const resolved = resolve(pattern.template, context);
  if (hasPlaceholder(resource) && resolved !== 'absent') return matchesNamed(pattern, resource, context);
  if (resolved === 'absent') return negated ? assume('notresource-unresolved-variable', false) : false;
  if (resolved === 'unknown') return solve(pattern.template, resource, RESOURCE, context);
  const result = matchesArn(compileArn(resolved.parts), resource);
  if (!resolved.emptyDefault) return result;
  const code = assume('empty-string-tag-default', result === true);
  return typeof result === 'boolean' ? code : or(result, code);
}

/**
 * A resource that its creator names after itself. Only a pattern with the same variable covers it, whatever the
 * variable's value is.
 */
function matchesNamed({ template }: ResourcePattern, resource: string, context: Context): Formula {
  const named = template.parts.map((part) =>
    isVariable(part) ? { text: placeholderFor(part), literal: true } : part,
  );
  const variables = template.parts.filter(isVariable);
  return variables
    .filter((variable) => variableValue(variable, context) === undefined)
    .map(({ key }) => simpleAtom('Null', key, ['false'], context.service))
    .reduce<Formula>(and, matchesArn(compileArn(named), resource));
}

const RESOURCE = {
  name: 'like' as const,
  compile: (parts: readonly PatternPart[]) => {
    const compiled = compileArn(parts);
    return (text: string) => matchesArn(compiled, text) === true;
  },
};

/**
 * A `*` at the end of a colon part may match beyond the colon; for one inside a part this is not documented,
 * and it stays in its part. If the two readings differ, the answer carries a code.
 */
function matchesArn(pattern: CompiledArn, resource: string): Formula {
  if (!matches(pattern.whole, resource)) return false;
  if (!pattern.bounded || matchesBounded(pattern.bounded, resource)) return true;
  return assume('cross-segment-wildcard', false);
}

/** Longer patterns and texts, in steps, are not compared: no ARN and no policy of AWS is as long. */
const BOUNDED_STEPS = 50_000_000;

/** The same match, but a wildcard inside a part never matches one of the resource's first five colons. */
function matchesBounded(parts: readonly PatternPart[], resource: string): boolean {
  const tokens = parts.flatMap(({ text, literal }) => text.split('').map((char) => ({ char, literal })));
  if (tokens.length * resource.length > BOUNDED_STEPS) return false;
  const colons = separators(resource);
  let reached = offsetsAt([0], resource);
  for (const [i, { char, literal }] of tokens.entries()) {
    if (literal || (char !== '*' && char !== '?')) {
      reached = overChar(reached, char, resource);
      continue;
    }
    const next = tokens[i + 1];
    const ends = next === undefined || next.char === ':';
    reached = overWild(reached, char, ends ? NO_COLONS : colons);
  }
  return reached[resource.length] === 1;
}

const NO_COLONS: ReadonlySet<number> = new Set();

/** Where the first five colons are. */
function separators(resource: string): ReadonlySet<number> {
  const found = new Set<number>();
  let at = -1;
  for (const segment of resource.split(':').slice(0, 5)) {
    at += segment.length + 1;
    found.add(at);
  }
  return found;
}
