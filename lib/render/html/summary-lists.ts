import { instancesText } from '../../findings/instances-text.ts';
import { count, thousands } from '../../policy/counted.ts';
import { changeText } from '../change-words.ts';
import { type Html, html } from '../escape.ts';
import { holderText } from '../finding-text.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { shortTime } from '../names.ts';
import { addressOf } from '../page/address.ts';
import { type RootHolder, rootHolders } from '../root-holders.ts';
import { ROOT } from '../strengths.ts';
import { summaryFixes } from './summary-fixes.ts';
import { type PageView, prose, severityBadge, strengthKey } from './view.ts';

/** Who can become root, what changed, and what to do first: each links to its place in the page. */
export function summaryLists(view: PageView): Html {
  return html`${roots(view)}${changes(view)}${summaryFixes(view)}`;
}

function changes({ since }: PageView): Html | null {
  if (since.at === null) return null;
  const left = since.changes.length - PAGE_LIMITS.changes;
  return html`<h2>What changed</h2>
${
  since.changes.length === 0
    ? html`<p class="quiet">No access was gained, lost or changed.</p>`
    : html`<ul class="worklist">
${since.changes.slice(0, PAGE_LIMITS.changes).map(
  (change) =>
    html`<li>${severityBadge(change.severity)} <a href="${addressOf.change(change.id)}">${changeText(change)}</a>: ${prose(change.cause.detail)}${change.reportedAt !== null && html` <span class="muted">reported by a check at ${shortTime(change.reportedAt)}</span>`}</li>
`,
)}</ul>
${left > 0 && html`<p><a href="#drift">${count(left, 'more cause')}</a></p>`}`
}
`;
}

/** Who can become root on some instance, people first, production first. */
function roots({ report, summary, kindOf }: PageView): Html | null {
  const all = rootHolders(report, summary.access, kindOf);
  if (all.length === 0) return null;
  const left = all.length - PAGE_LIMITS.people;
  return html`<h2>Who can become root</h2>
<ul class="worklist plain two">
${all.slice(0, PAGE_LIMITS.people).map(
  (holder) =>
    html`<li>${strengthKey(ROOT)} <a href="${addressOf.principal(holder.arn)}" title="${holder.arn}">${nameOf(holder)}</a> <span class="muted">${rootText(holder, report.matrix.instances.length)}</span></li>
`,
)}</ul>
<p>${left > 0 && html`<a href="#principals">${count(left, 'more', 'more')}</a>, and `}<a href="#matrix?path=group:root">where, in the matrix</a></p>
`;
}

const nameOf = ({ arn, kind }: RootHolder): string =>
  holderText({ principal: arn, kind, instances: 0, paths: [] });

/** `person, on all 8 instances, 5 of them production`; the name of an outsider already says what it is. */
function rootText({ kind, instances, production }: RootHolder, all: number): string {
  const who = kind === 'outside' ? '' : `${kind}, `;
  const prod = production === 0 ? '' : `, ${thousands(production)} of them production`;
  return `${who}on ${instancesText(instances, all)}${prod}`;
}
