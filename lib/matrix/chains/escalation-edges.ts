import { remembered } from '../../memory/remembered.ts';
import type { Role, User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { escalationRows } from '../account/escalation-actions.ts';
import { allowsEverything, HypotheticalPrincipals, isToCome } from '../account/hypothetical-principals.ts';
import { isOfAws } from '../account/own-denies.ts';
import { ownTags, ownUntags } from '../account/own-tags.ts';
import type { EscalationNames } from '../classes/escalation-names.ts';
import { type EqualTargets, equalTargets } from '../classes/target-classes.ts';
import type { Escalation } from '../paths/escalation.ts';
import { callingRole, leadsToOthers } from '../paths/escalations.ts';
import { ANY_USER } from '../paths/lands-as.ts';
import { type AskedRow, AskedRows } from './asked-rows.ts';
import { assumeWith, type Reduce, reduced, trustIn } from './assume-role.ts';
import { callingRoles, NO_CALLERS } from './calling-roles.ts';
import { bestEdges, type Edge, resting } from './chains.ts';
import { bothOpenings, codesIn, type Opening, settled } from './codes.ts';
import { EscalationRequests, grantsIn, isAnywhere, takenBy } from './escalation-requests.ts';
import { ownKinds, stepOf, type TargetClass, targetsFor } from './escalation-targets.ts';
import { FoundEscalations } from './found-escalations.ts';
import { holderEdges } from './holder-edges.ts';
import { joiningEdges } from './joining-edges.ts';
import { isNewPrincipal, NewcomerEdges } from './newcomer-edges.ts';
import { missingToPass } from './passed-roles.ts';
import { removalEdges } from './removal-edges.ts';
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
  readonly #index: ReadonlyMap<string, number>;
  /** by service and ARN: numbers of roles as the service uses them, for certain calls only */
  readonly #callers: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly #widenings: Widenings;
  readonly #own: (readonly Edge[])[] = [];
  readonly #newcomers: NewcomerEdges;
  readonly #askedRows: AskedRows;
  readonly #names: EscalationNames | undefined;
  readonly #others = new Map<string, readonly Edge[]>();
  /** separate, since roles of calling services are hypothetical principals of this account */
  readonly #ofCallers = new FoundEscalations();
  readonly #found: FoundEscalations;
  /** the rank of each principal, real or hypothetical: decides between equally short chains */
  readonly ranks: readonly number[];

  constructor(
    account: Account,
    subjects: readonly Subject[],
    { reduce = reduced, names, known }: EscalationOptions = {},
  ) {
    this.#found = known ?? new FoundEscalations();
    this.#names = names;
    this.#account = account;
    this.#askedRows = new AskedRows(account.snapshot.partition);
    this.#reduce = reduce;
    this.#requests = new EscalationRequests(account, reduce);
    this.#newcomers = new NewcomerEdges(account, this.#requests, reduce);
    this.#hypotheticals = new HypotheticalPrincipals(account, subjects);
    this.#users = new Map(account.snapshot.users.map((user) => [user.arn, user]));
    this.#index = new Map(subjects.map((subject, i) => [subject.arn, i]));
    this.#callers = callingRoles(subjects, account, this.#hypotheticals);
    this.#widenings = new Widenings({
      ...{ account, requests: this.#requests, hypotheticals: this.#hypotheticals },
      ...{ users: this.#users, index: this.#index, newcomers: () => this.#newcomers.all },
      othersBy: (from, isWanted) =>
        this.mayBecomeOthers(from) ? this.#edges(this.#hypotheticals.at(from).subject, isWanted) : [],
    });
    // the list grows with every new hypothetical principal
    for (let i = 0; i < this.#hypotheticals.size; i++) {
      const edges = this.#ownEdges(i);
      this.#own.push([...edges, ...this.#joins(i, edges)]);
      const { subject } = this.#hypotheticals.at(i);
      if (this.mayBecomeOthers(i)) this.#newcomers.addFor(subject, this.#hypotheticals);
      if (this.#gainsByOthers(i, edges)) this.#widenings.of(i, () => names?.of(subject) ?? String(i));
    }
    this.ranks = this.#hypotheticals.ranks();
  }

  /** The results, for an account that differs only in identity policies and their holders. */
  get found(): FoundEscalations {
    return this.#found;
  }

  get hypotheticals(): readonly Subject[] {
    return this.#hypotheticals.made;
  }

  /** The number of the placeholder for unread roles; null: there is none. */
  get unreadRole(): number | null {
    return this.#hypotheticals.unread;
  }

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
    return remembered(this.#others, name, () => bestEdges(this.#edges(subject, leadsToOthers)));
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
      .flatMap((asked) => this.#principalEdges(subject, asked));
  }

  /** Cached by what policies say about this row: few principals differ in that. */
  #principalEdges(subject: Subject, { row, name, actions }: AskedRow): readonly Edge[] {
    if (isNewPrincipal(row.becomes)) return this.#newcomers.of(subject, row, row.becomes);
    if (!this.#names) return this.#findPrincipalEdges(subject, row);
    return remembered(this.#foundBy(row).byRow, `${name} ${this.#names.of(subject, actions)}`, () =>
      this.#findPrincipalEdges(subject, row),
    );
  }

  #findPrincipalEdges(subject: Subject, row: Escalation): readonly Edge[] {
    const { becomes } = row;
    if (typeof becomes === 'object' && 'runBy' in becomes) {
      const given = { account: this.#account, requests: this.#requests, index: this.#index };
      return holderEdges(subject, { row, runBy: becomes.runBy }, given);
    }
    const type = row.becomes === 'user' ? 'user/' : 'role/';
    const actions = row.requests.filter((request) => !isAnywhere(request)).map(({ action }) => action);
    if (row.becomes === 'trusted-role') actions.push('sts:AssumeRole');
    const targetClasses = this.#targetClasses(row);
    const { sure, unsure } = remembered(this.#foundBy(row).bySureness, targetClasses, () => {
      const isMissing = ({ role }: TargetClass): boolean => missingToPass(row, role, this.#account) !== null;
      const missing = targetClasses.filter(isMissing);
      if (missing.length === 0) return { sure: targetClasses, unsure: missing };
      return { sure: targetClasses.filter((one) => !isMissing(one)), unsure: missing };
    });
    const known = equalTargets(sure, { type, actions }, subject, this.#account);
    const kinds = [...known, ...unsure.map((one) => [one] as const)];
    return kinds.flatMap((kind) => this.#kindEdges(subject, row, kind));
  }

  #foundBy(row: Escalation): FoundEscalations {
    return callingRole(row) ? this.#ofCallers : this.#found;
  }

  /** By ARN: the principals to which a row may lead. */
  #endsBy(row: Escalation): ReadonlyMap<string, number> {
    const caller = callingRole(row);
    return caller ? (this.#callers.get(caller.passedTo) ?? NO_CALLERS) : this.#index;
  }

  #kindEdges(subject: Subject, row: Escalation, kind: EqualTargets<TargetClass>): readonly Edge[] {
    const [first] = kind;
    const asked = this.#requests.any(subject, row.requests, [first]);
    const isTaken = row.becomes === 'trusted-role' && asked.open !== false && first.role;
    const rest = isTaken ? this.#assume(subject, first.role) : settled(row.asks ?? true);
    const opening = bothOpenings(asked, rest);
    if (opening.open === false) return [];
    // the writer of a trust policy admits itself, with tags as well
    const assumed = row.becomes === 'trusted-role' ? { assumes: true as const, runAs: ANY_USER } : {};
    const missing = missingToPass(row, first.role, this.#account) ?? asked.missing ?? null;
    const gap = missing === null ? {} : { missing };
    return [
      {
        ...this.#endsOf(kind, row),
        by: row.action,
        open: opening.open,
        ...resting(opening.codes),
        ...assumed,
        grants: grantsIn(asked),
        ...gap,
      },
    ];
  }

  /** Thousands of principals may become the same thousands of others: they share one list. */
  #endsOf(kind: readonly TargetClass[], row: Escalation): Pick<Edge, 'to' | 'steps'> {
    const ends = this.#endsBy(row);
    return remembered(this.#foundBy(row).ends, kind, () => ({
      to: kind.map(({ arn }) => ends.get(arn) as number),
      steps: kind.map(({ arn }) => arn),
    }));
  }

  #targetClasses(row: Escalation): readonly TargetClass[] {
    const name = JSON.stringify(row.becomes);
    return remembered(this.#foundBy(row).targetClassesOf, name, () =>
      targetsFor(row, this.#account, (arn) => this.#endsBy(row).has(arn)),
    );
  }

  /** The condition for assuming a role whose trust policy the caller wrote. */
  #assume(subject: Subject, role: Role): Opening {
    const trust = trustIn(subject.principal.arn);
    return assumeWith({ role, trust }, subject, this.#account, this.#reduce);
  }
}

const isSure = ({ open, missing }: Edge): boolean => open === true && missing === undefined;
