import { describe, expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { startReading } from '../../lib/collect/reading.ts';
import { recollect } from '../../lib/collect/recollect.ts';
import { mergeScan } from '../../lib/snapshot/carry.ts';
import { MEMBERS_CALL } from '../../lib/snapshot/identity-center.ts';
import { mergeSnapshots } from '../../lib/snapshot/merge.ts';
import { parseSnapshot } from '../../lib/snapshot/schema.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID } from '../fixtures/account.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';

const INSTANCE = 'arn:aws:sso:::instance/ssoins-1';
const OPS = 'arn:aws:sso:::permissionSet/ssoins-1/ps-1';
const READ = 'arn:aws:sso:::permissionSet/ssoins-1/ps-2';

const role = (name: string, path: string) => ({
  ...{ Path: path, RoleName: name, RoleId: 'AROA1', Arn: `arn:aws:iam::${ACCOUNT_ID}:role${path}${name}` },
  ...{ AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }, InstanceProfileList: [] },
  ...{ RolePolicyList: [], AttachedManagedPolicies: [] },
});

const iam = (...roles: readonly object[]) => ({
  'iam.get-account-authorization-details': {
    ...{ UserDetailList: [], GroupDetailList: [], RoleDetailList: roles, Policies: [] },
  },
});

const OPS_ROLE = role('AWSReservedSSO_Ops_0123456789abcdef', '/aws-reserved/sso.amazonaws.com/eu-west-1/');

const assigned = (PrincipalType: 'GROUP' | 'USER', PrincipalId: string) => ({ PrincipalType, PrincipalId });

const center: Answers = {
  'sso-admin.list-instances': {
    Instances: [{ InstanceArn: INSTANCE, IdentityStoreId: 'd-1', OwnerAccountId: '999988887777' }],
  },
  [`sso-admin.list-permission-sets-provisioned-to-account.${ACCOUNT_ID}.${INSTANCE}`]: {
    PermissionSets: [OPS, READ],
  },
  [`sso-admin.describe-permission-set.${OPS}`]: { PermissionSet: { Name: 'Ops' } },
  [`sso-admin.describe-permission-set.${READ}`]: { PermissionSet: { Name: 'Read' } },
  [`sso-admin.list-account-assignments.${ACCOUNT_ID}.${OPS}`]: {
    AccountAssignments: [assigned('GROUP', 'g-1'), assigned('USER', 'u-3')],
  },
  [`sso-admin.list-account-assignments.${ACCOUNT_ID}.${READ}`]: {
    AccountAssignments: [assigned('GROUP', 'g-1')],
  },
  'identitystore.list-groups.d-1': {
    Groups: [
      { GroupId: 'g-1', DisplayName: 'platform' },
      { GroupId: 'g-2', DisplayName: 'others' },
    ],
  },
  'identitystore.list-users.d-1': {
    Users: ['1', '2', '3', '4'].map((n) => ({
      UserId: `u-${n}`,
      UserName: `person-${n}`,
      Emails: [{ Value: 'private@example.com' }],
    })),
  },
  'identitystore.list-group-memberships.d-1.g-1': {
    GroupMemberships: [{ MemberId: { UserId: 'u-2' } }, { MemberId: { UserId: 'u-1' } }],
  },
};

const identity = {
  'sts.get-caller-identity': { Account: ACCOUNT_ID, Arn: `arn:aws:iam::${ACCOUNT_ID}:root` },
};
const PROGRESS = { step: () => {} };

async function collect(answers: Answers, at = new Date(0)) {
  // an ARN may contain a slash
  const regions = async () => [];
  const source = { ...memorySource({ ...identity, ...iam(OPS_ROLE), ...center, ...answers }), regions };
  return { source, snapshot: await collectAccount(source, at, PROGRESS) };
}

const entryOf = ({ coverage }: Snapshot, name: string) => coverage.find(({ call }) => call === name);
const EVERYTHING = {
  instance: { arn: 'arn:aws:sso:::instance/ssoins-1', storeId: 'd-1', owner: '999988887777' },
  permissionSets: [
    { arn: OPS, name: 'Ops', groups: ['g-1'], people: ['u-3'] },
    { arn: READ, name: 'Read', groups: ['g-1'], people: [] },
  ],
  groups: [{ id: 'g-1', name: 'platform', members: ['u-1', 'u-2'] }],
  people: [
    { id: 'u-1', name: 'person-1' },
    { id: 'u-2', name: 'person-2' },
    { id: 'u-3', name: 'person-3' },
  ],
};

