import { strongestFirst } from '../access.ts';
import { changeText } from '../change-words.ts';
import { type Html, html } from '../escape.ts';
import { holderText, reachText } from '../finding-text.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { count, thousands } from '../names.ts';
import { addressOf } from '../page/address.ts';
import { type PageView, prose, severityBadge, strengthKey } from './view.ts';

/** What to do first, what changed, and who can become root: each leads to its own place in the page. */
export function summaryLists(view: PageView): Html {
  return html`${fixes(view)}${changes(view)}${roots(view)}`;
}

function fixes({ summary }: PageView): Html | null {
  const { standing } = summary;
  if (standing.length === 0) return null;
  const left = standing.length - PAGE_LIMITS.fixes;
  return html`<h2>Fix these first</h2>
<ol class="worklist">
${standing.slice(0, PAGE_LIMITS.fixes).map(
  (finding) =>
    html`<li>${severityBadge(finding.severity)} <a href="${addressOf.finding(finding.id)}">${prose(finding.title)}</a> <span class="muted">${reachText(finding)}${finding.fix !== null && ', with a proved fix'}</span></li>
`,
)}</ol>
${left > 0 && html`<p><a href="#findings">${count(left, 'more finding')}</a></p>`}
`;
}

function changes({ report, summary }: PageView): Html | null {
  if (report.previousAt === null) return null;
  const left = summary.changes.length - PAGE_LIMITS.changes;
  return html`<h2>What changed</h2>
${
  summary.changes.length === 0
    ? html`<p class="quiet">No access was gained, lost or changed.</p>`
    : html`<ul class="worklist">
${summary.changes.slice(0, PAGE_LIMITS.changes).map(
  (change) =>
    html`<li>${severityBadge(change.severity)} <a href="${addressOf.change(change.id)}">${changeText(change)}</a>: ${prose(change.cause.detail)}</li>
`,
)}</ul>
${left > 0 && html`<p><a href="#drift">${count(left, 'more cause')}</a></p>`}`
}
`;
}

const KIND_ORDER = ['person', 'outside', 'machine', 'aws'];

/** Who can become root on some instance, people first, who reaches most first. */
function roots({ report, summary, kindOf }: PageView): Html | null {
  const rows = summary.access.rows.filter(({ root }) => root > 0).toSorted(strongestFirst);
  const all = rows.flatMap(({ members, root }) =>
    members.map((member) => {
      const arn = report.matrix.principals[member]?.arn ?? '';
      return { arn, kind: kindOf(arn), root };
    }),
  );
  if (all.length === 0) return null;
  all.sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || b.root - a.root);
  const left = all.length - PAGE_LIMITS.people;
  return html`<h2>Who can become root</h2>
<ul class="worklist plain">
${all.slice(0, PAGE_LIMITS.people).map(
  ({ arn, kind, root }) =>
    html`<li>${strengthKey(6)} <a href="${addressOf.principal(arn)}" title="${arn}">${holderText({ principal: arn, kind, instances: root, paths: [] })}</a> <span class="muted">${kind !== 'outside' && `${kind}, `}on ${thousands(root)} of ${count(report.matrix.instances.length, 'instance')}</span></li>
`,
)}</ul>
${left > 0 && html`<p><a href="#principals">${count(left, 'more', 'more')}</a>, and <a href="#matrix?path=group:root">where, in the matrix</a></p>`}
`;
}
