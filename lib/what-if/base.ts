import type { Bits } from '../evaluator/bits.ts';
import type { CompiledPolicy } from '../evaluator/compile.ts';
import type { Subject } from '../matrix/account/account.ts';
import type { BuiltRows } from '../matrix/build.ts';
import type { ChainGroup } from '../matrix/chains/chain-group.ts';
import type { Chain } from '../matrix/chains/chains.ts';
import { anywhereIn, IndirectRows } from '../matrix/chains/indirect-rows.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { DirectCells } from '../matrix/rows/class-cells.ts';
import { remembered } from '../memory/remembered.ts';

/** A matrix with the indexes that show what a change affects. */
export class Base {
  readonly built: BuiltRows;
  readonly anywhere: ReadonlyMap<AccessPath, Bits>;
  readonly indirect: IndirectRows;
  readonly groups: readonly ChainGroup[];
  /** by principal: the index in `groups` of those with the same chains; undefined: it starts no chain */
  readonly groupOf: readonly (number | undefined)[];
  readonly #byTarget: number[][];
  readonly #policies = new Map<CompiledPolicy, number>();
  /** by principal and policies: successive changes often ask the same again */
  readonly #directAs = new Map<string, DirectCells>();
  /** null: there are several chains */
  readonly #chainsTo = new Map<number, ReadonlyMap<number, Chain | null>>();

  constructor(built: BuiltRows) {
    this.built = built;
    this.anywhere = anywhereIn(built.rows, built.audited.paths);
    this.indirect = new IndirectRows(built.rows, this.anywhere);
    this.groups = [...built.rows.chains()];
    const groupOf: (number | undefined)[] = built.rows.subjects.map(() => undefined);
    this.#byTarget = built.rows.subjects.map(() => []);
    for (const [i, { principals, levels }] of this.groups.entries()) {
      for (const principal of principals) groupOf[principal] = i;
      for (const to of new Set(levels.flat().map((chain) => chain.to))) this.#byTarget[to]?.push(i);
    }
    this.groupOf = groupOf;
  }

  /** What a principal would hold directly with other identity policies; `said`: the actions on which they differ. */
  directAs(principal: number, subject: Subject, said: ReadonlySet<string>): DirectCells {
    const policies = subject.layers.identityPolicies.map((policy) =>
      remembered(this.#policies, policy, () => this.#policies.size),
    );
    return remembered(this.#directAs, `${principal} ${policies.join(' ')}`, () =>
      this.built.rows.directAs(principal, subject, said),
    );
  }

  /** The groups with a chain through a principal. */
  groupsBy(principal: number): readonly number[] {
    return this.#byTarget[principal] ?? [];
  }

  /** The chain of a group to a principal. Null: there are several, which end in different kinds of session. */
  chainTo(group: number, principal: number): Chain | null | undefined {
    const chains = remembered(this.#chainsTo, group, () => {
      const known = new Map<number, Chain | null>();
      for (const chain of this.groups[group]?.levels.flat() ?? [])
        known.set(chain.to, known.has(chain.to) ? null : chain);
      return known;
    });
    return chains.get(principal);
  }
}