describe("the holders of an account's permission sets", () => {
  it('are its groups with their members, and people, by name only', async () => {
    const { snapshot, source } = await collect({});
    expect(snapshot.identityCenter).toEqual(EVERYTHING);
    expect(JSON.stringify(snapshot)).not.toContain('private@example.com');
    // a group of two permission sets is read once
    expect(source.calls.filter((call) => call.includes('memberships'))).toHaveLength(1);
    expect(parseSnapshot(JSON.parse(JSON.stringify(snapshot)))).toEqual(snapshot);
  });

  it('are not read if no role belongs to a permission set', async () => {
    const alike = role('AWSReservedSSO_Ops_0123456789abcdef', '/');
    const { snapshot, source } = await collect(iam(alike));
    expect(snapshot.identityCenter).toBeUndefined();
    expect(source.calls.filter((call) => /^(sso-admin|identitystore)\./.test(call))).toEqual([]);
    expect(snapshot.coverage.filter(({ call }) => call.startsWith('sso-admin'))).toEqual([]);
  });

  it.each([
    ['refused', gap('denied', 'not you'), 'denied', 'not you'],
    ['not to be seen', { Instances: [] }, 'not-collected', 'no instance of IAM Identity Center'],
  ] as const)('are unknown if Identity Center is %s', async (_, answer, status, why) => {
    const { snapshot } = await collect({ 'sso-admin.list-instances': answer });
    expect(snapshot.identityCenter).toBeUndefined();
    expect(entryOf(snapshot, 'sso-admin.list-instances')).toMatchObject({ status, readAt: null });
    const { detail } = entryOf(snapshot, 'sso-admin.list-instances') ?? {};
    expect(detail).toContain('who holds a permission set was not read');
    expect(detail).toContain(why);
  });

  it('come from the instance that knows the permission sets', async () => {
    const own = 'arn:aws:sso:::instance/ssoins-0';
    const { snapshot } = await collect({
      'sso-admin.list-instances': {
        Instances: [
          { InstanceArn: own, IdentityStoreId: 'd-0' },
          { InstanceArn: INSTANCE, IdentityStoreId: 'd-1', OwnerAccountId: '999988887777' },
        ],
      },
      [`sso-admin.list-permission-sets-provisioned-to-account.${ACCOUNT_ID}.${own}`]: gap('denied', 'no'),
    });
    expect(snapshot.identityCenter).toEqual(EVERYTHING);
    expect(
      snapshot.coverage.filter(({ call, status }) => /^sso-admin/.test(call) && status !== 'collected'),
    ).toEqual([]);
  });

  it('are null, and never nobody, for a permission set or group that was not read completely', async () => {
    const { snapshot } = await collect({
      [`sso-admin.list-account-assignments.${ACCOUNT_ID}.${READ}`]: gap('failed', 'Throttling'),
      'identitystore.list-group-memberships.d-1.g-1': {
        GroupMemberships: [{ MemberId: { UserId: 'u-1' } }, { MemberId: {} }],
      },
    });
    expect(snapshot.identityCenter?.permissionSets[1]).toMatchObject({ groups: null, people: null });
    expect(snapshot.identityCenter?.groups).toEqual([{ id: 'g-1', name: 'platform', members: null }]);
    expect(entryOf(snapshot, 'sso-admin.list-account-assignments')?.detail).toContain('1 of 2 read');
    expect(entryOf(snapshot, MEMBERS_CALL)?.status).toBe('unreadable');
  });

  it('are read for a limited number of permission sets', async () => {
    const sets = Array.from({ length: 502 }, (_, n) => `arn:aws:sso:::permissionSet/ssoins-1/ps-${n}`);
    const answers = Object.fromEntries(
      sets.map((arn, n) => [
        `sso-admin.describe-permission-set.${arn}`,
        { PermissionSet: { Name: `S${n}` } },
      ]),
    );
    const { snapshot } = await collect({
      ...answers,
      [`sso-admin.list-permission-sets-provisioned-to-account.${ACCOUNT_ID}.${INSTANCE}`]: {
        PermissionSets: sets,
      },
    });
    const { detail } = entryOf(snapshot, 'sso-admin.describe-permission-set') ?? {};
    expect(detail).toContain('500 of 502 read: at most 500 are asked for');
  });
});

describe('a later reading', () => {
  const later = new Date(3_600_000);
  const members = 'identitystore.list-group-memberships.d-1.g-1';

  it('takes members that it could not read from the previous one, for a while', async () => {
    const { snapshot: first } = await collect({});
    const { snapshot: second } = await collect({ [members]: gap('failed', 'Throttling') }, later);
    expect(mergeScan(first, second).identityCenter).toEqual(EVERYTHING);
    const { snapshot: muchLater } = await collect(
      { [members]: gap('failed', 'Throttling') },
      new Date(10 * 24 * 3_600_000),
    );
    expect(mergeScan(first, muchLater).identityCenter?.groups[0]?.members).toBeNull();
  });

  it('leaves out what is not requested any more', async () => {
    const { snapshot: first } = await collect({});
    const { snapshot: second } = await collect(iam(), later);
    expect(mergeScan(first, second).identityCenter).toBeUndefined();
  });

  it('after an event reads only Identity Center, and no names that are known', async () => {
    const { snapshot: before } = await collect({});
    const source = memorySource({
      ...center,
      [members]: { GroupMemberships: [{ MemberId: { UserId: 'u-2' } }] },
    });
    const reading = startReading(source, PROGRESS, { now: () => later });
    const scope = { service: 'sso-admin', region: null };
    const part = await recollect(reading, before, [scope]);
    expect(source.calls.filter((call) => /list-(groups|users)/.test(call))).toEqual([]);
    const merged = mergeSnapshots(before, part);
    expect(merged.identityCenter?.groups).toEqual([{ id: 'g-1', name: 'platform', members: ['u-2'] }]);
    expect(merged.roles).toEqual(before.roles);
  });
});
