import type { InputChange } from './input-change.ts';

/** The names of the things that inputs are about, and of policies that they add, remove or change, without paths. */
export function inputNames(inputs: readonly InputChange[]): ReadonlySet<string> {
  const texts = inputs.flatMap(({ marks, policies }) => [...Object.values(marks).flat(), ...policies]);
  return new Set(texts.map(nameOf));
}

/** The last part of an ARN, a path or an id: `arn:aws:iam::111122223333:policy/ops/Run` is `Run`. */
export const nameOf = (text: string): string => text.slice(text.lastIndexOf('/') + 1);
