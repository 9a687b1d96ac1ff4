import { parseTemplate, plainTemplate, type Template, textParts } from '../../policy/variables.ts';
import { isMultivalued } from '../../reference/condition-keys.ts';
import type { Comparator } from './comparators.ts';
import { type Operator, parseOperator } from './operators.ts';

/** One value of a clause; `compare` exists if no variable has to be inserted first. */
export interface CompiledValue {
  readonly text: string;
  readonly template: Template;
  readonly compare: Comparator | null;
}

/** One line of a Condition block, ready to be evaluated many times. */
export interface CompiledClause {
  /** null: unknown operator */
  readonly operator: Operator | null;
  readonly operatorText: string;
  /** as the policy writes it */
  readonly key: string;
  readonly values: readonly CompiledValue[];
  /** the service authorization reference calls the key multivalued */
  readonly multivalued: boolean;
}

export function compileClause(
  operatorText: string,
  key: string,
  values: readonly string[],
  variables: boolean,
): CompiledClause {
  const operator = parseOperator(operatorText);
  return {
    operator,
    operatorText: operator?.text ?? operatorText,
    key,
    values: values.map((text) => compileValue(text, operator, variables)),
    multivalued: isMultivalued(key) === true,
  };
}

function compileValue(value: string, operator: Operator | null, variables: boolean): CompiledValue {
  if (!operator) return { text: value, template: plainTemplate(value), compare: null };
  const { family } = operator.base;
  const template = variables && family.variables ? parseTemplate(value) : plainTemplate(value);
  // plain text of an old policy must stay plain if the condition is read alone
  const text = !variables && family.variables ? asLiteral(value) : value;
  return { text, template, compare: template.hasVariables ? null : family.compile(textParts(template)) };
}

/** Policy text in which a value stands for itself. */
function asLiteral(value: string): string {
  return value.replace(/\$(?=\{)/g, (char) => `\${${char}}`);
}
