import { type Combined, combine, type Layers, type Request } from './combine.ts';
import { conclude } from './conclude.ts';
import type { Condition, Decision, Layer, StatementRef } from './decision.ts';
import { type Change, smallestFlip } from './flip.ts';
import { and, type Formula, not, settle } from './formula.ts';
import type { Answer } from './match-statement.ts';
import { type Known, remaining } from './residual/remaining.ts';

/** A statement that bears on the request, and whether it applies. */
export interface ExplainedStatement extends StatementRef {
  readonly applies: 'yes' | 'no' | 'conditionally';
  readonly condition: Condition | null;
}

/** What one layer (for guardrails: one level of it, root first) says. */
export interface ExplainedLayer {
  readonly layer: Layer;
  readonly level: number | null;
  /** `silent`: no Allow and no Deny applies, which in a layer that must allow is a denial; `unknown`: a policy of it was not collected */
  readonly verdict: 'allows' | 'denies' | 'silent' | 'conditional' | 'unknown';
  readonly statements: readonly ExplainedStatement[];
}

export interface Explanation extends Decision {
  readonly action: string;
  readonly resource: string;
  readonly layers: readonly ExplainedLayer[];
  /** the fewest changes to statements after which the answer is another; empty where none is known */
  readonly flip: readonly Change[];
}

/** One request in full: each layer, each statement that bears on it, what blocks, and what would change the answer. */
export function explain(request: Request, layers: Layers, known: Known = {}): Explanation {
  const combined = combine(request, layers);
  return {
    action: request.action,
    resource: request.resource,
    ...conclude(combined, known),
    layers: layersOf(combined, known),
    flip: smallestFlip(request, layers, known),
  };
}

function layersOf({ answers }: Combined, known: Known): readonly ExplainedLayer[] {
  const one = (
    layer: Layer,
    answer: Answer | null,
    level: number | null = null,
  ): readonly ExplainedLayer[] =>
    answer
      ? [{ layer, level, verdict: verdictOf(answer, known), statements: statementsOf(answer, known) }]
      : [];
  return [
    ...answers.resourceGuardrails.flatMap((answer, level) => one('resourceControlPolicies', answer, level)),
    ...answers.guardrails.flatMap((answer, level) => one('serviceControlPolicies', answer, level)),
    ...(answers.resource.matches.length > 0 ? one('resourcePolicy', answers.resource) : []),
    ...one('identityPolicies', answers.identity),
    ...one('permissionsBoundary', answers.boundary),
    ...one('sessionPolicies', answers.session),
  ];
}

function verdictOf(answer: Answer, known: Known): ExplainedLayer['verdict'] {
  const settled = (formula: Formula): boolean | Condition => remaining(settle(formula, new Set()), known);
  const open = settled(and(answer.allow, not(answer.deny)));
  if (open === true) return 'allows';
  if (open !== false) return 'conditional';
  return settled(answer.deny) === false ? 'silent' : 'denies';
}

function statementsOf(answer: Answer, known: Known): readonly ExplainedStatement[] {
  return answer.matches.map(({ ref, applies }) => {
    const rest = remaining(settle(applies, new Set()), known);
    if (typeof rest === 'boolean') return { ...ref, applies: rest ? 'yes' : 'no', condition: null };
    return { ...ref, applies: 'conditionally', condition: rest };
  });
}
