import type { DriftCounts } from '../drift/drift.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { kindsOfSnapshot } from '../findings/principal-kinds.ts';
import type { PathId, PrincipalKind } from '../matrix/paths/cell.ts';
import type { Alert } from '../ports/notifier.ts';
import { auditStateOf, partialText } from '../snapshot/audit-state.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { keyOf, nameText, sentence, short, shorter, withinLimit } from './alert-text.ts';
import {
  type Change,
  type ChangeRow,
  CONFIGURED,
  changesOf,
  SEVERITIES,
  undoLines,
  whoText,
} from './changes.ts';
import { asciiSubject, toBytes, visible } from './escape.ts';
import { CAUSE_WORDS, findingShort, holderArns, reachText, remedyText } from './finding-text.ts';
import { KIND_NAMES } from './kind-counts.ts';
import { count, environmentOf, instancesById, thousands } from './names.ts';
import { pathTitle } from './path-facts.ts';
import { rowsWithPeopleFirst } from './people-first.ts';
import type { Report } from './report.ts';
import { stateText } from './state-text.ts';
import { isNews } from './summary.ts';

/** Alerts of one audit that go out one by one; what is beyond them goes out as one roll-up. */
export const STORM_LIMIT = 10;

/** Principals, instances and paths that one entry of a message names, and fewer where their names are long. */
const NAMED = { principals: 3, instances: 3, paths: 6 };
const FEWEST = { principals: 1, instances: 1, paths: 1 };

/**
 * What an audit tells at once: one alert per cause of drift and one per finding that became critical (new, found again,
 * or graver than before), worst first, and one roll-up for what is beyond `STORM_LIMIT`. The key is the same for the same change seen twice, and new when the same
 * thing happens again.
 */
export function alertsOf(report: Report, topic: string, reportUrl?: string): Alert[] {
  const instances = instancesById(report.snapshot);
  const link = reportUrl === undefined ? '' : `Report: ${toBytes(visible(reportUrl), 300)}\n`;
  const partial = partialText(report.snapshot);
  const foot = `${partial === null ? '' : `${partial}\n`}${link}`;
  const context: Context = { report, topic, instances, kindOf: kindsOfSnapshot(report.snapshot), foot };
  const alerts = [
    ...blindAlert(context),
    ...changesOf(report.drift).map((change) => changeAlert(change, context)),
    ...report.findings
      .filter((one) => one.severity === 'critical' && (isNews(one) || one.raisedFrom !== undefined))
      .sort(worstFirst)
      .map((finding) => findingAlert(finding, context)),
  ];
  // a stable sort: changes come before findings of the same severity
  alerts.sort((a, b) => rank(a) - rank(b));
  if (alerts.length <= STORM_LIMIT) return alerts;
  return [...alerts.slice(0, STORM_LIMIT), rollUp(alerts.slice(STORM_LIMIT), context)];
}

/** Once a day: every audit would say it again. */
function blindAlert(context: Context): readonly Alert[] {
  const { accountId, takenAt, snapshot } = context.report;
  const { state, why } = auditStateOf(snapshot);
  if (state !== 'blind') return [];
  const headline = `[CRITICAL] ${accountId} NOT AUDITED: ${toBytes(visible(why), 400)}`;
  const advice = 'Until it is read again, nobody can say who gets onto which instance, or what changed.';
  return [
    {
      topic: context.topic,
      subject: asciiSubject(headline),
      message: withinLimit({ headline, facts: [advice], foot: context.foot }),
      attributes: { severity: 'critical', account: accountId, kind: 'blind' },
      key: keyOf('b', [accountId, takenAt.slice(0, 10)]),
    },
  ];
}

interface Context {
  readonly report: Report;
  readonly topic: string;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly kindOf: (arn: string) => PrincipalKind;
  readonly foot: string;
}

function rank(alert: Alert): number {
  return SEVERITIES.indexOf(alert.attributes.severity as Severity);
}

