import { permissionSetOf } from '../../snapshot/permission-set.ts';
import type { Account, Subject } from '../account/account.ts';
import { HOLDER_KINDS, type Holder, holdersIn, isRegional } from '../account/role-holders.ts';
import { type EqualTargets, equalTargets } from '../classes/target-classes.ts';
import type { Escalation, RoleHolder } from '../paths/escalation.ts';
import { isUnlistedHolder } from '../paths/unlisted-things.ts';
import { type Edge, resting } from './chains.ts';
import { bothOpenings, type Opening, settled } from './codes.ts';
import { directoryKinds } from './directory-kinds.ts';
import { type EscalationRequests, grantsIn } from './escalation-requests.ts';
import { assumeWithSaml } from './saml-sessions.ts';

interface Given {
  readonly account: Account;
  readonly requests: EscalationRequests;
  readonly index: ReadonlyMap<string, number>;
}

interface Rewriting {
  readonly row: Escalation;
  readonly runBy: RoleHolder;
}

/**
 * Edges to the roles of existing things that the principal may rewrite: functions, state machines, stacks and
 * projects; and to those of permission sets, groups and providers that it may edit.
 */
export function holderEdges(subject: Subject, { row, runBy }: Rewriting, given: Given): readonly Edge[] {
  return holdersIn(given.account, runBy).flatMap((holders) =>
    kinds(holders, subject, { row, runBy }, given).flatMap((kind) => edgeTo(kind, subject, row, given)),
  );
}

function kinds(
  holders: readonly Holder[],
  subject: Subject,
  { row, runBy }: Rewriting,
  { account }: Given,
): readonly EqualTargets<Holder>[] {
  // things that were not collected are evaluated one by one
  if (isUnlistedHolder(runBy)) return holders.map((one) => [one] as const);
  if (!isRegional(runBy)) return directoryKinds(holders, runBy, row, { subject, account });
  if (holders[0]?.missing !== undefined) return holders.map((one) => [one] as const);
  const { service, type } = HOLDER_KINDS[runBy].shape;
  const actions = row.requests.map(({ action }) => action);
  return equalTargets(holders, { type, service, actions }, subject, account);
}

function edgeTo(
  kind: EqualTargets<Holder>,
  subject: Subject,
  row: Escalation,
  { account, requests, index }: Given,
): readonly Edge[] {
  const [first] = kind;
  const asked = requests.any(subject, row.requests, [first]);
  const { open, codes } = bothOpenings(asked, lettingIn(subject, row, first, account));
  if (open === false) return [];
  const roles = [...new Set(kind.flatMap((one) => one.roles))].filter((role) => index.has(role));
  if (roles.length === 0) return [];
  const gap = first.missing === undefined ? {} : { missing: first.missing };
  const to = roles.map((role) => index.get(role) as number);
  return [{ to, steps: roles, by: row.action, open, ...resting(codes), grants: grantsIn(asked), ...gap }];
}

/** The edge's further condition: the caller must also be let in by what it edited. */
export function lettingIn(
  subject: Subject,
  row: Escalation,
  { arn, roles }: Holder,
  account: Account,
): Opening {
  const isWithSaml =
    typeof row.becomes === 'object' && 'runBy' in row.becomes && row.becomes.runBy === 'samlProviders';
  if (isWithSaml) return assumeWithSaml(arn, roles[0] ?? '', account);
  const asked = settled(row.asks ?? true);
  const isOther = permissionSetOf(subject.arn) === null && row.asksOthers !== undefined;
  return isOther ? bothOpenings(asked, settled(row.asksOthers)) : asked;
}
