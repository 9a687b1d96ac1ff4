import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readMatrix } from '../../lib/matrix/stored/store.ts';
import { pack } from '../../lib/pipeline/pack.ts';
import { FORMATS } from '../../lib/render/formats.ts';
import { pageParts, renderPage } from '../../lib/render/html/page.ts';
import type { InstanceData, PrincipalData } from '../../lib/render/page/page-data.ts';
import { HOSTILE_VALUES, hostileReport } from './hostile.ts';
import { largeReport } from './large-report.ts';
import { chunkOf, markupOf, packedOf, scriptOf } from './page-parts.ts';
import { blindReport, fullReport, quietReport } from './reports.ts';

test('the page shows the most important parts without its script', async () => {
  const page = markupOf(renderPage(fullReport(), pack));
  for (const fact of [
    '6 of 12 principals (1 person, 4 machines and 1 from outside) can get a shell on an instance, all as root, and 2 more only where a condition holds.',
    'role/DevOps</a>',
    'role/DevOps gained root on 8 instances',
    'run any command document as root on 5 of 8 instances',
    'Who can become root',
    'ssm.describe-instance-information',
    '$.Statement[1].Effect',
  ]) {
    expect(page).toContain(fact);
  }
  await expect(page).toMatchFileSnapshot('../golden/render/report.html');
});

test('a blind audit shows no zero for what it could not read', () => {
  const zero = /(?:Principals|Changes|Drift|Findings|Exceptions)<\/a> <span class="n">0|, 0 principals/;
  expect(markupOf(renderPage(blindReport(), pack))).not.toMatch(zero);
  expect(markupOf(renderPage(quietReport(), pack))).toMatch(zero);
});

test.each([
  [
    'nothing found',
    quietReport(),
    [
      'First audit: the next one is compared with it.',
      'No instances were found',
      'Every policy document could be read',
    ],
  ],
  ['nothing collected', blindReport(), ['NOT AUDITED: IAM was not collected', '0 of 1 call answered']],
])('an empty page says what is empty: %s', (_, report, sentences) => {
  const page = markupOf(renderPage(report, pack));
  for (const sentence of sentences) expect(page).toContain(sentence);
});

test('a later run without drift says so', () => {
  expect(renderPage({ ...quietReport(), previousAt: '2026-08-22T10:15:00.000Z' }, pack)).toContain(
    'No access was gained, lost or changed.',
  );
});

test('the content policy names exactly the present style and script', () => {
  const page = renderPage(hostileReport(), pack);
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
  const script = scriptOf(page);
  expect(style.length).toBeGreaterThan(1000);
  expect(script.length).toBeGreaterThan(1000);
  expect(page.replaceAll('&#39;', "'")).toContain(
    `content="default-src 'none'; script-src 'sha256-${hash(script)}'; style-src 'sha256-${hash(style)}'; worker-src blob:; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
});

test('the script does not depend on the account', () => {
  expect(scriptOf(renderPage(hostileReport(), pack))).toBe(scriptOf(renderPage(quietReport(), pack)));
});

test('no hostile value becomes markup', () => {
  const page = renderPage(hostileReport(), pack);
  const markup = markupOf(page);
  for (const value of HOSTILE_VALUES.filter((one) => /[<"]/.test(one))) expect(page).not.toContain(value);
  expect(markup.match(/<(script|img|iframe)/g)).toBeNull();
  expect(markup).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2028]/u);
  const attributes = (markup.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""')).join('');
  expect(attributes).toContain(' title=""');
  expect(attributes).not.toMatch(/\son\w+=|\sstyle=/);
  expect(markup).not.toMatch(/(?:href|src)="(?!#)/);
});

test('all data of the account is packed, and the markup stays small whatever its size', () => {
  const report = largeReport(300, 200);
  const page = renderPage(report, pack);
  const { rows } = chunkOf(page, 'principals') as PrincipalData;
  expect(rows.map(([arn]) => arn)).toEqual(report.matrix.principals.map(({ arn }) => arn));
  const { ids } = chunkOf(page, 'instances') as InstanceData;
  expect(ids).toEqual(report.matrix.instances.map(({ id }) => id));
  expect(markupOf(page).match(/<[a-z]/g)!.length).toBeLessThan(1000);
});

test('without data it is under 300 kB, and its script under 150 kB', () => {
  const page = renderPage(fullReport(), pack);
  const data = [...packedOf(page).values()].reduce((sum, text) => sum + text.length, 0);
  expect(page.length - data).toBeLessThan(300_000);
  expect(scriptOf(page).length).toBeLessThan(150_000);
});

test('its parts together are the page, and equal reports give equal pages', () => {
  const report = fullReport();
  expect([...pageParts(report, pack)].join('')).toBe(renderPage(report, pack));
  expect(renderPage(fullReport(), pack)).toBe(renderPage(report, pack));
});

test('every format has a file name, a type and the whole report', () => {
  expect(FORMATS.map((format) => format.file).sort()).toEqual([
    'coverage.json',
    'drift.json',
    'findings.csv',
    'findings.json',
    'matrix.json.gz',
    'report.csv',
    'report.html',
  ]);
  for (const format of FORMATS) {
    const text = format.render(hostileReport(), pack);
    if (format.file.endsWith('.json')) {
      expect(format.contentType).toBe('application/json');
      expect(() => JSON.parse(text)).not.toThrow();
    }
    expect(text.endsWith('\n')).toBe(true);
  }
  const rendered = (name: string) =>
    FORMATS.find((format) => format.file === name)!.render(fullReport(), pack);
  const file = (name: string) => JSON.parse(rendered(name));
  expect(file('findings.json')).toEqual(fullReport().findings);
  expect(file('drift.json')).toEqual(fullReport().drift);
  expect(JSON.parse(JSON.stringify(readMatrix(rendered('matrix.json.gz'))))).toEqual(fullReport().matrix);
  expect(file('coverage.json').problems).toEqual(fullReport().problems);
});
