import { remembered } from '../../memory/remembered.ts';
import { instancesOf } from '../../snapshot/instances-of.ts';
import { IAM_CALL } from '../../snapshot/parts.ts';
import type { Instance, Snapshot } from '../../snapshot/snapshot.ts';
import { type Account, type Subject, subjectOf } from './account.ts';
import { missingPolicy } from './not-collected.ts';
import { isReservedTag } from './reserved-tags.ts';

/*
 * IAM's list contains the roles with their instance profiles. If it was cut off, an instance may have the profile of a
 * role that was not read, which may do anything.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */

const profileCache = new WeakMap<Snapshot, ReadonlySet<string> | null>();

/** Profiles whose roles were all read; null: the list is complete, so no role is missing. */
function readProfiles(snapshot: Snapshot): ReadonlySet<string> | null {
  return remembered(profileCache, snapshot, () => {
    const isCut = snapshot.coverage.some(
      ({ call, status, readAt }) => call === IAM_CALL && status !== 'collected' && (readAt ?? null) === null,
    );
    if (!isCut) return null;
    const roles = new Set(snapshot.roles.map(({ arn }) => arn));
    const known = snapshot.instanceProfiles.filter((profile) => profile.roles.every((arn) => roles.has(arn)));
    return new Set(known.map(({ arn }) => arn));
  });
}

/** True if a shell on the instance may give a role that was not read. It may be an instance that does not exist yet. */
export function carriesUnread({ instanceProfile }: Instance, { snapshot }: Account): boolean {
  return instanceProfile !== null && readProfiles(snapshot)?.has(instanceProfile) === false;
}

const subjectCache = new WeakMap<Account, Subject | null>();

/** A placeholder for the roles that were not read; null: all were read. */
export function unreadRole(account: Account): Subject | null {
  return remembered(subjectCache, account, () => {
    const { snapshot } = account;
    if (!instancesOf(snapshot).some((one) => carriesUnread(one, account))) return null;
    const arn = `arn:${snapshot.partition}:iam::${snapshot.accountId}:role/*`;
    const role = {
      ...{ arn, name: '*', id: '', path: '/', tags: [], policies: [], boundary: null, trust: '' },
      ...{ maxSessionDuration: null, lastUsed: null },
    };
    const subject = subjectOf(role, [], account);
    if (!subject) return null;
    const missing = 'iam get-account-authorization-details';
    // its name and tags are not known either
    const keys = new Map([...subject.keys].filter(([key]) => !OF_ONE.has(key)));
    return {
      ...subject,
      keys,
      given: [],
      sessionTags: (tag: string) => !isReservedTag(tag),
      layers: { ...subject.layers, identityPolicies: [missingPolicy(missing)] },
      missing,
    };
  });
}

const OF_ONE: ReadonlySet<string> = new Set(['aws:principalarn', 'aws:userid']);
