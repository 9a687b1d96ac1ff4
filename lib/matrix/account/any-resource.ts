import type { CompiledStatement } from '../../evaluator/compile.ts';

/** Is a statement about every resource? */
export function isAnyResource({ resources, notResources }: CompiledStatement): boolean {
  return (
    !notResources &&
    (resources ?? []).some(
      ({ template }) => template.parts.map((part) => 'text' in part && part.text).join('') === '*',
    )
  );
}