function changeAlert(change: Change, context: Context): Alert {
  const { accountId } = context.report;
  const { counts, severity } = change;
  const rows = rowsWithPeopleFirst(change.rows, context.kindOf);
  const worst = rows[0];
  const rank = `[${severity.toUpperCase()}]`;
  const isConfigured = change.cause.kind === 'configuration';
  const headline = isConfigured
    ? CONFIGURED
    : `${nameText(whoText(change))}: ${changeCounts(counts)} on ${count(counts.instances, 'instance')}`;
  const who = isConfigured
    ? 'configuration'
    : `${nameText(whoText(change))} ${changeVerb(counts)} ${count(counts.instances, 'instance')}`;
  return {
    topic: context.topic,
    subject: asciiSubject(`${rank} ${accountId} ${who}: ${nameText(change.cause.detail)}`),
    message: withinLimit({
      headline: `${rank} ${headline} (account ${accountId})`,
      facts: causeLines(change),
      items: isConfigured ? stepsOf(change.cause.detail) : rows.map((row) => rowText(row, context, NAMED)),
      shorter: rows.slice(0, 1).map((row) => rowText(row, context, FEWEST)),
      foot: context.foot,
    }),
    // nobody changed anything where a call merely failed, or came back
    attributes: attributesOf(context, kindWord(change.cause.kind), severity, {
      ...(worst === undefined ? {} : { path: worst.paths[0] ?? '', instance: worst.instances[0] ?? '' }),
    }),
    key: changeKey(change, context),
  };
}

const kindWord = (kind: Change['cause']['kind']): 'drift' | 'coverage' | 'configuration' =>
  kind === 'coverage' || kind === 'configuration' ? kind : 'drift';

/** What was done to the file, one a line. */
const stepsOf = (detail: string): readonly string[] =>
  detail.split(/; (?=added |took out |and \d)/).map((step) => `- ${nameText(step)}`);

/**
 * What was done, and how much came of it: the counts tell apart what one event did at two times. They are those of all
 * cells, and the names are the first of all, however the cells are grouped.
 */
function changeKey({ cause, counts, rows }: Change, { report }: Context): string {
  const occasion = cause.eventId ?? ['since', report.previousAt, cause.kind, cause.detail];
  const first = (which: 'principals' | 'instances'): string =>
    rows.map((row) => row[which][0] ?? '').sort()[0] ?? '';
  const { gained, lost, changed, principals, instances } = counts;
  const cells = [gained, lost, changed, principals, instances, first('principals'), first('instances')];
  return keyOf('d', [report.accountId, occasion, cells]);
}

function changeVerb({ gained, lost, changed }: DriftCounts): string {
  // what is changed besides is mostly a condition that fell, or one that came
  if (gained > 0 && lost === 0) return 'gained';
  return lost > 0 && gained + changed === 0 ? 'lost' : 'changed on';
}

