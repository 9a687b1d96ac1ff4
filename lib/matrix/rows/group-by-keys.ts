import { emptyBits, setBit } from '../../evaluator/bits.ts';
import { resourceState } from '../account/request-context.ts';
import type { RowPlaces } from './row-columns.ts';
import type { EqualResources } from './shared-clauses.ts';

/** The resources of a row grouped by their values of some keys. */
export function groupAlike(places: RowPlaces, placeKeys: readonly string[]): readonly EqualResources[] {
  const { width } = places;
  const groups = new Map<string, EqualResources>();
  for (let target = 0; target < width; target++) {
    const keys = places.keysOf(target);
    const states = placeKeys.map((key) => resourceState(keys, key));
    const name = states.map((state) => (state === undefined ? 'unknown' : JSON.stringify(state))).join('\n');
    let group = groups.get(name);
    if (!group) {
      const [state] = states;
      const value = states.length === 1 && state?.values.length === 1 ? (state.values[0] ?? null) : null;
      group = { bits: emptyBits(width), target, value };
      groups.set(name, group);
    }
    setBit(group.bits, target);
  }
  return [...groups.values()];
}
