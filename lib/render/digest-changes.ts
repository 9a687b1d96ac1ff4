import type { Cause } from '../drift/drift.ts';
import { taggedProd } from '../findings/expected/production.ts';
import { changeText } from './change-words.ts';
import { bySeverity, type Change, namesIn, undoLines } from './changes.ts';
import { type Audited, type DigestReport, sinceText, type ToldChange } from './digest-audited.ts';
import type { DigestList, DigestRow, Field } from './digest-model.ts';
import { count, instanceLabel, shortPrincipal, shortTime } from './names.ts';
import { addressOf } from './page/address.ts';
import { pathTitle } from './path-facts.ts';
import { stateText } from './state-text.ts';

const CHANGE_ROWS = 10;
/** Groups of cells of one change, and names of each kind. */
const CHANGE_LINES = 3;
const NAMED = 3;

/** What opens the place of a change or finding of an account; null: there is no such link. */
export type LinkTo = (accountId: string, place: string) => string | null;

/** What changed since the last digest by cause, whoever saw it, worst first. */
export function changeList(audited: readonly Audited[], field: Field, linkTo: LinkTo): DigestList {
  const all = worstFirst(audited);
  const left = all.length - CHANGE_ROWS;
  return {
    heading: 'What changed',
    note: changeNote(audited, all.length, left),
    rows: all.slice(0, CHANGE_ROWS).map((told) => changeRow(told, audited.length, field, linkTo)),
  };
}

export function worstFirst(audited: readonly Audited[]): readonly ToldChange[] {
  return audited
    .flatMap(({ changes }) => changes)
    .toSorted((a, b) => bySeverity(a.change.severity, b.change.severity));
}

function changeRow(told: ToldChange, accounts: number, field: Field, linkTo: LinkTo): DigestRow {
  const { change, report } = told;
  const { cause, id, severity } = change;
  const where = accounts === 1 ? '' : `${report.accountId}: `;
  const names = `${principalNames(change, field)} → ${instanceNames(change, report, field)}`;
  return {
    severity,
    head: field(`${where}${changeText(change)}`),
    lines: [
      ...(cause.kind === 'configuration' ? [] : [names]),
      ...changeLines(change, field),
      field(cause.detail),
      handLine(cause, field),
      seenLine(told),
    ].filter((line) => line !== ''),
    commands: undoLines(cause).map((line) => `undo: ${line}`),
    url: linkTo(report.accountId, addressOf.change(id)),
  };
}

/** `alerted 2026-08-22 10:55 UTC`: a check saw it, and has told already. */
function seenLine({ seen }: ToldChange): string {
  if (seen === null) return '';
  const at = shortTime(seen.at);
  return seen.waits ? `seen ${at}; its alert is still to be sent` : `alerted ${at}`;
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

/** Production first, as it is what its reader looks for. */
function instanceNames({ rows, counts }: Change, { instances }: DigestReport, field: Field): string {
  const rank = (id: string): number => Number(!taggedProd(instances.get(id)));
  const all = namesIn(rows, 'instances', counts.instances, counts.instances).names;
  const names = all.toSorted((a, b) => rank(a) - rank(b)).slice(0, NAMED);
  const named = names.map((id) => {
    const instance = instances.get(id);
    const name = instance?.tags.find(({ key }) => key === 'Name')?.value ?? null;
    return field(instanceLabel({ id, name }));
  });
  return joinNames(named, counts.instances - named.length, 'instance');
}

const joinNames = (named: readonly string[], left: number, word: string): string =>
  `${named.join(', ')}${left <= 0 ? '' : ` and ${count(left, `more ${word}`)}`}`;

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
  if (all > 0) return left > 0 ? `${count(left, 'more change')}: see the report.` : '';
  if (audited.every(({ isFirst }) => isFirst))
    return 'This is the first audit: the next one is compared with it.';
  return `No access changed ${sinceText(audited)}.`;
}
