import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../fixed-seed.ts';
import { auditedOf, together } from '../../lib/render/digest-audited.ts';
import { digestSubject } from '../../lib/render/digest-subject.ts';
import { fullReport } from './reports.ts';

const audited = together([auditedOf(fullReport())]);

test('a subject that is too long loses whole parts, first those that matter least, and never a word', () => {
  const most = fc.integer({ min: 0, max: 9_999_999 });
  fc.assert(
    fc.property(
      fc.record({ ...{ access: most, critical: most, fresh: most, failed: most, blind: most } }),
      (n) => {
        const subject = digestSubject(
          {
            ...audited,
            accounts: 5000,
            changes: { ...audited.changes, count: n.access, critical: n.critical, configured: 0 },
            findings: { ...audited.findings, fresh: n.fresh },
            severities: { ...audited.severities, critical: n.critical },
            states: { ...audited.states, blind: n.blind, partial: n.fresh },
          },
          n.failed,
        );
        expect(subject.length).toBeLessThanOrEqual(99);
        expect(subject).not.toContain('…');
        expect(subject).toMatch(/^\[EC2 access\] 5,000 accounts: .* \(2026-08-23\)$/);
        expect(/ FAILED\b/.test(subject)).toBe(n.failed > 0);
        expect(/ NOT AUDITED\b/.test(subject)).toBe(n.blind > 0);
      },
    ),
  );
});
