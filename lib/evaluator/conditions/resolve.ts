import { remembered } from '../../memory/remembered.ts';
import { isVariable, type Template, type Variable } from '../../policy/variables.ts';
import type { PatternPart } from '../../policy/wildcard.ts';
import { isMultivalued } from '../../reference/condition-keys.ts';
import type { Context } from '../context.ts';
import { canonicalKey } from '../context.ts';

/** A template with its variables inserted as literal text: a `*` in a tag value never becomes a wildcard. */
export interface Resolved {
  readonly parts: readonly PatternPart[];
  /** a variable with a default has an empty value: which of the two counts is not documented */
  readonly emptyDefault: boolean;
}

/**
 * `absent`: a variable has no single value, so nothing can match. `unknown`: a variable's value is not known.
 */
export function resolve(template: Template, context: Context): Resolved | 'absent' | 'unknown' {
  const parts: PatternPart[] = [];
  let emptyDefault = false;
  let unknown = false;
  for (const part of template.parts) {
    if (!isVariable(part)) {
      parts.push(part);
      continue;
    }
    const value = variableValue(part, context);
    if (value === null) return 'absent';
    unknown ||= value === undefined;
    emptyDefault ||= value === '' && part.fallback !== null;
    parts.push({ text: value ?? '', literal: true });
  }
  return unknown ? 'unknown' : { parts, emptyDefault };
}

/** `null`: no value and no default, or a key that may have several values; `undefined`: unknown. */
export function variableValue(variable: Variable, context: Context): string | null | undefined {
  if (mayHaveSeveral(variable)) return null;
  const state = context.lookup(canonicalKey(variable.key, context.service));
  if (state === undefined || state?.symbol !== undefined) return undefined;
  if (state === null || state.values.length === 0) return variable.fallback;
  return state.values.length === 1 ? (state.values[0] as string) : null;
}

const known = new WeakMap<Variable, boolean>();

/** "Multivalued condition keys cannot be used as variables": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
function mayHaveSeveral(variable: Variable): boolean {
  return remembered(known, variable, () => isMultivalued(variable.key) === true);
}
