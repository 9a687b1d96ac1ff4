import { statementsFor } from '../../evaluator/compile.ts';
import type { Formula } from '../../evaluator/formula.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account.ts';
import { assumeFromOutside, assumeRole, type Reduce } from '../assume-role.ts';
import type { Edge } from '../chains.ts';
import { decidingPolicies } from '../gating-tags.ts';
import { ArnFeatures } from './arn-features.ts';

/** Roles by whom their trust policies let in, so that nobody is tried on a role that does not know him. */
export class RoleEdges {
  readonly #account: Account;
  readonly #reduce: Reduce;
  readonly #index: ReadonlyMap<string, number>;
  /** roles that trust the whole account or everybody: the principal's own policies decide */
  readonly #open: readonly Role[];
  readonly #named = new Map<string, Role[]>();
  readonly #kinds: RoleKinds;
  readonly #known = new Map<string, Formula>();

  constructor(account: Account, subjects: readonly Subject[], reduce: Reduce) {
    this.#account = account;
    this.#reduce = reduce;
    this.#index = new Map(
      subjects.flatMap((subject, i) => (subject.role ? [[subject.arn, i] as const] : [])),
    );
    const open = new Set<Role>();
    for (const { role, entry } of trustEntries(account)) {
      if (entry === '*' || isWholeAccount(entry, account.snapshot.accountId)) open.add(role);
      else this.#named.set(entry, [...(this.#named.get(entry) ?? []), role]);
    }
    this.#open = [...open];
    this.#kinds = new RoleKinds(account);
  }

  /** `alike`: a number that principals share whom no policy tells apart. */
  of(subject: Subject, alike: number): readonly Edge[] {
    if (subject.kind === 'outside-account') {
      return this.#edges(this.#account.snapshot.roles, (role) =>
        assumeFromOutside(subject, role, this.#account, this.#reduce),
      );
    }
    const named = new Set([
      ...(this.#named.get(subject.arn) ?? []),
      ...(this.#named.get(subject.principal.id ?? '') ?? []),
    ]);
    const open = mayAssume(subject)
      ? this.#open
      : this.#open.filter((role) => trustsEverybody(role, this.#account));
    const assume = (role: Role): Formula => assumeRole(subject, role, this.#account, this.#reduce);
    const edges = [
      ...this.#edges([...named], assume),
      ...this.#edges(
        open.filter((role) => !named.has(role) && role !== subject.role),
        (role) => this.#once(role, alike, assume),
      ),
    ];
    // of equally good chains the first is shown: the same one whichever way they are found
    return edges.sort((a, b) => a.to - b.to);
  }

  #once(role: Role, alike: number, assume: (role: Role) => Formula): Formula {
    const kind = this.#kinds.of(role);
    if (kind === null) return assume(role);
    const name = `${alike} ${kind}`;
    let open = this.#known.get(name);
    if (open === undefined) {
      open = assume(role);
      this.#known.set(name, open);
    }
    return open;
  }

  #edges(roles: readonly Role[], assume: (role: Role) => Formula): readonly Edge[] {
    return roles.flatMap((role) => {
      const to = this.#index.get(role.arn);
      const open = to === undefined ? false : assume(role);
      return to === undefined || open === false ? [] : [{ to, step: role.arn, open }];
    });
  }
}

/** Roles that nobody's policies tell apart, with equal trust policies. */
class RoleKinds {
  readonly #features: ArnFeatures;
  readonly #tags: boolean;
  readonly #account: Account;
  readonly #byRole = new Map<Role, number | null>();
  readonly #trusts = new Map<string, number | null>();
  readonly #kinds = new Map<string, number>();

  constructor(account: Account) {
    this.#account = account;
    const statements = [...decidingPolicies(account)].flatMap((policy) =>
      statementsFor(policy, 'sts:assumerole'),
    );
    const patterns = statements.flatMap((statement) => statement.resources ?? []);
    this.#features = new ArnFeatures(patterns, `arn:${account.snapshot.partition}:iam:`, 'role/', true);
    this.#tags = statements.some((statement) =>
      statement.clauses.some((clause) => /resourcetag\//i.test(clause.key)),
    );
  }

  /** null: the trust policy asks who is asking, so nobody else's answer will do */
  of(role: Role): number | null {
    const trust = this.#trustNumber(role);
    if (trust === null) return null;
    const name = `${trust} ${this.#features.of(role.arn)} ${this.#tags ? JSON.stringify(role.tags) : ''}`;
    const kind = this.#kinds.get(name) ?? this.#kinds.size;
    this.#kinds.set(name, kind);
    return kind;
  }

  #trustNumber(role: Role): number | null {
    const known = this.#byRole.get(role);
    if (known !== undefined) return known;
    const number = this.#readTrust(role);
    this.#byRole.set(role, number);
    return number;
  }

  #readTrust(role: Role): number | null {
    const policy = this.#account.policies.get(role.trust);
    const name = JSON.stringify(policy?.document.statements ?? null);
    let number = this.#trusts.get(name);
    if (number === undefined) {
      const asksWho = /principal|username|userid|resourcetag/i.test(
        JSON.stringify(policy?.document.statements.map((statement) => statement.conditions) ?? ''),
      );
      const asksMore = policy?.document.statements.some(({ principals }) => principals?.not);
      number = asksWho || asksMore ? null : this.#trusts.size;
      this.#trusts.set(name, number);
    }
    return number;
  }
}

/** Every principal that an Allow of a trust policy names, `*` for everybody. */
function* trustEntries(account: Account): Generator<{ readonly role: Role; readonly entry: string }> {
  for (const role of account.snapshot.roles) {
    for (const { effect, principals } of account.policies.get(role.trust)?.document.statements ?? []) {
      if (effect !== 'Allow' || !principals || principals.not) continue;
      if (principals.any) yield { role, entry: '*' };
      for (const entry of principals.aws) yield { role, entry };
    }
  }
}

function isWholeAccount(entry: string, accountId: string): boolean {
  return entry === accountId || entry.endsWith(`:${accountId}:root`);
}

/** Does any identity policy allow sts:AssumeRole on anything? */
function mayAssume(subject: Subject): boolean {
  return subject.layers.identityPolicies.some((policy) =>
    statementsFor(policy, 'sts:assumerole').some((statement) => statement.effect === 'Allow'),
  );
}

function trustsEverybody(role: Role, account: Account): boolean {
  return (
    account.policies
      .get(role.trust)
      ?.document.statements.some(({ principals }) => principals?.any === true) ?? false
  );
}
