import { type CompiledPolicy, saysSomethingOf, serviceOf } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import type { Facet, PolicyViews } from './policy-views.ts';
import type { Sequences } from './sequences.ts';

/** Actions about which a policy says the same, as indexes of the table. */
interface Spoken {
  readonly facet: Facet;
  readonly at: readonly number[];
}

/** Views of several actions at once: most policies mention few of them, and say the same about many. */
export class ViewTable {
  readonly #actions: readonly string[];
  /** the places of the actions */
  readonly #byService: ReadonlyMap<string, readonly number[]>;
  readonly #policyViews: PolicyViews;
  readonly #sequences: Sequences;
  readonly #spoken = new Map<CompiledPolicy, readonly Spoken[]>();

  constructor(actions: readonly string[], policyViews: PolicyViews, sequences: Sequences) {
    this.#actions = actions;
    this.#byService = Map.groupBy(actions.keys(), (i) => serviceOf(actions[i] as string));
    this.#policyViews = policyViews;
    this.#sequences = sequences;
  }

  /**
   * For each action the result of `PrincipalViews.list`: `silent`, or a number for the policies that mention
   * it.
   */
  lists(policies: readonly CompiledPolicy[], subject: Subject, silent: number): readonly number[] {
    const lists: number[] = new Array(this.#actions.length).fill(silent);
    for (const policy of policies) {
      for (const { facet, at } of this.#spokenBy(policy)) {
        const number = this.#policyViews.numberIn(facet, subject);
        for (const i of at) lists[i] = this.#sequences.after(lists[i] as number, number);
      }
    }
    return lists;
  }

  #spokenBy(policy: CompiledPolicy): readonly Spoken[] {
    return remembered(this.#spoken, policy, () => {
      const byFacet = new Map<Facet, number[]>();
      for (const [service, places] of this.#byService) {
        if (!saysSomethingOf(policy, service)) continue;
        for (const i of places) {
          const facet = this.#policyViews.facetOf(policy, this.#actions[i] as string);
          if (facet) remembered(byFacet, facet, () => []).push(i);
        }
      }
      return [...byFacet].map(([facet, at]) => ({ facet, at }));
    });
  }
}