function changeCounts({ gained, lost, changed }: DriftCounts): string {
  const parts = [
    gained > 0 ? `${count(gained, 'way')} in gained` : '',
    changed > 0 ? `${thousands(changed)} changed` : '',
    lost > 0 ? `${thousands(lost)} lost` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function causeLines(change: Change): string[] {
  const { cause } = change;
  const event = [cause.eventName, cause.eventId].filter((part) => part !== undefined).join(' ');
  const by = [
    cause.actor ?? '',
    cause.sourceIp === undefined ? '' : `from ${cause.sourceIp}`,
    cause.time === undefined ? '' : `at ${cause.time}`,
  ];
  return [
    `Cause: ${short(`${cause.kind}: ${cause.detail}`)}`,
    event === '' ? 'Event: none known' : `Event: ${short(event)}`,
    by.join('') === ''
      ? ''
      : `By: ${by
          .filter((part) => part !== '')
          .map(short)
          .join(' ')}`,
    ...undoLines(cause).map((line) => `Undo: ${line}`),
  ].filter((line) => line !== '');
}

function rowText(row: ChangeRow, { instances, kindOf }: Context, most: typeof NAMED): string {
  const who = (arn: string): string => `${nameText(arn)} (${KIND_NAMES[kindOf(arn)]})`;
  const [first = '', ...others] = row.principals.slice(0, most.principals);
  const named = row.instances.slice(0, most.instances);
  const more = (all: number, shown: number, word: string): readonly string[] =>
    all === shown ? [] : [`and ${count(all - shown, `more ${word}`)}`];
  return [
    `${row.change}: ${who(first)}`,
    ...others.map((arn) => `  and ${who(arn)}`),
    ...more(row.principalCount, 1 + others.length, 'principal').map((text) => `  ${text}`),
    ...named.map((id) => `  -> ${instanceText(id, instances.get(id))}`),
    ...more(row.instanceCount, named.length, 'instance').map((text) => `  -> ${text}`),
    `  by ${pathNames(row.paths, most.paths)}`,
    `  was: ${short(stateText(row.before))}`,
    `  now: ${short(stateText(row.after))}`,
  ].join('\n');
}

function pathNames(paths: readonly PathId[], most: number): string {
  const named = paths.slice(0, most).map((path) => `${path} (${pathTitle(path)})`);
  const left = paths.length - named.length;
  return `${named.join(', ')}${left === 0 ? '' : ` and ${count(left, 'more path')}`}`;
}

function instanceText(id: string, instance: Instance | undefined): string {
  const name = instance?.tags.find((tag) => tag.key === 'Name')?.value;
  const environment = environmentOf(instance);
  const facts = [name, environment === null ? undefined : `env ${environment}`, instance?.region];
  const known = facts.filter((fact) => fact !== undefined && fact !== '').map((fact) => shorter(fact ?? ''));
  return `${nameText(id)}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
}

function findingAlert(finding: Finding, context: Context): Alert {
  const { accountId, previousAt } = context.report;
  const rank = `[${finding.severity.toUpperCase()}]`;
  const { title, cause, rules, raisedFrom, status } = finding;
  const { remedy, example } = remedyText(finding);
  const news =
    raisedFrom === undefined ? (status === 'reopened' ? ', back again' : '') : `, was ${raisedFrom} before`;
  return {
    topic: context.topic,
    subject: asciiSubject(`${rank} ${accountId} ${finding.rule}: ${nameText(findingShort(finding))}`),
    message: withinLimit({
      headline: `${rank} ${sentence(title)} (account ${accountId}${news})`,
      facts: [
        `Rules: ${short(rules.join(', '))}`,
        `${CAUSE_WORDS[cause.kind]}: ${nameText(cause.resource)}`,
        ...(finding.holderCount > 0 ? [`Held by: ${sentence(holderArns(finding))}`] : []),
        `Reaches: ${reachText(finding)}`,
        `Fix: ${sentence(remedy)}`,
        ...(example === null ? [] : [`  ${sentence(example)}`]),
        `First seen: ${short(finding.firstSeen)}   Finding: ${short(finding.id)}`,
      ],
      items: finding.evidence.map((evidence) => `- ${nameText(evidence)}`),
      foot: context.foot,
    }),
    attributes: {
      ...attributesOf(context, 'finding', finding.severity, { path: finding.paths[0] }),
      ...(finding.productionCount > 0 ? { env: 'production' } : {}),
      rule: finding.rule,
    },
    key: keyOf('f', [accountId, finding.id, previousAt]),
  };
}

/** The filterable facts: those of the worst cell where there are several. SNS takes no empty value. */
function attributesOf(
  context: Context,
  kind: 'drift' | 'coverage' | 'configuration' | 'finding',
  severity: Severity,
  about: { readonly path?: string | undefined; readonly instance?: string } | undefined,
): Record<string, string> {
  const instance = context.instances.get(about?.instance ?? '');
  const environment = environmentOf(instance);
  return {
    severity,
    account: context.report.accountId,
    kind,
    ...(about?.path === undefined ? {} : { path: about.path }),
    ...(instance === undefined ? {} : { region: instance.region }),
    ...(environment === null ? {} : { env: shorter(environment) }),
  };
}

function rollUp(rest: readonly Alert[], context: Context): Alert {
  const { accountId } = context.report;
  const worst = rest[0]?.attributes.severity ?? 'info';
  const headline = `[${worst.toUpperCase()}] ${accountId} ${count(rest.length, 'further alert')} of this audit`;
  return {
    topic: context.topic,
    subject: asciiSubject(headline),
    message: withinLimit({
      headline,
      facts: ['Too many to send one by one: the report lists them all.'],
      items: rest.map((alert) => `- ${alert.subject}`),
      foot: context.foot,
    }),
    attributes: { severity: worst, account: accountId, kind: 'rollup' },
    key: keyOf('r', [accountId, rest.map((alert) => alert.key)]),
  };
}
