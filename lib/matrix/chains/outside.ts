import { allowing } from '../../evaluator/allowing.ts';
import { combine, openOf } from '../../evaluator/combine.ts';
import { type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { type Principal, parsePrincipalArn } from '../../evaluator/principal.ts';
import { principalKeys } from '../../evaluator/request-context.ts';
import { remembered } from '../../memory/remembered.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import { sharedProvider } from '../../reference/shared-oidc-providers.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { missingTrust } from '../account/not-collected.ts';
import { questionWith } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import { isReservedTag } from '../account/reserved-tags.ts';
import { OF_OUTSIDER } from '../account/session-facts.ts';
import { ASSUME_ROLE } from '../paths/assuming.ts';
import { assumeRole, CHOSEN, type Reduce, reduced, sessionLimits } from './assume-role.ts';
import { anyOpening, CLOSED, type Opening } from './codes.ts';
import type { SessionLimits } from './session-limits.ts';
import { asStranger, namedIn, type Stranger, strangerAt, strangerOf } from './strangers.ts';

/** A principal from outside that trust policies may admit. */
interface Outsider {
  /** the row: an account's root, `anybody`, `anybody of <organisation id>`, or a federated provider */
  readonly name: string;
  readonly roles: Set<Role>;
  readonly stranger: Stranger;
  /** for an account: the principals that trust policies name, besides those that conditions allow */
  readonly provider: boolean;
  readonly account: string | null;
  readonly keys: readonly (readonly [string, KeyState])[];
}

const WITH_WEB_IDENTITY = 'sts:AssumeRoleWithWebIdentity';
const ANYBODY = 'anybody';
/**
 * A caller with a token signs nothing: it is no AWS principal and belongs to no organisation.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
 */
export const OF_NOBODY: readonly (readonly [string, KeyState])[] = [
  ['aws:principalaccount', { values: ['anonymous'] }],
  ['aws:principalarn', null],
  ['aws:principalisawsservice', null],
  ['aws:principalorgid', null],
  ['aws:principalorgpaths', null],
  ['aws:username', null],
];
/** A number that no account has. */
const NO_ACCOUNT = '000000000000';

/** The other account is assumed to allow everything. */
const EVERYTHING = allowing('outside', '*');

const outsiderCache = new WeakMap<Account, ReadonlyMap<string, Outsider>>();

function outsidersOf(account: Account): ReadonlyMap<string, Outsider> {
  return remembered(outsiderCache, account, () => new Outsiders(account).found);
}

/** The rows for outsiders: other accounts, then anybody, organisations, providers. */
export function outsideSubjects(account: Account): readonly Subject[] {
  const outsiders = [...outsidersOf(account).values()];
  const isLetIn = (one: Outsider, subject: Subject): boolean =>
    [...one.roles].some((role) => assumeFromOutside(subject, role, account).open !== false);
  return outsiders
    .map((one) => ({ one, subject: outsideSubject(one, account) }))
    .filter(({ one, subject }) => isLetIn(one, subject))
    .map(({ subject }) => subject)
    .sort(
      (a, b) =>
        Number(a.arn.startsWith(ANYBODY)) - Number(b.arn.startsWith(ANYBODY)) || (a.arn < b.arn ? -1 : 1),
    );
}

/** The roles whose trust policies may admit it. */
export function rolesForOutsider(subject: Subject, account: Account): readonly Role[] {
  return [...(outsidersOf(account).get(subject.arn)?.roles ?? [])];
}

/** Collects everybody that an Allow of a trust policy names, or that its conditions may mean. */
class Outsiders {
  readonly found = new Map<string, Outsider>();
  readonly #account: Account;
  /** ids of the account's own users and roles: no outsider has one */
  readonly #ownIds: ReadonlySet<string>;

  constructor(account: Account) {
    const { users, roles } = account.snapshot;
    this.#account = account;
    this.#ownIds = new Set([...users, ...roles].map(({ id }) => id));
    for (const role of account.snapshot.roles) {
      for (const principal of trustedOutside(account, role)) this.#addAccount(principal.account, role);
      this.#addAnybody(role);
      for (const federated of federatedIn(account, role)) this.#addProvider(federated, role);
    }
  }

  /** For an Allow for everybody: adds the accounts and organisations in its conditions; if there are none, anybody. */
  #addAnybody(role: Role): void {
    const { policies } = this.#account;
    const trust = missingTrust(role, policies) === null ? policies.get(role.trust) : undefined;
    const statements = trust ? statementsFor(trust, ASSUME_ROLE) : [];
    const open = statements.filter(({ effect, principals }) => effect === 'Allow' && principals?.any);
    if (open.length === 0) return;
    this.#add(
      { name: ANYBODY, account: null, keys: [] },
      strangerOf({ account: null, organization: null, ownIds: this.#ownIds }),
      role,
    );
    // a Deny or a resource control policy may exclude all others instead
    const rcps = this.#account.guardrails.resourceControlPolicies.flat();
    const limits = rcps.flatMap((policy) => statementsFor(policy, ASSUME_ROLE));
    for (const named of [...statements, ...limits].flatMap(namedByConditions)) {
      if (/^\d{12}$/.test(named)) this.#addAccount(named, role);
      if (named.startsWith('o-')) this.#addOrganization(named, role);
    }
  }

  #addAccount(id: string, role: Role): void {
    const { accountId, partition } = this.#account.snapshot;
    if (id === accountId) return;
    const keys = [['aws:principalaccount', { values: [id] }]] as const;
    const name = `arn:${partition}:iam::${id}:root`;
    const stranger = strangerOf({ account: id, organization: null, ownIds: this.#ownIds });
    this.#add({ name, account: id, keys }, stranger, role);
  }

  #addOrganization(id: string, role: Role): void {
    const keys = [['aws:principalorgid', { values: [id] }]] as const;
    const name = `${ANYBODY} of ${id}`;
    const stranger = strangerOf({ account: null, organization: id, ownIds: this.#ownIds });
    this.#add({ name, account: null, keys }, stranger, role);
  }

  #addProvider(federated: string, role: Role): void {
    const shared = sharedProvider(federated);
    if (shared === null) return;
    const keys = [['aws:federatedprovider', { values: [federated] }], ...OF_NOBODY] as const;
    this.#add({ name: federated, account: null, keys }, strangerAt(shared), role, true);
  }

  #add(
    who: Pick<Outsider, 'name' | 'account' | 'keys'>,
    stranger: Stranger,
    role: Role,
    provider = false,
  ): void {
    const known = this.found.get(who.name) ?? { ...who, stranger, provider, roles: new Set<Role>() };
    known.roles.add(role);
    this.found.set(who.name, known);
  }
}

function namedByConditions({ clauses }: CompiledStatement): readonly string[] {
  return clauses.flatMap(({ key, values }) =>
    values.flatMap(({ text }) => namedIn(key.toLowerCase(), text) ?? []),
  );
}

function trustedOutside(account: Account, role: Role): readonly Principal[] {
  const statements = account.policies.get(role.trust)?.document.statements ?? [];
  const { accountId, partition } = account.snapshot;
  return allowedPrincipals(statements)
    .flatMap(({ aws }) => aws)
    .map((entry) => parsePrincipalArn(/^\d{12}$/.test(entry) ? `arn:${partition}:iam::${entry}:root` : entry))
    .filter((principal) => principal !== null)
    .filter((principal) => principal.account !== accountId);
}

function federatedIn(account: Account, role: Role): readonly string[] {
  const trust = account.policies.get(role.trust);
  const statements = trust ? statementsFor(trust, WITH_WEB_IDENTITY.toLowerCase()) : [];
  return allowedPrincipals(statements).flatMap(({ federated }) => federated);
}

function outsideSubject(one: Outsider, account: Account): Subject {
  const { partition } = account.snapshot;
  return {
    arn: one.name,
    kind: 'outside',
    principal: one.provider
      ? providerPrincipal(one.name, partition)
      : (parsePrincipalArn(`arn:${partition}:iam::${one.account ?? NO_ACCOUNT}:root`) as Principal),
    layers: {
      identityPolicies: [EVERYTHING],
      permissionsBoundary: null,
      serviceControlPolicies: [],
      resourceControlPolicies: account.guardrails.resourceControlPolicies,
      sessionPolicies: [],
    },
    keys: new Map<string, KeyState>([['aws:principalisawsservice', { values: ['false'] }], ...one.keys]),
    given: [],
    session: OF_OUTSIDER,
    sessionTags: (tag) => !isReservedTag(tag),
    runAs: [],
    tags: [],
    missing: null,
    role: null,
  };
}

/** A provider in IAM has an ARN. Providers without one are named by their host. */
function providerPrincipal(name: string, partition: string): Principal {
  const base = { arn: name, account: '', partition, name, pathName: name, sessionName: null, id: null };
  return parsePrincipalArn(name) ?? { ...base, kind: 'provider' };
}

/**
 * The condition for assuming a role from outside. Any principal of the other account is enough: one that the trust
 * policy names, or one that meets its conditions. What everybody may do without a condition is only in the row of
 * `anybody`.
 */
export function assumeFromOutside(
  subject: Subject,
  role: Role,
  account: Account,
  reduce: Reduce = reduced,
): Opening {
  const one = outsidersOf(account).get(subject.arn);
  if (!one?.roles.has(role)) return CLOSED;
  const asOne: Reduce = (formula, chosen, given) => reduce(asStranger(formula, one.stranger), chosen, given);
  if (one.provider) return withWebIdentity(subject, role, account, asOne);
  const [self, ...named] = comingAs(subject, role, account) as [Subject, ...Subject[]];
  const asked = (as: Subject): Opening => assumeRole(as, role, account, asOne);
  const byName = named.map(asked);
  return byName.some(isSure) || (subject.arn !== ANYBODY && isOpenToAll(role, account))
    ? anyOpening(byName)
    : anyOpening([...byName, asked(self)]);
}

function isSure({ open }: Opening): boolean {
  return open === true;
}

/**
 * The identities with which it may request a role: itself, or principals of its account that the trust policy
 * names.
 */
export function comingAs(subject: Subject, role: Role, account: Account): readonly Subject[] {
  const id = outsidersOf(account).get(subject.arn)?.account ?? null;
  const named = id === null ? [] : trustedOutside(account, role).filter((other) => other.account === id);
  return [subject, ...named.map((principal) => asNamed(subject, principal))];
}

/** Undefined if a token decides the session, or if its identities have different limits. */
export function limitsFromOutside(subject: Subject, role: Role, account: Account): SessionLimits | undefined {
  if (subject.principal.kind === 'provider') return undefined;
  const all = comingAs(subject, role, account).map((as) => sessionLimits(as, role, account));
  return all.every((limits) => limits === all[0]) ? all[0] : undefined;
}

/** The principal with the keys of its ARN, as a trust policy names it. An account means any of its principals. */
function asNamed(subject: Subject, principal: Principal): Subject {
  if (principal.kind === 'root') return { ...subject, principal };
  // the ARN of a session leaves out the role's path
  const said = principalKeys(principal).filter(
    ([key]) => principal.kind !== 'session' || key !== 'aws:principalarn',
  );
  return { ...subject, principal, keys: new Map([...subject.keys, ...said]) };
}

/** The action by which it assumes a role. */
export function requestOf({ principal }: Subject): string {
  return principal.kind === 'provider' ? WITH_WEB_IDENTITY : 'sts:AssumeRole';
}

const openToAll = new WeakMap<Account, Map<Role, boolean>>();

/** True if the trust policy allows everybody without a condition. */
function isOpenToAll(role: Role, account: Account): boolean {
  const known = remembered(openToAll, account, () => new Map<Role, boolean>());
  let is = known.get(role);
  if (is === undefined) {
    const anybody = outsidersOf(account).get(ANYBODY);
    is =
      anybody?.roles.has(role) === true &&
      isSure(assumeFromOutside(outsideSubject(anybody, account), role, account));
    known.set(role, is);
  }
  return is;
}

/**
 * No identity policy is evaluated.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
function withWebIdentity(subject: Subject, role: Role, account: Account, reduce: Reduce): Opening {
  const resourcePolicy = account.policies.get(role.trust);
  if (!resourcePolicy) return CLOSED;
  const row = { action: WITH_WEB_IDENTITY, on: 'any' } as const;
  const target = { arn: role.arn, tags: role.tags };
  const context = contextOf({ subject, row, target, region: '' }, account);
  const { request, layers } = questionWith(account, { subject, row, target, resourcePolicy }, context);
  return reduce(openOf(combine(request, layers)), CHOSEN, []);
}
