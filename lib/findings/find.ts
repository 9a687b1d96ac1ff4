import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { dropNarrower } from './broader.ts';
import { gatherFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { carryOver } from './lifecycle.ts';
import { RULES } from './rules.ts';
import { SEVERITIES } from './severity.ts';

/** One audit, and what the one before it had found. */
export interface FindingsInput {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
  readonly previous: readonly Finding[];
  /** ISO 8601: when this audit looked */
  readonly at: string;
}

/**
 * Overly broad or dangerous access, worst first, then by rule and by whom or what it is about. Cells are read as groups,
 * never expanded, so 10,000 principals on 100,000 instances are as quick as their groups are few.
 */
export function findFindings({ snapshot, matrix, previous, at }: FindingsInput): Finding[] {
  const facts = gatherFacts(snapshot, matrix);
  const hits = RULES.flatMap((rule) => [...rule.find(facts)]);
  const findings = carryOver(facts, dropNarrower(hits, facts), previous, at);
  return findings.sort(byWeight);
}

function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    compare(a.rule, b.rule) ||
    compare(a.principal ?? a.resource ?? '', b.principal ?? b.resource ?? '') ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
