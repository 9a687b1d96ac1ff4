import type { Fields } from '../policy/fields.ts';
import type { PolicyRecord } from '../snapshot/snapshot.ts';
import { type HeldMember, unlistedPolicy } from '../snapshot/unlisted.ts';
import type { Answer } from './answer.ts';
import { fieldsOf, list, notGiven, text } from './fields.ts';

/** A member of a user, group or role that says what it holds. */
interface Held {
  /** AWS omits it if there is nothing to say */
  readonly isOmitted: boolean;
  /** true if everything in it can be read */
  readonly isRead: (value: unknown) => boolean;
}

const listOf =
  (isItem: (item: unknown) => boolean): Held['isRead'] =>
  (value) =>
    Array.isArray(value) && value.every(isItem);

const has =
  (key: string) =>
  (item: unknown): boolean =>
    text(fieldsOf(item), key) !== null;

/** A tag without a value has the empty one. */
function isTag(item: unknown): boolean {
  const { Key, Value = '' } = fieldsOf(item) ?? {};
  return typeof Key === 'string' && typeof (Value ?? '') === 'string';
}

const areTags = listOf(isTag);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
const HELD: Readonly<Record<HeldMember, Held>> = {
  GroupList: { isOmitted: false, isRead: listOf((item) => typeof item === 'string') },
  AttachedManagedPolicies: { isOmitted: false, isRead: listOf(has('PolicyArn')) },
  // https://github.com/boto/boto3/issues/1303
  UserPolicyList: { isOmitted: true, isRead: listOf(has('PolicyName')) },
  GroupPolicyList: { isOmitted: false, isRead: listOf(has('PolicyName')) },
  RolePolicyList: { isOmitted: false, isRead: listOf(has('PolicyName')) },
  Tags: { isOmitted: true, isRead: areTags },
  PermissionsBoundary: { isOmitted: true, isRead: has('PermissionsBoundaryArn') },
};

/** Those of these members that are missing, although AWS always returns them, or in which something cannot be read. */
const unreadMembers = (item: Fields, members: readonly HeldMember[]): readonly HeldMember[] =>
  members.filter((key) => {
    const { isOmitted, isRead } = HELD[key];
    const isMissing = item[key] === undefined || item[key] === null;
    return isMissing ? !isOmitted : !isRead(item[key]);
  });

/** A user, group or role of an answer, and its place there. */
export interface Holder {
  readonly item: Fields;
  readonly at: string;
  readonly arn: string;
}

/** What may allow or deny something to a user, group or role. */
export const HELD_BY = {
  user: ['AttachedManagedPolicies', 'GroupList', 'UserPolicyList', 'Tags'],
  group: ['AttachedManagedPolicies', 'GroupPolicyList'],
  role: ['AttachedManagedPolicies', 'RolePolicyList', 'Tags'],
} as const satisfies Readonly<Record<string, readonly HeldMember[]>>;

/** The ids of the placeholders for members that are missing or cannot be read, which are added to `records`. */
export function notRead(
  answer: Answer,
  { item, at, arn }: Holder,
  members: readonly HeldMember[],
  records: PolicyRecord[],
): readonly string[] {
  const found = unreadMembers(item, members).map((key) => unlistedPolicy(arn, key));
  // what is there and cannot be read was noted where it was read
  const names = found.map(({ name }) => name);
  notGiven(item, names, at, answer.note);
  records.push(...found);
  return found.map(({ id }) => id);
}

export function groupsOf(answer: Answer, { item, at }: Holder): string[] {
  const names: string[] = [];
  for (const [index, name] of list(item, 'GroupList', at, answer.note).entries()) {
    if (typeof name === 'string') names.push(name);
    else answer.note(`${at}.GroupList[${index}]`, 'is not the name of a group');
  }
  return names;
}

/** The boundary's ARN, or the id of a placeholder, which is added to `records`. */
export function boundaryOf(
  answer: Answer,
  { item, at, arn }: Holder,
  records: PolicyRecord[],
): string | null {
  if (unreadMembers(item, ['PermissionsBoundary']).length === 0)
    return text(fieldsOf(item.PermissionsBoundary), 'PermissionsBoundaryArn');
  answer.note(`${at}.PermissionsBoundary`, 'it has no `PermissionsBoundaryArn`');
  const unread = unlistedPolicy(arn, 'PermissionsBoundary');
  records.push(unread);
  return unread.id;
}

/** True if a thing has no tags, or only tags that can be read. */
export const hasReadTags = ({ Tags }: Fields): boolean =>
  Tags === undefined || Tags === null || areTags(Tags);
