import { once } from '../../memory/once.ts';
import { instancesOf } from '../../snapshot/instances-of.ts';
import type { Account, Subject } from '../account/account.ts';
import { attachedAt, isAttachedStep, setOfGroup, withAttached } from '../account/attached-sets.ts';
import { asCaller, callerBy } from '../account/calling-roles.ts';
import { inChosenSession, isSessionChoice } from '../account/chosen-sessions.ts';
import { withAnyPolicy, withoutBoundary, withoutPolicies } from '../account/hypothetical-principals.ts';
import { newcomerOf } from '../account/new-principals.ts';
import { removedBy } from '../account/own-denies.ts';
import { ownTags, ownUntags, withOwnTags, withoutOwnTags } from '../account/own-tags.ts';
import { versionAt, withVersion } from '../account/policy-versions.ts';
import { carriesUnread, unreadRole } from '../account/unread-roles.ts';
import type { Becomes, CallingRole } from '../paths/escalation.ts';
import { ESCALATIONS } from '../paths/escalations.ts';

const TAKES_AWAY: ReadonlySet<string> = new Set(
  ESCALATIONS.filter(({ becomes }) => becomes === 'without-deny').map(({ action }) => action),
);

const ATTACHES: ReadonlySet<string> = new Set(
  ESCALATIONS.filter(({ becomes }) => becomes === 'attached').map(({ action }) => action),
);

const REWRITES = 'iam:CreatePolicyVersion';

/** The policy after an action that overwrites it is a boundary. */
const namesPolicy = (action: string, next: string | undefined): boolean =>
  TAKES_AWAY.has(action) ||
  (ATTACHES.has(action) && isAttachedStep(next ?? '')) ||
  (action === REWRITES && /^arn:[^:]*:iam::[^:]*:policy\//.test(next ?? ''));

const inHandsOf = (caller: CallingRole, role: Subject | undefined): Subject | undefined =>
  role && asCaller(role, caller);

/**
 * Finds the caller of a cell's requests: the principal at the end of `via`, with the changes that it made to itself.
 */
export class ChainEnds {
  readonly #account: Account;
  readonly #subjects: ReadonlyMap<string, Subject>;
  /** the ARN of each instance's role, by the instance's ARN; on demand, since most chains lead through no instance */
  readonly #roles: () => ReadonlyMap<string, string>;
  readonly #known = new WeakMap<Subject, Map<string, Subject | undefined>>();

  constructor(account: Account) {
    this.#account = account;
    const unread = unreadRole(account);
    const all = unread ? [...account.subjects, unread] : account.subjects;
    this.#subjects = new Map(all.map((subject) => [subject.arn, subject]));
    this.#roles = once(() => rolesByInstance(account, unread));
  }

  /** Undefined if the end is not a principal of the account. */
  of(principal: string, via: readonly string[]): Subject | undefined {
    let current = this.#subjects.get(principal);
    for (let at = 0; at < via.length; at++) {
      const step = via[at] as string;
      // a removed or overwritten policy follows the action
      const caller = callerBy(step);
      if (current && namesPolicy(step, via[at + 1])) current = this.#next(current, step, via[++at]);
      else if (current && caller && at + 1 < via.length)
        current = inHandsOf(caller, this.#next(current, via[++at] as string));
      else current = this.#next(current, step);
    }
    return current;
  }

  #next(current: Subject | undefined, action: string, on?: string): Subject | undefined {
    const step = on === undefined ? action : `${action} ${on}`;
    const known = current ? (this.#known.get(current) ?? new Map<string, Subject | undefined>()) : null;
    if (current && known) this.#known.set(current, known);
    if (known?.has(step)) return known.get(step);
    const next =
      on === undefined || !current ? this.#find(current, step) : this.#changedBy(current, action, on);
    known?.set(step, next);
    return next;
  }

  /** The principal after the action on a policy of its own. */
  #changedBy(current: Subject, action: string, on: string): Subject {
    if (action === REWRITES) return withoutBoundary(current);
    const attached = ATTACHES.has(action) ? attachedAt(on, this.#account) : null;
    if (attached) return withAttached(current, attached);
    return withoutPolicies(current, removedBy(action, on, current, this.#account));
  }

  #find(current: Subject | undefined, step: string): Subject | undefined {
    const other = this.#subjects.get(step) ?? this.#subjects.get(this.#roles().get(step) ?? '');
    if (other || !current) return other;
    if (step.startsWith('arn:')) {
      const made = newcomerOf(step, this.#account);
      if (made) return made.subject;
    }
    if (isSessionChoice(step)) return inChosenSession(current, [step]);
    const version = versionAt(step, this.#account);
    if (version) return withVersion(current, version);
    const group = this.#account.snapshot.groups.find(({ arn }) => arn === step);
    if (group) return withAttached(current, setOfGroup(group, this.#account));
    const row = ESCALATIONS.find(
      ({ action, by }) => action === step && (by === 'both' || by === current.kind),
    );
    return row ? this.#changed(current, row.becomes) : current;
  }

  /** The principal after it changes itself. */
  #changed(current: Subject, becomes: Becomes): Subject {
    switch (becomes) {
      case 'any-policy':
        return withAnyPolicy(current, this.#account);
      case 'own-tags':
        return withOwnTags(current, ownTags(current, this.#account)?.keys ?? []);
      case 'fewer-tags':
        return withoutOwnTags(current, ownUntags(current, this.#account)?.keys ?? []);
      case 'no-boundary':
        return withoutBoundary(current);
      default:
        return current;
    }
  }
}

function rolesByInstance(account: Account, unread: Subject | null): ReadonlyMap<string, string> {
  const { snapshot } = account;
  const roles = new Map(snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles[0]]));
  return new Map(
    instancesOf(snapshot).flatMap((instance) => {
      const role = carriesUnread(instance, account) ? unread?.arn : roles.get(instance.instanceProfile ?? '');
      return role === undefined ? [] : [[instance.arn, role] as const];
    }),
  );
}
