import type { Formula } from '../evaluator/formula.ts';
import { compileRecord } from '../matrix/account/compile-record.ts';
import type { EdgeLists } from '../matrix/chains/chain-search.ts';
import type { Edge } from '../matrix/chains/chains.ts';
import { codesIn } from '../matrix/chains/codes.ts';
import { remembered } from '../memory/remembered.ts';
import { guardrailsOf } from '../snapshot/guardrails.ts';
import type { Organization, Role, Snapshot } from '../snapshot/snapshot.ts';
import type { Border, BorderEdge, BorderNode, Hold } from './border.ts';
import { type ConditionRef, readFormula } from './formula-pool.ts';
import { trustEntries } from './role-taking.ts';

/** How rarely used text is stored. */
export interface Packing {
  readonly pack: (text: string) => Uint8Array;
  readonly unpack: (packed: Uint8Array) => string;
}

/** Shared by all accounts of an organisation, and the position of this account among them. */
export interface Among {
  /** the number of its first node, in one numbering for all accounts */
  readonly first: number;
  readonly packing: Packing;
  readonly formula: (formula: Formula) => Formula;
  readonly text: <T extends string>(text: T) => T;
  readonly texts: <T extends string>(texts: readonly T[]) => readonly T[];
}

/**
 * A hold with its condition as a formula. All objects have the same members, since there are many and such
 * objects need less memory.
 */
export interface OpenHold extends Omit<Hold, 'open' | 'missing'> {
  readonly open: Formula;
  readonly missing: string | null;
}

/** A node from which another account may be reached. */
export interface GraphNode extends Pick<BorderNode, 'principals'> {
  /** how many of its principals are people */
  readonly people: number;
  readonly lists: EdgeLists;
  readonly asksHow: boolean;
  readonly missing: string | null;
  /** access of a role that trusts somebody outside; null: it is not such a role */
  readonly holds: readonly OpenHold[] | null;
}

/** A role that trusts somebody outside its account. */
export interface Gate {
  readonly node: number;
  readonly arn: string;
  /** an index into the roles of `iam` */
  readonly role: number;
  /** what its trust policy names: ARNs, ids, accounts, `*` */
  readonly names: readonly string[];
}

/** The data that a request for a role needs: policies and their holders. */
export interface RoleRequestData {
  readonly iam: Snapshot;
  readonly nodes: readonly Pick<BorderNode, 'leaves' | 'ownTags' | 'missing'>[];
}

/**
 * The border of one account in memory. Chains are plain objects, since every search uses them. Policies are
 * only needed while roles are requested and stay packed. Nodes are numbered across all accounts.
 */
export class PackedBorder {
  readonly accountId: string;
  readonly first: number;
  readonly unreadTrusts: number;
  readonly organization: Organization | null;
  readonly guardrailsAreWhole: boolean;
  readonly instances: Border['instances'];
  readonly nodes: readonly GraphNode[];
  /** true if some principal may request roles of other accounts */
  readonly asks: boolean;
  readonly gates: readonly Gate[];
  readonly #packing: Packing;
  readonly #bytes: Uint8Array;

  constructor(border: Border, among: Among) {
    const { accountId, unreadTrusts, instances, iam, nodes } = border;
    this.accountId = accountId;
    this.first = among.first;
    this.unreadTrusts = unreadTrusts;
    this.instances = instances;
    this.organization = iam.organization;
    this.guardrailsAreWhole = guardrailsOf(iam).areWhole;
    const reader = new GraphReader(border, among);
    this.nodes = reader.nodes();
    this.asks = nodes.some(({ leaves }) => leaves !== undefined);
    this.gates = reader.gates();
    this.#packing = among.packing;
    const asking: RoleRequestData = {
      iam,
      nodes: nodes.map(({ principals: _, lists: __, ...node }) => node),
    };
    this.#bytes = among.packing.pack(JSON.stringify(asking));
  }

