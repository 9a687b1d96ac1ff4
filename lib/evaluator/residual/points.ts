import { textParts } from '../../policy/variables.ts';
import { isMultivalued } from '../../reference/condition-keys.ts';
import type { CompiledValue } from '../conditions/clause.ts';
import { type Family, parseDate, parseNumber } from '../conditions/comparators.ts';
import { formatAddress, parseCidr } from '../conditions/ip.ts';
import type { KeyState } from '../context.ts';
import type { Atom } from '../formula.ts';
import { spend, type Work } from '../work.ts';
import { operatorOf } from './complement.ts';
import { type TokenPattern, tokenPattern, witnesses } from './witnesses.ts';

/** The largest number of kinds of values in a multivalued key: the combinations of more are not examined. */
const MAX_KINDS = 5;

/**
 * States of one key that together give every result of its conditions: absent, and values on each side of every border
 * of a condition. Null if there are too many, or the work runs out.
 */
export function pointsOf(
  atoms: readonly Atom[],
  kindOf: (value: string) => string,
  work: Work,
): readonly KeyState[] | null {
  const values = valuesOf(atoms, work);
  if (!values || spend(work, values.length * sizeOf(atoms))) return null;
  const absent: KeyState = null;
  if (!isList(atoms)) return [absent, ...values.map((value) => ({ values: [value] }))];
  // empty text is not a value of a list; it must not represent the other values of its kind
  const full = values.filter((value) => value !== '');
  const kinds = [...new Map(full.map((value) => [kindOf(value), value])).values()];
  if (kinds.length > MAX_KINDS) return null;
  const sets = Array.from({ length: 2 ** kinds.length - 1 }, (_, i) =>
    kinds.filter((_kind, bit) => ((i + 1) >> bit) & 1),
  );
  return [absent, ...sets.map((set) => ({ values: set, list: true }))];
}

/** The cost of evaluating all conditions for one state: a fixed part for each, and a comparison for each value. */
function sizeOf(atoms: readonly Atom[]): number {
  return atoms.reduce((sum, atom) => sum + 10 + atom.clause.values.length, 0);
}

/** True if the reference calls the key multivalued, or does not list it and a condition has a set operator. */
function isList(atoms: readonly Atom[]): boolean {
  const multivalued = isMultivalued((atoms[0] as Atom).clause.key);
  return multivalued ?? atoms.some((atom) => operatorOf(atom).set !== null);
}

/** The borders of conditions, by the kind of value. */
interface Borders {
  readonly values: Set<string>;
  readonly patterns: TokenPattern[];
  readonly numbers: number[];
  readonly dates: number[];
}

function valuesOf(atoms: readonly Atom[], work: Work): readonly string[] | null {
  const texts = atoms.flatMap((atom) => atom.clause.values.map((value) => value.text));
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (!areComparable(new Set(atoms.map(familyOf))) || spend(work, length)) return null;
  const borders: Borders = { values: new Set(), patterns: [], numbers: [], dates: [] };
  for (const atom of atoms) addBorders(borders, atom);
  const { values, patterns, numbers, dates } = borders;
  for (const near of around(numbers)) values.add(numberText(near));
  for (const near of around(dates)) values.add(dateText(near));
  if (patterns.length > 0) {
    const fitting = textsFor(patterns, work);
    if (!fitting) return null;
    for (const text of fitting) values.add(text);
    values.add('');
  }
  if (values.size === 0) values.add('x');
  return [...values];
}

function familyOf(atom: Atom): Family['name'] {
  return operatorOf(atom).base.family.name;
}

/** The values of each kind are found in their own way, so no value is sought for conditions of two kinds. */
const KINDS: readonly (readonly Family['name'][])[] = [
  ['ignoreCase', 'like', 'arn'],
  ['numeric'],
  ['date'],
  ['ip'],
];

function areComparable(names: ReadonlySet<Family['name']>): boolean {
  return KINDS.filter((kind) => kind.some((name) => names.has(name))).length <= 1;
}

function addBorders(borders: Borders, atom: Atom): void {
  const family = familyOf(atom);
  for (const value of atom.clause.values) addBorder(borders, family, value);
}

function addBorder(borders: Borders, family: Family['name'], { text, template }: CompiledValue): void {
  switch (family) {
    case 'exact':
    case 'ignoreCase':
    case 'like':
    case 'arn':
      borders.patterns.push(tokenPattern(textParts(template), family));
      return;
    case 'numeric':
      borders.numbers.push(parseNumber(text) ?? 0);
      return;
    case 'date':
      borders.dates.push(parseDate(text) ?? 0);
      return;
    case 'ip':
      for (const near of aroundRange(text)) borders.values.add(near);
      return;
    case 'bool':
      borders.values.add('true').add('false');
      return;
    case 'binary':
      // zeros that are longer than this text, so that the longest differ from all texts
      borders.values.add(text).add('AAAA'.repeat(Math.floor(text.length / 4) + 1));
      return;
  }
}

/** Plain values need no search: the values themselves, and one other. */
function textsFor(patterns: readonly TokenPattern[], work: Work): readonly string[] | null {
  const plain = patterns.every(
    (pattern) => !pattern.fold && pattern.tokens.every((token) => token.kind === 'char'),
  );
  if (!plain) return witnesses(patterns, work);
  const texts = new Set(patterns.map((pattern) => pattern.tokens.map((token) => token.char).join('')));
  let other = 'x';
  while (texts.has(other)) other += 'x';
  return [...texts, other];
}

/** The borders themselves, and a number on each side of each. */
function around(borders: readonly number[]): readonly number[] {
  const sorted = [...new Set(borders)].sort((a, b) => a - b);
  return sorted.flatMap((border, i) => {
    // far enough away to be a different number even where floating-point numbers are sparse
    const step = Math.max(1, Math.abs(border) / 2);
    const next = sorted[i + 1] ?? border + 2 * step;
    return [...(i === 0 ? [border - step] : []), border, (border + next) / 2];
  });
}

/** Without an exponent: IAM's numbers have none. */
function numberText(value: number): string {
  return Number.isInteger(value) ? String(BigInt(value)) : value.toFixed(100);
}

const LAST_ISO = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 for the years that it can express, otherwise epoch seconds. */
function dateText(value: number): string {
  const first = Date.parse('0000-01-01T00:00:00Z');
  if (value > LAST_ISO) return numberText(Math.round(value / 1000));
  return new Date(Math.max(value, first)).toISOString();
}

function aroundRange(text: string): readonly string[] {
  const range = parseCidr(text);
  if (!range) return [];
  const top = range.family === 4 ? (1n << 32n) - 1n : (1n << 128n) - 1n;
  const near = [range.first - 1n, range.first, range.last, range.last + 1n].filter(
    (value) => value >= 0n && value <= top,
  );
  const other = range.family === 4 ? '::' : '0.0.0.0';
  return [...near.map((value) => formatAddress(range.family, value)), other];
}
