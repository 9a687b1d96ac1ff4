import { describe, expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { auditStateOf, listsInPart } from '../../lib/snapshot/audit-state.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { allow } from '../fixtures/account.ts';
import { GIVEN_INSTANCE } from '../fixtures/given.ts';
import { memorySource } from '../fixtures/memory-source.ts';

const ID = '111122223333';
const arn = (rest: string) => `arn:aws:iam::${ID}:${rest}`;
const identity = { UserId: 'AIDA', Account: ID, Arn: arn('user/auditor') };
const user = (name: string, more: object = {}) => ({
  Path: '/',
  UserName: name,
  UserId: `AIDA${name}`,
  Arn: arn(`user/${name}`),
  GroupList: [],
  AttachedManagedPolicies: [],
  ...more,
});
const gaad = (more: object) => ({
  UserDetailList: [],
  GroupDetailList: [],
  RoleDetailList: [],
  Policies: [],
  ...more,
});
const collect = (details: unknown): Promise<Snapshot> =>
  collectAccount(
    memorySource({ 'sts.get-caller-identity': identity, 'iam.get-account-authorization-details': details }),
    new Date('2026-08-23T10:15:00Z'),
    { step: () => {} },
  );
/** An account with these principals and one instance. */
const withInstance = (details: object): Promise<Snapshot> =>
  collectAccount(
    memorySource({
      'sts.get-caller-identity': identity,
      'iam.get-account-authorization-details': gaad(details),
      'organizations.effective-policies': { Targets: [] },
      'us-east-1/ec2.describe-instances': {
        Reservations: [{ OwnerId: ID, Instances: [{ ...GIVEN_INSTANCE, InstanceId: 'i-1' }] }],
      },
    }),
    new Date('2026-08-23T10:15:00Z'),
    { step: () => {} },
  );
const coverage = (snapshot: Snapshot) =>
  snapshot.coverage.find((entry) => entry.call === 'iam.get-account-authorization-details')!;

describe('policies of principals', () => {
  it('are the same whether AWS returned objects, JSON text or URL-encoded text', async () => {
    const document = allow('ssm:StartSession', '*', {
      StringLike: { 'aws:ResourceTag/100%': ['a+b c%20d'] },
    });
    const forms = [document, JSON.stringify(document), encodeURIComponent(JSON.stringify(document))];
    for (const form of forms) {
      const policies = [{ PolicyName: 'p', PolicyDocument: form }];
      const snapshot = await collect(gaad({ UserDetailList: [user('alice', { UserPolicyList: policies })] }));
      expect(snapshot.policies).toEqual([
        { id: arn('user/alice#p'), name: 'p', kind: 'inline', document, problems: [] },
      ]);
    }
  });

  it('keep problems that only the text of a document shows', async () => {
    const text =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}';
    const policies = [
      { PolicyName: 'twice', PolicyDocument: encodeURIComponent(text) },
      { PolicyName: 'broken', PolicyDocument: '%7B%22Version' },
    ];
    const snapshot = await collect(gaad({ UserDetailList: [user('alice', { UserPolicyList: policies })] }));
    const [broken, twice] = snapshot.policies;
    expect(broken).toMatchObject({ name: 'broken', document: null, problems: [{ path: '$' }] });
    expect(twice?.problems).toEqual([
      { path: '$.Statement[0].Effect', message: expect.stringContaining('stands twice') },
    ]);
  });

  it('of one name with different contents count as not read, and are named', async () => {
    const policy = (Document: object) => ({
      ...{ PolicyName: 'shared', Arn: arn('policy/shared') },
      PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document }],
    });
    const inline = (PolicyDocument: object) => ({ PolicyName: 'own', PolicyDocument });
    const collected = (second: object) =>
      collect(
        gaad({
          UserDetailList: [
            user('alice', {
              AttachedManagedPolicies: [{ PolicyName: 'shared', PolicyArn: arn('policy/shared') }],
              UserPolicyList: [inline(allow('ec2:*')), inline(second)],
            }),
          ],
          Policies: [policy(allow('ec2:*')), policy(second)],
        }),
      );
    const unlike = await collected(allow('ssm:*'));
    expect(unlike.policies.map(({ document }) => document)).toEqual([null, null]);
    expect(unlike.problems?.map(({ message }) => message).sort()).toEqual([
      `\`${arn('policy/shared')}\` stands here twice with different contents: neither is taken; collect it again`,
      `\`${arn('user/alice')}#own\` stands here twice with different contents: neither is taken; collect it again`,
    ]);
    const alike = await collected(allow('ec2:*'));
    expect(alike.policies.map(({ document }) => document)).toEqual([allow('ec2:*'), allow('ec2:*')]);
  });

  it('are those that somebody has, with their other versions', async () => {
    const versions = [
      {
        VersionId: 'v3',
        IsDefaultVersion: false,
        Document: encodeURIComponent(JSON.stringify(allow('ssm:*'))),
      },
      { VersionId: 'v2', IsDefaultVersion: false, Document: allow('ec2:*') },
      { VersionId: 'v1', IsDefaultVersion: true, Document: allow('ssm:*') },
    ];
    const policy = (name: string) => ({
      ...{
        PolicyName: name,
        Arn: arn(`policy/${name}`),
        DefaultVersionId: 'v1',
        PolicyVersionList: versions,
      },
    });
    const snapshot = await collect(
      gaad({
        UserDetailList: [
          user('alice', {
            AttachedManagedPolicies: [{ PolicyName: 'used', PolicyArn: arn('policy/used') }],
            PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/bound') },
          }),
        ],
        Policies: [policy('unused'), policy('used'), policy('bound')],
      }),
    );
    // v3 has the same content as v1
    expect(snapshot.policies.map(({ name, kind, document }) => [name, kind, document])).toEqual([
      ['bound', 'customer-managed', allow('ssm:*')],
      ['bound v2', 'earlier-version', allow('ec2:*')],
      ['used', 'customer-managed', allow('ssm:*')],
      ['used v2', 'earlier-version', allow('ec2:*')],
    ]);
    expect(snapshot.policies.map(({ id }) => id)).toContain(`${arn('policy/used')}:v2`);
    expect(snapshot.users[0]).toMatchObject({
      policies: [arn('policy/used')],
      boundary: arn('policy/bound'),
    });
  });

  it('are listed as missing by name if their document is missing', async () => {
    const AttachedManagedPolicies = [
      { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    ];
    const snapshot = await collect(gaad({ UserDetailList: [user('alice', { AttachedManagedPolicies })] }));
    expect(snapshot.users[0]?.policies).toEqual(['arn:aws:iam::aws:policy/AdministratorAccess']);
    expect(coverage(snapshot)).toMatchObject({ status: 'collected', items: 1 });
    const version = snapshot.coverage.find(({ call }) => call === 'iam.get-policy-version');
    expect(version).toMatchObject({ status: 'not-collected', items: 0 });
    expect(version?.detail).toContain('arn:aws:iam::aws:policy/AdministratorAccess');
  });
});

