import { and, type Formula, or } from '../lib/evaluator/formula.ts';
import { remaining } from '../lib/evaluator/residual/remaining.ts';
import type { Subject } from '../lib/matrix/account/account.ts';
import {
  type AuditedAccount,
  auditedAccount,
  decideDirect,
  pathOf,
} from '../lib/matrix/account/audited-account.ts';
import type { PathDecision } from '../lib/matrix/account/one-cell.ts';
import { runAsOf } from '../lib/matrix/account/run-as.ts';
import { assumeRole } from '../lib/matrix/chains/assume-role.ts';
import type { Edge } from '../lib/matrix/chains/chains.ts';
import { Escalations } from '../lib/matrix/chains/escalation-edges.ts';
import { assumeFromOutside, outsideSubjects } from '../lib/matrix/chains/outside.ts';
import type { AccessPath } from '../lib/matrix/paths/access-paths.ts';
import type { PathId } from '../lib/matrix/paths/cell.ts';
import { osUsersOf, sessionUser } from '../lib/matrix/paths/lands-as.ts';
import type { Matrix, Outcome } from '../lib/matrix/paths/matrix.ts';
import { instancesOf } from '../lib/snapshot/instances-of.ts';
import type { Instance, Snapshot } from '../lib/snapshot/snapshot.ts';
import { type CellIndex, indexCells } from './cell-index.ts';
import type { CellPlace } from './sample-cells.ts';

/** A cell of the matrix with another result than the exact evaluator's. */
export interface Mismatch {
  readonly principal: string;
  readonly instance: string;
  readonly path: PathId;
  readonly why: string;
}

interface Comparison {
  readonly audited: AuditedAccount;
  readonly subjects: ReadonlyMap<string, Subject>;
  /** all principals, then those that they can make of themselves, numbered as escalations number them */
  readonly numbered: readonly Subject[];
  readonly escalations: Escalations;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly byArn: ReadonlyMap<string, Instance>;
  readonly cellAt: CellIndex;
  /** how many missing cells may still be searched for a role that would open them */
  searches: number;
  readonly steps: Map<string, readonly Subject[]>;
}

/** A search tries every role, so not every cell is searched. */
const SEARCHES = 50;

/**
 * Evaluates cells one by one with the exact evaluator and reports differences to the matrix. Direct cells must be
 * equal; in a chain every step must be possible and its end must have the path; a missing cell must not be reachable
 * through one assumed role (for the first of them only).
 */
export function compareCells(snapshot: Snapshot, matrix: Matrix, cells: readonly CellPlace[]): Mismatch[] {
  const audited = auditedAccount(snapshot);
  const instances = instancesOf(snapshot);
  const subjects = [...audited.account.subjects, ...outsideSubjects(audited.account)];
  const escalations = new Escalations(audited.account, subjects);
  const comparison: Comparison = {
    audited,
    numbered: [...subjects, ...escalations.hypotheticals],
    escalations,
    subjects: new Map(subjects.map((subject) => [subject.arn, subject])),
    instances: new Map(instances.map((instance) => [instance.id, instance])),
    byArn: new Map(instances.map((instance) => [instance.arn, instance])),
    cellAt: indexCells(matrix),
    searches: SEARCHES,
    steps: new Map(),
  };
  return cells.flatMap((cell) => {
    const principal = matrix.principals[cell.principal]?.arn ?? '';
    const instance = matrix.instances[cell.instance]?.id ?? '';
    const why = differenceAt(comparison, principal, instance, cell);
    return why === null ? [] : [{ principal, instance, path: cell.path, why }];
  });
}

function differenceAt(comparison: Comparison, arn: string, id: string, cell: CellPlace): string | null {
  const { audited } = comparison;
  const subject = comparison.subjects.get(arn);
  const instance = comparison.instances.get(id);
  const path = pathOf(audited, cell.path);
  if (!subject || !instance || !path) return 'the matrix names something that the account does not have';
  const found = comparison.cellAt(cell.principal, cell.instance, cell.path)?.outcome ?? null;
  const exact = directly(audited, path, instance, subject);
  if (exact) return directDifference(audited, { path, instance, subject }, exact, found);
  if (found === null) return missedStep(comparison, path, instance, subject);
  if (found.via.length === 0) return `denied, but the matrix has ${found.verdict}`;
  return chainDifference(comparison, { path, instance, subject }, found);
}

/** Null: denied. The rights of an outside account are not decided by this account's policies. */
function directly(
  audited: AuditedAccount,
  path: AccessPath,
  instance: Instance,
  subject: Subject,
): PathDecision | null {
  if (subject.kind === 'outside') return null;
  const decision = decideDirect(audited, path, instance, subject);
  return decision && decision.verdict !== 'denied' ? decision : null;
}

/** The cell that is compared. */
interface Compared {
  readonly path: AccessPath;
  readonly instance: Instance;
  readonly subject: Subject;
}

