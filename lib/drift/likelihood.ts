import type { Outcome } from '../matrix/paths/matrix.ts';
import { actorsOf } from './actors.ts';
import type { CellChange } from './cell-changes.ts';
import type { Holders } from './holders.ts';
import type { InputChange } from './input-change.ts';
import { mayMatter, type Policies, tagMatters } from './relevance.ts';

/** How well an input explains a changed cell: more is better, 0 is not at all. */
export type Weigh = (input: InputChange, change: CellChange) => number;

/**
 * Coming and going explain all. Then what brings, takes away or changes a policy that grants the cell, most of all on one
 * side only; then a tag that a policy on the way reads; then a policy that speaks of what the path asks for (a Deny does
 * not show among grants).
 */
export function weigher(policies: Policies, holders: Holders): Weigh {
  const grants = new WeakMap<CellChange, Granting>();
  const granting = (change: CellChange): Granting => {
    const known = grants.get(change) ?? grantsOf(change);
    grants.set(change, known);
    return known;
  };
  const matters = new Map<string, boolean>();
  const speaksOfIt = (id: string, change: CellChange): boolean => {
    const key = `${change.path} ${actorsOf(change).length > 1} ${id}`;
    const known = matters.get(key) ?? mayMatter(id, change, policies);
    matters.set(key, known);
    return known;
  };
  const byPolicies = (input: InputChange, change: CellChange): number => {
    const { all, differ } = granting(change);
    if (input.policies.some((id) => differ.has(id))) return 85;
    if (input.policies.some((id) => all.has(id))) return 80;
    if (input.policies.some((id) => speaksOfIt(id, change))) return input.kind === 'guardrail' ? 55 : 60;
    return input.kind === 'boundary' || input.kind === 'trust' ? 30 : 0;
  };
  return (input, change) => {
    switch (input.kind) {
      case 'principal':
        return input.detail.endsWith('same name') ? 90 : 100;
      case 'instance':
        return / is (new|gone)$/.test(input.detail) ? 99 : 40;
      case 'tag':
        return tagMatters(input.tagKey ?? '', change, policies, holders) ? 70 : 0;
      case 'setting':
        return 20;
      default:
        return byPolicies(input, change);
    }
  };
}

interface Granting {
  readonly all: ReadonlySet<string>;
  /** grant on one side only */
  readonly differ: ReadonlySet<string>;
}

function grantsOf(change: CellChange): Granting {
  const ids = (outcome: Outcome | null) => new Set((outcome?.grants ?? []).map((grant) => grant.policy));
  const old = ids(change.before);
  const now = ids(change.after);
  return { all: old.union(now), differ: old.symmetricDifference(now) };
}
