import { type Cause, isUnexplained } from '../drift/drift.ts';
import { expectedChangeText } from '../drift/expected-changes.ts';
import { taggedProd } from '../findings/expected/production.ts';
import type { Finding } from '../findings/finding.ts';
import { gravest } from '../findings/severities.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { andMore, count } from '../policy/counted.ts';
import type { Alert } from '../ports/notifier.ts';
import { SetHolders } from '../snapshot/held-by.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { attributesOf, changeFacts } from './alert-attributes.ts';
import { type AlertContext, acceptFacts, alertOf, footOf } from './alert-context.ts';
import { alertKey, type Fact, nameText, sentence, short, shorter } from './alert-text.ts';
import { gainShort, gainText } from './change-words.ts';
import { byText, type CauseChange, type ChangeRow, CONFIGURED, undoLines, WITHOUT_CELLS } from './changes.ts';
import { heldByText } from './held-by-text.ts';
import { KIND_NAMES } from './kind-counts.ts';
import { environmentOf, shortPrincipal, shortTime } from './names.ts';
import { addressOf } from './page/address.ts';
import { pathTitle } from './path-facts.ts';
import { rowsWithPeopleFirst } from './people-first.ts';
import { stateText } from './state-text.ts';
import { mailSubject } from './subject.ts';
import { changeCounts } from './ways-in.ts';

/** Principals, instances and paths in one entry of a message; fewer if their names are long. */
const NAMED = { principals: 3, instances: 3, paths: 6 };
const FEWEST = { principals: 1, instances: 1, paths: 1 };

/** Findings that a message names. */
const FINDINGS = 2;

/** Findings caused by a change, and one to which it adds. */
export interface FindingsOfChange {
  readonly news: readonly Finding[];
  readonly standing: Finding | null;
}

/** One cause of drift: its effect, its actor or time span, and how to undo or accept it. */
export function changeAlert(change: CauseChange, found: FindingsOfChange, context: AlertContext): Alert {
  const { accountId } = context.report;
  const { cause, id } = change;
  const isConfigured = cause.kind === 'configuration';
  const facts = changeFacts(change, context.instances);
  const severity = gravest([change.severity, ...found.news.map((finding) => finding.severity)]);
  const rank = `[${severity.toUpperCase()}]`;
  const rows = rowsWithPeopleFirst(change.rows, context.kindOf);
  return alertOf(
    context,
    {
      headline: `${rank} ${isConfigured ? CONFIGURED : nameText(gainText(change))} (account ${accountId})`,
      facts: [
        ...causeFacts(change, context),
        ...peopleFacts(change, context),
        ...findingFacts(change, found),
      ],
      items: isConfigured ? itemsOf(cause) : rows.map((row) => rowText(row, context, NAMED)),
      shorter: rows.slice(0, 1).map((row) => rowText(row, context, FEWEST)),
      foot: footOf(context, addressOf.change(id)),
    },
    {
      subject: mailSubject(
        `${rank} ${accountId} ${isConfigured ? 'expected access changed' : gainShort(change)}`,
        subjectDetails(change),
      ),
      // nobody changed anything if a call merely failed, or works again
      attributes: attributesOf(accountId, kindWord(cause.kind), {
        ...facts,
        severities: [severity, ...facts.severities],
        rules: found.news.flatMap(({ rules }) => rules),
      }),
      key: changeKey(change, context),
      thread: `${accountId}-${id}`,
    },
  );
}

const kindWord = (kind: CauseChange['cause']['kind']): 'drift' | 'coverage' | 'configuration' =>
  kind === 'coverage' || kind === 'configuration' ? kind : 'drift';

/** The change, or else its call and actor: the first that fits. */
function subjectDetails({ cause }: CauseChange): readonly string[] {
  const { eventName, actor = '', session, detail, kind, changes } = cause;
  const by = session ?? shortPrincipal(actor).split('/').at(-1) ?? '';
  if (kind === 'configuration' && changes !== undefined) return configuredDetails(changes);
  return [
    detail,
    ...(eventName === undefined ? [] : [by === '' ? eventName : `${eventName} by ${by}`, eventName]),
  ];
}

/** The first change of the file, and how many more: with its name, or without. */
function configuredDetails([first, ...others]: NonNullable<Cause['changes']>): readonly string[] {
  if (first === undefined) return [];
  const more = andMore(others.length);
  return [first, { did: first.did, what: first.what }].map((one) => `${expectedChangeText(one)}${more}`);
}

/** The changes of the file, one per line. */
const itemsOf = ({ detail, changes = [] }: Cause): readonly string[] =>
  (changes.length === 0 ? [detail] : changes.map(expectedChangeText)).map((text) => `- ${nameText(text)}`);

