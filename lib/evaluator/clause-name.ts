import type { CompiledClause } from './conditions/clause.ts';

const clauseNames = new WeakMap<CompiledClause, string>();

/** Equal for conditions with the same meaning: many policies are copies of each other. */
export function clauseName(clause: CompiledClause): string {
  let name = clauseNames.get(clause);
  if (name === undefined) {
    const { operatorText, key, values } = clause;
    name = JSON.stringify([operatorText, key, values.map(({ template }) => template.parts)]);
    clauseNames.set(clause, name);
  }
  return name;
}
