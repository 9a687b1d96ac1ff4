import { isVariable } from '../../policy/variables.ts';
import { type Context, canonicalKey } from '../context.ts';
import type { Atom } from '../formula.ts';
import { type CompiledClause, type CompiledValue, compileClause } from './clause.ts';
import { variableValue } from './resolve.ts';

/** The condition that remains of a clause with an unknown key, with known variables inserted. */
export function atomOf(clause: CompiledClause, context: Context): Atom {
  if (!clause.values.some(({ template }) => template.hasVariables)) return plainAtom(clause, context.service);
  const values = clause.values.map((value) => fillIn(value, context)).filter((text) => text !== null);
  return makeAtom(compileClause(clause.operatorText, clause.key, values, true), context.service);
}

const plainAtoms = new WeakMap<CompiledClause, Atom>();

/** The same for everybody: one object, cached for the last service. */
function plainAtom(clause: CompiledClause, service: string): Atom {
  let atom = plainAtoms.get(clause);
  if (atom?.service !== service) {
    atom = makeAtom(clause, service);
    plainAtoms.set(clause, atom);
  }
  return atom;
}

export function makeAtom(clause: CompiledClause, service: string): Atom {
  const values = clause.values.map((value) => value.text);
  const canonical = canonicalKey(clause.key, service);
  return {
    kind: 'atom',
    id: `${canonical} ${clause.operatorText} ${JSON.stringify(values)}`,
    canonical,
    service,
    clause,
    opaque: clause.values.some((value) => value.template.hasVariables),
  };
}

/** A generated condition on one key: `StringEquals` with these values. */
export function simpleAtom(operator: string, key: string, values: readonly string[], service: string): Atom {
  return makeAtom(compileClause(operator, key, values, false), service);
}

/**
 * The value's text with known variables inserted, escaped so that they stay literal; null if it can match
 * nothing.
 */
function fillIn(value: CompiledValue, context: Context): string | null {
  let text = '';
  for (const part of value.template.parts) {
    if (!isVariable(part)) {
      text += part.literal ? `\${${part.text}}` : part.text;
      continue;
    }
    const known = variableValue(part, context);
    if (known === null) return null;
    text +=
      known === undefined
        ? variableText(part.key, part.fallback)
        : known.replace(/[*?]|\$(?=\{)/g, (char) => `\${${char}}`);
  }
  return text;
}

function variableText(key: string, fallback: string | null): string {
  return fallback === null ? `\${${key}}` : `\${${key}, '${fallback}'}`;
}
