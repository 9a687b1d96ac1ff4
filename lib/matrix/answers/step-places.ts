import type { ConditionKeys } from '../../snapshot/services.ts';
import type { Tags } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { roleGivers } from '../account/directory.ts';
import { newGroups } from '../account/new-groups.ts';
import { newcomerOf } from '../account/new-principals.ts';
import { type DenyRemoval, denyRemovals } from '../account/own-denies.ts';
import { groupsWith } from '../account/own-targets.ts';
import { policyOfVersion } from '../account/policy-versions.ts';
import { holdersIn } from '../account/role-holders.ts';
import { isAnywhere, placesAnywhere, type RequestsTogether } from '../chains/escalation-requests.ts';
import type { EscalationRequest, RoleHolder } from '../paths/escalation.ts';

/** The resource of a request of a step, and its region. */
export interface Place {
  readonly arn: string;
  readonly tags: Tags | null;
  readonly region: string;
  readonly context?: ConditionKeys;
}

function takenFrom(
  action: string,
  step: string,
  subject: Subject,
  account: Account,
): DenyRemoval | undefined {
  return denyRemovals(subject, account).find((one) => one.action === action && one.step === step);
}

/**
 * The possible resources of requests on one thing. `other`: what follows the action in the chain. A new resource can be
 * created in any region.
 */
export function placesOf(
  requests: RequestsTogether,
  subject: Subject,
  other: string | null,
  account: Account,
): readonly Place[] {
  const [request] = requests;
  const { on } = request;
  if (isAnywhere(request)) return placesAnywhere(requests, account, subject);
  if (on === 'new-user' || on === 'new-role') return newPlaces(other ?? '', account);
  const taken = other === null ? undefined : takenFrom(request.action, other, subject, account);
  if (taken) return [{ ...taken.target, region: '' }];
  if (on.startsWith('holder:'))
    return holdersIn(account, on.slice('holder:'.length) as RoleHolder)
      .flat()
      .filter(({ roles }) => roles.includes(other ?? ''));
  if (on === 'self') return [{ arn: subject.arn, tags: subject.tags, region: '' }];
  if (on === 'own-set')
    return roleGivers(account, 'permissionSets')
      .filter(({ roles }) => roles.includes(subject.arn))
      .map((set) => ({ ...set, region: '' }));
  if (isOfOwn(on, other)) return ownPlaces(on, subject, other, account);
  const { users, roles } = account.snapshot;
  const arn = other ?? subject.arn;
  const tags = [...users, ...roles].find((one) => one.arn === arn)?.tags ?? [];
  return [{ arn, tags, region: '' }];
}

/** A group that gets a policy and a member does not follow the action. */
const isOfOwn = (on: EscalationRequest['on'], other: string | null): boolean =>
  on.startsWith('own-') || on === 'new-group' || (on === 'other-group' && other === null);

/** The resources of a request on the caller itself. In the chain a boundary follows the action. */
function ownPlaces(
  on: EscalationRequest['on'],
  subject: Subject,
  other: string | null,
  account: Account,
): readonly Place[] {
  if (on === 'own-version') return [{ arn: policyOfVersion(other ?? '') ?? '', tags: null, region: '' }];
  if (on === 'own-boundary') return [{ arn: other ?? '', tags: null, region: '' }];
  if (on === 'own-policy') return ownPolicies(subject, account);
  if (on === 'new-group') return newGroups(account).map((one) => ({ ...one, region: '' }));
  return on === 'own-group' ? ownGroups(subject, account) : anyGroups(account);
}

const anyGroups = ({ snapshot }: Account): readonly Place[] =>
  snapshot.groups.map(({ arn }) => ({ arn, tags: [], region: '' }));

function newPlaces(arn: string, account: Account): readonly Place[] {
  const made = newcomerOf(arn, account);
  return made ? [{ ...made.target, region: '' }] : [];
}

function ownPolicies(subject: Subject, { snapshot }: Account): readonly Place[] {
  const own = new Set(subject.layers.identityPolicies.map(({ name }) => policyOfVersion(name) ?? name));
  return snapshot.policies
    .filter(({ id, kind }) => kind === 'customer-managed' && own.has(id))
    .map(({ id }) => ({ arn: id, tags: null, region: '' }));
}

const ownGroups = (subject: Subject, account: Account): readonly Place[] =>
  groupsWith(subject, account).map(({ arn }) => ({ arn, tags: [], region: '' }));
