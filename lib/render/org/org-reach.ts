import type { OrganizationBorders } from '../../across/organization-borders.ts';
import { OrganizationGraph, type Start, type WorkLimits } from '../../across/organization-graph.ts';
import type { PackedBorder } from '../../across/packed-border.ts';
import { remembered } from '../../memory/remembered.ts';
import { shortList, thousands } from '../../policy/counted.ts';
import { byText } from '../changes.ts';
import { STRENGTHS } from '../strengths.ts';
import { type AccountReach, accountsReached } from './account-reach.ts';

/** An account whose incoming and outgoing access is not fully known. */
export interface UnknownBorder {
  /** the account's number, or its folder */
  readonly account: string;
  readonly why: string;
}

/** Principals of one account that reach the same other accounts in the same ways. */
export interface ReachGroup {
  readonly accountId: string;
  /** the first ones */
  readonly principals: readonly string[];
  readonly principalCount: number;
  readonly people: number;
  /** the most severe, and their total number */
  readonly accounts: readonly AccountReach[];
  readonly accountCount: number;
  /** the strongest access in any of them, and the number of instances in all of them */
  readonly strongest: string;
  readonly instances: number;
  readonly production: number;
}

/** Which principals of one account reach others. */
export interface OrgReach {
  /** the most severe, and their total number */
  readonly groups: readonly ReachGroup[];
  readonly groupCount: number;
  /** of all groups */
  readonly principalCount: number;
  readonly unknown: readonly UnknownBorder[];
  /** those of `unknown` that a limit left out */
  readonly left: readonly UnknownBorder[];
}

/** Limits of the result and of the work: among thousands of accounts each principal of each may reach all others. */
export interface ReachLimits extends WorkLimits {
  readonly groups: number;
  readonly accounts: number;
}

const MOST_PRINCIPALS = 100;
const LISTED: ReachLimits = { groups: 1000, accounts: 100 };

/** The most severe first. `unknown`: accounts without readable data. */
export function orgReach(
  borders: OrganizationBorders,
  unknown: readonly UnknownBorder[],
  limits: ReachLimits = LISTED,
): OrgReach {
  const graph = new OrganizationGraph(borders, limits);
  let groups: ReachGroup[] = [];
  let [groupCount, principalCount] = [0, 0];
  const keepGravest = (): void => {
    groups = groups.sort(gravestFirst).slice(0, limits.groups);
  };
  const reached = new AlikeReach(graph, limits.accounts);
  for (const start of graph.starts()) {
    const group = groupOf(start, reached.by(start));
    if (group.accountCount === 0) continue;
    groupCount += 1;
    principalCount += group.principalCount;
    if (groups.push(group) > 2 * limits.groups) keepGravest();
  }
  keepGravest();
  const left = [...everybodysLeft(graph.everybodys), ...notFollowed(graph.notFollowed)];
  return {
    ...{ groups, groupCount, principalCount },
    unknown: [...left, ...unknown, ...borders.all.flatMap(unreadTrusts)],
    left,
  };
}

/** Of an account in which thousands of people get to all others in the same way, one search is enough. */
class AlikeReach {
  readonly #graph: OrganizationGraph;
  readonly #most: number;
  /** of the account that somebody began in last */
  readonly #known = new Map<string, ReachOfGroup>();
  #accountId = '';

  constructor(graph: OrganizationGraph, most: number) {
    this.#graph = graph;
    this.#most = most;
  }

  by(start: Start): ReachOfGroup {
    if (start.accountId !== this.#accountId) this.#known.clear();
    this.#accountId = start.accountId;
    const alike = this.#graph.beginsLike(start);
    const reached = (): ReachOfGroup => reachOf(accountsReached(this.#graph, start), this.#most);
    return alike === null ? reached() : remembered(this.#known, alike, reached);
  }
}

function gravestFirst(a: ReachGroup, b: ReachGroup): number {
  return (
    strengthOf(b.strongest) - strengthOf(a.strongest) ||
    b.accountCount - a.accountCount ||
    b.instances - a.instances ||
    byText(a.accountId, b.accountId) ||
    byText(a.principals[0] ?? '', b.principals[0] ?? '')
  );
}

/** The index in `STRENGTHS` of a word in a summary. */
const strengthOf = (strongest: string): number =>
  STRENGTHS.findIndex(({ word }) => word.split(':')[0] === strongest);

function groupOf({ accountId, principals, people }: Start, reach: ReachOfGroup): ReachGroup {
  return {
    ...{ accountId, principals: principals.slice(0, MOST_PRINCIPALS), principalCount: principals.length },
    ...{ people, ...reach },
  };
}

type ReachOfGroup = Omit<ReachGroup, 'accountId' | 'principals' | 'principalCount' | 'people'>;

/** Only the first accounts are kept: there may be thousands. */
const reachOf = (accounts: readonly AccountReach[], most: number): ReachOfGroup => ({
  ...{ accounts: accounts.slice(0, most), accountCount: accounts.length },
  strongest: accounts[0]?.strongest ?? '',
  instances: accounts.reduce((sum, { instances }) => sum + instances, 0),
  production: accounts.reduce((sum, { production }) => sum + production, 0),
});

const MOST_NAMED = 5;

function notFollowed(accounts: readonly string[]): readonly UnknownBorder[] {
  if (accounts.length === 0) return [];
  return [{ account: shortList(accounts, MOST_NAMED), why: TOO_MUCH }];
}

/** Every account reaches such a role in the same way, so one row says enough. */
function everybodysLeft({ roles, asked }: OrganizationGraph['everybodys']): readonly UnknownBorder[] {
  if (asked === roles) return [];
  const why = `${thousands(roles)} roles have trust policies that name everybody: chains into the ${thousands(asked)} with the most production instances are followed, into the others only from accounts that they name; \`latchkey org\` follows them all`;
  return [{ account: 'all accounts', why }];
}

const TOO_MUCH =
  'not all chains that lead out of these accounts are followed, as there are too many: `latchkey org` follows them all';

/** It is not known whom a role with an unread trust policy admits, so no access through it is reported. */
function unreadTrusts({ accountId, unreadTrusts: count }: PackedBorder): readonly UnknownBorder[] {
  if (count === 0) return [];
  const roles = count === 1 ? '1 role has a trust policy' : `${count} roles have trust policies`;
  return [{ account: accountId, why: `${roles} that could not be read: who can assume them is not known` }];
}
