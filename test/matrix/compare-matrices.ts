import type { Matrix, Outcome } from '../../lib/matrix/paths/matrix.ts';
import type { CellChange } from '../../lib/what-if/cell-changes.ts';

/** Every cell of a matrix that is not denied: `principal instance path` -> its outcome as text. */
export function cellTexts(matrix: Matrix): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { path, principals, instances, outcome } of matrix.groups) {
    const text = textOf(outcome);
    for (const p of principals) {
      for (const i of instances) {
        const name = `${matrix.principals[p]?.arn} ${matrix.instances[i]?.id} ${path}`;
        texts.set(name, texts.has(name) ? `${texts.get(name)} and also ${text}` : text);
      }
    }
  }
  return texts;
}

/** `opens` is left out: it is computed from cells and decides none. */
function textOf({ opens: _, ...outcome }: Outcome): string {
  const { grants, ...rest } = outcome;
  const sorted = grants.map((grant) => JSON.stringify(grant)).sort();
  return JSON.stringify({ ...rest, grants: sorted });
}

/** Some of the cells that only one of the two matrices has. */
export function differences(one: Matrix, other: Matrix, most = 5): readonly string[] {
  const left = cellTexts(one);
  const right = cellTexts(other);
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names
    .filter((name) => left.get(name) !== right.get(name))
    .slice(0, most)
    .map((name) => `${name}\n  ${left.get(name) ?? 'no cell'}\n  ${right.get(name) ?? 'no cell'}`);
}

/** The differences between two whole matrices: `principal instance path` -> before and after. */
export function differenceTexts(before: Matrix, after: Matrix): ReadonlyMap<string, string> {
  const [was, is] = [cellTexts(before), cellTexts(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  return new Map(
    names
      .filter((name) => was.get(name) !== is.get(name))
      .map((name) => [name, `${was.get(name) ?? 'denied'} -> ${is.get(name) ?? 'denied'}`]),
  );
}

/** The same of changes. `added`: the id of an instance that the matrix does not have. */
export function changeTexts(
  matrix: Matrix,
  changes: readonly CellChange[],
  added = '',
): ReadonlyMap<string, string> {
  const idOf = (i: number): string =>
    i === matrix.instances.length ? added : (matrix.instances[i]?.id ?? '');
  const texts = new Map<string, string>();
  for (const { path, principals, instances, before, after } of changes) {
    const text = `${before ? textOf(before) : 'denied'} -> ${after ? textOf(after) : 'denied'}`;
    for (const p of principals)
      for (const i of instances) {
        const name = `${matrix.principals[p]?.arn} ${idOf(i)} ${path}`;
        texts.set(name, texts.has(name) ? `${texts.get(name)} and also ${text}` : text);
      }
  }
  return new Map([...texts].sort());
}
