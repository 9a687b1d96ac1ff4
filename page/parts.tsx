import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { thousands } from '../lib/policy/counted.ts';
import { breakable } from '../lib/render/breakable.ts';
import { AWS_IDS, fitsOnLine } from '../lib/render/names.ts';
import { addressOf } from '../lib/render/page/address.ts';
import type { PageHead } from '../lib/render/page/page-data.ts';
import type { InstanceLine, PrincipalLine, StrengthCounts } from './engine/lists.ts';
import { principalName } from './names.ts';
import { usePage } from './page-context.ts';

/** The letter of a strength on its colour, with words for people who cannot see colours. */
export function Key({ strength }: { strength: number }) {
  const { letter, word, css } = usePage().head.strengths[strength] ?? { letter: '', word: '', css: 'none' };
  return (
    <span class={`key ${css}`} title={word}>
      <span aria-hidden="true">{letter === '' ? '·' : letter}</span>
      <span class="vh">{word}</span>
    </span>
  );
}

export function Severity({ severity }: { severity: string }) {
  return <span class={`sev ${severity}`}>{severity}</span>;
}

/** A sentence with words of the account in backticks, shown as code. */
export function Prose({ text }: { text: string }) {
  return (
    <>
      {text.split('`').map((part, index, parts) => {
        if (index % 2 === 1 && index < parts.length - 1) {
          return (
            <code key={index} class={fitsOnLine(part) ? 'whole' : undefined}>
              <Ids text={part} />
            </code>
          );
        }
        return <Ids key={index} text={index % 2 === 1 ? `\`${part}` : part} />;
      })}
    </>
  );
}

/** A text whose ids of AWS are not broken at line ends. */
export function Ids({ text }: { text: string }) {
  return (
    <>
      {text.split(AWS_IDS).map((part, index) =>
        index % 2 === 1 ? (
          <span key={index} class="whole">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </>
  );
}

export function PrincipalLink({ line }: { line: Pick<PrincipalLine, 'arn'> | undefined }) {
  if (!line) return <span class="muted">…</span>;
  return (
    <a href={addressOf.principal(line.arn)} title={line.arn}>
      {principalName(line.arn)}
    </a>
  );
}

export function InstanceLink({ line }: { line: InstanceLine | undefined }) {
  if (!line) return <span class="muted">…</span>;
  return (
    <a href={addressOf.instance(line.id)} title={`${line.id}, ${line.region}`}>
      {line.name ?? line.id}
    </a>
  );
}

/** The text for "nothing". If the audit is not complete it must not read as an all-clear. */
function noneText(
  { notAudited, isNobodySure }: Pick<PageHead, 'notAudited' | 'isNobodySure'>,
  sure: string,
  asFarAsKnown: string,
): string {
  if (notAudited !== '') return 'not known';
  return isNobodySure ? sure : asFarAsKnown;
}

/** The same in place of a list or a matrix. */
export function Nobody({ sure, known }: { sure: string; known: string }) {
  const { head } = usePage();
  const text = noneText(head, sure, known);
  return <Empty>{head.notAudited === '' ? text : 'Not known: nothing was audited.'}</Empty>;
}

/** The count of each strength, the strongest first. */
export function TallyKeys({ tally }: { tally: StrengthCounts }) {
  const { head } = usePage();
  const there = [6, 5, 4, 3, 2, 1].filter((strength) => (tally[strength] ?? 0) > 0);
  if (there.length === 0) return <span class="muted">{noneText(head, 'no access', 'no access known')}</span>;
  return (
    <span class="tallies">
      {there.map((strength) => (
        <span key={strength}>
          <Key strength={strength} /> {thousands(tally[strength] ?? 0)}
        </span>
      ))}
    </span>
  );
}

/** The heading of a view. It gets the focus when the view opens, so that a screen reader reads it. */
export function Heading({ title, children }: { title: ComponentChildren; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const active = document.activeElement;
    if (active === null || active === document.body || active.closest('.contents, main, .search'))
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header class="view-head">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </header>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Loading() {
  return (
    <p class="quiet" role="status">
      Reading …
    </p>
  );
}

const MOST_WORDS = 1000;

/** A document or commands. No option, id or ARN is broken at a line end if it fits on a line. */
export function Preformatted({ text }: { text: string }) {
  const pieces = breakable(text);
  if (pieces.length > 2 * MOST_WORDS) return <pre>{text}</pre>;
  return (
    <pre>
      {pieces.flatMap((piece, index) => [
        piece.isWhole ? (
          <span key={index} class="word">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
        piece.mayEnd && <wbr key={`${index} ends`} />,
      ])}
    </pre>
  );
}

/** Text with a button that copies it, as the markup has them: one listener serves both. */
export function Copyable({ text }: { text: string }) {
  return (
    <div class="copyable">
      <Preformatted text={text} />
      <button type="button" data-copy>
        Copy
      </button>
    </div>
  );
}
