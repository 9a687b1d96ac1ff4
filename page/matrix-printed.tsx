import { count, thousands } from '../lib/policy/counted.ts';
import type { GridLine, MatrixAnswer } from './engine/matrix-query.ts';
import { useInstances, useInstancesAhead, usePrincipals, usePrincipalsAhead } from './lines.ts';
import { principalName } from './names.ts';
import { usePage } from './page-context.ts';
import { usePrinting } from './printing.ts';

const MOST_ROWS = 150;
const MOST_COLUMNS = 96;
/** So many squares fit beside the names on a sheet of A4, and on the narrower US letter. */
const ON_A_SHEET = 24;
/** As the style has them. */
const [LABEL, SQUARE] = [190, 20];
/** Two lines of this many letters stand above a square. */
const LONGEST_HEAD = 80;

/** The matrix on paper: tables that fit the width of a sheet, one below the other, and what they leave out. */
export function PrintedMatrix({ answer }: { answer: MatrixAnswer }) {
  const isPrinting = usePrinting();
  usePrincipalsAhead(firsts(answer.rows.slice(0, MOST_ROWS)));
  useInstancesAhead(firsts(answer.columns.slice(0, MOST_COLUMNS)));
  if (!isPrinting) return null;
  const columns = Math.min(answer.columns.length, MOST_COLUMNS);
  const starts = Array.from({ length: Math.ceil(columns / ON_A_SHEET) }, (_, sheet) => sheet * ON_A_SHEET);
  return (
    <>
      {starts.map((start) => (
        <Sheet key={start} answer={answer} start={start} end={Math.min(start + ON_A_SHEET, columns)} />
      ))}
      <NotPrinted word="instance" lines={answer.columns.slice(MOST_COLUMNS)} />
      <NotPrinted word="principal" lines={answer.rows.slice(MOST_ROWS)} />
    </>
  );
}

/** All principals, and the instances from `start` to `end`. */
function Sheet({ answer, start, end }: { answer: MatrixAnswer; start: number; end: number }) {
  const { head } = usePage();
  const rows = answer.rows.slice(0, MOST_ROWS);
  const columns = answer.columns.slice(start, end);
  const principalOf = usePrincipals(firsts(rows));
  const instanceOf = useInstances(firsts(columns));
  return (
    <table class="printed-matrix" style={{ width: `${LABEL + columns.length * SQUARE}px` }}>
      <thead>
        <tr>
          <th>
            {answer.columns.length > columns.length &&
              `Instances ${thousands(start + 1)} to ${thousands(end)} of ${count(answer.columns.length, 'column')}`}
          </th>
          {columns.map((column) => {
            const line = instanceOf(column.first);
            return (
              <th key={column.first}>
                <span>
                  {line ? headText(line.name ?? line.id) : '…'}
                  <Others line={column} />
                </span>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => {
          const line = principalOf(row.first);
          return (
            <tr key={row.first}>
              <th>
                {line ? principalName(line.arn) : '…'}
                <Others line={row} />
              </th>
              {columns.map((column, offset) => {
                const strength = answer.cells[at * answer.columns.length + start + offset] ?? 0;
                const { letter = '', css = 'none' } = head.strengths[strength] ?? {};
                return (
                  <td key={column.first} class={`square ${css}`}>
                    {letter}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** How many more share the line. */
function Others({ line }: { line: GridLine }) {
  return line.count > 1 ? ` +${thousands(line.count - 1)}` : null;
}

function NotPrinted({ word, lines }: { word: string; lines: readonly GridLine[] }) {
  if (lines.length === 0) return null;
  const left = lines.reduce((sum, { count: members }) => sum + members, 0);
  return <p class="left">{count(left, `more ${word}`)} not printed: filter the matrix to print them.</p>;
}

const headText = (name: string): string =>
  name.length > LONGEST_HEAD ? `${name.slice(0, LONGEST_HEAD)}…` : name;

const firsts = (lines: readonly GridLine[]): readonly number[] => lines.map(({ first }) => first);
