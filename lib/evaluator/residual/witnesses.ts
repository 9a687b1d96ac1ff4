import { glob, matches, type PatternPart } from '../../policy/wildcard.ts';
import { spend, type Work } from '../work.ts';

/** A pattern as tokens, one for each character. */
export interface TokenPattern {
  readonly tokens: readonly Token[];
  readonly fold: boolean;
}

interface Token {
  readonly kind: 'char' | 'one' | 'any';
  readonly char: string;
  /** an `any` that does not match a colon */
  readonly noColon: boolean;
}

/** Cuts a pattern into tokens. Like the comparison itself it counts UTF-16 units. */
export function tokenPattern(
  parts: readonly PatternPart[],
  family: 'exact' | 'ignoreCase' | 'like' | 'arn',
): TokenPattern {
  const fold = family === 'ignoreCase';
  if (family === 'arn') return { tokens: arnTokens(parts), fold };
  const folded = parts.map(({ text, literal }) => ({ text: fold ? text.toLowerCase() : text, literal }));
  return { tokens: tokensOf(folded, family === 'like'), fold };
}

function tokensOf(parts: readonly PatternPart[], wildcards: boolean): readonly Token[] {
  return parts.flatMap(({ text, literal }) =>
    text.split('').map((char): Token => {
      const isWild = wildcards && !literal && (char === '*' || char === '?');
      return { kind: isWild ? (char === '*' ? 'any' : 'one') : 'char', char, noColon: false };
    }),
  );
}

/** An ARN has six parts: the first is `arn`, and only the last may contain colons; `*` is every ARN. */
function arnTokens(parts: readonly PatternPart[]): readonly Token[] {
  const written = tokensOf(parts, true);
  const tokens = written.map(({ kind }) => kind).join() === 'any' ? EVERY_ARN : written;
  const end = tokens.findIndex(({ char }) => char === ':');
  const first = tokens.slice(0, Math.max(end, 0));
  const isArn = matches(glob(first.map(({ char }) => char).join('')), 'arn');
  let colons = 0;
  return [...(isArn ? ARN : first), ...tokens.slice(first.length)].map((token) => {
    if (token.char === ':') colons++;
    return { ...token, noColon: colons < 5 };
  });
}

const ARN = patternOf('arn');
const EVERY_ARN = patternOf('*:*:*:*:*:*');

function patternOf(text: string): readonly Token[] {
  return tokensOf([{ text, literal: false }], true);
}

/**
 * For every combination of patterns that some text matches at once, one such text that is not empty (including the
 * combination of none): all patterns are followed in parallel. Null if there are too many combinations.
 */
export function witnesses(patterns: readonly TokenPattern[], work: Work): readonly string[] | null {
  const alphabet = alphabetOf(patterns);
  const start = patterns.map((pattern) => close(pattern, new Set([0])));
  const queue: { readonly text: string; readonly state: readonly ReadonlySet<number>[] }[] = [
    { text: '', state: start },
  ];
  // texts that are not empty may also end in the start state
  const seen = new Set<string>();
  const found = new Map<string, string>();
  for (let at = 0; at < queue.length; at++) {
    const { text, state } = queue[at] as (typeof queue)[number];
    const accepted = patterns
      .map((pattern, i) => (state[i] as ReadonlySet<number>).has(pattern.tokens.length))
      .join();
    if (text !== '' && !found.has(accepted)) found.set(accepted, text);
    const size = state.reduce((sum, set) => sum + 1 + set.size, 0);
    if (spend(work, alphabet.length * size)) return null;
    for (const char of alphabet) {
      const next = patterns.map((pattern, i) => step(pattern, state[i] as ReadonlySet<number>, char));
      const key = stateKey(next);
      if (seen.has(key)) continue;
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
      // a character with two characters as upper case, such as `ß`, is not a token: it counts as any other character
      if (fold) chars.add(token.char.toUpperCase());
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
    if (token && takes(token, char)) next.add(token.kind === 'any' ? at : at + 1);
  }
  return close(pattern, next);
}

function takes(token: Token, char: string): boolean {
  return token.kind === 'char' ? token.char === char : !(token.noColon && char === ':');
}

/** A `*` may also match nothing. */
function close(pattern: TokenPattern, state: Set<number>): ReadonlySet<number> {
  for (const at of state) if (pattern.tokens[at]?.kind === 'any') state.add(at + 1);
  return state;
}

function stateKey(state: readonly ReadonlySet<number>[]): string {
  return state.map((set) => [...set].sort().join()).join('|');
}
