import {
  addBits,
  type Bits,
  emptyBits,
  hasAtMost,
  hasBit,
  isEmpty,
  placesIn,
  union,
} from '../../evaluator/bits.ts';
import type { Residual } from '../../evaluator/residual/residuals.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { type HandedOut, handedOut } from '../account/lets-in.ts';
import { carriesUnread } from '../account/unread-roles.ts';
import type { ClassifiedInstances } from '../classes/instance-classes.ts';
import { overlay, type Piece } from '../rows/pieces.ts';
import type { HeldCell, RowCell } from '../rows/row-cell.ts';
import { type Edge, edgesTo } from './chains.ts';
import { anyOpening, OPEN, type Opening, openingOf, rankOf } from './codes.ts';

/** A class of instances, and the first of them that has the role. */
interface Carrier {
  readonly place: number;
  readonly first: number;
}

/** A role and the instances that carry it, by `first`. */
interface InstanceRole {
  readonly to: number;
  readonly carriers: Carrier[];
}

/** The instance classes that carry each role: a shell there gives the role. */
export class InstanceEdges {
  readonly #instanceRoles: readonly InstanceRole[];
  /** by place, as indexes of `#instanceRoles` */
  readonly #rolesAt = once(() => {
    const at: number[][] = [];
    for (const [i, { carriers }] of this.#instanceRoles.entries())
      for (const { place } of carriers) {
        at[place] ??= [];
        at[place].push(i);
      }
    return at;
  });
  readonly #instances: readonly Instance[];
  readonly #handedOut: HandedOut;
  readonly #width: number;
  readonly #known = new Map<string, readonly Edge[]>();
  readonly #numbers = new Map<readonly RowCell[], number>();
  readonly #residuals = new Map<Residual, number>();
  readonly #opens = new Map<string, Opening>();

  constructor(
    account: Account,
    { subjects, unread }: { readonly subjects: readonly Subject[]; readonly unread: number | null },
    instances: readonly Instance[],
    classified: ClassifiedInstances,
  ) {
    this.#instances = instances;
    this.#width = classified.representatives.length;
    this.#handedOut = handedOut(subjects, account);
    const profiles = new Map(
      account.snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]),
    );
    const instanceRoles = new Map<number, InstanceRole & { known: Set<number> }>();
    const rolesOn = (instance: Instance): readonly number[] => {
      const arns = profiles.get(instance.instanceProfile ?? '') ?? [];
      const known = arns.map((arn) => this.#handedOut.numbers.get(arn)).filter((to) => to !== undefined);
      return unread !== null && carriesUnread(instance, account) ? [...known, unread] : known;
    };
    for (const [i, instance] of instances.entries()) {
      for (const to of rolesOn(instance)) {
        const instanceRole = remembered(instanceRoles, to, () => ({
          to,
          carriers: [],
          known: new Set<number>(),
        }));
        const place = classified.classOf[i] as number;
        if (instanceRole.known.has(place)) continue;
        instanceRole.known.add(place);
        instanceRole.carriers.push({ place, first: i });
      }
    }
    this.#instanceRoles = [...instanceRoles.values()].map(({ to, carriers }) => ({ to, carriers }));
  }

  /**
   * `shells`: the cells of each path that gives a shell. Principals with the same cells share the result, which may
   * contain an edge to themselves.
   */
  of(shells: readonly (readonly RowCell[])[]): readonly Edge[] {
    const held = shells.filter((cells) => cells.some(isSeen));
    const name = held.map((cells) => numberOf(this.#numbers, cells)).join();
    return remembered(this.#known, name, () =>
      held.length === 0 ? [] : this.#edges(held.flat().filter(isSeen)),
    );
  }

  #edges(cells: readonly RowCell[]): readonly Edge[] {
    const [best, any] = [emptyBits(this.#width), emptyBits(this.#width)];
    const limited = new Map<Residual, Bits>();
    for (const { residual, bits } of cells) {
      const isSure = residual.remains === true;
      if (isSure && residual.own.length === 0) addBits(best, bits);
      else limited.set(residual, union(limited.get(residual) ?? bits, bits));
      addBits(any, bits);
    }
    const shells = [{ bits: best, value: OPEN }, ...this.#anyOf(limited)];
    const choices = this.#byRank(shells);
    const ends: (Opening & {
      readonly to: number;
      readonly step: string;
      readonly missing: string | null;
    })[] = [];
    for (const { to, carriers } of this.#rolesIn(any)) {
      const carrier = carrierIn(carriers, choices);
      const shell = carrier && shells.find(({ bits }) => hasBit(bits, carrier.place));
      if (!shell) continue;
      const step = (this.#instances[carrier.first] as Instance).arn;
      ends.push({ to, step, missing: this.#handedOut.missing.get(to) ?? null, ...shell.value });
    }
    return edgesTo(ends);
  }

  /** The places of each rank, best first. Empty sets are left out. */
  #byRank(shells: readonly Piece<Opening>[]): readonly Bits[] {
    const places = [0, 1, 2, 3].map(() => emptyBits(this.#width));
    for (const { bits, value } of shells) addBits(places[rankOf(value)] as Bits, bits);
    return places.filter((bits) => !isEmpty(bits)).reverse();
  }

  /** The roles at these places, if the places are few; else all roles, since most are there. */
  #rolesIn(places: Bits): Iterable<InstanceRole> {
    if (!hasAtMost(places, this.#instanceRoles.length)) return this.#instanceRoles;
    const found = new Set(placesIn(places).flatMap((place) => this.#rolesAt()[place] ?? []));
    return [...found].sort((a, b) => a - b).map((i) => this.#instanceRoles[i] as InstanceRole);
  }

  /** Any shell on an instance is enough. */
  #anyOf(limited: ReadonlyMap<Residual, Bits>): readonly Piece<Opening>[] {
    const lists = [...limited].map(([value, bits]) => [{ bits, value }]);
    return overlay(lists).map(({ bits, values }) => ({
      bits,
      value: this.#either(values.filter((residual) => residual !== null)),
    }));
  }

  /** The same object for the same residuals: results are compared by identity. */
  #either(residuals: readonly Residual[]): Opening {
    const name = residuals
      .map((residual) => numberOf(this.#residuals, residual))
      .sort()
      .join();
    return remembered(this.#opens, name, () => anyOpening(residuals.map(openingOf)));
  }
}

/** The first carrier in the first non-empty set of places. */
function carrierIn(carriers: readonly Carrier[], choices: readonly Bits[]): Carrier | null {
  for (const bits of choices) for (const carrier of carriers) if (hasBit(bits, carrier.place)) return carrier;
  return null;
}

function numberOf<T>(numbers: Map<T, number>, one: T): number {
  return remembered(numbers, one, () => numbers.size);
}

/**
 * False for a shell that depends on a resource which was not collected: it is unknown, and no chain continues from
 * it.
 */
export const isSeen = ({ isUnseen }: HeldCell): boolean => !isUnseen;
