import type { Instance } from '../../snapshot/snapshot.ts';
import type { AccessPath } from '../access-path.ts';
import type { Subject } from '../account.ts';
import type { Reduce } from '../assume-role.ts';
import { type Chain, chainsAlong, type Edge } from '../chains.ts';
import type { Engine } from '../engine.ts';
import { ESCALATION_ACTIONS, Escalations } from '../escalate.ts';
import { DirectRows } from './direct-rows.ts';
import { InstanceEdges } from './instance-edges.ts';
import { InstanceSets } from './instance-sets.ts';
import { LiveEdges } from './live-edges.ts';
import { relevantTo } from './relevant.ts';
import { Rests } from './rests.ts';
import { RoleEdges } from './role-edges.ts';
import type { RowCell } from './row-cell.ts';
import { SessionRows } from './session-rows.ts';
import { Signatures } from './signatures.ts';
import { ASSUME_ROLE, actionNumber, Standings, TAG_SESSION } from './standings.ts';
import { type SubjectClass, subjectClasses } from './subject-classes.ts';
import { classify, type Universe } from './universe.ts';

const ASSUME = actionNumber(ASSUME_ROLE);
const TAG = actionNumber(TAG_SESSION);

/** Where chains begin that several principals share. */
const NOBODY = -1;

/** All rows of an account: each class of principals asked once about all classes of instances. */
export class Rows {
  readonly rests: Rests;
  readonly sets: InstanceSets;
  readonly classes: readonly SubjectClass[];
  readonly #engine: Engine;
  readonly #principals: readonly Subject[];
  /** the principals, and what they could make of themselves */
  readonly #subjects: readonly Subject[];
  readonly #escalations: Escalations;
  readonly #standings: Standings;
  readonly #universe: Universe;
  readonly #decide: DirectRows;
  readonly #classOf: readonly number[];
  readonly #cells = new Map<number, ReadonlyMap<AccessPath, readonly RowCell[]>>();
  readonly #roleEdges: RoleEdges;
  #instanceEdges: InstanceEdges | null = null;
  readonly #instances: readonly Instance[];
  readonly #edges = new Map<number, readonly (readonly Edge[])[]>();
  readonly #useful = new Map<number, readonly (readonly Edge[])[]>();
  readonly #liveEdges = new LiveEdges((p) => this.#isLive(p));
  readonly #lists = new Map<readonly Edge[], number>();
  readonly #shells: readonly AccessPath[];

  constructor(engine: Engine, subjects: readonly Subject[], instances: readonly Instance[]) {
    const relevant = relevantTo(engine.account);
    const signatures = new Signatures();
    this.#engine = engine;
    this.rests = new Rests(engine.account.guardrails ? [] : ['guardrails-not-collected']);
    const reduce: Reduce = (formula, chosen, given) => {
      const { rest, open } = this.rests.of(formula, chosen, given);
      return typeof rest === 'boolean' ? rest : open;
    };
    this.#escalations = new Escalations(engine.account, subjects, reduce);
    this.#principals = subjects;
    this.#subjects = [...subjects, ...this.#escalations.standIns];
    this.#instances = instances;
    this.#shells = engine.paths.filter((path) => path.groups.includes('shell'));
    this.#universe = classify(engine.account, instances, relevant);
    this.sets = new InstanceSets(this.#universe);
    const sessions = new SessionRows(engine.account, relevant);
    this.#standings = new Standings(signatures);
    this.classes = subjectClasses(this.#subjects, this.#standings, sessions);
    this.#decide = new DirectRows(engine, this.#universe, signatures, this.rests, sessions);
    const classOf: number[] = [];
    for (const [i, one] of this.classes.entries()) for (const member of one.members) classOf[member] = i;
    this.#classOf = classOf;
    this.#roleEdges = new RoleEdges(engine.account, subjects, reduce);
  }

  get width(): number {
    return this.#universe.representatives.length;
  }

  subject(p: number): Subject {
    return this.#subjects[p] as Subject;
  }

  /** The cells of one principal and path, held directly. */
  direct(p: number, path: AccessPath): readonly RowCell[] {
    const number = this.#classOf[p] as number;
    let cells = this.#cells.get(number);
    if (!cells) {
      cells = this.#decideClass(this.classes[number] as SubjectClass);
      this.#cells.set(number, cells);
    }
    return cells.get(path) ?? [];
  }

  #decideClass(one: SubjectClass): ReadonlyMap<AccessPath, readonly RowCell[]> {
    if (one.first.kind === 'outside-account' || this.width === 0) return new Map();
    return new Map(this.#engine.paths.map((path) => [path, this.#decide.decide(path, one)]));
  }

  /**
   * For all principals that can become another: the chains, shortest first. Principals with the same edges share them,
   * one to themselves included: it leads to what they hold directly, and on only to where they are already.
   */
  *chains(): Generator<{ readonly principals: readonly number[]; readonly chains: readonly Chain[] }> {
    for (const principals of this.#withEqualEdges()) {
      const lists = this.#listsOf(principals[0] as number);
      const chains = chainsAlong(NOBODY, (from) => (from === NOBODY ? lists : this.#listsOf(from)));
      if (chains.length > 0) yield { principals, chains };
    }
  }

  #withEqualEdges(): Iterable<readonly number[]> {
    const shared = new Map<string, number[]>();
    for (const p of this.#principals.keys()) {
      const numbers = this.#listsOf(p).map((list) => this.#listNumber(list));
      if (numbers.length === 0) continue;
      const name = numbers.join();
      const alike = shared.get(name);
      if (alike) alike.push(p);
      else shared.set(name, [p]);
    }
    return shared.values();
  }

  #listNumber(list: readonly Edge[]): number {
    const number = this.#lists.get(list) ?? this.#lists.size;
    this.#lists.set(list, number);
    return number;
  }

  #listsOf(from: number): readonly (readonly Edge[])[] {
    let lists = this.#useful.get(from);
    if (!lists) {
      lists = this.#allLists(from)
        .map((list) => this.#liveEdges.of(list))
        .filter((list) => list.length > 0);
      this.#useful.set(from, lists);
    }
    return lists;
  }

  /** Those that open nothing and lead nowhere, too. */
  #allLists(from: number): readonly (readonly Edge[])[] {
    let lists = this.#edges.get(from);
    if (!lists && this.#escalations.mayDoEverything(from)) lists = [];
    if (!lists) {
      const standings = this.classes[this.#classOf[from] as number]?.standings as readonly number[];
      const roles = this.#roleEdges.of(this.subject(from), `${standings[ASSUME]} ${standings[TAG]}`);
      const hosts = this.#hosts().of(this.#shells.map((path) => this.direct(from, path)));
      lists = [...roles, hosts, ...this.#escalationsOf(from)].filter((list) => list.length > 0);
      this.#edges.set(from, lists);
    }
    return lists;
  }

  #isLive(p: number): boolean {
    return this.#engine.paths.some((path) => this.direct(p, path).length > 0) || this.#allLists(p).length > 0;
  }

  #escalationsOf(from: number): readonly (readonly Edge[])[] {
    const own = this.#escalations.own(from);
    if (!this.#escalations.mayBecomeOthers(from)) return [own];
    const subject = this.subject(from);
    const alike = `${subject.kind} ${this.#standings.keyOf(subject, ESCALATION_ACTIONS)}`;
    return [own, this.#escalations.others(from, alike)];
  }

  #hosts(): InstanceEdges {
    this.#instanceEdges ??= new InstanceEdges(
      this.#engine.account,
      this.#principals,
      this.#instances,
      this.#universe,
    );
    return this.#instanceEdges;
  }
}
