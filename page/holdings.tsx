import type { VNode } from 'preact';
import { count, thousands } from '../lib/policy/counted.ts';
import type { HeldPath, Holding } from './engine/answers.ts';
import { usePage } from './page-context.ts';
import { Ids, Key } from './parts.tsx';
import { GridCell } from './virtual-table.tsx';
import { wayText } from './way-text.ts';

/** The strongest way of a line and how many more there are. */
function WaySummary({ ways }: { ways: readonly HeldPath[] }) {
  const { head } = usePage();
  const [first, ...others] = ways;
  if (!first) return null;
  const text = wayText(first);
  return (
    <span class="clamp">
      <b>{head.paths[first.path]?.title}</b>
      {text !== '' && <Ids text={` ${text}`} />}
      {first.reach === 0 && (
        <>
          {' '}
          <span class="note">not reachable now</span>
        </>
      )}
      {others.length > 0 && <span class="muted"> and {count(others.length, 'more way')}</span>}
    </span>
  );
}

/** The number of members by their strongest way, the strongest first. */
function strongestCounts(holdings: readonly Holding[]): readonly (readonly [number, number])[] {
  const counts = new Map<number, number>();
  for (const { members, ways } of holdings) {
    const strength = ways[0]?.strength ?? 0;
    counts.set(strength, (counts.get(strength) ?? 0) + members.count);
  }
  return [...counts].sort(([a], [b]) => b - a);
}

export function HoldingCounts({ holdings, word }: { holdings: readonly Holding[]; word: string }) {
  const { head } = usePage();
  return (
    <ul class="legend keys">
      {strongestCounts(holdings).map(([strength, count]) => (
        <li key={strength}>
          <Key strength={strength} /> <b>{thousands(count)}</b> {word} {head.strengths[strength]?.word}
        </li>
      ))}
    </ul>
  );
}

/** The numbers of the members that a line names. */
export const namedIn = ({ members }: Holding): readonly number[] => members.first.slice(0, 3);

/** A line: the strongest way, who or where, and how. `all`: the link to the first one's square, and its spoken words. */
export function HoldingCells({
  holding,
  link,
  all,
}: {
  holding: Holding;
  link: (number: number) => VNode;
  all: { readonly href: string; readonly words: string } | null;
}) {
  const named = namedIn(holding);
  const left = holding.members.count - named.length;
  return (
    <>
      <GridCell css="h-key">
        <Key strength={holding.ways[0]?.strength ?? 0} />
      </GridCell>
      <GridCell css="h-who">
        <span class="clamp names-of">
          {named.map((number, at) => (
            <>
              {at > 0 && ', '}
              {link(number)}
            </>
          ))}
        </span>
        {left > 0 && <span class="muted more">and {thousands(left)} more</span>}
      </GridCell>
      <GridCell css="h-how">
        <WaySummary ways={holding.ways} />{' '}
        {all && (
          <a href={all.href} class="all">
            all<span class="vh"> {all.words}</span>
          </a>
        )}
      </GridCell>
    </>
  );
}
