import type { Fields } from '../policy/fields.ts';
import type { IamPart } from '../snapshot/parts.ts';
import { isReadable } from '../snapshot/readable.ts';
import type { Group, InstanceProfile, PolicyRecord, Role, User } from '../snapshot/snapshot.ts';
import type { Answer } from './answer.ts';
import { callNamed } from './calls.ts';
import { fieldsOf, isoTime, number, objectsOf, tagsOf, text } from './fields.ts';
import { boundaryOf, groupsOf, HELD_BY, type Holder, notRead } from './held-members.ts';
import { profilesOf, profilesOnce } from './instance-profiles.ts';
import { collectKept, type Wish } from './kept.ts';
import { type HolderCounts, missingHolders } from './missing-holders.ts';
import { collectMissingPolicies } from './missing-policies.ts';
import { managedKind, policyRecord } from './policy-record.ts';
import { type Reading, readCall } from './reading.ts';

/** No inline policy can have this name: names in IAM contain no space. */
const TRUST = 'trust policy';

const UNREADABLE = 'no document that can be read';

/**
 * Users, groups, roles, instance profiles and their policies, from one call.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export async function collectIam(reading: Reading, wish: Wish | null = null): Promise<IamPart | null> {
  const call = callNamed('iam.get-account-authorization-details');
  const part = await readCall(reading, call, null, { take: takePage, join, lacks });
  const more = part === null ? [] : await collectMissingPolicies(reading, part);
  await collectKept(reading, 'iam', null, wish);
  return part && { ...part, policies: [...part.policies, ...more] };
}

interface Owner extends Holder {
  readonly name: string;
  readonly id: string;
  readonly path: string;
}

/** A managed policy of the account's list; null: it could not be read. */
interface Managed {
  readonly arn: string;
  readonly record: PolicyRecord | null;
  /** other versions, which could become the default */
  readonly versions: readonly PolicyRecord[];
  readonly counts: HolderCounts;
  /** notes a problem of the policy */
  readonly note: (message: string) => void;
}

interface IamPage extends IamPart {
  readonly managed: readonly Managed[];
}

function takePage(answer: Answer) {
  const value = takeIam(answer);
  return { value, items: value.users.length + value.groups.length + value.roles.length };
}

function takeIam(answer: Answer): IamPage {
  const inline: PolicyRecord[] = [];
  const users: User[] = [];
  for (const owner of owners(answer, 'UserDetailList', 'User')) {
    users.push({
      ...identity(owner),
      tags: tagsOf(owner.item, owner.at, answer.note),
      policies: [
        ...policiesOf(answer, owner, 'UserPolicyList', inline),
        ...notRead(answer, owner, HELD_BY.user, inline),
      ],
      groups: groupsOf(answer, owner),
      boundary: boundaryOf(answer, owner, inline),
    });
  }
  const groups: Group[] = [];
  for (const owner of owners(answer, 'GroupDetailList', 'Group')) {
    const policies = [
      ...policiesOf(answer, owner, 'GroupPolicyList', inline),
      ...notRead(answer, owner, HELD_BY.group, inline),
    ];
    groups.push({ ...identity(owner), policies });
  }
  const instanceProfiles: InstanceProfile[] = [];
  const roles: Role[] = [];
  for (const owner of owners(answer, 'RoleDetailList', 'Role')) {
    roles.push(roleOf(answer, owner, inline));
    instanceProfiles.push(...profilesOf(answer, owner));
  }
  return { policies: inline, users, groups, roles, instanceProfiles, managed: managedPolicies(answer) };
}

/** A page may refer to items of another page. */
function join(pages: readonly IamPage[]): IamPart {
  const users = pages.flatMap((page) => page.users);
  const groups = pages.flatMap((page) => page.groups);
  const roles = pages.flatMap((page) => page.roles);
  const used = new Set([...users, ...groups, ...roles].flatMap((owner) => owner.policies));
  for (const { boundary } of [...users, ...roles]) if (boundary !== null) used.add(boundary);
  const managed = pages.flatMap((page) => page.managed).filter(({ arn }) => used.has(arn));
  return {
    policies: [...pages.flatMap((page) => page.policies), ...eachOnce(managed)],
    ...{ users, groups, roles },
    instanceProfiles: profilesOnce(pages.flatMap((page) => page.instanceProfiles)),
  };
}

const lacks = (pages: readonly IamPage[], whole: IamPart): string | null =>
  missingHolders(
    pages.flatMap(({ managed }) => managed.map(({ counts }) => counts)),
    whole,
  );

const identity = ({ arn, name, id, path }: Owner) => ({ arn, name, id, path });

/** The named items of a list, each ARN once. */
function* owners(answer: Answer, key: string, kind: string): Generator<Owner> {
  const { seen } = answer;
  for (const { item, at } of objectsOf(answer.fields, key, '$', answer.note)) {
    const arn = text(item, 'Arn');
    const name = text(item, `${kind}Name`);
    if (arn === null || name === null) {
      answer.note(at, `left out: it has no \`${arn === null ? 'Arn' : `${kind}Name`}\``);
    } else if (seen.has(arn)) {
      answer.note(at, `left out: \`${arn}\` is in the list twice`);
    } else {
      seen.add(arn);
      const id = text(item, `${kind}Id`) ?? '';
      yield { item, at, arn, name, id, path: text(item, 'Path') ?? '/' };
    }
  }
}

/**
 * One of two policies with the same name. If their contents differ, it is unknown which one counts, so neither counts
 * as read.
 */
