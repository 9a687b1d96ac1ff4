import { worstFirst } from '../findings/order.ts';
import { gravest, SEVERITIES } from '../findings/severities.ts';
import { count } from '../policy/counted.ts';
import type { Alert } from '../ports/notifier.ts';
import { auditStateOf } from '../snapshot/audit-state.ts';
import { attributesOf, factsOf, severityIn } from './alert-attributes.ts';
import { type AlertContext, alertContext, alertOf, footOf } from './alert-context.ts';
import { alertKey } from './alert-text.ts';
import { baselineAlert } from './baseline-alert.ts';
import { changeAlert } from './change-alert.ts';
import { changesOf } from './changes.ts';
import { toBytes, visible } from './escape.ts';
import { findingAlert } from './finding-alert.ts';
import { carriedBy, standingOfChange } from './findings-of-changes.ts';
import type { Report } from './report.ts';
import { mailSubject } from './subject.ts';
import { isNews } from './summary.ts';

/** Alerts of one audit that are sent separately; the others are sent as one roll-up. */
export const STORM_LIMIT = 10;

/**
 * The alerts of an audit: one per cause of drift, with the findings that it caused, and one per other finding
 * that became critical (new, found again, or more severe than before), worst first, and one roll-up beyond
 * `STORM_LIMIT`. The first audit of an account is one message. The key is the same for the same change seen
 * twice, and new if the same thing happens again. Instances that came and went like others alert nobody: the
 * digest has a line. `note` ends each message.
 */
export function alertsOf(report: Report, topic: string, reportUrl?: string, note = ''): Alert[] {
  const context = { ...alertContext(report, topic, reportUrl), note };
  const alertsOfAudit =
    report.previousAt === null && report.drift.length === 0 ? baselineAlert(context) : news(context);
  const alerts = [...blindAlert(context), ...alertsOfAudit];
  // a stable sort: changes come before findings of the same severity
  alerts.sort((a, b) => rank(a) - rank(b));
  if (alerts.length <= STORM_LIMIT) return alerts;
  return [...alerts.slice(0, STORM_LIMIT), rollUp(alerts.slice(STORM_LIMIT), context)];
}

function news(context: AlertContext): readonly Alert[] {
  const { drift, findings } = context.report;
  const changes = changesOf(drift);
  const grave = findings.filter(
    (one) => one.severity === 'critical' && (isNews(one) || one.raisedFrom !== undefined),
  );
  const { byChange, others } = carriedBy(changes, grave);
  return [
    ...changes
      .filter(({ id, cause }) => !cause.alike || byChange.has(id))
      .map((change) =>
        changeAlert(
          change,
          { news: byChange.get(change.id) ?? [], standing: standingOfChange(change, findings) },
          context,
        ),
      ),
    ...others.toSorted(worstFirst).map((finding) => findingAlert(finding, context)),
  ];
}

/** Once a day: every audit would repeat it. */
function blindAlert(context: AlertContext): readonly Alert[] {
  const { accountId, takenAt, snapshot } = context.report;
  const { state, why } = auditStateOf(snapshot);
  if (state !== 'blind') return [];
  const headline = `[CRITICAL] ${accountId} NOT AUDITED: ${toBytes(visible(why), 400)}`;
  const advice = 'Until it is read again, nobody can say who gets onto which instance, or what changed.';
  return [
    alertOf(
      context,
      { headline, facts: [{ label: '', text: advice }], foot: footOf(context) },
      {
        subject: mailSubject(headline),
        attributes: attributesOf(accountId, 'blind', factsOf([{ severity: 'critical' }])),
        key: alertKey('b', [accountId, takenAt.slice(0, 10)]),
        thread: `${accountId}-blind`,
      },
    ),
  ];
}

const rank = (alert: Alert): number => SEVERITIES.indexOf(severityIn(alert.attributes));

function rollUp(rest: readonly Alert[], context: AlertContext): Alert {
  const { accountId } = context.report;
  const facts = factsOf(rest.map(({ attributes }) => attributes));
  const worst = gravest(facts.severities);
  const headline = `[${worst.toUpperCase()}] ${accountId} ${count(rest.length, 'further alert')} of this audit`;
  return alertOf(
    context,
    {
      headline,
      facts: [{ label: '', text: 'Too many to send one by one: the report lists them all.' }],
      items: rest.map((alert) => `- ${alert.subject}`),
      foot: footOf(context),
    },
    {
      subject: mailSubject(headline),
      attributes: attributesOf(accountId, 'rollup', facts),
      key: alertKey('r', [accountId, rest.map((alert) => alert.key)]),
      thread: `${accountId}-rollup`,
    },
  );
}
