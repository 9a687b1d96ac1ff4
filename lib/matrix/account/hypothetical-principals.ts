import { allowing } from '../../evaluator/allowing.ts';
import type { CompiledPolicy, CompiledStatement } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { CallingRole } from '../paths/escalation.ts';
import { hasEntries } from './access-entries.ts';
import type { Account, Subject } from './account.ts';
import { isAnyResource } from './any-resource.ts';
import { asksForKey } from './asks-for-key.ts';
import { isCopy } from './attachable-policies.ts';
import { type AttachedSet, nameOfSet, withAttached } from './attached-sets.ts';
import { asCaller } from './calling-roles.ts';
import { inChosenSession, type SessionChoice } from './chosen-sessions.ts';
import { deniesSessions } from './denied-sessions.ts';
import { keptDenies } from './kept-denies.ts';
import { missingFrom } from './not-collected.ts';
import { deniesSome } from './own-denies.ts';
import { withOwnTags, withoutOwnTags } from './own-tags.ts';
import { type PolicyVersion, withVersion } from './policy-versions.ts';
import { isSubjectKey } from './subject-keys.ts';
import { unreadRole } from './unread-roles.ts';

/** The name of the policy that a principal would give itself; no PolicyRecord has this id. */
export const ANY_POLICY_NAME = 'any policy';

/** True for a policy that is not in the account: grants do not name it. */
export const isToCome = (name: string): boolean => name === ANY_POLICY_NAME || isCopy(name);

export const ANY_POLICY = allowing(ANY_POLICY_NAME, '*');

/** A principal as it is, or as it could make itself. */
export interface HypotheticalPrincipal {
  readonly subject: Subject;
  readonly base: number;
  readonly anyPolicy: boolean;
  readonly noBoundary: boolean;
  /** the group that it joined, or the policies that it attached or a version of which it activated; null: none */
  readonly group: string | null;
  /** keys of tags that it has set itself, which also depend on its boundary; empty: none */
  readonly tags: string;
  /** keys of tags that it has removed from itself */
  readonly untagged: string;
  /** policies that it has removed from itself */
  readonly removed: readonly string[];
  /** policies whose Denies it kept when it gave itself any policy */
  readonly kept: readonly string[];
  /** the service that uses it for certain calls only; empty: none */
  readonly caller: string;
  /** what its caller chose for its session; empty: nothing */
  readonly chosen: readonly SessionChoice[];
}

const NOBODY = {
  anyPolicy: false,
  noBoundary: false,
  group: null,
  tags: '',
  untagged: '',
  removed: [],
  kept: [],
  caller: '',
  chosen: [],
} as const;

/** Principals as they could make themselves, each once, numbered after the real principals. */
export class HypotheticalPrincipals {
  readonly #account: Account;
  readonly #all: HypotheticalPrincipal[];
  readonly #count: number;
  readonly #known = new Map<string, number>();
  /** the number of the role that was not read; null: there is none */
  readonly unread: number | null;
  readonly #areEntries: boolean;
  /** true if no service control policy has a condition on the principal */
  readonly #guardrailsAreBlind: boolean;

  constructor(account: Account, subjects: readonly Subject[]) {
    this.#account = account;
    this.#all = subjects.map((subject, base) => ({ ...NOBODY, subject, base }));
    this.#count = subjects.length;
    const unread = unreadRole(account);
    this.unread = unread ? this.#all.push({ ...NOBODY, subject: unread, base: subjects.length }) - 1 : null;
    this.#areEntries = hasEntries(account);
    this.#guardrailsAreBlind = account.guardrails.serviceControlPolicies
      .flat()
      .every((policy) => !asksWho(policy));
  }

  get size(): number {
    return this.#all.length;
  }

  get made(): readonly Subject[] {
    return this.#all.slice(this.#count).map(({ subject }) => subject);
  }

  at(index: number): HypotheticalPrincipal {
    return this.#all[index] as HypotheticalPrincipal;
  }

  /** True if becoming anybody else gains nothing: it may do everything, except what only an access entry allows. */
  mayDoEverything(index: number): boolean {
    const { subject } = this.at(index);
    return (
      !this.#areEntries &&
      this.#guardrailsAreBlind &&
      subject.missing === null &&
      subject.kind !== 'outside' &&
      subject.layers.permissionsBoundary === null &&
      isEverything(subject.layers.identityPolicies)
    );
  }

