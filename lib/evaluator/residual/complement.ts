import { makeAtom } from '../conditions/atom.ts';
import { compileClause } from '../conditions/clause.ts';
import type { Family } from '../conditions/comparators.ts';
import { type Operator, variantOf } from '../conditions/operators.ts';
import type { Atom } from '../formula.ts';

/**
 * Terms that are true exactly when the atom is false; a missing key is treated as IAM does. None: the atom is
 * never false.
 */
export function complementOf(atom: Atom): readonly Atom[] {
  const operator = operatorOf(atom);
  const { base, set, ifExists } = operator;
  const values = valuesOf(atom);
  if (base.name === 'Null') return [derive(atom, operator, flipped(values))];
  if (base.border) return beyondBorder(atom, operator);
  if (set === 'ForAllValues')
    return [
      derive(
        atom,
        variantOf(operator, { set: 'ForAnyValue', ifExists: false, name: base.complement }),
        values,
      ),
    ];
  if (set === 'ForAnyValue') {
    const none = variantOf(operator, { set: 'ForAllValues', ifExists: false, name: base.complement });
    return [...(ifExists ? [isPresent(atom)] : []), derive(atom, none, values)];
  }
  if (base.family.name === 'bool' && !atom.opaque)
    return [derive(atom, variantOf(operator, { ifExists: !ifExists }), flipped(values))];
  const other = derive(atom, variantOf(operator, { ifExists: false, name: base.complement }), values);
  return ifExists && !base.negated ? [isPresent(atom), other] : [other];
}

const SETS = { ForAllValues: 'ForAnyValue', ForAnyValue: 'ForAllValues' } as const;

/** Below neither 10 nor 20 is: not below 20. */
function beyondBorder(atom: Atom, operator: Operator): readonly Atom[] {
  const { base, set, ifExists } = operator;
  const borders = valuesOf(atom)
    .map((text) => ({ text, at: (base.family.parse as NonNullable<Family['parse']>)(text) }))
    .filter((one): one is { text: string; at: number } => one.at !== null)
    .sort((a, b) => a.at - b.at);
  const border = base.border === 'least' ? borders[0] : borders.at(-1);
  if (!border) return ifExists || set === 'ForAllValues' ? [isPresent(atom)] : [];
  const change = set ? { set: SETS[set], ifExists: false } : { ifExists: !ifExists };
  const beyond = derive(atom, variantOf(operator, { ...change, name: base.complement }), [border.text]);
  return set === 'ForAnyValue' && ifExists ? [isPresent(atom), beyond] : [beyond];
}

function flipped(values: readonly string[]): readonly string[] {
  const lower = values.map((value) => value.toLowerCase());
  return ['true', 'false'].filter((value) => !lower.includes(value));
}

export function operatorOf(atom: Atom): Operator {
  return atom.clause.operator as Operator;
}

export function valuesOf(atom: Atom): readonly string[] {
  return atom.clause.values.map((value) => value.text);
}

/** Another condition on the same key. */
export function derive(atom: Atom, operator: Operator, values: readonly string[]): Atom {
  return derivedAtom(atom, operator.text, values);
}

export function derivedAtom(atom: Atom, operator: string, values: readonly string[]): Atom {
  return makeAtom(compileClause(operator, atom.clause.key, values, true), atom.service);
}

const TEXTS: ReadonlySet<Family['name']> = new Set(['exact', 'ignoreCase', 'like', 'arn']);

/** Present, even if empty: `Null` treats empty text as absent, so for texts only a pattern expresses it. */
export function isPresent(atom: Atom): Atom {
  const { base, set } = operatorOf(atom);
  return TEXTS.has(base.family.name) && !set
    ? derivedAtom(atom, 'StringLike', ['*'])
    : derivedAtom(atom, 'Null', ['false']);
}
