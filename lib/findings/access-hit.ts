import type { Grant } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { Statement } from '../policy/statement.ts';
import { grantsBehind } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { AccessHit, Rule } from './rule.ts';

/** The result of a rule for one principal. */
export interface Judgement {
  readonly rule: Rule;
  /** index into the matrix's principals */
  readonly principal: number;
  readonly cells: readonly CellGroup[];
  readonly broad?: boolean;
  readonly says: string;
  /** only these statements are to be changed; all granting ones if none is left */
  readonly concerns: (statement: Statement) => boolean;
  readonly more?: readonly string[];
  readonly adds?: boolean;
  readonly example?: object;
}

/**
 * The hit of a rule for a principal, with the granting statements: of the relevant ones, those on instances.
 */
export function accessHit(facts: Facts, { concerns, ...judgement }: Judgement): AccessHit {
  const grants = grantsBehind(facts, judgement.cells);
  const concerned = kept(facts, grants, concerns);
  return { kind: 'access', ...judgement, grants: kept(facts, concerned, namesInstances) };
}

function kept(
  facts: Facts,
  grants: readonly Grant[],
  isWanted: (statement: Statement) => boolean,
): readonly Grant[] {
  const wanted = grants.filter(({ policy, statement }) => {
    const one = facts.policies.statements(policy)?.[statement];
    return one !== undefined && isWanted(one);
  });
  return wanted.length > 0 ? wanted : grants;
}

/** A statement about documents only (the other half of SendCommand and StartSession) does not name instances. */
function namesInstances(statement: Statement): boolean {
  if (statement.notResources || !statement.resources) return true;
  return statement.resources.some((pattern) => !/^arn:[^:]*:ssm:/i.test(pattern));
}
