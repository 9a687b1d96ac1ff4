import type { Severity } from '../lib/findings/finding.ts';
import { SEVERITIES } from '../lib/findings/severity.ts';

/** Whether a finding of this severity, or of a graver one, stands. */
export const reaches = (counts: Readonly<Record<Severity, number>>, least: Severity): boolean =>
  SEVERITIES.slice(SEVERITIES.indexOf(least)).some((severity) => counts[severity] > 0);
