import type { Residuals } from '../evaluator/residual/residuals.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Subject } from './account/account.ts';
import type { AuditedAccount } from './account/audited-account.ts';
import { areRead } from './account/not-collected.ts';
import { sessionAskers } from './account/session-askers.ts';
import { reducedBy } from './chains/assume-role.ts';
import type { ChainGroup, OwnEdges } from './chains/chain-group.ts';
import { allLevels, type EdgeLists, type Levels, type Search } from './chains/chain-search.ts';
import type { Edge } from './chains/chains.ts';
import { Escalations } from './chains/escalation-edges.ts';
import { InstanceEdges } from './chains/instance-edges.ts';
import { RoleEdges } from './chains/role-edges.ts';
import { UsefulEdges } from './chains/useful-edges.ts';
import { EscalationNames } from './classes/escalation-names.ts';
import { InstanceSets } from './classes/instance-sets.ts';
import { type SubjectClass, subjectClasses } from './classes/principal-classes.ts';
import { ASSUMING_NUMBERS } from './classes/principal-views.ts';
import { inCommon, type Kept } from './in-common.ts';
import type { RequestRow } from './paths/access-path.ts';
import type { AccessPath } from './paths/access-paths.ts';
import { ClassCells, type DirectCells } from './rows/class-cells.ts';
import { DirectRows, type KnownAnswers } from './rows/direct-rows.ts';
import type { Piece } from './rows/pieces.ts';
import type { RowAnswer } from './rows/row-answer.ts';
import type { RowCell } from './rows/row-cell.ts';
import { type RowParts, rowParts } from './rows/row-parts.ts';

const NO_EDGES: readonly Edge[] = [];

/** All rows of an account: each class of principals is evaluated once on all classes of instances. */
export class AccountRows {
  readonly residuals: Residuals;
  /** number of instance classes */
  readonly width: number;
  readonly sets: InstanceSets;
  readonly classes: readonly SubjectClass[];
  /** the principals, followed by the hypothetical ones that they could make of themselves */
  readonly subjects: readonly Subject[];
  /** what principals could make of themselves and others */
  readonly escalations: Escalations;
  /** true if every policy of every principal was collected */
  readonly isWhole: boolean;
  readonly #audited: AuditedAccount;
  readonly #principals: readonly Subject[];
  /** shared with accounts that differ only in identity policies */
  readonly #escalationNames: EscalationNames;
  readonly #parts: RowParts;
  readonly #classOf: readonly number[];
  readonly #cells: ClassCells;
  /** by class */
  readonly #held: DirectCells[];
  readonly #roleEdges: RoleEdges;
  #instanceEdges: InstanceEdges | null = null;
  readonly #instances: readonly Instance[];
  readonly #edges = new Map<number, EdgeLists>();
  readonly #useful = new Map<number, EdgeLists>();
  readonly #usefulEdges = new UsefulEdges((p) => this.isUseful(p));
  readonly #lists = new Map<readonly Edge[], number>();
  readonly #shells: readonly AccessPath[];
  /** null: no principal's answers depend on it */
  readonly #asksHow: ((p: number) => boolean) | null;

