import { type Formula, or } from '../../evaluator/formula.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account.ts';
import type { Edge } from '../chains.ts';
import { type Bits, emptyBits, intersection, isEmpty, placesIn, setBit } from './bits.ts';
import type { RowCell } from './direct-rows.ts';
import type { Universe } from './universe.ts';

/** Where each role sits on instances: a shell there is a shell with the role. */
export class InstanceEdges {
  readonly #hosts: readonly {
    readonly to: number;
    readonly bits: Bits;
    readonly first: ReadonlyMap<number, number>;
  }[];
  readonly #instances: readonly Instance[];

  constructor(
    account: Account,
    subjects: readonly Subject[],
    instances: readonly Instance[],
    universe: Universe,
    isUseful: (subject: Subject) => boolean,
  ) {
    this.#instances = instances;
    const index = new Map(
      subjects.flatMap((subject, i) =>
        subject.role && isUseful(subject) ? [[subject.arn, i] as const] : [],
      ),
    );
    const profiles = new Map(
      account.snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]),
    );
    const hosts = new Map<number, { to: number; bits: Bits; first: Map<number, number> }>();
    for (const [i, instance] of instances.entries()) {
      for (const arn of (instance.instanceProfile && profiles.get(instance.instanceProfile)) || []) {
        const to = index.get(arn);
        if (to === undefined) continue;
        const host = hosts.get(to) ?? {
          to,
          bits: emptyBits(universe.representatives.length),
          first: new Map<number, number>(),
        };
        hosts.set(to, host);
        const place = universe.classOf[i] as number;
        setBit(host.bits, place);
        if (!host.first.has(place)) host.first.set(place, i);
      }
    }
    this.#hosts = [...hosts.values()];
  }

  of(from: number, shells: readonly RowCell[]): readonly Edge[] {
    return this.#hosts.flatMap(({ to, bits, first }) => {
      if (to === from) return [];
      const cells = shells
        .map((cell) => ({ cell, both: intersection(cell.bits, bits) }))
        .filter(({ both }) => !isEmpty(both));
      const sure = cells.filter(({ cell }) => cell.rest.rest === true);
      const best = sure.length > 0 ? sure : cells;
      if (best.length === 0) return [];
      const instance = best
        .flatMap(({ both }) => placesIn(both))
        .reduce((least, place) => Math.min(least, first.get(place) as number), Number.POSITIVE_INFINITY);
      const open = best.reduce<Formula>((sum, { cell }) => or(sum, cell.rest.open), false);
      return [{ to, step: (this.#instances[instance] as Instance).arn, open }];
    });
  }
}
