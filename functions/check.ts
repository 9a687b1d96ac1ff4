import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import * as z from 'zod/mini';
import { deadLetterQueue, sqsClient } from '../lib/adapters/aws/dead-letters.ts';
import { queueSender, visibilityChanger } from '../lib/adapters/aws/event-queue.ts';
import { s3Client, s3Store } from '../lib/adapters/aws/s3-store.ts';
import { snsClient, snsNotifier } from '../lib/adapters/aws/sns-notifier.ts';
import { accountScope, asksOrganization } from '../lib/pipeline/account-scope.ts';
import { checkStep } from '../lib/pipeline/check.ts';
import { storedExpected } from '../lib/pipeline/expected-file.ts';
import { parallel } from '../lib/pipeline/parallel.ts';
import { accountPrefix } from '../lib/pipeline/plan.ts';
import { readScannedAccounts } from '../lib/pipeline/scanned-accounts.ts';
import { accountSources } from './account-sources.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import {
  type Batch,
  concernsMany,
  groupByAccount,
  handedOnBody,
  isReminder,
  type QueuedEvent,
  readBatch,
  reminderOf,
} from './event-batch.ts';
import { newInvocation, observeUnsent } from './not-all-sent.ts';
import { clock, logger, metrics, observed, progress } from './observe.ts';
import { reportBaseOf } from './report-base.ts';
import { tryAgain } from './try-again.ts';

const { AWS_REGION, ACCOUNT_ID, PARTITION, ACCOUNT_IDS, REGIONS, MEMBER_ROLE_NAME, EXTERNAL_ID } = SETTINGS;
const { BUCKET, REPORT_URL, TOPIC, ALERT_FORM, EVENTS, DEAD_LETTERS } = SETTINGS;
const settings = readEnvironment(
  z.object({
    ...{ AWS_REGION, ACCOUNT_ID, PARTITION, ACCOUNT_IDS, REGIONS, MEMBER_ROLE_NAME, EXTERNAL_ID },
    ...{ BUCKET, REPORT_URL, TOPIC, ALERT_FORM, EVENTS, DEAD_LETTERS },
  }),
);
const region = settings.AWS_REGION;
const scope = accountScope(settings.ACCOUNT_IDS);
const store = s3Store(s3Client(region), settings.BUCKET);
const notifier = snsNotifier(snsClient(region), settings.ALERT_FORM);
const sourceOf = accountSources(settings);
const deadLetters = deadLetterQueue(sqsClient(region), settings.DEAD_LETTERS);
const putIntoQueue = queueSender(sqsClient(region), settings.EVENTS);
const comesBackIn = visibilityChanger(sqsClient(region), settings.EVENTS);

const sqsBatch = z.object({
  Records: z.array(
    z.object({
      ...{ messageId: z.string(), body: z.string(), receiptHandle: z.string() },
      attributes: z.object({ ApproximateReceiveCount: z.string() }),
    }),
  ),
});

/**
 * The scanned accounts: for an organisation those of the latest scan. Before the first one, only this one.
 */
async function scannedAccounts(): Promise<readonly string[]> {
  const own = [settings.ACCOUNT_ID];
  if (asksOrganization(scope)) return (await readScannedAccounts(store))?.accountIds ?? own;
  return scope.accounts.length > 0 ? scope.accounts : own;
}

/** Milliseconds. With less time left no further account is started: only its events are received again. */
const TIME_FOR_ONE = 120_000;

/**
 * A batch of CloudTrail events from the queue. Unreadable events go to the dead-letter queue with their
 * reason. Failed events, and those without time left, stay in the queue and are tried again, first after a
 * minute. An event that concerns every account is passed on as one message each.
 */
