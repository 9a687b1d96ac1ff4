import { useState } from 'preact/hooks';
import { addressOf } from '../../lib/render/page/address.ts';
import { SHELL_IF, UNKNOWN } from '../../lib/render/strengths.ts';
import type { Holding } from '../engine/answers.ts';
import { NO_FILTER } from '../engine/filter.ts';
import type { InstanceLine } from '../engine/lists.ts';
import { FindingLinks } from '../finding-links.tsx';
import { HoldingCells, HoldingCounts, namedIn } from '../holdings.tsx';
import { useInstances, usePrincipals, usePrincipalsAhead } from '../lines.ts';
import { principalName } from '../names.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, Loading, Nobody, PrincipalLink } from '../parts.tsx';
import { MOST_PRINTED } from '../printing.ts';
import { type SquareLink, SquareSearch } from '../square-search.tsx';
import { VirtualTable } from '../virtual-table.tsx';

/** Who gets onto one instance, as which user, how, and under which condition. */
export function InstanceView() {
  const { route } = usePage();
  const id = route.what[0] ?? '';
  const numbers = useAnswer('numbers', '', id);
  if (!numbers) return <Loading />;
  return numbers[1] < 0 ? <NoInstance id={id} /> : <Instance number={numbers[1]} />;
}

export function NoInstance({ id }: { id: string }) {
  return (
    <section>
      <Heading title="No such instance" />
      <Empty>
        The audit has no instance <code>{id}</code>: see <a href="#instances">all instances</a>.
      </Empty>
    </section>
  );
}

function Instance({ number }: { number: number }) {
  const line = useInstances([number])(number);
  const holders = useAnswer('holders', number);
  const findings = useAnswer('findingsOn', number, null);
  const [onlyShells, setOnlyShells] = useState(true);
  if (!line || !holders) return <Loading />;
  const shells = holders.filter(({ ways }) =>
    ways.some(({ strength }) => strength >= SHELL_IF || strength === UNKNOWN),
  );
  const shown = onlyShells ? shells : holders;
  return (
    <section>
      <p class="crumbs">
        <a href="#instances">Instances</a>
      </p>
      <Heading title={line.name ?? line.id}>
        <InstanceFactsLine line={line} />
      </Heading>
      <HoldingCounts holdings={holders} word="principals:" />
      <label class="switch">
        <input
          type="checkbox"
          checked={onlyShells}
          onChange={(event) => setOnlyShells(event.currentTarget.checked)}
        />{' '}
        only who can get a shell, under a condition too
      </label>
      {shown.length === 0 ? (
        <Nobody
          sure={onlyShells ? 'Nobody can get a shell.' : 'Nobody has any way onto it.'}
          known={
            onlyShells
              ? 'Nobody is known to be able to get a shell.'
              : 'Nobody is known to have any way onto it.'
          }
        />
      ) : (
        <HolderTable holdings={shown} id={line.id} />
      )}
      <FindingLinks title="What to change" ids={findings} />
      <WhyNotSomebody id={line.id} />
    </section>
  );
}

export function InstanceFactsLine({ line }: { line: InstanceLine }) {
  return (
    <p class="facts-line">
      <span class="mono">{line.id}</span> {line.region}, {line.state}, {line.platform}, {line.agent},{' '}
      {line.isPublic ? 'public address' : 'no public address'}{' '}
      {line.tags.slice(0, 30).map(([key, value]) => (
        <a
          class="tag"
          key={key}
          href={`#instances?on=${encodeURIComponent(`${key}=${value}`)}`}
          title="all instances with this tag"
        >
          {key}={value}
        </a>
      ))}
    </p>
  );
}

function HolderTable({ holdings, id }: { holdings: readonly Holding[]; id: string }) {
  usePrincipalsAhead(holdings.slice(0, MOST_PRINTED).flatMap(namedIn));
  return (
    <VirtualTable
      label="Who gets onto it"
      columns={[
        { title: 'Strongest', css: 'h-key' },
        { title: 'Who', css: 'h-who' },
        { title: 'How', css: 'h-how' },
      ]}
      length={holdings.length}
      rowSizes={{ wide: 52, middle: 52, narrow: 72 }}
      row={(index) => <HolderCells holding={holdings[index] as Holding} id={id} />}
    />
  );
}

function HolderCells({ holding, id }: { holding: Holding; id: string }) {
  const named = namedIn(holding);
  const lineOf = usePrincipals(named);
  const arn = lineOf(named[0] ?? -1)?.arn;
  return (
    <HoldingCells
      holding={holding}
      link={(number) => <PrincipalLink line={lineOf(number)} />}
      all={
        arn === undefined ? null : { href: addressOf.cell(arn, id), words: `ways of ${principalName(arn)}` }
      }
    />
  );
}

/** A search for principals without access: the square says why not. */
function WhyNotSomebody({ id }: { id: string }) {
  const { client } = usePage();
  const find = async (typed: string): Promise<readonly SquareLink[]> => {
    const numbers = await client.ask('principals', { ...NO_FILTER, who: typed });
    const lines = await client.ask('principalLines', [...numbers.slice(0, 8)]);
    return lines.map(({ arn }) => ({ href: addressOf.cell(arn, id), text: principalName(arn), title: arn }));
  };
  return <SquareSearch label="Why can somebody not?" placeholder="name or ARN" find={find} />;
}
