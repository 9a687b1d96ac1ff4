import { allowing } from './allowing.ts';
import { allAnswers, type Combined, combine, type Layers, openOf, type Request } from './combine.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Layer, StatementRef } from './decision.ts';
import { type Formula, settle } from './formula.ts';
import type { LayerAnswer } from './match-statement.ts';
import { type Known, remaining } from './residual/remaining.ts';

/** One change to the policies: a statement removed, or an Allow of exactly this request added to a layer. */
export type PolicyFlip =
  | { readonly change: 'remove'; readonly statement: StatementRef }
  | {
      readonly change: 'add';
      readonly layer: Layer;
      readonly level: number | null;
      readonly action: string;
      readonly resource: string;
    };

/**
 * The fewest changes that turn a denial into access, or access into a denial; each set is evaluated again
 * before it is returned.
 */
export function smallestFlip(request: Request, layers: Layers, known: Known): readonly PolicyFlip[] {
  const combined = combine(request, layers);
  const candidates = isOpen(combined, known)
    ? closing(combined)
    : [opening(combined, request, appliesSurely), opening(combined, request, mayApply)];
  const wanted = !isOpen(combined, known);
  const working = candidates.filter(
    (changes) => isOpen(combine(request, apply(request, layers, changes)), known) === wanted,
  );
  return working.sort((a, b) => a.length - b.length)[0] ?? [];
}

function isOpen(combined: Combined, known: Known): boolean {
  return remaining(settle(openOf(combined), new Set()), known) !== false;
}

/** Removing every Allow of one layer that must allow closes the access. */
function closing({ answers }: Combined): readonly (readonly PolicyFlip[])[] {
  const grants = [...answers.identity.matches, ...answers.resource.matches];
  const must = [
    ...answers.guardrails,
    ...(answers.boundary ? [answers.boundary] : []),
    ...(answers.session ? [answers.session] : []),
  ];
  return [grants, ...must.map((answer) => answer.matches)].map((matches) =>
    matches
      .filter((match) => match.ref.effect === 'Allow')
      .map((match) => ({ change: 'remove', statement: match.ref })),
  );
}

const appliesSurely = (applies: Formula): boolean => settled(applies) === true;
const mayApply = (applies: Formula): boolean => settled(applies) !== false;

/** These Denies go, and every layer that must allow and does not gets an Allow. */
function opening(
  { answers }: Combined,
  request: Request,
  goes: (applies: Formula) => boolean,
): readonly PolicyFlip[] {
  const denies = allAnswers(answers).flatMap((answer) =>
    answer.matches.filter(({ ref, applies }) => ref.effect === 'Deny' && goes(applies)),
  );
  const add = (
    layer: Layer,
    answer: LayerAnswer | null,
    level: number | null = null,
  ): readonly PolicyFlip[] =>
    answer && settled(answer.allow) === false
      ? [{ change: 'add', layer, level, action: request.action, resource: request.resource }]
      : [];
  return [
    ...denies.map((match) => ({ change: 'remove' as const, statement: match.ref })),
    ...answers.guardrails.flatMap((answer, level) => add('serviceControlPolicies', answer, level)),
    ...(settled(answers.resource.allow) === false ? add('identityPolicies', answers.identity) : []),
    ...add('permissionsBoundary', answers.boundary),
    ...add('sessionPolicies', answers.session),
  ];
}

function settled(formula: Formula): Formula {
  return settle(formula, new Set());
}

function apply(request: Request, layers: Layers, changes: readonly PolicyFlip[]): Layers {
  const keys = new Set(changes.map(keyOf));
  const cut = (
    layer: Layer,
    policies: readonly CompiledPolicy[],
    level: number | null = null,
  ): readonly CompiledPolicy[] => [
    ...policies.map((policy) => without(policy, layer, keys)),
    ...(keys.has(addedKey(layer, level)) ? [allowing('added', request.action, request.resource)] : []),
  ];
  const boundary = layers.permissionsBoundary ? cut('permissionsBoundary', [layers.permissionsBoundary]) : [];
  return {
    identityPolicies: cut('identityPolicies', layers.identityPolicies),
    permissionsBoundary: boundary.length === 0 ? null : joined(boundary),
    serviceControlPolicies: layers.serviceControlPolicies.map((level, i) =>
      cut('serviceControlPolicies', level, i),
    ),
    resourceControlPolicies: layers.resourceControlPolicies.map((level, i) =>
      cut('resourceControlPolicies', level, i),
    ),
    sessionPolicies: cut('sessionPolicies', layers.sessionPolicies),
    resourcePolicy: layers.resourcePolicy ? without(layers.resourcePolicy, 'resourcePolicy', keys) : null,
  };
}

function keyOf(change: PolicyFlip): string {
  if (change.change === 'add') return addedKey(change.layer, change.level);
  const { layer, policy, statement } = change.statement;
  return removedKey(layer, policy, statement);
}

const addedKey = (layer: Layer, level: number | null): string => `add ${layer} ${level}`;
const removedKey = (layer: Layer, policy: string, statement: number): string =>
  `remove ${layer} ${statement} ${policy}`;

function without(policy: CompiledPolicy, layer: Layer, keys: ReadonlySet<string>): CompiledPolicy {
  const statements = policy.statements.filter(
    (statement) => !keys.has(removedKey(layer, policy.name, statement.index)),
  );
  return withStatements(policy, statements);
}

/** A policy may compute its members on demand: they are named, since a spread would lose them. */
function withStatements(
  { name, kind, document }: CompiledPolicy,
  statements: CompiledPolicy['statements'],
): CompiledPolicy {
  return { name, kind, document, statements, byAction: new Map() };
}

/** A boundary is one policy: additions go into it. */
function joined(policies: readonly CompiledPolicy[]): CompiledPolicy {
  const [first, ...rest] = policies as readonly [CompiledPolicy, ...CompiledPolicy[]];
  return withStatements(first, [...first.statements, ...rest.flatMap((policy) => policy.statements)]);
}
