import { SEVERITIES } from '../../findings/severities.ts';
import { thousands } from '../../policy/counted.ts';
import { type Html, html } from '../escape.ts';
import { shortTime } from '../names.ts';
import { summaryLists } from './summary-lists.ts';
import { trendFigure } from './trend-figure.ts';
import { type PageView, prose, type Section, severityBadge } from './view.ts';

const BAR_WIDTH = 1000;

/** The verdict in one sentence, how far it can be trusted in another, and the numbers for both. */
export function summarySection(view: PageView): Section {
  const { summary } = view;
  return {
    id: 'summary',
    title: 'Summary',
    size: null,
    body: html`<section id="summary" data-view="summary" aria-labelledby="summary-title">
<h1 id="summary-title" class="verdict">${prose(summary.verdict)}</h1>
<p class="coverage-line">${summary.coverage}${summary.gaps.length > 0 && html` <a href="#coverage">What is missing</a>`}</p>
<div class="figures">
${accessFigure(view)}
${findingsFigure(view)}
${changesFigure(view)}
${trendFigure(view.report.trend?.points ?? [])}
</div>
${summaryLists(view)}
</section>
`,
  };
}

function accessFigure(view: PageView): Html {
  const { summary } = view;
  const none = summary.principals - summary.withShell - summary.withShellIf;
  const parts = [
    { n: summary.withRoot, css: 'root', label: 'root somewhere' },
    { n: summary.withShell - summary.withRoot, css: 'shell', label: 'a shell, not root' },
    { n: summary.withShellIf, css: 'shell-if', label: 'a shell under a condition' },
    { n: none, css: 'none', label: 'no shell' },
  ];
  return html`<div class="figure">
<h2><a href="#principals">Principals</a> ${total(view, summary.principals)}</h2>
${bar(parts)}
<ul class="legend">${summary.state === 'blind' ? html`<li class="aside">not known</li>` : parts.map((part) => html`<li><span class="dot ${part.css}"></span><b>${thousands(part.n)}</b> ${part.label}</li>`)}</ul>
</div>`;
}

/** Of a blind audit none means not read: then there is no number. */
const total = ({ summary }: PageView, n: number): Html | false =>
  (n > 0 || summary.state !== 'blind') && html`<span class="n">${thousands(n)}</span>`;

function findingsFigure(view: PageView): Html {
  const { summary } = view;
  const { length } = summary.standing;
  const parts = SEVERITIES.map((severity) => ({ n: summary.severities[severity], css: severity, severity }));
  const aside = [
    summary.newFindings > 0 ? `${thousands(summary.newFindings)} new` : '',
    summary.excepted > 0 ? `${thousands(summary.excepted)} accepted` : '',
    summary.resolved > 0 ? `${thousands(summary.resolved)} resolved` : '',
  ].filter((text) => text !== '');
  return html`<div class="figure">
<h2><a href="#findings">Findings</a> ${total(view, length)}</h2>
${bar(parts)}
<ul class="legend">${parts
    .filter((part) => part.n > 0)
    .map((part) => html`<li>${severityBadge(part.severity)} <b>${thousands(part.n)}</b></li>`)}${
    aside.length > 0 && html`<li class="aside">${aside.join(', ')}</li>`
  }${length === 0 && html`<li class="aside">${summary.state === 'blind' ? 'not known' : 'none'}</li>`}</ul>
</div>`;
}

function changesFigure(view: PageView): Html {
  const { at, isScan, changes, cells } = view.since;
  const since =
    at === null
      ? 'First audit: the next one is compared with it.'
      : `Ways in, since the ${isScan ? 'scan' : 'audit'} of ${shortTime(at)}.`;
  const head = html`<h2><a href="#drift">Changes</a> ${total(view, changes.length)}</h2>`;
  if (view.summary.state === 'blind' && changes.length === 0)
    return html`<div class="figure">
${head}
<ul class="legend"><li class="aside">not known</li></ul>
</div>`;
  return html`<div class="figure">
${head}
<p class="deltas"><span><b class="plus">+${thousands(cells.gained)}</b> gained</span> <span><b>~${thousands(cells.changed)}</b> changed</span> <span><b class="minus">−${thousands(cells.lost)}</b> lost</span></p>
<p class="aside">${since}</p>
</div>`;
}

/** A stacked bar as SVG, because the page's policy allows no inline style. The legend beside it says the same in text. */
function bar(parts: readonly { readonly n: number; readonly css: string }[]): Html {
  const total = parts.reduce((sum, part) => sum + part.n, 0);
  let x = 0;
  const rects = parts
    .filter((part) => part.n > 0)
    .map((part) => {
      const width = Math.max(6, Math.round((part.n / total) * BAR_WIDTH));
      const rect = html`<rect class="${part.css}" x="${x}" y="0" width="${width}" height="10"></rect>`;
      x += width;
      return rect;
    });
  return html`<svg class="bar" viewBox="0 0 ${Math.max(x, BAR_WIDTH)} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${rects}</svg>`;
}
