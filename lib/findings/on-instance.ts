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
 * The findings that bear on one instance, by its id: those through which somebody gets onto it, and those about a place
 * that it was launched from or carries. What is about the account alone is not among them.
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

/** Does a way onto the instance rest on what the finding is about? */
function isWayOf(finding: Finding, { path, outcome }: CellGroup, principals: ReadonlySet<string>): boolean {
  const { cause, holders, holderCount } = finding;
  if (!finding.paths.includes(path)) return false;
  const { statements } = cause;
  if (statements.length > 0 && statements.length < MOST_LISTED)
    return outcome.grants.some(({ policy, statement }) =>
      statements.some((one) => one.policy === policy && one.statement === statement),
    );
  // of more holders than are listed nobody can say that they are not among them
  if (holderCount > holders.length) return true;
  return holders.some(({ principal, paths }) => paths.includes(path) && principals.has(principal));
}

type IsCause = (cause: FindingCause) => boolean;

/** The places to fix that an instance has a part in. */
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
