import { remembered } from '../../memory/remembered.ts';
import { SparseArray } from '../../memory/sparse-array.ts';
import { type Edge, partOf } from './chains.ts';

/** Removes ends that hold nothing and lead nowhere from edges: most roles have nothing to do with EC2. */
export class UsefulEdges {
  readonly #isUseful: (principal: number) => boolean;
  /** queried for every end of every edge */
  readonly #known = new SparseArray<boolean>();
  readonly #lists = new Map<readonly Edge[], readonly Edge[]>();
  /** edges share their ends, and the filtered edges share theirs */
  readonly #ends = new Map<readonly number[], Pick<Edge, 'to' | 'steps'>>();

  constructor(isUseful: (principal: number) => boolean) {
    this.#isUseful = isUseful;
  }

  among(lists: readonly (readonly Edge[])[]): readonly (readonly Edge[])[] {
    return lists.map((list) => this.#of(list)).filter((list) => list.length > 0);
  }

  #of(list: readonly Edge[]): readonly Edge[] {
    return remembered(this.#lists, list, () =>
      list.map((edge) => ({ ...edge, ...this.#endsOf(edge) })).filter(({ to }) => to.length > 0),
    );
  }

  #endsOf(edge: Edge): Pick<Edge, 'to' | 'steps'> {
    let ends = this.#ends.get(edge.to);
    if (!ends) {
      const useful = edge.to.flatMap((to, i) => (this.#isKept(to) ? [i] : []));
      ends = partOf(edge, useful);
      this.#ends.set(edge.to, ends);
    }
    return { to: ends.to, steps: ends.steps };
  }

  #isKept(principal: number): boolean {
    const known = this.#known.get(principal);
    if (known !== undefined) return known;
    const isUseful = this.#isUseful(principal);
    this.#known.set(principal, isUseful);
    return isUseful;
  }
}
