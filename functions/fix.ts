import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import * as z from 'zod/mini';
import { s3Client, s3Store } from '../lib/adapters/aws/s3-store.ts';
import { FITS_FUNCTION, fixStep } from '../lib/pipeline/fix.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import { logger, metrics, observed, progress } from './observe.ts';
import { scanItem } from './scan-item.ts';

const { AWS_REGION, BUCKET } = SETTINGS;
const settings = readEnvironment(z.object({ AWS_REGION, BUCKET }));
const store = s3Store(s3Client(settings.AWS_REGION), settings.BUCKET);

/**
 * The last step of one account of a scan, after its alerts are sent: proved changes for findings. It uses no
 * service except the bucket.
 */
export const handler = observed()
  .use(parser({ schema: scanItem }))
  .handler(async ({ accountId, ...item }) => {
    logger.appendKeys({ accountId, run: item.run });
    const { ranked, findings } = await fixStep({ store, progress }, { ...item, upTo: FITS_FUNCTION });
    metrics.addMetric('ProvedFixes', MetricUnit.Count, findings);
    const worked = { ranked: ranked.length, findings };
    logger.info('fixed', worked);
    return worked;
  });
