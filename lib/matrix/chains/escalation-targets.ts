import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { letsIn } from '../account/lets-in.ts';
import { ownTargets } from '../account/own-targets.ts';
import type { Target } from '../account/target.ts';
import { equalTargets } from '../classes/target-classes.ts';
import type { Escalation } from '../paths/escalation.ts';
import { passedTo, unpassedRole } from '../paths/escalations.ts';
import type { Edge } from './chains.ts';

/** A principal that another may become. */
export interface TargetClass extends Target {
  readonly role: Role | null;
}

/** The targets of a row of the table. */
export function targetsFor(
  row: Escalation,
  account: Account,
  isKnown: (arn: string) => boolean,
): readonly TargetClass[] {
  const service = passedTo(row);
  const only = unpassedRole(row);
  const { users, roles } = account.snapshot;
  if (row.becomes === 'user')
    return users.filter(({ arn }) => isKnown(arn)).map(({ arn, tags }) => ({ arn, tags, role: null }));
  return roles
    .filter(({ arn, path }) => isKnown(arn) && !path.startsWith('/aws-service-role/'))
    .filter(({ name }) => only === null || name === only)
    .filter(
      (role) => service === null || (letsIn(role, service, account) && canCarry(role, service, account)),
    )
    .map((role) => ({ arn: role.arn, tags: role.tags, role }));
}

const carriedCache = new WeakMap<Account, ReadonlySet<string>>();

/** An instance gets a role only from an instance profile. */
function canCarry(role: Role, service: string, account: Account): boolean {
  if (service !== 'ec2.amazonaws.com') return true;
  const carried = remembered(
    carriedCache,
    account,
    () => new Set(account.snapshot.instanceProfiles.flatMap(({ roles }) => roles)),
  );
  return carried.has(role.arn);
}

/**
 * The resources of a principal's request on itself. Of the groups that it could join, one stands for all that its
 * policies treat alike: there may be hundreds.
 */
export function ownKinds(subject: Subject, row: Escalation, account: Account): readonly Target[] {
  const targets = ownTargets(subject, row, account);
  if (row.requests[0]?.on !== 'other-group') return targets;
  const actions = row.requests.map(({ action }) => action);
  return equalTargets(targets, { type: 'group/', actions }, subject, account).map(([first]) => first);
}

/** A policy that is overwritten follows the action unless it is the caller's own. */
export function stepOf(
  { action, requests }: Escalation,
  targets: readonly Target[],
): Pick<Edge, 'by' | 'steps'> {
  return requests[0]?.on === 'own-boundary'
    ? { by: action, steps: targets.map(({ arn }) => arn) }
    : { steps: [action] };
}
