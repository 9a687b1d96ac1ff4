import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { remembered } from '../../memory/remembered.ts';
import type { RelevantClause } from './relevant.ts';

type States = ReadonlyMap<string, KeyState>;
/** What conditions read of one key of an instance, as a text. */
export type KeyReader = (tags: States, own: States) => string;

/** Results are cached by value: instances of a fleet share their tags. */
export function keyReader(key: string, clauses: readonly RelevantClause[]): KeyReader {
  const byValue = new Map<string, string>();
  const read = stateReader(key, clauses);
  const isTag = key.startsWith('aws:resourcetag/');
  return (tags, own) => {
    // a missing tag is absent; other keys may be unknown
    const state = tags.get(key) ?? (isTag ? null : own.get(key));
    const value = state?.values[0];
    const isPlain =
      state && value !== undefined && state.otherCase === undefined && state.values.length === 1;
    if (state && !isPlain) return read(state);
    const name = state ? `=${value}` : String(state);
    return remembered(byValue, name, () => read(state));
  };
}

/**
 * If the values in all conditions on a key are constant, only the results of the conditions count: a thousand values
 * of `Name` are two classes under `Name` like `web-*`.
 */
function stateReader(key: string, clauses: readonly RelevantClause[]): (state: KeyState) => string {
  const isFixed = clauses.every(({ hasVariables, keys }) => !hasVariables && keys.length === 1);
  const seen = new Map<string, string>();
  const numbers = new Map<string, string>();
  return (state) => {
    const raw = JSON.stringify(state) ?? 'unknown';
    if (!isFixed) return raw;
    let feature = seen.get(raw);
    if (feature === undefined) {
      const answers = clauses.map(({ clause, service }) =>
        evaluateClause(clause, { service, lookup: (asked) => (asked === key ? state : null) }),
      );
      const name = answers.map(formulaKey).join();
      // cached: there may be hundreds of conditions on a key and a hundred thousand instances
      feature = numbers.get(name) ?? String(numbers.size);
      numbers.set(name, feature);
      seen.set(raw, feature);
    }
    return feature;
  };
}
