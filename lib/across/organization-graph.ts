import type { Uncertainty } from '../evaluator/decision.ts';
import { and } from '../evaluator/formula.ts';
import { type Residual, Residuals } from '../evaluator/residual/residuals.ts';
import { reducedBy } from '../matrix/chains/assume-role.ts';
import { type EdgeLists, levelsAlong } from '../matrix/chains/chain-search.ts';
import { atEnd, type Chain, type Edge } from '../matrix/chains/chains.ts';
import { bothCodes, codesIn } from '../matrix/chains/codes.ts';
import { Vias } from '../matrix/chains/vias.ts';
import { remembered } from '../memory/remembered.ts';
import { AlikeEdges } from './alike-edges.ts';
import type { Border } from './border.ts';
import { Crossings } from './crossings.ts';
import type { OrganizationBorders } from './organization-borders.ts';
import type { GraphNode, OpenHold, PackedBorder } from './packed-border.ts';

/** Principals of one node, in the account in which they begin. */
export interface Start {
  readonly accountId: string;
  readonly principals: readonly string[];
  /** how many of them are people */
  readonly people: number;
  readonly node: number;
}

/** Access in another account at the end of a chain, with the remaining condition of both. */
export interface ReachedHold {
  readonly hold: OpenHold;
  readonly residual: Residual;
  /** uncertainty codes of the chain and the hold */
  readonly uncertain: readonly Uncertainty[];
  /** the calls that were not collected, without which this is not known; null: it is known */
  readonly missing: string | null;
}

/** A role of another account at the end of a chain. */
export interface ReachedRole {
  readonly accountId: string;
  readonly instances: Border['instances'];
  /** the steps in order: roles, and other steps as in `via` of a cell */
  readonly via: readonly string[];
  readonly holds: readonly ReachedHold[];
  /** false if the guardrails of an account on the chain were not collected */
  readonly guardrailsAreWhole: boolean;
}

/** Limits of the work; left out: no limit. */
export interface WorkLimits {
  /** number of requests for roles */
  readonly asked?: number;
  /** number of roles that chains are followed to, for all starts together */
  readonly followed?: number;
  /** number of requests for roles that trust everybody: one for each such role and account that asks */
  readonly everybodys?: number;
}

/** Number of conditions that are kept from account to account. */
const MOST_CONDITIONS = 20_000;

interface SearchCaches {
  readonly account: string;
  readonly residuals: Residuals;
  readonly vias: Vias;
}

/**
 * The accounts of an organisation as one graph: the edges within each account, and the edges between
 * accounts. The latter are computed when a chain first enters the account.
 */
export class OrganizationGraph {
  readonly #accounts: readonly PackedBorder[];
  readonly #crossings: Crossings;
  readonly #limits: Required<Pick<WorkLimits, 'asked' | 'followed'>>;
  readonly #residuals = new Residuals([]);
  /** names of edges of the account that is searched now */
  #alike: { readonly account: string; readonly edges: AlikeEdges } | null = null;
  /** caches for the chains of the account that is searched now */
  #caches: SearchCaches | null = null;
  /** by node: the edge lists of nodes that may assume a role of another account */
  readonly #lists = new Map<number, EdgeLists>();
  readonly #across = new WeakSet<Edge>();
  readonly #joined = new Set<PackedBorder>();
  readonly #left = new Set<PackedBorder>();
  readonly #asksHow: boolean;
  readonly #isMissing: boolean;
  #followed = 0;

  constructor({ all }: OrganizationBorders, limits: WorkLimits = {}) {
    const { asked = Infinity, followed = Infinity, everybodys = Infinity } = limits;
    this.#accounts = all;
    this.#limits = { asked, followed };
    this.#crossings = new Crossings(all, reducedBy(this.#residuals), everybodys);
    const some = (is: (node: GraphNode) => boolean): boolean => all.some(({ nodes }) => nodes.some(is));
    this.#asksHow = some(({ asksHow }) => asksHow);
    this.#isMissing = some(
      ({ missing, lists }) =>
        missing !== null || lists.some((list) => list.some((edge) => edge.missing !== undefined)),
    );
  }

  /** Ids of the accounts from which chains were not followed to the end, because a limit was reached. */
  get notFollowed(): readonly string[] {
    return [...this.#left].map(({ accountId }) => accountId).sort();
  }

  /** Number of roles that trust everybody, and of those of them into which chains are followed. */
  get everybodys(): Crossings['everybodys'] {
    return this.#crossings.everybodys;
  }

  /**
   * All principals that may begin a chain, account by account. The root row of an account that is here itself
   * is left out: its own principals are here.
   */
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
   * Principals with the same result reach the same roles, if they are of one account. Null: their reach may
   * differ from that of all others. A user's edges are enough: no chain comes back to a user with other
   * permissions.
   */
  beginsLike({ node, principals, accountId }: Start): string | null {
    const { asksHow, missing, holds } = this.#of(node).node(node);
    const isUser = principals.every((arn) => USER.test(arn));
    return isUser && !asksHow && missing === null && holds === null
      ? this.#alikeFor(accountId).lists(this.#listsOf(node))
      : null;
  }

  /** The roles of other accounts that they reach, each by a shortest chain. */
  *reached({ node, accountId }: Start): Generator<ReachedRole> {
    if (this.#followed >= this.#limits.followed) {
      this.#left.add(this.#of(node));
      return;
    }
    const caches = this.#cachesFor(accountId);
    const next = levelsAlong({
      start: node,
      listsOf: (from) => this.#listsOf(from),
      missingOf: this.#isMissing ? (one) => this.#of(one).node(one).missing : null,
      asksHow: this.#asksHow ? (one) => this.#of(one).node(one).asksHow : null,
      isWanted: (one) => this.#of(one).node(one).holds !== null,
    });
    for (let level = next(); level !== null; level = next()) {
      for (const chain of level) {
        const role = this.#crosses(chain) ? this.#reachedBy(chain, caches) : null;
        if (role !== null) yield role;
      }
    }
  }

  #alikeFor(account: string): AlikeEdges {
    if (this.#alike?.account !== account) {
      const listsOf = (from: number): EdgeLists => this.#listsOf(from);
      const nodeOf = (node: number): GraphNode => this.#of(node).node(node);
      this.#alike = { account, edges: new AlikeEdges({ listsOf, nodeOf }) };
    }
    return this.#alike.edges;
  }

  /** Names of steps belong to one account. Most accounts have the same conditions, but each may have its own. */
  #cachesFor(account: string): SearchCaches {
    if (this.#caches?.account === account) return this.#caches;
    const known = this.#caches?.residuals;
    const residuals = known && known.size < MOST_CONDITIONS ? known : new Residuals([]);
    this.#caches = { account, residuals, vias: new Vias() };
    return this.#caches;
  }

  #listsOf(from: number): EdgeLists {
    const of = this.#of(from);
    this.#join(of);
    return this.#lists.get(from) ?? of.node(from).lists;
  }

  /** Adds the edges that lead out of an account, once. */
  #join(of: PackedBorder): void {
    if (this.#joined.has(of)) return;
    this.#joined.add(of);
    if (this.#crossings.asked >= this.#limits.asked) {
      if (of.asks) this.#left.add(of);
      return;
    }
    // most nodes of an account have the same edges
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

  #reachedBy(chain: Chain, { residuals, vias }: SearchCaches): ReachedRole | null {
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
