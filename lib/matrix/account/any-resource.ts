import type { CompiledStatement } from '../../evaluator/compile.ts';

/** True if a statement applies to every resource. */
export function isAnyResource({ resources, notResources }: CompiledStatement): boolean {
  return (
    !notResources &&
    (resources ?? []).some(
      ({ template }) => template.parts.map((part) => 'text' in part && part.text).join('') === '*',
    )
  );
}
