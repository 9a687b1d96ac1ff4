import type { IdentityCenter } from './identity-center.ts';
import { permissionSetOf } from './permission-set.ts';
import type { Snapshot } from './snapshot.ts';
import { sortBy } from './sort-by.ts';

/** A group that a permission set is assigned to. */
export interface HoldingGroup {
  readonly name: string;
  /** null: not read */
  readonly people: number | null;
  /** the first of them */
  readonly names: readonly string[];
}

/** The holders of a permission set's role. Lists are cut, their counts are not. */
export interface HeldBy {
  readonly permissionSet: string;
  /** number of different people; null: not read, or not all */
  readonly people: number | null;
  /** null: not read */
  readonly groups: readonly HoldingGroup[] | null;
  readonly groupCount: number | null;
  /** people without a group; null: not read */
  readonly direct: readonly string[] | null;
  readonly directCount: number | null;
}

/** Names of a list. */
const MOST_NAMES = 20;

/** A person who holds a permission set, and the groups that give it; none: it is assigned to the person. */
export interface SetPerson {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** Who holds the permission sets of an account, by the ARN of a set's role. */
export class SetHolders {
  readonly #center: IdentityCenter | undefined;
  readonly #groups: ReadonlyMap<string, IdentityCenter['groups'][number]>;
  readonly #names: ReadonlyMap<string, string>;
  readonly #sets: ReadonlyMap<string, IdentityCenter['permissionSets'][number]>;
  readonly #known = new Map<string, HeldBy>();

  readonly #most: number;

  /** `most`: number of names in each list */
  constructor({ identityCenter }: Pick<Snapshot, 'identityCenter'>, most = MOST_NAMES) {
    this.#most = most;
    this.#center = identityCenter;
    this.#groups = new Map(identityCenter?.groups.map((group) => [group.id, group]));
    this.#names = new Map(identityCenter?.people.map(({ id, name }) => [id, name]));
    this.#sets = new Map(identityCenter?.permissionSets.map((set) => [set.name, set]));
  }

  /** Null if it is not the role of a permission set. */
  of(arn: string): HeldBy | null {
    const known = this.#known.get(arn);
    if (known !== undefined) return known;
    const permissionSet = permissionSetOf(arn);
    if (permissionSet === null) return null;
    const heldBy = this.#find(permissionSet);
    this.#known.set(arn, heldBy);
    return heldBy;
  }

  /**
   * Each person once, by id; null if it is not the role of a permission set, or its holders were not read
   * completely.
   */
  people(arn: string): ReadonlyMap<string, SetPerson> | null {
    const permissionSet = permissionSetOf(arn);
    const set = permissionSet === null ? undefined : this.#sets.get(permissionSet);
    if (set?.people == null || set.groups === null) return null;
    const found = new Map<string, SetPerson>(
      set.people.map((id) => [id, { id, name: this.#name(id), groups: [] }]),
    );
    for (const groupId of set.groups) {
      const group = this.#groups.get(groupId);
      if (group?.members == null) return null;
      for (const id of group.members) {
        const groups = [...(found.get(id)?.groups ?? []), group.name ?? groupId];
        found.set(id, { id, name: this.#name(id), groups });
      }
    }
    return found;
  }

  /** Names of the groups that the permission set is assigned to; empty if that was not read. */
  groupNames(arn: string): readonly string[] {
    const set = this.#sets.get(permissionSetOf(arn) ?? '');
    return (set?.groups ?? []).map((id) => this.#groups.get(id)?.name ?? id);
  }

  /** Names of its known holders; there may be others. */
  known(arn: string): readonly string[] {
    const set = this.#sets.get(permissionSetOf(arn) ?? '');
    const members = (set?.groups ?? []).flatMap((id) => this.#groups.get(id)?.members ?? []);
    return [...new Set([...(set?.people ?? []), ...members])].map((id) => this.#name(id));
  }

  #find(permissionSet: string): HeldBy {
    const set = this.#sets.get(permissionSet);
    if (this.#center === undefined || set?.groups == null || set.people === null) {
      const unread = { groups: null, groupCount: null, direct: null, directCount: null };
      return { permissionSet, people: null, ...unread };
    }
    const groups = sortBy(
      set.groups.map((id) => this.#group(id)),
      ({ name }) => name,
    );
    const all = new Set(set.people);
    for (const id of set.groups) for (const one of this.#groups.get(id)?.members ?? []) all.add(one);
    return {
      permissionSet,
      people: groups.some(({ people }) => people === null) ? null : all.size,
      groups: groups.slice(0, this.#most),
      groupCount: groups.length,
      direct: this.#first(set.people),
      directCount: set.people.length,
    };
  }

  #group(id: string): HoldingGroup {
    const group = this.#groups.get(id);
    const members = group?.members ?? null;
    return { name: group?.name ?? id, people: members?.length ?? null, names: this.#first(members ?? []) };
  }

  #first(ids: readonly string[]): readonly string[] {
    return sortBy(
      ids.map((id) => this.#name(id)),
      (name) => name,
    ).slice(0, this.#most);
  }

  #name(id: string): string {
    return this.#names.get(id) ?? id;
  }
}
