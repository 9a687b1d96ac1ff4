import { formulaKey } from '../evaluator/formula-key.ts';
import type { EdgeLists } from '../matrix/chains/chain-search.ts';
import type { Edge } from '../matrix/chains/chains.ts';
import { remembered } from '../memory/remembered.ts';
import type { GraphNode } from './packed-border.ts';

interface Graph {
  readonly listsOf: (from: number) => EdgeLists;
  readonly nodeOf: (node: number) => GraphNode;
}

/**
 * Names lists of edges of one account: chains along lists with equal names lead to the same roles in the same ways. A
 * list of what principals make of themselves (a user with other tags) is a list of each, and equal if what they become
 * is equal.
 */
export class AlikeEdges {
  readonly #graph: Graph;
  readonly #names = new Map<readonly Edge[], string>();
  readonly #numbers = new Map<object, number>();
  #count = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  lists(lists: EdgeLists): string {
    return lists.map((list) => remembered(this.#names, list, () => this.#list(list))).join(' ');
  }

  #list(list: readonly Edge[]): string {
    const isOwn = list.every(({ to }) => to.every((node) => this.#isOwn(node)));
    return isOwn ? JSON.stringify(list.map((edge) => this.#edge(edge))) : this.#number(list);
  }

  /** Nobody else, and nothing to hold: only the edges of such an end matter. */
  #isOwn(node: number): boolean {
    const { principals, holds } = this.#graph.nodeOf(node);
    return principals.length === 0 && holds === null;
  }

  #edge({ to, open, ...edge }: Edge): readonly unknown[] {
    return [to.map((node) => this.#end(node)), formulaKey(open), edge];
  }

  #end(node: number): string {
    const { asksHow, missing } = this.#graph.nodeOf(node);
    const lists = this.#graph.listsOf(node).map((list) => this.#number(list));
    return `${lists.join()} ${asksHow} ${missing}`;
  }

  #number(one: object): string {
    return `#${remembered(this.#numbers, one, () => this.#count++)}`;
  }
}
