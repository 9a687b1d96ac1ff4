import { namesService } from '../matrix/account/lets-in.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { kindRow } from '../matrix/paths/resource-kinds.ts';
import { once } from '../memory/once.ts';
import { remembered } from '../memory/remembered.ts';
import { parsedPolicy } from '../snapshot/parsed-policy.ts';
import type { Role, Snapshot } from '../snapshot/snapshot.ts';
import type { InputChange, InputChanges } from './input-change.ts';
import type { Run } from './run.ts';

/** The changed inputs of roles that a path may use, by path. */
export type PassedRoles = (path: PathId) => readonly InputChange[];

/** The services whose roles requests of a path are about: they are passed, or a service has them already. */
const SERVICES: ReadonlyMap<PathId, readonly string[]> = new Map(
  ACCESS_PATHS.map(({ id, alternatives }) => {
    const kinds = alternatives.flatMap((one) => one.requests.map(({ on }) => kindRow(on)));
    return [id, [...new Set(kinds.flatMap(({ rolesOf }) => rolesOf ?? []))]];
  }),
);

/** So many roles are looked at for one path: they only explain what nothing else explains. */
const MOST = 20;

/**
 * No chain names such a role, since nobody becomes it. Those that came or went are first, then those with another
 * trust policy.
 */
export function passedRoles(before: Run, after: Run, inputs: InputChanges): PassedRoles {
  const known = new Map<PathId, readonly InputChange[]>();
  const changed = once(() => [before, after].flatMap(({ snapshot }) => changedRoles(snapshot, inputs)));
  return (path) =>
    remembered(known, path, () => {
      const services = SERVICES.get(path) ?? [];
      const usable = changed().filter(({ admits }) => services.some(admits));
      const found = new Set(usable.flatMap((one) => one.inputs));
      return [...found].toSorted((a, b) => placeOf(a) - placeOf(b)).slice(0, MOST);
    });
}

const ORDER: readonly InputChange['kind'][] = ['principal', 'trust'];

function placeOf({ kind }: InputChange): number {
  const place = ORDER.indexOf(kind);
  return place === -1 ? ORDER.length : place;
}

interface ChangedRole {
  readonly inputs: readonly InputChange[];
  /** whether its trust policy names a service, or might */
  readonly admits: (service: string) => boolean;
}

function changedRoles(snapshot: Snapshot, { byPrincipal, byTrust }: InputChanges): readonly ChangedRole[] {
  const records = new Map(snapshot.policies.map((record) => [record.id, record]));
  const inputsOf = ({ arn }: Role): readonly InputChange[] => [
    ...(byPrincipal.get(arn) ?? []),
    ...[byTrust.get(arn)].filter((one) => one !== undefined),
  ];
  return snapshot.roles.flatMap((role) => {
    const inputs = inputsOf(role);
    if (inputs.length === 0) return [];
    const record = records.get(role.trust);
    const policy = record && parsedPolicy(record);
    const admits = (service: string): boolean =>
      !policy || policy.malformed || namesService(policy.statements, service, snapshot.partition);
    return [{ inputs, admits }];
  });
}
