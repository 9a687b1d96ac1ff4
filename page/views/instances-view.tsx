import { count, thousands } from '../../lib/policy/counted.ts';
import type { InstanceLine } from '../engine/lists.ts';
import { Bar, Clear, RegionChoice, Result, Typed } from '../filter-bar.tsx';
import { useInstances, useInstancesAhead } from '../lines.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, InstanceLink, Loading, TallyKeys } from '../parts.tsx';
import { MOST_PRINTED } from '../printing.ts';
import { filterOf } from '../router.ts';
import { GridCell, VirtualTable } from '../virtual-table.tsx';

const COLUMNS = [
  { title: 'Instance', css: 'i-who' },
  { title: 'Region', css: 'i-region' },
  { title: 'Principals by strength', css: 'i-tally' },
  { title: 'Tags', css: 'i-tags' },
];

/** A line for each instance, the most exposed first. */
export function InstancesView() {
  const { route } = usePage();
  const filter = filterOf(route.query);
  const numbers = useAnswer('instances', filter);
  useInstancesAhead([...(numbers?.slice(0, MOST_PRINTED) ?? [])]);
  return (
    <section>
      <Heading title="Instances">
        <p class="lead">
          The most exposed first. Each opens to who gets onto it, how, as whom and under which condition.
        </p>
      </Heading>
      <Bar label="Filter instances">
        <Typed name="on" label="Name, id or tag" placeholder="web, i-0abc, env=prod" />
        <RegionChoice />
        <Clear names={['on', 'region']} />
        <Result>{numbers && count(numbers.length, 'instance')}</Result>
      </Bar>
      {!numbers && <Loading />}
      {numbers?.length === 0 && (
        <Empty>
          {filter.on === '' && filter.region === ''
            ? 'No instances in what was collected.'
            : 'No instance has this in its name, id or tags.'}
        </Empty>
      )}
      {numbers && numbers.length > 0 && (
        <VirtualTable
          label="Instances"
          columns={COLUMNS}
          length={numbers.length}
          rowSizes={{ wide: 50, middle: 72, narrow: 72 }}
          row={(index) => <InstanceCells number={numbers[index] as number} />}
        />
      )}
    </section>
  );
}

function InstanceCells({ number }: { number: number }) {
  const line = useInstances([number])(number);
  if (!line) return <GridCell css="i-who">…</GridCell>;
  return (
    <>
      <GridCell css="i-who">
        <InstanceLink line={line} />
        {line.name !== null && <small class="mono muted">{line.id}</small>}
      </GridCell>
      <GridCell css="i-region">
        {line.region} <small class="muted">{line.state}</small>
      </GridCell>
      <GridCell css="i-tally">
        <TallyKeys tally={line.tally} />
      </GridCell>
      <GridCell css="i-tags">
        <span class="clamp" title={line.tags.map(([key, value]) => `${key}=${value}`).join('\n')}>
          {ownFirst(line.tags)
            .slice(0, 4)
            .map(([key, value]) => (
              <span class="tag" key={key}>
                {key}={value}
              </span>
            ))}
          {line.tags.length > 4 && <small class="muted">and {thousands(line.tags.length - 4)} more</small>}
        </span>
      </GridCell>
    </>
  );
}

/** The tags that people gave it before those of AWS, as there is room for a few. */
function ownFirst(tags: InstanceLine['tags']): InstanceLine['tags'] {
  const isOfAws = ([key]: readonly [string, string]): number => Number(key.startsWith('aws:'));
  return [...tags].sort((a, b) => isOfAws(a) - isOfAws(b));
}
