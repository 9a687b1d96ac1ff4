import { expect, test } from 'vitest';
import { digestOf } from '../../lib/render/digest.ts';
import { type Audited, auditedOf, together } from '../../lib/render/digest-audited.ts';
import { byteLength } from '../../lib/render/escape.ts';
import type { Report } from '../../lib/render/report.ts';
import { hostileReport } from './hostile.ts';
import { largeReport } from './large-report.ts';
import { renderDigest } from './render-digest.ts';
import { blindReport, fullReport, quietReport } from './reports.ts';

const of = (report: Report, accountId: string): Audited => auditedOf({ ...report, accountId });

const ACCOUNTS = Array.from({ length: 60 }, (_, n) =>
  of([fullReport, quietReport, blindReport][n % 3]?.() ?? fullReport(), String(100_000_000_000 + n)),
);

test('the digest data of an account are a few kB of plain data, however large the account', () => {
  expect(bytesOf(auditedOf(fullReport()))).toBeLessThan(8_000);
  expect(bytesOf(auditedOf(largeReport(2000, 2000)))).toBeLessThan(16_000);
  expect(bytesOf(auditedOf(hostileReport()))).toBeLessThan(40_000);
  const told = auditedOf(fullReport());
  expect(JSON.parse(JSON.stringify(told))).toEqual(told);
});

test('the digest data of many accounts are no larger than what a digest shows', () => {
  expect(bytesOf(together(ACCOUNTS))).toBeLessThan(30_000);
  const large = Array.from({ length: 200 }, () => auditedOf(fullReport()));
  expect(bytesOf(together(large))).toBeLessThan(30_000);
});

test('a digest of stored data equals that of the reports, in whatever order they are joined', () => {
  const reports = [fullReport(), { ...fullReport(), accountId: '444455556666' }];
  const audited = reports.map((report) => auditedOf(report));
  expect(digestOf(audited)).toEqual(renderDigest(reports));
  expect(digestOf([together(audited)])).toEqual(renderDigest(reports));
  for (const cut of [1, 7, 30, 59]) {
    const parts = [together(ACCOUNTS.slice(0, cut)), together(ACCOUNTS.slice(cut))];
    expect(digestOf(parts)).toEqual(digestOf(ACCOUNTS));
  }
});

const bytesOf = (value: unknown): number => byteLength(JSON.stringify(value));
