import type { Cell } from '../lib/matrix/paths/cell.ts';
import type { Matrix } from '../lib/matrix/paths/matrix.ts';
import { andMore } from '../lib/policy/counted.ts';
import { clip } from '../lib/render/escape.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import { reachableText } from '../lib/render/path-facts.ts';
import { type Field, renderRecords, wordLines } from './records.ts';

/** Cells for a person, with names shortened as far as they stay unique in one account. */
export function cellTable(cells: readonly Cell[], matrix: Matrix, width: number): string {
  const names = new Map(matrix.instances.map(({ id, name }) => [id, name]));
  const short = shortener(matrix.accountId);
  const fields: readonly Field<Cell>[] = [
    { title: 'principal', value: ({ principal }) => shortPrincipal(principal), whole: true },
    {
      title: 'instance',
      value: ({ instance }) => labelled(instance, names.get(instance) ?? null),
      whole: true,
    },
    { title: 'path', value: ({ path }) => path, whole: true },
    { title: 'verdict', value: verdictText, whole: true },
    { title: 'condition', value: conditionText },
    { title: 'lands as', value: ({ landsAs }) => usersText(landsAs) },
    { title: 'via', value: ({ via }) => via.map(short).join(' > ') },
    { title: 'opens', value: (cell) => opensText(cell, short) },
    { title: 'reachable', value: ({ reachable }) => reachableText(reachable) },
  ];
  const table = renderRecords(cells, fields, width);
  return cells.some(isUncertain) ? `${table}\n${wordLines(UNCERTAIN, width).join('\n')}\n` : table;
}

const isUncertain = ({ uncertain }: Cell): boolean => uncertain.length > 0;

const UNCERTAIN =
  '?: depends on behaviour that AWS does not document, or on data that was not collected; `latchkey explain` names it';

/** OS users by name; `*` is any of them. */
const usersText = (landsAs: readonly string[]): string =>
  landsAs.map((user) => (user === '*' ? 'any OS user' : user)).join(', ');

const conditionText = ({ condition, missing }: Cell): string =>
  missing === undefined ? (condition?.text ?? '') : `not collected: ${missing}`;

const verdictText = (cell: Cell): string => (isUncertain(cell) ? `${cell.verdict} ?` : cell.verdict);

/** What a tag change would open, as much as fits in a table. */
function opensText({ opens = [] }: Cell, short: (arn: string) => string): string {
  const [first, ...others] = opens;
  if (first === undefined) return '';
  const change = first.value === null ? `without ${first.key}` : `with ${first.key}=${first.value}`;
  return `${first.path} for ${short(first.principal)} ${change}${andMore(others.length)}`;
}

/** Code points of a Name tag that a table shows; the id beside it says which one is meant. */
const LONGEST_NAME = 48;

export const labelled = (id: string, name: string | null): string =>
  name === null || name === '' ? id : `${id} (${clip(name, LONGEST_NAME)})`;

/**
 * `role/deploy` for `arn:aws:iam::<this account>:role/ci/deploy`, as `--principal` takes it: names are unique without
 * their path. A foreign ARN stays whole.
 */
export function shortener(accountId: string): (arn: string) => string {
  const own = new RegExp(`^arn:[^:]*:[^:]*:[^:]*:${accountId}:(.+)$`, 's');
  return (arn) => (own.exec(arn) === null ? arn : shortPrincipal(arn).replace(own, '$1'));
}