describe('roles', () => {
  it('have their trust policy, their profiles and the time of last use', async () => {
    const trust = allow('sts:AssumeRole');
    const profile = {
      InstanceProfileName: 'web',
      Arn: arn('instance-profile/web'),
      Roles: [{ Arn: arn('role/web') }],
    };
    const role = {
      ...{
        Path: '/',
        RoleName: 'web',
        RoleId: 'AROA',
        Arn: arn('role/web'),
        AssumeRolePolicyDocument: trust,
      },
      ...{ InstanceProfileList: [profile], RolePolicyList: [], AttachedManagedPolicies: [] },
      RoleLastUsed: { LastUsedDate: '2026-08-20T12:00:00+02:00', Region: 'us-east-1' },
    };
    const snapshot = await collect(gaad({ RoleDetailList: [role] }));
    const [collected] = snapshot.roles;
    expect(collected).toMatchObject({ arn: arn('role/web'), lastUsed: '2026-08-20T10:00:00.000Z' });
    expect(snapshot.policies.find((policy) => policy.id === collected?.trust)).toMatchObject({
      kind: 'trust',
      document: trust,
    });
    expect(snapshot.instanceProfiles).toEqual([
      { arn: arn('instance-profile/web'), name: 'web', roles: [arn('role/web')] },
    ]);
  });

  it('may have an inline policy with the name of the trust policy', async () => {
    const document = allow('ec2:*');
    const RolePolicyList = ['trust', 'trust-policy', 'AssumeRolePolicyDocument'].map((PolicyName) => ({
      ...{ PolicyName, PolicyDocument: document },
    }));
    const role = {
      RoleName: 'r',
      Arn: arn('role/r'),
      AssumeRolePolicyDocument: allow('sts:AssumeRole'),
      RolePolicyList,
      AttachedManagedPolicies: [],
    };
    const snapshot = await collect(gaad({ RoleDetailList: [role] }));
    expect(new Set(snapshot.policies.map((policy) => policy.id)).size).toBe(4);
  });
});

