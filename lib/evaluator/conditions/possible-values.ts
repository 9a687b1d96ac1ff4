import { remembered } from '../../memory/remembered.ts';
import { isVariable, type Template } from '../../policy/variables.ts';
import { isNeverValue } from '../../reference/wildcard-free-keys.ts';
import { canonicalKey } from '../context.ts';
import type { Formula } from '../formula.ts';
import { simpleAtom } from './atom.ts';
import type { CompiledClause } from './clause.ts';
import type { Operator } from './operators.ts';

const LITERAL: ReadonlySet<string> = new Set(['exact', 'ignoreCase']);

const cut = new WeakMap<CompiledClause, Map<string, CompiledClause>>();

/**
 * The clause without values that no request can have: `StringEquals` takes a `*` literally, and no account id
 * contains one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
 */
export function possibleValues(clause: CompiledClause, operator: Operator, service: string): CompiledClause {
  if (!LITERAL.has(operator.base.family.name) || !clause.values.some(({ text }) => /[*?]/.test(text)))
    return clause;
  const byService = remembered(cut, clause, () => new Map<string, CompiledClause>());
  return remembered(byService, service, () => {
    const key = canonicalKey(clause.key, service);
    const values = clause.values.filter(({ template }) => !isNeverValue(key, textOf(template)));
    return values.length === clause.values.length ? clause : { ...clause, values };
  });
}

/** Empty with a variable: its value is not known. */
function textOf({ parts, hasVariables }: Template): string {
  return hasVariables ? '' : parts.map((part) => (isVariable(part) ? '' : part.text)).join('');
}

/** The result of a comparison with no value at all: it depends on whether the key is there. */
export function withoutValues(
  { key }: CompiledClause,
  { base, set, ifExists }: Operator,
  service: string,
  isThere: boolean,
): Formula {
  const isNull = (value: string): Formula =>
    isThere ? value === 'false' : simpleAtom('Null', key, [value], service);
  if (base.negated) return set === 'ForAnyValue' && !ifExists ? isNull('false') : true;
  return ifExists || set === 'ForAllValues' ? isNull('true') : false;
}
