import { and, type Formula } from '../evaluator/formula.ts';
import { type Residual, Residuals } from '../evaluator/residual/residuals.ts';
import { type EdgeLists, levelsAlong } from '../matrix/chains/chain-search.ts';
import { atEnd, type Chain, type Edge } from '../matrix/chains/chains.ts';
import { Vias } from '../matrix/chains/vias.ts';
import { remembered } from '../memory/remembered.ts';
import type { Organization } from '../snapshot/snapshot.ts';
import type { Border, Hold } from './border.ts';
import { BorderAccount } from './border-account.ts';
import { Crossings } from './crossings.ts';
import type { PackedBorder } from './packed-border.ts';

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
  readonly hold: Hold;
  readonly residual: Residual;
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

/** The accounts of an organisation as one graph: the edges of each, and those that lead from one into another. */
export class OrganizationGraph {
  readonly #accounts: readonly BorderAccount[];
  readonly #crossings: Crossings;
  readonly #residuals = new Residuals([]);
  readonly #vias = new Vias();
  readonly #lists = new Map<number, EdgeLists>();
  readonly #across = new WeakSet<Edge>();
  readonly #asksHow: boolean;

  constructor(borders: readonly PackedBorder[]) {
    const organizations = knownOrganizations(borders);
    let first = 0;
    this.#accounts = borders.map((packed, i) => {
      const account = new BorderAccount(packed, first, organizations[i] ?? null);
      first += packed.nodeCount;
      return account;
    });
    this.#crossings = new Crossings(this.#accounts, (formula, chosen, given) => {
      const { remains, open } = this.#residuals.of(formula, chosen, given);
      return typeof remains === 'boolean' ? remains : open;
    });
    this.#asksHow = borders.some(({ asksHow }) => asksHow);
  }

  /** Whoever may begin, account by account: of an account that is here only its own principals. */
  *starts(): Generator<Start> {
    const known = new Set(this.#accounts.map(({ accountId }) => accountId));
    for (const account of this.#accounts) {
      const { accountId, first, packed } = account;
      const { nodes, own } = packed.nodeCount > 0 ? account.border : NOBODY;
      const people = new Set(own.flatMap((one) => (one.kind === 'person' ? one.principals : [])));
      for (const [i, node] of nodes.entries()) {
        const principals = node.principals.filter((arn) => !known.has(ROOT.exec(arn)?.[1] ?? ''));
        if (principals.length === 0) continue;
        const count = principals.filter((arn) => people.has(arn)).length;
        yield { accountId, principals, people: count, node: first + i };
      }
    }
  }

  /** What they reach by way of other accounts, by the shortest chains. */
  *reached({ node }: Start): Generator<ReachedRole> {
    const next = levelsAlong({
      start: node,
      listsOf: (from) => this.#listsOf(from),
      missingOf: (one) => this.#of(one).node(one).missing ?? null,
      asksHow: this.#asksHow ? (one) => this.#of(one).node(one).asksHow === true : null,
      isWanted: (one) => this.#of(one).entry(one) !== undefined,
    });
    for (let level = next(); level !== null; level = next()) {
      for (const chain of level) {
        const role = this.#crosses(chain) ? this.#reachedBy(chain) : null;
        if (role !== null) yield role;
      }
    }
  }

  #listsOf(from: number): EdgeLists {
    return remembered(this.#lists, from, () => {
      const of = this.#of(from);
      const subject = of.leaver(from);
      const across = subject ? this.#crossings.from(subject, of) : [];
      for (const edge of across) this.#across.add(edge);
      return [...of.listsOf(from), ...(across.length > 0 ? [across] : [])];
    });
  }

  #of(node: number): BorderAccount {
    let [low, high] = [0, this.#accounts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#accounts[middle] as BorderAccount).first <= node) low = middle;
      else high = middle - 1;
    }
    return this.#accounts[low] as BorderAccount;
  }

  #crosses(chain: Chain): boolean {
    for (let step: Chain | null = chain; step !== null; step = step.from)
      if (step.edge && this.#across.has(step.edge)) return true;
    return false;
  }

  #reachedBy(chain: Chain): ReachedRole | null {
    const into = this.#of(chain.to);
    const holds = (into.entry(chain.to)?.holds ?? []).flatMap((hold) => {
      const residual = this.#residualOf(chain, into.condition(hold.open));
      if (residual.remains === false) return [];
      return [{ hold, residual, missing: chain.missing ?? hold.missing ?? null }];
    });
    if (holds.length === 0) return null;
    return {
      accountId: into.accountId,
      instances: into.border.instances,
      via: this.#vias.of(chain),
      holds,
      guardrailsAreWhole: this.#areWhole(chain),
    };
  }

  #residualOf(chain: Chain, open: Formula): Residual {
    return this.#residuals.of(and(chain.open, atEnd(chain, open)), [], []);
  }

  #areWhole(chain: Chain): boolean {
    for (let step: Chain | null = chain; step !== null; step = step.from)
      if (!this.#of(step.to).account.guardrailsAreWhole) return false;
    return true;
  }
}

const NOBODY: Pick<Border, 'nodes' | 'own'> = { nodes: [], own: [] };

const ROOT = /^arn:[^:]*:iam::(\d{12}):root$/;

/** Accounts below one management account are of one organisation, so that its id is known of all once one of them tells. */
function knownOrganizations(borders: readonly PackedBorder[]): readonly (Organization | null)[] {
  const ids = new Map(
    borders.flatMap(({ organization }) =>
      organization?.id && organization.managementAccountId
        ? [[organization.managementAccountId, organization.id] as const]
        : [],
    ),
  );
  return borders.map(({ organization }) => {
    const id = organization?.id ?? ids.get(organization?.managementAccountId ?? '');
    return organization && id !== undefined ? { ...organization, id } : organization;
  });
}
