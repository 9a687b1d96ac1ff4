import { OrganizationGraph, type Start } from '../../across/organization-graph.ts';
import type { PackedBorder } from '../../across/packed-border.ts';
import { byText } from '../changes.ts';
import { STRENGTHS } from '../strength.ts';
import { type AccountReach, accountsReached } from './account-reach.ts';

/** An account of which it is not known who enters and leaves it. */
export interface UnknownBorder {
  /** or its folder */
  readonly account: string;
  readonly why: string;
}

/** Principals of one account that reach the same other accounts, in the same ways. */
export interface ReachGroup {
  readonly accountId: string;
  /** the first `MOST_PRINCIPALS` */
  readonly principals: readonly string[];
  readonly principalCount: number;
  readonly people: number;
  /** the gravest `MOST_ACCOUNTS`, and how many there are */
  readonly accounts: readonly AccountReach[];
  readonly accountCount: number;
  /** the most in any of them, and on how many instances of all of them anything at all */
  readonly strongest: string;
  readonly instances: number;
  readonly production: number;
}

/** Who gets from one account into others. */
export interface OrgReach {
  readonly groups: readonly ReachGroup[];
  readonly unknown: readonly UnknownBorder[];
}

const MOST_PRINCIPALS = 100;
const MOST_ACCOUNTS = 100;

/** The gravest first. `unknown`: accounts that left nothing that can be read. */
export function orgReach(borders: readonly PackedBorder[], unknown: readonly UnknownBorder[]): OrgReach {
  const graph = new OrganizationGraph(borders);
  const groups = [...graph.starts()]
    .map((start) => groupOf(start, accountsReached(graph, start)))
    .filter((group) => group.accountCount > 0)
    .sort(
      (a, b) =>
        strengthOf(b.strongest) - strengthOf(a.strongest) ||
        b.accountCount - a.accountCount ||
        b.instances - a.instances ||
        byText(a.accountId, b.accountId) ||
        byText(a.principals[0] ?? '', b.principals[0] ?? ''),
    );
  return { groups, unknown: [...unknown, ...borders.flatMap(unreadTrusts)] };
}

/** An index into `STRENGTHS` of the word that a summary holds. */
const strengthOf = (strongest: string): number =>
  STRENGTHS.findIndex(({ word }) => word.split(':')[0] === strongest);

function groupOf({ accountId, principals, people }: Start, accounts: readonly AccountReach[]): ReachGroup {
  return {
    ...{ accountId, principals: principals.slice(0, MOST_PRINCIPALS), principalCount: principals.length },
    people,
    ...{ accounts: accounts.slice(0, MOST_ACCOUNTS), accountCount: accounts.length },
    strongest: accounts[0]?.strongest ?? '',
    instances: accounts.reduce((sum, { instances }) => sum + instances, 0),
    production: accounts.reduce((sum, { production }) => sum + production, 0),
  };
}

/** Whom such a role lets in nobody knows, so that nobody is said to come by it. */
function unreadTrusts({ accountId, unreadTrusts: count }: PackedBorder): readonly UnknownBorder[] {
  if (count === 0) return [];
  const roles = count === 1 ? '1 role has a trust policy' : `${count} roles have trust policies`;
  return [{ account: accountId, why: `${roles} that nobody has read: who comes in by it is not known` }];
}
