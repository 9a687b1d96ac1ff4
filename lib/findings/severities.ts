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

/** The worst of them; the mildest of all if the list is empty. */
export function gravest(severities: readonly Severity[]): Severity {
  return SEVERITIES.find((one) => severities.includes(one)) ?? 'info';
}

/** Raised by this number of steps, or lowered if negative; within the list. */
export function graverBy(severity: Severity, steps: number): Severity {
  const at = SEVERITIES.indexOf(severity) - steps;
  return SEVERITIES[Math.max(0, Math.min(at, SEVERITIES.length - 1))] as Severity;
}
