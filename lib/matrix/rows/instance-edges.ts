import { type Formula, or } from '../../evaluator/formula.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account.ts';
import { type Edge, edgesTo } from '../chains.ts';
import { addBits, type Bits, emptyBits, hasBit } from './bits.ts';
import { overlay, type Piece } from './pieces.ts';
import type { Rest } from './rests.ts';
import type { RowCell } from './row-cell.ts';
import type { Universe } from './universe.ts';

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
        const host = hosts.get(to) ?? { to, seats: [], known: new Set() };
        hosts.set(to, host);
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
    const name = held.map((cells) => this.#numberOf(cells)).join();
    let edges = this.#known.get(name);
    if (!edges) {
      edges = held.length === 0 ? [] : this.#edges(held.flat());
      this.#known.set(name, edges);
    }
    return edges;
  }

  #numberOf(cells: readonly RowCell[]): number {
    const number = this.#numbers.get(cells) ?? this.#numbers.size;
    this.#numbers.set(cells, number);
    return number;
  }

  #edges(cells: readonly RowCell[]): readonly Edge[] {
    const sure = emptyBits(this.#width);
    const limited = new Map<Rest, Bits>();
    for (const { rest, bits } of cells) {
      if (rest.rest === true) addBits(sure, bits);
      else limited.set(rest, union(limited.get(rest), bits));
    }
    const any = sure.slice();
    for (const bits of limited.values()) addBits(any, bits);
    const shells = [{ bits: sure, value: true }, ...eitherOf(limited)];
    const ends = this.#hosts.flatMap(({ to, seats }) => {
      const seat = seatIn(seats, sure) ?? seatIn(seats, any);
      const shell = seat && shells.find(({ bits }) => hasBit(bits, seat.place));
      return shell ? [{ to, step: (this.#instances[seat.first] as Instance).arn, open: shell.value }] : [];
    });
    return edgesTo(ends);
  }
}

function union(a: Bits | undefined, b: Bits): Bits {
  const bits = b.slice();
  if (a) addBits(bits, a);
  return bits;
}

function seatIn(seats: readonly Seat[], bits: Bits): Seat | null {
  return seats.find(({ place }) => hasBit(bits, place)) ?? null;
}

/** Any shell on an instance will do. */
function eitherOf(limited: ReadonlyMap<Rest, Bits>): readonly Piece<Formula>[] {
  const lists = [...limited].map(([{ open }, bits]) => [{ bits, value: open }]);
  return overlay(lists).map(({ bits, values }) => ({
    bits,
    value: values.reduce<Formula>((any, open) => or(any, open ?? false), false),
  }));
}
