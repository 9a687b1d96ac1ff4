import type { Severity } from '../../findings/finding.ts';
import type { PrincipalKind } from '../../matrix/paths/cell.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { InstanceClass } from '../access.ts';
import { type Html, html } from '../escape.ts';
import type { Grid } from '../grid.ts';
import { thousands } from '../names.ts';
import type { Report } from '../report.ts';
import { strengthAt } from '../strength.ts';
import type { Summary } from '../summary.ts';

/** Everything that the sections of the page draw from. */
export interface PageView {
  readonly report: Report;
  readonly summary: Summary;
  readonly grid: Grid;
  /** of each instance, by its index in the matrix: the larger, the more exposed */
  readonly exposure: readonly number[];
  readonly instances: ReadonlyMap<string, Instance>;
  /** the instances that have an entry of their own, alike ones folded */
  readonly shown: readonly InstanceClass[];
  readonly reach: ReadonlyMap<string, boolean | null>;
  /** who is behind a principal */
  readonly kindOf: (arn: string) => PrincipalKind;
}

/** One part of the page, and its line in the contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** how many things it holds, null where counting makes no sense */
  readonly size: number | null;
  readonly body: Html;
}

/** A section with its heading; `lead` is the sentence under it. */
export function section(
  id: string,
  title: string,
  size: number | null,
  lead: Html | string | null,
  body: Html | readonly Html[],
): Section {
  return {
    id,
    title,
    size,
    body: html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${lead !== null && html`<p class="lead">${lead}</p>`}
${body}
</section>
`,
  };
}

export function severityBadge(severity: Severity): Html {
  return html`<span class="sev ${severity}">${severity}</span>`;
}

/** The letter of a strength on its colour; the words are for those who do not see colours. */
export function strengthKey(strength: number): Html {
  const { letter, word, css } = strengthAt(strength);
  return html`<span class="key ${css}" title="${word}">${letter === '' ? '·' : letter}</span>`;
}

/** What a list leaves out, and where the rest is. Nothing where all is shown. */
export function leftOut(n: number, what: string, where: string): Html | null {
  return n > 0
    ? html`<p class="left">${thousands(n)} more ${what} not shown here: ${where} holds them all.</p>`
    : null;
}

/** Said instead of an empty table. */
export function empty(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}

/** A sentence in which the words of the account stand in backticks, as our own messages have them. */
export function prose(text: string): Html {
  return html`${text.split('`').map((part, index, parts) => {
    const quoted = index % 2 === 1 && index < parts.length - 1;
    return quoted ? html`<code>${part}</code>` : html`${index % 2 === 1 ? '`' : ''}${part}`;
  })}`;
}

/** The same for a text of several lines, each on its own. */
export function proseLines(text: string): Html {
  return html`${text.split('\n').map((line, index) => html`${index > 0 && html`<br>`}${prose(line)}`)}`;
}
