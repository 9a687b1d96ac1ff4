import { holdsInstance } from '../../matrix/answers/find-groups.ts';
import type { Grant } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { grantsBehind } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { AccessHit, PlaceHit } from '../rule.ts';
import { statementCause } from '../statement-cause.ts';
import type { Exception, StatementScope } from './expected.ts';

/** The part of a hit that an exception covers: by rule, principal and statement; null: none. */
export function partInScope(facts: Facts, one: Exception, hit: AccessHit): AccessHit | null {
  const arn = facts.matrix.principals[hit.principal]?.arn;
  if (one.account !== facts.snapshot.accountId || one.resource !== undefined) return null;
  if (!one.rules.includes(hit.rule.id) || (one.principal !== undefined && one.principal !== arn)) return null;
  if (!one.statement) return hit;
  const cause = statementCause(facts, placeOf(facts, one.statement));
  const grants = hit.grants.filter((grant) => statementCause(facts, grant) === cause);
  if (grants.length === 0) return null;
  return { ...hit, grants, cells: restingOn(facts, hit.cells, grants) };
}

/** The present place of the statement: under its Sid if statements before it came or went. */
function placeOf(facts: Facts, { policy, statement, sid }: StatementScope): Grant {
  const named = (facts.policies.statements(policy) ?? []).filter(
    (one) => sid !== undefined && one.sid === sid,
  );
  const at = named.length === 1 ? (named[0]?.index ?? statement) : statement;
  const now = facts.policies.statements(policy)?.[at]?.sid ?? null;
  return { policy, statement: at, sid: now, layer: 'identityPolicies' };
}

/** Cells that name these statements; all, if none does. */
function restingOn(
  facts: Facts,
  cells: readonly CellGroup[],
  grants: readonly Grant[],
): readonly CellGroup[] {
  const names = new Set(grants.map(({ policy, statement }) => `${policy}\n${statement}`));
  const resting = cells.filter((group) =>
    grantsBehind(facts, [group]).some(({ policy, statement }) => names.has(`${policy}\n${statement}`)),
  );
  return resting.length > 0 ? resting : cells;
}

/** The rest of a hit without the statements of a part of it; null: nothing. */
export function withoutPart(hit: AccessHit, part: AccessHit): AccessHit | null {
  const grants = hit.grants.filter((grant) => !part.grants.includes(grant));
  return grants.length === 0 ? null : { ...hit, grants };
}

export const isAbout = (facts: Facts, one: Exception, { rule, cause }: PlaceHit): boolean =>
  one.account === facts.snapshot.accountId &&
  one.rules.includes(rule.id) &&
  one.resource === cause.resource &&
  !one.statement &&
  one.principal === undefined;

/**
 * The first instance of the cells that the exception does not name; null: there is none, or it names no
 * instances.
 */
export function beyondInstances(facts: Facts, one: Exception, cells: readonly CellGroup[]): string | null {
  if (!one.instances && !one.tag) return null;
  const { matrix } = facts;
  const isNamed = (id: string): boolean =>
    (one.instances?.includes(id) ?? true) && (!one.tag || hasTag(facts, id, one.tag));
  const outside = matrix.instances.findIndex(
    ({ id }, at) => !isNamed(id) && cells.some((group) => holdsInstance(group, at)),
  );
  return outside < 0 ? null : (matrix.instances[outside]?.id ?? null);
}

function hasTag(facts: Facts, id: string, { key, value }: { key: string; value: string }): boolean {
  return (facts.instances.get(id)?.tags ?? []).some((tag) => tag.key === key && tag.value === value);
}
