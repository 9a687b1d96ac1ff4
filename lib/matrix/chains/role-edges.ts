import { remembered } from '../../memory/remembered.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { missingTrust } from '../account/not-collected.ts';
import { equalTargets } from '../classes/target-classes.ts';
import { TrustKinds } from '../classes/trust-kinds.ts';
import { ASSUMING } from '../paths/assuming.ts';
import { runsAsTagged } from '../paths/lands-as.ts';
import { askedUsers, assumeRole, type Reduce, sessionLimits } from './assume-role.ts';
import { type Edge, edgesTo } from './chains.ts';
import { CLOSED, type Opening } from './codes.ts';
import { assumeFromOutside, comingAs, limitsFromOutside, rolesForOutsider } from './outside.ts';
import { RoleCandidates } from './role-candidates.ts';
import type { SessionLimits } from './session-limits.ts';

/**
 * The condition for assuming a role, and the OS users that its session may request by a tag, if tags decide
 * that.
 */
interface Taken extends Opening {
  readonly runAs: readonly string[];
  readonly limits?: SessionLimits | undefined;
}

const NO_USERS: readonly string[] = [];
const NOT_TAKEN: Taken = { ...CLOSED, runAs: NO_USERS };

const ASSUMED = { assumes: true } as const;

/**
 * Indexes roles by the principals in their trust policies, so that a principal is only tried on roles that trust it.
 */
export class RoleEdges {
  readonly #account: Account;
  readonly #reduce: Reduce;
  readonly #runsAs: boolean;
  readonly #index: ReadonlyMap<string, number>;
  /** roles that trust the whole account or everybody: the principal's own policies decide */
  readonly #open: readonly Role[];
  readonly #named = new Map<string, Role[]>();
  readonly #trusts: TrustKinds;
  readonly #candidates: RoleCandidates;
  /** those of `#open` that admit everybody, whatever a principal's own policies say */
  readonly #everybodys: ReadonlySet<Role>;
  /** those of `#open` with a condition on the principal */
  readonly #unlike: readonly Role[];
  readonly #unlikeByView = new Map<string, readonly Role[]>();
  readonly #byView = new Map<string, readonly Edge[]>();

