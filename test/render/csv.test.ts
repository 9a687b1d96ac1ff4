import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { cellCount } from '../../lib/render/access.ts';
import { renderFindingsCsv, renderReportCsv, reportCsvLines } from '../../lib/render/csv.ts';
import { HOSTILE_VALUES, hostileReport } from './hostile.ts';
import { parseCsv } from './parse-csv.ts';
import { INSTANCES } from './report-facts.ts';
import { fullReport, quietReport } from './reports.ts';

test('report.csv has one record per cell, with everything that a reader needs', async () => {
  const report = fullReport();
  const text = renderReportCsv(report);
  const records = parseCsv(text);
  expect(records.length - 1).toBe(cellCount(report.matrix));
  for (const record of records) expect(record).toHaveLength(records[0]!.length);
  const grant = 'arn:aws:iam::aws:policy/AmazonSSMFullAccess statement 0';
  expect(records.find((one) => one[0]?.endsWith('role/DevOps') && one[1] === INSTANCES[0][0])).toEqual(
    expect.arrayContaining([
      'payments-api-1',
      'us-east-1',
      'session-manager',
      'allowed',
      '',
      'ssm-user',
      grant,
    ]),
  );
  await expect(text.split('\r\n').slice(0, 12).join('\n')).toMatchFileSnapshot('../golden/render/report.csv');
});

test('findings.csv has one record per finding, in their order', async () => {
  const report = fullReport();
  const text = renderFindingsCsv(report);
  expect(
    parseCsv(text)
      .slice(1)
      .map((record) => record[0]),
  ).toEqual(report.findings.map((one) => one.id));
  await expect(text.replaceAll('\r\n', '\n')).toMatchFileSnapshot('../golden/render/findings.csv');
});

test('an account without cells gives only the titles', () => {
  expect(parseCsv(renderReportCsv(quietReport()))).toHaveLength(1);
  expect(parseCsv(renderFindingsCsv(quietReport()))).toHaveLength(1);
});

test('the last record counts what is beyond the limit', () => {
  const report = fullReport();
  const records = parseCsv(renderReportCsv(report, 10));
  expect(records).toHaveLength(12);
  expect(records.at(-1)?.[0]).toBe(
    `${cellCount(report.matrix) - 10} more ways in: \`latchkey who-can --in DIR --json\` prints them all`,
  );
  expect([...reportCsvLines(report)]).toHaveLength(cellCount(report.matrix) + 1);
});

test('hostile values stay in their field, and no field starts a formula', () => {
  const report = hostileReport();
  for (const text of [renderReportCsv(report), renderFindingsCsv(report)]) {
    const records = parseCsv(text);
    for (const record of records) {
      expect(record).toHaveLength(records[0]!.length);
      for (const field of record) expect(field).not.toMatch(/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u);
    }
  }
  const titles = parseCsv(renderFindingsCsv(report)).map((record) => record[4]);
  for (const value of HOSTILE_VALUES.filter((one) => /^pwned-(emoji|long|newline)/.test(one))) {
    expect(titles).toContain(value);
  }
  expect(titles).toContain("'=cmd()|pwned-formula");
});

test('docs/report.md names every column of both tables, in their order', async () => {
  const [, section = ''] =
    /^## report\.csv\n([\s\S]*?)^## /m.exec(await readFile('docs/report.md', 'utf8')) ?? [];
  const [cells = '', findings = ''] = section.split('`findings.csv` has the columns');
  const named = (text: string): readonly string[] =>
    [...text.matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name);
  const firstOfRows = [...cells.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, first = '']) => first).join();
  expect(named(firstOfRows)).toEqual(parseCsv(renderReportCsv(fullReport()))[0]);
  expect(named(findings)).toEqual(parseCsv(renderFindingsCsv(fullReport()))[0]);
});
