import { isAnswered } from '../../snapshot/age.ts';
import type { CoverageEntry, Snapshot } from '../../snapshot/snapshot.ts';
import { ACCESS_PATHS } from '../paths/access-paths.ts';
import type { Matrix } from '../paths/matrix.ts';
import { type CellFilter, pathsIn } from './find-groups.ts';

/**
 * The calls that were not collected although cells of the filter rest on them: who there is, which instances there are,
 * and which endpoints lead to them. Without them there is no cell, and nobody can say that it is denied.
 */
export function gapsIn(snapshot: Snapshot, matrix: Matrix, filter: CellFilter): readonly CoverageEntry[] {
  const instance = matrix.instances.find(({ id }) => id === filter.instance);
  const region = instance?.region ?? filter.region;
  const paths = pathsIn(filter);
  const leads = ACCESS_PATHS.some(({ id, applies }) => applies === 'vpc-endpoint' && paths?.has(id));
  const decides: Readonly<Record<string, boolean>> = {
    'iam.get-account-authorization-details': true,
    'ec2.describe-instances': !instance,
    'ec2.describe-instance-connect-endpoints': paths === null || leads,
  };
  return snapshot.coverage.filter(
    (entry) =>
      !isAnswered(entry) &&
      decides[entry.call] &&
      (region === undefined || entry.region === null || entry.region === region),
  );
}
