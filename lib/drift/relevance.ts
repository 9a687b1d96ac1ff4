import { coversAction, gatingKeys, type PolicyIndex } from '../findings/statements.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import { ASSUMING } from '../matrix/paths/assuming.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { ESCALATIONS } from '../matrix/paths/escalations.ts';
import { kindRow } from '../matrix/paths/resource-kinds.ts';
import { remembered } from '../memory/remembered.ts';
import type { Statement } from '../policy/statement.ts';

/** The actions of a path's requests: a policy about none of them cannot have changed its cells. */
const ACTIONS: ReadonlyMap<PathId, readonly string[]> = new Map(
  ACCESS_PATHS.map((path) => {
    const requests = path.alternatives.flatMap((one) => one.requests.map((request) => request.action));
    return [path.id, [...new Set(requests)]];
  }),
);

const SHELLS: readonly string[] = ACCESS_PATHS.flatMap(({ id, groups }) =>
  groups.some((group) => group === 'shell') ? (ACTIONS.get(id) ?? []) : [],
);

const ESCALATING: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(ESCALATIONS, ({ action }) => action)].map(([action, rows]) => {
    const requests = rows.flatMap((row) => row.requests.map((request) => request.action));
    return [action, [...new Set([action, ...requests])]];
  }),
);

/** The actions of a step of a chain: a role, an instance by a shell on it, or an IAM action. */
function actionsOfStep(step: string): readonly string[] {
  if (!step.startsWith('arn:')) return ESCALATING.get(step) ?? [step];
  return /^arn:[^:]*:ec2:/.test(step) ? SHELLS : ASSUMING;
}

/** The facts of an instance on which the resources of a path depend. */
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

/** What policies are about, each question answered once. */
export interface Relevance {
  /** whether the policy, on either side, is about the path's actions, or about a step of the chain */
  readonly speaksOf: (id: string, path: PathId, steps: readonly string[]) => boolean;
  /** whether the path depends on this fact of an instance */
  readonly observes: (path: PathId, what: string) => boolean;
  /** whether it reads this tag, of the resource or of the principal, case-insensitively */
  readonly readsTag: (id: string, key: string) => boolean;
}

export function relevanceOf(policies: Policies): Relevance {
  const spoken = new Map<string, boolean>();
  const leading = new Map<readonly string[], Map<string, boolean>>();
  const read = new Map<string, boolean>();
  const leadsTo = (id: string, step: string): boolean => {
    const asked = actionsOfStep(step);
    const known = remembered(leading, asked, () => new Map<string, boolean>());
    return remembered(known, id, () => coversAny(eitherSide(id, policies), asked));
  };
  return {
    speaksOf: (id, path, steps) =>
      remembered(spoken, `${path} ${id}`, () => speaksOf(eitherSide(id, policies), path)) ||
      steps.some((step) => leadsTo(id, step)),
    observes: (path, what) => OBSERVED.get(path)?.has(what) === true,
    readsTag: (id, key) =>
      remembered(read, `${key} ${id}`, () =>
        eitherSide(id, policies).some((statement) => reads(statement, `tag/${key.toLowerCase()}`)),
      ),
  };
}

function speaksOf(statements: readonly Statement[], path: PathId): boolean {
  return (
    coversAny(statements, ACTIONS.get(path) ?? []) ||
    (path === 'tag-rewrite' && statements.some((statement) => gatingKeys(statement).length > 0))
  );
}

const coversAny = (statements: readonly Statement[], actions: readonly string[]): boolean =>
  statements.some((statement) => actions.some((action) => coversAction(statement, action)));

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
