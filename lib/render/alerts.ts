import type { Finding, Severity } from '../findings/finding.ts';
import { sha256 } from '../findings/sha256.ts';
import type { Alert } from '../ports/notifier.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { type Change, type ChangeRow, changesOf, SEVERITIES, stateText, touchedBy } from './changes.ts';
import { asciiSubject, byteLength, clip, visible } from './escape.ts';
import { findingSentence, findingText } from './finding-text.ts';
import { count, environmentOf, instancesById, shortPrincipal } from './names.ts';
import { pathTitle } from './path-facts.ts';
import type { Report } from './report.ts';
import { worstFindingFirst } from './summary.ts';

/** Alerts of one audit that go out one by one; what is beyond them goes out as one roll-up. */
export const STORM_LIMIT = 10;

/** Bytes of a message, so that it fits every kind of subscription but a text message. */
export const MESSAGE_BYTES = 2048;

/** Instances that one line of a message names. */
const NAMED_INSTANCES = 3;

/** Rows or sentences that a message lists, where they fit; the rest is a number. */
const LISTED = 20;

/** Bytes of one name, and of one sentence, in a message: so that at least one whole cell always fits. */
const NAME_BYTES = 200;
const SENTENCE_BYTES = 150;

/**
 * What an audit tells at once: one alert per cause of drift and one per new critical finding, worst first, and one
 * roll-up for what is beyond `STORM_LIMIT`. The key is the same for the same change seen twice, and new when the same
 * thing happens again.
 */
export function alertsOf(report: Report, topic: string, reportUrl?: string): Alert[] {
  const instances = instancesById(report.snapshot);
  const foot = reportUrl === undefined ? '' : `Report: ${toBytes(visible(reportUrl), 300)}\n`;
  const context: Context = { report, topic, instances, foot };
  const alerts = [
    ...changesOf(report.drift).map((change) => changeAlert(change, context)),
    ...report.findings
      .filter((finding) => finding.status === 'new' && finding.severity === 'critical')
      .sort(worstFindingFirst)
      .map((finding) => findingAlert(finding, context)),
  ];
  // a stable sort: changes come before findings of the same severity
  alerts.sort((a, b) => rank(a) - rank(b));
  if (alerts.length <= STORM_LIMIT) return alerts;
  return [...alerts.slice(0, STORM_LIMIT), rollUp(alerts.slice(STORM_LIMIT), context)];
}

interface Context {
  readonly report: Report;
  readonly topic: string;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly foot: string;
}

function rank(alert: Alert): number {
  return SEVERITIES.indexOf(alert.attributes.severity as Severity);
}

function changeAlert(change: Change, context: Context): Alert {
  const { accountId, previousAt } = context.report;
  const cells = change.rows.map((row) => [
    row.change,
    row.principal,
    row.instances,
    row.path,
    stateText(row.before),
    stateText(row.after),
  ]);
  const occasion = change.cause.eventId ?? ['since', previousAt, change.cause.kind, change.cause.detail];
  const touched = touchedBy(change);
  const worst = change.rows[0];
  const rank = `[${change.severity.toUpperCase()}]`;
  const headline = `${changeCounts(change)} on ${count(touched.instances, 'instance')}`;
  const who = worst === undefined ? '' : `${nameText(shortPrincipal(worst.principal))}: `;
  return {
    topic: context.topic,
    subject: asciiSubject(`${rank} ${accountId} ${who}${headline}`),
    message: withinLimit(
      `${rank} ${count(touched.principals, 'principal')}: ${headline} (account ${accountId})`,
      causeLines(change),
      change.rows.map((row) => rowText(row, context.instances)),
      context.foot,
    ),
    attributes: attributesOf(context, 'drift', change.severity, {
      ...(worst === undefined ? {} : { path: worst.path, instance: worst.instances[0] ?? '' }),
    }),
    key: keyOf('d', [accountId, occasion, cells]),
  };
}

