import type { Uncertainty } from '../evaluator/decision.ts';
import { and } from '../evaluator/formula.ts';
import { type Residual, Residuals } from '../evaluator/residual/residuals.ts';
import { type EdgeLists, levelsAlong } from '../matrix/chains/chain-search.ts';
import { atEnd, type Chain, type Edge } from '../matrix/chains/chains.ts';
import { bothCodes, codesIn, openingOf } from '../matrix/chains/codes.ts';
import { Vias } from '../matrix/chains/vias.ts';
import { remembered } from '../memory/remembered.ts';
import type { Border } from './border.ts';
import { Crossings } from './crossings.ts';
import type { OrganizationBorders } from './organization-borders.ts';
import type { GraphNode, OpenHold, PackedBorder } from './packed-border.ts';

/** One of several principals that are alike, in the account that they begin in. */
export interface Start {
  readonly accountId: string;
  readonly principals: readonly string[];
  /** how many of them are people */
  readonly people: number;
  readonly node: number;
}

/** Something that a chain leads to in another account, with what remains to be true for both. */
export interface ReachedHold {
  readonly hold: OpenHold;
  readonly residual: Residual;
  /** codes of what the chain and the hold rest on */
  readonly uncertain: readonly Uncertainty[];
  /** the calls that would tell whether it is so; null: it is known */
  readonly missing: string | null;
}

/** A role of another account that a chain leads to. */
export interface ReachedRole {
  readonly accountId: string;
  readonly instances: Border['instances'];
  /** in order: roles, and what `via` of a cell may hold else */
  readonly via: readonly string[];
  readonly holds: readonly ReachedHold[];
  /** some account on the way has guardrails that nobody has read */
  readonly guardrailsAreWhole: boolean;
}

/** How much work may be done; left out: as much as there is. */
export interface WorkLimits {
  /** roles that are asked for */
  readonly asked?: number;
  /** roles that chains are followed to, of all who begin */
  readonly followed?: number;
}

interface Told {
  readonly account: string;
  readonly residuals: Residuals;
  readonly vias: Vias;
}

/**
 * The accounts of an organisation as one graph: the edges of each, and those that lead from one into another, which are
 * looked for when somebody comes to the account.
 */
export class OrganizationGraph {
  readonly #accounts: readonly PackedBorder[];
  readonly #crossings: Crossings;
  readonly #limits: Required<WorkLimits>;
  readonly #residuals = new Residuals([]);
  /** what was told of those who begin in one account */
  #told: Told | null = null;
  /** by node, of those who may take a role of another account */
  readonly #lists = new Map<number, EdgeLists>();
  readonly #across = new WeakSet<Edge>();
  readonly #joined = new Set<PackedBorder>();
  readonly #left = new Set<PackedBorder>();
  readonly #asksHow: boolean;
  readonly #isMissing: boolean;
  #followed = 0;

