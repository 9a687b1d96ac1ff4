import { formulaKey } from '../../evaluator/formula-key.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { nameOfSet } from '../account/attached-sets.ts';
import { wideningRows } from '../account/escalation-actions.ts';
import { attachingTo } from '../account/new-policies.ts';
import { someAskForSessions } from '../account/session-askers.ts';
import type { Target } from '../account/target.ts';
import type { Escalation, EscalationTarget } from '../paths/escalation.ts';
import { bestEdges, codesOf, type Edge, resting } from './chains.ts';
import { ChangesToOthers, type FoundChange, type WideningOptions } from './changes-to-others.ts';
import { BEST, bothOpenings, isCovered, type Opening, rankOf } from './codes.ts';
import { EqualWidenings, type FoundWidening, type Widening } from './equal-widenings.ts';
import type { RequestsAnswer } from './escalation-requests.ts';
import { changedBy } from './policy-changes.ts';
import { type WideningKind, WideningTargets } from './widening-targets.ts';

/** The target of a request, and the principals that it makes stronger. */
interface Step {
  readonly steps: readonly string[];
  readonly ends: readonly number[];
  readonly ask: () => RequestsAnswer;
}

/** The ways to make others stronger before becoming them. */
export interface Ways {
  /** ways to give principals any policy */
  readonly stronger: readonly Widening[];
  /** ways to remove boundaries */
  readonly freed: readonly Widening[];
  /** ways to give them some policies */
  readonly changed: readonly ChangedWays[];
}

/** Ways to attach the same policies, to join the same group, or to activate the same version. */
interface ChangedWays {
  readonly ways: readonly Widening[];
  /** by the number of a principal: the hypothetical one with these policies */
  readonly others: ReadonlyMap<number, number>;
}

/**
 * What principals can make of others. A principal that may write the policies of another one, and become it, gets
 * any policy; if it may remove the other's boundary, that no longer limits it. Each row of the table for changing
 * oneself is applied to the other: first the boundary, then any policy.
 */
export class Widenings {
  readonly #given: WideningOptions;
  readonly #known = new Map<string, Ways>();
  readonly #equal = new EqualWidenings();
  readonly #edges = new WeakMap<readonly Widening[], WeakMap<readonly Edge[], readonly Edge[]>>();
  readonly #parts = new WeakMap<
    ReadonlyMap<number, number>,
    WeakMap<ReadonlySet<number>, WeakMap<readonly number[], Pick<Edge, 'to' | 'steps'>>>
  >();
  /** pairs of lists that were handled together */
  readonly #changed = new WeakMap<readonly Widening[], Set<readonly Widening[]>>();
  /** the hypothetical principals with any policy, and those without a boundary */
  readonly #stronger = new Map<number, number>();
  readonly #freed = new Map<number, number>();
  /** by the step of a change: the hypothetical principals after it */
  readonly #changedBy = new Map<string, Map<number, number>>();
  /** by the numbers of these: the original principals */
  readonly #boundOf = new Map<number, number>();
  readonly #targets: WideningTargets;
  readonly #changes: ChangesToOthers;

  constructor(given: WideningOptions) {
    this.#given = given;
    this.#targets = new WideningTargets(given);
    this.#changes = new ChangesToOthers(given, this.#targets);
  }