function changeCounts(change: Change): string {
  const parts = [
    change.gained > 0 ? `${count(change.gained, 'way')} in gained` : '',
    change.changed > 0 ? `${change.changed} changed` : '',
    change.lost > 0 ? `${change.lost} lost` : '',
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
  ].filter((line) => line !== '');
}

function rowText(row: ChangeRow, instances: ReadonlyMap<string, Instance>): string {
  const named = row.instances.slice(0, NAMED_INSTANCES);
  const left = row.instances.length - named.length;
  return [
    `${row.change}: ${nameText(row.principal)}`,
    ...named.map((id) => `  -> ${instanceText(id, instances.get(id))}`),
    ...(left === 0 ? [] : [`  -> and ${count(left, 'more instance')}`]),
    `  by ${row.path} (${pathTitle(row.path)})`,
    `  was: ${short(stateText(row.before))}`,
    `  now: ${short(stateText(row.after))}`,
  ].join('\n');
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
  const sentence = findingSentence(finding);
  return {
    topic: context.topic,
    subject: asciiSubject(`${rank} ${accountId} ${finding.rule}: ${nameText(sentence)}`),
    message: withinLimit(
      `${rank} ${finding.rule}: ${nameText(sentence)} (account ${accountId})`,
      [
        ...(finding.principal === undefined ? [] : [`Principal: ${nameText(finding.principal)}`]),
        ...(finding.instance === undefined ? [] : [`Instance: ${nameText(finding.instance)}`]),
        ...(finding.resource === undefined ? [] : [`Resource: ${nameText(finding.resource)}`]),
        ...(finding.path === undefined ? [] : [`Path: ${finding.path} (${pathTitle(finding.path)})`]),
        `Mend: ${nameText(findingText(finding).remedy)}`,
        `First seen: ${short(finding.firstSeen)}   Finding: ${short(finding.id)}`,
      ],
      finding.evidence.map((evidence) => `- ${nameText(evidence)}`),
      context.foot,
    ),
    attributes: attributesOf(context, 'finding', finding.severity, finding),
    key: keyOf('f', [accountId, finding.id, previousAt]),
  };
}

/** The filterable facts: those of the worst cell where there are several. SNS takes no empty value. */
function attributesOf(
  context: Context,
  kind: 'drift' | 'finding',
  severity: Severity,
  about: { readonly path?: string; readonly instance?: string } | undefined,
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
    message: withinLimit(
      headline,
      ['Too many to send one by one: the report lists them all.'],
      rest.map((alert) => `- ${alert.subject}`),
      context.foot,
    ),
    attributes: { severity: worst, account: accountId, kind: 'rollup' },
    key: keyOf('r', [accountId, rest.map((alert) => alert.key)]),
  };
}

/** The message, as many of the items as are named and fit, and the number of those that are left out. */
function withinLimit(
  headline: string,
  facts: readonly string[],
  items: readonly string[],
  foot: string,
): string {
  const head = [headline, ...facts].join('\n');
  for (let named = Math.min(items.length, LISTED); named >= 0; named -= 1) {
    const left = items.length - named;
    const more = left === 0 ? '' : `... and ${left} more: the report lists them\n`;
    const message = `${[head, ...items.slice(0, named)].join('\n')}\n${more}${foot}`;
    if (byteLength(message) <= MESSAGE_BYTES) return message;
  }
  return toBytes(`${head}\n`, MESSAGE_BYTES);
}

function keyOf(kind: string, parts: unknown): string {
  return `${kind}-${sha256(JSON.stringify(parts)).slice(0, 24)}`;
}

/** The text cut to at most `limit` bytes, between two code points. */
function toBytes(text: string, limit: number): string {
  let kept = clip(text, limit);
  while (byteLength(kept) > limit) kept = clip(kept, Math.floor(Array.from(kept).length * 0.9));
  return kept;
}

function nameText(text: string): string {
  return toBytes(visible(text), NAME_BYTES);
}

function short(text: string): string {
  return toBytes(visible(text), SENTENCE_BYTES);
}

function shorter(text: string): string {
  return toBytes(visible(text), 60);
}
