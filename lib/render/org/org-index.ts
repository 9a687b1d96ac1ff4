import { byText } from '../changes.ts';
import type { OrgPart, PrincipalAccess } from './org-part.ts';
import type { OrgReach } from './org-reach.ts';

/** One account of the index. */
export interface OrgAccount extends Omit<OrgPart, 'schemaVersion' | 'permissionSets' | 'across'> {
  readonly folder: string;
  /** `runs/<time>` */
  readonly run: string;
  /** its page; null: the run was of a check, which writes none */
  readonly report: string | null;
  /** the data is of an earlier audit: why there is no newer one */
  readonly stale?: string;
}

/** A principal's access in one account. */
export interface AccountAccess extends PrincipalAccess {
  readonly accountId: string;
}

/** The accounts of one organisational unit together. */
export interface OrgGroup {
  /** null: accounts whose unit is not known */
  readonly unit: string | null;
  readonly accounts: readonly string[];
  readonly blind: number;
  readonly critical: number;
  readonly high: number;
  readonly instances: number;
  /** people with root, summed over the accounts: a person in several accounts counts in each */
  readonly rootPeople: number;
}

/** The combined results of several accounts' audits. */
export interface OrgIndex {
  readonly accounts: readonly OrgAccount[];
  /** accounts, or their folders, that could not be read, and why */
  readonly failed: readonly { readonly folder: string; readonly problem: string }[];
  /** accounts that were not audited but from which principals reach an indexed account */
  readonly unknown: readonly string[];
  readonly groups: readonly OrgGroup[];
  /** the permission sets of Identity Center, with their access in each account */
  readonly permissionSets: readonly { readonly name: string; readonly accounts: readonly AccountAccess[] }[];
  /** principals that reach one account from another; `audited`: the other account is in the index */
  readonly across: readonly (AccountAccess & { readonly from: string; readonly audited: boolean })[];
  /** which principals of one account reach others, as the policies of both sides allow */
  readonly reach: OrgReach;
}

/** Collects the accounts of an index, one by one. */
export class OrgIndexer {
  readonly #accounts = new Map<string, OrgAccount>();
  readonly #failed: { readonly folder: string; readonly problem: string }[] = [];
  readonly #sets = new Map<string, AccountAccess[]>();
  readonly #across: (AccountAccess & { readonly from: string })[] = [];

  /** Returns false if the index already has the account. */
  add(part: OrgPart, from: Pick<OrgAccount, 'folder' | 'run' | 'report' | 'stale'>): boolean {
    const { schemaVersion: _, permissionSets, across, ...account } = part;
    const { accountId } = account;
    const other = this.#accounts.get(accountId);
    if (other) {
      const why = `it is of account \`${accountId}\`, as \`${other.folder}\` is: name one of them`;
      this.fail(from.folder, why);
      return false;
    }
    this.#accounts.set(accountId, { ...account, ...from });
    for (const { name, ...reach } of permissionSets) {
      const reaches = this.#sets.get(name) ?? [];
      reaches.push({ accountId, ...reach });
      this.#sets.set(name, reaches);
    }
    for (const one of across) this.#across.push({ accountId, ...one });
    return true;
  }

  fail(folder: string, problem: string): void {
    this.#failed.push({ folder, problem });
  }

  /** Accounts about which nothing is known come first, then the most severe. */
  index(reach: OrgReach): OrgIndex {
    const audited = new Set(this.#accounts.keys());
    const accounts = [...this.#accounts.values()].sort(
      (a, b) => gravity(b) - gravity(a) || byText(a.accountId, b.accountId),
    );
    return {
      failed: this.#failed,
      unknown: [...new Set(this.#across.map(({ from }) => from))].filter((one) => !audited.has(one)).sort(),
      accounts,
      groups: groupsOf(accounts),
      permissionSets: [...this.#sets]
        .map(([name, list]) => ({ name, accounts: list }))
        .sort((a, b) => byText(a.name, b.name)),
      across: this.#across.map((one) => ({ ...one, audited: audited.has(one.from) })),
      reach,
    };
  }
}

const gravity = ({ state, findings, shells }: OrgAccount): number =>
  (state === 'blind' ? 1e9 : 0) + findings.critical * 1e5 + findings.high * 1e3 + shells.person;

/** By unit, the most severe first; accounts without a unit last. */
function groupsOf(accounts: readonly OrgAccount[]): readonly OrgGroup[] {
  const sum = (list: readonly OrgAccount[], number: (one: OrgAccount) => number): number =>
    list.reduce((all, one) => all + number(one), 0);
  return [...Map.groupBy(accounts, ({ unit }) => unit)]
    .map(([unit, list]) => ({
      unit,
      accounts: list.map(({ accountId }) => accountId),
      blind: list.filter(({ state }) => state === 'blind').length,
      critical: sum(list, ({ findings }) => findings.critical),
      high: sum(list, ({ findings }) => findings.high),
      instances: sum(list, ({ instances }) => instances),
      rootPeople: sum(list, ({ root }) => root.person),
    }))
    .sort(
      (a, b) =>
        Number(a.unit === null) - Number(b.unit === null) ||
        b.blind - a.blind ||
        b.critical - a.critical ||
        b.high - a.high ||
        byText(a.unit ?? '', b.unit ?? ''),
    );
}
