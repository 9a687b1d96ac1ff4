import type { Condition } from '../../evaluator/decision.ts';
import { and, type Formula } from '../../evaluator/formula.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Account, Subject } from '../account/account.ts';
import { reduced } from '../chains/assume-role.ts';
import { atEnd, type Edge } from '../chains/chains.ts';
import { outsideSubjects } from '../chains/outside.ts';
import { RoleEdges } from '../chains/role-edges.ts';
import { PolicyViews } from '../classes/policy-views.ts';
import { PrincipalViews } from '../classes/principal-views.ts';
import { ASSUMING } from '../paths/assuming.ts';
import type { Verdict } from '../paths/cell.ts';

/** A role that may do something itself, with the condition for it. */
export interface End {
  readonly open: Formula;
  readonly missing: string | null;
}

/** A principal that may do it as a role that it assumes. */
export interface Led {
  readonly principal: string;
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  /** the roles that it assumes, in order */
  readonly via: readonly string[];
}

/** An edge to a role, in a list that many principals share. */
interface Arrival {
  readonly edge: Edge;
  readonly at: number;
  readonly list: readonly Edge[];
}

interface RoleChain extends End {
  readonly via: readonly string[];
  readonly isSure: boolean;
}

/**
 * Finds who may act as which roles through `sts:AssumeRole` alone. It searches backwards, from the roles to those
 * that assume them.
 */
export class ThroughRoles {
  readonly #subjects: readonly Subject[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #users = new Map<readonly Edge[], number[]>();
  readonly #arrivals: () => ReadonlyMap<number, readonly Arrival[]>;

  constructor(account: Account) {
    this.#subjects = [...account.subjects, ...outsideSubjects(account)];
    this.#index = new Map(this.#subjects.map(({ arn }, i) => [arn, i]));
    this.#arrivals = once(() => this.#findArrivals(account));
  }

  /** Shortest chains, those without a condition first. Principals in `ends` are left out. */
  to(ends: ReadonlyMap<string, End>): readonly Led[] {
    const found = new Map<number, RoleChain>();
    let last = new Map<number, RoleChain>();
    for (const [arn, end] of ends) {
      const index = this.#index.get(arn);
      if (index !== undefined) last.set(index, { ...end, via: [], isSure: end.open === true });
    }
    const own = new Set(last.keys());
    while (last.size > 0) {
      const next = new Map<number, RoleChain>();
      for (const [role, way] of last)
        this.#before(role, way, (from) => !own.has(from) && !found.has(from), next);
      for (const [from, way] of next) found.set(from, way);
      last = next;
    }
    return [...found].sort(([a], [b]) => a - b).map(([from, way]) => this.#asLed(from, way));
  }

  /** Adds the principals that assume a role. */
  #before(
    role: number,
    way: RoleChain,
    isNew: (from: number) => boolean,
    next: Map<number, RoleChain>,
  ): void {
    for (const { edge, at, list } of this.#arrivals().get(role) ?? []) {
      const users = this.#users.get(list) ?? [];
      addNew(
        next,
        users.filter((from) => from !== role && isNew(from) && !next.get(from)?.isSure),
        () => preceded(edge, at, way),
      );
    }
  }

  #asLed(from: number, { open, missing, via }: RoleChain): Led {
    const { arn, given, missing: own } = this.#subjects[from] as Subject;
    const residual = remaining(open, { given });
    const isUnknown = missing !== null || own !== null;
    const condition = isUnknown || typeof residual === 'boolean' ? null : residual;
    const verdict = isUnknown ? 'unknown' : condition === null ? 'allowed' : 'conditional';
    return { principal: arn, verdict, condition, via };
  }

  #findArrivals(account: Account): ReadonlyMap<number, readonly Arrival[]> {
    const edges = new RoleEdges(account, this.#subjects, reduced);
    const views = new PrincipalViews(new PolicyViews(), ASSUMING);
    const viewOf = (one: Subject): string => (one.kind === 'outside' ? '' : views.keyOf(one, ASSUMING));
    for (const [i, subject] of this.#subjects.entries())
      for (const list of edges.of(subject, viewOf(subject))) remembered(this.#users, list, () => []).push(i);
    const arrivals = new Map<number, Arrival[]>();
    for (const one of [...this.#users.keys()].flatMap(arrivalsIn))
      remembered(arrivals, one.edge.to[one.at] as number, () => []).push(one);
    return arrivals;
  }
}

const arrivalsIn = (list: readonly Edge[]): readonly Arrival[] =>
  list.flatMap((edge) => edge.to.map((_, at) => ({ edge, at, list })));

/** Keeps for each principal the first chain, or the first without a condition. */
function addNew(next: Map<number, RoleChain>, news: readonly number[], find: () => RoleChain | null): void {
  const way = news.length === 0 ? null : find();
  if (way === null) return;
  for (const from of news) if (way.isSure || !next.has(from)) next.set(from, way);
}

/** The chain with one more edge in front; null if the conditions exclude each other. */
function preceded(edge: Edge, at: number, { open: behind, missing, via }: RoleChain): RoleChain | null {
  // the keys of the last session alone are in the request
  const open = and(edge.open, via.length === 0 ? atEnd({ edge }, behind) : behind);
  const residual = remaining(open);
  if (residual === false) return null;
  const gap = missing ?? edge.missing ?? null;
  return {
    ...{ open, missing: gap, via: [edge.steps[at] as string, ...via] },
    isSure: residual === true && gap === null,
  };
}
