import { count, thousands } from '../../lib/policy/counted.ts';
import { fixProof } from '../../lib/render/fix-text.ts';
import { shortTime } from '../../lib/render/names.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import type { FindingDetail, FindingRow, PageHead } from '../../lib/render/page/page-data.ts';
import { usePrincipals } from '../lines.ts';
import { principalName, shortPolicy } from '../names.ts';
import { useAnswer, usePage } from '../page-context.ts';
import { Copyable, Empty, Heading, Loading, Prose, Severity } from '../parts.tsx';

import { PolicyStatement } from '../statement.tsx';

const MOST_HOLDERS = 40;
const MOST_STATEMENTS = 10;

/** One finding: the text of the policy, who has access through it, the evidence and what to do. */
export function FindingView() {
  const { route } = usePage();
  const id = route.what[0] ?? '';
  const data = useAnswer('findings');
  const detail = useAnswer('finding', id);
  if (!data || detail === undefined) return <Loading />;
  const row = data.rows.find((one) => one.id === id);
  if (!row || !detail) return <Missing id={id} />;
  return (
    <section>
      <p class="crumbs">
        <a href="#findings">Findings</a>
      </p>
      <Heading title={<Prose text={row.title} />}>
        <p class="facts-line">
          <Severity severity={row.severity} />{' '}
          {row.status !== 'open' && <span class={`status ${row.status}`}>{row.status}</span>}{' '}
          <span class="mono">{row.rules.join(', ')}</span>
        </p>
      </Heading>
      <h2>What to do</h2>
      <Remedy detail={detail} />
      {row.accepted !== '' && (
        <p class="card">
          <Prose text={row.accepted} />
        </p>
      )}
      <h2>Where</h2>
      <CauseAndFix row={row} detail={detail} />
      {row.holders > 0 && <Holders row={row} detail={detail} />}
      <Evidence row={row} detail={detail} />
      <p class="muted">
        First seen {shortTime(detail.firstSeen)}, last {shortTime(detail.lastSeen)}.{' '}
        <span class="mono">{row.id}</span>
      </p>
    </section>
  );
}

function Missing({ id }: { id: string }) {
  return (
    <section>
      <Heading title="No such finding" />
      <Empty>
        This audit has no finding <code>{id}</code>. It may have been resolved since: see{' '}
        <a href="#findings">all findings</a>.
      </Empty>
    </section>
  );
}

function Remedy({ detail }: { detail: FindingDetail }) {
  return (
    <>
      {detail.fix !== null && <ProvedFix fix={detail.fix} />}
      {detail.whyNoFix !== undefined && (
        <p>
          <Prose text={`No fix is proved: ${detail.whyNoFix}.`} />
        </p>
      )}
      {detail.fix !== null && <h3>Or by hand</h3>}
      {detail.remedy.split('\n').map((line) => (
        <p key={line}>
          <Prose text={line} />
        </p>
      ))}
      {detail.example !== null && <Copyable text={indented(detail.example)} />}
    </>
  );
}

