import type { Severity } from '../lib/findings/finding.ts';
import { SEVERITIES } from '../lib/findings/severities.ts';

/** True if there is a finding of this severity or a more severe one. */
export const reaches = (counts: Readonly<Record<Severity, number>>, least: Severity): boolean =>
  SEVERITIES.slice(0, SEVERITIES.indexOf(least) + 1).some((severity) => counts[severity] > 0);
