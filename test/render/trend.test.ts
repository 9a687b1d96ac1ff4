import { expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import { barPicture } from '../../lib/render/picture.ts';
import { trendOf } from '../../lib/render/trend-of.ts';
import { renderDigest } from './render-digest.ts';
import { blindReport, fullReport, quietReport } from './reports.ts';

const on = (day: number, takenAt = `2026-08-${String(day).padStart(2, '0')}T10:15:00.000Z`) => ({
  ...fullReport(),
  takenAt,
});

test('a run stores its numbers: cells by path and verdict, principals with root, findings, coverage', () => {
  const report = fullReport();
  const trend = trendOf(report, []);
  const counted: Record<string, Record<string, number>> = {};
  for (const { path, verdict } of cellsOf(report.matrix, report.snapshot)) {
    const own = counted[path] ?? { allowed: 0, conditional: 0, unknown: 0 };
    counted[path] = own;
    own[verdict] = (own[verdict] ?? 0) + 1;
  }
  expect(trend.cells).toEqual(counted);
  expect(trend.points).toEqual([
    {
      at: '2026-08-23T10:15:00.000Z',
      state: 'partial',
      root: { person: 1, machine: 4, aws: 0, outside: 1 },
      findings: { critical: 1, high: 3, medium: 1, low: 1, info: 0 },
      ...{ instances: 8, calls: 15, gaps: 1 },
    },
  ]);
  expect(trendOf(blindReport(), []).points[0]?.state).toBe('blind');
});

test('the last point of each day is kept, and the newest of many days', () => {
  let points = trendOf(on(1), []).points;
  points = trendOf(on(2), points).points;
  points = trendOf(on(2, '2026-08-02T18:00:00.000Z'), points).points;
  expect(points.map(({ at }) => at)).toEqual(['2026-08-01T10:15:00.000Z', '2026-08-02T18:00:00.000Z']);
  const many = Array.from({ length: 300 }, (_, day) => ({
    ...points[0]!,
    at: `2025-${String(day).padStart(4, '0')}-x`,
  }));
  expect(trendOf(on(3), many).points).toHaveLength(100);
});

test('mail and page draw it from the second day on, and a day without an audit is not zero', () => {
  const before = trendOf(on(20), []).points.map((point) => ({
    ...point,
    root: { ...point.root, person: 7 },
    findings: { ...point.findings, critical: 4 },
  }));
  const report = fullReport();
  const trend = trendOf(report, before);
  const { text, html, pictures } = renderDigest([{ ...report, trend }]);
  expect(text).toContain('People with root: 7 → 1 since 2026-08-20');
  expect(text).toContain('critical 4 → 1, high 3 → 3');
  expect(pictures.map(({ id }) => id)).toEqual(['trend-people', 'trend-findings']);
  for (const { id } of pictures) expect(html).toContain(`src="cid:${id}"`);
  const page = renderPage({ ...report, trend }, () => '');
  expect(page).toContain('people with root: 7 → 1');
  expect(page).toContain('aria-label="People with root, day by day"');
  const once = { ...report, trend: trendOf(report, []) };
  expect(renderDigest([once]).pictures).toEqual([]);
  expect(renderPage(once, () => '')).not.toContain('day by day');
  const blind = { ...blindReport(), takenAt: report.takenAt };
  expect(renderDigest([{ ...blind, trend: trendOf(blind, before) }]).text).toContain(
    'People with root: 7 → 7',
  );
});

test('with several accounts the last known point of each counts', () => {
  const [one, two] = [fullReport(), { ...quietReport(), accountId: '222233334444' }];
  const point = trendOf(on(20), []).points[0]!;
  const trends = [
    trendOf(one, [{ ...point, root: { ...point.root, person: 2 } }]),
    { ...trendOf(two, []), points: [{ ...point, root: { ...point.root, person: 5 } }] },
  ];
  const { text } = renderDigest([
    { ...one, trend: trends[0]! },
    { ...two, trend: trends[1]! },
  ]);
  expect(text).toContain('People with root: 7 → 6 since 2026-08-20');
});

test('the height of a bar is its value, and a small value is still visible', () => {
  const { width, height, pixels, palette } = barPicture([
    { values: [0, 1, 1000], colour: '#112233' },
    { values: [0, 0, 0], colour: '#445566' },
  ]);
  expect(palette).toEqual(['#ffffff', '#dedcd5', '#112233', '#445566']);
  const high = (x: number) =>
    Array.from({ length: height }, (_, y) => pixels[y * width + x]).filter((one) => one === 2).length;
  expect([high(5), high(45), high(85)]).toEqual([0, 2, height - 4]);
});
