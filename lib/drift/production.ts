import { taggedProd } from '../findings/expected/production.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Run } from './run.ts';

export type ProductionTest = (instance: Instance | undefined) => boolean;

/** Is an instance production, by its number? In either audit: what is taken away from production is told as such. */
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
