import type { Finding, Holder } from '../../findings/finding.ts';
import { worstFirst } from '../../findings/order.ts';
import { acceptedText } from '../accepted-text.ts';
import { SEVERITIES } from '../changes.ts';
import { type Html, html } from '../escape.ts';
import { CAUSE_WORDS, holderText, reachText, remedyText } from '../finding-text.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { count, shortTime, thousands } from '../names.ts';
import { pathTitle } from '../path-facts.ts';
import { isResolvedNow } from '../summary.ts';
import {
  empty,
  leftOut,
  type PageView,
  prose,
  proseLines,
  type Section,
  section,
  severityBadge,
} from './view.ts';

const RANKS = { new: 0, reopened: 0, open: 0, resolved: 1, excepted: 2 } as const;

/** Places to fix, worst first; each opens to who holds access through it, what proves it and what to do. */
export function findingsSection(view: PageView): Section {
  const { report, summary } = view;
  const all = report.findings
    .filter(({ status }) => status !== 'excepted')
    .filter((finding) => finding.status !== 'resolved' || isResolvedNow(finding, report))
    .sort((a, b) => RANKS[a.status] - RANKS[b.status] || worstFirst(a, b));
  const shown = all.slice(0, PAGE_LIMITS.findings);
  const lead =
    all.length === 0
      ? null
      : 'Each is one place to fix: a statement, a trust policy, a security group, a fleet. It opens to who holds access through it, what proves it and what to do.';
  return section('findings', 'Findings', summary.standing.length, lead, [
    all.length === 0 ? empty('No rule found access that is broader than it should be.') : toolbar(view),
    html`<div id="finding-list">${shown.map(findingEntry)}</div>`,
    html`${leftOut(all.length - shown.length, 'findings are', 'findings.json')}`,
  ]);
}

function toolbar(view: PageView): Html {
  const { severities } = view.summary;
  return html`<form class="toolbar js" id="finding-filter" hidden>
<fieldset><legend class="vh">Severity</legend>
${SEVERITIES.filter((severity) => severities[severity] > 0).map(
  (severity) =>
    html`<label class="chip"><input type="checkbox" name="severity" value="${severity}" checked> ${severityBadge(severity)} ${thousands(severities[severity])}</label>`,
)}
</fieldset>
<label>Search <input type="search" name="text" placeholder="rule, principal, word" autocomplete="off"></label>
<button type="button" data-expand="finding-list">Open all</button>
<output aria-live="polite"></output>
</form>
`;
}

export function findingEntry(finding: Finding): Html {
  const { remedy, example } = remedyText(finding);
  const { cause, rules } = finding;
  return html`<details class="finding" id="finding-${finding.id}" data-severity="${finding.severity}">
<summary>${severityBadge(finding.severity)} <span class="title">${prose(finding.title)}</span> ${statusTag(finding)} <span class="rule mono">${rulesText(rules)}</span></summary>
<div class="finding-body">
<dl>
${finding.accepted && html`<dt>Accepted</dt><dd>${prose(acceptedText(finding))}</dd>`}
${rules.length > 1 && html`<dt>Rules</dt><dd class="mono">${rules.join(', ')}</dd>`}
<dt>${CAUSE_WORDS[cause.kind]}</dt><dd class="mono">${causeLines(finding)}</dd>
${finding.holderCount > 0 && html`<dt>Held by</dt><dd>${holderList(finding)}</dd>`}
<dt>Reaches</dt><dd>${reachText(finding)}${finding.paths.length > 0 && html`, by ${finding.paths.map(pathTitle).join(', ')}`}</dd>
${finding.evidence.length > 0 && html`<dt>Evidence</dt><dd>${evidenceList(finding)}</dd>`}
<dt>What to do</dt><dd>${proseLines(remedy)}${example !== null && html`<pre>${example}</pre>`}</dd>
<dt>Seen</dt><dd>first ${shortTime(finding.firstSeen)}, last ${shortTime(finding.lastSeen)} <a class="mono muted" href="#finding-${finding.id}">${finding.id}</a></dd>
</dl>
</div>
</details>
`;
}

/** `CMD-ALL +4`: the gravest, and how many more it breaks. */
function rulesText(rules: readonly string[]): string {
  const [first = '', ...others] = rules;
  return others.length === 0 ? first : `${first} +${others.length}`;
}

function causeLines({ cause }: Finding): Html {
  if (cause.statements.length === 0) return html`${cause.resource}`;
  const shown = cause.statements.slice(0, PAGE_LIMITS.findingPlaces);
  const left = cause.statements.length - shown.length;
  return html`${shown.map(
    ({ policy, statement, sid }, index) =>
      html`${index > 0 && html`<br>`}${policy}, statement ${statement}${sid !== null && sid !== '' && html` (${sid})`}`,
  )}${left > 0 && html`<br><span class="muted">${thousands(left)} more in findings.json</span>`}`;
}

function holderList({ holders, holderCount }: Finding): Html {
  const shown = holders.slice(0, PAGE_LIMITS.findingHolders);
  const left = holderCount - shown.length;
  return html`<ul>${shown.map(holderLine)}${
    left > 0 && html`<li class="muted">${thousands(left)} more in findings.json</li>`
  }</ul>`;
}

function holderLine(holder: Holder): Html {
  const kind = holder.kind === 'person' || holder.kind === 'outside' ? '' : `${holder.kind}, `;
  return html`<li><span title="${holder.principal}">${holderText(holder)}</span> <span class="muted">${kind}${count(holder.instances, 'instance')}</span></li>`;
}

function evidenceList(finding: Finding): Html {
  const shown = finding.evidence.slice(0, PAGE_LIMITS.evidence);
  const left = finding.evidence.length - shown.length;
  return html`<ul>${shown.map((sentence) => html`<li>${proseLines(sentence)}</li>`)}${
    left > 0 && html`<li class="muted">${thousands(left)} more in findings.json</li>`
  }</ul>`;
}

function statusTag(finding: Finding): Html | null {
  return finding.status === 'open'
    ? null
    : html`<span class="status ${finding.status}">${finding.status}</span>`;
}
