import type { Matrix } from '../../matrix/paths/matrix.ts';
import { permissionSetOf } from '../../snapshot/permission-set.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { DirectoryData } from './page-data.ts';

/** The groups and permission sets of people, each name once: a filter finds a person among thousands. */
export function directoryData(
  { identityCenter }: Pick<Snapshot, 'identityCenter'>,
  { principals }: Pick<Matrix, 'principals'>,
): DirectoryData {
  const sets = new Map(identityCenter?.permissionSets.map((set) => [set.name, set]));
  const names = new Map(identityCenter?.people.map(({ id, name }) => [id, name]));
  const people = new Numbers();
  const held = principals.flatMap(({ arn }, number) => {
    const set = sets.get(permissionSetOf(arn) ?? '');
    return set === undefined ? [] : [{ number, set }];
  });
  const groups = new Numbers();
  const numbered = held.map(
    ({ number, set }) => [number, groups.of(set.groups ?? []), people.of(set.people ?? [])] as const,
  );
  const known = new Map(identityCenter?.groups.map((group) => [group.id, group]));
  const members = groups.all.map((id) => people.of(known.get(id)?.members ?? []));
  return {
    people: people.all.map((id) => names.get(id) ?? id),
    groups: groups.all.map((id, at) => [known.get(id)?.name ?? id, members[at] ?? []]),
    sets: numbered,
  };
}

/** Assigns numbers in the order of requests. */
class Numbers {
  readonly #known = new Map<string, number>();

  get all(): readonly string[] {
    return [...this.#known.keys()];
  }

  of(ids: readonly string[]): readonly number[] {
    return ids.map((id) => {
      const number = this.#known.get(id) ?? this.#known.size;
      this.#known.set(id, number);
      return number;
    });
  }
}
