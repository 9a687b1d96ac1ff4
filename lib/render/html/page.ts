import { kindsOfSnapshot } from '../../findings/principal-kinds.ts';
import { sha256 } from '../../findings/sha256.ts';
import { type Html, html, scriptJson, trusted } from '../escape.ts';
import { exposureOf, gridOf, reachabilityOf } from '../grid.ts';
import { instancesById, shortTime, thousands } from '../names.ts';
import { payloadOf } from '../payload.ts';
import type { Report } from '../report.ts';
import { summarize } from '../summary.ts';
import { acceptedSection } from './accepted-section.ts';
import { changesSection } from './changes-section.ts';
import { coverageSection, problemsSection } from './coverage-section.ts';
import { findingsSection } from './findings-section.ts';
import { instancesSection, shownInstances } from './instances-section.ts';
import { matrixSection } from './matrix-section.ts';
import { methodSection } from './method-section.ts';
import { principalsSection } from './principals-section.ts';
import { PAGE_SCRIPT } from './script.ts';
import { PAGE_STYLE } from './style.ts';
import { summarySection } from './summary-section.ts';
import type { PageView, Section } from './view.ts';

/**
 * `report.html`: one file that opens offline. Everything a reader needs is in the markup; the script only adds the
 * filters and the cell drawer. Its policy lets nothing run or load but the style and the script named by their hash.
 */
export function renderPage(report: Report): string {
  const view = viewOf(report);
  const sections = [
    summarySection(view),
    changesSection(view),
    findingsSection(view),
    ...acceptedSection(view),
    matrixSection(view),
    instancesSection(view),
    principalsSection(view),
    coverageSection(view),
    problemsSection(view),
    methodSection(view),
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>EC2 access of ${report.accountId}, ${shortTime(report.takenAt)}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${masthead(report)}
<div class="frame">
${contents(sections)}
<main id="main" tabindex="-1">
${sections.map((section) => section.body)}
<footer><p>Made by Latchkey from the configuration of the account at ${shortTime(report.takenAt)}. Nothing in this file was loaded from elsewhere, and nothing leaves it.</p></footer>
</main>
</div>
<dialog id="drawer" aria-labelledby="drawer-title"></dialog>
<script type="application/json" id="data">${scriptJson(payloadOf(report, view.grid, view.kindOf))}</script>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`.markup;
}

function viewOf(report: Report): PageView {
  const summary = summarize(report);
  const exposure = exposureOf(summary.access, report.matrix.instances.length);
  const shown = shownInstances(report, summary.access, exposure);
  return {
    report,
    summary,
    exposure,
    grid: gridOf(report.matrix, summary.access),
    instances: instancesById(report.snapshot),
    shown,
    kindOf: kindsOfSnapshot(report.snapshot),
    reach: reachabilityOf(report.matrix, report.snapshot, new Set(shown.flatMap((one) => one.members))),
  };
}

/** Hashes instead of `unsafe-inline`: markup that slipped through could neither run nor style anything. */
function contentPolicy(): string {
  return [
    "default-src 'none'",
    `script-src '${sourceHash(PAGE_SCRIPT)}'`,
    `style-src '${sourceHash(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function sourceHash(text: string): string {
  const bytes = sha256(text).match(/../g) ?? [];
  return `sha256-${btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))))}`;
}

function masthead(report: Report): Html {
  return html`<header class="masthead">
<p class="brand">Latchkey</p>
<p class="scope">Account <strong>${report.accountId}</strong> <span class="sep">·</span> <time datetime="${report.takenAt}">${shortTime(report.takenAt)}</time></p>
<button type="button" id="theme" hidden>Theme: system</button>
</header>
`;
}

function contents(sections: readonly Section[]): Html {
  return html`<nav class="contents" aria-label="Sections">
<ol>
${sections.map(
  (section) =>
    html`<li><a href="#${section.id}">${section.title}${section.size !== null && html` <span class="n">${thousands(section.size)}</span>`}</a></li>
`,
)}</ol>
</nav>
`;
}
