import type { Drift, DriftGroup } from '../drift/drift.ts';
import type { Team } from '../findings/expected/expected.ts';
import type { Finding } from '../findings/finding.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Report } from './report.ts';

/** The part of an account that a team gets. */
export interface TeamView {
  readonly report: Report;
  /** the same part of another run's changes */
  readonly driftOf: (drift: readonly Drift[]) => readonly Drift[];
}

/** The part of an account for a team: all of it, what concerns its instances, or null: nothing. */
export function teamView(report: Report, { accounts, tag }: Team): TeamView | null {
  if (accounts !== undefined && !accounts.includes(report.accountId)) return null;
  if (tag === undefined) return { report, driftOf: (drift) => drift };
  const isOwn = (instance: Instance): boolean =>
    instance.tags.some(({ key, value }) => key === tag.key && value === tag.value);
  const own = instancesOf(report.snapshot).filter(isOwn);
  return own.length === 0 ? null : onInstances(report, own);
}

function onInstances(report: Report, own: readonly Instance[]): TeamView {
  const ids = new Set(own.map(({ id }) => id));
  const { snapshot, drift, fixes } = report;
  const matrix = matrixOf(report.matrix, ids);
  const findings = report.findings.filter((finding) => concerns(finding, own, matrix));
  const kept = new Set(findings.map(({ id }) => id));
  const theirs = {
    ...report,
    snapshot: {
      ...snapshot,
      regions: snapshot.regions.map((region) => ({
        ...region,
        instances: region.instances?.filter(({ id }) => ids.has(id)) ?? region.instances,
      })),
    },
    ...{ matrix, findings, drift: driftOf(drift, ids) },
    ...(fixes === undefined ? {} : { fixes: fixes.filter((fix) => fix.findings.some((id) => kept.has(id))) }),
    // the numbers are those of the whole account
    trend: null,
  };
  return { report: theirs, driftOf: (all) => driftOf(all, ids) };
}

/** The cells on these instances. */
function matrixOf(matrix: Matrix, ids: ReadonlySet<string>): Matrix {
  const numbers = new Map<number, number>();
  for (const [at, { id }] of matrix.instances.entries()) if (ids.has(id)) numbers.set(at, numbers.size);
  const sets = new Map<readonly number[], readonly number[]>();
  const instancesIn = (set: readonly number[]): readonly number[] =>
    remembered(sets, set, () => set.flatMap((one) => numbers.get(one) ?? []));
  return {
    ...matrix,
    instances: matrix.instances.filter(({ id }) => ids.has(id)),
    groups: matrix.groups
      .map((group) => ({ ...group, instances: instancesIn(group.instances) }))
      .filter(({ instances }) => instances.length > 0),
  };
}

/**
 * A finding about access concerns a team if its holders have it on these instances; one about a place by its
 * names.
 */
function concerns(finding: Finding, own: readonly Instance[], { groups, principals }: Matrix): boolean {
  const { holders, holderCount, paths, cause, evidence } = finding;
  if (holderCount === 0) {
    const resource = cause.resource.slice(cause.resource.lastIndexOf('/') + 1);
    return own.some(
      ({ id, securityGroups }) =>
        securityGroups.includes(resource) || evidence.some((sentence) => sentence.includes(id)),
    );
  }
  // it is not known on which instances unlisted holders have it
  if (holders.length < holderCount) return true;
  const arns = new Set(holders.map(({ principal }) => principal));
  return groups.some(
    (group) =>
      paths.includes(group.path) && group.principals.some((one) => arns.has(principals[one]?.arn ?? '')),
  );
}

/** The changes on these instances; a group that lists only the first of its instances may include them. */
function driftOf(drift: readonly Drift[], ids: ReadonlySet<string>): readonly Drift[] {
  return drift.flatMap((one) => {
    if (one.groups.length === 0) return [one];
    const groups = one.groups.flatMap((group) => groupOf(group, ids));
    return groups.length === 0 ? [] : [{ ...one, groups, counts: countsOf(one, groups) }];
  });
}

function groupOf(group: DriftGroup, ids: ReadonlySet<string>): readonly DriftGroup[] {
  if (group.instances.length < group.instanceCount) return [group];
  const instances = group.instances.filter((id) => ids.has(id));
  return instances.length === 0 ? [] : [{ ...group, instances, instanceCount: instances.length }];
}

/** Counted again if every name is listed; otherwise the counts of the account. */
function countsOf({ counts, groups: all }: Drift, groups: readonly DriftGroup[]): Drift['counts'] {
  const isWhole = groups.every(
    (group) =>
      group.instances.length === group.instanceCount && group.principals.length === group.principalCount,
  );
  if (!isWhole) return counts;
  const instances = new Set(groups.flatMap((group) => group.instances));
  const cells = { gained: 0, lost: 0, changed: 0 };
  for (const group of groups)
    cells[group.change] += group.principalCount * group.instanceCount * group.paths.length;
  const isSame = instances.size === new Set(all.flatMap((group) => group.instances)).size;
  return {
    ...counts,
    ...cells,
    principals: new Set(groups.flatMap((group) => group.principals)).size,
    people: isSame ? counts.people : null,
    instances: instances.size,
    production: isSame ? counts.production : null,
  };
}
