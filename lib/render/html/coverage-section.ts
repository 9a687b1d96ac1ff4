import { count, thousands } from '../../policy/counted.ts';
import { isAsked, isGap } from '../../snapshot/age.ts';
import type { CoverageEntry } from '../../snapshot/snapshot.ts';
import { byText } from '../changes.ts';
import { coverageNotes } from '../coverage-notes.ts';
import { type Html, html } from '../escape.ts';
import { type GapLine, gapLines } from '../gap-lines.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { shortTime } from '../names.ts';
import { empty, leftOutLine, type PageView, prose, type Section, section } from './view.ts';

/** What was read and what was not: the basis of every verdict. */
export function coverageSection(view: PageView): Section {
  const { coverage } = view.report.snapshot;
  const { gaps } = view.summary;
  const lines = gapLines(gaps);
  const asked = coverage.filter(isAsked).length;
  const lead =
    coverage.length === 0
      ? null
      : `${thousands(asked - gaps.filter(isGap).length)} of ${count(asked, 'call')} answered. A call that did not answer never counts as empty.`;
  return section({ id: 'coverage', title: 'Coverage', size: gaps.length, lead }, [
    coverage.length === 0 ? empty('Nothing was collected.') : gapTable(lines),
    html`${leftOutLine(lines.length - PAGE_LIMITS.gaps, 'gaps are', 'coverage.json')}`,
    html`${coverageNotes(view.report.snapshot).map((note) => html`<p class="quiet">${prose(note)}.</p>`)}`,
    coverage.length === 0 ? html`` : collected(coverage),
  ]);
}

function gapTable(gaps: readonly GapLine[]): Html {
  if (gaps.length === 0) return html`<p class="quiet">No gaps: every call answered.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Gaps">
<table class="list stack">
<thead><tr><th scope="col">Call</th><th scope="col">Region</th><th scope="col">State</th><th scope="col">What happened, what to do</th></tr></thead>
<tbody>
${gaps.slice(0, PAGE_LIMITS.gaps).map(
  (gap) =>
    html`<tr><th scope="row" class="mono">${gap.what}</th><td>${gap.regions.join(', ') || 'global'}</td><td><span class="gap ${gap.status}">${gap.status.replace('-', ' ')}</span></td><td>${prose(gap.detail)}</td></tr>
`,
)}</tbody>
</table>
</div>`;
}

/** The answered calls, grouped by call, because they are many and need no action. */
function collected(coverage: readonly CoverageEntry[]): Html {
  const byCall = new Map<string, CoverageEntry[]>();
  for (const entry of coverage) {
    if (entry.status !== 'collected') continue;
    const known = byCall.get(entry.call);
    if (known === undefined) byCall.set(entry.call, [entry]);
    else known.push(entry);
  }
  const calls = [...byCall].sort(([a], [b]) => byText(a, b)).slice(0, PAGE_LIMITS.gaps);
  return html`<details class="quiet-details">
<summary>${count(byCall.size, 'kind')} of calls answered</summary>
<table class="list">
<thead><tr><th scope="col">Call</th><th scope="col">Regions</th><th scope="col" class="num">Items</th><th scope="col">Read</th></tr></thead>
<tbody>
${calls.map(
  ([call, entries]) =>
    html`<tr><th scope="row" class="mono">${call}</th><td>${entries
      .map((entry) => entry.region ?? 'global')
      .sort(byText)
      .join(', ')}</td><td class="num">${itemCount(entries)}</td><td>${readBetween(entries)}</td></tr>
`,
)}</tbody>
</table>
</details>
${leftOutLine(byCall.size - calls.length, 'calls are', 'coverage.json')}`;
}

/**
 * The oldest and the newest time of the answers, if they differ as shown; and the other account that made the
 * calls.
 */
function readBetween(entries: readonly CoverageEntry[]): string {
  const times = entries.flatMap(({ readAt }) => readAt ?? []).sort(byText);
  const [first, last] = [times[0], times.at(-1)].map((time) => (time === undefined ? '' : shortTime(time)));
  const by = [...new Set(entries.flatMap(({ readBy }) => readBy ?? []))].map((one) => `, by ${one}`);
  return `${first === last ? (first ?? '') : `${first} to ${last}`}${by.join('')}`;
}

function itemCount(entries: readonly CoverageEntry[]): string {
  const counted = entries.filter((entry) => entry.items !== null);
  return counted.length === 0 ? '' : thousands(counted.reduce((sum, entry) => sum + (entry.items ?? 0), 0));
}

/** Policy documents that could not be read as written. */
export function problemsSection(view: PageView): Section {
  const { problems } = view.report;
  const shown = problems.slice(0, PAGE_LIMITS.problems);
  const lead =
    problems.length === 0
      ? null
      : 'An Allow in a malformed policy grants nothing; a Deny in it makes the verdict uncertain. The rest is judged as usual.';
  const body = [
    problems.length === 0
      ? empty(
          view.summary.state === 'blind' && view.report.snapshot.policies.length === 0
            ? 'No policy document was read.'
            : 'Every policy document could be read.',
        )
      : html`<div class="scroll" tabindex="0" role="region" aria-label="Faults in policies">
<table class="list">
<thead><tr><th scope="col">Policy</th><th scope="col">Where</th><th scope="col">What is wrong</th></tr></thead>
<tbody>
${shown.map(
  ({ policy, problem }) =>
    html`<tr><th scope="row" class="mono">${policy}</th><td class="mono">${problem.path}</td><td>${prose(problem.message)}</td></tr>
`,
)}</tbody>
</table>
</div>`,
    html`${leftOutLine(problems.length - shown.length, 'problems are', 'coverage.json')}`,
  ];
  return section({ id: 'problems', title: 'Problems', size: problems.length, lead, view: 'coverage' }, body);
}