function oneOf(first: PolicyRecord, second: PolicyRecord, note: (message: string) => void): PolicyRecord {
  const isSame = JSON.stringify(first.document) === JSON.stringify(second.document);
  const { id } = first;
  if (isSame) {
    note(`left out: \`${id}\` stands here twice`);
    return first;
  }
  note(`\`${id}\` stands here twice with different contents: neither is taken; collect it again`);
  return { ...first, document: null, problems: [] };
}

/** The ids of an owner's policies, inline first; the inline documents are added to `records`. */
function policiesOf(answer: Answer, owner: Owner, key: string, records: PolicyRecord[]): string[] {
  const ids = new Set<string>();
  for (const { item, at } of objectsOf(owner.item, key, owner.at, answer.note)) {
    const name = text(item, 'PolicyName');
    const id = `${owner.arn}#${name}`;
    if (name === null) {
      answer.note(at, 'left out: it has no `PolicyName`');
      continue;
    }
    const record = policyRecord(
      { id, name, kind: 'inline' },
      item.PolicyDocument,
      `${at}.PolicyDocument`,
      answer.duplicates,
    );
    if (!isReadable(record)) answer.note(`${at}.PolicyDocument`, UNREADABLE);
    const known = records.findIndex((one) => one.id === id);
    if (known === -1) records.push(record);
    else
      records[known] = oneOf(records[known] as PolicyRecord, record, (message) => answer.note(at, message));
    ids.add(id);
  }
  for (const { item, at } of objectsOf(owner.item, 'AttachedManagedPolicies', owner.at, answer.note)) {
    const arn = text(item, 'PolicyArn');
    if (arn === null) answer.note(at, 'left out: it has no `PolicyArn`');
    else ids.add(arn);
  }
  return [...ids];
}

function roleOf(answer: Answer, owner: Owner, records: PolicyRecord[]): Role {
  const { item, at, arn } = owner;
  const trust = { id: `${arn}#${TRUST}`, name: TRUST, kind: 'trust' } as const;
  const policies = [
    ...policiesOf(answer, owner, 'RolePolicyList', records),
    ...notRead(answer, owner, HELD_BY.role, records),
  ];
  const path = `${at}.AssumeRolePolicyDocument`;
  const record = policyRecord(trust, item.AssumeRolePolicyDocument, path, answer.duplicates);
  if (!isReadable(record)) answer.note(path, UNREADABLE);
  records.push(record);
  return {
    ...identity(owner),
    tags: tagsOf(item, at, answer.note),
    policies,
    boundary: boundaryOf(answer, owner, records),
    trust: trust.id,
    maxSessionDuration: number(item, 'MaxSessionDuration'),
    lastUsed: isoTime(fieldsOf(item.RoleLastUsed)?.LastUsedDate),
  };
}

/** The managed policies: the default version, and other versions of the account's own policies. */
function managedPolicies(answer: Answer): Managed[] {
  const found: Managed[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'Policies', '$', answer.note)) {
    const arn = text(item, 'Arn');
    if (arn === null) answer.note(at, 'left out: it has no `Arn`');
    else {
      const record = managedPolicy(answer, item, at, arn);
      const versions = record?.kind === 'customer-managed' ? otherVersions(answer, item, at, record) : [];
      const counts = {
        ...{ arn, attached: number(item, 'AttachmentCount') ?? 0 },
        bounded: number(item, 'PermissionsBoundaryUsageCount') ?? 0,
      };
      found.push({ arn, record, versions, counts, note: (message) => answer.note(at, message) });
    }
  }
  return found;
}

/** The readable policies, each ARN once. */
function eachOnce(managed: readonly Managed[]): readonly PolicyRecord[] {
  const records = new Map<string, PolicyRecord>();
  for (const { arn, record, versions, note } of managed) {
    for (const version of versions) records.set(version.id, version);
    if (record === null) {
      note(`left out: \`${arn}\` has no default version in its \`PolicyVersionList\``);
      continue;
    }
    const first = records.get(arn);
    records.set(arn, first ? oneOf(first, record, note) : record);
  }
  return [...records.values()];
}

function managedPolicy(answer: Answer, item: Fields, at: string, arn: string): PolicyRecord | null {
  const version = defaultVersion(answer, item, at);
  if (version === null) return null;
  const policy = { id: arn, name: text(item, 'PolicyName') ?? arn, kind: managedKind(arn) };
  return policyRecord(policy, version.item.Document, `${version.at}.Document`, answer.duplicates);
}

/** A version equal to the default one is left out. */
function otherVersions(
  answer: Answer,
  policy: Fields,
  at: string,
  record: PolicyRecord,
): readonly PolicyRecord[] {
  const found: PolicyRecord[] = [];
  const chosen = defaultVersion(answer, policy, at)?.at;
  for (const { item, at: place } of objectsOf(policy, 'PolicyVersionList', at, answer.note)) {
    const id = text(item, 'VersionId');
    if (id === null || place === chosen) continue;
    const about = {
      id: `${record.id}:${id}`,
      name: `${record.name} ${id}`,
      kind: 'earlier-version',
    } as const;
    const version = policyRecord(about, item.Document, `${place}.Document`, answer.duplicates);
    if (JSON.stringify(version.document) !== JSON.stringify(record.document)) found.push(version);
  }
  return found;
}

function defaultVersion(answer: Answer, policy: Fields, at: string) {
  const id = text(policy, 'DefaultVersionId');
  for (const version of objectsOf(policy, 'PolicyVersionList', at, answer.note)) {
    const named = id !== null && version.item.VersionId === id;
    if (named || (id === null && version.item.IsDefaultVersion === true)) return version;
  }
  return null;
}
