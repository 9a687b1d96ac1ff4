import { useState } from 'preact/hooks';
import { thousands } from '../../lib/render/names.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import type { Holding } from '../engine/answers.ts';
import { NO_FILTER } from '../engine/filter.ts';
import type { PrincipalLine } from '../engine/lists.ts';
import { Counts, WaySummary } from '../holdings.tsx';
import { useInstances, usePrincipals } from '../lines.ts';
import { principalName } from '../names.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, InstanceLink, Key, Waiting } from '../parts.tsx';

import { Cell, VirtualTable } from '../virtual-table.tsx';

/** What one principal reaches, as root first. */
export function PrincipalView() {
  const { route } = usePage();
  // a name may hold a slash that a mail program did not write out
  const arn = route.what.join('/');
  const numbers = useAnswer('numbers', arn, '');
  if (!numbers) return <Waiting />;
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
  if (!line || !reach) return <Waiting />;
  return (
    <section>
      <p class="crumbs">
        <a href="#principals">Principals</a>
      </p>
      <Heading title={principalName(line.arn)}>
        <p class="facts-line">
          {line.kind} <span class="mono">{line.arn}</span>
        </p>
      </Heading>
      <Counts holdings={reach} word="instances:" />
      {reach.length === 0 ? (
        <Empty>It has no way onto any instance.</Empty>
      ) : (
        <VirtualTable
          label="What it reaches"
          columns={[
            { title: 'Strongest', css: 'h-key' },
            { title: 'Instances', css: 'h-who' },
            { title: 'How', css: 'h-how' },
          ]}
          length={reach.length}
          rowSize={52}
          row={(index) => <ReachCells holding={reach[index] as Holding} arn={line.arn} />}
        />
      )}
      <FindingsOf line={line} />
      <WhyNotSomewhere arn={line.arn} />
    </section>
  );
}

function ReachCells({ holding, arn }: { holding: Holding; arn: string }) {
  const { count, first } = holding.members;
  const shown = first.slice(0, 3);
  const lineOf = useInstances(shown);
  const id = lineOf(shown[0] ?? -1)?.id;
  return (
    <>
      <Cell css="h-key">
        <Key strength={holding.ways[0]?.strength ?? 0} />
      </Cell>
      <Cell css="h-who">
        <span class="clamp">
          {shown.map((number, at) => (
            <>
              {at > 0 && ', '}
              <InstanceLink line={lineOf(number)} />
            </>
          ))}
          {count > shown.length && <span class="muted"> and {thousands(count - shown.length)} more</span>}
        </span>
      </Cell>
      <Cell css="h-how">
        <WaySummary ways={holding.ways} />{' '}
        {id !== undefined && (
          <a href={addressOf.cell(arn, id)} class="all">
            all<span class="vh"> ways onto {id}</span>
          </a>
        )}
      </Cell>
    </>
  );
}

/** Findings that name it. */
function FindingsOf({ line }: { line: PrincipalLine }) {
  const findings = useAnswer('findings');
  const name = line.arn.slice(line.arn.lastIndexOf('/') + 1);
  const about = (findings?.rows ?? []).filter(
    ({ resource, title }) => resource.startsWith(`${line.arn}#`) || title.includes(`\`${name}\``),
  );
  if (about.length === 0) return null;
  return (
    <>
      <h2>Findings about it</h2>
      <ul>
        {about.slice(0, 20).map(({ id, title }) => (
          <li key={id}>
            <a href={addressOf.finding(id)}>{title.replaceAll('`', '')}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** An instance that it does not reach: the square says why not. */
function WhyNotSomewhere({ arn }: { arn: string }) {
  const { client } = usePage();
  const [hits, setHits] = useState<readonly (readonly [id: string, text: string])[]>([]);
  const find = async (typed: string): Promise<void> => {
    if (typed.trim() === '') return setHits([]);
    const numbers = await client.ask('instances', { ...NO_FILTER, on: typed });
    const lines = await client.ask('instanceLines', [...numbers.slice(0, 8)]);
    setHits(lines.map(({ id, name }) => [id, name === null ? id : `${name} (${id})`]));
  };
  return (
    <div class="why">
      <label>
        How, or why not, onto another?{' '}
        <input
          type="search"
          placeholder="instance id, name or tag"
          autocomplete="off"
          onInput={(event) => void find(event.currentTarget.value)}
        />
      </label>
      <ul class="inline">
        {hits.map(([id, text]) => (
          <li key={id}>
            <a href={addressOf.cell(arn, id)}>{text}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
