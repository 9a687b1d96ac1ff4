import { hasBit } from '../evaluator/bits.ts';
import { type HandedOut, handedOut } from '../matrix/account/lets-in.ts';
import type { AccountRows } from '../matrix/account-rows.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { type Edge, resting } from '../matrix/chains/chains.ts';
import { anyOpening, openingOf, rankOf } from '../matrix/chains/codes.ts';
import { isSeen } from '../matrix/chains/instance-edges.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { HeldCell, RowCell } from '../matrix/rows/row-cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { InstanceColumn } from './column.ts';
import { type ChangedEdges, edgeName } from './edge-pairs.ts';
import type { InstanceChange } from './instance-change.ts';

interface Carrier {
  /** index among all instances */
  readonly index: number;
  readonly place: number;
}

/** A cell that gives a shell on an instance. */
interface Shell {
  readonly index: number;
  readonly cell: HeldCell;
}

/** The instances with a role. */
interface Carriers {
  readonly role: number;
  /** the call for its trust policy, if that was not read */
  readonly missing: string | null;
  /** whether the changed instance has it, before and after */
  readonly isBefore: boolean;
  readonly isAfter: boolean;
  readonly arnOf: (index: number) => string;
  readonly shellHere: (cell: HeldCell) => Shell;
  /** shells on all other instances with the role, from the cells of a path */
  readonly shellsOf: (cells: readonly RowCell[]) => readonly Shell[];
}

/** The effect of one changed instance on who can become the roles of instances. */
export class HostChange {
  readonly #rows: AccountRows;
  readonly #instances: readonly Instance[];
  readonly #shells: readonly AccessPath[];
  readonly #profiles: ReadonlyMap<string, readonly string[]>;
  readonly #handedOut: HandedOut;
  readonly #instanceRoles: ReadonlyMap<number, readonly number[]>;

  constructor({ audited, subjects, instances, rows }: BuiltRows) {
    this.#rows = rows;
    this.#instances = instances;
    this.#shells = audited.paths.filter((path) => path.groups.includes('shell'));
    this.#handedOut = handedOut(subjects, audited.account);
    const { snapshot } = audited.account;
    this.#profiles = new Map(snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]));
    const instanceRoles = new Map<number, number[]>();
    for (const [i, instance] of instances.entries()) {
      for (const role of this.#rolesOf(instance)) {
        const own = instanceRoles.get(role);
        if (own) own.push(i);
        else instanceRoles.set(role, [i]);
      }
    }
    this.#instanceRoles = instanceRoles;
  }