  constructor(account: Account, subjects: readonly Subject[], reduce: Reduce) {
    this.#account = account;
    this.#reduce = reduce;
    this.#runsAs = runsAsTagged(account.regions.values());
    this.#index = new Map(
      subjects.flatMap((subject, i) => (subject.role ? [[subject.arn, i] as const] : [])),
    );
    this.#trusts = new TrustKinds(account);
    const open = new Set<Role>();
    const roleNames = new Map(account.snapshot.roles.map(({ arn, name }) => [name, arn]));
    for (const { role, entry: written } of trustEntries(account)) {
      const entry = roleOfSession(written, account.snapshot.accountId, roleNames) ?? written;
      if (entry === '*' || isWholeAccount(entry, account.snapshot.accountId)) open.add(role);
      else {
        const roles = this.#named.get(entry) ?? [];
        roles.push(role);
        this.#named.set(entry, roles);
      }
    }
    this.#open = [...open];
    this.#candidates = new RoleCandidates(this.#open);
    this.#everybodys = new Set(this.#open.filter((role) => trustsEverybody(role, account)));
    this.#unlike = this.#open.filter((role) => this.#trusts.of(role) === null);
  }

  /** The edges in lists that principals with an equal `view` of all ASSUMING actions share. */
  of(subject: Subject, view: string): readonly (readonly Edge[])[] {
    if (subject.kind === 'outside') return [this.#fromOutside(subject)];
    const assume = (role: Role): Taken => ({
      ...assumeRole(subject, role, this.#account, this.#reduce),
      runAs: this.#runAs(subject, role),
      limits: sessionLimits(subject, role, this.#account),
    });
    const named = new Set([
      ...(this.#named.get(subject.arn) ?? []),
      ...(this.#named.get(subject.principal.id ?? '') ?? []),
      ...this.#unlikeFor(subject, view),
    ]);
    const own = this.#edges([...named], assume);
    const lists = [own, this.#shared(subject, view)];
    return lists.filter((list) => list.length > 0);
  }

  /** Those of `#unlike` that the principal's own policies may mean, or that need no policy of its own. */
  #unlikeFor(subject: Subject, view: string): readonly Role[] {
    if (this.#unlike.length === 0) return this.#unlike;
    let roles = this.#unlikeByView.get(view);
    if (!roles) {
      const candidates = this.#candidates.of(subject);
      roles = this.#unlike.filter((role) => candidates.has(role) || this.#everybodys.has(role));
      this.#unlikeByView.set(view, roles);
    }
    return roles;
  }

  #fromOutside(subject: Subject): readonly Edge[] {
    const assume = (role: Role): Taken => ({
      ...assumeFromOutside(subject, role, this.#account, this.#reduce),
      runAs: [...new Set(comingAs(subject, role, this.#account).flatMap((as) => this.#runAs(as, role)))],
      limits: limitsFromOutside(subject, role, this.#account),
    });
    // a session of a provider has keys of its own
    const kind = subject.principal.kind === 'provider' ? {} : ASSUMED;
    return this.#edges(rolesForOutsider(subject, this.#account), assume, kind);
  }

  /** Edges to roles that trust the whole account or everybody. The list may contain the principal's own role. */
  #shared(subject: Subject, view: string): readonly Edge[] {
    let edges = this.#byView.get(view);
    if (!edges) {
      const known = new Map<string, Taken>();
      const anyOther = { ...subject, arn: '' };
      const candidates = this.#candidates.of(subject);
      const roles = this.#open.filter((role) => candidates.has(role) || this.#everybodys.has(role));
      const kinds = this.#kinds(roles, subject);
      edges = this.#edges(roles, (role) => {
        const kind = kinds.get(role);
        if (kind === undefined) return NOT_TAKEN;
        return remembered(known, kind, () => ({
          ...assumeRole(anyOther, role, this.#account, this.#reduce),
          runAs: this.#runAs(anyOther, role),
          limits: sessionLimits(anyOther, role, this.#account),
        }));
      });
      this.#byView.set(view, edges);
    }
    return edges;
  }

  /**
   * Classes of roles with equal trust policies that the principal's own policies treat alike. Roles of `#unlike` are
   * left out.
   */
  #kinds(roles: readonly Role[], subject: Subject): ReadonlyMap<Role, string> {
    const kinds = new Map<Role, string>();
    for (const [i, alike] of equalTargets(
      roles,
      { type: 'role/', actions: ASSUMING },
      subject,
      this.#account,
    ).entries())
      for (const role of alike) kinds.set(role, `${i} ${this.#trusts.of(role)}`);
    for (const [i, role] of roles.entries()) if (this.#everybodys.has(role)) kinds.set(role, `alone ${i}`);
    for (const role of this.#unlike) kinds.delete(role);
    return kinds;
  }

  #runAs(subject: Subject, role: Role): readonly string[] {
    return this.#runsAs ? askedUsers(subject, role, this.#account) : NO_USERS;
  }

  #edges(
    roles: readonly Role[],
    assume: (role: Role) => Taken,
    kind: Pick<Edge, 'assumes'> = ASSUMED,
  ): readonly Edge[] {
    const ends = roles.flatMap((role) => {
      const to = this.#index.get(role.arn);
      const taken = to === undefined ? NOT_TAKEN : assume(role);
      const missing = missingTrust(role, this.#account.policies);
      return to === undefined || taken.open === false ? [] : [{ ...taken, to, step: role.arn, missing }];
    });
    return edgesTo(ends, kind);
  }
}

/** Every principal in an Allow of a trust policy; `*` for everybody. */
function* trustEntries(account: Account): Generator<{ readonly role: Role; readonly entry: string }> {
  for (const role of account.snapshot.roles) {
    for (const { any, aws } of allowedPrincipals(
      account.policies.get(role.trust)?.document.statements ?? [],
    )) {
      if (any) yield { role, entry: '*' };
      for (const entry of aws) yield { role, entry };
    }
  }
}

/** The role to which a session's ARN belongs. */
function roleOfSession(
  entry: string,
  accountId: string,
  roles: ReadonlyMap<string, string>,
): string | undefined {
  const [, name] = /:assumed-role\/([^/]+)\//.exec(entry) ?? [];
  return name !== undefined && entry.includes(`::${accountId}:`) ? roles.get(name) : undefined;
}

function isWholeAccount(entry: string, accountId: string): boolean {
  return entry === accountId || entry.endsWith(`:${accountId}:root`);
}

function trustsEverybody(role: Role, account: Account): boolean {
  return (
    account.policies
      .get(role.trust)
      ?.document.statements.some(({ principals }) => principals?.any === true) ?? false
  );
}
