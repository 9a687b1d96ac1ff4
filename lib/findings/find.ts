import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { accessDrafts } from './access-causes.ts';
import { gatherFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { carryOver } from './lifecycle.ts';
import { worstFirst } from './order.ts';
import { placeDrafts } from './place-drafts.ts';
import type { AccessHit, PlaceHit } from './rule.ts';
import { RULES } from './rules.ts';

/** One audit, and what the one before it had found. */
export interface FindingsInput {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
  readonly previous: readonly Finding[];
  /** ISO 8601: when this audit looked */
  readonly at: string;
}

/**
 * Overly broad or dangerous access by its cause, worst first. Cells are read as groups, never expanded, so 10,000
 * principals on 100,000 instances are as quick as their groups are few.
 */
export function findFindings({ snapshot, matrix, previous, at }: FindingsInput): Finding[] {
  const facts = gatherFacts(snapshot, matrix);
  const access: AccessHit[] = [];
  const places: PlaceHit[] = [];
  for (const rule of RULES) {
    for (const hit of rule.find(facts)) {
      if (hit.kind === 'access') access.push(hit);
      else places.push(hit);
    }
  }
  const drafts = [...accessDrafts(facts, access), ...placeDrafts(places)];
  return carryOver(facts, drafts, previous, at).sort(worstFirst);
}
