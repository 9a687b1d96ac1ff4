import { type Formula, or } from '../../evaluator/formula.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { AccessPath } from '../access-path.ts';
import type { BuiltRows } from '../build.ts';
import type { Edge } from '../chains.ts';
import { hasBit } from '../rows/bits.ts';
import { formulaKey } from '../rows/formula-key.ts';
import type { HeldCell } from '../rows/row-cell.ts';
import type { Rows } from '../rows/rows.ts';
import type { Column } from './column.ts';

/** An instance as it is and as it would be. */
export interface InstanceChange {
  readonly index: number;
  readonly before: Instance;
  /** null: gone */
  readonly after: Instance | null;
}

/** How a principal takes the role of an instance; null: it cannot. */
export interface EdgePair {
  readonly role: number;
  readonly before: Edge | null;
  readonly after: Edge | null;
}

export interface ChangedHosts {
  readonly edges: readonly Edge[];
  readonly changed: readonly EdgePair[];
}

/** Of two lists of edges to the roles of instances what differs; null: nothing. */
export function changedHosts(before: readonly Edge[], after: readonly Edge[]): ChangedHosts | null {
  if (before === after) return null;
  const roles = new Set([...before, ...after].flatMap(({ to }) => to));
  const changed = [...roles]
    .map((role) => ({ role, before: edgeIn(before, role), after: edgeIn(after, role) }))
    .filter((pair) => edgeName(pair.before) !== edgeName(pair.after));
  return changed.length > 0 ? { edges: after, changed } : null;
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
    for (const [i, instance] of instances.entries())
      for (const role of this.#rolesOf(instance)) hosts.set(role, [...(hosts.get(role) ?? []), i]);
    this.#hosts = hosts;
  }

  /** Everybody whose edges to the roles of instances are others than before, where these are of any use. */
  all(change: InstanceChange, column: Column): ReadonlyMap<number, ChangedHosts> {
    const { before, after } = change;
    const { awake } = column;
    const roles = [...new Set([...this.#rolesOf(before), ...(after ? this.#rolesOf(after) : [])])].filter(
      (role) => awake.has(role) || this.#rows.isLive(role),
    );
    const found = new Map<number, ChangedHosts>();
    for (const number of roles.length === 0 ? [] : this.#concerned(change, column)) {
      const { members } = this.#rows.classes[number] as Rows['classes'][number];
      const changed = this.#edgesOf(members[0] as number, roles, change, column);
      for (const member of changed ? members : []) found.set(member, changed as ChangedHosts);
    }
    return found;
  }

  #concerned({ before, after }: InstanceChange, column: Column): readonly number[] {
    const isSame = after !== null && before.instanceProfile === after.instanceProfile;
    const all = this.#rows.classes.keys();
    if (!isSame) return [...all].filter((number) => this.#hasShell(number, column));
    return [...column.changed]
      .filter(([, paths]) => this.#shells.some((path) => paths.includes(path)))
      .map(([number]) => number);
  }

  #hasShell(number: number, column: Column): boolean {
    const [first] = (this.#rows.classes[number] as Rows['classes'][number]).members;
    return this.#shells.some(
      (path) => column.before(first as number, path) !== null || column.after(first as number, path) !== null,
    );
  }

  /** The edges that a principal would have to the roles of instances, and what differs; null: nothing. */
  #edgesOf(
    principal: number,
    roles: readonly number[],
    change: InstanceChange,
    column: Column,
  ): ChangedHosts | null {
    let edges = this.#rows.hostsOf(principal);
    const changed: EdgePair[] = [];
    for (const role of roles) {
      const pair = {
        role,
        before: edgeIn(edges, role),
        after: this.#edgeTo(role, principal, change, column),
      };
      if (edgeName(pair.before) === edgeName(pair.after)) continue;
      changed.push(pair);
      edges = replaced(edges, role, pair.after);
    }
    return changed.length > 0 ? { edges, changed } : null;
  }

  #rolesOf({ instanceProfile }: Instance): readonly number[] {
    const arns = (instanceProfile !== null && this.#profiles.get(instanceProfile)) || [];
    return arns.flatMap((arn) => this.#roles.get(arn) ?? []);
  }

  /** Through the first instance with a shell without conditions, else the first with any. */
  #edgeTo(role: number, principal: number, change: InstanceChange, column: Column): Edge | null {
    let first: { readonly step: string; readonly open: Formula } | null = null;
    for (const i of this.#hostsOf(role, change)) {
      const instance = i === change.index ? (change.after as Instance) : (this.#instances[i] as Instance);
      const cells = this.#shells.flatMap((path) => {
        const cell = i === change.index ? column.after(principal, path) : this.#cellAt(principal, path, i);
        return cell ? [cell] : [];
      });
      if (cells.length === 0) continue;
      if (cells.some(({ rest }) => rest.rest === true))
        return { to: [role], steps: [instance.arn], open: true };
      first ??= {
        step: instance.arn,
        open: cells.reduce<Formula>((any, { rest }) => or(any, rest.open), false),
      };
    }
    return first && { to: [role], steps: [first.step], open: first.open };
  }

  #hostsOf(role: number, { index, after }: InstanceChange): readonly number[] {
    const others = (this.#hosts.get(role) ?? []).filter((i) => i !== index);
    const isHost = after !== null && this.#rolesOf(after).includes(role);
    return isHost ? [...others, index].sort((a, b) => a - b) : others;
  }

  #cellAt(principal: number, path: AccessPath, instance: number): HeldCell | null {
    const place = this.#rows.placeOf(instance);
    return this.#rows.direct(principal, path).find(({ bits }) => hasBit(bits, place)) ?? null;
  }
}

function edgeIn(edges: readonly Edge[], to: number): Edge | null {
  const edge = edges.find((one) => one.to.includes(to));
  return edge ? { to: [to], steps: [edge.steps[edge.to.indexOf(to)] as string], open: edge.open } : null;
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

function edgeName(edge: Edge | null): string {
  return edge ? `${edge.steps.join()} ${formulaKey(edge.open)}` : '';
}
