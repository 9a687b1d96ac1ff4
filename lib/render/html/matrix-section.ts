import type { PrincipalKind } from '../../matrix/paths/cell.ts';
import { byText } from '../changes.ts';
import { type Html, html } from '../escape.ts';
import type { GridColumn, GridRow } from '../grid.ts';
import { KIND_NAMES } from '../kind-counts.ts';
import { PAGE_LIMITS } from '../limits.ts';
import { count, shortPrincipal, thousands } from '../names.ts';
import { pathTitle } from '../path-facts.ts';
import { STRENGTHS, strengthAt } from '../strength.ts';
import { empty, type PageView, type Section, section, strengthKey } from './view.ts';

/** Principals by instances, each square the strongest way in. */
export function matrixSection(view: PageView): Section {
  const { summary, grid } = view;
  const nothing = grid.rows.length === 0 || grid.columns.length === 0;
  const lead = nothing
    ? null
    : html`Each square is the strongest way that the principal has onto the instance. <span class="js" hidden>Choose one for every path, its conditions and the statements that grant it; arrow keys move.</span>`;
  return section('matrix', 'Matrix', summary.cells, lead, [
    nothing ? empty(nothingText(view)) : html`${legend()}${toolbar(view)}${gridTable(view)}`,
    nothing ? html`` : remarks(view),
  ]);
}

function nothingText(view: PageView): string {
  return view.report.matrix.instances.length === 0
    ? 'There are no instances to draw.'
    : 'Nobody has any way onto any instance.';
}

function legend(): Html {
  return html`<ul class="legend keys">${STRENGTHS.slice(1)
    .map((strength, index) => html`<li>${strengthKey(index + 1)} ${strength.word}</li>`)
    .reverse()}</ul>
`;
}

function toolbar(view: PageView): Html {
  const tags = tagChoices(view);
  return html`<form class="toolbar js" id="matrix-filter" hidden>
<label>Path <select name="path"><option value="">every path</option><option value="group:shell">any shell</option><option value="group:root">any root path</option>${view.report.matrix.paths.map(
    (path) => html`<option value="${path}">${pathTitle(path)}</option>`,
  )}</select></label>
<label>Verdict <select name="verdict"><option value="">any</option><option value="0">allowed</option><option value="1">conditional</option><option value="2">unknown</option></select></label>
<label>Kind <select name="kind"><option value="">any</option>${kinds(view).map(
    (kind) => html`<option value="${kind}">${KIND_NAMES[kind]}</option>`,
  )}</select></label>
<label>Principal <input type="search" name="principal" placeholder="name or ARN" autocomplete="off"></label>
<label>Instance or tag <input type="search" name="instance" placeholder="id, name, key=value" list="tags" autocomplete="off"></label>
<datalist id="tags">${tags.map((tag) => html`<option value="${tag}"></option>`)}</datalist>
<button type="reset">Clear</button>
<output aria-live="polite"></output>
</form>
`;
}

/** The kinds that some row has, people first. */
function kinds(view: PageView): readonly PrincipalKind[] {
  const there = new Set(
    view.grid.rows.flatMap(({ members }) =>
      members.map((member) => view.kindOf(view.report.matrix.principals[member]?.arn ?? '')),
    ),
  );
  return (Object.keys(KIND_NAMES) as PrincipalKind[]).filter((kind) => there.has(kind));
}

function tagChoices(view: PageView): string[] {
  const choices = new Set<string>();
  for (const column of view.grid.columns) {
    const id = view.report.matrix.instances[column.members[0] ?? 0]?.id ?? '';
    for (const tag of view.instances.get(id)?.tags ?? []) {
      if (tag.key !== 'Name' && choices.size < PAGE_LIMITS.tagChoices) choices.add(`${tag.key}=${tag.value}`);
    }
  }
  return [...choices].sort(byText);
}

function gridTable(view: PageView): Html {
  const { rows, columns } = view.grid;
  return html`<div class="scroll grid-frame" tabindex="0" role="region" aria-label="Access matrix">
<table class="grid" id="grid">
<caption class="vh">The strongest way of each principal onto each instance</caption>
<thead><tr><td></td>${columns.map((column) => columnHead(column, view))}</tr></thead>
<tbody>
${rows.map((row) => gridRow(row, view))}
</tbody>
</table>
</div>
`;
}

function columnHead(column: GridColumn, view: PageView): Html {
  const instance = view.report.matrix.instances[column.members[0] ?? 0];
  const more = column.members.length - 1;
  const name = instance?.name ?? '';
  return html`<th scope="col" title="${name} ${instance?.id} ${instance?.region}"><span class="tilt">${name !== '' && html`<b>${name}</b> `}<span class="mono">${instance?.id}</span>${more > 0 && html` <i>and ${thousands(more)} alike</i>`}</span></th>`;
}

function gridRow(row: GridRow, view: PageView): Html {
  const { classOf } = view.summary.access;
  const first = row.members[0] ?? 0;
  const arn = view.report.matrix.principals[first]?.arn ?? '';
  const more = row.members.length - 1;
  return html`<tr><th scope="row" title="${arn}">${shortPrincipal(arn)}${more > 0 && html` <i>and ${thousands(more)} alike</i>`}</th>${view.grid.columns.map(
    (column) => {
      const { letter, css } = strengthAt(row.row.strengths[classOf[column.members[0] ?? 0] ?? 0] ?? 0);
      return html`<td class="${css}">${letter}</td>`;
    },
  )}</tr>
`;
}

function remarks(view: PageView): Html {
  const { grid } = view;
  const notes = [
    grid.idlePrincipals > 0 ? `${count(grid.idlePrincipals, 'principal')} without any access left out.` : '',
    grid.leftPrincipals > 0
      ? `${count(grid.leftPrincipals, 'principal')} with access not shown: report.csv and matrix.json hold them.`
      : '',
    grid.leftInstances > 0
      ? `${count(grid.leftInstances, 'instance')} not shown, the least exposed: report.csv and matrix.json hold them.`
      : '',
  ].filter((note) => note !== '');
  return html`${notes.map((note) => html`<p class="remark">${note}</p>`)}`;
}
