import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { type Html, html, trusted } from '../lib/render/escape.ts';
import { BASE_STYLE } from '../lib/render/html/style-base.ts';
import { kindsText } from '../lib/render/kind-counts.ts';
import { count, shortTime } from '../lib/render/names.ts';
import type { OrgAccount, OrgIndex, Reach } from './org-index.ts';

const STYLE = `${BASE_STYLE}
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
td { min-width: 6.5rem; }
.wide { overflow-x: auto; }
.bad { color: var(--critical); font-weight: 600; }
`;

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** The index as one page; `folder` is where it is written, so that its links lead from there. */
export function orgPage(index: OrgIndex, folder: string): string {
  const title = `EC2 access of ${count(index.accounts.length, 'account')}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${failedSection(index)}
${accountsSection(index, folder)}
${acrossSection(index)}
${permissionSetsSection(index)}
</main>
</body>
</html>
`.markup;
}

const failedSection = ({ failed }: OrgIndex): Html | false =>
  failed.length > 0 &&
  html`<h2>Not read</h2>
${table(
  ['Folder', 'Why'],
  failed.map((one) => [one.folder, one.problem]),
)}`;

const accountsSection = ({ accounts }: OrgIndex, folder: string): Html =>
  html`<h2>Accounts</h2>
${table(
  ['Account', 'State', 'With a shell', 'Findings', 'Instances', 'Audited'],
  accounts.map((account) => [
    account.report === null
      ? account.accountId
      : html`<a href="${linkTo(account.report, folder)}">${account.accountId}</a>`,
    account.state === 'blind' ? html`<span class="bad">NOT AUDITED: ${account.why}</span>` : account.state,
    account.state === 'blind' ? 'not known' : kindsText(account.shells) || 'nobody',
    findingsText(account),
    String(account.instances),
    shortTime(account.takenAt),
  ]),
)}`;

const acrossSection = ({ across }: OrgIndex): Html =>
  html`<h2>From one account into another</h2>
${
  across.length === 0
    ? html`<p>Nobody from another account reaches an instance.</p>`
    : table(
        ['From', 'Into', ...REACH_TITLES],
        across.map((one) => [
          one.audited ? one.from : `${one.from} (not in this index)`,
          one.accountId,
          ...reachTexts(one),
        ]),
      )
}`;

const permissionSetsSection = ({ permissionSets }: OrgIndex): Html =>
  html`<h2>Permission sets</h2>
${
  permissionSets.length === 0
    ? html`<p>No permission set of Identity Center reaches an instance.</p>`
    : table(
        ['Permission set', 'Account', ...REACH_TITLES],
        permissionSets.flatMap(({ name, accounts }) =>
          accounts.map((one) => [name, one.accountId, ...reachTexts(one)]),
        ),
      )
}`;

const REACH_TITLES = ['At most', 'Instances', 'Paths'];

const reachTexts = ({ strongest, instances, paths }: Reach): readonly string[] => [
  strongest,
  String(instances),
  paths.join(', '),
];

const table = (titles: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html =>
  html`<div class="wide"><table>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}
</tbody>
</table></div>`;

/** Findings that stand, by severity, the gravest first. */
export function findingsText({ findings }: OrgAccount): string {
  const standing = Object.entries(findings).filter(([, n]) => n > 0);
  return standing.map(([severity, n]) => `${n} ${severity}`).join(', ') || 'none';
}

/** Whatever a folder is called, its name is no more than a part of a path. */
const linkTo = (report: string, from: string): string =>
  relative(from, report).split(sep).map(encodeURIComponent).join('/');
