import { addressOf } from '../../lib/render/page/address.ts';
import type { Holding } from '../engine/answers.ts';
import { NO_FILTER } from '../engine/filter.ts';
import { FindingLinks } from '../finding-links.tsx';
import { HoldingCells, HoldingCounts, namedIn } from '../holdings.tsx';
import { useInstances, useInstancesAhead, usePrincipals } from '../lines.ts';
import { principalName } from '../names.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, InstanceLink, Loading, Nobody, Prose } from '../parts.tsx';
import { MOST_PRINTED } from '../printing.ts';
import { type SquareLink, SquareSearch } from '../square-search.tsx';
import { VirtualTable } from '../virtual-table.tsx';

/** The instances that one principal reaches, those with root first. */
export function PrincipalView() {
  const { route } = usePage();
  // an ARN may contain a slash, which some mail programs do not encode
  const arn = route.what.join('/');
  const numbers = useAnswer('numbers', arn, '');
  if (!numbers) return <Loading />;
  return numbers[0] < 0 ? <NoPrincipal arn={arn} /> : <Principal number={numbers[0]} />;
}

export function NoPrincipal({ arn }: { arn: string }) {
  return (
    <section>
      <Heading title="No such principal" />
      <Empty>
        The audit has no principal <code>{arn}</code>: see <a href="#principals">all principals</a>.
      </Empty>
    </section>
  );
}

function Principal({ number }: { number: number }) {
  const line = usePrincipals([number])(number);
  const reach = useAnswer('reach', number);
  useInstancesAhead(reach?.slice(0, MOST_PRINTED).flatMap(namedIn) ?? []);
  if (!line || !reach) return <Loading />;
  return (
    <section>
      <p class="crumbs">
        <a href="#principals">Principals</a>
      </p>
      <Heading title={principalName(line.arn)}>
        <p class="facts-line">
          {line.kind} <span class="mono">{line.arn}</span>
        </p>
        {line.heldBy !== null && (
          <p class="facts-line">
            <Prose text={line.heldBy} />
          </p>
        )}
      </Heading>
      <HoldingCounts holdings={reach} word="instances:" />
      {reach.length === 0 ? (
        <Nobody sure="It has no way onto any instance." known="It has no known way onto any instance." />
      ) : (
        <VirtualTable
          label="What it reaches"
          columns={[
            { title: 'Strongest', css: 'h-key' },
            { title: 'Instances', css: 'h-who' },
            { title: 'How', css: 'h-how' },
          ]}
          length={reach.length}
          rowSizes={{ wide: 52, middle: 52, narrow: 72 }}
          row={(index) => <ReachCells holding={reach[index] as Holding} arn={line.arn} />}
        />
      )}
      <FindingsOf number={number} />
      <WhyNotSomewhere arn={line.arn} />
    </section>
  );
}

function ReachCells({ holding, arn }: { holding: Holding; arn: string }) {
  const named = namedIn(holding);
  const lineOf = useInstances(named);
  const id = lineOf(named[0] ?? -1)?.id;
  return (
    <HoldingCells
      holding={holding}
      link={(number) => <InstanceLink line={lineOf(number)} />}
      all={id === undefined ? null : { href: addressOf.cell(arn, id), words: `ways onto ${id}` }}
    />
  );
}

/** Findings through which it has access. */
function FindingsOf({ number }: { number: number }) {
  const ids = useAnswer('findingsOf', number);
  return <FindingLinks title="Findings about it" ids={ids} />;
}

/** A search for instances that it does not reach: the square says why not. */
function WhyNotSomewhere({ arn }: { arn: string }) {
  const { client } = usePage();
  const find = async (typed: string): Promise<readonly SquareLink[]> => {
    const numbers = await client.ask('instances', { ...NO_FILTER, on: typed });
    const lines = await client.ask('instanceLines', [...numbers.slice(0, 8)]);
    return lines.map(({ id, name }) => ({
      href: addressOf.cell(arn, id),
      text: name === null ? id : `${name} (${id})`,
    }));
  };
  return (
    <SquareSearch label="How, or why not, onto another?" placeholder="instance id, name or tag" find={find} />
  );
}
