import type { PathId } from '../../matrix/paths/cell.ts';
import { count, shortList, thousands } from '../../policy/counted.ts';
import { byText } from '../changes.ts';
import { type Html, html, safeUrl } from '../escape.ts';
import { documentHead } from '../html/document-head.ts';
import { sourceHash } from '../html/source-hash.ts';
import { BASE_STYLE } from '../html/style-base.ts';
import { prose } from '../html/view.ts';
import { kindsText } from '../kind-counts.ts';
import { shortTime } from '../names.ts';
import { pathPlace, pathTitle } from '../path-facts.ts';
import { STRENGTHS } from '../strengths.ts';
import type { AccountAccess, OrgAccount, OrgIndex } from './org-index.ts';
import { orgTable } from './org-table.ts';
import { reachSection } from './reach-section.ts';

const STYLE = `${BASE_STYLE}
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
td { min-width: 6.5rem; }
td:last-child { min-width: 12rem; }
.wide { overflow-x: auto; }
.bad { color: var(--plus); font-weight: 600; }
summary { cursor: pointer; }
@media (max-width: 640px) {
  main { padding: 1.2rem 1rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: .45rem 0; border-bottom: 1px solid var(--line); }
  td, td:last-child { min-width: 0; padding: 0; border: 0; overflow-wrap: anywhere; }
  td:empty { display: none; }
  td::before { content: attr(data-label) " "; color: var(--muted); font-size: .86rem; }
}
`;

const POLICY = `default-src 'none'; style-src '${sourceHash(STYLE)}'; base-uri 'none'; form-action 'none'`;

/** The address of an account's page; null: there is none. */
export type PageOf = (account: OrgAccount) => string | null;

/** The index as one page, without scripts. */
export function orgPage(index: OrgIndex, pageOf: PageOf): string {
  const title = `EC2 access of ${count(index.accounts.length, 'account')}`;
  return html`${documentHead(POLICY, title, STYLE)}<body>
<main>
<h1>${title}</h1>
${unknownSection(index)}
${accountsSection(index, pageOf)}
${groupsSection(index)}
${permissionSetsSection(index)}
${reachSection(index.reach)}
${acrossSection(index)}
</main>
</body>
</html>
`.markup;
}

/** What is not known comes first. */
function unknownSection({ failed, unknown, accounts }: OrgIndex): Html | false {
  const blind = accounts.filter(({ state, stale }) => state === 'blind' || stale !== undefined);
  if (failed.length + unknown.length + blind.length === 0) return false;
  return html`<h2 class="bad">Not audited</h2>
${orgTable(
  ['Account', 'Why'],
  [
    ...failed.map((one) => [one.folder, prose(one.problem)]),
    ...blind.map((one) => [
      accountText(one),
      prose(
        one.stale === undefined ? one.why : `${one.stale}; what is shown is of ${shortTime(one.takenAt)}`,
      ),
    ]),
    ...unknown.map((one) => [one, 'never audited: somebody comes from it into an account of this index']),
  ],
)}`;
}

const accountsSection = ({ accounts }: OrgIndex, pageOf: PageOf): Html =>
  html`<h2>Accounts</h2>
${orgTable(
  ['Account', 'Unit', 'State', 'With a shell', 'People with root', 'Findings', 'Instances', 'Audited'],
  accounts.map((account) => {
    const url = safeUrl(pageOf(account) ?? '');
    return [
      url === null ? accountText(account) : html`<a href="${url}">${accountText(account)}</a>`,
      account.unit ?? '',
      ...(account.state === 'blind' ? BLIND : auditedTexts(account)),
      shortTime(account.takenAt),
    ];
  }),
)}`;

const NOT_KNOWN = Array.from({ length: 4 }, () => 'not known');

/** The section above it says why. */
const BLIND: readonly (string | Html)[] = [html`<span class="bad">NOT AUDITED</span>`, ...NOT_KNOWN];

const auditedTexts = (account: OrgAccount): readonly string[] => [
  account.state,
  kindsText(account.shells) || 'nobody',
  thousands(account.root.person),
  findingsText(account),
  thousands(account.instances),
];

const accountText = ({ accountId, name }: OrgAccount): string =>
  name === null ? accountId : `${name} (${accountId})`;

