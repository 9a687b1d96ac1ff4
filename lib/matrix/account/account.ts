import type { Layers } from '../../evaluator/combine.ts';
import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { KeyState } from '../../evaluator/context.ts';
import type { Atom } from '../../evaluator/formula.ts';
import { type Principal, parsePrincipalArn } from '../../evaluator/principal.ts';
import { principalKeys } from '../../evaluator/request-context.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import { guardrailsOf } from '../../snapshot/guardrails.ts';
import type { Organization, RegionSnapshot, Role, Snapshot, Tags, User } from '../../snapshot/snapshot.ts';
import { RUN_AS_TAG } from '../paths/lands-as.ts';
import type { MatrixPrincipal } from '../paths/matrix.ts';
import { compileRecord } from './compile-record.ts';
import { mayHaveMfa } from './mfa-of-roles.ts';
import { asBoundary, groupPolicies, missingFrom, missingPolicies, unreadGuardrail } from './not-collected.ts';
import { organizationKeys } from './organization-keys.ts';
import { factsOfRole, OF_USER, type SessionFacts } from './session-facts.ts';
import { originsOf } from './session-origin.ts';
import { bringsTag, usersAskedFor } from './session-tags.ts';
import { sourceIdentityOf } from './source-identity.ts';

/** A user or role of the account with everything that limits or grants it, compiled. */
export interface Subject {
  readonly arn: string;
  readonly kind: MatrixPrincipal['kind'];
  readonly principal: Principal;
  readonly layers: Omit<Layers, 'resourcePolicy'>;
  /** what is known of its condition keys, by canonical key */
  readonly keys: ReadonlyMap<string, KeyState>;
  /** conditions that are known to be true, for keys whose value is not known */
  readonly given: readonly Atom[];
  /** facts about its credentials */
  readonly session: SessionFacts;
  /** whether a session may set this tag (in lower case), which replaces that of the role */
  readonly sessionTags: (tag: string) => boolean;
  /**
   * the OS users that its callers may request by a tag: `*` for any, and none if only an identity provider
   * sets tags
   */
  readonly runAs: readonly string[];
  readonly tags: Tags;
  /** keys of tags that it sets itself, in lower case */
  readonly ownTags?: ReadonlySet<string>;
  /** ARN of a group that it has joined, besides its own */
  readonly joined?: string;
  /** it has removed tags from itself */
  readonly untagged?: true;
  /** the calls that would have returned its missing policies: what it holds is `unknown` at most */
  readonly missing: string | null;
  readonly role: Role | null;
}

/** Every policy that affects what a principal may do, except resource policies. */
export function policiesOf(subject: Subject): readonly CompiledPolicy[] {
  return [...subject.layers.identityPolicies, ...limitsOf(subject)];
}

/** The policies among them that grant nothing and only limit. */
export function limitsOf({ layers }: Subject): readonly CompiledPolicy[] {
  return [
    ...(layers.permissionsBoundary ? [layers.permissionsBoundary] : []),
    ...layers.serviceControlPolicies.flat(),
    ...layers.resourceControlPolicies.flat(),
  ];
}

/** One account, prepared for questions: policies compiled once, everything else indexed by id. */
export interface Account {
  readonly snapshot: Snapshot;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  readonly subjects: readonly Subject[];
  readonly regions: ReadonlyMap<string, RegionSnapshot>;
  readonly guardrails: Pick<Layers, 'serviceControlPolicies' | 'resourceControlPolicies'>;
  /** false: some were not collected, and every verdict depends on their contents */
  readonly guardrailsAreWhole: boolean;
}

const compiled = new WeakMap<Snapshot, Account>();

/** Compiled once per snapshot: an audit needs the account in many places. */
export const compileAccount = (snapshot: Snapshot): Account =>
  remembered(compiled, snapshot, () => compile(snapshot));

function compile(snapshot: Snapshot): Account {
  const policies = new Map<string, CompiledPolicy>([
    ...snapshot.policies.map((record) => [record.id, compileRecord(record)] as const),
    ...missingPolicies(snapshot),
  ]);
  const base = {
    snapshot,
    policies,
    ...compileGuardrails(snapshot, policies),
    regions: new Map(snapshot.regions.map((region) => [region.region, region])),
  };
  // an account of which only some roles are requested needs none of the others
  const subjects = once(() => subjectsOf(base));
  return {
    ...base,
    get subjects() {
      return subjects();
    },
  };
}

