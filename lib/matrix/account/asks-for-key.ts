import type { CompiledPolicy, CompiledStatement } from '../../evaluator/compile.ts';
import { isVariable } from '../../policy/variables.ts';

/** True if a statement reads such a key (in lower case), in a condition or as a variable. */
export function asksForKey(
  { clauses, resources }: CompiledStatement,
  isIt: (key: string) => boolean,
): boolean {
  return (
    clauses.some(({ key }) => isIt(key.toLowerCase())) ||
    [...clauses.flatMap(({ values }) => values), ...(resources ?? [])].some(({ template }) =>
      template.parts.some((part) => isVariable(part) && isIt(part.key.toLowerCase())),
    )
  );
}

/** Every key that a policy reads, as it is spelled. */
export const keysAskedBy = ({ statements }: CompiledPolicy): readonly string[] =>
  statements.flatMap(({ clauses, resources }) => {
    const templates = [...clauses.flatMap(({ values }) => values), ...(resources ?? [])];
    const variables = templates.flatMap(({ template }) =>
      (template.parts as Parameters<typeof isVariable>[0][]).filter(isVariable),
    );
    return [...clauses, ...variables].map(({ key }) => key);
  });
