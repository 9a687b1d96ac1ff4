import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import * as z from 'zod/mini';
import { s3Client, s3Store } from '../lib/adapters/aws/s3-store.ts';
import { auditStep } from '../lib/pipeline/audit.ts';
import { storedExpected } from '../lib/pipeline/expected-file.ts';
import { sweepRuns } from '../lib/pipeline/retention.ts';
import { sweepNotes } from '../lib/pipeline/sweep-notes.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import { clock, logger, metrics, observed, progress } from './observe.ts';
import { observeSwept } from './observe-swept.ts';
import { reportBaseOf } from './report-base.ts';
import { scanItem } from './scan-item.ts';

const { AWS_REGION, PARTITION, BUCKET, REPORT_URL, RUN_RETENTION_DAYS } = SETTINGS;
const settings = readEnvironment(z.object({ AWS_REGION, PARTITION, BUCKET, REPORT_URL, RUN_RETENTION_DAYS }));
const store = s3Store(s3Client(settings.AWS_REGION), settings.BUCKET);

/**
 * One account of a scan: snapshot to matrix, findings, drift and reports; then expired runs are deleted. It
 * uses no service except the bucket.
 */
export const handler = observed()
  .use(parser({ schema: scanItem }))
  .handler(async ({ accountId, ...item }) => {
    logger.appendKeys({ accountId, run: item.run });
    const audited = await auditStep(
      { store, clock, progress },
      {
        ...item,
        reportBase: reportBaseOf(settings),
        expected: await storedExpected(store, settings.BUCKET),
      },
    );
    metrics.addMetric('CriticalFindings', MetricUnit.Count, audited.findings.critical);
    metrics.addMetric('NotAudited', MetricUnit.Count, audited.state === 'blind' ? 1 : 0);
    metrics.addMetric('OpenCells', MetricUnit.Count, audited.cells);
    metrics.addMetric('RunsDamaged', MetricUnit.Count, audited.damaged);
    logger.info('audited', { ...audited });
    const expiry = { prefix: item.prefix, keepDays: settings.RUN_RETENTION_DAYS };
    observeSwept(await sweepRuns({ store, clock }, expiry), await sweepNotes({ store, clock }, expiry));
    return audited;
  });