  /** `like`: the rows of an account with no difference that affects the answers for a class of principals. */
  constructor(
    audited: AuditedAccount,
    subjects: readonly Subject[],
    instances: readonly Instance[],
    like: AccountRows | null = null,
  ) {
    this.#audited = audited;
    this.#parts = like ? like.#parts : rowParts(audited, instances);
    const { residuals, principalViews, classified, sessions, decide } = this.#parts;
    this.residuals = residuals;
    this.width = classified.representatives.length;
    const reduce = reducedBy(residuals);
    const common = inCommon(like?.kept, audited.paths, subjects);
    const names = common.names ?? new EscalationNames(principalViews);
    this.#escalationNames = names;
    this.escalations = new Escalations(audited.account, subjects, { ...common, reduce, names });
    this.#principals = subjects;
    this.subjects = [...subjects, ...this.escalations.hypotheticals];
    this.#instances = instances;
    this.#shells = audited.paths.filter((path) => path.groups.includes('shell'));
    this.sets = new InstanceSets(classified);
    this.classes = subjectClasses(this.subjects, principalViews, sessions);
    this.#cells = new ClassCells({
      ...{ classes: this.classes, paths: audited.paths, decide, principalViews, sessions },
      ...{ isEmpty: this.width === 0, known: common.cells },
    });
    this.#held = new Array(this.classes.length);
    const classOf: number[] = [];
    for (const [i, one] of this.classes.entries()) for (const member of one.members) classOf[member] = i;
    this.#classOf = classOf;
    this.#roleEdges = common.roleEdges ?? new RoleEdges(audited.account, subjects, reduce);
    this.#instanceEdges = common.instanceEdges;
    this.#asksHow = sessionAskers(audited.account, this.subjects);
    this.isWhole = areRead(this.subjects, audited.account.policies);
  }

  /** For an account in which only identity policies differ. */
  get kept(): Kept {
    const edges = { roleEdges: this.#roleEdges, instanceEdges: this.#instanceEdges };
    const names = this.#escalationNames;
    const known = { cells: this.#cells.known, known: this.escalations.found, names };
    return { paths: this.#audited.paths, subjects: this.#principals, ...known, ...edges };
  }

  classOf = (p: number): number => this.#classOf[p] as number;

  /** The class of an instance, as a bit number. */
  placeOf(instance: number): number {
    return this.#parts.classified.classOf[instance] as number;
  }

  subject(p: number): Subject {
    return this.subjects[p] as Subject;
  }

  /** The cells of one principal and path, held directly. */
  direct(p: number, path: AccessPath): readonly RowCell[] {
    return this.cellsOf(p).get(path) ?? [];
  }

  /** Everything that a principal holds directly: one object per class. */
  cellsOf(p: number): DirectCells {
    const number = this.classOf(p);
    this.#held[number] ??= this.#cells.of(this.classes[number] as SubjectClass);
    return this.#held[number];
  }

  /** What it would hold directly with other policies; `said`: the actions (in lower case) on which they differ. */
  directAs(p: number, subject: Subject, said: ReadonlySet<string>): DirectCells {
    return this.#cells.as(this.subject(p), subject, said);
  }

  #classAs(subject: Subject): SubjectClass {
    return subjectClasses([subject], this.#parts.principalViews, this.#parts.sessions)[0] as SubjectClass;
  }

  /** True if its answers depend on how its session was started. */
  asksHow = (p: number): boolean => this.#asksHow?.(p) ?? false;

  forgetAnswers = (): void => this.#parts.decide.forget();

  /** One request on all instance classes. */
  answers(row: RequestRow, one: SubjectClass): readonly Piece<RowAnswer>[] {
    return this.#parts.decide.answers(row, one);
  }

  /** The same requests on one instance only, which may be changed. */
  narrow(instance: Instance, known: KnownAnswers): DirectRows {
    const classified = { ...this.#parts.classified, representatives: [instance], classOf: Uint32Array.of(0) };
    return new DirectRows({ audited: this.#audited, ...this.#parts, classified, known });
  }

  /**
   * The chains of all principals that can become another, shortest first. Principals with equal edges share them. An
   * edge to one of themselves does no harm: it adds no access and no further ends. `of`: only these principals.
   */
  *chains(of: (p: number) => boolean = () => true): Generator<ChainGroup> {
    for (const principals of this.withEqualEdges(of)) {
      const first = principals[0] as number;
      const levels = this.levelsAlong(first, this.listsOf(first));
      if (levels.length > 0) yield { principals, levels };
    }
  }

  /** The chains of a principal with these edges. `listsOf`: the edges of others, which may be changed. */
  levelsAlong(
    start: number,
    lists: EdgeLists,
    listsOf: (from: number) => EdgeLists = (from) => this.listsOf(from),
  ): Levels {
    return allLevels(this.search(start, lists, listsOf));
  }

  /** The steps of a search from one principal. */
  search(start: number, lists: EdgeLists, listsOf: (from: number) => EdgeLists): Search {
    // start of chains that several principals share
    const nobody = this.subjects.length;
    const missingOf = (p: number): string | null => this.subject(p === nobody ? start : p).missing;
    return {
      start: nobody,
      listsOf: (from) => (from === nobody ? lists : listsOf(from)),
      missingOf: this.isWhole ? null : missingOf,
      asksHow: this.#asksHow,
      ranks: this.escalations.ranks,
    };
  }

  /** A question with the same answer for all principals of a class, asked once per class. */
  byClass<T>(ask: (p: number) => T): (p: number) => T {
    const known = new Map<number, T>();
    return (p) => {
      const number = this.classOf(p);
      return remembered(known, number, () => ask(p));
    };
  }

  /** Principals that can become another, grouped by equal edges. */
  withEqualEdges(of: (p: number) => boolean): Iterable<readonly number[]> {
    const shared = new Map<string, number[]>();
    for (const p of this.#principals.keys()) {
      if (!of(p)) continue;
      const name = this.edgesName(p, this.listsOf(p));
      if (name === '') continue;
      const alike = shared.get(name);
      if (alike) alike.push(p);
      else shared.set(name, [p]);
    }
    return shared.values();
  }

  /** Equal for principals whose chains are the same if they have these edges; empty for no edges. */
  edgesName(p: number, lists: EdgeLists): string {
    const name = this.listsName(lists);
    const { missing } = this.subject(p);
    return name === '' || missing === null ? name : `${name}|${missing}`;
  }

  /** Equal for the same lists; empty for none. */
  listsName(lists: EdgeLists): string {
    return lists.map((list) => this.#listNumber(list)).join();
  }

  #listNumber(list: readonly Edge[]): number {
    return remembered(this.#lists, list, () => this.#lists.size);
  }

  /** The edges from a principal, without those that open nothing and lead nowhere. */
  listsOf(from: number): EdgeLists {
    return remembered(this.#useful, from, () => this.#usefulEdges.among(this.#allLists(from)));
  }

  /**
   * All identities that a principal can get. It includes those without access here: another account may trust one by
   * name.
   */
  identitiesOf(from: number): EdgeLists {
    if (!this.escalations.mayDoEverything(from)) return this.#allLists(from);
    const others = this.escalations.others(from, this.#nameOf(this.subject(from)));
    return [...this.rolesOf(from), others].filter((list) => list.length > 0);
  }

  /** The edges of a principal with these own edges, if these principals were useful. */
  listsWith(from: number, own: OwnEdges, useful: UsefulEdges = this.#usefulEdges): EdgeLists {
    return useful.among(this.#listsWith(from, () => own.instanceRoles, own));
  }

  /** Includes edges that open nothing and lead nowhere. */
  #allLists(from: number): EdgeLists {
    return remembered(this.#edges, from, () => this.#listsWith(from, () => this.hostsOf(from)));
  }

  #listsWith(
    from: number,
    instanceRoles: () => readonly Edge[],
    { roles = this.rolesOf(from), others = this.othersOf(from) }: Partial<OwnEdges> = {},
  ): EdgeLists {
    if (this.escalations.mayDoEverything(from)) return [];
    const stronger = this.escalations.widened(from, () => this.#nameOf(this.subject(from)), [
      ...roles,
      others,
    ]);
    const lists = [...roles, instanceRoles(), this.escalations.own(from), others, ...stronger];
    return lists.filter((list) => list.length > 0);
  }

  #nameOf = (subject: Subject): string => this.#escalationNames.of(subject);

  /** Edges to others that a principal becomes through IAM, as by passing a role. */
  othersOf(from: number): readonly Edge[] {
    if (!this.escalations.mayBecomeOthers(from)) return NO_EDGES;
    return this.escalations.others(from, this.#nameOf(this.subject(from)));
  }

  /** The same for a changed principal that would change itself as before. */
  othersAs(from: number, subject: Subject): readonly Edge[] {
    return this.escalations.othersAs(from, subject, this.#nameOf(subject));
  }

  /** Edges to the roles that a principal may assume. */
  rolesOf(from: number): EdgeLists {
    return this.#rolesOf(this.subject(from), this.classes[this.classOf(from)] as SubjectClass);
  }

  /** The same for a changed principal. */
  rolesAs(subject: Subject): EdgeLists {
    return this.#rolesOf(subject, this.#classAs(subject));
  }

  #rolesOf(subject: Subject, { principalViews }: SubjectClass): EdgeLists {
    return this.#roleEdges.of(subject, ASSUMING_NUMBERS.map((action) => principalViews[action]).join(' '));
  }

  /** True if it holds any access, or may become somebody who does. */
  isUseful(p: number): boolean {
    return (
      this.#audited.paths.some((path) => this.direct(p, path).length > 0) || this.#allLists(p).length > 0
    );
  }

  /** Edges to the roles of instances on which it has a shell. */
  hostsOf(from: number): readonly Edge[] {
    return this.hostsBy((path) => this.direct(from, path));
  }

  /** The same for a principal with other cells. */
  hostsBy(cellsOf: (path: AccessPath) => readonly RowCell[]): readonly Edge[] {
    return this.#instanceRoles.of(this.#shells.map(cellsOf));
  }

  get #instanceRoles(): InstanceEdges {
    this.#instanceEdges ??= new InstanceEdges(
      this.#audited.account,
      { subjects: this.#principals, unread: this.escalations.unreadRole },
      this.#instances,
      this.#parts.classified,
    );
    return this.#instanceEdges;
  }
}