function subjectsOf(account: Omit<Account, 'subjects'>): readonly Subject[] {
  const { snapshot } = account;
  const groups = new Map(snapshot.groups.map((group) => [group.name, group.policies]));
  const users = snapshot.users.map((user) =>
    subjectOf(
      user,
      [...user.policies, ...user.groups.flatMap((name) => groups.get(name) ?? [groupPolicies(name)])],
      account,
    ),
  );
  const roles = snapshot.roles.map((role) => subjectOf(role, role.policies, account));
  return [...users, ...roles].filter((subject) => subject !== null);
}

function compileGuardrails(
  snapshot: Snapshot,
  policies: ReadonlyMap<string, CompiledPolicy>,
): Pick<Account, 'guardrails' | 'guardrailsAreWhole'> {
  const { serviceControlPolicies, resourceControlPolicies, areWhole } = guardrailsOf(snapshot);
  const compiled = (ids: readonly string[]): readonly CompiledPolicy[] =>
    ids.map((id) => policies.get(id)).filter((policy) => policy !== undefined);
  const guardrails = {
    serviceControlPolicies: serviceControlPolicies.map((level) => [
      ...compiled(level.policies),
      ...level.unread.map(unreadGuardrail),
    ]),
    resourceControlPolicies: resourceControlPolicies.map((level) => compiled(level.policies)),
  };
  return { guardrails, guardrailsAreWhole: areWhole };
}

/** For a single question: slow parts are computed for this principal only. */
export function subjectOf(
  identity: User | Role,
  ids: readonly string[],
  account: Omit<Account, 'subjects'>,
): Subject | null {
  const principal = parsePrincipalArn(identity.arn, identity.id);
  if (!principal) return null;
  const { policies } = account;
  const role = 'trust' in identity ? identity : null;
  const layers = once(() => layersOf(identity, ids, account));
  const keys = once(() => subjectKeys(principal, identity, account.snapshot.organization));
  const session = once(() =>
    role ? factsOfRole(role, policies.get(role.trust), mayHaveMfa(role, account)) : OF_USER,
  );
  const given = once(() => (role ? ofItsSessions(role, account) : NOTHING_GIVEN));
  const trust = role ? policies.get(role.trust) : undefined;
  const runAs = once(() => usersAskedFor(bringsTag(trust, RUN_AS_TAG, 'callers')));
  return {
    arn: identity.arn,
    kind: role ? 'role' : 'user',
    principal,
    get layers() {
      return layers();
    },
    get keys() {
      return keys();
    },
    get given() {
      return given();
    },
    get session() {
      return session();
    },
    sessionTags: (tag) => bringsTag(trust, tag) !== false,
    get runAs() {
      return runAs();
    },
    tags: identity.tags,
    missing: missingFrom([...ids, identity.boundary ?? ''].map((id) => policies.get(id))),
    role,
  };
}

const NOTHING_GIVEN: readonly Atom[] = [];

/** The condition keys of a role's sessions: their id is `<role id>:<session name>`. */
function ofItsSessions(role: Role, account: Omit<Account, 'subjects'>): readonly Atom[] {
  return [
    simpleAtom('StringLike', 'aws:userid', [`${role.id}:*`], ''),
    ...originsOf(role, account),
    ...sourceIdentityOf(account.policies.get(role.trust)).given,
  ];
}

function layersOf(
  { boundary }: User | Role,
  ids: readonly string[],
  { policies, guardrails }: Omit<Account, 'subjects'>,
): Subject['layers'] {
  const limit = boundary === null ? undefined : policies.get(boundary);
  return {
    identityPolicies: [...new Set(ids)]
      .map((id) => policies.get(id))
      .filter((policy) => policy !== undefined),
    permissionsBoundary: limit === undefined ? null : asBoundary(limit),
    serviceControlPolicies: guardrails.serviceControlPolicies,
    resourceControlPolicies: guardrails.resourceControlPolicies,
    sessionPolicies: [],
  };
}

function subjectKeys(
  principal: Principal,
  identity: User | Role,
  organization: Organization | null,
): ReadonlyMap<string, KeyState> {
  const keys = new Map<string, KeyState>(principalKeys(principal));
  for (const [key, state] of organizationKeys(organization)) keys.set(`aws:principal${key}`, state);
  if (principal.kind === 'user') keys.set('aws:userid', { values: [identity.id] });
  for (const { key, value } of identity.tags)
    keys.set(`aws:principaltag/${key.toLowerCase()}`, { values: [value] });
  return keys;
}
