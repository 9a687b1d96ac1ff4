import { count } from '../../lib/policy/counted.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import { usePrincipals, usePrincipalsAhead } from '../lines.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, Loading, Preformatted, PrincipalLink } from '../parts.tsx';
import { MOST_PRINTED } from '../printing.ts';
import { documentStatements } from '../statement.tsx';
import { GridCell, VirtualTable } from '../virtual-table.tsx';

const KINDS: Readonly<Record<string, string>> = {
  'aws-managed': 'AWS managed policy',
  'customer-managed': 'policy of the account',
  'earlier-version': 'earlier version, which grants nothing',
  inline: 'inline policy',
  trust: 'trust policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
};

/** A policy: its text with one statement marked, its holders, and the findings about it. */
export function PolicyView() {
  const { route } = usePage();
  const id = route.what.join('/');
  const policy = useAnswer('policy', id);
  const findings = useAnswer('findings');
  if (policy === undefined || !findings) return <Loading />;
  if (!policy)
    return (
      <section>
        <Heading title="No such policy" />
        <Empty>
          The audit has no policy <code>{id}</code>.
        </Empty>
      </section>
    );
  const about = findings.rows.filter(({ resource }) => resource === id);
  return (
    <section>
      <Heading title={policy.name}>
        <p class="facts-line">
          {KINDS[policy.kind] ?? policy.kind} <span class="mono">{id}</span>
        </p>
      </Heading>
      {about.map((row) => (
        <p key={row.id}>
          <a href={addressOf.finding(row.id)}>{row.title.replaceAll('`', '')}</a>
        </p>
      ))}
      <h2>Text</h2>
      <Document document={policy.document} marked={Number(route.query.get('statement') ?? -1)} />
      <h2>Held by {count(policy.holders.length, 'principal')}</h2>
      <PrincipalTable numbers={policy.holders} />
    </section>
  );
}

function Document({ document, marked }: { document: unknown; marked: number }) {
  const statements = documentStatements(document);
  if (statements.length === 0) return <Preformatted text={JSON.stringify(document, null, 2)} />;
  return (
    <ol class="document" start={0}>
      {statements.map((statement, at) => (
        <li key={at} class={at === marked ? 'marked' : ''} aria-current={at === marked ? 'true' : undefined}>
          <Preformatted text={JSON.stringify(statement, null, 2)} />
        </li>
      ))}
    </ol>
  );
}

function PrincipalTable({ numbers }: { numbers: readonly number[] }) {
  usePrincipalsAhead(numbers.slice(0, MOST_PRINTED));
  if (numbers.length === 0) return <p class="quiet">Nobody.</p>;
  return (
    <VirtualTable
      label="Principals"
      columns={[
        { title: 'Principal', css: 'p-who' },
        { title: 'Kind', css: 'p-kind' },
      ]}
      length={numbers.length}
      rowSizes={{ wide: 34, middle: 34, narrow: 34 }}
      row={(index) => <PrincipalCells number={numbers[index] as number} />}
    />
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
    </>
  );
}