const groupsSection = ({ groups }: OrgIndex): Html | false =>
  groups.some(({ unit }) => unit !== null) &&
  html`<h2>By group of accounts</h2>
<p>The units of the organisation. Who is in several accounts is counted in each.</p>
${orgTable(
  ['Unit', 'Accounts', 'Not audited', 'People with root', 'Critical', 'High', 'Instances'],
  groups.map((one) => [
    one.unit ?? 'not known',
    thousands(one.accounts.length),
    thousands(one.blind),
    ...(one.blind === one.accounts.length
      ? NOT_KNOWN
      : [one.rootPeople, one.critical, one.high, one.instances].map(thousands)),
  ]),
)}`;

/** Number of listed ways from one account into another. */
const MOST_ACROSS = 2000;

const acrossSection = ({ across }: OrgIndex): Html =>
  html`<h2>From one account into another</h2>
<p>What the trust policies of the accounts say, whatever the other account's own policies allow.</p>
${
  across.length === 0
    ? html`<p>Nobody from another account reaches an instance.</p>`
    : orgTable(
        ['From', 'Into', ...REACH_TITLES],
        [
          ...across
            .slice(0, MOST_ACROSS)
            .map((one) => [
              one.audited ? one.from : `${one.from} (not in this index)`,
              one.accountId,
              ...reachTexts(one),
            ]),
          ...leftRow(across.length - MOST_ACROSS, 'way'),
        ],
      )
}`;

/** Each permission set with the most that it gives, then account by account. */
const permissionSetsSection = ({ permissionSets }: OrgIndex): Html =>
  html`<h2>Permission sets</h2>
${
  permissionSets.length === 0
    ? html`<p>No permission set of Identity Center reaches an instance.</p>`
    : orgTable(
        ['Permission set', 'Reaches', ...REACH_TITLES],
        permissionSets.flatMap(({ name, accounts }) => [
          [html`<b>${name}</b>`, html`<b>${count(accounts.length, 'account')}</b>`, ...atMost(accounts)],
          ...strongestFirst(accounts)
            .slice(0, MOST_ROWS)
            .map((one) => ['', one.accountId, ...reachTexts(one)]),
          ...leftRow(accounts.length - MOST_ROWS, 'account'),
        ]),
      )
}`;

const rank = (strongest: string): number =>
  STRENGTHS.findIndex(({ word }) => word.split(':')[0] === strongest);

/** Listed accounts of a permission set: it may reach thousands. */
const MOST_ROWS = 200;

const leftRow = (left: number, what: string): readonly (readonly string[])[] =>
  left > 0 ? [['', `and ${count(left, `more ${what}`)}: see the pages of the accounts`, '', '', '']] : [];

const strongestFirst = (accounts: readonly AccountAccess[]): readonly AccountAccess[] =>
  accounts.toSorted((a, b) => rank(b.strongest) - rank(a.strongest) || byText(a.accountId, b.accountId));

/** The most that it gives in any account, and in all accounts together. */
function atMost(accounts: readonly AccountAccess[]): readonly string[] {
  const [most] = strongestFirst(accounts);
  const same = accounts.filter(({ strongest }) => strongest === most?.strongest).length;
  const instances = accounts.reduce((sum, one) => sum + one.instances, 0);
  return [`${most?.strongest ?? ''} in ${count(same, 'account')}`, thousands(instances), ''];
}

const REACH_TITLES = ['At most', 'Instances', 'Paths'];

const reachTexts = ({ strongest, instances, paths }: AccountAccess): readonly (string | Html)[] => [
  strongest,
  thousands(instances),
  pathsText(paths),
];

/** Number of paths that are shown at once: an administrator has them all. */
const MOST_PATHS = 4;

function pathsText(paths: readonly PathId[]): string | Html {
  const titles = paths.toSorted((a, b) => pathPlace(a) - pathPlace(b)).map(pathTitle);
  if (titles.length <= MOST_PATHS + 1) return titles.join(', ');
  return html`<details><summary>${shortList(titles, MOST_PATHS)}</summary>${titles.slice(MOST_PATHS).join(', ')}</details>`;
}

/** Open findings by severity, the most severe first. */
export function findingsText({ findings }: OrgAccount): string {
  const standing = Object.entries(findings).filter(([, n]) => n > 0);
  return standing.map(([severity, n]) => `${n} ${severity}`).join(', ') || 'none';
}
