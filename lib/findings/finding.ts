import type { PathId } from '../matrix/paths/cell.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** One overly broad or dangerous access, as `findings.json` holds it. `id` is stable between runs. */
export interface Finding {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  readonly principal?: string;
  readonly instance?: string;
  readonly resource?: string;
  readonly path?: PathId;
  /** of the instances that it is about; absent on findings about no cells, and in files of earlier versions */
  readonly regions?: readonly string[];
  /** sentences for people: the policies, statements and instances that prove it */
  readonly evidence: readonly string[];
  readonly remediation: string;
  /** ISO 8601 */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly status: 'new' | 'open' | 'excepted' | 'resolved';
}
