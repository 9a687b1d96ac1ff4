import { count } from '../policy/counted.ts';
import { WITHOUT_CELLS } from './changes.ts';
import { type Audited, isFirst, sinceText } from './digest-audited.ts';
import type { DigestCause, DigestChange, DigestNames } from './digest-change-data.ts';
import type { DigestList, DigestRow, Field } from './digest-model.ts';
import { actorName, shortTime } from './names.ts';
import { addressOf } from './page/address.ts';
import type { Place } from './report-link.ts';

/** How to get to a change or finding of an account; null: its page has no link. */
export type LinkTo = (accountId: string, place: string) => Place | null;

/** The changes since the last digest by cause, of any run, worst first. */
export function changeList(audited: Audited, field: Field, linkTo: LinkTo): DigestList {
  const { changes, accounts } = audited;
  return {
    heading: 'What changed',
    note: changeNote(audited),
    rows: changes.first.map((change) => changeRow(change, accounts, field, linkTo)),
  };
}

function changeRow(change: DigestChange, accounts: number, field: Field, linkTo: LinkTo): DigestRow {
  const { accountId, cause, id, severity } = change;
  const where = accounts === 1 ? '' : `${accountId}: `;
  const names = `${namesText(change.principals, 'principal', field)} → ${namesText(change.instances, 'instance', field)}`;
  return {
    severity,
    head: field(`${where}${change.what}`),
    lines: [
      ...(WITHOUT_CELLS.has(cause.kind) || change.principals.names.length === 0 ? [] : [names]),
      ...changeLines(change, field),
      field(cause.detail),
      handLine(cause, field),
      seenLine(change),
      cause.undo.length > 0 ? 'undo:' : '',
    ].filter((line) => line !== ''),
    // without a word before it, so that the whole line can be pasted
    commands: cause.undo,
    place: linkTo(accountId, addressOf.change(id)),
  };
}

/** `alerted 2026-08-22 10:55 UTC`: a check saw it, and has already alerted. */
function seenLine({ seen }: DigestChange): string {
  if (seen === null) return '';
  const at = shortTime(seen.at);
  return seen.waits ? `seen ${at}; its alert is still to be sent` : `alerted ${at}`;
}

/** `Run Command: none → always, as root`, for the worst of it. */
function changeLines({ rows, rowsLeft }: DigestChange, field: Field): string[] {
  const shown = rows.map(({ paths, before, after }) => `${paths}: ${field(before)} → ${field(after)}`);
  return rowsLeft === 0
    ? shown
    : [...shown, `and ${count(rowsLeft, 'more line')} like these: see the report`];
}

const namesText = ({ names, left }: DigestNames, word: string, field: Field): string =>
  `${names.map(field).join(', ')}${left <= 0 ? '' : ` and ${count(left, `more ${word}`)}`}`;

function handLine({ actor, sourceIp, time, event, unexplained }: DigestCause, field: Field): string {
  const whoever = unexplained ? 'by whom unknown' : '';
  return [
    actor === '' ? whoever : `by ${field(actorName(actor))}`,
    sourceIp === '' ? '' : `from ${field(sourceIp)}`,
    time === '' ? '' : `at ${field(time)}`,
    event === '' ? '' : `(${field(event)})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function changeNote(audited: Audited): string {
  const { count: all, first } = audited.changes;
  const left = all - first.length;
  if (all > 0) return left > 0 ? `${count(left, 'more change')}: see the report.` : '';
  if (isFirst(audited)) return 'This is the first audit: the next one is compared with it.';
  return `No access changed ${sinceText(audited)}.`;
}
