import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Swept } from '../lib/pipeline/retention.ts';
import { logger, metrics } from './observe.ts';

/** Logs the deleted expired runs; failed deletions are counted, since nothing else fails with them. */
export function observeSwept(...all: readonly Swept[]): void {
  for (const swept of all) {
    if (swept.problem === null) logger.info('swept', { ...swept });
    else logger.warn(swept.problem, { ...swept });
  }
  metrics.addMetric('SweepsFailed', MetricUnit.Count, all.filter(({ problem }) => problem !== null).length);
}
