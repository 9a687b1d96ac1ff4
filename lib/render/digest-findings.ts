import { SEVERITIES } from '../findings/severities.ts';
import { count, thousands } from '../policy/counted.ts';
import { type Audited, isFirst } from './digest-audited.ts';
import type { LinkTo } from './digest-changes.ts';
import type { DigestFinding, DigestFindings } from './digest-finding-data.ts';
import type { DigestList, Field } from './digest-model.ts';
import { addressOf } from './page/address.ts';
import { severityText } from './summary.ts';

/**
 * The new findings since the last digest. Older ones are counted, not listed again: the page has them, and
 * nobody reads the same list every day. A first digest lists the worst.
 */
export function findingList(audited: Audited, field: Field, linkTo: LinkTo): DigestList {
  const { findings, accounts } = audited;
  return {
    heading: isFirst(audited) ? 'Findings, worst first' : 'New findings',
    note: `${noteOf(audited)}${lastingText(audited, field)}`,
    rows: [
      ...findings.first.map(({ accountId, id, severity, title, rules, since, holders, ...one }, at) => ({
        severity,
        head: field(`${accounts === 1 ? '' : `${accountId}: `}${title}`),
        lines: [
          `${field(rules)}, ${since}`,
          ...(holders === '' ? [] : [field(`held by ${holders}`)]),
          ...fixLines(one, field),
        ],
        commands: at < WITH_COMMANDS ? (one.fix?.commands ?? []) : [],
        place: linkTo(accountId, addressOf.finding(id)),
      })),
      ...resolvedRows(findings, field),
    ],
  };
}

/** Findings whose fix is shown with its commands, as a mail has limits. */
const WITH_COMMANDS = 3;

/** The proved change, or else the advice of the rule. */
function fixLines({ fix, remedy }: Pick<DigestFinding, 'fix' | 'remedy'>, field: Field): readonly string[] {
  return fix === undefined ? [field(remedy)] : [field(`fix: ${fix.says}`), `proved: ${fix.proof}`];
}

function resolvedRows({ resolved }: DigestFindings, field: Field): DigestList['rows'] {
  if (resolved.count === 0) return [];
  const left = resolved.count - resolved.first.length;
  return [
    {
      severity: null,
      head: `${count(resolved.count, 'finding')} resolved`,
      lines: [...resolved.first.map(field), ...(left > 0 ? [`and ${thousands(left)} more`] : [])],
    },
  ];
}

/** Who does not act on an alert is reminded: the list itself has only what is new. */
function lastingText({ findings: { lasting }, accounts }: Audited, field: Field): string {
  if (lasting === undefined) return '';
  const { count: all, since, title, accountId } = lasting;
  const which = `${accounts === 1 ? '' : `${accountId}: `}${title}`;
  const ones = all === 1 ? '1 critical finding stands' : `${thousands(all)} critical findings stand`;
  return ` ${ones} for more than a week, the oldest since ${since.slice(0, 10)}: ${field(which)}.`;
}

function noteOf({ severities, states, findings }: Audited): string {
  const standing = SEVERITIES.reduce((sum, severity) => sum + severities[severity], 0);
  if (standing === 0) {
    return states.blind > 0 ? 'Not audited, so nothing is known about findings.' : 'No standing findings.';
  }
  const left = findings.count - findings.first.length;
  const more = left > 0 ? `${thousands(left)} more of these are in the report. ` : '';
  const old = findings.count === 0 ? 'None is new. ' : '';
  return `${more}${old}In all ${count(standing, 'finding')} ${standing === 1 ? 'stands' : 'stand'}: ${severityText(severities)}.`;
}
