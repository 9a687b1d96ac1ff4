import type { Drift } from '../drift/drift.ts';
import { writeMatrix } from '../matrix/stored/store.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { coverageNotes } from './coverage-notes.ts';
import { renderFindingsCsv, renderReportCsv } from './csv.ts';
import { renderPage } from './html/page.ts';
import type { Pack } from './pack.ts';
import type { Report } from './report.ts';

/** One file of a run's folder. */
export interface Format {
  readonly file: string;
  readonly contentType: string;
  readonly render: (report: Report, pack: Pack) => string;
}

const JSON_TYPE = 'application/json';
const CSV_TYPE = 'text/csv; charset=utf-8';

/** The page: people read an audit there. */
export const PAGE_FILE = 'report.html';

/** Every file that an audit writes beside the snapshot. */
export const FORMATS: readonly Format[] = [
  { file: 'matrix.json.gz', contentType: 'application/gzip', render: (report) => writeMatrix(report.matrix) },
  { file: 'findings.json', contentType: JSON_TYPE, render: (report) => prettyJson(report.findings) },
  { file: 'drift.json', contentType: JSON_TYPE, render: (report) => driftJson(report.drift) },
  { file: 'coverage.json', contentType: JSON_TYPE, render: (report) => prettyJson(coverageOf(report)) },
  { file: PAGE_FILE, contentType: 'text/html; charset=utf-8', render: renderPage },
  { file: 'report.csv', contentType: CSV_TYPE, render: (report) => renderReportCsv(report) },
  { file: 'findings.csv', contentType: CSV_TYPE, render: renderFindingsCsv },
];

function prettyJson(value: unknown): string {
  return `${jsonText(value, 2)}\n`;
}

/** One line for each cause and each of its groups, so that many can be read line by line. */
function driftJson(drift: readonly Drift[]): string {
  const items = drift.map(({ groups, ...head }) => {
    const lines = groups.map((group) => JSON.stringify(group)).join(',\n');
    return `${JSON.stringify(head).slice(0, -1)},"groups":[\n${lines}\n]}`;
  });
  return `[${items.join(',\n')}]\n`;
}

function coverageOf(report: Report): object {
  return {
    schemaVersion: 2,
    accountId: report.accountId,
    takenAt: report.takenAt,
    previousAt: report.previousAt,
    calls: report.snapshot.coverage,
    problems: report.problems,
    notes: coverageNotes(report.snapshot),
  };
}