/** The commands come first: they are what somebody is here for. */
function ProvedFix({ fix }: { fix: NonNullable<FindingDetail['fix']> }) {
  return (
    <div class="card proof">
      <h3>Proved fix</h3>
      <p>
        <Prose text={`${fix.says.slice(0, 1).toUpperCase()}${fix.says.slice(1)}.`} />
      </p>
      <p class="muted">Tried on a copy of the account: it {fixProof(fix)}.</p>
      {fix.commands.length > 0 && <Copyable text={fix.commands.join('\n')} />}
      {fix.change.length > 0 && (
        <details>
          <summary>The same for latchkey whatif --change</summary>
          <Copyable text={JSON.stringify(fix.change, null, 2)} />
        </details>
      )}
    </div>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function CauseAndFix({ row, detail }: { row: FindingRow; detail: FindingDetail }) {
  const { head } = usePage();
  const word = head.causeWords.find(([kind]) => kind === row.kind)?.[1] ?? row.kind;
  const left = detail.statements.length - MOST_STATEMENTS;
  return (
    <>
      <p>
        {word}: <span class="mono">{row.resource}</span>
      </p>
      {detail.statements.slice(0, MOST_STATEMENTS).map(([policy, statement, sid], at) => (
        <PolicyStatement
          key={`${policy} ${statement}`}
          policy={policy}
          statement={statement}
          sid={sid}
          isOpen={at === 0}
        />
      ))}
      {left > 0 && (
        <details>
          <summary>{count(left, 'more statement')} like it</summary>
          <ul>
            {detail.statements.slice(MOST_STATEMENTS).map(([policy, statement]) => (
              <li key={`${policy} ${statement}`}>
                <a href={addressOf.policy(policy, statement)}>{shortPolicy(policy)}</a>, statement {statement}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Holders({ row, detail }: { row: FindingRow; detail: FindingDetail }) {
  const shown = detail.holders.slice(0, MOST_HOLDERS);
  const lineOf = usePrincipals(shown.map(([who]) => (typeof who === 'number' ? who : -1)));
  const left = row.holders - shown.length;
  return (
    <>
      <h2>Held by {count(row.holders, 'principal')}</h2>
      <table class="list stack">
        <thead>
          <tr>
            <th scope="col">Principal</th>
            <th scope="col">Kind</th>
            <th scope="col" class="num">
              Instances
            </th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(([who, kind, instances, paths]) => {
            const arn = typeof who === 'string' ? who : lineOf(who)?.arn;
            return (
              <tr key={who}>
                <th scope="row">
                  {arn === undefined ? '…' : <a href={addressOf.principal(arn)}>{principalName(arn)}</a>}
                </th>
                <td>{kind}</td>
                <td class="num" data-label="Instances">
                  {thousands(instances)}
                </td>
                <td>
                  <Paths paths={paths} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {left > 0 && <p class="left">{count(left, 'more', 'more')} in findings.json.</p>}
    </>
  );
}

const MOST_PATHS = 4;
const GRAVEST = ['root', 'shell'];

/** Names of at most `most` paths: those that give root first, then other shells. */
function pathNames({ paths }: PageHead, numbers: readonly number[], most: number): string {
  const rank = (path: number): number => {
    const at = GRAVEST.findIndex((group) => paths[path]?.groups.includes(group));
    return at < 0 ? GRAVEST.length : at;
  };
  const sorted = numbers.toSorted((a, b) => rank(a) - rank(b) || a - b);
  const left = sorted.length - most;
  const names = sorted.slice(0, most).map((path) => paths[path]?.title);
  return `${names.join(', ')}${left > 0 ? ` and ${count(left, 'more', 'more')}` : ''}`;
}

/** The most severe paths; the others on demand, since an administrator has them all. */
function Paths({ paths }: { paths: readonly number[] }) {
  const { head } = usePage();
  if (paths.length <= MOST_PATHS + 1) return <>{pathNames(head, paths, paths.length)}</>;
  return (
    <details>
      <summary>{pathNames(head, paths, MOST_PATHS)}</summary>
      {pathNames(head, paths, paths.length)}
    </details>
  );
}

function Evidence({ row, detail }: { row: FindingRow; detail: FindingDetail }) {
  const { head } = usePage();
  return (
    <>
      <h2>What proves it</h2>
      <p>
        Reaches {count(row.instances, 'instance')}
        {row.production > 0 && `, ${thousands(row.production)} of them production`}
        {detail.paths.length > 0 && `, by ${pathNames(head, detail.paths, MOST_PATHS)}`}
        {detail.regions.length > 0 && `, in ${detail.regions.join(', ')}`}.
      </p>
      <ul>
        {detail.evidence.slice(0, MOST_HOLDERS).map((sentence) => (
          <li key={sentence}>
            <Prose text={sentence} />
          </li>
        ))}
      </ul>
    </>
  );
}
