import { expect, test } from 'vitest';
import { digestOf } from '../../lib/render/digest.ts';
import { auditedOf } from '../../lib/render/digest-audited.ts';
import { renderDigest } from './render-digest.ts';
import { fullReport } from './reports.ts';

/** Every object that can be reached from a value. */
function reachable(from: unknown, seen = new Set<unknown>()): ReadonlySet<unknown> {
  const waiting = [from];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one === null || typeof one !== 'object' || seen.has(one)) continue;
    seen.add(one);
    waiting.push(...(one instanceof Map ? [...one.keys(), ...one.values()] : Object.values(one)));
  }
  return seen;
}

test('what a digest keeps of an account holds nothing of its matrix, and of its snapshot the instances that changed', () => {
  const report = fullReport();
  const kept = reachable(auditedOf(report));
  const { matrix, snapshot } = report;
  const large = [matrix, matrix.groups, matrix.principals, matrix.instances, ...matrix.groups];
  const parts = [snapshot, snapshot.regions, snapshot.policies, snapshot.coverage, ...snapshot.regions];
  expect([...large, ...parts].filter((part) => kept.has(part))).toEqual([]);
  expect(kept.size).toBeGreaterThan(10);
});

test('a digest of what was kept is that of the reports', () => {
  const reports = [fullReport(), { ...fullReport(), accountId: '444455556666' }];
  expect(digestOf(reports.map(auditedOf), [], [])).toEqual(renderDigest(reports));
});
