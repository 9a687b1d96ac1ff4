import type { Matrix } from '../../lib/matrix/paths/matrix.ts';
import type { CellChange } from '../../lib/what-if/cell-changes.ts';
import { cellTexts, textOf } from '../matrix/compare-matrices.ts';

/** The difference of two whole matrices, as text for each cell. */
export function rebuilt(before: Matrix, after: Matrix): ReadonlyMap<string, string> {
  const [was, is] = [cellTexts(before), cellTexts(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  return new Map(
    names
      .filter((name) => was.get(name) !== is.get(name))
      .map((name) => [name, `${was.get(name) ?? 'denied'} -> ${is.get(name) ?? 'denied'}`]),
  );
}

/** The same of changes. */
export function told(matrix: Matrix, changes: readonly CellChange[]): ReadonlyMap<string, string> {
  const texts = changes.flatMap(({ path, principals, instances, before, after }) => {
    const text = `${before ? textOf(before) : 'denied'} -> ${after ? textOf(after) : 'denied'}`;
    return principals.flatMap((p) =>
      instances.map(
        (i) => [`${matrix.principals[p]?.arn} ${matrix.instances[i]?.id} ${path}`, text] as const,
      ),
    );
  });
  return new Map(texts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
