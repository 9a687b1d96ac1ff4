import type { Outcome } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import { actionsAlong, type ChangedOutcome, stepsOf } from './changed-outcome.ts';
import type { Holders } from './holders.ts';
import type { InputChange } from './input-change.ts';
import type { Relevance } from './relevance.ts';

/** A principal whose cells changed, and how. */
export interface Case {
  /** ARN */
  readonly principal: string;
  readonly changed: ChangedOutcome;
  /** the principal, and the roles and instances on the way, with their roles */
  readonly actors: readonly string[];
  /** the steps of the way: roles, instances, and IAM actions */
  readonly steps: readonly string[];
}

export type CaseOf = (principal: string, changed: ChangedOutcome) => Case;

/** `rolesOf`: the roles of an instance, by its ARN. */
export const casesOf =
  (rolesOf: (instance: string) => readonly string[]): CaseOf =>
  (principal, changed) => {
    const taken = stepsOf(changed);
    const actors = [...new Set([principal, ...taken.flatMap((step) => [step, ...rolesOf(step)])])];
    return { principal, changed, actors, steps: [...taken, ...actionsAlong(changed)] };
  };

/** How well an input explains a changed cell: more is better, 0 means not at all. */
export type Weigh = (input: InputChange, one: Case) => number;

/**
 * Coming and going explain everything. Then an input that adds, removes or changes a policy that grants the
 * cell, most of all on one side only; then a tag that a policy on the way reads; then a policy about the
 * path's actions (a Deny is not among grants), or about a step of the chain; last, any other change of
 * policies of somebody on the way.
 */
export function weigher(relevance: Relevance, holders: Holders): Weigh {
  const granting = new Map<Outcome, ReadonlySet<string>>();
  const grantsOf = (outcome: Outcome | null): ReadonlySet<string> => {
    if (!outcome) return NOTHING;
    return remembered(granting, outcome, () => new Set(outcome.grants.map((grant) => grant.policy)));
  };
  const byPolicies = (input: InputChange, { changed, steps }: Case): number => {
    const old = grantsOf(changed.before);
    const now = grantsOf(changed.after);
    if (input.policies.some((id) => old.has(id) !== now.has(id))) return 85;
    if (input.policies.some((id) => old.has(id))) return 80;
    if (input.policies.some((id) => relevance.speaksOf(id, changed.path, steps)))
      return input.kind === 'guardrail' ? 55 : 60;
    return leastOf(input);
  };
  /** if several facts changed at once, the one that the path depends on */
  const byInstance = (input: InputChange, { changed }: Case): number => {
    if (input.life) return 99;
    return input.observed?.some((what) => relevance.observes(changed.path, what)) ? 45 : 40;
  };
  const tagMatters = (key: string, { changed, actors }: Case): boolean =>
    actors.some((arn) =>
      holders
        .get(arn)
        ?.values()
        .some((id) => relevance.readsTag(id, key)),
    ) ||
    [changed.before, changed.after].some((outcome) =>
      grantsOf(outcome)
        .values()
        .some((id) => relevance.readsTag(id, key)),
    );
  return (input, one) => {
    switch (input.kind) {
      case 'principal':
        return input.life === 'again' ? 90 : 100;
      case 'instance':
        return byInstance(input, one);
      case 'tag':
        return tagMatters(input.tagKey ?? '', one) ? 70 : 0;
      case 'setting':
        return 20;
      default:
        return byPolicies(input, one);
    }
  };
}

/** The weight of an input of which only the owner is known. */
export const GUESS = 10;

/** The weight of an input without any relation to the way. */
function leastOf({ kind, policies }: InputChange): number {
  if (kind === 'boundary' || kind === 'trust') return 30;
  return policies.length > 0 ? GUESS : 0;
}

const NOTHING: ReadonlySet<string> = new Set();
