import { describe, expect, test } from 'vitest';
import { collectIdentityCenter } from '../../lib/collect/identity-center.ts';
import { startReading } from '../../lib/collect/reading.ts';
import {
  type CentralIdentityCenter,
  readDirectory,
  withCentralIdentityCenter,
} from '../../lib/pipeline/central-identity-center.ts';
import { plan } from '../../lib/pipeline/plan.ts';
import type { Role } from '../../lib/snapshot/snapshot.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';
import { memoryStore } from './memory-store.ts';
import { tickingClock } from './ports.ts';

const [hub, one, two] = ['999988887777', '111122223333', '444455556666'];
const INSTANCE = 'arn:aws:sso:::instance/ssoins-1';
const OPS = 'arn:aws:sso:::permissionSet/ssoins-1/ps-1';
const RUN = '2026-08-23T10-15-00.000Z-3f9a1c';

const perAccount = (account: string, person: string): Answers => ({
  [`sso-admin.list-permission-sets-provisioned-to-account.${account}.${INSTANCE}`]: { PermissionSets: [OPS] },
  [`sso-admin.list-account-assignments.${account}.${OPS}`]: {
    AccountAssignments: [
      { PrincipalType: 'GROUP', PrincipalId: 'g-1' },
      { PrincipalType: 'USER', PrincipalId: person },
    ],
  },
});

/** The answers of Identity Center to its delegated administrator. */
const CENTER: Answers = {
  'sso-admin.list-instances': { Instances: [{ InstanceArn: INSTANCE, IdentityStoreId: 'd-1' }] },
  [`sso-admin.describe-permission-set.${OPS}`]: { PermissionSet: { Name: 'Ops' } },
  'identitystore.list-groups.d-1': { Groups: [{ GroupId: 'g-1', DisplayName: 'platform' }] },
  'identitystore.list-users.d-1': {
    Users: ['1', '2', '3'].map((n) => ({ UserId: `u-${n}`, UserName: `person-${n}` })),
  },
  'organizations.list-delegated-administrators': { DelegatedAdministrators: [{ Id: hub, Name: 'hub' }] },
  'identitystore.list-group-memberships.d-1.g-1': { GroupMemberships: [{ MemberId: { UserId: 'u-1' } }] },
  ...perAccount(one, 'u-2'),
  ...perAccount(two, 'u-3'),
};

const DENIED: Answers = { 'sso-admin.list-instances': gap('denied', 'AccessDeniedException: not you') };

const roles = (account: string) =>
  [
    {
      arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef`,
    },
  ] as unknown as readonly Role[];

function organization(answers: Answers = CENTER) {
  const source = memorySource(answers);
  const shared = { store: memoryStore(), run: RUN };
  const central: CentralIdentityCenter = { ask: (call) => source.read(call), readBy: hub, shared };
  return { central, calls: source.calls };
}

async function read(account: string, central: CentralIdentityCenter, own: Answers = DENIED) {
  const source = withCentralIdentityCenter(memorySource(own), central);
  const reading = startReading(source, { step: () => {} }, { now: () => new Date(0) });
  const center = await collectIdentityCenter(reading, { accountId: account, roles: roles(account) });
  return { center, coverage: reading.coverage };
}

describe('Identity Center, read by the account of the deployment', () => {
  test("returns the holders of each account's permission sets, and is asked once for what accounts share", async () => {
    const { central, calls } = organization();
    const first = await read(one, central);
    expect(first.center?.permissionSets).toEqual([
      { arn: OPS, name: 'Ops', groups: ['g-1'], people: ['u-2'] },
    ]);
    expect(first.coverage.map(({ status, readBy }) => [status, readBy])).toEqual(
      Array(8).fill(['collected', hub]),
    );
    expect(first.center?.delegated).toEqual([hub]);
    const before = calls.length;
    const second = await read(two, central);
    expect(second.center?.people.map(({ name }) => name).toSorted()).toEqual(['person-1', 'person-3']);
    expect(calls.slice(before)).toEqual([
      `sso-admin.list-permission-sets-provisioned-to-account.${two}.${INSTANCE}`,
      `sso-admin.list-account-assignments.${two}.${OPS}`,
    ]);
  });

  test('is asked each time if no run shares its answers, as after an event', async () => {
    const { central, calls } = organization();
    await read(one, { ...central, shared: null });
    await read(two, { ...central, shared: null });
    expect(calls.filter((call) => call.includes('memberships'))).toHaveLength(2);
  });

  test.each([
    ['refuses', gap('denied', 'AccessDeniedException: nor you')],
    ['shows no instance', { Instances: [] }],
  ])('is asked by the account itself if it %s', async (_, answer) => {
    const { central } = organization({ 'sso-admin.list-instances': answer });
    const { center, coverage } = await read(one, central, CENTER);
    expect(center?.groups).toEqual([{ id: 'g-1', name: 'platform', members: ['u-1'] }]);
    expect(coverage.filter(({ readBy }) => readBy !== undefined)).toEqual([]);
    const refused = await read(one, central);
    expect(refused.center).toBeNull();
    expect(refused.coverage[0]?.detail).toContain('who holds a permission set was not read');
  });

  test('is asked again if the stored answer is damaged', async () => {
    const { central, calls } = organization();
    await read(one, central);
    const key = `plans/${RUN}/identity-center/identitystore.list-users.d-1.json`;
    const { store } = central.shared!;
    const there = await store.get(key);
    await store.replace(key, '{"Users": [', there!.etag, 'application/json');
    const second = await read(two, central);
    expect(second.center?.people).toHaveLength(2);
    expect(calls.filter((call) => call.includes('list-users'))).toHaveLength(2);
  });
});

describe('plan', () => {
  const ports = (central: CentralIdentityCenter) => ({
    ownAccount: async () => hub,
    organization: { all: async () => [], under: async () => [] } as never,
    store: central.shared!.store,
    clock: tickingClock(),
    directory: (run: string) => readDirectory({ ...central, shared: { ...central.shared!, run } }),
  });

  test('reads the names of groups and people before any account needs them', async () => {
    const { central, calls } = organization();
    const planned = await plan(ports(central), { accountIds: [one, two] });
    expect(planned.directory).toBe('read for all accounts');
    expect(calls).toEqual([
      ...['sso-admin.list-instances', 'identitystore.list-groups.d-1', 'identitystore.list-users.d-1'],
    ]);
    await read(one, { ...central, shared: { ...central.shared!, run: planned.run } });
    expect(calls.filter((call) => /list-(instances|groups|users)/.test(call))).toHaveLength(3);
  });

  test('reports why they could not be read, does not fail for that, and asks nothing for a single account', async () => {
    const { central } = organization(DENIED);
    expect((await plan(ports(central), { accountIds: [one, two] })).directory).toContain('not you');
    const single = organization();
    expect((await plan(ports(single.central), { accountIds: [] })).directory).toBe('not asked for');
    expect(single.calls).toEqual([]);
  });
});