describe('what a principal holds, if it cannot be read', () => {
  const bad: readonly (readonly [member: string, value: unknown, call: string])[] = [
    ['GroupList', 'System.Object[]', 'iam list-groups-for-user'],
    ['GroupList', [7], 'iam list-groups-for-user'],
    ['AttachedManagedPolicies', {}, 'iam list-attached-user-policies'],
    ['AttachedManagedPolicies', [{ PolicyName: 'p' }], 'iam list-attached-user-policies'],
    ['UserPolicyList', 'System.Object[]', 'iam list-user-policies'],
    ['UserPolicyList', ['@{PolicyName=p}'], 'iam list-user-policies'],
    ['Tags', 'System.Object[]', 'iam list-user-tags'],
    ['Tags', [{ Value: 'no key' }], 'iam list-user-tags'],
  ];

  it.each(bad)('is unknown and named, never none: %s is %j', async (member, value, call) => {
    const snapshot = await withInstance({ UserDetailList: [user('alice', { [member]: value })] });
    const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'power' })];
    expect(cells).toMatchObject([{ verdict: 'unknown', missing: `${call} of ${arn('user/alice')}` }]);
    expect(coverage(snapshot).detail).toContain(`$.UserDetailList[0].${member}`);
  });

  it.each([{}, { PermissionsBoundaryType: 'Policy' }, arn('policy/limit')])(
    'is unknown if the boundary is %j, and what no policy allows is denied',
    async (PermissionsBoundary) => {
      const UserPolicyList = [{ PolicyName: 'p', PolicyDocument: allow('ec2:StopInstances') }];
      const snapshot = await withInstance({
        UserDetailList: [user('alice', { PermissionsBoundary, UserPolicyList })],
      });
      const cells = [...cellsOf(buildMatrix(snapshot), snapshot)];
      expect(cells).toMatchObject([
        { path: 'power', verdict: 'unknown', missing: `iam get-user of ${arn('user/alice')}` },
      ]);
      expect(coverage(snapshot).detail).toContain('it has no `PermissionsBoundaryArn`');
    },
  );

  it.each([[undefined], [null], [[]], [[{ Key: 'team', Value: 'web' }]]])(
    'is known with tags %j',
    async (Tags) => {
      const snapshot = await withInstance({ UserDetailList: [user('alice', { Tags })] });
      expect([...cellsOf(buildMatrix(snapshot), snapshot)]).toEqual([]);
      expect(coverage(snapshot)).toMatchObject({ status: 'collected', detail: '' });
    },
  );
});

describe('an answer that a filter made', () => {
  const policy = (more: object) => ({
    ...{ PolicyName: 'ops', Arn: arn('policy/ops'), DefaultVersionId: 'v1' },
    PolicyVersionList: [{ VersionId: 'v1', Document: allow('*') }],
    ...more,
  });
  const attached = [{ PolicyName: 'ops', PolicyArn: arn('policy/ops') }];

  it.each([
    ['attached', { AttachmentCount: 2 }, [user('alice', { AttachedManagedPolicies: attached })]],
    ['a boundary', { AttachmentCount: 0, PermissionsBoundaryUsageCount: 1 }, [user('alice')]],
    ['attached, with no principal at all', { AttachmentCount: 1 }, []],
  ])('is not whole if a policy has more holders: %s', async (_says, counts, UserDetailList) => {
    const snapshot = await withInstance({ UserDetailList, Policies: [policy(counts)] });
    expect(coverage(snapshot)).toMatchObject({ status: 'unreadable', readAt: null });
    expect(coverage(snapshot).detail).toMatch(
      /`arn:aws:iam::111122223333:policy\/ops` has more users, groups or roles than the answer/,
    );
    expect(listsInPart(snapshot).map(({ call }) => call)).toEqual(['iam.get-account-authorization-details']);
    expect(auditStateOf(snapshot).state).toBe(UserDetailList.length === 0 ? 'blind' : 'partial');
  });

  it('is whole if the counts agree, or if it has every kind, since counts may be a moment old', async () => {
    const alice = user('alice', { AttachedManagedPolicies: attached });
    const agrees = gaad({ UserDetailList: [alice], Policies: [policy({ AttachmentCount: 1 })] });
    expect(coverage(await collect(agrees)).status).toBe('collected');
    const group = {
      ...{ GroupName: 'g', Arn: arn('group/g') },
      AttachedManagedPolicies: [],
      GroupPolicyList: [],
    };
    const role = {
      ...{ RoleName: 'r', Arn: arn('role/r'), AssumeRolePolicyDocument: allow('sts:AssumeRole') },
      ...{ AttachedManagedPolicies: [], RolePolicyList: [], InstanceProfileList: [] },
    };
    const every = {
      ...gaad({ UserDetailList: [alice], Policies: [policy({ AttachmentCount: 2 })] }),
      ...{ GroupDetailList: [group], RoleDetailList: [role] },
    };
    expect(coverage(await collect(every)).status).toBe('collected');
  });
});

