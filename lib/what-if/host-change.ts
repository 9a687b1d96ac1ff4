import { hasBit } from '../evaluator/bits.ts';
import { type Formula, or } from '../evaluator/formula.ts';
import type { Rows } from '../matrix/all-rows.ts';
import type { BuiltRows } from '../matrix/build.ts';
import type { Edge } from '../matrix/chains/chains.ts';
import type { AccessPath } from '../matrix/paths/access-path.ts';
import type { HeldCell, RowCell } from '../matrix/rows/row-cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Column } from './column.ts';
import { type ChangedEdges, edgeName } from './edge-pairs.ts';
import type { InstanceChange } from './instance-change.ts';

interface Seat {
  /** of an instance, among all */
  readonly index: number;
  readonly place: number;
}

/** A cell that gives a shell on an instance. */
interface Shell {
  readonly index: number;
  readonly cell: HeldCell;
}

/** Where a role sits. */
interface Seats {
  readonly role: number;
  /** on the instance that changes, as it is and as it would be */
  readonly isBefore: boolean;
  readonly isAfter: boolean;
  readonly arnOf: (index: number) => string;
  readonly shellHere: (cell: HeldCell) => Shell;
  /** those on all other instances, out of the cells of a path */
  readonly shellsOf: (cells: readonly RowCell[]) => readonly Shell[];
}

/** How a change of one instance changes who can take the roles of instances. */
export class HostChange {
  readonly #rows: Rows;
  readonly #instances: readonly Instance[];
  readonly #shells: readonly AccessPath[];
  readonly #profiles: ReadonlyMap<string, readonly string[]>;
  readonly #roles: ReadonlyMap<string, number>;
  readonly #hosts: ReadonlyMap<number, readonly number[]>;

  constructor({ engine, subjects, instances, rows }: BuiltRows) {
    this.#rows = rows;
    this.#instances = instances;
    this.#shells = engine.paths.filter((path) => path.groups.includes('shell'));
    this.#roles = new Map(subjects.flatMap(({ role, arn }, i) => (role ? [[arn, i] as const] : [])));
    const { snapshot } = engine.account;
    this.#profiles = new Map(snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]));
    const hosts = new Map<number, number[]>();
    for (const [i, instance] of instances.entries()) {
      for (const role of this.#rolesOf(instance)) {
        const own = hosts.get(role);
        if (own) own.push(i);
        else hosts.set(role, [i]);
      }
    }
    this.#hosts = hosts;
  }

  /** Everybody whose edges to the roles of instances are others than before, where these are of any use. */
  all(change: InstanceChange, column: Column): ReadonlyMap<number, ChangedEdges> {
    const { before, after } = change;
    const { awake } = column;
    const all = [...this.#rolesOf(before), ...this.#rolesOf(after)];
    const roles = [...new Set(all)]
      .filter((role) => awake.has(role) || this.#rows.isLive(role))
      .map((role) => this.#seatsOf(role, change));
    const found = new Map<number, ChangedEdges>();
    for (const number of roles.length === 0 ? [] : this.#concerned(change, column)) {
      const { members } = this.#rows.classes[number] as Rows['classes'][number];
      const changed = this.#edgesOf(members[0] as number, roles, column);
      for (const member of changed ? members : []) found.set(member, changed as ChangedEdges);
    }
    return found;
  }

  #concerned({ before, after }: InstanceChange, column: Column): Iterable<number> {
    if (before?.instanceProfile !== after?.instanceProfile) return this.#rows.classes.keys();
    const changed = column.changed.filter(({ path }) => this.#shells.includes(path));
    return new Set(changed.flatMap(({ classes }) => classes));
  }

  /** The edges that a principal would have to the roles of instances, and what differs; null: nothing. */
  #edgesOf(principal: number, roles: readonly Seats[], column: Column): ChangedEdges | null {
    const here = this.#shells.map((path) => column.on(path).at(principal));
    const [was, is] = [here.flatMap(({ before }) => before ?? []), here.flatMap(({ after }) => after ?? [])];
    if (was.length === 0 && is.length === 0) return null;
    const shells = this.#shells.map((path) => this.#rows.direct(principal, path));
    const changed = roles.flatMap((seats) => {
      const { role, isBefore, isAfter } = seats;
      const others = shells.flatMap((cells) => seats.shellsOf(cells));
      const before = edgeTo(seats, isBefore ? [...others, ...was.map(seats.shellHere)] : others);
      const after = edgeTo(seats, isAfter ? [...others, ...is.map(seats.shellHere)] : others);
      return edgeName(before) === edgeName(after) ? [] : [{ role, before, after }];
    });
    if (changed.length === 0) return null;
    const all = this.#rows.hostsOf(principal);
    return { hosts: changed.reduce((edges, { role, after }) => replaced(edges, role, after), all), changed };
  }

  #rolesOf(instance: Instance | null): readonly number[] {
    const arns = this.#profiles.get(instance?.instanceProfile ?? '') ?? [];
    return arns.flatMap((arn) => this.#roles.get(arn) ?? []);
  }

  /** Where a role sits: on the first instance of each class, and on the one that changes. */
  #seatsOf(role: number, { index, rank, before, after }: InstanceChange): Seats {
    const known = new Set<number>();
    const seats: Seat[] = [];
    for (const i of this.#hosts.get(role) ?? []) {
      const place = this.#rows.placeOf(i);
      if (i === index || known.has(place)) continue;
      known.add(place);
      seats.push({ index: i, place });
    }
    const lists = new Map<readonly RowCell[], readonly Shell[]>();
    return {
      role,
      isBefore: this.#rolesOf(before).includes(role),
      isAfter: this.#rolesOf(after).includes(role),
      arnOf: (i) => ((i === rank && after) || (this.#instances[i] as Instance)).arn,
      shellHere: (cell) => ({ index: rank, cell }),
      shellsOf: (cells) => {
        return remembered(lists, cells, () => shellsIn(seats, cells));
      },
    };
  }
}

function shellsIn(seats: readonly Seat[], cells: readonly RowCell[]): readonly Shell[] {
  if (cells.length === 0) return [];
  return seats.flatMap(({ index, place }) => {
    const cell = cells.find(({ bits }) => hasBit(bits, place));
    return cell ? [{ index, cell }] : [];
  });
}

/** Through the first instance with a shell without conditions, else the first with any. */
function edgeTo({ role, arnOf }: Seats, shells: readonly Shell[]): Edge | null {
  const first = (some: readonly Shell[]): number =>
    some.reduce((least, { index }) => Math.min(least, index), Infinity);
  const sure = first(shells.filter(({ cell }) => cell.rest.rest === true));
  if (sure !== Infinity) return { to: [role], steps: [arnOf(sure)], open: true };
  const any = first(shells);
  if (any === Infinity) return null;
  const cells = shells.filter(({ index }) => index === any);
  const open = cells.reduce<Formula>((sum, { cell }) => or(sum, cell.rest.open), false);
  return { to: [role], steps: [arnOf(any)], open };
}

function replaced(edges: readonly Edge[], to: number, next: Edge | null): readonly Edge[] {
  const others = edges.flatMap((edge) => {
    const at = edge.to.indexOf(to);
    if (at === -1) return [edge];
    const rest = { ...edge, to: edge.to.toSpliced(at, 1), steps: edge.steps.toSpliced(at, 1) };
    return rest.to.length > 0 ? [rest] : [];
  });
  return next ? [...others, next] : others;
}
