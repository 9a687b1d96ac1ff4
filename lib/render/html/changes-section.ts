import { type Change, type ChangeRow, changeSentence, stateText } from '../changes.ts';
import { type Html, html } from '../escape.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { shortPrincipal, shortTime, thousands } from '../names.ts';
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
<h3>${changeSentence(change)}</h3>
</header>
<p class="cause"><span class="tag">${change.cause.kind}</span> ${prose(change.cause.detail)}</p>
${hand(change)}
<div class="scroll" tabindex="0" role="region" aria-label="Cells changed">
<table class="list stack">
<thead><tr><th scope="col"><span class="vh">Change</span></th><th scope="col">Principals</th><th scope="col">Instances</th><th scope="col">Paths</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>
${rows.map((row) => changeRow(row, view))}
</tbody>
</table>
</div>
${left > 0 && html`<p class="left">${thousands(left)} more groups of cells of this change not shown here: drift.json holds them all.</p>`}
</article>
`;
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
  return html`<tr><td class="sign ${css}"><span aria-hidden="true">${sign}</span><span class="vh">${row.change}</span></td><td>${principalNames(row)}</td><td>${instanceNames(row, view)}</td><td>${row.paths.map(pathTitle).join(', ')}</td><td class="muted" data-label="Before">${stateText(row.before)}</td><td data-label="After">${stateText(row.after)}</td></tr>
`;
}

function principalNames({ principals, principalCount }: ChangeRow): Html {
  const shown = principals.slice(0, PAGE_LIMITS.namesPerRow);
  return html`<ul class="inline names">${shown.map(
    (arn) => html`<li title="${arn}">${shortPrincipal(arn)}</li>`,
  )}${andMore(principalCount - shown.length)}</ul>`;
}

function instanceNames({ instances, instanceCount }: ChangeRow, view: PageView): Html {
  const shown = instances.slice(0, PAGE_LIMITS.namesPerRow);
  return html`<ul class="inline names">${shown.map((id) => {
    const name = nameTag(view, id);
    return html`<li>${name} <span class="mono muted">${id}</span></li>`;
  })}${andMore(instanceCount - shown.length)}</ul>`;
}

const nameTag = (view: PageView, id: string): string =>
  view.instances.get(id)?.tags.find(({ key }) => key === 'Name')?.value ?? '';

function andMore(left: number): Html | false {
  return left > 0 && html`<li class="muted">and ${thousands(left)} more</li>`;
}
