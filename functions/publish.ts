import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import * as z from 'zod/mini';
import { s3Client, s3Store } from '../lib/adapters/aws/s3-store.ts';
import { sesClient, sesMailer } from '../lib/adapters/aws/ses-mailer.ts';
import { snsClient, snsNotifier } from '../lib/adapters/aws/sns-notifier.ts';
import { setV8ForManyFiles } from '../lib/adapters/v8/heap-settings.ts';
import { publishStep } from '../lib/pipeline/publish.ts';
import { readAccountList, readResults } from '../lib/pipeline/run-results.ts';
import { settleAccounts } from '../lib/pipeline/settle.ts';
import { sweepMailNotes } from '../lib/pipeline/sweep-notes.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import { NotAllSent, newInvocation, observeUnsent } from './not-all-sent.ts';
import { clock, logger, metrics, observed, progress } from './observe.ts';
import { observeSwept } from './observe-swept.ts';
import { reportBaseOf } from './report-base.ts';

setV8ForManyFiles();

const { AWS_REGION, PARTITION, BUCKET, REPORT_URL, RUN_RETENTION_DAYS } = SETTINGS;
const { TOPIC, ALERT_FORM, MAIL_FROM, MAIL_TO, MAIL_IDENTITY_ARN } = SETTINGS;
const settings = readEnvironment(
  z.object({
    ...{ AWS_REGION, PARTITION, BUCKET, REPORT_URL, RUN_RETENTION_DAYS },
    ...{ TOPIC, ALERT_FORM, MAIL_FROM, MAIL_TO, MAIL_IDENTITY_ARN },
  }),
);
const region = settings.AWS_REGION;
const ports = {
  store: s3Store(s3Client(region), settings.BUCKET),
  notifier: snsNotifier(snsClient(region), settings.ALERT_FORM),
  mailer: sesMailer(sesClient(region), settings.MAIL_IDENTITY_ARN),
  clock,
  progress,
};
const mail =
  settings.MAIL_FROM !== '' && settings.MAIL_TO.length > 0
    ? { from: settings.MAIL_FROM, to: settings.MAIL_TO }
    : null;
const reportBase = reportBaseOf(settings);

const account = z.object({ accountId: z.string(), prefix: z.string() });
const outcome = z.object({
  accountId: z.optional(z.string()),
  failure: z.optional(z.string()),
  step: z.optional(z.string()),
  cause: z.optional(z.string()),
  unsent: z.optional(z.string()),
});

/**
 * The planned accounts and their outcomes. `failure`: the error of an account that could not be collected or audited,
 * with its `step` and `cause`; `unsent`: why its alerts wait. An account without an outcome ended before it could
 * report, or the map itself failed. For many accounts both are objects in the bucket: `list` names that of the
 * accounts, `written` those of the outcomes.
 */
const scanned = z.object({
  run: z.string().check(z.minLength(1)),
  accounts: z.optional(z.array(account)),
  list: z.optional(z.string()),
  outcomes: z._default(z.array(outcome), []),
  written: z.optional(z.object({ ResultWriterDetails: z.object({ Key: z.string() }) })),
});

type Scanned = z.output<typeof scanned>;

/** If results cannot be read nothing is lost: the runs say which accounts were audited. */
async function outcomesOf({ accounts, list, outcomes, written }: Scanned) {
  if (list === undefined) return { accounts: accounts ?? [], outcomes };
  const planned = await readAccountList(ports.store, list);
  if (written === undefined) return { accounts: planned, outcomes: [] };
  try {
    return { accounts: planned, outcomes: await readResults(ports.store, written.ResultWriterDetails.Key) };
  } catch (error) {
    logger.error('results of the map cannot be read', { error: error as Error });
    return { accounts: planned, outcomes: [] };
  }
}

/** Problems and failed accounts in the output: a state may pass on 256 KiB, and the log has all. */
const MOST_TOLD = 100;
const LONGEST_TOLD = 500;

/** Last state of a scan: sends one mail for all accounts, and the alerts of any account that still wait. */
export const handler = observed()
  .use(parser({ schema: scanned }))
  .handler(async (input) => {
    const { run } = input;
    logger.appendKeys({ run });
    const { accounts, outcomes } = await outcomesOf(input);
    const { audited, failed, toSend } = await settleAccounts(ports.store, { run, accounts, outcomes });
    for (const { prefix: _, ...account } of failed) logger.error('account failed', account);
    for (const { accountId, unsent } of outcomes) {
      if (unsent !== undefined) logger.warn('alerts of the account wait', { accountId, unsent });
    }
    const published = await publishStep(
      { ...ports, invocation: newInvocation() },
      {
        run,
        accounts: audited,
        toSend,
        failed,
        topic: settings.TOPIC,
        mail,
        reportBase,
      },
    );
    metrics.addMetric('AccountsFailed', MetricUnit.Count, failed.length + published.leftOut);
    metrics.addMetric('Alerts', MetricUnit.Count, published.alerts);
    metrics.addMetric('MailsUnsent', MetricUnit.Count, published.mailsWaiting);
    if (audited.length > 0) metrics.addMetric('ScansPublished', MetricUnit.Count, 1);
    observeUnsent(published);
    observeSwept(await sweepMailNotes(ports, { keepDays: settings.RUN_RETENTION_DAYS }));
    logger.info('published', { ...published, problems: published.problems.slice(0, MOST_TOLD) });
    if (published.waiting > 0) {
      throw new NotAllSent(`${published.waiting} alerts and mails of \`${run}\` wait in \`unsent/\``);
    }
    return {
      ...published,
      problems: published.problems.slice(0, MOST_TOLD).map((problem) => problem.slice(0, LONGEST_TOLD)),
      failed: failed.slice(0, MOST_TOLD).map(({ accountId }) => accountId),
    };
  });
