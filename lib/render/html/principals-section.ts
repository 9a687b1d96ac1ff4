import type { AccessRow } from '../access.ts';
import { byText } from '../changes.ts';
import { type Html, html } from '../escape.ts';
import { memberCount, strongestFirst } from '../grid.ts';
import { KIND_NAMES, kindCounts, kindsText } from '../kind-counts.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { shortPrincipal, thousands } from '../names.ts';
import { pathTitle } from '../path-facts.ts';
import { empty, leftOut, type PageView, type Section, section, strengthKey } from './view.ts';

interface Entry {
  readonly members: readonly number[];
  readonly row: AccessRow;
}

/** For every principal: how far it reaches. */
export function principalsSection(view: PageView): Section {
  const { matrix } = view.report;
  const { rows } = view.summary.access;
  const expand = matrix.principals.length <= PAGE_LIMITS.principals;
  const entries: Entry[] = rows.flatMap((row) =>
    expand ? row.members.map((member) => ({ members: [member], row })) : [{ members: row.members, row }],
  );
  const arn = (entry: Entry) => matrix.principals[entry.members[0] ?? 0]?.arn ?? '';
  entries.sort((a, b) => strongestFirst(a.row, b.row) || byText(arn(a), arn(b)));
  const shown = entries.slice(0, PAGE_LIMITS.principals);
  const lead =
    entries.length === 0 ? null : 'How far each reaches: on how many instances, and by which paths.';
  return section('principals', 'Principals', matrix.principals.length, lead, [
    entries.length === 0 ? empty('No users or roles in what was collected.') : table(shown, view),
    html`${leftOut(matrix.principals.length - memberCount(shown), 'principals are', 'report.csv')}`,
  ]);
}

function table(entries: readonly Entry[], view: PageView): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Principals">
<table class="list stack principals">
<thead><tr><th scope="col"><span class="vh">Strongest</span></th><th scope="col">Principal</th><th scope="col">Kind</th><th scope="col" class="num">Root</th><th scope="col" class="num">Shell</th><th scope="col" class="num">Shell, if</th><th scope="col">Paths, and on how many instances</th></tr></thead>
<tbody>
${entries.map((entry) => principalRow(entry, view))}</tbody>
</table>
</div>`;
}

function principalRow(entry: Entry, view: PageView): Html {
  const principal = view.report.matrix.principals[entry.members[0] ?? 0];
  if (principal === undefined) return html``;
  const more = entry.members.length - 1;
  const { row } = entry;
  return html`<tr><td>${strengthKey(row.strongest)}</td><th scope="row" title="${principal.arn}">${shortPrincipal(principal.arn)}${
    more > 0 && html` <i>and ${thousands(more)} alike</i>`
  }</th><td class="muted">${kindsOfEntry(entry, view)}</td><td class="num" data-label="Root">${number(row.root)}</td><td class="num" data-label="Shell">${number(row.shell)}</td><td class="num" data-label="Shell, if">${number(row.shellIf)}</td><td>${paths(row, view)}</td></tr>
`;
}

/** Those who share a row may be of several kinds. */
function kindsOfEntry({ members }: Entry, view: PageView): string {
  const kinds = members.map((member) => view.kindOf(view.report.matrix.principals[member]?.arn ?? ''));
  return members.length === 1 ? KIND_NAMES[kinds[0] ?? 'machine'] : kindsText(kindCounts(kinds));
}

function number(n: number): Html {
  return n === 0 ? html`<span class="faint">0</span>` : html`${thousands(n)}`;
}

/** The row's paths in the order of the path table, each with its instances and its strongest verdict. */
function paths(row: AccessRow, view: PageView): Html {
  const { matrix } = view.report;
  const { groupStrengths, coveredBy } = view.summary.access;
  const found = matrix.paths.flatMap((path) => {
    const groups = row.groups.filter((index) => matrix.groups[index]?.path === path);
    if (groups.length === 0) return [];
    const strongest = Math.max(...groups.map((index) => groupStrengths[index] ?? 0));
    return [
      html`<li>${strengthKey(strongest)} ${pathTitle(path)} <b>${thousands(coveredBy(groups))}</b></li>`,
    ];
  });
  return found.length === 0 ? html`<span class="faint">none</span>` : html`<ul class="inline">${found}</ul>`;
}
