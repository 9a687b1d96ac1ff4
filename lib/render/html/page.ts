import { kindsOfSnapshot } from '../../findings/principal-kinds.ts';
import { type Html, html, scriptJson, trusted } from '../escape.ts';
import { shortTime } from '../names.ts';
import type { Pack } from '../pack.ts';
import { pageContent } from '../page/page-chunks.ts';
import type { Report } from '../report.ts';
import { sinceScan } from '../since-scan.ts';
import { summarize } from '../summary.ts';
import { contents } from './contents.ts';
import { coverageSection, problemsSection } from './coverage-section.ts';
import { documentHead } from './document-head.ts';
import { methodSection } from './method-section.ts';
import bundle from './page-bundle.json' with { type: 'json' };
import { sourceHash } from './source-hash.ts';
import { PAGE_STYLE } from './style.ts';
import { summarySection } from './summary-section.ts';
import type { PageView } from './view.ts';

const PAGE_SCRIPT: string = bundle.script;

/**
 * `report.html`: one file that opens offline. The most important parts are in the markup; everything else is
 * data, compressed in parts that the script unpacks on demand. The policy of the page allows only the style
 * and the script named by their hash, and the script itself as a worker.
 */
export function renderPage(report: Report, pack: Pack): string {
  return [...pageParts(report, pack)].join('');
}

/** The same part by part, for a large account. */
export function* pageParts(report: Report, pack: Pack): Generator<string> {
  const kindOf = kindsOfSnapshot(report.snapshot);
  const summary = summarize(report);
  const view = { report, summary, since: sinceScan(report, summary.changes), kindOf };
  const { head, chunks } = pageContent(report, summary, kindOf);
  yield html`${documentHead(contentPolicy(), `EC2 access of ${report.accountId}, ${shortTime(report.takenAt)}`, PAGE_STYLE)}<body>
${body(view)}
<script type="application/json" id="head">${scriptJson(head)}</script>
<script>${trusted(PAGE_SCRIPT)}</script>
`.markup;
  for (const { name, value } of chunks)
    yield `<script type="application/zlib" id="chunk-${name}">${pack(JSON.stringify(value))}</script>\n`;
  yield '</body>\n</html>\n';
}

function body(view: PageView): Html {
  const { report } = view;
  const sections = [summarySection, coverageSection, problemsSection, methodSection].map((of) => of(view));
  return html`<a class="skip" href="#main">Skip to the report</a>
${masthead(report)}
<div class="frame">
${contents(view)}
<main id="main" tabindex="-1">
<noscript><p class="left">This browser runs no scripts: the page shows its summary, coverage and method. findings.csv and report.csv beside it hold the rest.</p></noscript>
<div id="view"></div>
${sections.map((section) => section.body)}
<footer><p>Made by Latchkey from the configuration of the account at ${shortTime(report.takenAt)}. Nothing in this file was loaded from elsewhere, and nothing leaves it.</p></footer>
</main>
</div>`;
}

/** Hashes instead of `unsafe-inline`: injected markup could neither run nor style anything. */
function contentPolicy(): string {
  return [
    "default-src 'none'",
    `script-src '${sourceHash(PAGE_SCRIPT)}'`,
    `style-src '${sourceHash(PAGE_STYLE)}'`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function masthead(report: Report): Html {
  return html`<header class="masthead">
<p class="brand">Latchkey</p>
<p class="scope">Account <strong>${report.accountId}</strong> <span class="sep">·</span> <time datetime="${report.takenAt}">${shortTime(report.takenAt)}</time></p>
<div id="search" class="search"></div>
<button type="button" id="theme" hidden>Theme: system</button>
</header>
`;
}
