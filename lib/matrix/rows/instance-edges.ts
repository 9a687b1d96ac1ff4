import { type Formula, or } from '../../evaluator/formula.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account.ts';
import { type Edge, edgesTo } from '../chains.ts';
import { addBits, type Bits, emptyBits, hasBit } from './bits.ts';
import type { RowCell } from './row-cell.ts';
import type { Universe } from './universe.ts';

/** A role and where it sits: classes of instances, each with the first of its instances that has the role. */
interface Host {
  readonly to: number;
  readonly places: number[];
  readonly firsts: number[];
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
        const host = hosts.get(to) ?? { to, places: [], firsts: [], known: new Set() };
        hosts.set(to, host);
        const place = universe.classOf[i] as number;
        if (host.known.has(place)) continue;
        host.known.add(place);
        host.places.push(place);
        host.firsts.push(i);
      }
    }
    this.#hosts = [...hosts.values()].map(({ to, places, firsts }) => ({ to, places, firsts }));
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
    const others: RowCell[] = [];
    for (const cell of cells) {
      if (cell.rest.rest === true) addBits(sure, cell.bits);
      else others.push(cell);
    }
    const any = sure.slice();
    for (const cell of others) addBits(any, cell.bits);
    const opens = new Map<string, Formula>();
    const ends = this.#hosts.flatMap((host) => {
      const certain = firstIn(host, sure);
      const first = certain ?? firstIn(host, any);
      if (first === null) return [];
      const open = certain === null ? openAt(placeOf(host, first), others, opens) : true;
      return [{ to: host.to, step: (this.#instances[first] as Instance).arn, open }];
    });
    return edgesTo(ends);
  }
}

/** The first instance with the role in one of the classes. */
function firstIn({ places, firsts }: Host, bits: Bits): number | null {
  let least: number | null = null;
  for (let i = 0; i < places.length; i++) {
    const first = firsts[i] as number;
    if (hasBit(bits, places[i] as number) && (least === null || first < least)) least = first;
  }
  return least;
}

function placeOf({ places, firsts }: Host, first: number): number {
  return places[firsts.indexOf(first)] as number;
}

/** Any shell on that one instance will do. `known`: by which cells are there. */
function openAt(place: number, cells: readonly RowCell[], known: Map<string, Formula>): Formula {
  const there = cells.flatMap(({ bits }, i) => (hasBit(bits, place) ? [i] : []));
  const name = there.join();
  const open =
    known.get(name) ?? there.reduce<Formula>((sum, i) => or(sum, (cells[i] as RowCell).rest.open), false);
  known.set(name, open);
  return open;
}
