import { type CompiledPolicy, statementsFor } from '../../evaluator/compile.ts';
import type { PolicyRecord } from '../../snapshot/snapshot.ts';
import type { AccessPath } from '../access-path.ts';
import type { Subject } from '../account.ts';
import { compileRecord } from '../compile-record.ts';
import { ESCALATION_ACTIONS } from '../escalation-rows.ts';
import type { RowCell } from '../rows/row-cell.ts';
import { TAG_SESSION } from '../rows/standings.ts';
import type { Base } from './base.ts';
import type { NewDistinctions } from './new-distinctions.ts';

export type DirectCells = ReadonlyMap<AccessPath, readonly RowCell[]>;

/** What a policy lets principals become is looked for in the whole account. */
const BECOMING: readonly string[] = [...ESCALATION_ACTIONS, TAG_SESSION];

/**
 * What those who have an identity policy would hold directly if it said something else, by principal. Null where more
 * would change than what they hold: who may become whom, limits of others, or what is told apart.
 */
export function cellsWithPolicy(
  base: Base,
  distinctions: NewDistinctions,
  before: CompiledPolicy,
  record: PolicyRecord,
): ReadonlyMap<number, DirectCells> | null {
  const { rows } = base.built;
  const after = compileRecord(record);
  if (before.kind !== 'identity' || after.kind !== 'identity') return null;
  if (isBoundary(before, rows.subjects) || lets(before) || lets(after)) return null;
  if (distinctions.between(before, after)) return null;
  const cells = new Map<number, DirectCells>();
  const isOtherKind = denies(before) !== denies(after);
  for (const [p, subject] of rows.subjects.entries()) {
    const { identityPolicies } = subject.layers;
    if (!identityPolicies.includes(before)) continue;
    // whoever is denied nothing may have nothing to gain by becoming somebody else
    if (isOtherKind && identityPolicies.some(lets)) return null;
    const policies = identityPolicies.map((policy) => (policy === before ? after : policy));
    const layers = { ...subject.layers, identityPolicies: policies };
    cells.set(p, rows.directAs({ ...subject, layers }));
  }
  return cells;
}

function isBoundary(policy: CompiledPolicy, subjects: readonly Subject[]): boolean {
  return subjects.some(({ layers }) => layers.permissionsBoundary === policy);
}

/** Does it say anything of what one may become? */
function lets(policy: CompiledPolicy): boolean {
  return BECOMING.some((action) => statementsFor(policy, action).length > 0);
}

function denies({ statements }: CompiledPolicy): boolean {
  return statements.some(({ effect }) => effect !== 'Allow');
}
