import type { Clock } from '../ports/clock.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import { sendAlerts } from '../publish/send-alerts.ts';
import { type MailSettings, sendDigest } from '../publish/send-digest.ts';
import { alertsOf } from '../render/alerts.ts';
import { type DigestLink, renderDigest } from '../render/digest.ts';
import type { Report } from '../render/report.ts';
import { alertRecordKey, mailRecordKey, runKey } from './keys.ts';
import { readReport } from './load.ts';

export interface PublishPorts {
  readonly store: ObjectStore;
  readonly notifier: Notifier;
  /** null: no mail */
  readonly mailer: Mailer | null;
  readonly clock: Clock;
  readonly progress: Progress;
}

export interface PublishInput {
  readonly run: string;
  readonly accounts: readonly { readonly prefix: string }[];
  readonly topic: string;
  /** null: no mail */
  readonly mail: MailSettings | null;
  /** what a report's key is appended to, to make a link: `https://reports.example/`, `s3://bucket/` */
  readonly reportBase?: string;
}

export interface PublishOutput {
  readonly alerts: number;
  readonly mails: number;
}

/** Sends what a run has to say: one alert per cause, each once however often this is tried, and one digest over all accounts. */
export async function publishStep(ports: PublishPorts, input: PublishInput): Promise<PublishOutput> {
  const { store, mailer, progress } = ports;
  const { run, accounts, topic, mail } = input;
  progress.step('sending alerts and the digest');
  const reports: Report[] = [];
  const links: DigestLink[] = [];
  let alerts = 0;
  for (const { prefix } of accounts) {
    const report = await readReport(store, prefix, run);
    const link = reportUrl(input, prefix);
    alerts += await sendAlerts(ports, run, alertsOf(report, topic, link), (key) =>
      alertRecordKey(prefix, key),
    );
    reports.push(report);
    links.push(...linksOf(input, prefix, report));
  }
  if (mailer === null || mail === null || mail.to.length === 0 || reports.length === 0)
    return { alerts, mails: 0 };
  const digest = renderDigest(reports, links);
  const about = { run, recordKey: mailRecordKey(run), mail };
  return { alerts, mails: await sendDigest({ ...ports, mailer }, digest, about) };
}

const reportUrl = ({ reportBase, run }: PublishInput, prefix: string): string | undefined =>
  reportBase === undefined ? undefined : `${reportBase}${runKey(prefix, run, 'report.html')}`;

/** The files that a reader of the digest wants next, by account. */
const linked = [
  { label: 'report', file: 'report.html' },
  { label: 'cells as CSV', file: 'report.csv' },
  { label: 'findings as CSV', file: 'findings.csv' },
] as const;

function linksOf(
  { reportBase, run }: PublishInput,
  prefix: string,
  { accountId }: Report,
): readonly DigestLink[] {
  if (reportBase === undefined) return [];
  return linked.map(({ label, file }) => ({
    accountId,
    label,
    url: `${reportBase}${runKey(prefix, run, file)}`,
  }));
}
