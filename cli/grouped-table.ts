import type { Matrix } from '../lib/matrix/paths/matrix.ts';
import { csvRow } from '../lib/render/escape.ts';
import type { GroupedRow } from '../lib/render/grouped.ts';
import { heldByText } from '../lib/render/held-by-text.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import { labelled, shortener } from './cell-table.ts';
import { type Field, renderRecords } from './records.ts';

const numberText = (count: number | undefined): string => (count === undefined ? '' : String(count));

/** Counted cells for a person. */
export function groupedTable(rows: readonly GroupedRow[], { accountId }: Matrix, width: number): string {
  const short = shortener(accountId);
  const fields: readonly Field<GroupedRow>[] = [
    { title: 'principal', value: ({ principal }) => shortPrincipal(principal ?? ''), whole: true },
    { title: 'instance', value: ({ instance, name }) => labelled(instance ?? '', name ?? null), whole: true },
    { title: 'cause', value: (row) => causeText(row, short), whole: true },
    { title: 'kind', value: ({ kind }) => kind ?? '' },
    { title: 'strongest', value: ({ strongest }) => strongest },
    { title: 'principals', value: ({ principals }) => numberText(principals), align: 'right' },
    { title: 'people', value: ({ people }) => numberText(people), align: 'right' },
    { title: 'people of sets', value: ({ behindSets }) => behindText(behindSets), align: 'right' },
    { title: 'instances', value: ({ instances }) => numberText(instances), align: 'right' },
    { title: 'paths', value: ({ paths }) => paths.join(', ') },
  ];
  return renderRecords(rows, fields, width);
}

const behindText = (people: number | null | undefined): string =>
  people === null ? 'not read' : numberText(people);

function causeText({ cause, missing }: GroupedRow, short: (arn: string) => string): string {
  if (cause === undefined) return '';
  if (cause === null) return missing === undefined ? 'no statement' : `not collected: ${missing}`;
  return `${short(cause.policy)} statement ${cause.statement}${cause.sid === null ? '' : ` (${cause.sid})`}`;
}

const TITLES = [
  ...['principal', 'kind', 'instance', 'name', 'region', 'cause', 'strongest'],
  ...['principals', 'people', 'instances', 'paths', 'behindSets', 'heldBy'],
] as readonly (keyof GroupedRow)[];

/** The same as CSV, record by record, the titles first. */
export function* groupedCsvLines(rows: readonly GroupedRow[]): Generator<string> {
  const [first] = rows;
  if (first === undefined) return;
  const titles = TITLES.filter((title) => rows.some((row) => title in row));
  yield csvRow(titles);
  for (const row of rows) {
    const texts = { ...row, cause: causeText(row, (arn) => arn), paths: row.paths.join('; ') };
    const heldBy = row.heldBy === undefined ? '' : heldByText(row.heldBy);
    yield csvRow(titles.map((title) => (title === 'heldBy' ? heldBy : String(texts[title] ?? ''))));
  }
}
