import type { Finding } from './finding.ts';
import { bySeverity } from './severities.ts';

type Ranked = Pick<Finding, 'severity' | 'peopleCount' | 'productionCount' | 'instanceCount' | 'rule' | 'id'>;

/** By severity, then those that people hold, production, size, rule and id: the same on every machine. */
export function worstFirst(a: Ranked, b: Ranked): number {
  return (
    bySeverity(a.severity, b.severity) ||
    Number(b.peopleCount > 0) - Number(a.peopleCount > 0) ||
    b.productionCount - a.productionCount ||
    b.instanceCount - a.instanceCount ||
    compare(a.rule, b.rule) ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
