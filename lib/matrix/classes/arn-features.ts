import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { matchesResource } from '../../evaluator/match-resource.ts';
import { patternName } from '../../evaluator/pattern-name.ts';
import { remembered } from '../../memory/remembered.ts';
import { isVariable } from '../../policy/variables.ts';

/**
 * Separates ARNs of one kind (for example all instances of an account) as far as any policy does. Two ARNs of a
 * region with equal features match exactly the same patterns, for every caller.
 */
export class ArnFeatures {
  readonly #literal = new Map<string, string>();
  readonly #sensitive: readonly ResourcePattern[];
  readonly #raw: boolean;
  readonly #tells: (pattern: ResourcePattern) => boolean;
  readonly #known = new Map<string, string>();

  /**
   * `prefix` is the common start of all ARNs of the kind, such as `arn:aws:ec2:`; `type` such as `instance/`.
   */
  constructor(patterns: readonly ResourcePattern[], prefix: string, type: string, idsHavePaths = false) {
    const near = patterns.filter((pattern) => canMatch(pattern, prefix, type));
    const isAny = (text: string): boolean => (idsHavePaths ? text === '*' : isCoarse(text));
    this.#tells = (pattern) =>
      canMatch(pattern, prefix, type) && (pattern.template.hasVariables || !isAny(textOf(pattern)));
    const sensitive: ResourcePattern[] = [];
    for (const [i, pattern] of near.entries()) {
      const text = textOf(pattern);
      if (pattern.template.hasVariables || isAny(text)) continue;
      if (/[*?]/.test(text) || pattern.partial) sensitive.push(pattern);
      else this.#literal.set(text, `${this.#literal.get(text) ?? ''}${i},`);
    }
    this.#sensitive = sensitive;
    this.#raw = near.some((pattern) => pattern.template.hasVariables);
  }

  /** True if no pattern separates any two. */
  get isBlind(): boolean {
    return !this.#raw && this.#literal.size === 0 && this.#sensitive.length === 0;
  }

  /** True if the pattern separates some two. */
  asksFor(pattern: ResourcePattern): boolean {
    return this.#tells(pattern);
  }

  /** Equal names separate the same ARNs. */
  get name(): string {
    return [this.#raw, ...this.#literal.keys(), ...this.#sensitive.map(patternName)].join('\n');
  }

  of(arn: string): string {
    if (this.#raw) return arn;
    const literal = this.#literal.get(arn) ?? '';
    if (this.#sensitive.length === 0) return literal;
    return remembered(this.#known, arn, () => `${literal};${this.#globs(arn)}`);
  }

  #globs(arn: string): string {
    const globs = this.#sensitive.map((pattern) =>
      JSON.stringify(matchesResource(pattern, arn, NO_CONTEXT, false)),
    );
    return globs.join();
  }
}

const NO_CONTEXT = { service: '', lookup: () => null };

const texts = new WeakMap<ResourcePattern, string>();

function textOf(pattern: ResourcePattern): string {
  return remembered(texts, pattern, () =>
    pattern.template.parts.map((part) => (isVariable(part) ? '*' : part.text)).join(''),
  );
}

/** True if the pattern matches every id: its only wildcard is a final `*` where ids begin. */
function isCoarse(text: string): boolean {
  if (!text.endsWith('*') || text.includes('?')) return false;
  const tail = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1);
  const isWholeId = /^([a-z]+-)?\*$/.test(tail);
  return text.includes('/')
    ? isWholeId && text.lastIndexOf('/') > text.lastIndexOf(':')
    : /^[a-z-]*\*$/.test(tail);
}

/** True if the text before the first wildcard may be the start of an ARN of the kind. */
function canMatch(pattern: ResourcePattern, prefix: string, type: string): boolean {
  const text = textOf(pattern);
  const head = text.slice(0, text.search(/[*?]|$/));
  if (!agree(head, prefix)) return false;
  const parts = text.split(':');
  const resource = parts.slice(5).join(':');
  if (parts.length < 6) return true;
  return agree(resource.slice(0, resource.search(/[*?]|$/)), type);
}

const agree = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);
