import { expect, test } from 'vitest';
import { renderDigest } from '../../lib/render/digest.ts';
import { byteLength } from '../../lib/render/escape.ts';
import { HOSTILE_VALUES, hostileReport } from './hostile.ts';
import { blindReport, fullReport, quietReport } from './reports.ts';
import { visibleLines } from './visible-lines.ts';

const LINKS = [
  { accountId: '111122223333', label: 'report', url: 'https://reports.example/report.html?a=1&b=2' },
  { accountId: '111122223333', label: 'odd', url: 'javascript:alert(1)' },
];

test.each([
  [
    'a run with drift',
    [fullReport()],
    '[EC2 access] 111122223333: 3 access changes (1 critical), +2 new, 1 critical, partial (2026-08-23)',
  ],
  ['a first run without findings', [quietReport()], '[EC2 access] 111122223333: no findings (2026-08-23)'],
  [
    'a later run without anything new',
    [{ ...quietReport(), previousAt: '2026-08-22T10:15:00.000Z' }],
    '[EC2 access] 111122223333: no drift (2026-08-23)',
  ],
  [
    'a blind run',
    [blindReport()],
    '[EC2 access] NOT AUDITED 111122223333: IAM was not collected: AccessDenied; no list… (2026-08-23)',
  ],
  [
    'two accounts',
    [fullReport(), quietReport()],
    '[EC2 access] 2 accounts: 3 access changes (1 critical), +2 new, 1 critical, 1 partial (2026-08-23)',
  ],
  ['no account', [], '[EC2 access] 0 accounts: no findings (no audit)'],
])('the subject of %s', (_, reports, subject) => {
  expect(renderDigest(reports).subject).toBe(subject);
});

test('both parts say the same', async () => {
  const { text, html } = renderDigest([fullReport()], LINKS);
  const facts = [
    '6 of 12 principals (1 person, 4 machines and 1 from outside) can get a shell on an instance, all as root, and 2 more only where a condition holds.',
    '1 of 15 calls gave no data',
    'role/DevOps → payments-api-1 (i-0a1b2c3d4e5f60001)',
    'Run Command: none → always, as root',
    'AttachRolePolicy 1f00bcfa-0000-4000-8000-000000000001',
    'lets 2 principals (1 person) run any command document as root on 5 of 8 instances',
    'ssm.describe-instance-information in eu-west-1: denied',
  ];
  const words = (part: string) => part.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  for (const fact of facts) {
    expect(words(text)).toContain(fact);
    expect(words(html)).toContain(fact);
  }
  expect(html).toContain('href="https://reports.example/report.html?a=1&amp;b=2"');
  expect(text).toContain('https://reports.example/report.html?a=1&b=2');
  await expect(text).toMatchFileSnapshot('../golden/render/digest.txt');
  await expect(html).toMatchFileSnapshot('../golden/render/digest.html');
});

test('nothing in it runs or loads from elsewhere', () => {
  for (const report of [fullReport(), hostileReport()]) {
    const { html, text } = renderDigest([report], LINKS);
    const tags = html.match(/<[^>]*>/g)?.join('') ?? '';
    expect(tags).toContain('<table');
    expect(tags).not.toMatch(/<script|<img|<link|<iframe|<style|\son\w+=|src=|url\(|javascript:/i);
    expect(text).not.toContain('odd\n');
  }
});

test('hostile values are escaped, visible and short', () => {
  const { subject, text, html } = renderDigest([hostileReport()], LINKS);
  expect(byteLength(text) + byteLength(html)).toBeLessThan(60_000);
  expect(subject).not.toMatch(/[\r\n]/);
  expect(visibleLines(text)).toBe(text);
  expect(visibleLines(html)).toBe(html);
  expect(text).not.toMatch(/^Bcc:/m);
  for (const value of HOSTILE_VALUES.filter((one) => one.includes('<'))) expect(html).not.toContain(value);
});

test('many accounts stay in one mail of a bounded size', () => {
  const reports = Array.from({ length: 300 }, () => hostileReport());
  const { text, html, subject } = renderDigest(reports);
  expect(byteLength(text) + byteLength(html)).toBeLessThan(60_000);
  expect(text).toContain('280 further accounts: see the reports.');
  expect(subject).toContain('300 accounts');
});

test('an empty account says what is empty', async () => {
  await expect(renderDigest([quietReport()]).text).toMatchFileSnapshot('../golden/render/digest-quiet.txt');
  await expect(renderDigest([blindReport()]).text).toMatchFileSnapshot('../golden/render/digest-blind.txt');
});
