import { matchArnParts, matchTokens, tokensOf } from './pattern.ts';
import type { Context } from './request.ts';

/** True if one request value matches one policy value. */
type Compare = (requested: string, wanted: string, read: Reading) => boolean;

interface Reading {
  readonly version: string;
  readonly context: Context;
}

/** The policy value with its variables replaced; null if a variable has no value: then nothing matches. */
function literal(wanted: string, { version, context }: Reading): string | null {
  const tokens = tokensOf(wanted, version, context);
  return tokens === null ? null : tokens.map((t) => (typeof t === 'object' ? t.literal : t)).join('');
}

function instant(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return /^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
}

function number(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The bits of an address or a range, and how many of them count. */
function bitsOf(text: string): { bits: string; length: number } | null {
  const [address = '', prefix] = text.split('/');
  const bits = address.includes(':') ? bitsOfV6(address) : bitsOfV4(address);
  return bits === null ? null : { bits, length: prefix === undefined ? bits.length : Number(prefix) };
}

function bitsOfV4(address: string): string | null {
  const parts = address.split('.');
  if (parts.length !== 4 || parts.some((p) => !/^\d{1,3}$/.test(p) || Number(p) > 255)) return null;
  return parts.map((p) => Number(p).toString(2).padStart(8, '0')).join('');
}

function bitsOfV6(address: string): string | null {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array(8 - left.length - right.length).fill('0');
  const groups = [...left, ...middle, ...right];
  if (groups.length !== 8 || groups.some((g) => !/^[0-9a-f]{1,4}$/i.test(g))) return null;
  return groups.map((g) => Number.parseInt(g, 16).toString(2).padStart(16, '0')).join('');
}

function inRange(requested: string, wanted: string): boolean {
  const a = bitsOf(requested);
  const b = bitsOf(wanted);
  return (
    a !== null &&
    b !== null &&
    a.bits.length === b.bits.length &&
    a.bits.slice(0, b.length) === b.bits.slice(0, b.length)
  );
}

const equals: Compare = (a, b, read) => a === literal(b, read);
const equalsIgnoreCase: Compare = (a, b, read) => a.toLowerCase() === literal(b, read)?.toLowerCase();
const like: Compare = (a, b, read) => {
  const tokens = tokensOf(b, read.version, read.context);
  return tokens !== null && matchTokens(tokens, a);
};
const arnLike: Compare = (a, b, read) => {
  const tokens = tokensOf(b, read.version, read.context);
  return tokens !== null && matchArnParts(tokens, a);
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, { readonly negated: boolean; readonly compare: Compare }>> = {
  stringequals: { negated: false, compare: equals },
  stringnotequals: { negated: true, compare: equals },
  stringequalsignorecase: { negated: false, compare: equalsIgnoreCase },
  stringnotequalsignorecase: { negated: true, compare: equalsIgnoreCase },
  stringlike: { negated: false, compare: like },
  stringnotlike: { negated: true, compare: like },
  arnequals: { negated: false, compare: arnLike },
  arnlike: { negated: false, compare: arnLike },
  arnnotequals: { negated: true, compare: arnLike },
  arnnotlike: { negated: true, compare: arnLike },
  numericequals: { negated: false, compare: (a, b) => number(a) === number(b) },
  numericnotequals: { negated: true, compare: (a, b) => number(a) === number(b) },
  numericlessthan: { negated: false, compare: (a, b) => number(a) < number(b) },
  numericlessthanequals: { negated: false, compare: (a, b) => number(a) <= number(b) },
  numericgreaterthan: { negated: false, compare: (a, b) => number(a) > number(b) },
  numericgreaterthanequals: { negated: false, compare: (a, b) => number(a) >= number(b) },
  dateequals: { negated: false, compare: (a, b) => instant(a) === instant(b) },
  datenotequals: { negated: true, compare: (a, b) => instant(a) === instant(b) },
  datelessthan: { negated: false, compare: (a, b) => instant(a) < instant(b) },
  datelessthanequals: { negated: false, compare: (a, b) => instant(a) <= instant(b) },
  dategreaterthan: { negated: false, compare: (a, b) => instant(a) > instant(b) },
  dategreaterthanequals: { negated: false, compare: (a, b) => instant(a) >= instant(b) },
  bool: { negated: false, compare: (a, b) => a.toLowerCase() === b.toLowerCase() },
  binaryequals: { negated: false, compare: (a, b) => a === b },
  ipaddress: { negated: false, compare: inRange },
  notipaddress: { negated: true, compare: inRange },
};

/** The values of a key: an empty text and an empty list are no values. */
function present(values: readonly string[] | undefined): boolean {
  return (values ?? []).some((value) => value !== '');
}

/** `Null: true` requires that the key is absent or has no value, `Null: false` that it has one. */
function nullTest(wanted: readonly string[], values: readonly string[] | undefined): boolean {
  return wanted.some((word) => (word.toLowerCase() === 'true') === !present(values));
}

/** One operator on one key. */
export function termHolds(
  operatorName: string,
  key: string,
  wanted: readonly string[],
  version: string,
  context: Context,
): boolean {
  const values = context.get(key.toLowerCase());
  let name = operatorName.toLowerCase();
  if (name === 'null') return nullTest(wanted, values);
  const set = /^(forallvalues|foranyvalue):/.exec(name)?.[1];
  if (set) name = name.slice(set.length + 1);
  const ifExists = name.endsWith('ifexists');
  if (ifExists) name = name.slice(0, -'ifexists'.length);
  const operator = OPERATORS[name];
  if (!operator) throw new Error(`no operator: ${operatorName}`);
  const read = { version, context };
  const meets = (value: string): boolean =>
    wanted.some((each) => operator.compare(value, each, read)) !== operator.negated;
  const missing = values === undefined || values.length === 0;
  if (missing && ifExists) return true;
  if (set === 'forallvalues') return !present(values) || (values ?? []).every(meets);
  if (set === 'foranyvalue') return present(values) && (values ?? []).some(meets);
  if (missing) return operator.negated;
  return (values ?? []).some(meets);
}

function list(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** A Condition element: every operator and every key must match. */
export function conditionHolds(condition: unknown, version: string, context: Context): boolean {
  for (const [operator, keys] of Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>))
    for (const [key, wanted] of Object.entries(keys))
      if (!termHolds(operator, key, list(wanted), version, context)) return false;
  return true;
}
