import type { Mailer } from '../ports/mailer.ts';
import type { Progress } from '../ports/progress.ts';
import type { MailSettings } from '../publish/send-digest.ts';
import type { FailedAccount } from '../render/digest-failed.ts';
import type { ReachLimits, UnknownBorder } from '../render/org/org-reach.ts';
import { accountNews } from './account-news.ts';
import type { SummaryRead } from './account-summary.ts';
import { DigestGatherer, teamsOf } from './digest-content.ts';
import { type LostAccount, lastAudits } from './last-audits.ts';
import { mailUnsent } from './mail-unsent.ts';
import { writeOrganization } from './organization.ts';
import { parallel } from './parallel.ts';
import { accountPrefix } from './plan.ts';
import { type SendOutput, type SendPorts, sendStep } from './send.ts';
import { writeUnsentDigest } from './unsent.ts';

export interface PublishPorts extends SendPorts {
  /** null: no mail */
  readonly mailer: Mailer | null;
  readonly progress: Progress;
}

export interface PublishInput {
  readonly run: string;
  /** the audited accounts */
  readonly accounts: readonly { readonly prefix: string }[];
  /** accounts with alerts that may wait; left out: the audited ones */
  readonly toSend?: readonly { readonly prefix: string }[];
  /**
   * accounts that could not be audited: the mail names them. `prefix` left out: the usual one of the account
   */
  readonly failed?: readonly (FailedAccount & { readonly prefix?: string })[];
  readonly topic: string;
  /** null: no mail */
  readonly mail: MailSettings | null;
  /** prefix of report links: `https://reports.example/`, `s3://bucket/` */
  readonly reportBase?: string;
  /** limits of the chains across accounts; left out: those of a scan */
  readonly chains?: ReachLimits;
}

export interface PublishOutput {
  /** number of sent alerts */
  readonly alerts: number;
  readonly mails: number;
  /** alerts and digests that are still in `unsent/` */
  readonly waiting: number;
  /** those of them that another command is sending now */
  readonly beingSent: number;
  /** alerts of the first scan in `unsent/`, in addition to these, that wait for a subscriber */
  readonly unheard: number;
  readonly refused: number;
  /** number of digests among those that wait */
  readonly mailsWaiting: number;
  /** accounts that the digest had to leave out */
  readonly leftOut: number;
  readonly oldestSeconds: number | null;
  /** the page over all accounts; null: there is one account, or it could not be written */
  readonly organization: string | null;
  /** one line for each problem */
  readonly problems: readonly string[];
}

/**
 * Ends a run: sends the alerts that still wait, of any run, and mails one digest over all accounts of the
 * run, with those that wait. Refused ones stay in `unsent/` for the next step, and no problem stops anything
 * else.
 */
export async function publishStep(ports: PublishPorts, input: PublishInput): Promise<PublishOutput> {
  const { store, mailer, progress, clock } = ports;
  const { run, accounts, toSend = accounts, failed = [], mail } = input;
  const lost = await lostOf(store, failed);
  const mails = mailer === null || mail === null || mail.to.length === 0 ? null : { mailer, mail };
  progress.step('sending alerts and the digest');
  if (mails !== null && accounts.length + failed.length > 0) {
    const { news, noteReported } = await accountNews(store, run);
    const places = accounts.map(({ prefix }) => ({ prefix }));
    const at = clock.now().toISOString();
    await writeUnsentDigest(store, run, { at, accounts: places, failed: lost.map(named), news });
    await noteReported();
  }
  const organization = await organizationOf(ports, input, lost, mails !== null);
  const sent = await parallel(toSend, (account) => sendOf(ports, input, account.prefix));
  const mailed = await mailUnsent(ports, mails, {
    ...{ run, reportBase: input.reportBase, organization: organization.key, chainsLeft: organization.left },
    gathered: organization.gathered,
  });
  const ages = [...sent, mailed].flatMap(({ oldestSeconds }) => oldestSeconds ?? []);
  return {
    alerts: sum(sent.map((one) => one.sent)),
    mails: mailed.mails,
    waiting: sum(sent.map(({ waiting }) => waiting)) + mailed.waiting,
    beingSent: sum(sent.map(({ beingSent }) => beingSent)) + mailed.beingSent,
    unheard: sum(sent.map(({ unheard }) => unheard)),
    refused: sum(sent.map(({ refused }) => refused)),
    mailsWaiting: mailed.waiting,
    leftOut: mailed.leftOut,
    oldestSeconds: ages.length === 0 ? null : Math.max(...ages),
    problems: [...organization.problems, ...sent.flatMap(({ problems }) => problems), ...mailed.problems],
    organization: organization.key,
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const lostOf = (
  store: PublishPorts['store'],
  failed: Required<PublishInput>['failed'],
): Promise<readonly LostAccount[]> =>
  lastAudits(
    store,
    failed.map((one) => ({ ...one, prefix: one.prefix ?? accountPrefix(one.accountId) })),
  );

const named = ({ prefix: _, last: __, ...failed }: LostAccount): FailedAccount => failed;

interface OrganizationWritten {
  readonly key: string | null;
  /** chains across accounts that were not followed */
  readonly left: readonly UnknownBorder[];
  /** data about the run, gathered while summaries were read; null: not gathered */
  readonly gathered: DigestGatherer | null;
  readonly problems: readonly string[];
}

/** The page over all accounts; a problem with it stops no mail and no alert. */
async function organizationOf(
  { store }: PublishPorts,
  { run, accounts, reportBase, chains }: PublishInput,
  failed: readonly LostAccount[],
  isMailed: boolean,
): Promise<OrganizationWritten> {
  try {
    const teams = isMailed ? await teamsOf(store, { run, accounts }) : [];
    const gatherer = new DigestGatherer(store, { run, reportBase, teams });
    const take = isMailed ? { take: (read: SummaryRead) => gatherer.take(read) } : {};
    const limits = chains && { limits: chains };
    const about = { run, accounts, failed, reportBase, ...limits, ...take };
    const written = await writeOrganization(store, about);
    const { key, left } = written ?? { key: null, left: [] };
    return { key, left, gathered: isMailed && key !== null ? gatherer : null, problems: [] };
  } catch (error) {
    const problem = `cannot write the page over all accounts: ${(error as Error).message}`;
    return { key: null, left: [], gathered: null, problems: [problem] };
  }
}

/** One account's alerts; a problem with them stops no other account. */
async function sendOf(ports: SendPorts, { topic, run }: PublishInput, prefix: string): Promise<SendOutput> {
  try {
    return await sendStep(ports, { prefix, topic, run });
  } catch (error) {
    const problem = `cannot send the alerts in \`${prefix}unsent/\`: ${(error as Error).message}`;
    return {
      ...{ sent: 0, waiting: 1, beingSent: 0, unheard: 0, refused: 1 },
      ...{ oldestSeconds: null, problems: [problem] },
    };
  }
}
