import { remembered } from '../../memory/remembered.ts';
import { NEW_ID } from '../paths/placeholder-ids.ts';
import type { Account, Subject } from './account.ts';

/**
 * The owner of a Session Manager session: the name at the start of the session id, and the user id in its
 * tag.
 */
export interface SessionOwner {
  readonly name: string;
  readonly userId: string;
  /** index in `sessionOwners` */
  readonly order: number;
  /** the condition keys of the sessions; one object for all, since it is a cache key */
  readonly context: Readonly<Record<string, string>>;
}

/**
 * AWS tags a session with the user id of its caller, `aws:userid`.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html
 */
const SESSION_TAG = 'aws:ResourceTag/aws:ssmmessages:session-id';
/** canonical */
export const SESSION_ID = SESSION_TAG.toLowerCase();

const ownerCache = new WeakMap<Account, readonly SessionOwner[]>();

/**
 * All principals of the account as owners of sessions, by name. The caller names a role's session, so the role's
 * name stands for it. Empty if there is only one principal: whatever it creates, the sessions are its own.
 */
export function sessionOwners(account: Account): readonly SessionOwner[] {
  return remembered(ownerCache, account, () => {
    if (account.subjects.length < 2) return [];
    return account.subjects
      .map((subject) => ({ name: subject.principal.name, userId: userIdOf(subject) }))
      .sort((a, b) => order(a.name, b.name) || order(a.userId, b.userId))
      .map((owner, i) => ({ ...owner, order: i, context: { [SESSION_TAG]: owner.userId } }));
  });
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable */
export function userIdOf({ principal }: Subject): string {
  const id = principal.id ?? principal.arn;
  return principal.kind === 'user' ? id : `${id}:${principal.name}`;
}

/** The session as a Target. */
export function sessionTarget(account: Account, region: string, owner: SessionOwner) {
  return {
    arn: sessionArn(account, region, owner.name),
    tags: null,
    context: owner.context,
  };
}

/** A session id is the name of its caller and a random part. */
export function sessionArn(account: Account, region: string, name: string): string {
  return `arn:${account.snapshot.partition}:ssm:${region}:${account.snapshot.accountId}:session/${name}-${NEW_ID}`;
}

/**
 * The session that a principal starts. AWS's sample policies use the user id as the start of its name, but a session
 * id begins with the name of its caller, so both are tried.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
 */
export function ownSessionTargets(account: Account, region: string, subject: Subject) {
  const userId = userIdOf(subject);
  const context = { 'aws:userid': userId };
  return [subject.principal.name, userId].map((name) => ({
    arn: sessionArn(account, region, name),
    tags: null,
    context,
  }));
}
