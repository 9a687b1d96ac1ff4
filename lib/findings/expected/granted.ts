import type { Grant } from '../../matrix/paths/cell.ts';
import { guardrailsOf } from '../../snapshot/guardrails.ts';
import type { Facts } from '../facts.ts';
import type { AccessHit, PlaceHit } from '../rule.ts';
import type { Granted } from './expected.ts';

const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort();

/** What these hits about access grant: an exception accepts this, and no more. */
export function grantedByAccess(facts: Facts, hits: readonly AccessHit[]): Granted {
  const cells = [...new Set(hits.flatMap((hit) => hit.cells))];
  const conditions = cells.map(({ outcome }) => outcome.condition?.text ?? null);
  const limits = limitsOf(facts, [...new Set(hits.map(({ principal }) => principal))]);
  return {
    statements: statementTexts(
      facts,
      hits.flatMap(({ grants }) => grants),
    ),
    principals: sorted(hits.map(({ principal }) => facts.matrix.principals[principal]?.arn ?? '')),
    paths: sorted(cells.map(({ path }) => path)),
    ...(conditions.includes(null) ? {} : { conditions: sorted(conditions as string[]) }),
    ...(limits.length === 0 ? {} : { limits }),
    ...(hits.some(({ broad }) => broad === true) ? { broad: true } : {}),
  };
}

/** The same for places. */
export function grantedByPlace(facts: Facts, hits: readonly PlaceHit[]): Granted {
  const statements = statementTexts(
    facts,
    hits.flatMap(({ cause }) => cause.statements),
  );
  const principals = sorted(hits.flatMap(({ holders = [] }) => holders.map(({ principal }) => principal)));
  const paths = sorted(hits.flatMap(({ paths: some = [] }) => some));
  const opens = sorted(hits.flatMap(({ opens: some = [] }) => some));
  return {
    ...(statements.length === 0 ? {} : { statements }),
    ...(principals.length === 0 ? {} : { principals }),
    ...(paths.length === 0 ? {} : { paths }),
    ...(opens.length === 0 ? {} : { opens }),
  };
}

/**
 * What may close a part of it: guardrails by their id, and each holder's boundary and policies with a Deny,
 * as `<policy> of <holder>`.
 */
function limitsOf(facts: Facts, principals: readonly number[]): readonly string[] {
  const { serviceControlPolicies, resourceControlPolicies } = guardrailsOf(facts.snapshot);
  const guardrails = [...serviceControlPolicies, ...resourceControlPolicies].flatMap(
    ({ policies }) => policies,
  );
  const own = principals.flatMap((principal) => {
    const who = facts.principals.get(facts.matrix.principals[principal]?.arn ?? '');
    if (!who) return [];
    const names = 'groups' in who ? who.groups : [];
    const groups = facts.snapshot.groups.filter(({ name }) => names.includes(name));
    const denying = [who, ...groups].flatMap(({ policies }) => policies).filter((id) => hasDeny(facts, id));
    const limits = who.boundary === null ? denying : [who.boundary, ...denying];
    return limits.map((policy) => `${policy} of ${who.arn}`);
  });
  return sorted([...guardrails.filter((id) => hasDeny(facts, id)), ...own]);
}

const hasDeny = (facts: Facts, policy: string): boolean =>
  (facts.policies.statements(policy) ?? []).some(({ effect }) => effect === 'Deny');

/** The statements as written, each text once, in a fixed order. */
function statementTexts(
  facts: Facts,
  grants: readonly Pick<Grant, 'policy' | 'statement'>[],
): readonly unknown[] {
  const texts = new Map<string, unknown>();
  for (const { policy, statement } of grants) {
    const written = writtenStatement(facts, policy, statement);
    if (written !== undefined) texts.set(JSON.stringify(written), written);
  }
  return [...texts.keys()].sort().map((key) => texts.get(key));
}

function writtenStatement(facts: Facts, policy: string, statement: number): unknown {
  const document = facts.policies.record(policy)?.document;
  const value = typeof document === 'string' ? parsed(document) : document;
  const list = (value as { readonly Statement?: unknown } | null | undefined)?.Statement;
  return Array.isArray(list) ? list[statement] : statement === 0 ? list : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.trimStart().startsWith('%') ? decodeURIComponent(text) : text);
  } catch {
    return undefined;
  }
}
