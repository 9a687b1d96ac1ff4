import { kindsIn } from '../matrix/account/kinds-of.ts';
import type { PrincipalKind } from '../matrix/paths/cell.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { indexPolicies } from './statements.ts';

/** The kind of each principal of a snapshot by its ARN. Parses trust policies on demand. */
export function kindsOfSnapshot(snapshot: Snapshot): (arn: string) => PrincipalKind {
  const { statements } = indexPolicies(snapshot);
  return kindsIn(snapshot, (role) => statements(role.trust));
}
