import { taggedProd } from '../findings/expected/production.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Run } from './run.ts';

export type ProductionTest = (instance: Instance | undefined) => boolean;

/**
 * Whether an instance is production in either audit, by its number: what is removed from production counts as
 * production.
 */
export function productionAmong(
  before: Run,
  after: Run,
  instances: readonly string[],
  isProduction: ProductionTest = taggedProd,
): (instance: number) => boolean {
  const production = new Set(
    [before, after].flatMap(({ snapshot }) =>
      instancesOf(snapshot)
        .filter(isProduction)
        .map(({ id }) => id),
    ),
  );
  return (instance) => production.has(instances[instance] as string);
}
