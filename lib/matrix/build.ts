import { type Bits, isSubset, without } from '../evaluator/bits.ts';
import type { CompiledPolicy } from '../evaluator/compile.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance, Snapshot, Tags } from '../snapshot/snapshot.ts';
import type { Account, Subject } from './account/account.ts';
import { auditedLike } from './account/account-like.ts';
import { isActing } from './account/agent-spaces.ts';
import { type AuditedAccount, auditedAccount } from './account/audited-account.ts';
import { specificPatterns } from './account/named-arns.ts';
import { AccountRows } from './account-rows.ts';
import type { Chain } from './chains/chains.ts';
import { chainsToCells } from './chains/chains-to-cells.ts';
import { anywhereIn, coverOf, IndirectRows } from './chains/indirect-rows.ts';
import { outsideSubjects } from './chains/outside.ts';
import type { AccessPath } from './paths/access-paths.ts';
import type { Matrix } from './paths/matrix.ts';
import { RowGroups } from './row-groups.ts';

/** The effective-access matrix of an account: every principal, instance and path that is not denied. */
export function buildMatrix(snapshot: Snapshot): Matrix {
  return matrixOfRows(rowsOf(snapshot), (rows) => rows.forgetAnswers());
}

/** `onceAsked`: called as soon as every class is evaluated on every path. */
export function matrixOfRows(built: BuiltRows, onceAsked: (rows: AccountRows) => void = () => {}): Matrix {
  const { rows, audited } = built;
  const anywhere = anywhereIn(rows, audited.paths);
  onceAsked(rows);
  // a principal that holds every path wherever anybody does gains nothing from chains
  const lacksSome = rows.byClass((p) =>
    audited.paths.some(
      (path) => !isSubset(anywhere.get(path) as Bits, coverOf(rows.direct(p, path), rows.width)),
    ),
  );
  return matrixOf(built, chainsToCells(rows, audited.paths, lacksSome), new IndirectRows(rows, anywhere));
}

/** An account with all its rows, prepared for questions about all instances. */
export interface BuiltRows {
  readonly audited: AuditedAccount;
  readonly subjects: readonly Subject[];
  readonly instances: readonly Instance[];
  readonly rows: AccountRows;
}

/** `planned`: policies that changes may add. */
export function rowsOf(snapshot: Snapshot, planned: readonly CompiledPolicy[] = []): BuiltRows {
  const audited = { ...auditedAccount(snapshot), planned };
  const subjects = [...audited.account.subjects, ...outsideSubjects(audited.account)];
  const instances = instancesOf(snapshot);
  return { audited, subjects, instances, rows: new AccountRows(audited, subjects, instances) };
}

/**
 * The same for an account that differs from a prepared one only in policies and their holders. Answers that no
 * policy changes are reused, if the other policies separate no principals or instances that were equal before.
 * Everything is computed again if the questions themselves differ.
 */
export function rowsLike(snapshot: Snapshot, before: BuiltRows): BuiltRows {
  const { instances } = before;
  const audited = auditedLike(snapshot, before.audited);
  const subjects = [...audited.account.subjects, ...outsideSubjects(audited.account)];
  const asksTheSame = askedAbout(audited.account) === askedAbout(before.audited.account);
  const like = asksTheSame ? before.rows : null;
  return { audited, subjects, instances, rows: new AccountRows(audited, subjects, instances, like) };
}

/**
 * The parts of policies that decide the questions: names of resources that no list contains, and roles of DevOps
 * Agent.
 */
function askedAbout(account: Account): string {
  const policies = new Set(account.subjects.flatMap(({ layers }) => layers.identityPolicies));
  const names = new Set([...policies].flatMap((policy) => [...specificPatterns(policy)]));
  const acting = account.subjects.filter((one) => isActing(one, account)).map(({ arn }) => arn);
  return JSON.stringify([[...names].sort(), acting]);
}

/** Principals with the same chains. */
interface Chains {
  readonly principals: readonly number[];
  readonly levels: Iterable<readonly Chain[]>;
}

export function matrixOf(built: BuiltRows, chainGroups: Iterable<Chains>, indirect: IndirectRows): Matrix {
  const { audited, subjects, instances, rows } = built;
  const groups = new RowGroups(rows.sets);
  for (const { members } of rows.classes) {
    // hypothetical principals have numbers after the real ones
    const principals = members.filter((p) => p < subjects.length);
    for (const path of principals.length === 0 ? [] : audited.paths) {
      for (const cell of rows.direct(principals[0] as number, path))
        groups.add(path, principals, cell.bits, cell);
    }
  }
  const from = { groups, rows, indirect };
  for (const { principals, levels } of chainGroups) {
    for (const path of audited.paths) addIndirect(from, path, principals, levels);
  }
  const { snapshot } = audited.account;
  return {
    schemaVersion: 1,
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    paths: audited.paths.map((path) => path.id),
    principals: subjects.map(({ arn, kind }) => ({ arn, kind })),
    instances: instances.map(({ id, arn, region, tags }) => ({ id, arn, region, name: nameOf(tags) })),
    groups: groups.groups(),
  };
}

function nameOf(tags: Tags): string | null {
  return tags.find((tag) => tag.key === 'Name')?.value ?? null;
}

/** Adds cells that are not held directly, but through a role or an instance. */
function addIndirect(
  {
    groups,
    rows,
    indirect,
  }: { readonly groups: RowGroups; readonly rows: AccountRows; readonly indirect: IndirectRows },
  path: AccessPath,
  principals: readonly number[],
  levels: Iterable<readonly Chain[]>,
): void {
  const alike = Map.groupBy(principals, (p) => rows.direct(p, path));
  const held = new Map([...alike.keys()].map((direct) => [direct, coverOf(direct, rows.width)]));
  for (const reached of indirect.reached(path, levels, [...held.values()])) {
    for (const [direct, members] of alike) {
      const left = without(reached.bits, held.get(direct) as Bits);
      if (left) groups.addReached(path, members, left, reached);
    }
  }
}
