import type { Cause } from '../drift/drift.ts';
import { bySeverity, byText, type Change, changeSentence, namesIn, undoLines } from './changes.ts';
import { acceptedList } from './digest-accepted.ts';
import { fixList } from './digest-fixes.ts';
import { digestHtml } from './digest-html.ts';
import type { DigestList, DigestModel } from './digest-model.ts';
import { digestText } from './digest-text.ts';
import { byteLength, clip, safeUrl, subjectLine, visible } from './escape.ts';
import { holdersText, remedyText } from './finding-text.ts';
import { count, instanceLabel, shortPrincipal, shortTime, thousands } from './names.ts';
import { pathTitle } from './path-facts.ts';
import type { Report } from './report.ts';
import { stateText } from './state-text.ts';
import { isNews, type Summary, severityText, summarize } from './summary.ts';

/** A file that the mail points to. `url` is http, https or relative; anything else is left out. */
export interface DigestLink {
  readonly accountId: string;
  readonly label: string;
  readonly url: string;
}

/** The mail's content: both parts say the same. */
export interface Digest {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const CHANGE_ROWS = 10;
const FINDING_ROWS = 8;
const GAP_ROWS = 5;
/** Groups of cells of one change, and names of each kind. */
const CHANGE_LINES = 3;
const NAMED = 3;
const ACCOUNT_ROWS = 20;

/** Both parts together; encoded for transport this stays under 90 KB, and mail readers clip at about 100. */
const DIGEST_BYTES = 60_000;

/** Code points of one field, longest first: hostile names shrink before any row is dropped. */
const FIELD_LENGTHS = [300, 140, 60, 24];

interface Audited {
  readonly report: Report;
  readonly summary: Summary;
}

/** One mail for all accounts of a run: a verdict, what changed, the worst standing findings, what could not be read. */
export function renderDigest(reports: readonly Report[], links: readonly DigestLink[] = []): Digest {
  const audited = reports.map((report) => ({ report, summary: summarize(report) }));
  const subject = subjectOf(audited);
  let digest = { subject, text: '', html: '' };
  for (const length of FIELD_LENGTHS) {
    const model = modelOf(audited, links, (text) => clip(visible(text), length));
    digest = { subject, text: digestText(model), html: digestHtml(model) };
    if (byteLength(digest.text) + byteLength(digest.html) <= DIGEST_BYTES) break;
  }
  return digest;
}

/** `[EC2 access] 111122223333: 4 access changes (1 critical), +6 new, 2 critical (2026-08-23)` */
function subjectOf(audited: readonly Audited[]): string {
  const total = (number: (item: Audited) => number) => audited.reduce((sum, item) => sum + number(item), 0);
  const newFindings = total((item) => item.summary.newFindings);
  const drift = total((item) => item.report.drift.length);
  const worst = total(
    (item) => item.summary.changes.filter(({ severity }) => severity === 'critical').length,
  );
  const critical = total((item) => item.summary.severities.critical);
  const firstRun = audited.every((item) => item.report.previousAt === null);
  const parts = [
    drift > 0
      ? `${count(drift, 'access change')}${worst > 0 ? ` (${thousands(worst)} critical)` : ''}`
      : firstRun
        ? ''
        : 'no drift',
    newFindings > 0 ? `+${thousands(newFindings)} new` : '',
    critical > 0 ? `${thousands(critical)} critical` : '',
  ].filter((part) => part !== '');
  const blind = audited.filter((item) => item.summary.state === 'blind');
  if (blind.length > 0) return blindSubject(audited, blind, parts);
  const whole = [...(parts.length === 0 ? ['no findings'] : parts), ...partialText(audited)].join(', ');
  return subjectLine(`[EC2 access] ${scopeOf(audited)}: ${whole} (${dateOf(audited)})`);
}

/** Of one account that it is partial, of several how many are. */
function partialText(audited: readonly Audited[]): readonly string[] {
  const partial = audited.filter(({ summary }) => summary.state === 'partial').length;
  if (partial === 0) return [];
  return [audited.length === 1 ? 'partial' : `${thousands(partial)} partial`];
}

/** `[EC2 access] NOT AUDITED 111122223333: ... (2026-08-23)`; of several accounts how many, before what the others have. */
function blindSubject(
  audited: readonly Audited[],
  blind: readonly Audited[],
  parts: readonly string[],
): string {
  const [first] = blind as readonly [Audited];
  const head =
    audited.length === 1
      ? `NOT AUDITED ${scopeOf(audited)}: ${clip(visible(first.summary.why), 45)}`
      : [`${scopeOf(audited)}: ${thousands(blind.length)} NOT AUDITED`, ...parts].join(', ');
  return subjectLine(`[EC2 access] ${head} (${dateOf(audited)})`);
}

function scopeOf(audited: readonly Audited[]): string {
  const only = audited.length === 1 ? audited[0] : undefined;
  return only === undefined ? count(audited.length, 'account') : only.report.accountId;
}

function dateOf(audited: readonly Audited[]): string {
  const latest = audited
    .map((item) => item.report.takenAt)
    .sort(byText)
    .at(-1);
  return latest === undefined ? 'no audit' : latest.slice(0, 10);
}

type Field = (text: string) => string;

function modelOf(audited: readonly Audited[], links: readonly DigestLink[], field: Field): DigestModel {
  return {
    title: `EC2 access, ${scopeOf(audited)}, ${dateOf(audited)}`,
    verdicts: [...worstChange(audited, field), ...verdictsOf(audited)],
    changes: changeList(audited, field),
    findings: findingList(audited, field),
    accepted: acceptedList(audited, field),
    fixes: fixList(audited, field),
    gaps: gapList(audited, field),
    links: links.slice(0, ACCOUNT_ROWS * 3).flatMap((link) => {
      const url = safeUrl(link.url);
      const account = audited.length === 1 ? '' : `${link.accountId}: `;
      return url === null ? [] : [{ label: field(`${account}${link.label}`), url }];
    }),
  };
}

function verdictsOf(audited: readonly Audited[]): string[] {
  if (audited.length === 0) return ['No account was audited.'];
  const sentences = audited
    .slice(0, ACCOUNT_ROWS)
    .map(({ report, summary }) =>
      audited.length === 1
        ? `${summary.verdict} ${summary.coverage}`
        : `${report.accountId}: ${summary.verdict} ${summary.coverage}`,
    );
  const left = audited.length - sentences.length;
  return left === 0 ? sentences : [...sentences, `${count(left, 'further account')}: see the reports.`];
}

/** A change that must not be overlooked comes before everything else. */
function worstChange(audited: readonly Audited[], field: Field): string[] {
  const [worst] = audited
    .flatMap(({ report, summary }) => summary.changes.slice(0, 1).map((change) => ({ change, report })))
    .sort((a, b) => bySeverity(a.change.severity, b.change.severity));
  if (worst === undefined || !['critical', 'high'].includes(worst.change.severity)) return [];
  const where = audited.length === 1 ? '' : `${worst.report.accountId}: `;
  const { cause } = worst.change;
  const rank = worst.change.severity === 'critical' ? 'Critical' : 'High';
  return [`${rank}: ${where}${field(changeSentence(worst.change))}: ${field(cause.detail)}.`];
}

function changeList(audited: readonly Audited[], field: Field): DigestList {
  const all = audited.flatMap(({ report, summary }) => summary.changes.map((change) => ({ change, report })));
  all.sort((a, b) => bySeverity(a.change.severity, b.change.severity));
  const left = all.length - CHANGE_ROWS;
  return {
    heading: 'What changed',
    note: changeNote(audited, all.length, left),
    rows: all.slice(0, CHANGE_ROWS).map(({ change, report }) => ({
      severity: change.severity,
      head:
        change.cause.kind === 'configuration'
          ? changeSentence(change)
          : `${principalNames(change, field)} → ${instanceNames(change, report, field)}`,
      lines: [
        ...changeLines(change, field),
        field(`${change.cause.kind}: ${change.cause.detail}`),
        handLine(change.cause, field),
        ...undoLines(change.cause).map((line) => field(`undo: ${line}`)),
      ].filter((line) => line !== ''),
    })),
  };
}

/** `Run Command: none → always, as root`, for the worst of it. */
function changeLines({ rows }: Change, field: Field): string[] {
  const shown = rows.slice(0, CHANGE_LINES).map(({ paths, before, after }) => {
    const named = paths.slice(0, NAMED).map(pathTitle).join(', ');
    const more = paths.length > NAMED ? ` and ${count(paths.length - NAMED, 'more path')}` : '';
    return `${named}${more}: ${field(stateText(before))} → ${field(stateText(after))}`;
  });
  const left = rows.length - shown.length;
  return left === 0 ? shown : [...shown, `and ${count(left, 'more group')} of cells: see the report`];
}

function principalNames({ rows, counts }: Change, field: Field): string {
  const { names, left } = namesIn(rows, 'principals', counts.principals, NAMED);
  return joinNames(
    names.map((arn) => field(shortPrincipal(arn))),
    left,
    'principal',
  );
}

function instanceNames({ rows, counts }: Change, report: Report, field: Field): string {
  const { names, left } = namesIn(rows, 'instances', counts.instances, NAMED);
  const named = names.map((id) => {
    const instance = report.matrix.instances.find((candidate) => candidate.id === id);
    return field(instanceLabel(instance ?? { id, name: null }));
  });
  return joinNames(named, left, 'instance');
}

const joinNames = (named: readonly string[], left: number, word: string): string =>
  `${named.join(', ')}${left === 0 ? '' : ` and ${count(left, `more ${word}`)}`}`;

function handLine(cause: Cause, field: Field): string {
  const event = [cause.eventName, cause.eventId].filter((part) => part !== undefined).join(' ');
  return [
    cause.actor === undefined ? '' : `by ${field(cause.actor)}`,
    cause.sourceIp === undefined ? '' : `from ${field(cause.sourceIp)}`,
    cause.time === undefined ? '' : `at ${field(shortTime(cause.time))}`,
    event === '' ? '' : `(${field(event)})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function changeNote(audited: readonly Audited[], all: number, left: number): string {
  if (all === 0) {
    return audited.every((item) => item.report.previousAt === null)
      ? 'This is the first audit: the next one is compared with it.'
      : 'No access changed since the audit before.';
  }
  return left > 0 ? `${count(left, 'more change')}: see the report.` : '';
}

function findingList(audited: readonly Audited[], field: Field): DigestList {
  const all = audited.flatMap(({ summary }) => summary.standing);
  // what is news comes before what stood already
  all.sort((a, b) => bySeverity(a.severity, b.severity) || Number(isNews(b)) - Number(isNews(a)));
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of all) counts[finding.severity] += 1;
  const left = all.length - FINDING_ROWS;
  return {
    heading: 'Standing findings, worst first',
    note:
      all.length === 0
        ? audited.some(({ summary }) => summary.state === 'blind')
          ? 'Not audited: of findings nothing can be said.'
          : 'No standing findings.'
        : `${severityText(counts)}${left > 0 ? `; ${thousands(left)} more in the report` : ''}.`,
    rows: all.slice(0, FINDING_ROWS).map((finding) => {
      return {
        severity: finding.severity,
        head: field(finding.title),
        lines: [
          `${field(finding.rules.join(', '))}, ${isNews(finding) ? finding.status : `since ${field(shortTime(finding.firstSeen))}`}`,
          ...(finding.holderCount > 1 ? [field(`held by ${holdersText(finding, NAMED)}`)] : []),
          field(remedyText(finding).remedy),
        ],
      };
    }),
  };
}

function gapList(audited: readonly Audited[], field: Field): DigestList {
  const all = audited.flatMap(({ summary }) => summary.gaps);
  const left = all.length - GAP_ROWS;
  return {
    heading: 'What could not be read',
    note:
      all.length === 0
        ? 'Every call answered.'
        : left > 0
          ? `${count(left, 'more gap')}: see the report.`
          : '',
    rows: all.slice(0, GAP_ROWS).map((gap) => ({
      severity: null,
      head: field(`${gap.call}${gap.region === null ? '' : ` in ${gap.region}`}: ${gap.status}`),
      lines: gap.detail === '' ? [] : [field(gap.detail)],
    })),
  };
}