function directDifference(
  audited: AuditedAccount,
  { path, instance, subject }: Compared,
  exact: PathDecision,
  found: Outcome | null,
): string | null {
  if (found === null) return `${exact.verdict}, but the matrix has no cell`;
  if (found.via.length > 0) return `held directly, but the matrix has a chain: ${found.via.join(' > ')}`;
  const { account } = audited;
  const session = sessionUser(runAsOf(subject, account), account.regions.get(instance.region));
  const wanted = {
    verdict: exact.verdict,
    condition: exact.condition,
    landsAs: osUsersOf(path, instance, exact.condition, session).landsAs,
    uncertain: exact.uncertain,
  };
  const { verdict, condition, landsAs: users, uncertain } = found;
  const got = { verdict, condition, landsAs: users, uncertain };
  return JSON.stringify(wanted) === JSON.stringify(got)
    ? null
    : `${JSON.stringify(wanted)}, but the matrix has ${JSON.stringify(got)}`;
}

/** A role that the subject may assume in one step and that has the path, although there is no cell. */
function missedStep(
  comparison: Comparison,
  path: AccessPath,
  instance: Instance,
  subject: Subject,
): string | null {
  if (comparison.searches === 0) return null;
  comparison.searches--;
  const { audited, steps } = comparison;
  const next =
    steps.get(subject.arn) ?? [...comparison.subjects.values()].filter((to) => isStep(audited, subject, to));
  steps.set(subject.arn, next);
  for (const role of next) {
    const end = directly(audited, path, instance, role);
    const open = end && remaining(and(hop(audited, subject, role), end.open));
    if (open) return `the matrix has no cell, but \`${role.arn}\` opens it`;
  }
  return null;
}

const isStep = (audited: AuditedAccount, from: Subject, to: Subject): boolean =>
  to.role !== null && hop(audited, from, to) !== false;

function hop({ account }: AuditedAccount, from: Subject, to: Subject): Formula {
  if (to.role === null) return false;
  return (from.kind === 'outside' ? assumeFromOutside : assumeRole)(from, to.role, account).open;
}

function chainDifference(
  comparison: Comparison,
  { path, instance, subject }: Compared,
  found: Outcome,
): string | null {
  const chain = followed(comparison, subject, found.via);
  if ('stuckAt' in chain) return `the step \`${chain.stuckAt}\` of its chain is not possible`;
  const { to, open } = chain;
  const end = directly(comparison.audited, path, instance, to);
  if (end === null) return `\`${to.arn}\`, where its chain ends, is denied`;
  const residual = remaining(and(open, end.open));
  if (residual === false) return 'the conditions along its chain exclude each other';
  if (end.verdict === 'unknown') return found.verdict === 'unknown' ? null : `unknown, but ${found.verdict}`;
  if (found.verdict === 'allowed')
    return residual === true ? null : `${residual.text}, but the matrix has it allowed through its chain`;
  return found.verdict === 'conditional' ? null : `a chain makes it ${found.verdict}`;
}

/** The end of a chain and its condition; or the step that is not possible. */
function followed(
  comparison: Comparison,
  from: Subject,
  via: readonly string[],
): { readonly to: Subject; readonly open: Formula } | { readonly stuckAt: string | undefined } {
  let [to, open]: [Subject, Formula] = [from, true];
  for (let at = 0; at < via.length; ) {
    const next = takeStep(comparison, to, via, at);
    if (next === null || next.open === false) return { stuckAt: via[at] };
    open = and(open, next.open);
    to = next.to;
    at += next.steps;
  }
  return { to, open };
}

interface Taken {
  readonly to: Subject;
  readonly open: Formula;
  /** the number of its entries in `via` */
  readonly steps: number;
}

/** Assuming a role, getting an instance's role by any shell on it, or an escalation through IAM. */
function takeStep(comparison: Comparison, from: Subject, via: readonly string[], at: number): Taken | null {
  const { audited, subjects } = comparison;
  const step = via[at] as string;
  if (!step.startsWith('arn:')) return escalate(comparison, from, step, via[at + 1]);
  const role = subjects.get(step);
  if (role) return { to: role, open: hop(audited, from, role), steps: 1 };
  const instance = comparison.byArn.get(step);
  const profile = audited.account.snapshot.instanceProfiles.find(
    ({ arn }) => arn === instance?.instanceProfile,
  );
  const to = subjects.get(profile?.roles[0] ?? '');
  if (!instance || !to) return null;
  const open = audited.paths
    .filter((path) => path.groups.includes('shell'))
    .map((path) => directly(audited, path, instance, from)?.open ?? false)
    .reduce<Formula>((sum, one) => or(sum, one), false);
  return { to, open, steps: 1 };
}

/** An action on oneself is one entry of the chain; one on others is followed by the principal that it leads to. */
function escalate(
  { escalations, numbered }: Comparison,
  from: Subject,
  action: string,
  next: string | undefined,
): Taken | null {
  const number = numbered.indexOf(from);
  const isIt = (edge: Edge): boolean =>
    edge.by === undefined
      ? edge.steps.includes(action)
      : edge.by === action && edge.steps.includes(next ?? '');
  const edge = escalations.own(number).find(isIt) ?? escalations.others(number).find(isIt);
  const at = edge?.steps.indexOf(edge.by === undefined ? action : (next ?? '')) ?? -1;
  const to = edge && numbered[edge.to[at] ?? -1];
  return to ? { to, open: edge.open, steps: edge.by === undefined ? 1 : 2 } : null;
}
