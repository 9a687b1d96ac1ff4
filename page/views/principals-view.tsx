import { count } from '../../lib/policy/counted.ts';
import { Bar, Choice, Clear, KINDS, Result, Typed } from '../filter-bar.tsx';
import { usePrincipals, usePrincipalsAhead } from '../lines.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, Loading, PrincipalLink, TallyKeys } from '../parts.tsx';
import { MOST_PRINTED } from '../printing.ts';
import { filterOf } from '../router.ts';
import { GridCell, VirtualTable } from '../virtual-table.tsx';

const COLUMNS = [
  { title: 'Principal', css: 'p-who' },
  { title: 'Kind', css: 'p-kind' },
  { title: 'Instances by strength', css: 'p-tally' },
];

/** A line for each principal, those who reach most first. */
export function PrincipalsView() {
  const { route } = usePage();
  const filter = filterOf(route.query);
  const numbers = useAnswer('principals', filter);
  usePrincipalsAhead([...(numbers?.slice(0, MOST_PRINTED) ?? [])]);
  return (
    <section>
      <Heading title="Principals">
        <p class="lead">
          Those who reach most come first, as root before all else, and people before machines. Each opens to
          what it reaches and how.
        </p>
      </Heading>
      <Bar label="Filter principals">
        <Choice name="kind" label="Kind" options={KINDS} />
        <Typed name="who" label="Name, person or ARN" placeholder="alice, role/, SSO, person" />
        <Clear names={['kind', 'who']} />
        <Result>{numbers && count(numbers.length, 'principal')}</Result>
      </Bar>
      {!numbers && <Loading />}
      {numbers?.length === 0 && (
        <Empty>
          {filter.who === '' && filter.kind === ''
            ? 'No users or roles in what was collected.'
            : 'No principal has this in its name.'}
        </Empty>
      )}
      {numbers && numbers.length > 0 && (
        <VirtualTable
          label="Principals"
          columns={COLUMNS}
          length={numbers.length}
          rowSizes={{ wide: 36, middle: 36, narrow: 62 }}
          row={(index) => <PrincipalCells number={numbers[index] as number} />}
        />
      )}
    </section>
  );
}

function PrincipalCells({ number }: { number: number }) {
  const line = usePrincipals([number])(number);
  return (
    <>
      <GridCell css="p-who">
        <PrincipalLink line={line} />
      </GridCell>
      <GridCell css="p-kind">{line?.kind}</GridCell>
      <GridCell css="p-tally">{line && <TallyKeys tally={line.tally} />}</GridCell>
    </>
  );
}