  /** True if the change gives it a permission that it lacks. */
  gains({ subject, anyPolicy }: HypotheticalPrincipal, becomes: 'any-policy' | 'no-boundary'): boolean {
    const { identityPolicies, permissionsBoundary } = subject.layers;
    if (becomes === 'no-boundary') return permissionsBoundary !== null;
    if (anyPolicy || isEverything(identityPolicies)) return false;
    return gainsByAnyPolicy(identityPolicies, () => keptDenies(subject, ANY_POLICY, this.#account));
  }

  /** The number of the hypothetical principal with any policy, or without a boundary. */
  of(from: number, becomes: 'any-policy' | 'no-boundary'): number {
    const one = this.at(from);
    if (becomes === 'no-boundary') return this.#add({ ...one, noBoundary: true }, withoutBoundary);
    const kept = keptDenies(one.subject, ANY_POLICY, this.#account).map(({ name }) => name);
    // another version of its boundary still limits it
    const group = one.group === one.subject.layers.permissionsBoundary?.name ? one.group : null;
    return this.#add({ ...one, anyPolicy: true, group, removed: [], kept }, (subject) =>
      withAnyPolicy(subject, this.#account),
    );
  }

  without(from: number, names: readonly string[]): number {
    const one = this.at(from);
    const removed = [...new Set([...one.removed, ...names])].sort();
    return this.#add({ ...one, removed }, (subject) => withoutPolicies(subject, names));
  }

  /** True if it lacks some of the policies, and no policy of its own allows everything. */
  gainsAttached({ subject }: HypotheticalPrincipal, { policies }: AttachedSet): boolean {
    const { identityPolicies } = subject.layers;
    return (
      policies.some((policy) => !identityPolicies.includes(policy)) && !allowsEverything(identityPolicies)
    );
  }

  attached(from: number, set: AttachedSet): number {
    return this.#add({ ...this.at(from), group: nameOfSet(set) }, (subject) => withAttached(subject, set));
  }

  withVersion(from: number, version: PolicyVersion): number {
    return this.#add({ ...this.at(from), group: version.step }, (subject) => withVersion(subject, version));
  }

  /** The number of a role as a service uses it, for certain calls only. */
  calling(role: number, by: CallingRole): number {
    const one = this.at(role);
    return this.#add({ ...one, caller: by.passedTo }, (subject) => asCaller(subject, by));
  }

  /** The number of a role in a session with these choices of its caller. */
  inSession(role: number, chosen: readonly SessionChoice[]): number {
    return this.#add({ ...this.at(role), chosen }, (subject) => inChosenSession(subject, chosen));
  }

  /** Adds a principal that does not exist yet. */
  add(subject: Subject): number {
    const index = this.#all.length;
    this.#all.push({ ...NOBODY, subject, base: index });
    return index;
  }

  tagged(from: number, keys: readonly string[]): number {
    return this.#add({ ...this.at(from), tags: keys.join() }, (subject) => withOwnTags(subject, keys));
  }

  untagged(from: number, keys: readonly string[]): number {
    return this.#add({ ...this.at(from), untagged: keys.join() }, (subject) => withoutOwnTags(subject, keys));
  }

  /**
   * A rank for each, independent of the order in which they were found. Among equally short chains the rank decides,
   * so the same chain is shown even if other searches were skipped.
   */
  ranks(): readonly number[] {
    const keys = this.#all.map(keyOf);
    const order = [...this.#all.keys()].sort((a, b) => this.#compare(a, b, keys));
    const ranks: number[] = new Array(order.length);
    for (const [rank, index] of order.entries()) ranks[index] = rank;
    return ranks;
  }

  #compare(a: number, b: number, keys: readonly string[]): number {
    const isReal = (index: number): number => Number(index < this.#count);
    if (isReal(a) || isReal(b)) return isReal(b) - isReal(a) || a - b;
    const [one, other] = [this.at(a), this.at(b)];
    const [key, otherKey] = [keys[a] as string, keys[b] as string];
    return (
      one.base - other.base ||
      Number(other.anyPolicy) - Number(one.anyPolicy) ||
      Number(key > otherKey) - Number(key < otherKey)
    );
  }

  #add(one: HypotheticalPrincipal, change: (subject: Subject) => Subject): number {
    const key = keyOf(one);
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.#all.length;
      this.#known.set(key, index);
      const name = key.slice(key.indexOf(' '));
      this.#all.push({ ...one, subject: madeOf(one.subject, name, change(one.subject)) });
    }
    return index;
  }
}

function keyOf(one: HypotheticalPrincipal): string {
  return `${one.base} ${one.anyPolicy} ${one.noBoundary} ${one.group} ${one.tags} ${one.untagged} ${one.removed.join()} ${one.kept.join()} ${one.caller} ${one.chosen.join()}`;
}

const madeBefore = new WeakMap<Subject, Map<string, Subject>>();

/** The result for the same principal from a similar account, if equal: results are compared by identity. */
function madeOf(subject: Subject, name: string, made: Subject): Subject {
  const known = remembered(madeBefore, subject, () => new Map<string, Subject>());
  const was = known.get(name);
  if (was && isSame(was, made)) return was;
  known.set(name, made);
  return made;
}

function isSame(was: Subject, made: Subject): boolean {
  const { layers, ...others } = made;
  return (
    Object.entries(others).every(([key, value]) => was[key as keyof Subject] === value) &&
    Object.entries(layers).every(([key, list]) =>
      isSameList(was.layers[key as keyof Subject['layers']], list),
    )
  );
}

/** True if two lists contain the same objects. */
function isSameList(was: unknown, list: unknown): boolean {
  if (!Array.isArray(was) || !Array.isArray(list)) return was === list;
  return was.length === list.length && was.every((one, i) => one === list[i]);
}

export const hasAnyPolicy = ({ layers }: Subject): boolean =>
  layers.identityPolicies.some(({ name }) => name === ANY_POLICY_NAME);

/** True if any policy would add something. A principal that may do everything gains only by removing a Deny. */
export const gainsByAnyPolicy = (
  policies: readonly CompiledPolicy[],
  kept: () => readonly CompiledPolicy[],
): boolean => !allowsEverything(policies) || kept().length < policies.filter(deniesSome).length;

/** The principal with any identity policy, and with only the Denies that it cannot remove. */
export function withAnyPolicy(subject: Subject, account: Account): Subject {
  const kept = keptDenies(subject, ANY_POLICY, account);
  const identityPolicies = kept.length === 0 ? ANY_POLICY_ALONE : [ANY_POLICY, ...kept];
  return { ...subject, layers: { ...subject.layers, identityPolicies } };
}

const ANY_POLICY_ALONE = [ANY_POLICY];

function onlyAllows({ statements }: CompiledPolicy): boolean {
  return statements.every(({ effect }) => effect === 'Allow');
}

/** The principal after it removed these from itself. */
export function withoutPolicies(subject: Subject, names: readonly string[]): Subject {
  const identityPolicies = subject.layers.identityPolicies.filter(({ name }) => !names.includes(name));
  const missing = missingFrom([...identityPolicies, subject.layers.permissionsBoundary ?? undefined]);
  return { ...subject, missing, layers: { ...subject.layers, identityPolicies } };
}

export function withoutBoundary(subject: Subject): Subject {
  return { ...subject, layers: { ...subject.layers, permissionsBoundary: null } };
}

/** True if it allows everything and denies nothing, except everything to some sessions. */
export function isEverything(policies: readonly CompiledPolicy[]): boolean {
  return (
    policies.every((policy) => onlyAllows(policy) || deniesSessions(policy)) && allowsEverything(policies)
  );
}

/** True if some statement allows everything, whatever others deny. */
export function allowsEverything(policies: readonly CompiledPolicy[]): boolean {
  return policies.some((policy) => !policy.document.malformed && policy.statements.some(isAllOfEverything));
}

function isAllOfEverything(statement: CompiledStatement): boolean {
  const { effect, actions, notActions, clauses, emptyOperators, inert } = statement;
  return (
    effect === 'Allow' &&
    !(inert || notActions || emptyOperators) &&
    clauses.length === 0 &&
    actions.has('') &&
    isAnyResource(statement)
  );
}

/** True if the policy has a condition or an ARN that depends on the principal. */
function asksWho(policy: CompiledPolicy): boolean {
  return policy.statements.some((statement) => asksForKey(statement, isSubjectKey));
}
