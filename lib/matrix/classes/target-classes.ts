import { isOwnedByAws } from '../../evaluator/combine.ts';
import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import { resolve } from '../../evaluator/conditions/resolve.ts';
import type { Context } from '../../evaluator/context.ts';
import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import { type Account, policiesOf, type Subject } from '../account/account.ts';
import { asksForKey } from '../account/asks-for-key.ts';
import { BOUNDARY_KEY, boundaryState } from '../account/boundary-keys.ts';
import { plainRow } from '../account/plain-row.ts';
import { contextOf } from '../account/request-context.ts';
import type { Target } from '../account/target.ts';
import { ArnFeatures } from './arn-features.ts';

/** Targets that AWS and the principal's policies treat alike. Never empty; the first represents all. */
export type EqualTargets<T extends Target> = readonly [T, ...T[]];

/** The kind of the targets, and the actions that are requested on them. */
interface AskedOfTargets {
  readonly type: string;
  /** the service in their ARNs; left out: `iam` */
  readonly service?: string;
  readonly actions: readonly string[];
}

/**
 * Groups users, roles, functions and similar targets by what a principal's policies say about the actions. There may
 * be ten thousand targets, and most principals may affect none.
 */
export function equalTargets<T extends Target>(
  targets: readonly T[],
  asked: AskedOfTargets,
  subject: Subject,
  account: Account,
): readonly EqualTargets<T>[] {
  const [first] = targets;
  if (!first) return [];
  const [action] = asked.actions;
  // nothing is requested on them
  if (action === undefined) return [targets as EqualTargets<T>];
  const row = plainRow(action);
  const target = { arn: first.arn, tags: null };
  const context = contextOf({ subject, row, target, region: '' }, account);
  const named = namedBy(subject, action, context);
  const wanted = named ? targets.filter(({ arn }) => named.has(arn)) : targets;
  const kind = kindOf(asked, subject, context, account);
  if (!kind && !hasOneOfAws(wanted)) return wanted.length > 0 ? [wanted as EqualTargets<T>] : [];
  const { name, of } = kind ?? ALIKE;
  const known = remembered(grouped, wanted, () => new Map());
  const kinds = remembered(known, name, () => [
    // AWS does not let anybody change what it owns
    ...Map.groupBy(wanted, (one) => `${isOwnedByAws(one.arn)} ${of(one)}`).values(),
  ]);
  return kinds as unknown as readonly EqualTargets<T>[];
}

const owned = new WeakMap<readonly Target[], boolean>();

/** Cached: thousands of principals are evaluated on the same list. */
function hasOneOfAws(targets: readonly Target[]): boolean {
  return remembered(owned, targets, () => targets.some(({ arn }) => isOwnedByAws(arn)));
}

/** By distinction: thousands of principals may have the same requests on the same thousands of targets. */
const grouped = new WeakMap<readonly Target[], Map<string, readonly (readonly Target[])[]>>();

/** What separates targets. Equal names mean equal classes. */
interface Distinction {
  readonly name: string;
  readonly of: (target: Target) => string;
}

/** The ARNs in the Allows of an action, if all are given in full; null: an Allow has a wildcard. */
function namedBy(subject: Subject, action: string, context: Context): ReadonlySet<string> | null {
  const named = new Set<string>();
  const statements = statementsOf(subject.layers.identityPolicies, [action]);
  for (const { resources, notResources } of statements.filter(({ effect }) => effect === 'Allow')) {
    if (!resources || notResources) return null;
    for (const pattern of resources) {
      const text = plainText(pattern, context);
      if (text === null) return null;
      if (text !== undefined) named.add(text);
    }
  }
  return named;
}

/** For policies that separate no targets. */
const ALIKE: Distinction = { name: 'alike', of: () => '' };

/** Null if no policy separates the targets. */
function kindOf(
  { type, service = 'iam', actions }: AskedOfTargets,
  subject: Subject,
  context: Context,
  account: Account,
): Distinction | null {
  const statements = statementsOf(policiesOf(subject), actions);
  const patterns = statements.flatMap((statement) => statement.resources ?? []);
  const special = new Set<string>();
  for (const pattern of patterns) {
    if (!pattern.template.hasVariables) continue;
    const text = plainText(pattern, context);
    if (text === null) return { name: '', of: ({ arn }) => arn };
    if (text !== undefined) special.add(text);
  }
  const fixed = patterns.filter((pattern) => !pattern.template.hasVariables);
  const features = new ArnFeatures(fixed, `arn:${account.snapshot.partition}:${service}:`, type, true);
  const asksTags = statements.some(({ clauses }) =>
    clauses.some(({ key, values }) =>
      [key, ...values.map(({ text }) => text)].some((text) => /resourcetag\//i.test(text)),
    ),
  );
  const asksBoundary = statements.some((statement) => asksForKey(statement, (key) => key === BOUNDARY_KEY));
  if (special.size === 0 && features.isBlind && !asksTags && !asksBoundary) return null;
  return {
    name: [asksTags, asksBoundary, ...special, features.name].join('\n'),
    of: ({ arn, tags }) => {
      // tags that were not read may differ for each target
      if (special.has(arn) || (asksTags && tags === null)) return arn;
      const boundary = asksBoundary ? JSON.stringify(boundaryState(arn, account)) : '';
      return `${features.of(arn)} ${asksTags ? JSON.stringify(tags) : ''} ${boundary}`;
    },
  };
}

function statementsOf(
  policies: readonly CompiledPolicy[],
  actions: readonly string[],
): readonly CompiledStatement[] {
  const statements = policies.flatMap((policy) =>
    actions.flatMap((action) => statementsFor(policy, action.toLowerCase())),
  );
  return [...new Set(statements)];
}

/** The pattern as plain text; null: it has wildcards or unknown variables; undefined: it matches nothing. */
function plainText(pattern: ResourcePattern, context: Context): string | null | undefined {
  if (pattern.partial) return null;
  const resolved = resolve(pattern.template, context);
  if (resolved === 'absent') return undefined;
  if (resolved === 'unknown') return null;
  const isPlain = resolved.parts.every(({ text, literal }) => literal || !/[*?]/.test(text));
  return isPlain ? resolved.parts.map(({ text }) => text).join('') : null;
}
