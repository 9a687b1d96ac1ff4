import type { CompiledPolicy } from '../evaluator/compile.ts';
import { missingTrust } from '../matrix/account/not-collected.ts';
import type { BuiltRows } from '../matrix/build.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { BORDER_VERSION, type BorderPart } from './border.ts';
import { borderGraph } from './border-graph.ts';
import { heldByEntries, holdsByClass } from './entry-holds.ts';
import { FormulaPool } from './formula-pool.ts';
import { accountOf, letInBy, mayTakeElsewhere } from './role-taking.ts';
import { SmallAccount } from './small-account.ts';

/** An account's data for chains across accounts, from the parts of its matrix. */
export function borderOf(built: BuiltRows, isProduction: (instance: Instance) => boolean): BorderPart {
  const { account } = built.audited;
  const { accountId, takenAt, roles } = account.snapshot;
  const small = new SmallAccount(account);
  const entries = new Map(
    entriesOf(built).map((p) => [p, small.role(built.rows.subject(p).role as (typeof roles)[number])]),
  );
  const pool = new FormulaPool();
  const gates = {
    leaves: new Set(leaversOf(built)),
    leaver: (p: number) => small.leaver(built.rows.subject(p)),
    entries: new Set(entries.keys()),
  };
  const { nodeOf, ...graph } = borderGraph(built, gates, pool);
  const held = heldByEntries(built, [...entries.keys()]);
  const { instances, holds } = holdsByClass(built, held, isProduction, pool);
  return {
    schemaVersion: BORDER_VERSION,
    ...{ accountId, takenAt, iam: small.snapshot(), ...graph },
    entries: [...entries].map(([p, role]) => ({ node: nodeOf(p), role, holds: holds.get(p) ?? [] })),
    conditions: pool.all,
    instances,
    unreadTrusts: roles.filter((role) => missingTrust(role, account.policies) !== null).length,
  };
}

/**
 * A principal without a policy on roles of other accounts cannot assume any, since both sides have to allow it. A
 * policy that was not read may allow it.
 */
function leaversOf({ audited, rows }: BuiltRows): readonly number[] {
  const { accountId } = audited.account.snapshot;
  return [...rows.subjects.keys()].filter((p) => {
    const { kind, layers, missing } = rows.subject(p);
    return kind !== 'outside' && (missing !== null || mayTakeElsewhere(layers.identityPolicies, accountId));
  });
}

function entriesOf({ audited, subjects }: BuiltRows): readonly number[] {
  const { snapshot, policies } = audited.account;
  return [...subjects.keys()].filter((p) => {
    const role = subjects[p]?.role ?? null;
    if (role === null || missingTrust(role, policies) !== null) return false;
    return trustsElsewhere(policies.get(role.trust), snapshot.accountId);
  });
}

/** True if the policy names a principal of another account, or everybody. A deleted user or role appears as an id. */
function trustsElsewhere(trust: CompiledPolicy | undefined, accountId: string): boolean {
  const letIn = letInBy(trust);
  return letIn.some(({ any, aws }) => any || aws.some((entry) => accountOf(entry) !== accountId));
}