describe('bad items', () => {
  it('are left out one by one, with a problem, and the rest is used', async () => {
    const snapshot = await collect(
      gaad({
        UserDetailList: [
          { UserName: 'no-arn' },
          'not an object',
          user('alice', {
            UserPolicyList: [{ PolicyName: 'p', PolicyDocument: [1] }, { PolicyDocument: {} }],
            Tags: [7],
          }),
          user('alice'),
        ],
        RoleDetailList: [
          {
            ...{ RoleName: 'r', Arn: arn('role/r'), InstanceProfileList: [] },
            ...{ AttachedManagedPolicies: [], RolePolicyList: [] },
          },
        ],
      }),
    );
    expect(snapshot.users.map((one) => one.name)).toEqual(['alice']);
    expect(snapshot.policies).toEqual([
      expect.objectContaining({ kind: 'trust', document: null }),
      expect.objectContaining({ id: arn('user/alice#?Tags'), document: null }),
      expect.objectContaining({ id: arn('user/alice#?UserPolicyList'), document: null }),
      expect.objectContaining({ kind: 'inline', document: [1] }),
    ]);
    const file = 'iam.get-account-authorization-details';
    expect(snapshot.problems?.map((problem) => problem.path)).toEqual([
      `${file} $.RoleDetailList[0].AssumeRolePolicyDocument`,
      `${file} $.UserDetailList[0]`,
      `${file} $.UserDetailList[1]`,
      `${file} $.UserDetailList[2].Tags[0]`,
      `${file} $.UserDetailList[2].UserPolicyList[0].PolicyDocument`,
      `${file} $.UserDetailList[2].UserPolicyList[1]`,
      `${file} $.UserDetailList[3]`,
    ]);
    expect(coverage(snapshot).detail).toContain('(and 6 more)');
  });

  it('never turn a missing list into an empty one', async () => {
    const { GroupDetailList: _, ...rest } = gaad({ UserDetailList: [user('alice')] });
    const snapshot = await collect(rest);
    expect(snapshot.users).toHaveLength(1);
    expect(coverage(snapshot)).toMatchObject({
      status: 'unreadable',
      detail: '`GroupDetailList` is not in the answer',
    });
  });

  it.each([[[]], ['text'], [null], [{}], [{ Users: [] }]])(
    'make the answer %j unreadable',
    async (details) => {
      const snapshot = await collect(details);
      expect(snapshot.users).toEqual([]);
      expect(coverage(snapshot)).toMatchObject({ status: 'unreadable', items: null });
      expect(coverage(snapshot).detail).toContain('aws iam get-account-authorization-details');
    },
  );
});

describe('names that somebody else chose', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '=cmd()',
    '__proto__',
    'a\nb\r\n',
    '🦊\u202e',
    'constructor',
    '"\\',
  ];

  it('are kept unchanged', async () => {
    const users = HOSTILE.map((name) =>
      user(name, { Tags: [{ Key: name, Value: name }], Path: `/${name}/` }),
    );
    const snapshot = await collect(JSON.parse(JSON.stringify(gaad({ UserDetailList: users }))));
    const read = JSON.parse(JSON.stringify(snapshot)) as Snapshot;
    expect(new Set(read.users.map((one) => one.name))).toEqual(new Set(HOSTILE));
    for (const one of read.users) expect(one.tags).toEqual([{ key: one.name, value: one.name }]);
  });

  it('do not reach the prototype of any object', async () => {
    const details = JSON.parse(
      '{"__proto__":{"polluted":1},"UserDetailList":[{"__proto__":{"polluted":1},"UserName":"a","Arn":"arn:aws:iam::111122223333:user/a","GroupList":[],"AttachedManagedPolicies":[],"UserPolicyList":[{"PolicyName":"p","PolicyDocument":{"__proto__":{"polluted":1},"Statement":[]}}]}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}',
    );
    const snapshot = await collect(details);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(snapshot.policies[0]?.document)).toBe(
      '{"__proto__":{"polluted":1},"Statement":[]}',
    );
  });
});
