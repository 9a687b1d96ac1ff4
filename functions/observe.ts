import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Clock } from '../lib/ports/clock.ts';
import type { Progress } from '../lib/ports/progress.ts';

/**
 * Both are named after `POWERTOOLS_SERVICE_NAME`, which includes the stage: each stage has its own alarms.
 */
export const logger = new Logger();

export const metrics = new Metrics({ namespace: 'Latchkey' });

/** Progress messages of the terminal go to the log. */
export const progress: Progress = { step: (text) => logger.info(text) };

export const clock: Clock = { now: () => new Date() };

/** The start of every handler: structured logs with the request's id, and metrics written when it ends. */
export const observed = () =>
  middy()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics));
