import { formulaKey } from '../evaluator/formula-key.ts';
import type { Levels } from '../matrix/chains/chain-search.ts';
import type { Chain } from '../matrix/chains/chains.ts';
import { type EndKey, endKey } from '../matrix/chains/end-session.ts';

/** The ends of chains that exist only before or after, or that are shown, limited or granted differently. */
export function changedEnds(before: Levels, after: Levels): readonly number[] {
  const was = byEnd(before);
  const same = new Set<EndKey>();
  const changed = new Set<number>();
  // shorter ones first: the earlier part of a chain is then already compared
  for (const chain of after.flat()) {
    const key = endKey(chain);
    const old = was.get(key);
    if (old && isSame(old, chain, same)) same.add(key);
    else changed.add(chain.to);
  }
  const is = byEnd(after);
  for (const [key, { to }] of was) if (!is.has(key)) changed.add(to);
  return [...changed];
}

function byEnd(levels: Levels): ReadonlyMap<EndKey, Chain> {
  return new Map(levels.flat().map((chain) => [endKey(chain), chain]));
}

/** `same`: the ends of unchanged chains. */
function isSame(a: Chain, b: Chain, same: ReadonlySet<EndKey>): boolean {
  if (
    a.length !== b.length ||
    a.codes !== b.codes ||
    a.missing !== b.missing ||
    formulaKey(a.open) !== formulaKey(b.open)
  )
    return false;
  if (!a.from || !b.from) return a.from === b.from && isSameStep(a, b);
  if (endKey(a.from) !== endKey(b.from) || !isSameStep(a, b)) return false;
  return a.from.edge === null || same.has(endKey(a.from));
}

/** The actions that made its end stronger. */
const behind = ({ edge }: Chain): string => edge?.after?.join() ?? '';

function isSameStep(a: Chain, b: Chain): boolean {
  if (a.edge === b.edge && a.at === b.at) return true;
  return (
    a.edge?.steps[a.at] === b.edge?.steps[b.at] &&
    a.edge?.by === b.edge?.by &&
    behind(a) === behind(b) &&
    a.edge?.grants === b.edge?.grants
  );
}
