import { isAnswered } from '../../snapshot/age.ts';
import type { CoverageEntry, Snapshot } from '../../snapshot/snapshot.ts';
import type { Matrix } from '../paths/matrix.ts';
import type { CellFilter } from './find-groups.ts';

/**
 * The calls that were not collected although cells of the filter rest on them: who there is, and which instances there
 * are. Without them there is no cell, and nobody can say that it is denied.
 */
export function gapsIn(snapshot: Snapshot, matrix: Matrix, filter: CellFilter): readonly CoverageEntry[] {
  const instance = matrix.instances.find(({ id }) => id === filter.instance);
  const region = instance?.region ?? filter.region;
  const decides: Readonly<Record<string, boolean>> = {
    'iam.get-account-authorization-details': true,
    'ec2.describe-instances': !instance,
  };
  return snapshot.coverage.filter(
    (entry) =>
      !isAnswered(entry) &&
      decides[entry.call] &&
      (region === undefined || entry.region === null || entry.region === region),
  );
}
