import { findGroups } from '../matrix/answers/find-groups.ts';
import type { CellGroup, Matrix } from '../matrix/paths/matrix.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance, Snapshot } from '../snapshot/snapshot.ts';
import { type Finding, type FindingCause, MOST_LISTED } from './finding.ts';
import { fleetCauseOf } from './fleets.ts';

interface Audited {
  readonly matrix: Matrix;
  readonly snapshot: Snapshot;
}

/**
 * The findings about one instance, by its id: those that give access to it, and those about a place that it
 * was launched from or carries. Findings about the account alone are not included.
 */
export function findingsOn(
  id: string,
  findings: readonly Finding[],
  { matrix, snapshot }: Audited,
): readonly Finding[] {
  const held = [...findGroups(matrix, { instance: id })].map(({ group }) => group);
  const instance = instancesOf(snapshot).find((one) => one.id === id);
  const places = instance === undefined ? [] : placesOf(instance, snapshot);
  const whoIn = new Map<CellGroup, ReadonlySet<string>>();
  for (const group of held)
    whoIn.set(group, new Set(group.principals.map((at) => matrix.principals[at]?.arn ?? '')));
  return findings.filter(
    (finding) =>
      places.some((place) => place(finding.cause)) ||
      held.some((group) => isWayOf(finding, group, whoIn.get(group) as ReadonlySet<string>)),
  );
}

/** True if a cell of the instance depends on the cause of the finding. */
function isWayOf(finding: Finding, { path, outcome }: CellGroup, principals: ReadonlySet<string>): boolean {
  const { cause, holders, holderCount } = finding;
  if (!finding.paths.includes(path)) return false;
  const { statements } = cause;
  if (statements.length > 0 && statements.length < MOST_LISTED)
    return outcome.grants.some(({ policy, statement }) =>
      statements.some((one) => one.policy === policy && one.statement === statement),
    );
  // if there are more holders than listed, this one may be among them
  if (holderCount > holders.length) return true;
  return holders.some(({ principal, paths }) => paths.includes(path) && principals.has(principal));
}

type IsCause = (cause: FindingCause) => boolean;

/** The places to fix that belong to an instance. */
function placesOf(instance: Instance, snapshot: Snapshot): readonly IsCause[] {
  const { instanceProfile, imageId, securityGroups } = instance;
  const fleet = fleetCauseOf(snapshot, instance);
  const roles = snapshot.instanceProfiles.find(({ arn }) => arn === instanceProfile)?.roles ?? [];
  const named = (kind: FindingCause['kind'], ids: readonly (string | null)[]): IsCause => {
    return (cause) =>
      cause.kind === kind && ids.some((id) => id !== null && cause.resource.endsWith(`/${id}`));
  };
  return [
    ({ kind, resource }) => kind === fleet.kind && resource === fleet.resource,
    ({ kind, resource, statements }) =>
      (kind === 'role' || (kind === 'trust' && statements.length === 0)) && roles.includes(resource),
    named('security-group', securityGroups),
    named('image', [imageId]),
  ];
}
