import type { PatternPart } from '../../policy/wildcard.ts';

/** A pattern as tokens, one a character. */
export interface TokenPattern {
  readonly tokens: readonly Token[];
  readonly fold: boolean;
}

interface Token {
  readonly kind: 'char' | 'one' | 'any';
  readonly char: string;
  /** an `any` that stays within its colon part */
  readonly noColon: boolean;
}

/** More states than this and the patterns are not compared with each other. */
const MAX_STATES = 4000;

export function tokenPattern(
  parts: readonly PatternPart[],
  family: 'exact' | 'ignoreCase' | 'like' | 'arn',
): TokenPattern {
  const fold = family === 'ignoreCase';
  const wildcards = family === 'like' || family === 'arn';
  let colons = 0;
  const tokens = parts.flatMap((part) =>
    [...part.text].map((raw): Token => {
      const char = fold ? raw.toLowerCase() : raw;
      if (char === ':') colons++;
      const noColon = family === 'arn' && colons < 5;
      if (!part.literal && wildcards && char === '*') return { kind: 'any', char, noColon };
      if (!part.literal && wildcards && char === '?') return { kind: 'one', char, noColon };
      return { kind: 'char', char, noColon };
    }),
  );
  return { tokens, fold };
}

/**
 * For every combination of patterns that some text can match at once, one such text that is not empty (the empty
 * combination included): a walk over all patterns side by side. Null when there are too many combinations to look at.
 */
export function witnesses(patterns: readonly TokenPattern[]): readonly string[] | null {
  const alphabet = alphabetOf(patterns);
  const start = patterns.map((pattern) => close(pattern, new Set([0])));
  const queue: { readonly text: string; readonly state: readonly ReadonlySet<number>[] }[] = [
    { text: '', state: start },
  ];
  // the start is reached again by texts that are not empty
  const seen = new Set<string>();
  const found = new Map<string, string>();
  for (let at = 0; at < queue.length; at++) {
    const { text, state } = queue[at] as (typeof queue)[number];
    const accepted = patterns.map((pattern, i) => (state[i]?.has(pattern.tokens.length) ? 1 : 0)).join('');
    if (text !== '' && !found.has(accepted)) found.set(accepted, text);
    for (const char of alphabet) {
      const next = patterns.map((pattern, i) => step(pattern, state[i] as ReadonlySet<number>, char));
      const key = stateKey(next);
      if (seen.has(key)) continue;
      if (seen.size >= MAX_STATES) return null;
      seen.add(key);
      queue.push({ text: text + char, state: next });
    }
  }
  return [...found.values()];
}

function alphabetOf(patterns: readonly TokenPattern[]): readonly string[] {
  const chars = new Set<string>();
  const fold = patterns.some((pattern) => pattern.fold);
  for (const { tokens } of patterns) {
    for (const token of tokens) {
      if (token.kind !== 'char') continue;
      chars.add(token.char);
      if (fold) chars.add(token.char.toUpperCase()).add(token.char.toLowerCase());
    }
  }
  let fresh = 'x';
  while (chars.has(fresh)) fresh = String.fromCharCode(fresh.charCodeAt(0) + 1);
  return [fresh, ...chars];
}

function step(pattern: TokenPattern, state: ReadonlySet<number>, raw: string): ReadonlySet<number> {
  const char = pattern.fold ? raw.toLowerCase() : raw;
  const next = new Set<number>();
  for (const at of state) {
    const token = pattern.tokens[at];
    if (!token) continue;
    if (token.kind === 'char') {
      if (token.char === char) next.add(at + 1);
    } else if (!(token.noColon && char === ':')) next.add(token.kind === 'one' ? at + 1 : at);
  }
  return close(pattern, next);
}

/** A `*` may also take nothing. */
function close(pattern: TokenPattern, state: Set<number>): ReadonlySet<number> {
  for (const at of state) if (pattern.tokens[at]?.kind === 'any') state.add(at + 1);
  return state;
}

function stateKey(state: readonly ReadonlySet<number>[]): string {
  return state.map((set) => [...set].sort((a, b) => a - b).join(',')).join('|');
}
