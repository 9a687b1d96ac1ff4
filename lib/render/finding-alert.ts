import type { Finding } from '../findings/finding.ts';
import type { Alert } from '../ports/notifier.ts';
import { attributesOf, findingFacts } from './alert-attributes.ts';
import { type AlertContext, acceptFacts, alertOf, footOf } from './alert-context.ts';
import { alertKey, type Fact, nameText, sentence, short } from './alert-text.ts';
import {
  CAUSE_WORDS,
  findingShort,
  holderArns,
  peopleTexts,
  reachShort,
  reachText,
  remedyText,
} from './finding-text.ts';
import { addressOf } from './page/address.ts';
import { mailSubject } from './subject.ts';

/** Permission sets whose people are named. */
const PERMISSION_SETS = 2;

/** A finding that became critical: what it is, who holds it, how to fix it, and how to accept it. */
export function findingAlert(finding: Finding, context: AlertContext): Alert {
  const { accountId, previousAt } = context.report;
  const { id, title, cause, rules, raisedFrom, status, severity } = finding;
  const rank = `[${severity.toUpperCase()}]`;
  const news =
    raisedFrom === undefined ? (status === 'reopened' ? ', back again' : '') : `, was ${raisedFrom} before`;
  return alertOf(
    context,
    {
      headline: `${rank} ${sentence(title)} (account ${accountId}${news})`,
      facts: [
        { label: CAUSE_WORDS[cause.kind], text: nameText(cause.resource) },
        ...(finding.holderCount > 0 ? [{ label: 'Held by', text: sentence(holderArns(finding)) }] : []),
        ...peopleTexts(finding, PERMISSION_SETS).map((text) => ({ label: 'People', text: sentence(text) })),
        { label: 'Reaches', text: reachText(finding) },
        { label: 'Rules', text: short(rules.join(', ')) },
        ...fixFacts(finding),
        { label: 'First seen', text: `${short(finding.firstSeen)}   Finding: ${short(id)}` },
        ...acceptFacts(id),
      ],
      items: finding.evidence.map((evidence) => `- ${nameText(evidence)}`),
      foot: footOf(context, addressOf.finding(id)),
    },
    {
      subject: mailSubject(`${rank} ${accountId} ${findingShort(finding)}`, reachShort(finding)),
      attributes: attributesOf(accountId, 'finding', findingFacts(finding, context.instances)),
      key: alertKey('f', [accountId, id, previousAt]),
      thread: `${accountId}-${id}`,
    },
  );
}

/** The remedy, with a statement or command. */
function fixFacts(finding: Finding): readonly Fact[] {
  const { remedy, example } = remedyText(finding);
  const fix = { label: 'Fix', text: sentence(remedy) };
  if (example === null) return [fix];
  const label = example.startsWith('aws ') ? 'Call' : 'For example';
  return [fix, { label, text: sentence(example), isCommand: true }];
}
