import type { Finding } from '../../findings/finding.ts';
import { SEVERITIES } from '../changes.ts';
import { type Html, html } from '../escape.ts';
import { findingText } from '../finding-text.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { shortTime, thousands } from '../names.ts';
import { pathTitle } from '../path-facts.ts';
import { worstFindingFirst } from '../summary.ts';
import { empty, leftOut, type PageView, proseLines, type Section, section, severityBadge } from './view.ts';

const RANKS = { new: 0, open: 0, excepted: 1, resolved: 2 } as const;

/** Overly broad access, worst first; each opens to what proves it and what to do. */
export function findingsSection(view: PageView): Section {
  const { report, summary } = view;
  const all = [...report.findings].sort(
    (a, b) => RANKS[a.status] - RANKS[b.status] || worstFindingFirst(a, b),
  );
  const shown = all.slice(0, PAGE_LIMITS.findings);
  const lead = all.length === 0 ? null : 'Each opens to what proves it and what to do about it.';
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

function findingEntry(finding: Finding): Html {
  const { about, says, remedy, example } = findingText(finding);
  return html`<details class="finding" data-severity="${finding.severity}">
<summary>${severityBadge(finding.severity)} <span class="title">${about !== '' && html`<b>${about}</b> `}${says}</span> ${statusTag(finding)} <span class="rule mono">${finding.rule}</span></summary>
<div class="finding-body">
<dl>
${fact('Principal', finding.principal)}${fact('Instance', finding.instance)}${fact('Resource', finding.resource)}${fact('Path', finding.path === undefined ? undefined : pathTitle(finding.path))}
${finding.evidence.length > 0 && html`<dt>Evidence</dt><dd>${evidenceList(finding)}</dd>`}
<dt>What to do</dt><dd>${proseLines(remedy)}${example !== null && html`<pre>${example}</pre>`}</dd>
<dt>Seen</dt><dd>first ${shortTime(finding.firstSeen)}, last ${shortTime(finding.lastSeen)} <span class="mono muted">${finding.id}</span></dd>
</dl>
</div>
</details>
`;
}

function evidenceList(finding: Finding): Html {
  const shown = finding.evidence.slice(0, PAGE_LIMITS.evidence);
  const left = finding.evidence.length - shown.length;
  return html`<ul>${shown.map((sentence) => html`<li>${proseLines(sentence)}</li>`)}${
    left > 0 && html`<li class="muted">${thousands(left)} more in findings.json</li>`
  }</ul>`;
}

function fact(name: string, value: string | undefined): Html | null {
  return value === undefined ? null : html`<dt>${name}</dt><dd class="mono">${value}</dd>`;
}

function statusTag(finding: Finding): Html | null {
  return finding.status === 'open'
    ? null
    : html`<span class="status ${finding.status}">${finding.status}</span>`;
}
