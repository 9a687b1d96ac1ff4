import { allAnswers, type Combined, openOf } from './combine.ts';
import type { Decision, Layer, StatementRef, Uncertainty } from './decision.ts';
import { and, type Formula, not, or, settle } from './formula.ts';
import type { LayerAnswer, Match } from './match-statement.ts';
import { type Known, remaining } from './residual/remaining.ts';

/**
 * The verdict, the condition, the deciding statements and the blocking layer, from the answers of all layers.
 */
export function conclude(combined: Combined, known: Known = {}): Decision {
  const codes = new Set<Uncertainty>();
  const open = settle(openOf(combined), codes);
  const uncertain = [...codes].sort();
  const residual = remaining(open, known);
  if (residual === true)
    return {
      decision: 'allowed',
      condition: null,
      blockedBy: null,
      statements: granting(combined),
      uncertain,
    };
  if (residual === false) return deny(combined, known, uncertain);
  return {
    decision: 'conditional',
    condition: residual,
    blockedBy: null,
    statements: contributing(combined),
    uncertain,
  };
}

function deny(combined: Combined, known: Known, uncertain: readonly Uncertainty[]): Decision {
  const isExplicit = isTrue(combined.denied, known);
  return {
    decision: isExplicit ? 'explicitDeny' : 'implicitDeny',
    condition: null,
    blockedBy: blockingLayer(combined, known),
    statements: isExplicit ? denying(combined, known) : [],
    uncertain,
  };
}

/** The Deny statements that apply; if none certainly does but some together do, all that may. */
function denying(combined: Combined, known: Known): readonly StatementRef[] {
  const sure = refs(combined, ({ ref, applies }) => ref.effect === 'Deny' && isTrue(applies, known));
  if (sure.length > 0) return sure;
  return refs(combined, ({ ref, applies }) => ref.effect === 'Deny' && settled(applies) !== false);
}

/** A layer that may block, and what it cannot limit. */
interface Limit {
  readonly layer: Layer;
  readonly answers: readonly LayerAnswer[];
  readonly exempt: Formula;
}

function limitsOf({ answers, free }: Combined): readonly Limit[] {
  const { resourceGuardrails, guardrails, boundary, session } = answers;
  return [
    { layer: 'resourceControlPolicies', answers: resourceGuardrails, exempt: true },
    { layer: 'serviceControlPolicies', answers: guardrails, exempt: false },
    { layer: 'permissionsBoundary', answers: boundary ? [boundary] : [], exempt: free },
    { layer: 'sessionPolicies', answers: session ? [session] : [], exempt: free },
  ];
}

/**
 * The first layer that blocks what the identity or resource policy allows; null if these themselves do not
 * allow. If no single layer blocks, several together do, and the first of them is named.
 */
function blockingLayer(combined: Combined, known: Known): Layer | null {
  const { identity, resource } = combined.answers;
  const granted = settled(and(combined.granted, not(or(identity.deny, resource.deny))));
  if (isNever(granted, known)) return null;
  const leaves = ({ exempt }: Limit, { allow, deny }: LayerAnswer): Formula =>
    settled(and(or(exempt, allow), not(deny)));
  const limits = limitsOf(combined);
  const alone = limits.filter((limit) =>
    limit.answers.some((answer) => isNever(and(granted, leaves(limit, answer)), known)),
  );
  const together = limits.filter((limit) => limit.answers.some((answer) => leaves(limit, answer) !== true));
  return [...alone, ...together].map(({ layer }): Layer | null => layer).concat(null)[0] as Layer | null;
}

function granting(combined: Combined): readonly StatementRef[] {
  return refs(combined, (match) => isGrant(match.ref) && settled(match.applies) !== false);
}

/** Grants, and every statement that adds to the condition. */
function contributing(combined: Combined): readonly StatementRef[] {
  return refs(combined, (match) => {
    const applies = settled(match.applies);
    return isGrant(match.ref) ? applies !== false : typeof applies !== 'boolean';
  });
}

/** An Allow of a layer that grants; all others only limit. */
export function isGrant({ effect, layer }: StatementRef): boolean {
  return effect === 'Allow' && (layer === 'identityPolicies' || layer === 'resourcePolicy');
}

function refs(combined: Combined, wanted: (match: Match) => boolean): readonly StatementRef[] {
  return allAnswers(combined.answers).flatMap((answer) =>
    answer.matches.filter(wanted).map((match) => match.ref),
  );
}

function settled(formula: Formula): Formula {
  return settle(formula, new Set());
}

/** True for every choice of the caller: one possible value is not enough. */
function isTrue(formula: Formula, known: Known): boolean {
  return remaining(formula, { ...known, chosen: new Set() }) === true;
}

function isNever(formula: Formula, known: Known): boolean {
  return remaining(formula, known) === false;
}
