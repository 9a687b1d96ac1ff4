import { isVariable, type Variable } from '../../policy/variables.ts';
import { type Context, canonicalKey, isForeignTagKey, type KeyState, type KeyValue } from '../context.ts';
import type { Uncertainty } from '../decision.ts';
import { and, assume, type Formula, not, or } from '../formula.ts';
import { formulaKey } from '../formula-key.ts';
import { atomOf } from './atom.ts';
import type { CompiledClause, CompiledValue } from './clause.ts';
import { type Operator, parseOperator } from './operators.ts';
import { possibleValues, withoutValues } from './possible-values.ts';
import { resolve } from './resolve.ts';
import { solve } from './solve.ts';

/**
 * One clause against one request: true, false, or what it depends on.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function evaluateClause(clause: CompiledClause, context: Context): Formula {
  const { operator } = clause;
  if (!operator) return assume('unknown-operator', false);
  const canonical = canonicalKey(clause.key, context.service);
  const state = isForeignTagKey(canonical) ? (context.lookup(canonical) ?? null) : context.lookup(canonical);
  if (state === undefined) return unknownKey(clause, operator, context);
  if (state?.symbol !== undefined) return hiddenValue(clause, operator, state.symbol, context);
  if (state?.orAbsent !== undefined) return orAbsent(clause, canonical, state, context);
  if (operator.base.family.name === 'null') return presence(clause, state);
  if (state === null || isEmptySet(operator, state)) return missingKey(operator);
  if (state.otherCase !== undefined)
    return eitherCase(clause, operator, [state.values, [state.otherCase]], context);
  return present(clause, operator, state, context);
}

/**
 * A set operator sees no value in an empty list or in empty text only ("a null data set, such as an empty
 * string").
 */
function isEmptySet(operator: Operator, state: KeyValue): boolean {
  if (state.values.length === 0) return true;
  return operator.set !== null && state.values.every((value) => value === '');
}

/** With the key and without it; if the two differ, the result with the key counts, with the code. */
function orAbsent(clause: CompiledClause, canonical: string, state: KeyValue, context: Context): Formula {
  const { orAbsent: code, ...there } = state;
  const as = (own: KeyState): Formula =>
    evaluateClause(clause, { ...context, lookup: (key) => (key === canonical ? own : context.lookup(key)) });
  const [present, absent] = [as(there), as(null)];
  if (formulaKey(present) === formulaKey(absent)) return present;
  const rests = assume(code as Uncertainty, typeof present === 'boolean' ? present : true);
  return typeof present === 'boolean' ? rests : and(present, rests);
}

function presence(clause: CompiledClause, state: KeyValue | null): Formula {
  const isNull = state === null || state.values.every((value) => value === '');
  return clause.values.some((value) => value.text.toLowerCase() === String(isNull));
}

function missingKey(operator: Operator): Formula {
  if (operator.set === 'ForAllValues') return true;
  if (operator.set === 'ForAnyValue')
    return operator.ifExists ? assume('set-operator-ifexists', true) : false;
  return operator.ifExists || operator.base.negated;
}

/**
 * Two tags whose keys differ by case only: AWS mentions "unexpected condition failures", so the answer counts
 * only if both agree.
 */
function eitherCase(
  clause: CompiledClause,
  operator: Operator,
  tags: readonly [readonly string[], readonly string[]],
  context: Context,
): Formula {
  const [one, other] = tags.map((values) => present(clause, operator, { values }, context)) as [
    Formula,
    Formula,
  ];
  if (one === other) return one;
  return typeof one === 'boolean'
    ? assume('ambiguous-tag-case', one)
    : and(one, assume('ambiguous-tag-case', true));
}

function present(clause: CompiledClause, operator: Operator, state: KeyValue, context: Context): Formula {
  if (operator.set === 'ForAllValues')
    return state.values.map((value) => one(clause, operator, value, context)).reduce(and, true);
  if (operator.set === 'ForAnyValue')
    return state.values.map((value) => one(clause, operator, value, context)).reduce(or, false);
  if (!clause.multivalued && state.values.length === 1)
    return one(clause, operator, state.values[0] as string, context);
  // A multivalued key "requires a set operator"; the behaviour without one is not documented. We assume: any
  // value.
  const any = state.values.map((value) => matchesAny(clause, operator, value, context)).reduce(or, false);
  const reading = operator.base.negated ? not(any) : any;
  const code = 'multivalued-key-without-set-operator';
  return typeof reading === 'boolean' ? assume(code, reading) : and(reading, assume(code, true));
}

function one(clause: CompiledClause, operator: Operator, value: string, context: Context): Formula {
  const any = matchesAny(clause, operator, value, context);
  return operator.base.negated ? not(any) : any;
}

function matchesAny(clause: CompiledClause, operator: Operator, value: string, context: Context): Formula {
  let sum: Formula = false;
  for (const wanted of clause.values) {
    sum = or(sum, wanted.compare ? wanted.compare(value) : matchesTemplate(operator, wanted, value, context));
    if (sum === true) return true;
  }
  return sum;
}

function matchesTemplate(
  operator: Operator,
  wanted: CompiledValue,
  value: string,
  context: Context,
): Formula {
  const { family } = operator.base;
  const resolved = resolve(wanted.template, context);
  if (resolved === 'absent') return false;
  if (resolved === 'unknown') return solve(wanted.template, value, family, context);
  const result = family.compile(resolved.parts)(value);
  if (family.name === 'bool') return assume('bool-variable', result);
  return resolved.emptyDefault ? assume('empty-string-tag-default', result) : result;
}

/** The key exists, and its value is unknown. */
function hiddenValue(clause: CompiledClause, operator: Operator, symbol: string, context: Context): Formula {
  if (operator.base.family.name === 'null')
    return clause.values.some((value) => value.text.toLowerCase() === 'false');
  const isSame = clause.values.some(({ template: { parts } }) => {
    const [part] = parts;
    return parts.length === 1 && part && isVariable(part) && symbolOf(part, context) === symbol;
  });
  if (isSame) return !operator.base.negated;
  const plain = operator.ifExists ? withoutIfExists(clause) : clause;
  return unknownKey(plain, plain.operator as Operator, context, true);
}

function symbolOf({ key }: Variable, context: Context): string | undefined {
  return context.lookup(canonicalKey(key, context.service))?.symbol;
}

function withoutIfExists(clause: CompiledClause): CompiledClause {
  const text = clause.operatorText.replace(/IfExists$/, '');
  return { ...clause, operator: parseOperator(text), operatorText: text };
}

/** The key's value is unknown: the clause itself remains, with known variables inserted. */
function unknownKey(
  clause: CompiledClause,
  operator: Operator,
  context: Context,
  there: boolean = false,
): Formula {
  const possible = context.anyValue ? clause : possibleValues(clause, operator, context.service);
  if (possible !== clause && possible.values.length === 0)
    return withoutValues(clause, operator, context.service, there);
  const asked = atomOf(possible, context);
  const atom = there ? { ...asked, id: `${asked.id} there`, there } : asked;
  let code: Formula = true;
  if (operator.set === 'ForAnyValue' && operator.ifExists) code = assume('set-operator-ifexists', true);
  else if (clause.multivalued && operator.set === null && operator.base.family.name !== 'null') {
    code = assume('multivalued-key-without-set-operator', true);
  }
  return and(atom, code);
}
