import { count, shortList, thousands } from '../../policy/counted.ts';
import { type Html, html } from '../escape.ts';
import { shortPrincipal, ssoName } from '../names.ts';
import type { AccountReach } from './account-reach.ts';
import type { OrgReach, ReachGroup, ReachLimits } from './org-reach.ts';
import { orgTable } from './org-table.ts';

/** Numbers of listed groups of principals, of accounts for each, and of names. */
const ON_A_PAGE: ReachLimits = { groups: 200, accounts: 20 };
const MOST_NAMES = 5;

/**
 * The work that publish does for chains: some two minutes of its 15 at most, in 600 MB. Organisations whose roles trust
 * a hub and a few neighbours need less than a half of it at 5,000 accounts; where every role trusts every account it
 * grows with the square of the accounts.
 */
export const PUBLISHED: ReachLimits = {
  ...ON_A_PAGE,
  ...{ asked: 500_000, followed: 800_000, everybodys: 100_000 },
};

/** Which principals reach other accounts, as the policies of both sides allow. */
export const reachSection = ({ groups, groupCount, unknown }: OrgReach): Html =>
  html`<h2>Chains across accounts</h2>
<p>Principals of one account who take roles of others: their own policies, the trust of the role and the guardrails of both accounts allow it. The strongest way is shown.</p>
${
  groups.length === 0
    ? html`<p>Nobody of an account in this index gets onto an instance of another one.</p>`
    : orgTable(
        ['From', 'Into', 'At most', 'Instances', 'Production', 'By', 'Condition'],
        [
          ...groups.slice(0, ON_A_PAGE.groups).flatMap(groupRows),
          ...leftRows(groupCount - ON_A_PAGE.groups, 'more group of principals', 'more groups of principals'),
        ],
      )
}
${
  unknown.length > 0 &&
  html`<h3>Chains that may be missing</h3>
${orgTable(
  ['Account', 'Why'],
  unknown.map(({ account, why }) => [account, why]),
)}`
}`;

const groupRows = (group: ReachGroup): readonly (readonly (string | Html)[])[] => [
  [
    html`<b>${whoText(group)}</b>`,
    html`<b>${count(group.accountCount, 'account')}</b>`,
    group.strongest,
    ...[group.instances, group.production].map(thousands),
    ...['', ''],
  ],
  ...group.accounts.slice(0, ON_A_PAGE.accounts).map(accountRow),
  ...leftRows(group.accountCount - ON_A_PAGE.accounts, 'more account', 'more accounts'),
];

const nameOf = (arn: string): string => ssoName(arn) ?? shortPrincipal(arn);

function whoText({ accountId, principals, principalCount, people }: ReachGroup): string {
  const names = shortList(principals, MOST_NAMES, { text: nameOf, all: principalCount });
  const who = people > 0 ? `: ${count(people, 'person', 'people')}` : '';
  return `${names} of ${accountId}${who}`;
}

const accountRow = (one: AccountReach): readonly string[] => [
  ...['', one.accountId, one.strongest],
  ...[one.instances, one.production].map(thousands),
  viaText(one.via),
  one.condition?.text ?? (one.missing === undefined ? '' : `not known without ${one.missing}`),
];

/** The name of a role contains its account. */
export const viaText = (via: readonly string[]): string => via.map(stepText).join(', then ');

function stepText(step: string): string {
  const [, account, resource] = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):(.+)$/s.exec(step) ?? [];
  return resource === undefined ? step : `${resource} of ${account}`;
}

const leftRows = (left: number, one: string, many: string): readonly (readonly string[])[] =>
  left > 0 ? [['', `and ${count(left, one, many)}`, '', '', '', '', '']] : [];
