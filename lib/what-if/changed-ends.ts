import { formulaKey } from '../evaluator/formula-key.ts';
import type { Levels } from '../matrix/chains/chain-search.ts';
import type { Chain } from '../matrix/chains/chains.ts';

/** The ends of chains that exist only before or after, or that are shown, limited or granted differently. */
export function changedEnds(before: Levels, after: Levels): readonly number[] {
  const was = byEnd(before);
  const same = new Set<number>();
  const changed: number[] = [];
  // shorter ones first: the earlier part of a chain is then already compared
  for (const chain of after.flat()) {
    const old = was.get(chain.to);
    if (old && isSame(old, chain, same)) same.add(chain.to);
    else changed.push(chain.to);
  }
  const is = byEnd(after);
  return [...changed, ...[...was.keys()].filter((to) => !is.has(to))];
}

function byEnd(levels: Levels): ReadonlyMap<number, Chain> {
  return new Map(levels.flat().map((chain) => [chain.to, chain]));
}

/** `same`: the ends of unchanged chains. */
function isSame(a: Chain, b: Chain, same: ReadonlySet<number>): boolean {
  if (a.length !== b.length || formulaKey(a.open) !== formulaKey(b.open)) return false;
  if (a.from?.to !== b.from?.to || !isSameStep(a, b)) return false;
  return a.from === null || a.from.edge === null || same.has(a.from.to);
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
