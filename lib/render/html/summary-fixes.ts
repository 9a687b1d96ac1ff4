import type { Finding } from '../../findings/finding.ts';
import type { RankedFix } from '../../findings/fix.ts';
import { count, thousands } from '../../policy/counted.ts';
import { breakable } from '../breakable.ts';
import { type Html, html, visible } from '../escape.ts';
import { fixProof, RANKED_SCOPE, rankedProof } from '../fix-text.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { addressOf } from '../page/address.ts';
import { type PageView, prose, severityBadge } from './view.ts';

/** The changes that remove the most access, with their proof and commands, then the findings that are left. */
export function summaryFixes({ report, summary }: PageView): Html {
  const ranked = (report.fixes ?? []).slice(0, PAGE_LIMITS.fixes);
  const fixed = new Set(ranked.flatMap(({ findings }) => findings));
  const left = summary.standing.filter(({ id }) => !fixed.has(id));
  if (ranked.length === 0) {
    const couldBe = summary.state !== 'blind' && left.length > 0;
    return html`${findingList('Fix these first', left, PAGE_LIMITS.fixes)}${couldBe && !left.some(wasTried) && NOT_TRIED}`;
  }
  return html`<h2>Fix these first</h2>
<p class="lead">The changes that take the most root access on production from people. Each was tried on a copy of the account, after the ones above it, and ${RANKED_SCOPE}.</p>
<ol class="worklist">
${ranked.map(rankedItem)}</ol>
${findingList('Other findings', left, PAGE_LIMITS.otherFindings)}`;
}

const NOT_TRIED = html`<p class="remark">No changes were tried on a copy of the account. In a large account this takes long: <code>latchkey scan --fixes 10</code> does it.</p>`;

const wasTried = ({ fix, whyNoFix }: Finding): boolean => fix !== null || whyNoFix !== undefined;

function rankedItem(fix: RankedFix): Html {
  const [finding] = fix.findings;
  const says = prose(fix.says);
  return html`<li>${finding === undefined ? says : html`<a href="${addressOf.finding(finding)}">${says}</a>`}
<p class="muted">${rankedProof(fix)}; ${fixProof(fix)}</p>
${commandsOf(fix)}</li>
`;
}

/** A detached policy has a command for each of its holders, and the summary is read before everything else. */
const MOST_CHARACTERS = 6000;

function commandsOf({ commands }: RankedFix): Html {
  const title = count(commands.length, 'command');
  const length = commands.reduce((sum, command) => sum + command.length, 0);
  if (length > MOST_CHARACTERS)
    return html`<p class="muted">${title}: in <code>fixes.json</code> beside this page.</p>`;
  return html`<details><summary>${title}</summary>
${copyable(commands)}
</details>`;
}

/** Commands, one a line, with a button for the script. No button if some characters are shown otherwise than they are. */
function copyable(commands: readonly string[]): Html {
  const isExact = commands.every((command) => visible(command) === command);
  const lines = commands.map((command) => breakable(command));
  const isLong = lines.flat().length > MOST_PIECES;
  const shown = lines.map((pieces, at) => {
    const line = isLong ? (commands[at] ?? '') : pieces.map(pieceOf);
    return html`${at > 0 && NEW_LINE}${line}`;
  });
  return html`<div class="copyable"><pre>${shown}</pre>${isExact && html`<button type="button" data-copy>Copy</button>`}</div>`;
}

/** Each is an element of the page. */
const MOST_PIECES = 150;

const NEW_LINE = html`
`;

const pieceOf = ({ text, isWhole, mayEnd }: ReturnType<typeof breakable>[number]): Html =>
  html`${isWhole ? html`<span class="word">${text}</span>` : text}${mayEnd && html`<wbr>`}`;

function findingList(heading: string, findings: readonly Finding[], most: number): Html | null {
  if (findings.length === 0) return null;
  const left = findings.length - most;
  return html`<h2>${heading}</h2>
<ol class="worklist">
${findings.slice(0, most).map(
  (finding) =>
    html`<li>${severityBadge(finding.severity)} <a href="${addressOf.finding(finding.id)}">${prose(finding.title)}</a>${asideOf(finding)}</li>
`,
)}</ol>
${left > 0 && html`<p><a href="#findings">${count(left, 'more finding')}</a></p>`}
`;
}

/** The part of production, which the title does not contain, and whether a fix is proved. */
function asideOf({ productionCount, fix }: Finding): Html | false {
  const production = productionCount === 0 ? '' : `${thousands(productionCount)} in production`;
  const parts = [production, fix === null ? '' : 'proved fix'].filter((part) => part !== '');
  return parts.length > 0 && html` <span class="muted">${parts.join(', ')}</span>`;
}
