import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import type { Facet, PolicyViews } from './policy-views.ts';

/** Levels of guardrails, or of resource control policies. */
export type Levels = readonly (readonly CompiledPolicy[])[];

/** Actions about which every policy of the levels says the same. */
interface Alike {
  readonly action: string;
  /** true if it is the same for every principal */
  readonly isFixed: boolean;
  number: number | null;
}

/**
 * Numbers what levels of policies say about many actions. The levels are the same for all principals and mention few
 * actions, so a principal needs few numbers.
 */
export class LevelViews {
  /** by index of the action */
  readonly #alike: readonly Alike[];
  readonly #open: readonly Alike[];

  constructor(levels: Levels, actions: readonly string[], policyViews: PolicyViews) {
    const policies = levels.flat();
    const numbers = new Map<Facet | null, number>();
    const groups = new Map<string, Alike>();
    this.#alike = actions.map((action) => {
      const facets = policies.map((policy) => policyViews.facetOf(policy, action));
      const name = facets.map((facet) => remembered(numbers, facet, () => numbers.size)).join();
      const isFixed = facets.every((facet) => facet === null || facet.isFixed);
      return remembered(groups, name, () => ({ action, isFixed, number: null }));
    });
    this.#open = [...groups.values()].filter(({ isFixed }) => !isFixed);
  }

  /** For one principal: the number for each action, by index. Valid until the next call. */
  of(subject: Subject, numberOf: (action: string, subject: Subject) => number): (i: number) => number {
    for (const one of this.#open) one.number = null;
    return (i) => {
      const one = this.#alike[i] as Alike;
      one.number ??= numberOf(one.action, subject);
      return one.number;
    };
  }
}
