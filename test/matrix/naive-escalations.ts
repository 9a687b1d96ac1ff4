import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { escalationRows } from '../../lib/matrix/account/escalation-actions.ts';
import {
  ANY_POLICY_NAME,
  type HypotheticalPrincipal,
  HypotheticalPrincipals,
} from '../../lib/matrix/account/hypothetical-principals.ts';
import { newcomers } from '../../lib/matrix/account/new-principals.ts';
import { isOfAws } from '../../lib/matrix/account/own-denies.ts';
import { ownTags, ownUntags } from '../../lib/matrix/account/own-tags.ts';
import { ownTargets } from '../../lib/matrix/account/own-targets.ts';
import { policyVersions } from '../../lib/matrix/account/policy-versions.ts';
import { assumeByOwnTrust, limitsUnder, ownTrust, reduced } from '../../lib/matrix/chains/assume-role.ts';
import { callingRoles } from '../../lib/matrix/chains/calling-roles.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import { EscalationRequests, grantsIn } from '../../lib/matrix/chains/escalation-requests.ts';
import { stepOf, type TargetClass, targetsFor } from '../../lib/matrix/chains/escalation-targets.ts';
import { joiningEdges } from '../../lib/matrix/chains/joining-edges.ts';
import { missingToPass } from '../../lib/matrix/chains/passed-roles.ts';
import { removalEdges } from '../../lib/matrix/chains/removal-edges.ts';
import type { Escalation } from '../../lib/matrix/paths/escalation.ts';
import { callingRole, leadsToOthers } from '../../lib/matrix/paths/escalations.ts';
import { inPartition } from '../../lib/matrix/paths/in-partition.ts';
import { ANY_USER } from '../../lib/matrix/paths/lands-as.ts';
import { attachedWays, groupWays, joinersOf } from './naive-attached.ts';
import { type ChosenSessions, chosenSessions } from './naive-chosen-sessions.ts';
import { both, type Resting, SURELY } from './naive-codes.ts';
import { versionWays } from './naive-versions.ts';
import { mayFree, mayStrengthen } from './naive-widening.ts';

const NEW = ['new-user', 'new-role'] as const;
const isRewriting = ({ becomes }: Escalation): boolean => typeof becomes === 'object' && 'runBy' in becomes;
const isNew = ({ becomes }: Escalation): boolean => NEW.some((kind) => kind === becomes);

/**
 * What principals can make of themselves and others through IAM, without the shortcuts of `Escalations`: every request
 * is evaluated for every target by itself, also if another way gives as much.
 */
export class NaiveEscalations {
  readonly #account: Account;
  readonly #count: number;
  readonly #requests: EscalationRequests;
  readonly #hypotheticals: HypotheticalPrincipals;
  readonly #index: ReadonlyMap<string, number>;
  readonly #callers: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly #sessions: ChosenSessions;
  readonly #created: number[] = [];
  readonly #own: (readonly Edge[])[] = [];
  readonly ranks: readonly number[];

  constructor(account: Account, subjects: readonly Subject[]) {
    this.#account = account;
    this.#count = subjects.length;
    this.#requests = new EscalationRequests(account, reduced);
    this.#hypotheticals = new HypotheticalPrincipals(account, subjects);
    this.#index = new Map(subjects.map((subject, i) => [subject.arn, i]));
    this.#callers = callingRoles(subjects, account, this.#hypotheticals);
    this.#sessions = chosenSessions(subjects, account, this.#hypotheticals);
    // the list grows with every new hypothetical principal
    for (let i = 0; i < this.#hypotheticals.size; i++) {
      this.#own.push(this.#ownEdges(i));
      this.#create(this.#hypotheticals.at(i));
      this.#widen(i);
    }
    this.ranks = this.#hypotheticals.ranks();
  }

  get hypotheticals(): readonly Subject[] {
    return this.#hypotheticals.made;
  }

  /** Edges to the principal itself after a change. */
  own(from: number): readonly Edge[] {
    return this.#own[from] ?? [];
  }