export const handler = observed()
  .use(parser({ schema: sqsBatch }))
  .handler(async ({ Records }, context) => {
    const batch = readBatch(Records);
    const accounts = await scannedAccounts();
    const fate: Fate = { failed: new Set(), buried: new Set() };
    await bury(batch.unreadable, fate);
    const toAll = batch.events.filter((event) => concernsMany(event, accounts));
    for (const event of toAll) await handOn(event, accounts, fate);
    const own = groupByAccount(
      batch.events.filter((event) => !toAll.includes(event)),
      accounts,
    );
    let isFirst = true;
    for (const [accountId, events] of own) {
      if (isFirst || context.getRemainingTimeInMillis() > TIME_FOR_ONE) await check(accountId, events, fate);
      else comeAgain(accountId, events, fate);
      isFirst = false;
    }
    await tryAgain(Records, fate.failed, comesBackIn);
    metrics.addMetric('ChecksFailed', MetricUnit.Count, fate.failed.size);
    return { batchItemFailures: [...fate.failed].map((itemIdentifier) => ({ itemIdentifier })) };
  });

/** Ids of messages: those to try again, and those that went to the dead-letter queue. */
interface Fate {
  readonly failed: Set<string>;
  readonly buried: Set<string>;
}

async function handOn(
  { messageId, envelope }: QueuedEvent,
  accounts: readonly string[],
  fate: Fate,
): Promise<void> {
  try {
    await parallel(accounts, (id) => putIntoQueue(handedOnBody(id, envelope)));
    logger.info('handed on', { messageId, accounts: accounts.length });
  } catch (error) {
    logger.error('not handed on', { messageId, error: error as Error });
    fate.failed.add(messageId);
  }
}

function comeAgain(accountId: string, events: readonly QueuedEvent[], fate: Fate): void {
  logger.warn('no time left for the account', { accountId, events: events.length });
  for (const { messageId } of events) fate.failed.add(messageId);
}

async function check(accountId: string, queued: readonly QueuedEvent[], fate: Fate): Promise<void> {
  const events = queued.filter((one) => !isReminder(one));
  try {
    const checked = await checkStep(
      { source: sourceOf(accountId), store, notifier, clock, progress, invocation: newInvocation() },
      {
        prefix: accountPrefix(accountId),
        accountId,
        events: events.map(({ envelope }) => envelope),
        ...(events.length < queued.length && { look: true }),
        topic: settings.TOPIC,
        reportBase: reportBaseOf(settings),
        expected: () => storedExpected(store, settings.BUCKET),
      },
    );
    const unreadable = checked.results.flatMap(({ index, outcome, reason = outcome }) => {
      const event = events[index];
      return outcome === 'unreadable' && event !== undefined ? [{ ...event, reason }] : [];
    });
    await bury(unreadable, fate);
    // unsent alerts are stored in `unsent/`; when the event is received again, that check sends them
    for (const { index, outcome } of checked.results) {
      const event = events[index];
      if (outcome === 'unsent' && event !== undefined) fate.failed.add(event.messageId);
    }
    if (checked.lookAgain > 0) await remind(accountId);
    observeUnsent(checked);
    metrics.addMetric('Alerts', MetricUnit.Count, checked.alerts);
    metrics.addMetric('RunsDamaged', MetricUnit.Count, checked.damaged);
    logger.info('checked', { accountId, ...checked });
  } catch (error) {
    logger.error('check failed', { accountId, error: error as Error });
    for (const { messageId } of queued) fate.failed.add(messageId);
  }
}

/** Seconds: the longest delay that SQS allows. */
const lookAgainAfter = 900;

/** If the reminder is lost, the next event or scan of the account examines the events, which are on a list. */
async function remind(accountId: string): Promise<void> {
  try {
    await putIntoQueue(reminderOf(accountId), lookAgainAfter);
  } catch (error) {
    logger.warn('reminder refused', { accountId, error: error as Error });
  }
}

/** Nothing is lost: what the dead-letter queue does not accept stays in the first queue. */
async function bury(unreadable: Batch['unreadable'], fate: Fate): Promise<void> {
  for (const { messageId, body, reason } of unreadable) {
    if (fate.buried.has(messageId)) continue;
    try {
      await deadLetters(body, reason);
      fate.buried.add(messageId);
      metrics.addMetric('EventsUnreadable', MetricUnit.Count, 1);
      logger.warn('unreadable event', { messageId, reason });
    } catch (error) {
      logger.error('dead letter refused', { messageId, error: error as Error });
      fate.failed.add(messageId);
    }
  }
}
