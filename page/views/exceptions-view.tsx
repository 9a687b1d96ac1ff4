import { count } from '../../lib/policy/counted.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import type { FindingRow } from '../../lib/render/page/page-data.ts';
import { useAnswer } from '../page-context.ts';
import { Empty, Heading, Loading, Prose, Severity } from '../parts.tsx';
import { FindingTable } from './findings-view.tsx';

const MOST_LISTED = 200;

/** The rules about exceptions that expired, match nothing, accept too little or cannot be read. */
const isOfExceptions = (rule: string): boolean => rule.startsWith('EXC-');

/** Findings that somebody accepted for a while, and what declared administrators hold. */
export function ExceptionsView() {
  const data = useAnswer('findings');
  if (!data) return <Loading />;
  const broken = data.rows.filter(({ status, rules }) => status !== 'resolved' && rules.some(isOfExceptions));
  const excepted = data.rows.filter(({ status }) => status === 'excepted');
  const administrators = excepted.filter(({ acceptedBy }) => acceptedBy === 'administrators');
  const exceptions = excepted.filter(({ acceptedBy }) => acceptedBy !== 'administrators');
  return (
    <section>
      <Heading title="Exceptions">
        <p class="lead">
          What latchkey.yml accepts: findings with an owner, a reason and a day on which the exception ends,
          and what declared administrators hold.
        </p>
      </Heading>
      {broken.length > 0 && <h2>No longer in force</h2>}
      <FindingTable label="Exceptions no longer in force" rows={broken} />
      {broken.length > 0 && exceptions.length > 0 && <h2>In force</h2>}
      {excepted.length === 0 && <Empty>No finding is accepted.</Empty>}
      <ExceptionTable rows={exceptions.slice(0, MOST_LISTED)} />
      {exceptions.length > MOST_LISTED && (
        <p class="left">{count(exceptions.length - MOST_LISTED, 'more', 'more')} in findings.json.</p>
      )}
      {administrators.length > 0 && <h2>Declared administrators</h2>}
      <FindingTable label="Held by declared administrators" rows={administrators} />
    </section>
  );
}

function ExceptionTable({ rows }: { rows: readonly FindingRow[] }) {
  if (rows.length === 0) return null;
  return (
    <table class="list stack">
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">What</th>
          <th scope="col">Accepted</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <Severity severity={row.severity} />
            </td>
            <th scope="row">
              <a href={addressOf.finding(row.id)}>
                <Prose text={row.title} />
              </a>
            </th>
            <td>
              <Prose text={row.accepted} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
