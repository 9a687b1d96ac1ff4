import { count } from '../../lib/policy/counted.ts';
import type { PageHead } from '../../lib/render/page/page-data.ts';
import { NO_FILTER } from '../engine/filter.ts';
import type { MatrixAnswer } from '../engine/matrix-query.ts';
import { Bar, Choice, Clear, KINDS, RegionChoice, Result, Typed } from '../filter-bar.tsx';
import { MatrixGrid } from '../matrix-grid.tsx';
import { PrintedMatrix } from '../matrix-printed.tsx';
import { useAnswer, usePage } from '../page-context.ts';
import { Empty, Heading, Key, Loading, Nobody } from '../parts.tsx';
import { filterOf } from '../router.ts';

const NAMES = Object.keys(NO_FILTER);

/** Principals by instances. Those with equal access share a line, and a square shows the strongest way in. */
export function MatrixView() {
  const { route } = usePage();
  const filter = filterOf(route.query);
  const answer = useAnswer('matrix', filter);
  return (
    <section class="wide">
      <Heading title="Matrix">
        <p class="lead">
          Each square is the strongest way in of a principal on an instance. If there are many, those with the
          same access share a line. A square opens to every way in, with its conditions and the statements
          that grant it; an empty one to why not. Arrow keys move, Enter opens.
        </p>
      </Heading>
      <Legend />
      <MatrixBar>
        {answer && `${linesText(answer.rows, 'principal')}, ${linesText(answer.columns, 'instance')}`}
      </MatrixBar>
      {!answer && <Loading />}
      {answer && answer.rows.length === 0 && <NoSquares answer={answer} />}
      {answer && answer.rows.length > 0 && <MatrixGrid answer={answer} />}
      {answer && answer.rows.length > 0 && <PrintedMatrix answer={answer} />}
      {answer && route.query.get('since') && (
        <p class="remark">
          {answer.isCut && 'Of large changes only the first names are known here: drift.json has more. '}
          What was lost is in <a href="#drift">Drift</a>.
        </p>
      )}
      {answer && answer.rows.length > 0 && <NotDrawn answer={answer} />}
    </section>
  );
}

/** Why the matrix is empty. A filter with an unknown name must not look like an all-clear. */
function NoSquares({ answer }: { answer: MatrixAnswer }) {
  const { head, route } = usePage();
  const isFiltered = NAMES.some((name) => route.query.get(name));
  // `idle` and `quiet` count all that match the filter, since the matrix is empty
  const missing = answer.idle === 0 ? 'principal' : answer.quiet === 0 ? 'instance' : null;
  if (isFiltered && missing !== null && head.notAudited === '')
    return <Empty>No {missing} of the audit matches.</Empty>;
  return isFiltered ? (
    <Nobody
      sure="Nothing matches: nobody has such access."
      known="Nothing matches: nobody is known to have such access."
    />
  ) : (
    <Nobody
      sure="Nobody has any way onto any instance."
      known="Nobody is known to have any way onto any instance."
    />
  );
}

function NotDrawn({ answer: { idle, quiet } }: { answer: MatrixAnswer }) {
  const { head } = usePage();
  if (head.notAudited !== '' || idle + quiet === 0) return null;
  return (
    <p class="remark">
      Not drawn:{' '}
      {idle > 0 && (
        <>
          {count(idle, 'principal')} without <a href="#principals">such access</a>
        </>
      )}
      {idle > 0 && quiet > 0 && ', '}
      {quiet > 0 && (
        <>
          {count(quiet, 'instance')} that <a href="#instances">nobody reaches this way</a>
        </>
      )}
      . Their pages say why not.
    </p>
  );
}

/** `208 principals in 29 lines`, or `8 instances` if each has its own. */
function linesText(lines: MatrixAnswer['rows'], what: string): string {
  const all = sum(lines);
  return all === lines.length ? count(all, what) : `${count(all, what)} in ${count(lines.length, 'line')}`;
}

const sum = (lines: readonly { readonly count: number }[]): number =>
  lines.reduce((all, { count: one }) => all + one, 0);

function Legend() {
  const { head } = usePage();
  return (
    <ul class="legend keys">
      {[6, 5, 4, 3, 2, 1].map((strength) => (
        <li key={strength}>
          <Key strength={strength} /> <span aria-hidden="true">{head.strengths[strength]?.word}</span>
        </li>
      ))}
    </ul>
  );
}

function MatrixBar({ children }: { children: string | undefined }) {
  const { head } = usePage();
  return (
    <Bar label="Filter the matrix">
      <Choice name="path" label="Path" options={pathOptions(head)} />
      <Choice
        name="verdict"
        label="Verdict"
        options={[
          ['', 'any'],
          ['allowed', 'allowed'],
          ['conditional', 'conditional'],
          ['unknown', 'unknown'],
        ]}
      />
      <Choice
        name="mfa"
        label="MFA"
        options={[
          ['', 'either'],
          ['with', 'needs MFA'],
          ['without', 'needs none'],
        ]}
      />
      <Choice name="kind" label="Who" options={KINDS} />
      <Typed name="who" label="Principal" placeholder="name, person or ARN" />
      <Typed name="on" label="Instance or tag" placeholder="id, name, key=value" />
      <RegionChoice />
      <Choice
        name="since"
        label="Changed"
        options={[
          ['', 'at any time'],
          ['audit', 'since the audit before'],
          ['7', 'in 7 days'],
          ['30', 'in 30 days'],
        ]}
      />
      <Typed name="user" label="OS user" placeholder="root" />
      <Clear names={NAMES} />
      <Result>{children}</Result>
    </Bar>
  );
}

function pathOptions({ paths }: PageHead): readonly (readonly [string, string])[] {
  return [
    ['', 'every path'],
    ['group:shell', 'any shell'],
    ['group:root', 'any root path'],
    ...paths.map(({ id, title }) => [id, title] as const),
  ];
}
