import { addBits, type Bits, emptyBits, setBit } from '../../evaluator/bits.ts';
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

/** What a policy says about the actions of the table. */
interface Said {
  readonly spoken: readonly Spoken[];
  /** indexes of the actions that it allows */
  readonly allowed: Bits;
}

/** Computes views of many actions at once: most policies mention few actions, and say the same about many. */
export class ViewTable {
  readonly #actions: readonly string[];
  /** indexes of the actions, by service */
  readonly #byService: ReadonlyMap<string, readonly number[]>;
  readonly #policyViews: PolicyViews;
  readonly #sequences: Sequences;
  readonly #said = new Map<CompiledPolicy, Said>();

  constructor(actions: readonly string[], policyViews: PolicyViews, sequences: Sequences) {
    this.#actions = actions;
    this.#byService = Map.groupBy(actions.keys(), (i) => serviceOf(actions[i] as string));
    this.#policyViews = policyViews;
    this.#sequences = sequences;
  }

  /** For each action the result of `PrincipalViews.list`: a number for the policies that mention it, or `silent`. */
  lists(policies: readonly CompiledPolicy[], subject: Subject, silent: number): readonly number[] {
    const lists: number[] = new Array(this.#actions.length).fill(silent);
    for (const policy of policies) {
      for (const { facet, at } of this.#saidBy(policy).spoken) {
        const number = this.#policyViews.numberIn(facet, subject);
        for (const i of at) lists[i] = this.#sequences.after(lists[i] as number, number);
      }
    }
    return lists;
  }

  /** The actions that one of the policies allows, as indexes of the table. */
  allowed(policies: readonly CompiledPolicy[]): Bits {
    const allowed = emptyBits(this.#actions.length);
    for (const policy of policies) addBits(allowed, this.#saidBy(policy).allowed);
    return allowed;
  }

  #saidBy(policy: CompiledPolicy): Said {
    return remembered(this.#said, policy, () => {
      const byFacet = new Map<Facet, number[]>();
      for (const i of this.#placesSpokenOf(policy)) {
        const facet = this.#policyViews.facetOf(policy, this.#actions[i] as string);
        if (facet) remembered(byFacet, facet, () => []).push(i);
      }
      const spoken = [...byFacet].map(([facet, at]) => ({ facet, at }));
      return { spoken, allowed: this.#allowedIn(spoken) };
    });
  }

  #allowedIn(spoken: readonly Spoken[]): Bits {
    const allowed = emptyBits(this.#actions.length);
    for (const i of spoken.flatMap(({ facet, at }) => (facet.allows ? at : []))) setBit(allowed, i);
    return allowed;
  }

  #placesSpokenOf(policy: CompiledPolicy): readonly number[] {
    return [...this.#byService].flatMap(([service, places]) =>
      saysSomethingOf(policy, service) ? places : [],
    );
  }
}