  /** All principals whose edges to instance roles change, if the role is of use to somebody. */
  all(change: InstanceChange, column: InstanceColumn): ReadonlyMap<number, ChangedEdges> {
    const { before, after } = change;
    const { newlyUseful } = column;
    const all = [...this.#rolesOf(before), ...this.#rolesOf(after)];
    const roles = [...new Set(all)]
      .filter((role) => newlyUseful.has(role) || this.#rows.isUseful(role))
      .map((role) => this.#carriersOf(role, change));
    const found = new Map<number, ChangedEdges>();
    for (const number of roles.length === 0 ? [] : this.#concerned(change, column)) {
      const { members } = this.#rows.classes[number] as AccountRows['classes'][number];
      const changed = this.#edgesOf(members[0] as number, roles, column);
      for (const member of changed ? members : []) found.set(member, changed as ChangedEdges);
    }
    return found;
  }

  #concerned({ before, after }: InstanceChange, column: InstanceColumn): Iterable<number> {
    if (before?.instanceProfile !== after?.instanceProfile) return this.#rows.classes.keys();
    const changed = column.changed.filter(({ path }) => this.#shells.includes(path));
    return new Set(changed.flatMap(({ classes }) => classes));
  }

  /** The edges of a principal to instance roles after the change, and what differs; null: nothing does. */
  #edgesOf(principal: number, roles: readonly Carriers[], column: InstanceColumn): ChangedEdges | null {
    const here = this.#shells.map((path) => column.on(path).at(principal));
    const [was, is] = (['before', 'after'] as const).map((when) =>
      here.flatMap((one) => one[when] ?? []).filter(isSeen),
    ) as [HeldCell[], HeldCell[]];
    if (was.length === 0 && is.length === 0) return null;
    const shells = this.#shells.map((path) => this.#rows.direct(principal, path));
    const changed = roles.flatMap((carriers) => {
      const { role, isBefore, isAfter } = carriers;
      const others = shells.flatMap((cells) => carriers.shellsOf(cells));
      const before = edgeTo(carriers, isBefore ? [...others, ...was.map(carriers.shellHere)] : others);
      const after = edgeTo(carriers, isAfter ? [...others, ...is.map(carriers.shellHere)] : others);
      return edgeName(before) === edgeName(after) ? [] : [{ to: role, before, after }];
    });
    if (changed.length === 0) return null;
    const all = this.#rows.hostsOf(principal);
    return {
      instanceRoles: changed.reduce((edges, { to, after }) => replaced(edges, to, after), all),
      changed,
    };
  }

  #rolesOf(instance: Instance | null): readonly number[] {
    const arns = this.#profiles.get(instance?.instanceProfile ?? '') ?? [];
    return arns.flatMap((arn) => this.#handedOut.numbers.get(arn) ?? []);
  }

  /** The first instance with the role in each class, and the changed instance. */
  #carriersOf(role: number, { index, rank, before, after }: InstanceChange): Carriers {
    const known = new Set<number>();
    const carriers: Carrier[] = [];
    for (const i of this.#instanceRoles.get(role) ?? []) {
      const place = this.#rows.placeOf(i);
      if (i === index || known.has(place)) continue;
      known.add(place);
      carriers.push({ index: i, place });
    }
    const lists = new Map<readonly RowCell[], readonly Shell[]>();
    return {
      role,
      missing: this.#handedOut.missing.get(role) ?? null,
      isBefore: this.#rolesOf(before).includes(role),
      isAfter: this.#rolesOf(after).includes(role),
      arnOf: (i) => ((i === rank && after) || (this.#instances[i] as Instance)).arn,
      shellHere: (cell) => ({ index: rank, cell }),
      shellsOf: (cells) => {
        return remembered(lists, cells, () => shellsIn(carriers, cells.filter(isSeen)));
      },
    };
  }
}

function shellsIn(carriers: readonly Carrier[], cells: readonly RowCell[]): readonly Shell[] {
  if (cells.length === 0) return [];
  return carriers.flatMap(({ index, place }) => {
    const cell = cells.find(({ bits }) => hasBit(bits, place));
    return cell ? [{ index, cell }] : [];
  });
}

/** The edge through the first instance with the best shell. */
function edgeTo({ role, missing, arnOf }: Carriers, shells: readonly Shell[]): Edge | null {
  const byIndex = Map.groupBy(shells, ({ index }) => index);
  const ways = [...byIndex].map(([index, here]) => ({
    index,
    ...anyOpening(here.map(({ cell }) => openingOf(cell.residual))),
  }));
  const [best] = ways.sort((a, b) => rankOf(b) - rankOf(a) || a.index - b.index);
  if (!best) return null;
  const edge = { to: [role], steps: [arnOf(best.index)], open: best.open, ...resting(best.codes) };
  return missing === null ? edge : { ...edge, missing };
}

function replaced(edges: readonly Edge[], to: number, next: Edge | null): readonly Edge[] {
  const others = edges.flatMap((edge) => {
    const at = edge.to.indexOf(to);
    if (at === -1) return [edge];
    const residual = { ...edge, to: edge.to.toSpliced(at, 1), steps: edge.steps.toSpliced(at, 1) };
    return residual.to.length > 0 ? [residual] : [];
  });
  return next ? [...others, next] : others;
}
