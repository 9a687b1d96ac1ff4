import { count } from '../lib/policy/counted.ts';
import { addressOf } from '../lib/render/page/address.ts';
import { useAnswer } from './page-context.ts';
import { Prose, Severity } from './parts.tsx';

const MOST = 20;

/** Findings by their ids, the worst first: each says what to change. Nothing while they are read, or if there are none. */
export function FindingLinks({ title, ids }: { title: string; ids: readonly string[] | undefined }) {
  const findings = useAnswer('findings');
  if (!findings || !ids || ids.length === 0) return null;
  const shown = new Set(ids.slice(0, MOST));
  const left = ids.length - shown.size;
  return (
    <>
      <h2>{title}</h2>
      <ul class="worklist plain">
        {findings.rows
          .filter(({ id }) => shown.has(id))
          .map(({ id, severity, title: what, status, isFixed }) => (
            <li key={id}>
              <Severity severity={severity} />{' '}
              <a href={addressOf.finding(id)}>
                <Prose text={what} />
              </a>
              {isFixed && <span class="muted"> proved fix</span>}
              {status === 'excepted' && <span class="muted"> accepted</span>}
            </li>
          ))}
      </ul>
      {left > 0 && (
        <p class="left">
          {count(left, 'more finding')}: see <a href="#findings">all findings</a>.
        </p>
      )}
    </>
  );
}
