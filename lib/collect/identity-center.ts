import {
  type CenterInstance,
  DELEGATED_CALL,
  type DirectoryGroup,
  type IdentityCenter,
  type PermissionSet,
  PROVISIONED_CALL,
} from '../snapshot/identity-center.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';
import type { Role } from '../snapshot/snapshot.ts';
import { type Answer, itemsOf } from './answer.ts';
import { askEach } from './ask-each.ts';
import type { AwsCall } from './aws-call.ts';
import { callNamed } from './calls.ts';
import { fieldsOf, list, text } from './fields.ts';
import { onePage, type Taking } from './pages.ts';
import { type Reading, readCall } from './reading.ts';

interface Assignee {
  readonly id: string;
  readonly isGroup: boolean;
}

/** What is known of an account before its permission sets are read. */
interface Known {
  readonly accountId: string;
  readonly roles: readonly Role[];
  /** its names are not requested again */
  readonly before?: IdentityCenter | undefined;
}

/**
 * The holders of an account's permission sets. Null without a coverage entry: the account has no roles of permission
 * sets. Null with one: they could not be read.
 */
export async function collectIdentityCenter(
  reading: Reading,
  { accountId, roles, before }: Known,
): Promise<IdentityCenter | null> {
  if (!roles.some(({ arn }) => permissionSetOf(arn) !== null)) return null;
  const found = await readInstance(reading, accountId);
  if (found === null) {
    sayWhatFor(reading);
    return null;
  }
  const permissionSets = await readSets(reading, accountId, found.sets);
  const groupIds = distinct(permissionSets.flatMap(({ groups }) => groups ?? []));
  const { storeId } = found.instance;
  const groups = await readGroups(reading, storeId, groupIds, before);
  const needed = new Set([
    ...permissionSets.flatMap(({ people }) => people ?? []),
    ...groups.flatMap(({ members }) => members ?? []),
  ]);
  const names = await namesOf(reading, storeId, PEOPLE, { ids: [...needed], known: before?.people ?? [] });
  sayWhatFor(reading);
  const people = [...needed].flatMap((id) => {
    const name = names.get(id);
    return name === undefined ? [] : [{ id, name }];
  });
  const delegated = await readDelegated(reading, accountId);
  return {
    instance: found.instance,
    ...(delegated && { delegated }),
    ...{ permissionSets, groups, people },
  };
}

/**
 * The accounts that manage Identity Center besides the management account. An account that read its permission
 * sets itself is one of them, and the call is not made.
 */
async function readDelegated(reading: Reading, accountId: string): Promise<readonly string[] | null> {
  const read = reading.coverage.find(({ call }) => call === PROVISIONED_CALL);
  if (read?.readBy === undefined || read.readBy === accountId) return null;
  return readCall(reading, callNamed(DELEGATED_CALL), null, DELEGATED);
}

const distinct = (ids: readonly string[]): readonly string[] => [...new Set(ids)].sort();

/** An account may have an instance of its own without permission sets: the instance that answers about them counts. */
async function readInstance(
  reading: Reading,
  accountId: string,
): Promise<{ readonly instance: CenterInstance; readonly sets: readonly string[] } | null> {
  const instances = await readCall(reading, callNamed('sso-admin.list-instances'), null, INSTANCES);
  if (instances === null) return null;
  if (instances.length === 0) {
    noteNone(reading);
    return null;
  }
  const call = callNamed(PROVISIONED_CALL);
  const wanted = instances.map(({ arn }) => `${accountId}.${arn}`);
  const before = reading.coverage.length;
  const outcomes = await askEach(reading, call, { region: null, wanted, most: mostOf(call) }, SETS);
  for (const instance of instances) {
    const outcome = outcomes.get(`${accountId}.${instance.arn}`);
    if (outcome?.status !== 'collected' || outcome.value === null) continue;
    const [entry] = reading.coverage.splice(before, 1);
    const { askedAt, readBy } = entry ?? {};
    if (entry && askedAt !== undefined)
      reading.coverage.push({
        ...{ call: entry.call, region: null, status: 'collected', detail: '' },
        ...{ items: outcome.value.length, askedAt, readAt: askedAt },
        ...(readBy !== undefined && { readBy }),
      });
    return { instance, sets: outcome.value };
  }
  return null;
}

/** The account has roles of permission sets, so there is an instance that it cannot see. */
function noteNone({ coverage }: Reading): void {
  const entry = coverage.pop();
  if (entry === undefined) return;
  const detail = 'no instance of IAM Identity Center is to be seen from here';
  coverage.push({ ...entry, status: 'not-collected', detail, items: null, readAt: null });
}

const SERVICES: readonly string[] = ['sso-admin.', 'identitystore.'];

/** Adds to each gap what it means for the audit. */
function sayWhatFor({ coverage }: Reading): void {
  for (const [index, entry] of coverage.entries()) {
    if (entry.status === 'collected' || !SERVICES.some((service) => entry.call.startsWith(service))) continue;
    const detail = `who holds a permission set was not read, or not all: ${entry.detail}`;
    coverage[index] = { ...entry, detail };
  }
}

