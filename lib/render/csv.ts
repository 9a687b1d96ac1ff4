import { cellsOf } from '../matrix/answers/list-cells.ts';
import type { Cell } from '../matrix/paths/cell.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { thousands } from '../policy/counted.ts';
import { acceptedText } from './accepted-text.ts';
import { cellCount } from './access.ts';
import { csvRow } from './escape.ts';
import { heldByText } from './held-by-text.ts';
import { reachableText } from './path-facts.ts';
import type { Report } from './report.ts';

/** Records in `report.csv`: an account may have millions of cells, and `who-can` prints all. */
const CSV_ROWS = 50_000;

const CELL_COLUMNS = [
  'principal',
  'instance',
  'name',
  'region',
  'path',
  'verdict',
  'condition',
  'lands_as',
  'via',
  'reachable',
  'uncertain',
  'grants',
  'held_by',
];

/**
 * `report.csv`: one record per cell that is not denied. If some are left out, the last record says how many.
 */
export function renderReportCsv(report: Report, limit = CSV_ROWS): string {
  const lines: string[] = [];
  for (const line of reportCsvLines(report)) {
    // the first line is the titles
    if (lines.length > limit) break;
    lines.push(line);
  }
  const left = cellCount(report.matrix) - (lines.length - 1);
  if (left > 0)
    lines.push(
      csvRow(
        shortNotice(`${thousands(left)} more ways in: \`latchkey who-can --in DIR --json\` prints them all`),
      ),
    );
  return lines.join('');
}

function shortNotice(text: string): string[] {
  return CELL_COLUMNS.map((_, index) => (index === 0 ? text : ''));
}

/** The same, record by record and without a limit, the titles first: for streaming writers. */
export function* reportCsvLines(report: Report): Generator<string> {
  yield* cellCsvLines(cellsOf(report.matrix, report.snapshot), report.matrix);
}

/** Cells as CSV, record by record, the titles first. */
export function* cellCsvLines(cells: Iterable<Cell>, matrix: Matrix): Generator<string> {
  const instances = new Map(matrix.instances.map((instance) => [instance.id, instance] as const));
  yield csvRow(CELL_COLUMNS);
  for (const cell of cells) {
    const instance = instances.get(cell.instance);
    yield csvRow(cellFields(cell, instance?.name ?? '', instance?.region ?? ''));
  }
}

function cellFields(cell: Cell, name: string, region: string): string[] {
  return [
    cell.principal,
    cell.instance,
    name,
    region,
    cell.path,
    cell.verdict,
    cell.condition?.text ?? (cell.missing === undefined ? '' : `not collected: ${cell.missing}`),
    cell.landsAs.join('; '),
    cell.via.join(' > '),
    reachableText(cell.reachable),
    cell.uncertain.join('; '),
    cell.grants.map(grantText).join('; '),
    cell.heldBy === undefined ? '' : heldByText(cell.heldBy),
  ];
}

/** `<policy> statement 0 (Sid)`: a statement as one field or one line. */
function grantText(grant: {
  readonly policy: string;
  readonly statement: number;
  readonly sid: string | null;
}): string {
  return `${grant.policy} statement ${grant.statement}${grant.sid === null ? '' : ` (${grant.sid})`}`;
}

const FINDING_COLUMNS = [
  'id',
  'rule',
  'severity',
  'status',
  'title',
  'rules',
  'cause',
  'resource',
  'statements',
  'holders',
  'holder_count',
  'people_count',
  'instance_count',
  'production_count',
  'paths',
  'evidence',
  'remediation',
  'first_seen',
  'last_seen',
  'accepted',
];

/** `findings.csv`: one record per finding, resolved and excepted ones included, in the order of `findings.json`. */
export function renderFindingsCsv(report: Report): string {
  const lines = [csvRow(FINDING_COLUMNS)];
  for (const finding of report.findings) {
    lines.push(
      csvRow([
        finding.id,
        finding.rule,
        finding.severity,
        finding.status,
        finding.title,
        finding.rules.join('; '),
        finding.cause.kind,
        finding.cause.resource,
        finding.cause.statements.map(grantText).join('; '),
        finding.holders.map(({ principal }) => principal).join('; '),
        String(finding.holderCount),
        String(finding.peopleCount),
        String(finding.instanceCount),
        String(finding.productionCount),
        finding.paths.join('; '),
        finding.evidence.join('; '),
        finding.remediation,
        finding.firstSeen,
        finding.lastSeen,
        acceptedText(finding),
      ]),
    );
  }
  return lines.join('');
}
