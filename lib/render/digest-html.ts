import type { Severity } from '../findings/finding.ts';
import type { DigestList, DigestModel, DigestRow } from './digest-model.ts';
import { type Html, html } from './escape.ts';
import { proseWith } from './html/view.ts';

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Background and text of a severity's badge, with a contrast of at least 4.5 to 1. */
const BADGES: Readonly<Record<Severity, string>> = {
  critical: 'background:#9f1239;color:#ffffff',
  high: 'background:#b4450f;color:#ffffff',
  medium: 'background:#8a6100;color:#ffffff',
  low: 'background:#3d5a80;color:#ffffff',
  info: 'background:#5f6570;color:#ffffff',
};

/** The HTML part: tables and inline styles, because mail readers know little else; no script and nothing remote. */
export function digestHtml(model: DigestModel): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${model.title}</title></head>
<body style="margin:0;padding:0;background:#f3f2ee;color:#1d2126;${FONT};font-size:15px;line-height:1.5">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f2ee"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:680px;background:#ffffff;border:1px solid #dedcd5;border-radius:6px">
<tr><td style="padding:24px 24px 8px">
<p style="margin:0 0 10px;font-size:12px;letter-spacing:.06em;text-transform:uppercase;color:#6a6f76">${model.title}</p>
${model.verdicts.map(
  (verdict, index) =>
    html`<p style="margin:0 0 8px;font-family:Georgia,'Times New Roman',serif;font-size:${index === 0 ? 19 : 16}px;line-height:1.4">${prose(verdict)}</p>`,
)}
</td></tr>
${model.lists.map(listHtml)}
${trendsHtml(model)}
${linksHtml(model)}
</table></td></tr></table>
</body>
</html>
`.markup;
}

/** At half their size, with numbers beside them: many mail readers show no pictures. */
function trendsHtml({ trends }: DigestModel): Html | null {
  if (trends.length === 0) return null;
  return html`<tr><td style="padding:14px 24px 4px">
<h2 style="margin:0 0 6px;padding-top:14px;border-top:1px solid #e6e4de;font-size:15px;font-weight:600">Over time</h2>
<table role="presentation" cellpadding="0" cellspacing="0"><tr>${trends.map(
    ({ id, label, text, picture }) =>
      html`<td valign="top" style="padding:4px 24px 8px 0;font-size:13px;color:#4a4f57"><img src="cid:${id}" width="${picture.width / 2}" height="${picture.height / 2}" alt="${label}: ${text}" style="display:block;max-width:100%;margin:0 0 4px"><b>${label}</b><br>${text}</td>`,
  )}</tr></table>
</td></tr>
`;
}

function listHtml(list: DigestList): Html {
  return html`<tr><td style="padding:14px 24px 4px">
<h2 style="margin:0 0 6px;padding-top:14px;border-top:1px solid #e6e4de;font-size:15px;font-weight:600">${list.heading}</h2>
${list.rows.length > 0 && html`<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse">${list.rows.map(rowHtml)}</table>`}
${list.note !== '' && html`<p style="margin:6px 0 8px;color:#5b6068;font-size:14px">${prose(list.note)}</p>`}
</td></tr>
`;
}

/** The badge is in the line of the head: a column of its own would take a quarter of a phone. */
function rowHtml(row: DigestRow): Html {
  const head = prose(row.head);
  return html`<tr><td style="padding:8px 0 7px;border-bottom:1px solid #efede8;overflow-wrap:anywhere;word-break:break-word">
<div style="font-weight:600;font-size:14px">${row.severity !== null && badge(row.severity)}${row.place && 'url' in row.place ? html`<a href="${row.place.url}" style="color:#1f4f8f">${head}</a>` : head}</div>
${row.lines.map((line) => html`<div style="font-size:13px;color:#4a4f57">${prose(line)}</div>`)}
${(row.commands ?? []).map((line) => html`<div style="margin:3px 0;padding:4px 8px;background:#f6f5f1;border-radius:3px;font-family:Menlo,Consolas,monospace;font-size:12px;color:#1d2126">${inWords(line)}</div>`)}${row.place && 'add' in row.place && html`<div style="font-size:12px;color:#6a6f76">in the report: ${row.place.add}</div>`}</td></tr>
`;
}

const badge = (severity: Severity): Html =>
  html`<span style="display:inline-block;margin-right:7px;padding:1px 7px;border-radius:3px;font-size:11px;${BADGES[severity]}">${severity}</span>`;

/** A command whose options and ids stay on one line, if they fit: a reader breaks a line after any hyphen. */
function inWords(command: string): Html {
  return html`${command.split(/(\S*-\S+)/).map((part, index) => (index % 2 === 1 ? html`<span style="display:inline-block;max-width:100%">${part}</span>` : part))}`;
}

function prose(text: string): Html {
  return proseWith(text, (id) => html`<span style="white-space:nowrap">${id}</span>`);
}

function linksHtml(model: DigestModel): Html | null {
  if (model.links.length === 0) return null;
  return html`<tr><td style="padding:10px 24px 24px;font-size:14px">${model.links.map(
    (link) =>
      html`<div style="margin:2px 0"><a href="${link.url}" style="color:#1f4f8f">${link.label}</a></div>`,
  )}${model.linkNote !== '' && html`<div style="margin:6px 0 0;color:#5b6068;font-size:13px">${prose(model.linkNote)}</div>`}</td></tr>
`;
}
