import { coversAction, gatingKeys, type PolicyIndex } from '../findings/statements.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { kindRow } from '../matrix/paths/resource-kinds.ts';
import { remembered } from '../memory/remembered.ts';
import type { Statement } from '../policy/statement.ts';

/** Actions that a path's requests are made of: a policy that speaks of none of them cannot have changed its cells. */
const ACTIONS: ReadonlyMap<PathId, readonly string[]> = new Map(
  ACCESS_PATHS.map((path) => {
    const requests = path.alternatives.flatMap((one) => one.requests.map((request) => request.action));
    return [path.id, [...new Set(requests)]];
  }),
);

/** What of an instance the resources are that a path's requests are made on. */
const OBSERVED: ReadonlyMap<PathId, ReadonlySet<string>> = new Map(
  ACCESS_PATHS.map((path) => {
    const kinds = path.alternatives.flatMap((one) => one.requests.map((request) => request.on));
    return [path.id, new Set(kinds.flatMap((kind) => kindRow(kind).observes))];
  }),
);

/** The policies of both snapshots. */
export interface Policies {
  readonly before: PolicyIndex;
  readonly after: PolicyIndex;
}

/** What policies speak of, each question worked out once. */
export interface Relevance {
  /** does the policy, on either side, speak of what the path asks for, or of taking the roles on the way? */
  readonly speaksOf: (id: string, path: PathId, viaRole: boolean) => boolean;
  /** does the path ask about something that is this of an instance? */
  readonly observes: (path: PathId, what: string) => boolean;
  /** does it read this tag, of the resource or of the principal? Keys have no case there */
  readonly readsTag: (id: string, key: string) => boolean;
}

export function relevanceOf(policies: Policies): Relevance {
  const spoken = new Map<string, boolean>();
  const read = new Map<string, boolean>();
  return {
    speaksOf: (id, path, viaRole) =>
      remembered(spoken, `${path} ${viaRole} ${id}`, () => speaksOf(eitherSide(id, policies), path, viaRole)),
    observes: (path, what) => OBSERVED.get(path)?.has(what) === true,
    readsTag: (id, key) =>
      remembered(read, `${key} ${id}`, () =>
        eitherSide(id, policies).some((statement) => reads(statement, `tag/${key.toLowerCase()}`)),
      ),
  };
}

function speaksOf(statements: readonly Statement[], path: PathId, viaRole: boolean): boolean {
  const asked = ACTIONS.get(path) ?? [];
  const actions = viaRole ? [...asked, 'sts:AssumeRole'] : asked;
  return statements.some(
    (statement) =>
      actions.some((action) => coversAction(statement, action)) ||
      (path === 'tag-rewrite' && gatingKeys(statement).length > 0),
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
