import type { Finding } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { STANDING, selectFindings } from '../findings/select.ts';
import { SEVERITIES } from '../findings/severities.ts';
import type { Alert } from '../ports/notifier.ts';
import { type AlertFacts, attributesOf, findingFacts } from './alert-attributes.ts';
import { type AlertContext, alertOf, footOf } from './alert-context.ts';
import { alertKey, nameText } from './alert-text.ts';
import { findingShort, reachShort } from './finding-text.ts';
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
        items: grave.map(itemOf),
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

/** What it is and how far it reaches, with the id of the rule for the catalogue. */
function itemOf(finding: Finding): string {
  const [reach] = reachShort(finding);
  return `- ${nameText(findingShort(finding))} (${finding.rule})${reach === undefined ? '' : `: ${reach}`}`;
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
