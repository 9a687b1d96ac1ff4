import type { Account, Subject } from '../matrix/account/account.ts';
import { ANY_POLICY_NAME } from '../matrix/account/hypothetical-principals.ts';
import { mayHaveMfa } from '../matrix/account/mfa-of-roles.ts';
import type { OrganizationLevel, PolicyRecord, Role, Snapshot, User } from '../snapshot/snapshot.ts';
import type { Leaver } from './border.ts';
import { aboutTaking, isAboutTaking } from './role-taking.ts';

const ANY_POLICY: PolicyRecord = {
  ...{ id: ANY_POLICY_NAME, name: ANY_POLICY_NAME, kind: 'inline', problems: [] },
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

/**
 * The part of an account that matters for assuming roles: who may leave it, which roles may be entered, and what limits
 * both.
 */
export class SmallAccount {
  readonly #account: Account;
  readonly #records: ReadonlyMap<string, PolicyRecord>;
  readonly #users: User[] = [];
  readonly #roles: Role[] = [];
  readonly #known = new Map<Role, number>();
  readonly #policies = new Map<string, PolicyRecord>();

  constructor(account: Account) {
    this.#account = account;
    this.#records = new Map(account.snapshot.policies.map((record) => [record.id, record]));
  }

  leaver(subject: Subject): Leaver {
    const { principal, layers, tags, role } = subject;
    const { arn, name, id } = principal;
    const names = layers.identityPolicies.filter((one) => isAboutTaking(one)).map((one) => one.name);
    const boundary = layers.permissionsBoundary?.name ?? null;
    for (const policy of [...names, ...(boundary === null ? [] : [boundary])]) this.#keep(policy);
    const path = `/${principal.pathName.slice(0, -name.length)}`;
    const identity = { arn, name, id: id ?? '', path, tags, policies: names, boundary };
    if (!role) return { user: this.#users.push({ ...identity, groups: [] }) - 1 };
    this.#keep(role.trust);
    this.#takersOf(role);
    const { trust, maxSessionDuration, lastUsed } = role;
    return { role: this.#roles.push({ ...identity, trust, maxSessionDuration, lastUsed }) - 1 };
  }

  /** A role that may be entered: its own permissions do not matter for assuming it. */
  role(role: Role): number {
    let number = this.#known.get(role);
    if (number === undefined) {
      number = this.#roles.push({ ...role, policies: [], boundary: null }) - 1;
      this.#known.set(role, number);
      this.#keep(role.trust);
    }
    return number;
  }

  snapshot(): Snapshot {
    const { accountId, partition, takenAt, organization } = this.#account.snapshot;
    return {
      ...{ schemaVersion: 2, accountId, partition, takenAt },
      organization: organization && {
        ...organization,
        levels: organization.levels.map((one) => this.#level(one)),
      },
      policies: [...this.#policies.values()],
      ...{ users: this.#users, groups: [], roles: this.#roles },
      ...{ instanceProfiles: [], regions: [], coverage: [] },
    };
  }

  /** Keeps the roles that may assume this one, and so on: whether its session may have MFA depends on them. */
  #takersOf(role: Role): void {
    if (mayHaveMfa(role, this.#account)) return;
    const named = JSON.stringify(this.#account.policies.get(role.trust)?.document.statements ?? []);
    for (const taker of this.#account.snapshot.roles) {
      const isNamed = [taker.arn, taker.id, `:assumed-role/${taker.name}/`].some((name) =>
        named.includes(name),
      );
      if (taker === role || !isNamed || this.#known.has(taker)) continue;
      this.role(taker);
      this.#takersOf(taker);
    }
  }

  #level(level: OrganizationLevel): OrganizationLevel {
    for (const id of [...(level.serviceControlPolicies ?? []), ...(level.resourceControlPolicies ?? [])])
      this.#keep(id);
    return level;
  }

  #keep(id: string): void {
    if (this.#policies.has(id)) return;
    const [record, policy] = [this.#records.get(id), this.#account.policies.get(id)];
    if (id === ANY_POLICY_NAME) this.#policies.set(id, ANY_POLICY);
    else if (record && policy)
      this.#policies.set(id, record.kind === 'trust' ? record : aboutTaking(record, policy));
  }
}
