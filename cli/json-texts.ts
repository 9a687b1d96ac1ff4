import { jsonText } from '../lib/snapshot/json-text.ts';

/** Levels that are split into pieces: the value, its lists, and their members. */
const DEPTH = 4;

/** One JSON value in pieces, so that it is never in memory as a whole. An iterable becomes an array. */
export function* jsonTexts(value: unknown): Generator<string> {
  yield* pieces(value, DEPTH);
  yield '\n';
}

function* pieces(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null) yield jsonText(value) ?? 'null';
  else if (Symbol.iterator in value) yield* items(value as Iterable<unknown>, depth);
  else yield* members(value, depth);
}

function* items(values: Iterable<unknown>, depth: number): Generator<string> {
  let separator = '[';
  for (const value of values) {
    yield `${separator}\n`;
    yield* pieces(value, depth - 1);
    separator = ',';
  }
  yield separator === '[' ? '[]' : '\n]';
}

function* members(value: object, depth: number): Generator<string> {
  let separator = '{';
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${separator}${jsonText(key)}:`;
    yield* pieces(member, depth - 1);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}
