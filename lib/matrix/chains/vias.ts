import { remembered } from '../../memory/remembered.ts';
import type { Chain } from './chains.ts';

/**
 * The steps of chains, as they are shown. Equal steps are one list: there may be thousands of lists as long as the
 * account has roles.
 */
export class Vias {
  readonly #alike = new Map<string, (readonly string[])[]>();
  readonly #known = new WeakMap<Chain, readonly string[]>();

  of(chain: Chain): readonly string[] {
    return remembered(this.#known, chain, () => this.#same(stepsOf(chain)));
  }

  /** Finds an equal list among those with equal start, end and length. */
  #same(steps: readonly string[]): readonly string[] {
    const name = `${steps.length} ${steps[0]} ${steps.at(-1)}`;
    const alike = this.#alike.get(name) ?? [];
    const known = alike.find((one) => isEqual(one, steps));
    if (known) return known;
    alike.push(steps);
    this.#alike.set(name, alike);
    return steps;
  }
}

function stepsOf(chain: Chain): readonly string[] {
  const steps = new Array<string>(chain.length);
  let left = chain.length;
  for (let { from, edge, at } = chain; from && edge; { from, edge, at } = from) {
    for (const step of edge.after?.toReversed() ?? []) steps[--left] = step;
    steps[--left] = edge.steps[at] as string;
    if (edge.by !== undefined) steps[--left] = edge.by;
  }
  return steps;
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((step, i) => step === other[i]);
}
