import { allowsEverything } from '../matrix/account/hypothetical-principals.ts';
import type { BuiltRows } from '../matrix/build.ts';
import type { EdgeLists } from '../matrix/chains/chain-search.ts';
import type { Edge } from '../matrix/chains/chains.ts';
import { leadingTo } from '../matrix/chains/chains-to-cells.ts';
import { UsefulEdges } from '../matrix/chains/useful-edges.ts';
import { remembered } from '../memory/remembered.ts';
import type { BorderEdge, BorderNode, BorderPart, Leaver } from './border.ts';
import type { FormulaPool } from './formula-pool.ts';

/** The part of an account's chains that leads out of it. Principals have numbers of nodes. */
export interface BorderGraph extends Pick<BorderPart, 'nodes' | 'lists' | 'ends'> {
  readonly nodeOf: (principal: number) => number;
}

export interface Gates {
  /** principals that may request roles of other accounts */
  readonly leaves: ReadonlySet<number>;
  readonly leaver: (principal: number) => Leaver;
  /** roles that trust somebody outside the account */
  readonly entries: ReadonlySet<number>;
}

/**
 * The nodes and edges that lead out of the account. Principals that are the target of no edge are one node if
 * their edges are equal.
 */
export function borderGraph(
  built: BuiltRows,
  { leaves, leaver, entries }: Gates,
  pool: FormulaPool,
): BorderGraph {
  const { rows, subjects } = built;
  const isReal = (p: number): boolean => p < subjects.length;
  const identities = new Identities(rows);
  const listsOf = (p: number): EdgeLists => identities.of(p);
  const leading = leadingTo((p) => leaves.has(p), [...rows.subjects.keys()].filter(isReal), listsOf);
  const useful = new UsefulEdges((p) => leading.has(p));
  const all = [...new Set([...leading, ...entries])].sort((a, b) => a - b);
  const found = new Map(all.map((p) => [p, useful.among(listsOf(p))]));
  const become = new Set<number>();
  for (const ends of new Set([...found.values()].flat(2).map(({ to }) => to)))
    for (const end of ends) become.add(end);
  const { asksHow } = rows.search(0, [], () => []);
  const graph = new GraphWriter(pool);
  const alike = new Map<string, number[]>();
  for (const [p, lists] of found) {
    const stands = leaves.has(p) || entries.has(p) || become.has(p) || asksHow?.(p);
    const name = stands ? `alone ${p}` : `${graph.numbersOf(lists).join()} ${rows.subject(p).missing}`;
    remembered(alike, name, () => []).push(p);
  }
  const numbers = new Map([...alike.values()].flatMap((list, node) => list.map((p) => [p, node] as const)));
  const nodeOf = (p: number): number => numbers.get(p) as number;
  const nodes = [...alike.values()].map((list): BorderNode => {
    const first = list[0] as number;
    const { missing, ownTags } = rows.subject(first);
    return {
      principals: list.filter(isReal).map((p) => rows.subject(p).arn),
      lists: graph.numbersOf(found.get(first) ?? []),
      ...(leaves.has(first) && { leaves: leaver(first) }),
      ...(ownTags && { ownTags: [...ownTags].sort() }),
      ...(missing !== null && { missing }),
      ...(asksHow?.(first) && { asksHow: true }),
    };
  });
  return { nodes, ...graph.written(nodeOf), nodeOf };
}

/**
 * Edges of principals as themselves. A principal that allows itself everything needs no stronger principal:
 * the edges on which it first adds permissions to another one are left out.
 */
class Identities {
  readonly #rows: BuiltRows['rows'];
  readonly #asTheyAre = new Map<readonly Edge[], readonly Edge[]>();

  constructor(rows: BuiltRows['rows']) {
    this.#rows = rows;
  }

  of(p: number): EdgeLists {
    const { permissionsBoundary, identityPolicies } = this.#rows.subject(p).layers;
    const lists = this.#rows.identitiesOf(p);
    return permissionsBoundary || !allowsEverything(identityPolicies)
      ? lists
      : lists.map((list) => this.#unwidened(list)).filter((list) => list.length > 0);
  }

  #unwidened(list: readonly Edge[]): readonly Edge[] {
    return remembered(this.#asTheyAre, list, () => {
      const left = list.filter(({ after }) => after === undefined);
      return left.length === list.length ? list : left;
    });
  }
}

/** Collects lists of edges and their targets, each once: thousands of principals have the same ones. */
class GraphWriter {
  readonly #pool: FormulaPool;
  readonly #known = new Map<readonly Edge[], number>();
  readonly #names = new Map<string, number>();
  readonly #lists: (readonly BorderEdge[])[] = [];
  readonly #ends = new Map<readonly number[], number>();
  readonly #endNames = new Map<string, number>();
  readonly #all: Pick<Edge, 'to' | 'steps'>[] = [];

  constructor(pool: FormulaPool) {
    this.#pool = pool;
  }

  numbersOf(lists: EdgeLists): readonly number[] {
    return lists.map((list) => remembered(this.#known, list, () => this.#numberOf(list.map(this.#edge))));
  }

  written(nodeOf: (principal: number) => number): Pick<BorderPart, 'lists' | 'ends'> {
    return {
      lists: this.#lists,
      ends: this.#all.map(({ to, steps }) => ({ to: to.map(nodeOf), steps })),
    };
  }

  #numberOf(edges: readonly BorderEdge[]): number {
    return remembered(this.#names, JSON.stringify(edges), () => this.#lists.push(edges) - 1);
  }

  #edge = (edge: Edge): BorderEdge => {
    const { open, codes, by, after, assumes, missing } = edge;
    return {
      ...{ ends: this.#endsOf(edge), open: this.#pool.of(open) },
      ...(codes && { codes }),
      ...(by !== undefined && { by }),
      ...(after && { after }),
      ...(assumes && { assumes }),
      ...(missing !== undefined && { missing }),
    };
  };

  /** Targets are stored with the steps that show how each is reached. */
  #endsOf({ to, steps }: Edge): number {
    return remembered(this.#ends, to, () =>
      remembered(this.#endNames, JSON.stringify([to, steps]), () => this.#all.push({ to, steps }) - 1),
    );
  }
}