  constructor({ all }: OrganizationBorders, { asked = Infinity, followed = Infinity }: WorkLimits = {}) {
    this.#accounts = all;
    this.#limits = { asked, followed };
    this.#crossings = new Crossings(all, (formula, chosen, given) =>
      openingOf(this.#residuals.of(formula, chosen, given)),
    );
    const some = (is: (node: GraphNode) => boolean): boolean => all.some(({ nodes }) => nodes.some(is));
    this.#asksHow = some(({ asksHow }) => asksHow);
    this.#isMissing = some(
      ({ missing, lists }) =>
        missing !== null || lists.some((list) => list.some((edge) => edge.missing !== undefined)),
    );
  }

  /** Accounts with somebody who may leave them, or come by them, whom there was too much work to follow. */
  get notFollowed(): readonly string[] {
    return [...this.#left].map(({ accountId }) => accountId).sort();
  }

  /** Whoever may begin, account by account: of an account that is here only its own principals. */
  *starts(): Generator<Start> {
    const known = new Set(this.#accounts.map(({ accountId }) => accountId));
    for (const { accountId, first, nodes } of this.#accounts) {
      for (const [i, { principals: all, people }] of nodes.entries()) {
        const principals = all.filter((arn) => !known.has(ROOT.exec(arn)?.[1] ?? ''));
        if (principals.length > 0) yield { accountId, principals, people, node: first + i };
      }
    }
  }

  /**
   * Those who begin in one account and get the same here reach the same. Null: it may differ from everybody's. For a
   * user it cannot: nobody becomes him by a session that allows something else than he may himself.
   */
  beginsLike({ node, principals }: Start): EdgeLists | null {
    const { asksHow, missing, holds } = this.#of(node).node(node);
    const isUser = principals.every((arn) => USER.test(arn));
    return isUser && !asksHow && missing === null && holds === null ? this.#listsOf(node) : null;
  }

  /** What they reach by way of other accounts, by the shortest chains. */
  *reached({ node, accountId }: Start): Generator<ReachedRole> {
    if (this.#followed >= this.#limits.followed) {
      this.#left.add(this.#of(node));
      return;
    }
    const told = this.#toldOf(accountId);
    const next = levelsAlong({
      start: node,
      listsOf: (from) => this.#listsOf(from),
      missingOf: this.#isMissing ? (one) => this.#of(one).node(one).missing : null,
      asksHow: this.#asksHow ? (one) => this.#of(one).node(one).asksHow : null,
      isWanted: (one) => this.#of(one).node(one).holds !== null,
    });
    for (let level = next(); level !== null; level = next()) {
      for (const chain of level) {
        const role = this.#crosses(chain) ? this.#reachedBy(chain, told) : null;
        if (role !== null) yield role;
      }
    }
  }

  /** Few conditions of one account are those of another, so that they are forgotten with it. */
  #toldOf(account: string): Told {
    if (this.#told?.account !== account)
      this.#told = { account, residuals: new Residuals([]), vias: new Vias() };
    return this.#told;
  }

  #listsOf(from: number): EdgeLists {
    const of = this.#of(from);
    this.#join(of);
    return this.#lists.get(from) ?? of.node(from).lists;
  }

  /** Looks for the edges that lead out of an account. */
  #join(of: PackedBorder): void {
    if (this.#joined.has(of)) return;
    this.#joined.add(of);
    if (this.#crossings.asked >= this.#limits.asked) {
      if (of.asks) this.#left.add(of);
      return;
    }
    // most of an account go on in the same ways
    const alike = new Map<EdgeLists, Map<readonly Edge[], EdgeLists>>();
    for (const [node, edges] of this.#crossings.from(of)) {
      for (const edge of edges) this.#across.add(edge);
      const { lists } = of.node(node);
      const withThem = remembered(alike, lists, () => new Map<readonly Edge[], EdgeLists>());
      this.#lists.set(
        node,
        remembered(withThem, edges, () => [...lists, edges]),
      );
    }
  }

  #of(node: number): PackedBorder {
    let [low, high] = [0, this.#accounts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#accounts[middle] as PackedBorder).first <= node) low = middle;
      else high = middle - 1;
    }
    return this.#accounts[low] as PackedBorder;
  }

  #crosses(chain: Chain): boolean {
    for (let step: Chain | null = chain; step !== null; step = step.from)
      if (step.edge && this.#across.has(step.edge)) return true;
    return false;
  }

  #reachedBy(chain: Chain, { residuals, vias }: Told): ReachedRole | null {
    this.#followed += 1;
    const into = this.#of(chain.to);
    const holds = (into.node(chain.to).holds ?? []).flatMap((hold) => {
      const residual = residuals.of(and(chain.open, atEnd(chain, hold.open)), [], []);
      if (residual.remains === false) return [];
      const uncertain = bothCodes(chain.codes, codesIn([...hold.uncertain, ...residual.uncertain]));
      return [{ hold, residual, uncertain, missing: chain.missing ?? hold.missing }];
    });
    if (holds.length === 0) return null;
    return {
      accountId: into.accountId,
      instances: into.instances,
      via: vias.of(chain),
      holds,
      guardrailsAreWhole: this.#areWhole(chain),
    };
  }

  #areWhole(chain: Chain): boolean {
    for (let step: Chain | null = chain; step !== null; step = step.from)
      if (!this.#of(step.to).guardrailsAreWhole) return false;
    return true;
  }
}

const USER = /^arn:[^:]*:iam::\d{12}:user\//;
const ROOT = /^arn:[^:]*:iam::(\d{12}):root$/;