  /**
   * `name`: of its escalations; principals with an equal one have equal ways. Those that can change the same others
   * share one list.
   */
  of(from: number, name: () => string): Ways {
    const { subject } = this.#given.hypotheticals.at(from);
    const rows = wideningRows(subject);
    if (rows.length === 0) return NO_WAYS;
    return remembered(this.#known, name(), () => {
      const { 'any-policy': giving = [], 'no-boundary': freeing = [] } = Object.groupBy(
        rows,
        ({ becomes }) => becomes as WideningKind,
      );
      const freed = this.#equal.of(this.#findAll(subject, freeing));
      const stronger = this.#equal.of(this.#findAll(subject, giving));
      this.#change(stronger, freed);
      const users = once(() => this.#targets.usersOf(from));
      const changes = this.#changes.of(subject, rows, (asked) =>
        this.#targets.listOf(users().filter((end) => !isStronger(end, asked, stronger))),
      );
      const changed = this.#waysOf(changes);
      for (const one of changed) this.#strengthenBound(stronger, one);
      return { stronger, freed, changed };
    });
  }

  /** Adds hypothetical principals for what these ways make of others. Thousands of principals share the lists. */
  #change(stronger: readonly Widening[], freed: readonly Widening[]): void {
    const changed = remembered(this.#changed, stronger, () => new Set<readonly Widening[]>());
    if (changed.has(freed)) return;
    changed.add(freed);
    const free = new Set(freed.flatMap(({ ends }) => [...ends]));
    for (const end of free) this.#free(end);
    for (const { ends } of stronger) for (const end of ends) this.#strengthen(end, free.has(end));
  }

  /** A boundary of which another version is in force, and any policy. */
  #strengthenBound(stronger: readonly Widening[], { others }: ChangedWays): void {
    const { hypotheticals } = this.#given;
    const isStronger = (end: number): boolean => stronger.some(({ ends }) => ends.has(end));
    for (const [end, after] of others) {
      const { group, subject } = hypotheticals.at(after);
      if (group === null || subject.layers.permissionsBoundary?.name !== group || !isStronger(end)) continue;
      remembered(this.#stronger, after, () => hypotheticals.of(after, 'any-policy'));
      this.#boundOf.set(after, end);
    }
  }

  #waysOf(found: readonly FoundChange[]): readonly ChangedWays[] {
    const byStep = Map.groupBy(found, ({ change }) => nameOfSet(change));
    return [...byStep.values()].map((same) => ({
      ways: this.#equal.of(same),
      others: this.#afterChange(same),
    }));
  }

  #afterChange(found: readonly FoundChange[]): ReadonlyMap<number, number> {
    const { hypotheticals } = this.#given;
    const { change } = found[0] as FoundChange;
    const others = remembered(this.#changedBy, nameOfSet(change), () => new Map<number, number>());
    const ends = found.flatMap((one) => one.ends);
    for (const end of [...ends, ...ends.flatMap((one) => this.#freed.get(one) ?? [])]) {
      const after = others.has(end) ? null : changedBy(change, end, hypotheticals);
      if (after !== null) others.set(end, after);
    }
    return others;
  }

  /** The edges of a list to principals that were made stronger before. */
  edges({ stronger, freed, changed }: Ways, list: readonly Edge[]): readonly Edge[] {
    const free = this.#edgesBy(freed, list, this.#freed);
    const strong = this.#edgesBy(stronger, list, this.#stronger);
    const both = this.#edgesBy(stronger, free, this.#stronger);
    const some = changed.flatMap(({ ways, others }) => {
      const then = this.#edgesBy(ways, list, others);
      return [
        ...then,
        ...this.#edgesBy(ways, free, others),
        ...this.#edgesBy(stronger, then, this.#stronger),
      ];
    });
    return free.length + some.length === 0 ? strong : [...free, ...strong, ...both, ...some];
  }

  #edgesBy(
    ways: readonly Widening[],
    list: readonly Edge[],
    others: ReadonlyMap<number, number>,
  ): readonly Edge[] {
    if (ways.length === 0 || list.length === 0) return NONE;
    const known = remembered(this.#edges, ways, () => new WeakMap<readonly Edge[], readonly Edge[]>());
    return remembered(known, list, () =>
      bestEdges(
        list.flatMap((edge) => ways.flatMap((way) => this.#edgeTo(edge, way, others))),
        someAskForSessions(this.#given.account),
      ),
    );
  }

  #edgeTo(
    edge: Edge,
    { ends, steps, grants, ...opening }: Widening,
    others: ReadonlyMap<number, number>,
  ): readonly Edge[] {
    const { open, codes } = bothOpenings({ open: edge.open, codes: codesOf(edge) }, opening);
    if (open === false) return [];
    const part = this.#partOf(edge, ends, others);
    if (part.to.length === 0) return [];
    const after = [...(edge.after ?? []), ...steps];
    const all = [...(edge.grants ?? []), ...grants];
    return [{ ...edge, ...part, open, ...resting(codes), after, grants: all }];
  }

  /** Edges share their ends, so edges to the stronger principals do too. */
  #partOf(
    { to, steps }: Edge,
    ends: ReadonlySet<number>,
    others: ReadonlyMap<number, number>,
  ): Pick<Edge, 'to' | 'steps'> {
    const byEnds = remembered(this.#parts, others, () => new WeakMap());
    const known = remembered(byEnds, ends, () => new WeakMap());
    return remembered(known, to, () => {
      const isOne = (end: number): boolean => ends.has(this.#boundOf.get(end) ?? end) && others.has(end);
      const at = [...to.keys()].filter((i) => isOne(to[i] as number));
      return {
        to: at.map((i) => others.get(to[i] as number) as number),
        steps: at.map((i) => steps[i] as string),
      };
    });
  }

  #free(end: number): void {
    const { hypotheticals } = this.#given;
    const freed = remembered(this.#freed, end, () => hypotheticals.of(end, 'no-boundary'));
    this.#boundOf.set(freed, end);
  }

  #strengthen(end: number, isFreed: boolean): void {
    const { hypotheticals } = this.#given;
    const freed = this.#freed.get(end);
    for (const one of [end, ...(isFreed && freed !== undefined ? [freed] : [])])
      remembered(this.#stronger, one, () => hypotheticals.of(one, 'any-policy'));
  }

  /**
   * For each principal that becomes stronger: the first way, the first without a condition, and the first without
   * codes. No others are used.
   */
  #findAll(subject: Subject, rows: readonly Escalation[]): readonly FoundWidening[] {
    const found: FoundWidening[] = [];
    // ranks of the ways so far, one bit each
    const how = new Uint8Array(this.#given.hypotheticals.size);
    for (const { steps, ends: all, ask } of rows.flatMap((row) => this.#steps(subject, row))) {
      if (all.every((end) => isCovered(how[end] as number, BEST))) continue;
      const asked = ask();
      if (asked.open === false) continue;
      const rank = rankOf(asked);
      const ends = all.filter((end) => !isCovered(how[end] as number, rank));
      if (ends.length === 0) continue;
      for (const end of ends) (how[end] as number) |= 1 << rank;
      found.push({ steps, asked, all, ends });
    }
    return found;
  }

  #steps(subject: Subject, row: Escalation): readonly Step[] {
    const { requests } = this.#given;
    const { action } = row;
    const [isSelf, isBoundary] = (['self', 'own-boundary'] as const).map((on) => row.requests[0]?.on === on);
    const change = row.becomes as WideningKind;
    const targets = this.#targets.of(row);
    const kinds = this.#targets.kindsFor(targets, subject, row);
    const ask = (target: Target) => (): RequestsAnswer =>
      requests.any(subject, row.requests, attachingTo([target], row, subject, this.#given.account));
    // any group may get any user, so groups that policies treat alike are one step, as principals are
    const isAnyGroup = ANY_GROUP.has(row.requests[0]?.on);
    if (isSelf || isAnyGroup)
      return kinds.map((kind) => ({
        ...{ steps: [action], ask: ask(kind[0]) },
        ends: isAnyGroup ? this.#targets.joiners() : this.#targets.endsOf(kind, change),
      }));
    const asks = new Map(
      kinds.flatMap((kind) => {
        const asked = once(ask(kind[0]));
        return kind.map((target) => [target, asked] as const);
      }),
    );
    const endsOf = this.#endsThrough(row.requests[0]?.on, change);
    return targets.flatMap((target) => {
      const asked = asks.get(target);
      const ends = endsOf(target.arn);
      return asked ? [{ steps: isBoundary ? [action, target.arn] : [action], ends, ask: asked }] : [];
    });
  }

  /** The principals that a change of a target affects. */
  #endsThrough(on: EscalationTarget | undefined, change: WideningKind): (arn: string) => readonly number[] {
    if (on === 'own-set') return (arn) => this.#targets.setEnds(arn, change);
    return on === 'own-boundary' ? this.#targets.boundBy : this.#targets.holdersOf;
  }
}

/** True if it can get any policy whenever it can be put into a group: any policy is more than that of a group. */
function isStronger(end: number, asked: Opening, stronger: readonly Widening[]): boolean {
  return stronger.some((way) => way.ends.has(end) && (rankOf(way) === BEST || isSame(way, asked)));
}

const isSame = (one: Opening, other: Opening): boolean =>
  one.codes === other.codes && formulaKey(one.open) === formulaKey(other.open);

const NONE: readonly Edge[] = [];
const ANY_GROUP: ReadonlySet<EscalationTarget | undefined> = new Set(['other-group', 'new-group']);
const NO_WAYS: Ways = { stronger: [], freed: [], changed: [] };
