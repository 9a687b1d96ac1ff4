import { type Html, html } from '../escape.ts';

export const orgTable = (titles: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html =>
  html`<div class="wide"><table>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}
</tbody>
</table></div>`;
