import { remembered } from '../../memory/remembered.ts';
import type { User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { escalationRows } from '../account/escalation-actions.ts';
import { allowsEverything, HypotheticalPrincipals, isToCome } from '../account/hypothetical-principals.ts';
import { isOfAws } from '../account/own-denies.ts';
import { ownTags, ownUntags } from '../account/own-tags.ts';
import { someAskForSessions } from '../account/session-askers.ts';
import type { EscalationNames } from '../classes/escalation-names.ts';
import type { Escalation } from '../paths/escalation.ts';
import { leadsToOthers } from '../paths/escalations.ts';
import { AskedRows } from './asked-rows.ts';
import { type Reduce, reduced } from './assume-role.ts';
import { callingRoles } from './calling-roles.ts';
import { bestEdges, type Edge, resting } from './chains.ts';
import { codesIn } from './codes.ts';
import { EscalationRequests, takenBy } from './escalation-requests.ts';
import { ownKinds, stepOf } from './escalation-targets.ts';
import { ExistingEdges } from './existing-edges.ts';
import { FoundEscalations } from './found-escalations.ts';
import { joiningEdges } from './joining-edges.ts';
import { isNewPrincipal, NewcomerEdges } from './newcomer-edges.ts';
import { removalEdges } from './removal-edges.ts';
import { SessionsByRewriters } from './trusted-sessions.ts';
import { Widenings } from './widenings.ts';

interface EscalationOptions {
  readonly reduce?: Reduce;
  readonly names?: EscalationNames;
  /** results of an account that differs only in identity policies and their holders, with the same `names` */
  readonly known?: FoundEscalations | null;
}

const CHANGES_TAGS: ReadonlySet<Escalation['becomes']> = new Set(['own-tags', 'fewer-tags']);

/**
 * What principals can make of themselves and others through IAM. A principal that may give itself any policy
 * leads to a hypothetical principal with that policy; these are numbered after all principals.
 */
export class Escalations {
  readonly #account: Account;
  readonly #reduce: Reduce;
  readonly #requests: EscalationRequests;
  readonly #hypotheticals: HypotheticalPrincipals;
  readonly #users: ReadonlyMap<string, User>;
  readonly #widenings: Widenings;
  readonly #own: (readonly Edge[])[] = [];
  readonly #newcomers: NewcomerEdges;
  readonly #existing: ExistingEdges;
  readonly #sessions: SessionsByRewriters;
  readonly #askedRows: AskedRows;
  readonly #others = new Map<string, readonly Edge[]>();
  /** the rank of each principal, real or hypothetical: decides between equally short chains */
  readonly ranks: readonly number[];

  constructor(
    account: Account,
    subjects: readonly Subject[],
    { reduce = reduced, names, known }: EscalationOptions = {},
  ) {
    this.#account = account;
    this.#askedRows = new AskedRows(account.snapshot.partition);
    this.#reduce = reduce;
    this.#requests = new EscalationRequests(account, reduce);
    this.#newcomers = new NewcomerEdges(account, this.#requests, reduce);
    this.#hypotheticals = new HypotheticalPrincipals(account, subjects);
    this.#users = new Map(account.snapshot.users.map((user) => [user.arn, user]));
    const index = new Map(subjects.map((subject, i) => [subject.arn, i]));
    const callers = callingRoles(subjects, account, this.#hypotheticals);
    this.#sessions = new SessionsByRewriters(account, subjects, this.#hypotheticals);
    this.#existing = new ExistingEdges({
      ...{ account, reduce, names, found: known ?? new FoundEscalations(), requests: this.#requests },
      ...{ ends: { index, callers, sessions: this.#sessions } },
    });
    this.#widenings = new Widenings({
      ...{ account, requests: this.#requests, hypotheticals: this.#hypotheticals },
      ...{ users: this.#users, index, newcomers: () => this.#newcomers.all },
      othersBy: (from, isWanted) =>
        this.mayBecomeOthers(from) ? this.#edges(this.#hypotheticals.at(from).subject, isWanted) : [],
    });
    // the list grows with every new hypothetical principal
    for (let i = 0; i < this.#hypotheticals.size; i++) {
      const edges = this.#ownEdges(i);
      this.#own.push([...edges, ...this.#joins(i, edges)]);
      const { subject } = this.#hypotheticals.at(i);
      if (this.mayBecomeOthers(i)) {
        this.#newcomers.addFor(subject, this.#hypotheticals);
        this.#sessions.addFor(subject);
      }
      if (this.#gainsByOthers(i, edges)) this.#widenings.of(i, () => names?.of(subject) ?? String(i));
    }
    this.ranks = this.#hypotheticals.ranks();
  }

  /** The results, for an account that differs only in identity policies and their holders. */
  get found(): FoundEscalations {
    return this.#existing.found;
  }

  get hypotheticals(): readonly Subject[] {
    return this.#hypotheticals.made;
  }

  /** The number of the placeholder for unread roles; null: there is none. */
  get unreadRole(): number | null {
    return this.#hypotheticals.unread;
  }

  /** True if somebody may rewrite a trust policy, so that sessions of its choice are among these. */
  get hasTrustedSessions(): boolean {
    return this.#sessions.isAdded;
  }

  /** ARN of the group that a hypothetical principal has joined; null: none. */
  joinedGroup = (from: number): string | null => this.#hypotheticals.at(from).group;

  /** Edges to itself, stronger: by policies, groups or versions. */
  own = (from: number): readonly Edge[] => this.#own[from] ?? [];

  /**
   * Edges to others that it may become. `name`: of its escalations; principals with an equal one share the list, which
   * may contain themselves.
   */
  others(from: number, name: string = String(from)): readonly Edge[] {
    return this.#othersOf(this.#hypotheticals.at(from).subject, name);
  }

  /** The same for a principal with other policies, if it would change itself as before. */
  othersAs(from: number, subject: Subject, name: string): readonly Edge[] {
    return this.#gainsByOthers(from, this.own(from)) ? this.#othersOf(subject, name) : [];
  }

  #othersOf(subject: Subject, name: string): readonly Edge[] {
    return remembered(this.#others, name, () =>
      bestEdges(this.#edges(subject, leadsToOthers), someAskForSessions(this.#account)),
    );
  }

  /** True if it may do everything that guardrails leave, so becoming another gains nothing. */
  mayDoEverything(from: number): boolean {
    return this.#hypotheticals.mayDoEverything(from);
  }

  /** False if becoming others gains nothing: it may do everything, or can give itself everything in one step. */
  mayBecomeOthers(from: number): boolean {
    if (!this.#gainsByOthers(from, this.own(from))) return false;
    return escalationRows(this.#hypotheticals.at(from).subject).some(leadsToOthers);
  }

  /** True if it can give itself everything in one step without a condition. Joining a group takes two steps. */
  #givesItselfEverything(own: readonly Edge[]): boolean {
    return own.some(
      (edge) => edge.by === undefined && isSure(edge) && edge.to.some((end) => this.mayDoEverything(end)),
    );
  }

  /**
   * True if becoming others may still gain something: what it gives itself has a condition that its callers may not
   * meet.
   */
  #gainsByOthers(from: number, own: readonly Edge[]): boolean {
    return !this.mayDoEverything(from) && !this.#givesItselfEverything(own);
  }

  /** Edges to the same principals, made stronger before. Built once per list, for all principals with equal results. */
  widened(
    from: number,
    name: () => string,
    lists: readonly (readonly Edge[])[],
  ): readonly (readonly Edge[])[] {
    if (!this.#gainsByOthers(from, this.own(from))) return [];
    const ways = this.#widenings.of(from, name);
    if (ways.stronger.length + ways.freed.length + ways.changed.length === 0) return [];
    return lists.map((list) => this.#widenings.edges(ways, list));
  }

  #ownEdges(from: number): readonly Edge[] {
    const one = this.#hypotheticals.at(from);
    const rows = escalationRows(one.subject);
    const edges = rows.flatMap((row) => {
      if (CHANGES_TAGS.has(row.becomes)) return this.#tagEdge(from, row);
      if (row.becomes !== 'any-policy' && row.becomes !== 'no-boundary') return [];
      if (!this.#hypotheticals.gains(one, row.becomes)) return [];
      const targets = ownKinds(one.subject, row, this.#account);
      const asked = this.#requests.any(one.subject, row.requests, targets);
      if (asked.open === false) return [];
      const to = this.#hypotheticals.of(from, row.becomes);
      const missing = targets.find((one) => one.missing !== undefined)?.missing;
      const gap = missing === undefined ? {} : { missing };
      return [{ to: [to], ...stepOf(row, targets), ...takenBy(asked), ...gap }];
    });
    const parts = { requests: this.#requests, hypotheticals: this.#hypotheticals };
    return [...edges, ...removalEdges(from, rows, this.#account, parts)];
  }

  #tagEdge(from: number, { action, becomes }: Escalation): readonly Edge[] {
    const { subject, tags: isTagged, untagged, removed } = this.#hypotheticals.at(from);
    if (this.mayDoEverything(from) || isTagged || untagged || removed.length > 0) return [];
    if (subject.role && isOfAws(subject.role)) return [];
    const isFewer = becomes === 'fewer-tags';
    const tags = (isFewer ? ownUntags : ownTags)(subject, this.#account);
    if (!tags) return [];
    const { open } = this.#reduce(tags.open, [], subject.given);
    if (open === false) return [];
    const to = this.#hypotheticals[isFewer ? 'untagged' : 'tagged'](from, tags.keys);
    const grants = tags.grants.filter(({ policy }) => !isToCome(policy));
    return [{ to: [to], steps: [action], open, ...resting(codesIn(tags.codes)), grants }];
  }

  /**
   * Edges by groups and versions. If these could only deny more, or if the principal can give itself everything at
   * once, only those by versions of its boundary.
   */
  #joins(from: number, own: readonly Edge[]): readonly Edge[] {
    const one = this.#hypotheticals.at(from);
    if (one.removed.length > 0) return [];
    const isMuch = allowsEverything(one.subject.layers.identityPolicies);
    const isEnough = isMuch || own.some((edge) => this.#givesAnything(edge));
    const parts = { requests: this.#requests, hypotheticals: this.#hypotheticals };
    return escalationRows(one.subject)
      .filter(({ becomes }) => !isEnough || becomes === 'version')
      .flatMap((row) => joiningEdges(from, row, this.#account, { ...parts, isEnough }));
  }

  #givesAnything(edge: Edge): boolean {
    return isSure(edge) && edge.to.some((end) => this.#hypotheticals.at(end).anyPolicy);
  }

  #edges(subject: Subject, isWanted: (row: Escalation) => boolean): Edge[] {
    return escalationRows(subject)
      .filter(isWanted)
      .flatMap((row) => this.#askedRows.of(row))
      .flatMap((asked) => {
        const { becomes } = asked.row;
        if (isNewPrincipal(becomes)) return this.#newcomers.of(subject, asked.row, becomes);
        return this.#existing.of(subject, asked);
      });
  }
}

const isSure = ({ open, missing }: Edge): boolean => open === true && missing === undefined;
