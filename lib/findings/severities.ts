import type { Severity } from './finding.ts';

/** From the worst to the mildest. */
export const SEVERITIES = [
  'critical',
  'high',
  'medium',
  'low',
  'info',
] as const satisfies readonly Severity[];

/** The worst first. */
export function bySeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** The worst of them; of none the mildest that there is. */
export function gravest(severities: readonly Severity[]): Severity {
  return SEVERITIES.find((one) => severities.includes(one)) ?? 'info';
}

/** So many steps graver, or milder below 0; at most to the end of the list. */
export function graverBy(severity: Severity, steps: number): Severity {
  const at = SEVERITIES.indexOf(severity) - steps;
  return SEVERITIES[Math.max(0, Math.min(at, SEVERITIES.length - 1))] as Severity;
}
