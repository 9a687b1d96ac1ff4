import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import * as z from 'zod/mini';
import { s3Client, s3Store } from '../lib/adapters/aws/s3-store.ts';
import { snsClient, snsNotifier } from '../lib/adapters/aws/sns-notifier.ts';
import { sendStep } from '../lib/pipeline/send.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import { NotAllSent, newInvocation, observeUnsent } from './not-all-sent.ts';
import { clock, logger, metrics, observed } from './observe.ts';
import { scanItem } from './scan-item.ts';

const { AWS_REGION, BUCKET, TOPIC, ALERT_FORM } = SETTINGS;
const settings = readEnvironment(z.object({ AWS_REGION, BUCKET, TOPIC, ALERT_FORM }));
const store = s3Store(s3Client(settings.AWS_REGION), settings.BUCKET);
const notifier = snsNotifier(snsClient(settings.AWS_REGION), settings.ALERT_FORM);

/** Last state of one account of a scan: sends its alerts, and those that earlier runs could not send. */
export const handler = observed()
  .use(parser({ schema: scanItem }))
  .handler(async ({ accountId, ...item }) => {
    logger.appendKeys({ accountId, run: item.run });
    const sent = await sendStep(
      { store, notifier, clock, invocation: newInvocation() },
      { ...item, topic: settings.TOPIC },
    );
    metrics.addMetric('Alerts', MetricUnit.Count, sent.sent);
    observeUnsent(sent);
    logger.info('sent', { ...sent });
    if (sent.waiting > 0)
      throw new NotAllSent(`${sent.waiting} alerts of \`${accountId}\` wait in \`unsent/\``);
    return sent;
  });
