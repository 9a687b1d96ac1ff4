import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readMatrix } from '../../lib/matrix/stored/store.ts';
import { FORMATS } from '../../lib/render/formats.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import type { Instance } from '../../lib/snapshot/snapshot.ts';
import { HOSTILE_VALUES, hostileReport } from './hostile.ts';
import { blindReport, fullReport, quietReport } from './reports.ts';

/** The page without its style, script and data: what a reader reads. */
function reading(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<script.*<\/script>/s, '')
    .replace(/sha256-[\w+/=]+/g, 'sha256-');
}

test('the page holds everything without its script', async () => {
  const page = reading(renderPage(fullReport()));
  for (const fact of [
    '6 of 12 principals (1 person, 4 machines and 1 from outside) can get a shell on an instance, all as root, and 2 more only where a condition holds.',
    'role/DevOps gained 8 ways in on 8 instances',
    '1f00bcfa-0000-4000-8000-000000000001',
    'run any command document as root on 5 of 8 instances',
    'Who can get a shell',
    'EC2 Instance Connect</span> as any OS user, root included',
    'ssm.describe-instance-information',
    '$.Statement[1].Effect',
  ]) {
    expect(page).toContain(fact);
  }
  await expect(page).toMatchFileSnapshot('../golden/render/report.html');
});

test.each([
  [
    'nothing found',
    quietReport(),
    [
      'No rule found access',
      'This is the first audit',
      'There are no instances to draw',
      'Every policy document could be read',
    ],
  ],
  [
    'nothing collected',
    blindReport(),
    ['NOT AUDITED: IAM was not collected', '0 of 1 call answered', 'No users or roles'],
  ],
])('an empty page says what is empty: %s', (_, report, sentences) => {
  const page = reading(renderPage(report));
  for (const sentence of sentences) expect(page).toContain(sentence);
});

test('a later run without drift says so', () => {
  expect(renderPage({ ...quietReport(), previousAt: '2026-08-22T10:15:00.000Z' })).toContain(
    'No access was gained, lost or changed.',
  );
});

test('the policy names the style and the script that are there, and nothing else', () => {
  const page = renderPage(hostileReport());
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
  const script = /<script>(.*?)<\/script>\n<\/body>/s.exec(page)?.[1] ?? '';
  expect(style.length).toBeGreaterThan(1000);
  expect(script.length).toBeGreaterThan(1000);
  expect(page.replaceAll('&#39;', "'")).toContain(
    `content="default-src 'none'; script-src 'sha256-${hash(script)}'; style-src 'sha256-${hash(style)}'; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
});

test('the script is the same whatever the account says', () => {
  const script = (page: string) => /<script>(.*?)<\/script>\n<\/body>/s.exec(page)?.[1];
  expect(script(renderPage(hostileReport()))).toBe(script(renderPage(quietReport())));
});

test('no hostile value becomes markup', () => {
  const page = renderPage(hostileReport());
  const markup = reading(page);
  for (const value of HOSTILE_VALUES.filter((one) => /[<"]/.test(one))) expect(page).not.toContain(value);
  expect(markup.match(/<(script|img|iframe)/g)).toBeNull();
  expect(markup).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2028]/u);
  const attributes = (markup.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""')).join('');
  expect(attributes).toContain(' title=""');
  expect(attributes).not.toMatch(/\son\w+=|\sstyle=/);
  expect(markup).not.toMatch(/(?:href|src)="(?!#)/);
});

test('a large account is folded and capped, and says what is left out', () => {
  const report = largeReport(300, 200);
  const page = reading(renderPage(report));
  expect(page).toContain('200 principals with access not shown: report.csv and matrix.json hold them.');
  expect(page).toContain('150 instances not shown, the least exposed: report.csv and matrix.json hold them.');
  expect(page).toContain('100 more instances are not shown here: report.csv holds them all.');
  expect(page).toContain('100 more principals are not shown here: report.csv holds them all.');
  expect(page).toContain('and 251 more in report.csv');
});

test('alike principals and instances share a row and a column, and count', () => {
  const report = largeReport(300, 200);
  const groups = [
    {
      ...report.matrix.groups[0]!,
      principals: report.matrix.principals.map((_, n) => n),
      instances: report.matrix.instances.map((_, n) => n),
    },
  ];
  const page = reading(renderPage({ ...report, matrix: { ...report.matrix, groups } }));
  expect(page).toContain('<i>and 299 alike</i>');
  expect(page).toContain('<i>and 199 alike</i>');
  expect(page).toContain('and 188 more with the same access: see report.csv');
  expect(page).not.toContain('not shown');
});

test('every format has a file name, a type and the whole report', () => {
  expect(FORMATS.map((format) => format.file).sort()).toEqual([
    'coverage.json',
    'drift.json',
    'findings.csv',
    'findings.json',
    'matrix.json',
    'report.csv',
    'report.html',
  ]);
  for (const format of FORMATS) {
    const text = format.render(hostileReport());
    if (format.file.endsWith('.json')) {
      expect(format.contentType).toBe('application/json');
      expect(() => JSON.parse(text)).not.toThrow();
    }
    expect(text.endsWith('\n')).toBe(true);
  }
  const rendered = (name: string) => FORMATS.find((format) => format.file === name)!.render(fullReport());
  const file = (name: string) => JSON.parse(rendered(name));
  expect(file('findings.json')).toEqual(fullReport().findings);
  expect(file('drift.json')).toEqual(fullReport().drift);
  expect(JSON.parse(JSON.stringify(readMatrix(rendered('matrix.json'))))).toEqual(fullReport().matrix);
  expect(file('coverage.json').problems).toEqual(fullReport().problems);
});

/** Principals and instances of which no two are alike. */
function largeReport(principals: number, instances: number) {
  const report = fullReport();
  const region = report.snapshot.regions[0]!;
  const instance = region.instances![0]!;
  const many: Instance[] = Array.from({ length: instances }, (_, n) => ({
    ...instance,
    id: `i-${n}`,
    arn: `arn:aws:ec2:us-east-1:111122223333:instance/i-${n}`,
  }));
  const snapshot = { ...report.snapshot, regions: [{ ...region, instances: many }] };
  const first = report.matrix.groups[0]!;
  const matrix = {
    ...report.matrix,
    principals: Array.from({ length: principals }, (_, n) => ({
      arn: `arn:aws:iam::111122223333:role/r${n}`,
      kind: 'role' as const,
    })),
    instances: many.map(({ id, arn }) => ({ id, arn, region: region.region, name: null })),
    groups: [
      ...Array.from({ length: principals }, (_, n) => ({
        ...first,
        principals: [n],
        instances: [n % instances],
      })),
      ...Array.from({ length: instances }, (_, n) => ({
        ...first,
        principals: [...Array(principals).keys()].filter((p) => p % 7 !== n % 7),
        instances: [n],
      })),
    ],
  };
  return { ...report, snapshot, matrix, findings: [], drift: [] };
}