async function readSets(
  reading: Reading,
  accountId: string,
  arns: readonly string[],
): Promise<readonly PermissionSet[]> {
  const describe = callNamed('sso-admin.describe-permission-set');
  const names = await askEach(
    reading,
    describe,
    { region: null, wanted: arns, most: mostOf(describe) },
    SET_NAME,
  );
  const assignments = callNamed('sso-admin.list-account-assignments');
  const named = arns.filter((arn) => names.get(arn)?.value != null);
  const wanted = named.map((arn) => `${accountId}.${arn}`);
  const holders = await askEach(
    reading,
    assignments,
    { region: null, wanted, most: mostOf(assignments) },
    HOLDERS,
  );
  return named.map((arn) => {
    const outcome = holders.get(`${accountId}.${arn}`);
    const all = outcome?.status === 'collected' ? outcome.value : null;
    const ids = (isGroup: boolean) =>
      all && distinct(all.filter((one) => one.isGroup === isGroup).map(({ id }) => id));
    return { arn, name: names.get(arn)?.value ?? '', groups: ids(true), people: ids(false) };
  });
}

async function readGroups(
  reading: Reading,
  storeId: string,
  ids: readonly string[],
  before: IdentityCenter | undefined,
): Promise<readonly DirectoryGroup[]> {
  if (ids.length === 0) return [];
  const names = await namesOf(reading, storeId, GROUPS, { ids, known: before?.groups ?? [] });
  const call = callNamed('identitystore.list-group-memberships');
  const wanted = ids.map((id) => `${storeId}.${id}`);
  const members = await askEach(reading, call, { region: null, wanted, most: mostOf(call) }, MEMBERS);
  return ids.map((id) => {
    const outcome = members.get(`${storeId}.${id}`);
    return {
      id,
      name: names.get(id) ?? null,
      members: outcome?.status === 'collected' ? outcome.value : null,
    };
  });
}

interface Directory {
  readonly call: string;
  readonly list: string;
  readonly id: string;
  readonly name: string;
}

const GROUPS: Directory = {
  ...{ call: 'identitystore.list-groups', list: 'Groups' },
  ...{ id: 'GroupId', name: 'DisplayName' },
};
const PEOPLE: Directory = {
  ...{ call: 'identitystore.list-users', list: 'Users' },
  ...{ id: 'UserId', name: 'UserName' },
};

interface Wanted {
  readonly ids: readonly string[];
  readonly known: readonly { readonly id: string; readonly name: string | null }[];
}

/** Names by id, of everything that could be read. The list is requested only if it can add to what is known. */
async function namesOf(
  reading: Reading,
  storeId: string,
  { call, list: key, id, name }: Directory,
  { ids, known }: Wanted,
): Promise<ReadonlyMap<string, string>> {
  const before = new Map(known.flatMap((one) => (one.name === null ? [] : [[one.id, one.name]])));
  if (ids.every((one) => before.has(one))) return before;
  const row = callNamed(call);
  const taking = joined(key, (answer) =>
    itemsOf(answer, key, [id], (item, _, [one]) => [one, text(item, name)] as const),
  );
  const outcomes = await askEach(
    reading,
    row,
    { region: null, wanted: [storeId], most: mostOf(row) },
    taking,
  );
  const pairs = outcomes.get(storeId)?.value ?? [];
  return new Map(pairs.flatMap(([one, called]) => (called === null ? [] : [[one, called]])));
}

const mostOf = ({ argument }: AwsCall): number => (argument?.kind === 'ids' ? argument.most : 1);

/** A list with its pages joined. If an item is left out, the list counts as incomplete. */
function joined<T>(key: string, take: (answer: Answer) => readonly T[]): Taking<unknown, readonly T[]> {
  return {
    take: (answer) => {
      const value = take(answer);
      const all = answer.fields[key];
      const gap = Array.isArray(all) && all.length > value.length ? `not all of \`${key}\`` : null;
      return { value, items: value.length, gap };
    },
    join: (pages) => (pages as readonly (readonly T[])[]).flat(),
  };
}

const INSTANCES = joined('Instances', (answer) =>
  itemsOf(
    answer,
    'Instances',
    ['InstanceArn', 'IdentityStoreId'],
    (item, _at, [arn, storeId]): CenterInstance => {
      const owner = text(item, 'OwnerAccountId');
      return { arn, storeId, ...(owner !== null && { owner }) };
    },
  ),
);

const DELEGATED = joined('DelegatedAdministrators', (answer) =>
  itemsOf(answer, 'DelegatedAdministrators', ['Id'], (_item, _at, [id]) => id),
);

const SETS = joined('PermissionSets', (answer) =>
  list(answer.fields, 'PermissionSets', '$', answer.note).filter((one) => typeof one === 'string'),
);

const SET_NAME = onePage<unknown>((answer) => {
  const name = text(fieldsOf(answer.fields.PermissionSet), 'Name');
  if (name === null) answer.note('$.PermissionSet', 'it has no `Name`');
  return { value: name, items: null };
}) as Taking<unknown, string>;

const HOLDERS = joined('AccountAssignments', (answer) =>
  itemsOf(
    answer,
    'AccountAssignments',
    ['PrincipalType', 'PrincipalId'],
    (_item, _at, [type, id]): Assignee => ({ id, isGroup: type === 'GROUP' }),
  ),
);

const MEMBERS = joined('GroupMemberships', (answer) => {
  const ids: string[] = [];
  for (const membership of list(answer.fields, 'GroupMemberships', '$', answer.note)) {
    const id = text(fieldsOf(fieldsOf(membership)?.MemberId), 'UserId');
    if (id === null) answer.note('$.GroupMemberships', 'left out: a membership has no `UserId`');
    else ids.push(id);
  }
  return ids;
});
