import { count, thousands } from '../../lib/policy/counted.ts';
import { actorName, shortTime } from '../../lib/render/names.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import type { ChangeData, PageChange, PageChangeRow, PageRun } from '../../lib/render/page/page-data.ts';
import { Bar, Choice, Clear, Result, Typed, useQuery } from '../filter-bar.tsx';
import { principalName } from '../names.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Copyable, Empty, Heading, Ids, Loading, Prose, Severity } from '../parts.tsx';

const MOST_CHANGES = 60;
/** Number of names that a row of the list shows, and that the page of one change shows. */
const NAMES = { brief: 3, whole: 12 } as const;
const SIGNS = { gained: '+', changed: '~', lost: '−' } as const;

/** One change: who gained or lost what by it, and how to undo it. */
export function ChangeView() {
  const { route } = usePage();
  const data = useAnswer('changes');
  if (!data) return <Loading />;
  const one = everythingIn(data).find(({ id }) => id === route.what[0]);
  return (
    <section>
      <p class="crumbs">
        <a href="#drift">Drift</a>
      </p>
      <Heading title={one?.sentence ?? 'No such change'} />
      {one ? <ChangeBody change={one} isWhole /> : <Empty>No audit shown here has such a change.</Empty>}
    </section>
  );
}

const everythingIn = ({ changes, earlier }: ChangeData): readonly PageChange[] => [
  ...changes,
  ...earlier.flatMap((run) => run.changes),
];

/** Changes since the previous audit, by cause. */
export function DriftView() {
  const { head } = usePage();
  const data = useAnswer('changes');
  const query = useQuery();
  if (!data) return <Loading />;
  const everything = everythingIn(data);
  const text = query.get('text').toLowerCase();
  const isAsked = (change: PageChange): boolean =>
    (!query.get('severity') || change.severity === query.get('severity')) &&
    (!text || JSON.stringify(change).toLowerCase().includes(text));
  const shown = data.changes.filter(isAsked);
  const runs = data.earlier
    .map((run) => ({ ...run, changes: run.changes.filter(isAsked) }))
    .filter(({ changes }) => changes.length > 0);
  return (
    <section>
      <Heading title="Drift">
        <p class="lead">
          {head.previousAt === null
            ? 'This is the first audit of the account. The next one is compared with it.'
            : `Compared with the audit of ${shortTime(head.previousAt)}, by cause.`}
        </p>
      </Heading>
      {everything.length > 0 && (
        <DriftBar
          all={everything.length}
          shown={shown.length + runs.reduce((sum, { changes }) => sum + changes.length, 0)}
        />
      )}
      {head.previousAt !== null && data.changes.length === 0 && (
        <Empty>No access was gained, lost or changed.</Empty>
      )}
      {shown.slice(0, MOST_CHANGES).map((change) => (
        <ChangeCard key={change.id} change={change} />
      ))}
      {shown.length > MOST_CHANGES && (
        <p class="left">{count(shown.length - MOST_CHANGES, 'more cause')}: filter to see them.</p>
      )}
      {runs.length > 0 && <Timeline runs={runs} />}
    </section>
  );
}

/** Earlier runs, the newest first, with a line for each cause. */
function Timeline({ runs }: { runs: readonly PageRun[] }) {
  return (
    <>
      <h2>Before</h2>
      <ol class="timeline">
        {runs.map(({ at, isScan, changes, left }) => (
          <li key={at}>
            <h3>
              <time datetime={at}>{shortTime(at)}</time>{' '}
              <span class="muted">{isScan ? 'scan' : 'check of events'}</span>
            </h3>
            <ul>
              {changes.map((change) => (
                <li key={change.id}>
                  <Severity severity={change.severity} />{' '}
                  <a href={addressOf.change(change.id)}>{change.sentence}</a>: <Prose text={change.detail} />
                  <Hand change={change} />
                </li>
              ))}
            </ul>
            {left > 0 && <p class="left">{count(left, 'more cause')} in drift.json of the run.</p>}
          </li>
        ))}
      </ol>
    </>
  );
}

