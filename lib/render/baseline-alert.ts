import type { Finding } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { RULES } from '../findings/rules.ts';
import { STANDING, selectFindings } from '../findings/select.ts';
import { SEVERITIES } from '../findings/severities.ts';
import type { Alert } from '../ports/notifier.ts';
import { type AlertFacts, attributesOf, findingFacts } from './alert-attributes.ts';
import { type AlertContext, alertOf, footOf } from './alert-context.ts';
import { alertKey, nameText } from './alert-text.ts';
import { findingShort } from './finding-text.ts';
import { mailSubject } from './subject.ts';
import { isNews } from './summary.ts';

/**
 * The first audit of an account: one message, whatever it found. Its owners know most of it, and the page has
 * everything.
 */
export function baselineAlert(context: AlertContext): readonly Alert[] {
  const { accountId, findings } = context.report;
  const standing = selectFindings(findings, { states: STANDING }).toSorted(worstFirst);
  // if runs were lost, old findings are not reported again
  const grave = standing.filter((finding) => finding.severity === 'critical' && isNews(finding));
  if (grave.length === 0) return [];
  const counts = SEVERITIES.map(
    (severity) => [severity, standing.filter((one) => one.severity === severity)] as const,
  )
    .filter(([, some]) => some.length > 0)
    .map(([severity, some]) => `${some.length} ${severity}`)
    .join(', ');
  const headline = `[CRITICAL] ${accountId} first audit: ${counts}`;
  return [
    alertOf(
      context,
      {
        headline: `${headline} ${standing.length === 1 ? 'finding' : 'findings'}`,
        facts: [{ label: '', text: 'From now on, alerts report changes. The worst findings today:' }],
        items: grave.map((finding) => `- ${whatText(finding)}: ${nameText(findingShort(finding))}`),
        foot: footOf(context),
      },
      {
        subject: mailSubject(headline),
        attributes: attributesOf(accountId, 'baseline', allFacts(grave, context)),
        key: alertKey('f', [accountId, 'baseline', grave.map(({ id }) => id)]),
        thread: `${accountId}-baseline`,
      },
    ),
  ];
}

/** What somebody may do, since readers do not know the ids of rules; the title of a place says what is wrong. */
function whatText({ rule: id, cause }: Finding): string {
  const rule = RULES.find((one) => one.id === id);
  return rule !== undefined && cause.kind === 'statement' ? `${rule.title.replace(/,$/, '')} (${id})` : id;
}

function allFacts(findings: readonly Finding[], { instances }: AlertContext): AlertFacts {
  const all = findings.map((finding) => findingFacts(finding, instances));
  return {
    severities: all.flatMap(({ severities }) => severities),
    environments: all.flatMap(({ environments }) => environments),
    regions: all.flatMap(({ regions }) => regions),
    paths: all.flatMap(({ paths }) => paths),
    rules: all.flatMap(({ rules }) => rules),
  };
}