  /** Edges to other existing principals, except through things that already have a role. */
  others(from: number): readonly Edge[] {
    const { subject } = this.#hypotheticals.at(from);
    return escalationRows(subject)
      .filter((row) => leadsToOthers(row) && !isNew(row) && !isRewriting(row))
      .flatMap((row) => inPartition(row, this.#account.snapshot.partition))
      .flatMap((row) => {
        if (row.becomes === 'trusted-session') return this.#sessionEdges(subject, row);
        const caller = callingRole(row);
        const ends = caller ? this.#callers.get(caller.passedTo) : this.#index;
        const targets = targetsFor(row, this.#account, (arn) => ends?.has(arn) === true);
        return targets.flatMap((target) =>
          this.#edgeTo(subject, row, target, ends?.get(target.arn) as number),
        );
      });
  }

  #edgeTo(subject: Subject, row: Escalation, target: TargetClass, to: number): readonly Edge[] {
    const asked = this.#requests.any(subject, row.requests, [target]);
    const isTrusted = row.becomes === 'trusted-role' && target.role !== null;
    const taken: Resting = isTrusted
      ? assumeByOwnTrust({ role: target.role, choices: [] }, subject, this.#account, reduced)
      : SURELY;
    const { open, codes } = both(asked, both(taken, { open: row.asks ?? true, codes: [] }));
    if (open === false) return [];
    const missing = missingToPass(row, target.role, this.#account) ?? asked.missing ?? null;
    const session = row.becomes === 'trusted-role' ? ({ assumes: true, runAs: ANY_USER } as const) : {};
    const gap = missing === null ? {} : { missing };
    const grants = grantsIn(asked);
    return [{ to: [to], by: row.action, steps: [target.arn], open, codes, grants, ...session, ...gap }];
  }

  /** The trust policies that somebody writes for sessions of its choice, one by one. */
  #sessionEdges(subject: Subject, row: Escalation): readonly Edge[] {
    const sessions = this.#sessions[subject.kind === 'user' ? 'user' : 'role'];
    const targets = targetsFor(row, this.#account, (arn) => sessions.has(arn));
    return targets.flatMap((target) => {
      const { role } = target;
      const { to, choices } = sessions.get(target.arn) ?? { to: 0, choices: [] };
      if (!role) return [];
      const asked = this.#requests.any(subject, row.requests, [target]);
      const taken = assumeByOwnTrust({ role, choices }, subject, this.#account, reduced);
      const { open, codes } = both(asked, taken);
      if (open === false) return [];
      const trust = ownTrust(subject, choices);
      const limits = limitsUnder({ role, trust }, subject, this.#account);
      const missing = missingToPass(row, role, this.#account) ?? asked.missing ?? null;
      const edge = { to: [to], by: row.action, steps: [target.arn], open, codes, grants: grantsIn(asked) };
      const session = { assumes: true, runAs: ANY_USER, after: choices } as const;
      return [{ ...edge, ...session, ...(limits && { limits }), ...(missing !== null && { missing }) }];
    });
  }

  #ownEdges(from: number): readonly Edge[] {
    const one = this.#hypotheticals.at(from);
    const rows = escalationRows(one.subject);
    const parts = { requests: this.#requests, hypotheticals: this.#hypotheticals };
    const joins = one.removed.length > 0 ? [] : rows;
    return [
      ...rows.flatMap((row) => this.#changeEdges(from, row)),
      ...removalEdges(from, rows, this.#account, parts),
      ...joins.flatMap((row) => joiningEdges(from, row, this.#account, parts)),
    ];
  }

  #changeEdges(from: number, row: Escalation): readonly Edge[] {
    const one = this.#hypotheticals.at(from);
    const { becomes } = row;
    if (becomes === 'own-tags' || becomes === 'fewer-tags') return this.#tagEdges(from, row);
    if (becomes !== 'any-policy' && becomes !== 'no-boundary') return [];
    if (!this.#hypotheticals.gains(one, becomes)) return [];
    const targets = ownTargets(one.subject, row, this.#account);
    const asked = this.#requests.any(one.subject, row.requests, targets);
    if (asked.open === false) return [];
    const to = [this.#hypotheticals.of(from, becomes)];
    const missing = targets.flatMap((target) => target.missing ?? [])[0];
    const gap = missing === undefined ? {} : { missing };
    return [
      { to, ...stepOf(row, targets), open: asked.open, codes: asked.codes, grants: grantsIn(asked), ...gap },
    ];
  }

  #tagEdges(from: number, { action, becomes }: Escalation): readonly Edge[] {
    const { subject, tags: isTagged, untagged, removed } = this.#hypotheticals.at(from);
    if (this.#hypotheticals.mayDoEverything(from) || isTagged || untagged || removed.length > 0) return [];
    if (subject.role && isOfAws(subject.role)) return [];
    const isFewer = becomes === 'fewer-tags';
    const tags = (isFewer ? ownUntags : ownTags)(subject, this.#account);
    if (!tags) return [];
    const { open } = reduced(tags.open, [], subject.given);
    if (open === false) return [];
    const to = [this.#hypotheticals[isFewer ? 'untagged' : 'tagged'](from, tags.keys)];
    return [
      {
        to,
        steps: [action],
        open,
        codes: tags.codes,
        grants: tags.grants.filter(({ policy }) => policy !== ANY_POLICY_NAME),
      },
    ];
  }

  /** Adds the users and roles that somebody may create. */
  #create({ subject }: HypotheticalPrincipal): void {
    if (this.#created.length > 0 || !escalationRows(subject).some(isNew)) return;
    for (const kind of NEW)
      for (const one of newcomers(kind, this.#account))
        this.#created.push(this.#hypotheticals.add(one.subject));
  }

  /** Adds every other principal without its boundary, and with any policy, if this one can change it so. */
  #widen(from: number): void {
    const { subject: by } = this.#hypotheticals.at(from);
    const subjects = Array.from(
      { length: this.#hypotheticals.size },
      (_, i) => this.#hypotheticals.at(i).subject,
    );
    const created = { to: this.#created, steps: [], open: true };
    const joiners = joinersOf([...this.others(from), created], subjects, this.#account);
    const real = Array.from({ length: this.#count }, (_, i) => i);
    for (const end of [...real, ...this.#created]) {
      const victim = this.#hypotheticals.at(end);
      const isFree =
        this.#hypotheticals.gains(victim, 'no-boundary') && mayFree(by, victim.subject, this.#account);
      const freed = isFree ? [this.#hypotheticals.of(end, 'no-boundary')] : [];
      const ofBoundary = [end, ...freed].flatMap((one) => this.#activate(one, by));
      if (!this.#hypotheticals.gains(victim, 'any-policy')) continue;
      for (const one of [end, ...freed]) this.#attach(one, by, joiners.has(end));
      if (!mayStrengthen(by, victim.subject, this.#account)) continue;
      for (const one of [end, ...freed, ...ofBoundary]) this.#hypotheticals.of(one, 'any-policy');
    }
  }

  /** Adds the other with versions of its policies that this one may activate; the result: those of its boundary. */
  #activate(end: number, by: Subject): readonly number[] {
    const versions = [...policyVersions(this.#account).values()].flat();
    const { subject } = this.#hypotheticals.at(end);
    return versionWays(by, subject, this.#account).flatMap(({ step }) =>
      versions
        .filter((version) => version.step === step)
        .flatMap((version) => {
          const to = this.#hypotheticals.withVersion(end, version);
          return version.policy === subject.layers.permissionsBoundary?.name ? [to] : [];
        }),
    );
  }

  /** Adds the other with what this one may attach to it. */
  #attach(end: number, by: Subject, isJoining: boolean): void {
    const victim = this.#hypotheticals.at(end);
    const { subject } = victim;
    const joined = isJoining ? groupWays(by, subject, this.#account) : [];
    const all = [...attachedWays(by, subject, this.#account), ...joined];
    for (const { set } of all)
      if (this.#hypotheticals.gainsAttached(victim, set)) this.#hypotheticals.attached(end, set);
  }
}