/** `SSO AdministratorAccess (session mara)`: the card of the change has the whole ARN. */
/** Who made the change and when, if an event says so. */
function Hand({ change }: { change: PageChange }) {
  const said = change.hand.filter(([label]) => label === 'By' || label === 'When');
  if (said.length === 0) return null;
  return (
    <span class="muted">
      {' '}
      ({said.map(([label, text]) => (label === 'By' ? `by ${actorName(text)}` : `at ${text}`)).join(', ')})
    </span>
  );
}

function DriftBar({ all, shown }: { all: number; shown: number }) {
  const { head } = usePage();
  return (
    <Bar label="Filter changes">
      <Choice
        name="severity"
        label="Severity"
        options={['', ...head.severities].map((one) => [one, one || 'any'] as const)}
      />
      <Typed name="text" label="Text" placeholder="who, what, by whom" />
      <Clear names={['severity', 'text']} />
      <Result>
        {thousands(shown)} of {count(all, 'cause')}
      </Result>
    </Bar>
  );
}

function ChangeCard({ change }: { change: PageChange }) {
  return (
    <article class="card change">
      <header>
        <Severity severity={change.severity} />
        <h2>
          <a href={addressOf.change(change.id)}>{change.sentence}</a>
        </h2>
      </header>
      <ChangeBody change={change} />
    </article>
  );
}

function ChangeBody({ change, isWhole = false }: { change: PageChange; isWhole?: boolean }) {
  const rows = change.rows.slice(0, isWhole ? 200 : 3);
  const left = change.rows.length - rows.length + change.left;
  return (
    <div class="change">
      <p class="cause">
        {isWhole && <Severity severity={change.severity} />} <span class="tag">{change.kind}</span>{' '}
        <Prose text={change.detail} />
      </p>
      {change.hand.length > 0 && (
        <p class="hand">
          {change.hand.map(([label, text]) => (
            <span key={label} class="word">
              {label} <span class="mono">{text}</span>
            </span>
          ))}
        </p>
      )}
      {change.undo.length > 0 && (
        <>
          <h3>Undo</h3>
          <Copyable text={change.undo.join('\n')} />
        </>
      )}
      {rows.length > 0 && <ChangeRows rows={rows} most={isWhole ? NAMES.whole : NAMES.brief} />}
      {left > 0 && (
        <p class="left">
          {isWhole ? (
            `${count(left, 'more group')} of ways in in drift.json.`
          ) : (
            <>
              {count(left, 'more group')} of ways in: see <a href={addressOf.change(change.id)}>the change</a>
              .
            </>
          )}
        </p>
      )}
    </div>
  );
}

function ChangeRows({ rows, most }: { rows: readonly PageChangeRow[]; most: number }) {
  const { head } = usePage();
  return (
    <table class="list stack">
      <thead>
        <tr>
          {['Change', 'Principals', 'Instances', 'Paths', 'Before', 'After'].map((title) => (
            <th scope="col" key={title}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            <td>
              <span aria-hidden="true">{SIGNS[row.change]}</span> {row.change}
            </td>
            <td>
              <Names
                names={row.principals.map((arn) => ({
                  text: principalName(arn),
                  title: arn,
                  address: addressOf.principal(arn),
                }))}
                all={row.principalCount}
                most={most}
              />
            </td>
            <td>
              <Names
                names={row.instances.map(([id, name]) => ({
                  text: name ?? id,
                  title: id,
                  address: addressOf.instance(id),
                }))}
                all={row.instanceCount}
                most={most}
              />
            </td>
            <td>{row.paths.map((path) => head.paths[path]?.title).join(', ')}</td>
            <td data-label="Before">{row.before}</td>
            <td data-label="After">{row.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Name {
  readonly text: string;
  readonly title: string;
  readonly address: string;
}

function Names({ names, all, most }: { names: readonly Name[]; all: number; most: number }) {
  const shown = names.slice(0, most);
  return (
    <>
      {shown.map(({ text, title, address }, at) => (
        <>
          {at > 0 && ' '}
          <span class="word">
            <a href={address} title={title}>
              <Ids text={text} />
            </a>
            {at < shown.length - 1 && ','}
          </span>
        </>
      ))}
      {all > shown.length && <span class="muted"> and {thousands(all - shown.length)} more</span>}
    </>
  );
}
