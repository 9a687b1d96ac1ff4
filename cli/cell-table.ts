import type { Cell } from '../lib/matrix/paths/cell.ts';
import type { Matrix } from '../lib/matrix/paths/matrix.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import { type Column, renderTable } from '../lib/render/table.ts';

const reachableText = (reachable: boolean | null | undefined): string =>
  reachable === undefined ? '-' : reachable === null ? 'unknown' : reachable ? 'yes' : 'no';

/** Cells as a table of at most `width` columns, with names shortened to what tells them apart in one account. */
export function cellTable(cells: readonly Cell[], matrix: Matrix, width: number): string {
  const names = new Map(matrix.instances.map(({ id, name }) => [id, name]));
  const short = shortener(matrix.accountId);
  const columns: readonly Column<Cell>[] = [
    { title: 'principal', value: ({ principal }) => shortPrincipal(principal), min: 14 },
    { title: 'instance', value: ({ instance }) => labelled(instance, names.get(instance) ?? null), min: 12 },
    { title: 'path', value: ({ path }) => path, min: 12 },
    { title: 'verdict', value: verdictText, min: 11 },
    { title: 'condition', value: conditionText, min: 14 },
    { title: 'lands as', value: ({ landsAs }) => landsAs.join(', '), min: 8 },
    { title: 'via', value: ({ via }) => via.map(short).join(' > '), min: 3 },
    { title: 'reachable', value: ({ reachable }) => reachableText(reachable), min: 9 },
  ];
  return renderTable(
    cells,
    columns.filter(({ title, value }) => title !== 'via' || cells.some(value)),
    width,
  );
}

const conditionText = ({ condition, missing }: Cell): string =>
  missing === undefined ? (condition?.text ?? '') : `not collected: ${missing}`;

const verdictText = ({ verdict, uncertain }: Cell): string =>
  uncertain.length > 0 ? `${verdict} ?` : verdict;

const labelled = (id: string, name: string | null): string =>
  name === null || name === '' ? id : `${id} (${name})`;

/** `role/deploy` for `arn:aws:iam::<this account>:role/deploy`; a foreign ARN stays whole. */
export function shortener(accountId: string): (arn: string) => string {
  const own = new RegExp(`^arn:[^:]*:[^:]*:[^:]*:${accountId}:(.+)$`, 's');
  return (arn) => own.exec(arn)?.[1] ?? arn;
}
