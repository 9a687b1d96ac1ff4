import type { Matrix, Outcome } from '../../lib/matrix/paths/matrix.ts';

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
export function textOf({ opens: _, ...outcome }: Outcome): string {
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
