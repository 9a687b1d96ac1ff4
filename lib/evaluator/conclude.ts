import { allAnswers, type Combined } from './combine.ts';
import type { Decision, Layer, StatementRef, Uncertainty } from './decision.ts';
import { and, type Formula, not, or, settle } from './formula.ts';
import type { Answer, Match } from './match-statement.ts';
import { type Known, remaining } from './residual/remaining.ts';

/** The word, the condition, the statements and the layer in the way, out of what all layers answered. */
export function conclude(combined: Combined, known: Known = {}): Decision {
  const codes = new Set<Uncertainty>();
  const open = settle(and(combined.allowed, not(combined.denied)), codes);
  const uncertain = [...codes].sort();
  const rest = remaining(open, known);
  if (rest === true)
    return {
      decision: 'allowed',
      condition: null,
      blockedBy: null,
      statements: granting(combined),
      uncertain,
    };
  if (rest === false) return deny(combined, uncertain);
  return {
    decision: 'conditional',
    condition: rest,
    blockedBy: null,
    statements: contributing(combined),
    uncertain,
  };
}

function deny(combined: Combined, uncertain: readonly Uncertainty[]): Decision {
  const isExplicit = isTrue(combined.denied);
  const statements = isExplicit
    ? refs(combined, (match) => match.ref.effect === 'Deny' && isTrue(match.applies))
    : [];
  return {
    decision: isExplicit ? 'explicitDeny' : 'implicitDeny',
    condition: null,
    blockedBy: blockingLayer(combined),
    statements,
    uncertain,
  };
}

/** The first layer that stops what the identity or resource policy allows; null when these themselves do not allow. */
function blockingLayer(combined: Combined): Layer | null {
  const { identity, resource, resourceGuardrails, guardrails, boundary, session } = combined.answers;
  const granted = settled(and(combined.granted, not(or(identity.deny, resource.deny))));
  if (isNever(granted)) return null;
  const stops = (answers: readonly Answer[], exempt: Formula): boolean =>
    answers.some((answer) => isNever(and(granted, settled(and(or(exempt, answer.allow), not(answer.deny))))));
  if (stops(resourceGuardrails, true)) return 'resourceControlPolicies';
  if (stops(guardrails, false)) return 'serviceControlPolicies';
  if (boundary && stops([boundary], combined.free)) return 'permissionsBoundary';
  if (session && stops([session], combined.free)) return 'sessionPolicies';
  return firstLimiting(combined);
}

/** No layer blocks alone: several together do; the first that has anything to say is named. */
function firstLimiting({ answers, free }: Combined): Layer | null {
  const limits = (list: readonly Answer[], exempt: Formula): boolean =>
    list.some((answer) => answer.deny !== false || or(exempt, answer.allow) !== true);
  if (limits(answers.resourceGuardrails, true)) return 'resourceControlPolicies';
  if (limits(answers.guardrails, false)) return 'serviceControlPolicies';
  if (answers.boundary && limits([answers.boundary], free)) return 'permissionsBoundary';
  return answers.session && limits([answers.session], free) ? 'sessionPolicies' : null;
}

function granting(combined: Combined): readonly StatementRef[] {
  return refs(
    combined,
    (match) =>
      match.ref.effect === 'Allow' &&
      (match.ref.layer === 'identityPolicies' || match.ref.layer === 'resourcePolicy') &&
      settled(match.applies) !== false,
  );
}

/** Grants, and whatever statement of any layer brings a part of the condition. */
function contributing(combined: Combined): readonly StatementRef[] {
  return refs(combined, (match) => {
    const applies = settled(match.applies);
    const grants =
      match.ref.effect === 'Allow' &&
      (match.ref.layer === 'identityPolicies' || match.ref.layer === 'resourcePolicy');
    return grants ? applies !== false : typeof applies !== 'boolean';
  });
}

function refs(combined: Combined, wanted: (match: Match) => boolean): readonly StatementRef[] {
  return allAnswers(combined.answers).flatMap((answer) =>
    answer.matches.filter(wanted).map((match) => match.ref),
  );
}

function settled(formula: Formula): Formula {
  return settle(formula, new Set());
}

function isTrue(formula: Formula): boolean {
  const value = settled(formula);
  return typeof value === 'boolean' ? value : remaining(value) === true;
}

function isNever(formula: Formula): boolean {
  const value = settled(formula);
  return typeof value === 'boolean' ? !value : remaining(value) === false;
}
