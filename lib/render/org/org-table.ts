import { type Html, html } from '../escape.ts';

/**
 * A table that is wider than the screen scrolls sideways, from the keyboard too. On a phone each row is a block, whose
 * lines begin with the title of their column.
 */
export const orgTable = (titles: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html =>
  html`<div class="wide" tabindex="0" role="group" aria-label="${`Table: ${titles.join(', ')}`}"><table>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, column) => html`<td data-label="${titles[column] ?? ''}">${cell}</td>`)}</tr>\n`)}
</tbody>
</table></div>`;
