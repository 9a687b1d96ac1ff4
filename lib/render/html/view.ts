import type { Severity } from '../../findings/finding.ts';
import type { PrincipalKind } from '../../matrix/paths/cell.ts';
import { thousands } from '../../policy/counted.ts';
import { type Html, html } from '../escape.ts';
import { AWS_IDS, fitsOnLine } from '../names.ts';
import type { Report } from '../report.ts';
import type { SinceScan } from '../since-scan.ts';
import { strengthAt } from '../strength.ts';
import type { Summary } from '../summary.ts';

/** The data for the sections of the page. */
export interface PageView {
  readonly report: Report;
  readonly summary: Summary;
  readonly since: SinceScan;
  /** the kind of a principal */
  readonly kindOf: (arn: string) => PrincipalKind;
}

/** One part of the page, and its line in the contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** number of things in it, null if counting makes no sense */
  readonly size: number | null;
  readonly body: Html;
}

interface SectionHead extends Pick<Section, 'id' | 'title' | 'size'> {
  /** the sentence under the heading */
  readonly lead: Html | string | null;
  /** the view that shows it, if it is not its own */
  readonly view?: string;
}

/** A section with its heading. */
export function section(
  { id, title, size, lead, view = id }: SectionHead,
  body: Html | readonly Html[],
): Section {
  return {
    id,
    title,
    size,
    body: html`<section id="${id}" data-view="${view}" aria-labelledby="${id}-title">
${view === id ? html`<h1 id="${id}-title">${title}</h1>` : html`<h2 id="${id}-title">${title}</h2>`}
${lead !== null && html`<p class="lead">${lead}</p>`}
${body}
</section>
`,
  };
}

export function severityBadge(severity: Severity): Html {
  return html`<span class="sev ${severity}">${severity}</span>`;
}

/** The letter of a strength on its colour; the words are for people who cannot see colours. */
export function strengthKey(strength: number): Html {
  const { letter, word, css } = strengthAt(strength);
  return html`<span class="key ${css}" title="${word}">${letter === '' ? '·' : letter}</span>`;
}

/** What a list leaves out, and where the rest is. Nothing if it is complete. */
export function leftOutLine(n: number, what: string, where: string): Html | null {
  return n > 0
    ? html`<p class="left">${thousands(n)} more ${what} not shown here: ${where} holds them all.</p>`
    : null;
}

/** Shown instead of an empty table. */
export function empty(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}

/**
 * A sentence with the account's words in backticks, as in our messages. No id of AWS and no short name is broken at a
 * line end.
 */
export function prose(text: string): Html {
  const whole = (id: string): Html => html`<span class="whole">${id}</span>`;
  return proseWith(text, whole, (code) =>
    fitsOnLine(code) ? html`<code class="whole">${code}</code>` : html`<code>${wholeIds(code, whole)}</code>`,
  );
}

/** The same; `whole` says how an id is kept on one line, `code` how a word of the account is shown. */
export function proseWith(
  text: string,
  whole: (id: string) => Html,
  code: (word: string) => Html = (word) => html`<code>${word}</code>`,
): Html {
  return html`${text.split('`').map((part, index, parts) => {
    if (index % 2 === 1 && index < parts.length - 1) return code(part);
    return html`${index % 2 === 1 ? '`' : ''}${wholeIds(part, whole)}`;
  })}`;
}

const wholeIds = (text: string, whole: (id: string) => Html): Html =>
  html`${text.split(AWS_IDS).map((part, at) => (at % 2 === 1 ? whole(part) : part))}`;
