import type { Finding, Severity } from '../lib/findings/finding.ts';
import { SEVERITIES } from '../lib/findings/severity.ts';
import type { PrincipalKind } from '../lib/matrix/paths/cell.ts';
import { findingSentence, findingText } from '../lib/render/finding-text.ts';

/** What a list of findings shows of one, however findings are written. */
export interface FindingRow {
  readonly says: string;
  readonly remedy: string;
  readonly rules: readonly string[];
  readonly holdsPerson: boolean;
}

/** `kind`: who is behind a principal. */
export function findingRow(finding: Finding, kind: (arn: string) => PrincipalKind): FindingRow {
  const { principal, rule } = finding;
  return {
    says: findingSentence(finding),
    remedy: findingText(finding).remedy,
    rules: [rule],
    holdsPerson: principal !== undefined && kind(principal) === 'person',
  };
}

/** Whether a finding of this severity, or of a graver one, stands. */
export const reaches = (counts: Readonly<Record<Severity, number>>, least: Severity): boolean =>
  SEVERITIES.slice(SEVERITIES.indexOf(least)).some((severity) => counts[severity] > 0);
