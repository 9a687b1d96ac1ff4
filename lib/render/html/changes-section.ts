import { type Change, type ChangeRow, stateText, touchedBy } from '../changes.ts';
import { type Html, html } from '../escape.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { count, shortPrincipal, shortTime, thousands } from '../names.ts';
import { pathTitle } from '../path-facts.ts';
import { empty, leftOut, type PageView, prose, type Section, section, severityBadge } from './view.ts';

const SIGNS = {
  gained: { sign: '+', css: 'plus' },
  changed: { sign: '~', css: '' },
  lost: { sign: '−', css: 'minus' },
} as const;

/** Drift by cause: who gained or lost which way in, through what, by whose hand. */
export function changesSection(view: PageView): Section {
  const { report, summary } = view;
  const lead =
    report.previousAt === null
      ? null
      : `Compared with the audit of ${shortTime(report.previousAt)}, by cause.`;
  return section('changes', 'What changed', report.drift.length, lead, [
    summary.changes.length === 0
      ? empty(
          report.previousAt === null
            ? 'This is the first audit of the account. The next one is compared with it.'
            : 'No access was gained, lost or changed.',
        )
      : html`${summary.changes.slice(0, PAGE_LIMITS.changes).map((change) => changeCard(change, view))}`,
    html`${leftOut(summary.changes.length - PAGE_LIMITS.changes, 'causes are', 'drift.json')}`,
  ]);
}

function changeCard(change: Change, view: PageView): Html {
  const rows = change.rows.slice(0, PAGE_LIMITS.driftRows);
  const left = change.rows.length - rows.length;
  return html`<article class="card change">
<header>
${severityBadge(change.severity)}
<h3>${headline(change)}</h3>
</header>
<p class="cause"><span class="tag">${change.cause.kind}</span> ${prose(change.cause.detail)}</p>
${hand(change)}
<div class="scroll" tabindex="0" role="region" aria-label="Cells changed">
<table class="list stack">
<thead><tr><th scope="col"><span class="vh">Change</span></th><th scope="col">Principal</th><th scope="col">Instances</th><th scope="col">Path</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>
${rows.map((row) => changeRow(row, view))}
</tbody>
</table>
</div>
${left > 0 && html`<p class="left">${thousands(left)} more rows of this change not shown here: drift.json holds them all.</p>`}
</article>
`;
}

function headline(change: Change): string {
  const { principals, instances } = touchedBy(change);
  const who =
    principals === 1 ? shortPrincipal(change.rows[0]?.principal ?? '') : count(principals, 'principal');
  const verbs = [
    change.gained > 0 ? `gained ${count(change.gained, 'way')} in` : '',
    change.lost > 0 ? `lost ${thousands(change.lost)}` : '',
    change.changed > 0 ? `saw ${thousands(change.changed)} change` : '',
  ].filter((verb) => verb !== '');
  return `${who} ${verbs.join(', ')} on ${count(instances, 'instance')}`;
}

function hand(change: Change): Html | null {
  const { actor, sourceIp, time, eventName, eventId } = change.cause;
  if (actor === undefined && eventName === undefined && eventId === undefined) return null;
  return html`<p class="hand">${actor !== undefined && html`By <span class="mono">${actor}</span>`}${
    sourceIp !== undefined && html` from <span class="mono">${sourceIp}</span>`
  }${time !== undefined && html`, <time datetime="${time}">${shortTime(time)}</time>`}${
    eventName !== undefined && html`, event <span class="mono">${eventName}</span>`
  }${eventId !== undefined && html` <span class="mono muted">${eventId}</span>`}</p>`;
}

function changeRow(row: ChangeRow, view: PageView): Html {
  const { sign, css } = SIGNS[row.change];
  return html`<tr><td class="sign ${css}"><span aria-hidden="true">${sign}</span><span class="vh">${row.change}</span></td><td title="${row.principal}">${shortPrincipal(row.principal)}</td><td>${instanceNames(row.instances, view)}</td><td>${pathTitle(row.path)}</td><td class="muted" data-label="Before">${stateText(row.before)}</td><td data-label="After">${stateText(row.after)}</td></tr>
`;
}

function instanceNames(ids: readonly string[], view: PageView): Html {
  const shown = ids.slice(0, PAGE_LIMITS.namesPerRow);
  const left = ids.length - shown.length;
  const all = view.report.matrix.instances;
  return html`<ul class="inline names">${shown.map((id) => {
    const instance = all.find((candidate) => candidate.id === id);
    return html`<li>${instance?.name ?? ''} <span class="mono muted">${id}</span></li>`;
  })}${left > 0 && html`<li class="muted">and ${thousands(left)} more in drift.json</li>`}</ul>`;
}
