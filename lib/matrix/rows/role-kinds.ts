import { statementsFor } from '../../evaluator/compile.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account } from '../account.ts';
import { decidingPolicies } from '../gating-tags.ts';
import { ArnFeatures } from './arn-features.ts';
import { ASSUME_ROLE, TAG_SESSION } from './standings.ts';

/** Roles that nobody's policies tell apart, with equal trust policies. */
export class RoleKinds {
  readonly #features: ArnFeatures;
  readonly #tags: boolean;
  readonly #account: Account;
  readonly #byRole = new Map<Role, number | null>();
  readonly #trusts = new Map<string, number | null>();
  readonly #kinds = new Map<string, number>();

  constructor(account: Account) {
    this.#account = account;
    const statements = [...decidingPolicies(account)].flatMap((policy) => [
      ...statementsFor(policy, ASSUME_ROLE),
      ...statementsFor(policy, TAG_SESSION),
    ]);
    const patterns = statements.flatMap((statement) => statement.resources ?? []);
    this.#features = new ArnFeatures(patterns, `arn:${account.snapshot.partition}:iam:`, 'role/', true);
    this.#tags = statements.some((statement) =>
      statement.clauses.some((clause) => /resourcetag\//i.test(clause.key)),
    );
  }

  /** null: the trust policy asks who is asking, so nobody else's answer will do */
  of(role: Role): number | null {
    const known = this.#byRole.get(role);
    if (known !== undefined) return known;
    const kind = this.#kindOf(role);
    this.#byRole.set(role, kind);
    return kind;
  }

  #kindOf(role: Role): number | null {
    const trust = this.#readTrust(role);
    if (trust === null) return null;
    const name = `${trust} ${this.#features.of(role.arn)} ${this.#tags ? JSON.stringify(role.tags) : ''}`;
    const kind = this.#kinds.get(name) ?? this.#kinds.size;
    this.#kinds.set(name, kind);
    return kind;
  }

  #readTrust(role: Role): number | null {
    const policy = this.#account.policies.get(role.trust);
    const name = JSON.stringify(policy?.document.statements ?? null);
    let number = this.#trusts.get(name);
    if (number === undefined) {
      const asksWho = /principal|username|userid|resourcetag/i.test(
        JSON.stringify(policy?.document.statements.map((statement) => statement.conditions) ?? ''),
      );
      const asksMore = policy?.document.statements.some(
        ({ effect, principals }) => principals?.not || (effect !== 'Allow' && !principals?.any),
      );
      number = asksWho || asksMore ? null : this.#trusts.size;
      this.#trusts.set(name, number);
    }
    return number;
  }
}
