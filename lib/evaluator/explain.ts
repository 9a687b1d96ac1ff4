import { type Combined, combine, type Layers, questionFor, type Request } from './combine.ts';
import { type CompiledPolicy, statementsFor } from './compile.ts';
import { conclude } from './conclude.ts';
import type { Condition, Decision, Layer, StatementRef } from './decision.ts';
import { type PolicyFlip, smallestFlip } from './flip.ts';
import { and, type Formula, not, settle } from './formula.ts';
import type { LayerAnswer } from './match-statement.ts';
import { type NearestAllow, nearestAllow } from './nearest-allow.ts';
import { type Known, remaining } from './residual/remaining.ts';

/** A statement about the request, and whether it applies. */
export interface ExplainedStatement extends StatementRef {
  readonly applies: 'yes' | 'no' | 'conditionally';
  readonly condition: Condition | null;
}

/** The answer of one layer (for guardrails: one level, root first). */
export interface ExplainedLayer {
  readonly layer: Layer;
  readonly level: number | null;
  /**
   * `silent`: no Allow applies, nor surely a Deny, which denies in a layer that must allow; `unknown`: one of its
   * policies was not collected
   */
  readonly verdict: 'allows' | 'denies' | 'silent' | 'conditional' | 'unknown';
  readonly statements: readonly ExplainedStatement[];
  /** number of its policies */
  readonly policies: number;
  /** number of their statements on the action, whatever their resources and conditions */
  readonly mentions: number;
  /** if it is `silent`: the nearest Allow of the action, and what it lacks */
  readonly nearest?: NearestAllow;
}

export interface Explanation extends Decision {
  readonly action: string;
  readonly resource: string;
  readonly layers: readonly ExplainedLayer[];
  /** the fewest changes to statements that reverse the answer; empty if none is known */
  readonly flip: readonly PolicyFlip[];
}

/**
 * One request in full: each layer, each statement about it, what blocks, and what would change the answer.
 */
export function explain(request: Request, layers: Layers, known: Known = {}): Explanation {
  const combined = combine(request, layers);
  return {
    action: request.action,
    resource: request.resource,
    ...conclude(combined, known),
    layers: layersOf(combined, known, request, layers),
    flip: smallestFlip(request, layers, known),
  };
}

function layersOf(
  { answers }: Combined,
  known: Known,
  request: Request,
  layers: Layers,
): readonly ExplainedLayer[] {
  const question = questionFor(request, layers);
  const one = (
    layer: Layer,
    answer: LayerAnswer | null,
    level: number | null = null,
  ): readonly ExplainedLayer[] => {
    if (!answer) return [];
    const policies = policiesIn(layers, layer, level);
    const mentions = policies.flatMap((policy) => statementsFor(policy, question.action)).length;
    const verdict = verdictOf(layer, answer, known);
    const nearest = verdict === 'silent' ? nearestAllow(policies, question) : null;
    const statements = statementsOf(answer, known);
    const all = { layer, level, verdict, statements, policies: policies.length, mentions };
    return [nearest ? { ...all, nearest } : all];
  };
  return [
    ...answers.resourceGuardrails.flatMap((answer, level) => one('resourceControlPolicies', answer, level)),
    ...answers.guardrails.flatMap((answer, level) => one('serviceControlPolicies', answer, level)),
    ...(answers.resource.matches.length > 0 ? one('resourcePolicy', answers.resource) : []),
    ...one('identityPolicies', answers.identity),
    ...one('permissionsBoundary', answers.boundary),
    ...one('sessionPolicies', answers.session),
  ];
}

function policiesIn(layers: Layers, layer: Layer, level: number | null): readonly CompiledPolicy[] {
  const policies = layers[layer];
  if (policies === null) return [];
  const list = (Array.isArray(policies) ? policies : [policies]) as readonly (
    | CompiledPolicy
    | readonly CompiledPolicy[]
  )[];
  return (level === null ? list : list.slice(level, level + 1)).flat() as CompiledPolicy[];
}

/** Layers in which nothing needs to allow: a Deny is all that such a layer may have. */
const NEED_NOT_ALLOW: ReadonlySet<Layer> = new Set(['resourceControlPolicies', 'resourcePolicy']);

function verdictOf(layer: Layer, answer: LayerAnswer, known: Known): ExplainedLayer['verdict'] {
  const settled = (formula: Formula): boolean | Condition => remaining(settle(formula, new Set()), known);
  const open = settled(and(answer.allow, not(answer.deny)));
  if (open === true) return 'allows';
  if (open !== false) return 'conditional';
  const deny = settled(answer.deny);
  if (deny === false) return 'silent';
  // if nothing allows, a Deny that only may apply is not the reason
  return deny !== true && !NEED_NOT_ALLOW.has(layer) && settled(answer.allow) === false ? 'silent' : 'denies';
}

function statementsOf(answer: LayerAnswer, known: Known): readonly ExplainedStatement[] {
  return answer.matches.map(({ ref, applies }) => {
    // a value that the caller could choose does not make a Deny apply
    const chosen = ref.effect === 'Deny' ? { ...known, chosen: new Set<string>() } : known;
    const residual = remaining(settle(applies, new Set()), chosen);
    if (typeof residual === 'boolean') return { ...ref, applies: residual ? 'yes' : 'no', condition: null };
    return { ...ref, applies: 'conditionally', condition: residual };
  });
}
