import { addBits, type Bits, emptyBits, hasBit, isEmpty, union } from '../../evaluator/bits.ts';
import { type Formula, or } from '../../evaluator/formula.ts';
import type { Rest } from '../../evaluator/residual/rests.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import type { Universe } from '../classes/instance-classes.ts';
import { overlay, type Piece } from '../rows/pieces.ts';
import type { RowCell } from '../rows/row-cell.ts';
import { type Edge, edgesTo } from './chains.ts';

/** A class of instances, and the first of them that has the role. */
interface Seat {
  readonly place: number;
  readonly first: number;
}

/** A role and where it sits, by `first`. */
interface Host {
  readonly to: number;
  readonly seats: Seat[];
}

/** Where each role sits on instances: a shell there is a shell with the role. */
export class InstanceEdges {
  readonly #hosts: readonly Host[];
  readonly #instances: readonly Instance[];
  readonly #width: number;
  readonly #known = new Map<string, readonly Edge[]>();
  readonly #numbers = new Map<readonly RowCell[], number>();
  readonly #rests = new Map<Rest, number>();
  readonly #opens = new Map<string, Formula>();

  constructor(
    account: Account,
    subjects: readonly Subject[],
    instances: readonly Instance[],
    universe: Universe,
  ) {
    this.#instances = instances;
    this.#width = universe.representatives.length;
    const index = new Map(subjects.flatMap(({ role, arn }, i) => (role ? [[arn, i] as const] : [])));
    const profiles = new Map(
      account.snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]),
    );
    const hosts = new Map<number, Host & { known: Set<number> }>();
    for (const [i, { instanceProfile }] of instances.entries()) {
      for (const arn of (instanceProfile !== null && profiles.get(instanceProfile)) || []) {
        const to = index.get(arn);
        if (to === undefined) continue;
        const host = remembered(hosts, to, () => ({ to, seats: [], known: new Set<number>() }));
        const place = universe.classOf[i] as number;
        if (host.known.has(place)) continue;
        host.known.add(place);
        host.seats.push({ place, first: i });
      }
    }
    this.#hosts = [...hosts.values()].map(({ to, seats }) => ({ to, seats }));
  }

  /** `shells`: the cells of each path that gives a shell. Principals with the same share the edges, one to themselves among them. */
  of(shells: readonly (readonly RowCell[])[]): readonly Edge[] {
    const held = shells.filter((cells) => cells.length > 0);
    const name = held.map((cells) => numberOf(this.#numbers, cells)).join();
    return remembered(this.#known, name, () => (held.length === 0 ? [] : this.#edges(held.flat())));
  }

  #edges(cells: readonly RowCell[]): readonly Edge[] {
    const sure = emptyBits(this.#width);
    const limited = new Map<Rest, Bits>();
    for (const { rest, bits } of cells) {
      if (rest.rest === true) addBits(sure, bits);
      else limited.set(rest, union(limited.get(rest) ?? bits, bits));
    }
    const any = sure.slice();
    for (const bits of limited.values()) addBits(any, bits);
    const isSome = !isEmpty(sure);
    const shells = [{ bits: sure, value: true }, ...this.#anyOf(limited)];
    const ends: { to: number; step: string; open: Formula }[] = [];
    for (const { to, seats } of this.#hosts) {
      const seat = (isSome && seatIn(seats, sure)) || seatIn(seats, any);
      const shell = seat && shells.find(({ bits }) => hasBit(bits, seat.place));
      if (shell) ends.push({ to, step: (this.#instances[seat.first] as Instance).arn, open: shell.value });
    }
    return edgesTo(ends);
  }

  /** Any shell on an instance will do. */
  #anyOf(limited: ReadonlyMap<Rest, Bits>): readonly Piece<Formula>[] {
    const lists = [...limited].map(([value, bits]) => [{ bits, value }]);
    return overlay(lists).map(({ bits, values }) => ({
      bits,
      value: this.#either(values.filter((rest) => rest !== null)),
    }));
  }

  /** Of the same rests always the same formula. */
  #either(rests: readonly Rest[]): Formula {
    const name = rests
      .map((rest) => numberOf(this.#rests, rest))
      .sort()
      .join();
    return remembered(this.#opens, name, () =>
      rests.reduce<Formula>((any, rest) => or(any, rest.open), false),
    );
  }
}

function seatIn(seats: readonly Seat[], bits: Bits): Seat | null {
  for (const seat of seats) if (hasBit(bits, seat.place)) return seat;
  return null;
}

function numberOf<T>(numbers: Map<T, number>, one: T): number {
  return remembered(numbers, one, () => numbers.size);
}
