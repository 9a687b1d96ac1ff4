import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import * as z from 'zod/mini';
import { s3Client, s3Store } from '../lib/adapters/aws/s3-store.ts';
import { readGuardrails } from '../lib/pipeline/central-guardrails.ts';
import { collectStep } from '../lib/pipeline/collect.ts';
import { accountSources } from './account-sources.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import { clock, logger, metrics, observed, progress } from './observe.ts';
import { scanItem } from './scan-item.ts';

const { AWS_REGION, ACCOUNT_ID, PARTITION, REGIONS, MEMBER_ROLE_NAME, EXTERNAL_ID } = SETTINGS;
const { DEFAULT_SESSION_DOCUMENT, BUCKET } = SETTINGS;
const settings = readEnvironment(
  z.object({
    ...{ AWS_REGION, ACCOUNT_ID, PARTITION, REGIONS, MEMBER_ROLE_NAME, EXTERNAL_ID },
    ...{ DEFAULT_SESSION_DOCUMENT, BUCKET },
  }),
);
const store = s3Store(s3Client(settings.AWS_REGION), settings.BUCKET);
const sourceOf = accountSources(settings);

/** Milliseconds. Most accounts are read in less time, and then need no stored parts. */
const keepPartsAfter = 180_000;

/** One account of a scan: its snapshot, with what could not be read, goes to the bucket. */
export const handler = observed()
  .use(parser({ schema: scanItem }))
  .handler(async ({ accountId, ...item }) => {
    logger.appendKeys({ accountId, run: item.run });
    const guardrails = () => readGuardrails(store, item.run);
    const collected = await collectStep(
      { source: sourceOf(accountId, guardrails, { store, run: item.run }), store, clock, progress },
      { ...item, keepPartsAfter, settings: { defaultSessionDocument: settings.DEFAULT_SESSION_DOCUMENT } },
    );
    metrics.addMetric('CoverageGaps', MetricUnit.Count, collected.gaps);
    logger.info('collected', { ...collected });
    return collected;
  });