  /** Unpacks and parses the policies again on each call. */
  ask(): RoleRequestData {
    return JSON.parse(this.#packing.unpack(this.#bytes)) as RoleRequestData;
  }

  node(number: number): GraphNode {
    return this.nodes[number - this.first] as GraphNode;
  }
}

const NOBODY: readonly string[] = [];

/** Reads the chains of one account. Equal parts become one object. */
class GraphReader {
  readonly #border: Border;
  readonly #among: Among;
  readonly #conditions = new Map<number, Formula>();
  readonly #lists = new Map<number, readonly Edge[]>();
  readonly #edgeLists = new Map<string, EdgeLists>();
  readonly #ends = new Map<number, Pick<Edge, 'to' | 'steps'>>();
  readonly #names = new Map<string, string>();
  readonly #alike = new Map<string, unknown>();

  constructor(border: Border, among: Among) {
    this.#border = border;
    this.#among = among;
  }

  nodes(): readonly GraphNode[] {
    const { nodes, entries, own } = this.#border;
    const people = new Set(own.flatMap((one) => (one.kind === 'person' ? one.principals : [])));
    const holds = new Map(entries.map((entry) => [entry.node, entry.holds.map((hold) => this.#hold(hold))]));
    return nodes.map(({ principals, lists, asksHow, missing }, at) => ({
      principals: principals.length === 0 ? NOBODY : principals.map((arn) => this.name(arn)),
      people: principals.filter((arn) => people.has(arn)).length,
      lists: this.#listsOf(lists),
      asksHow: asksHow ?? false,
      missing: missing ?? null,
      holds: holds.get(at) ?? null,
    }));
  }

  gates(): readonly Gate[] {
    const { roles, policies } = this.#border.iam;
    const trusts = new Map(policies.map((record) => [record.id, record]));
    return this.#border.entries.map(({ node, role: number }) => {
      const role = roles[number] as Role;
      const trust = trusts.get(role.trust);
      const names = trust ? [...trustEntries(compileRecord(trust))] : [];
      return { node: this.#among.first + node, arn: this.name(role.arn), role: number, names };
    });
  }

  #hold({ path, landsAs, open, missing, uncertain, via, on }: Hold): OpenHold {
    return {
      path: this.#among.text(path),
      landsAs: this.#among.texts(landsAs),
      open: this.#condition(open),
      missing: missing ?? null,
      uncertain: this.#among.texts(uncertain),
      via: this.#same(via.map((step) => this.name(step))),
      on: this.#same(on),
    };
  }

  #condition(ref: ConditionRef): Formula {
    if (ref === null) return true;
    return remembered(this.#conditions, ref, () =>
      this.#among.formula(readFormula(this.#border.conditions[ref] ?? false)),
    );
  }

  /** Thousands of principals have equal lists. */
  #listsOf(lists: readonly number[]): EdgeLists {
    return remembered(this.#edgeLists, lists.join(), () => lists.map((list) => this.#list(list)));
  }

  #list(list: number): readonly Edge[] {
    return remembered(this.#lists, list, () =>
      (this.#border.lists[list] ?? []).map((edge) => this.#edge(edge)),
    );
  }

  /** All members are written one by one, even if undefined: such an object needs half the memory, and there are many. */
  #edge({ open, codes, ends, by, after, assumes, missing }: BorderEdge): Edge {
    const { text, texts } = this.#among;
    const { to, steps } = this.#endsOf(ends);
    return {
      to,
      steps,
      by: by && text(by),
      after: after && texts(after),
      open: this.#condition(open),
      codes: codes && codesIn(codes),
      assumes,
      missing,
    } as Edge;
  }

  #endsOf(number: number): Pick<Edge, 'to' | 'steps'> {
    return remembered(this.#ends, number, () => {
      const { to, steps } = this.#border.ends[number] ?? { to: [], steps: [] };
      return { to: to.map((node) => node + this.#among.first), steps: this.#stepsOf(steps) };
    });
  }

  /** Names of actions repeat in all accounts, ARNs only within one. */
  #stepsOf(steps: readonly string[]): readonly string[] {
    const named = steps.some((step) => step.startsWith('arn:'));
    return named ? steps.map((step) => this.name(step)) : this.#among.texts(steps);
  }

  /** One string object for equal names. */
  name(name: string): string {
    return remembered(this.#names, name, () => name);
  }

  #same<T extends string | number>(list: readonly T[]): readonly T[] {
    return remembered(this.#alike, list.join('\n'), () => list) as readonly T[];
  }
}
