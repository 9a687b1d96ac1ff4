import { coversAction, gatingKeys, type PolicyIndex } from '../findings/statements.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { Statement } from '../policy/statement.ts';
import { actorsOf } from './actors.ts';
import type { CellChange } from './cell-changes.ts';
import type { Holders } from './holders.ts';

/** Actions that a path's requests are made of: a policy that speaks of none of them cannot have changed its cells. */
const ACTIONS: ReadonlyMap<PathId, readonly string[]> = new Map(
  ACCESS_PATHS.map((path) => {
    const requests = path.alternatives.flatMap((one) => one.requests.map((request) => request.action));
    return [path.id, [...new Set(requests)]];
  }),
);

/** The policies of both snapshots. */
export interface Policies {
  readonly before: PolicyIndex;
  readonly after: PolicyIndex;
}

/** Does the policy, on either side, speak of what the path asks for, or of taking the roles on the way? */
export function mayMatter(id: string, change: CellChange, policies: Policies): boolean {
  const viaRole = actorsOf(change).length > 1;
  const asked = ACTIONS.get(change.path) ?? [];
  const actions = viaRole ? [...asked, 'sts:AssumeRole'] : asked;
  return eitherSide(id, policies).some(
    (statement) =>
      actions.some((action) => coversAction(statement, action)) ||
      (change.path === 'tag-rewrite' && gatingKeys(statement).length > 0),
  );
}

/** Does a policy of those on the way read this tag, of the resource or of the principal? Keys have no case there. */
export function tagMatters(key: string, change: CellChange, policies: Policies, holders: Holders): boolean {
  const ending = `tag/${key.toLowerCase()}`;
  const ids = actorsOf(change).flatMap((arn) => [...(holders.get(arn) ?? [])]);
  const guardrails = [...(change.before?.grants ?? []), ...(change.after?.grants ?? [])].map(
    (grant) => grant.policy,
  );
  return [...new Set([...ids, ...guardrails])].some((id) =>
    eitherSide(id, policies).some((statement) => reads(statement, ending)),
  );
}

function reads(statement: Statement, ending: string): boolean {
  const texts = [...(statement.resources ?? []), ...statement.conditions.flatMap((one) => one.values)];
  return (
    statement.conditions.some((one) => one.key.toLowerCase().endsWith(ending)) ||
    texts.some(
      (text) => text.toLowerCase().includes(`${ending}}`) || text.toLowerCase().includes(`${ending},`),
    )
  );
}

function eitherSide(id: string, policies: Policies): readonly Statement[] {
  return [...(policies.before.statements(id) ?? []), ...(policies.after.statements(id) ?? [])];
}
