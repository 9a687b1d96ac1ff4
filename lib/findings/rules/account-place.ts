import type { Facts } from '../facts.ts';
import type { PlaceHit, Rule } from '../rule.ts';

/** The common members of findings about the whole account. */
export function accountPlace(
  { snapshot }: Facts,
  rule: Rule,
  kind: 'coverage' | 'setting',
): Omit<PlaceHit, 'title' | 'regions' | 'evidence'> {
  const resource = `arn:${snapshot.partition}:iam::${snapshot.accountId}:root`;
  return {
    ...({ kind: 'place', rule, severity: rule.severity, instanceCount: 0, productionCount: 0 } as const),
    cause: { kind, resource, statements: [] },
    remediation: rule.remediation,
    subjects: [],
  };
}
