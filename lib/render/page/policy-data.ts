import { coversAction, indexPolicies } from '../../findings/statements.ts';
import { PATH_ACTIONS } from '../../matrix/paths/path-actions.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Statement } from '../../policy/statement.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { Interned } from './interned.ts';
import type { PolicyBlock, PolicyData, PrincipalData } from './page-data.ts';

/** Characters of documents per block: a document is unpacked together with its block. */
const BLOCK = 400_000;

export interface PackedPolicies {
  readonly data: PolicyData;
  readonly blocks: readonly PolicyBlock[];
  /** the index of a policy by its id */
  readonly numberOf: ReadonlyMap<string, number>;
}

type Says = readonly (readonly [number, number, number])[];

/** Every policy of the snapshot, with its statements about the actions of paths. */
export function policyData(snapshot: Snapshot): PackedPolicies {
  const { statements } = indexPolicies(snapshot);
  const says = new Interned<Says>();
  const covered = actionsCovered();
  const blocks: (readonly [number, unknown])[][] = [];
  let room = 0;
  const rows = snapshot.policies.map(({ id, name, kind, document }, number) => {
    if (room <= 0) {
      blocks.push([]);
      room = BLOCK;
    }
    blocks.at(-1)?.push([number, document ?? null]);
    room -= JSON.stringify(document ?? null).length;
    return [id, name, kind, blocks.length - 1] as const;
  });
  const numberOf = new Map(snapshot.policies.map(({ id }, number) => [id, number] as const));
  return {
    data: {
      rows,
      says: snapshot.policies.map(({ id }) => says.of(saysOf(statements(id) ?? [], covered))),
      sayLists: says.list,
      outside: snapshot.policies.flatMap(({ id }, number) =>
        (statements(id) ?? []).flatMap((statement, at) => {
          const regions = regionsLeft(statement);
          return regions === null ? [] : [[number, at, regions] as const];
        }),
      ),
      guardrails: guardrailsOf(snapshot, numberOf),
    },
    blocks,
    numberOf,
  };
}

const saysOf = (
  statements: readonly Statement[],
  covered: (statement: Statement) => readonly number[],
): Says =>
  statements.flatMap((statement, at) =>
    covered(statement).map((action) => [action, reachOf(statement), at] as const),
  );

const isUnconditional = ({ conditions, emptyOperators }: Statement): boolean =>
  conditions.length === 0 && emptyOperators.length === 0;

function reachOf(statement: Statement): number {
  if (statement.effect !== 'Allow') return 0;
  const isEverywhere = !statement.notResources && statement.resources?.includes('*');
  return isEverywhere && isUnconditional(statement) ? 2 : 1;
}

/**
 * The regions of a Deny that applies everywhere else, the usual guardrail on regions: inside of them it says nothing.
 * Null: the statement is of another form.
 */
function regionsLeft({ effect, conditions, emptyOperators }: Statement): readonly string[] | null {
  const [clause, ...others] = conditions;
  if (effect !== 'Deny' || !clause || others.length > 0 || emptyOperators.length > 0) return null;
  const isOfRegions =
    clause.key.toLowerCase() === 'aws:requestedregion' && /^stringnotequals$/i.test(clause.operator);
  return isOfRegions ? clause.values : null;
}

/** The actions of paths that a statement covers; computed once for equal lists of patterns. */
function actionsCovered(): (statement: Statement) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (statement) =>
    remembered(known, JSON.stringify([statement.notActions, statement.actions]), () =>
      [...PATH_ACTIONS.keys()].filter((at) => coversAction(statement, PATH_ACTIONS[at] as string)),
    );
}

function guardrailsOf(
  { accountId, organization }: Snapshot,
  numberOf: ReadonlyMap<string, number>,
): PolicyData['guardrails'] {
  // service control policies do not bind the management account:
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
  const isManagement = organization?.managementAccountId === accountId;
  return (organization?.levels ?? []).flatMap(
    ({ targetId, name, serviceControlPolicies, resourceControlPolicies }) =>
      [...(isManagement ? [] : (serviceControlPolicies ?? [])), ...(resourceControlPolicies ?? [])].flatMap(
        (id) => {
          const number = numberOf.get(id);
          return number === undefined ? [] : [[name ?? targetId, number] as const];
        },
      ),
  );
}

/** The policies of each principal, including those of its groups, as indexes of lists. */
export function policyLists(
  snapshot: Snapshot,
  numberOf: ReadonlyMap<string, number>,
): { readonly lists: PrincipalData['policyLists']; readonly of: (arn: string) => number } {
  const lists = new Interned<PrincipalData['policyLists'][number]>();
  const groups = new Map(snapshot.groups.map((group) => [group.name, group.policies]));
  const byArn = new Map<string, number>();
  const add = (arn: string, ids: readonly string[], boundary: string | null): void => {
    const held = [...new Set(ids)].flatMap((id) => numberOf.get(id) ?? []);
    byArn.set(arn, lists.of({ held, boundary: numberOf.get(boundary ?? '') ?? -1 }));
  };
  for (const user of snapshot.users)
    add(
      user.arn,
      [...user.policies, ...user.groups.flatMap((name) => groups.get(name) ?? [])],
      user.boundary,
    );
  for (const role of snapshot.roles) add(role.arn, role.policies, role.boundary);
  return { lists: lists.list, of: (arn) => byArn.get(arn) ?? -1 };
}