/**
 * The change and its size: the counts distinguish two occurrences of the same change. They count all cells,
 * and the names are the first of all, independent of grouping.
 */
function changeKey({ cause, counts, rows }: CauseChange, { report }: AlertContext): string {
  const occasion = cause.eventId ?? ['since', report.previousAt, cause.kind, cause.detail];
  const first = (which: 'principals' | 'instances'): string =>
    rows.map((row) => row[which][0] ?? '').sort()[0] ?? '';
  const { gained, lost, changed, principals, instances } = counts;
  const who = cause.assigned?.principal ?? first('principals');
  const cells = [gained, lost, changed, principals, instances, who, first('instances')];
  return alertKey('d', [report.accountId, occasion, cells]);
}

function causeFacts(change: CauseChange, { report }: AlertContext): readonly Fact[] {
  const { cause, counts } = change;
  const event = [cause.eventName, cause.eventId].filter((part) => part !== undefined).join(' ');
  const by = [cause.actor ?? '', cause.sourceIp === undefined ? '' : `from ${cause.sourceIp}`];
  const hand = by.filter((part) => part !== '').map(nameText);
  return [
    { label: 'Cause', text: short(cause.detail) },
    ...(hand.length === 0 ? [] : [{ label: 'By', text: hand.join(' ') }]),
    { label: 'When', text: whenText(change, report.previousAt, report.takenAt) },
    ...(event === '' && !isUnexplained(cause)
      ? []
      : [{ label: 'Event', text: event === '' ? 'none known' : short(event) }]),
    ...undoLines(cause).map((line): Fact => ({ label: 'Undo', text: line, isCommand: true })),
    ...(WITHOUT_CELLS.has(cause.kind) ? [] : [{ label: 'In all', text: changeCounts(counts) }]),
  ];
}

/** Permission sets whose people are named. */
const PERMISSION_SETS = 2;

/** The holders of permission sets in a change. */
function peopleFacts({ rows, cause }: CauseChange, { report }: AlertContext): readonly Fact[] {
  const holders = new SetHolders(report.snapshot);
  const named = [
    ...(cause.assigned ? [cause.assigned.principal] : []),
    ...rows.flatMap((row) => row.principals),
  ];
  const held = new Set(named.flatMap((arn) => holders.of(arn) ?? []));
  return [...held]
    .slice(0, PERMISSION_SETS)
    .map((one) => ({ label: 'People', text: sentence(heldByText(one)) }));
}

/** The time of the event, or the two audits around the change. */
function whenText({ cause }: CauseChange, previousAt: string | null, takenAt: string): string {
  if (cause.time !== undefined) return short(cause.time);
  const [from, to] = [previousAt === null ? null : shortTime(previousAt), shortTime(takenAt)];
  if (from === to) return short(to);
  return short(from === null ? `before ${to}` : `between ${from} and ${to}`);
}

/** The findings caused by it, and the command that accepts the most severe. */
function findingFacts(change: CauseChange, { news, standing }: FindingsOfChange): readonly Fact[] {
  const named = news.slice(0, FINDINGS).map(
    (finding): Fact => ({
      label: `${finding.status === 'reopened' ? 'Found again' : finding.raisedFrom === undefined ? 'New finding' : 'Graver finding'}`,
      text: `${short(finding.id)} (${short(finding.rules.join(', '))})`,
    }),
  );
  const left = news.length - named.length;
  const more = left > 0 ? [{ label: 'Findings', text: `and ${left} more` }] : [];
  const [first] = news;
  if (first !== undefined) return [...named, ...more, ...acceptFacts(first.id)];
  if (standing === null) return [];
  const only = change.counts.principals === 1 ? change.rows[0]?.principals[0] : undefined;
  return [
    { label: 'Finding', text: `${short(standing.id)}, which stood before` },
    ...acceptFacts(standing.id, only),
  ];
}

function rowText(row: ChangeRow, { instances, kindOf }: AlertContext, most: typeof NAMED): string {
  const who = (arn: string): string => `${nameText(arn)} (${KIND_NAMES[kindOf(arn)]})`;
  const [first = '', ...others] = row.principals.slice(0, most.principals);
  const named = productionFirst(row.instances, instances).slice(0, most.instances);
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

function productionFirst(
  ids: readonly string[],
  instances: ReadonlyMap<string, Instance>,
): readonly string[] {
  const rank = (id: string): number => Number(!taggedProd(instances.get(id)));
  return ids.toSorted((a, b) => rank(a) - rank(b) || byText(a, b));
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
