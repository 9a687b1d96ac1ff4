import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { compileRecord } from '../../lib/matrix/account/compile-record.ts';
import { buildMatrix, rowsOf } from '../../lib/matrix/build.ts';
import { PATH_ACTIONS } from '../../lib/matrix/paths/path-actions.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { IAM_CALL } from '../../lib/snapshot/parts.ts';
import { isReadable } from '../../lib/snapshot/readable.ts';
import type { CoverageEntry, Instance, PolicyRecord, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { WhatIf } from '../../lib/what-if/what-if.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';
import { expectSome } from '../some-cases.ts';
import { anyAccount } from './arbitrary-account.ts';
import { cellTexts, changeTexts, differenceTexts } from './compare-matrices.ts';

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=10000`. */
const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 150);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

function withInstance(snapshot: Snapshot, id: string, next: Instance | null): Snapshot {
  const regions = snapshot.regions.map((region) => ({
    ...region,
    instances: region.instances?.flatMap((one) => (one.id === id ? (next ?? []) : [one])) ?? null,
  }));
  return { ...snapshot, regions };
}

const anyTags = fc.array(
  fc.record({
    key: fc.constantFrom('team', 'env', 'box', 'Team', 'Name'),
    value: fc.constantFrom('red', 'blue', 'i-1', 'prod', ''),
  }),
  { maxLength: 3 },
);

/** Usually other tags; else everything of another instance, another platform or profile, or removed. */
const anyOther = fc.constantFrom('tags', 'tags', 'tags', 'twin', 'twin', 'platform', 'profile', 'gone');

function changed(
  instance: Instance,
  tags: Instance['tags'],
  other: string,
  equivalent: Instance,
): Instance | null {
  const { id, arn, region } = instance;
  if (other === 'gone') return null;
  if (other === 'twin') return { ...equivalent, id, arn, region };
  const unique = [...new Map(tags.map((tag) => [tag.key, tag])).values()];
  const platform = other === 'platform' && instance.platform === 'linux' ? 'windows' : instance.platform;
  const instanceProfile = other === 'profile' ? null : instance.instanceProfile;
  return { ...instance, tags: unique, platform, instanceProfile };
}

test('a changed instance gives the difference of two whole matrices', () => {
  let some = 0;
  fc.assert(
    fc.property(anyAccount, fc.nat(), anyTags, anyOther, (snapshot, pick, tags, other) => {
      const all = instancesOf(snapshot);
      fc.pre(all.length > 0);
      const instance = all[pick % all.length] as Instance;
      const equivalent = all[(pick + 1) % all.length] as Instance;
      const next = changed(instance, tags, other, equivalent);
      const whatIf = new WhatIf(snapshot);
      const changes = whatIf.instance(instance.id, next);
      if (!changes) return;
      const expected = differenceTexts(
        buildMatrix(snapshot),
        buildMatrix(withInstance(snapshot, instance.id, next)),
      );
      expect(changeTexts(whatIf.matrix, changes)).toEqual(expected);
      if (expected.size > 0) some++;
    }),
    { numRuns: runs },
  );
  expectSome(some);
});

/** After the other instances of its region. */
function withNew(snapshot: Snapshot, next: Instance): Snapshot {
  const regions = snapshot.regions.map((region) => ({
    ...region,
    instances: region.instances && [...region.instances, ...(region.region === next.region ? [next] : [])],
  }));
  return { ...snapshot, regions };
}

test('an added instance gives the difference of two whole matrices', () => {
  let some = 0;
  fc.assert(
    fc.property(anyAccount, fc.nat(), anyTags, fc.boolean(), (snapshot, pick, tags, isEquivalent) => {
      const all = instancesOf(snapshot);
      const [like, other] = [0, 1].map((i) => all[(pick + i) % all.length] as Instance) as [
        Instance,
        Instance,
      ];
      const next = changed(
        { ...like, id: 'i-9', arn: like.arn.replace(like.id, 'i-9') },
        tags,
        isEquivalent ? 'twin' : 'tags',
        other,
      );
      const whatIf = new WhatIf(snapshot);
      const changes = whatIf.added(next as Instance);
      if (!changes) return;
      const expected = differenceTexts(
        buildMatrix(snapshot),
        buildMatrix(withNew(snapshot, next as Instance)),
      );
      expect(changeTexts(whatIf.matrix, changes, 'i-9')).toEqual(expected);
      if (expected.size > 0) some++;
    }),
    { numRuns: runs },
  );
  expectSome(some);
});

test('an instance can be added to an empty region, and is refused if it exists or its region is unknown', () => {
  const snapshot = account({
    users: [
      {
        name: 'u1',
        policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'ssm:*', Resource: '*' } }],
      },
    ],
    instances: [{ id: 'i-1' }],
  });
  const [instance] = instancesOf(snapshot) as [Instance];
  expect(() => new WhatIf(snapshot).added(instance)).toThrow('there is an instance `i-1` in the account');
  const moved = { ...instance, id: 'i-2', region: 'mars-1' };
  expect(() => new WhatIf(snapshot).added(moved)).toThrow(
    'the instances of region `mars-1` were not collected',
  );
  const none = withInstance(snapshot, 'i-1', null);
  const whatIf = new WhatIf(none);
  const expected = differenceTexts(buildMatrix(none), buildMatrix(snapshot));
  expect(expected.size).toBeGreaterThan(0);
  expect(changeTexts(whatIf.matrix, whatIf.added(instance) ?? [], 'i-1')).toEqual(expected);
});

function withPolicy(snapshot: Snapshot, record: PolicyRecord): Snapshot {
  return { ...snapshot, policies: snapshot.policies.map((one) => (one.id === record.id ? record : one)) };
}

const PATH_ONLY = PATH_ACTIONS.filter((action) => !action.startsWith('iam:'));

const listOf = (...actions: readonly string[]): fc.Arbitrary<string[]> =>
  fc.array(fc.constantFrom(...actions), { minLength: 1, maxLength: 6 });

const anyStatement: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  Action: fc.oneof(
    { weight: 4, arbitrary: listOf(...PATH_ONLY, 'ssm:*', 'ec2-instance-connect:*') },
    { weight: 1, arbitrary: listOf('sts:AssumeRole', 'sts:TagSession', 'sts:*', 'ssm:StartSession') },
    { weight: 1, arbitrary: listOf('*', 'ec2:*', 'iam:PassRole', 'iam:AddUserToGroup', 'iam:PutUserPolicy') },
  ),
  Resource: fc.constantFrom('*', '*', 'arn:aws:ec2:*:*:instance/i-1', 'arn:aws:ssm:*:*:document/AWS-*'),
  Condition: fc.constantFrom(
    {},
    {},
    { StringEquals: { 'aws:ResourceTag/team': 'red' } },
    { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
    { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  ),
});

/** The same document with statements removed, reversed, or made about everything. */
const anyEdit = fc.array(fc.constantFrom('keep', 'keep', 'drop', 'turn', 'widen'), {
  minLength: 4,
  maxLength: 4,
});

/** With a policy of each principal. If one was not read, the answer is left to whole matrices. */
function whole(snapshot: Snapshot): Snapshot {
  const policies = snapshot.policies.map((one) =>
    isReadable(one) ? one : { ...one, document: documentOf([]) },
  );
  const known = new Set(policies.map(({ id }) => id));
  const limited = <T extends { readonly policies: readonly string[]; readonly boundary: string | null }>(
    one: T,
  ): T => ({
    ...one,
    policies: one.policies.filter((id) => known.has(id)),
    boundary: one.boundary !== null && known.has(one.boundary) ? one.boundary : null,
  });
  const groups = snapshot.groups.map((one) => ({
    ...one,
    policies: one.policies.filter((id) => known.has(id)),
  }));
  return {
    ...snapshot,
    policies,
    groups,
    users: snapshot.users.map(limited),
    roles: snapshot.roles.map(limited),
  };
}

/** Without statements about IAM: what principals make of themselves and others often needs a new matrix. */
const calm = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  policies: snapshot.policies.map((record) => {
    if (record.kind !== 'inline' && record.kind !== 'customer-managed') return record;
    const { Statement } = record.document as { readonly Statement: readonly object[] | object };
    const left = [Statement]
      .flat()
      .filter(
        (one) => !/"(\*|iam:|sso|identitystore)|Not(Action)/.test(JSON.stringify({ ...one, Resource: '' })),
      );
    return { ...record, document: documentOf(left) };
  }),
});

const documentOf = (Statement: readonly unknown[]): unknown => ({ Version: '2012-10-17', Statement });

test('a changed policy gives the difference of two whole matrices, or is left to them', () => {
  const seen = { changed: 0, left: 0 };
  fc.assert(
    fc.property(
      fc.oneof(anyAccount.map(whole), anyAccount.map(whole).map(calm)),
      fc.array(anyStatement, { minLength: 1, maxLength: 4 }),
      anyEdit,
      fc.nat(),
      (drawn, statements, edit, pick) => {
        const own = drawn.policies.filter(({ kind }) => kind === 'inline' || kind === 'customer-managed');
        fc.pre(own.length > 0);
        const record = { ...(own[pick % own.length] as PolicyRecord), document: documentOf(statements) };
        const snapshot = withPolicy(drawn, record);
        const edited = statements.flatMap((statement, i) => {
          if (edit[i] === 'drop') return [];
          if (edit[i] === 'turn')
            return [{ ...statement, Effect: statement.Effect === 'Allow' ? 'Deny' : 'Allow' }];
          return [edit[i] === 'widen' ? { ...statement, Resource: '*', Condition: {} } : statement];
        });
        const next = { ...record, document: documentOf(edited) };
        const whatIf = new WhatIf(snapshot);
        const changes = whatIf.policy(next);
        if (changes === null) seen.left++;
        if (changes === null) return;
        const expected = differenceTexts(buildMatrix(snapshot), buildMatrix(withPolicy(snapshot, next)));
        expect(changeTexts(whatIf.matrix, changes)).toEqual(expected);
        if (expected.size > 0) seen.changed++;
      },
    ),
    { numRuns: runs },
  );
  expectSome(seen.changed);
});

test('a policy that allows assuming roles, or no longer does, changes what these lead to', () => {
  const trusting = (AWS: string): object => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  });
  const root = `arn:aws:iam::${ACCOUNT_ID}:root`;
  const given = account({
    users: [
      { name: 'alice', policies: [{ name: 'p', document: allow('s3:GetObject') }] },
      { name: 'bob', policies: [allow('sts:AssumeRole')] },
    ],
    roles: [
      { name: 'near', policies: [{ name: 'q', document: allow('s3:GetObject') }], trust: trusting(root) },
      { name: 'far', policies: [allow('ssm:*')], trust: trusting(root) },
    ],
    instances: [{ id: 'i-1' }],
  });
  const taking =
    (id: string) =>
    (one: PolicyRecord): PolicyRecord =>
      one.id.endsWith(id) ? { ...one, document: allow('sts:AssumeRole') } : one;
  for (const id of ['alice#p', 'near#q']) {
    const taken = { ...given, policies: given.policies.map(taking(id)) };
    for (const [from, to] of [[given, taken] as const, [taken, given] as const]) {
      const next = to.policies.find((one) => one.id.endsWith(id)) as PolicyRecord;
      const whatIf = new WhatIf(from);
      const expected = differenceTexts(whatIf.matrix, buildMatrix(to));
      expect(expected.size).toBeGreaterThan(0);
      expect(changeTexts(whatIf.matrix, whatIf.policy(next) ?? [])).toEqual(expected);
    }
  }
});

test.each([
  {
    title: 'a session of an instance behind a shorter chain to the same role by `sts:AssumeRole`',
    user: [allow('sts:AssumeRole')],
    far: [allow('ec2-instance-connect:SendSSHPublicKey')],
    near: [],
    change: { id: 'i-2', after: [{ key: 'team', value: 'closed' }] },
  },
  {
    title: 'a shorter chain through an instance to a role that can be assumed after another',
    user: [onTagged('red'), takes('near')],
    far: [],
    near: [takes('far')],
    change: { id: 'i-1', after: [] },
  },
  {
    title: 'a chain through an instance to a role that can be assumed at once',
    user: [takes('far'), takes('near')],
    far: [],
    near: [onTagged('none'), onTagged('blue')],
    change: { id: 'i-1', after: [{ key: 'team', value: 'blue' }] },
  },
  {
    title: 'a longer chain through an instance to a role that can be assumed at once, no longer',
    user: [takes('far'), takes('near')],
    far: [],
    near: [onTagged('none'), onTagged('red')],
    change: { id: 'i-1', after: [] },
  },
])('a role whose permissions depend on its session has two chains: $title', ({ user, far, near, change }) => {
  const Condition = { ArnLike: { 'ec2:SourceInstanceARN': 'arn:aws:ec2:*:*:instance/i-1' } };
  const asking = { Effect: 'Allow', Action: 'ssm:*', Resource: '*', Condition };
  const isClosed = { StringEquals: { 'aws:ResourceTag/team': 'closed' } };
  const closed = { Effect: 'Deny', Action: 'ssm:*', Resource: '*', Condition: isClosed };
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const snapshot = account({
    users: [{ name: 'u', policies: user }],
    roles: [
      { name: 'far', policies: [documentOf([asking, closed]) as object, ...far], trust },
      { name: 'near', policies: near, trust },
    ],
    instances: [
      { id: 'i-1', role: 'far', tags: { team: 'red' } },
      { id: 'i-2', tags: { team: 'none' } },
    ],
  });
  const instance = instancesOf(snapshot).find(({ id }) => id === change.id) as Instance;
  const next = { ...instance, tags: change.after };
  const whatIf = new WhatIf(snapshot);
  const expected = differenceTexts(
    buildMatrix(snapshot),
    buildMatrix(withInstance(snapshot, change.id, next)),
  );
  const isOfOther = (name: string): boolean => name.startsWith(`arn:aws:iam::${ACCOUNT_ID}:user/u i-2 `);
  expect([...expected.keys()].some(isOfOther)).toBe(true);
  expect(changeTexts(whatIf.matrix, whatIf.instance(change.id, next) ?? [])).toEqual(expected);
});

/** The right to assume a role. */
function takes(role: string): object {
  const Resource = `arn:aws:iam::${ACCOUNT_ID}:role/${role}`;
  return documentOf([{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource }]) as object;
}

/** A shell on instances with a tag. */
function onTagged(team: string): object {
  const Condition = { StringEquals: { 'aws:ResourceTag/team': team } };
  const Action = 'ec2-instance-connect:SendSSHPublicKey';
  return documentOf([{ Effect: 'Allow', Action, Resource: '*', Condition }]) as object;
}

test('an unknown shell gives no role of an instance, as in the matrix', () => {
  const collected = account({
    users: [{ name: 'u', policies: [allow('codedeploy:CreateDeployment')] }],
    roles: [{ name: 'r', policies: [allow('ssm:*')] }],
    instances: [{ id: 'i-1', role: 'r' }, { id: 'i-2' }],
  });
  const regions = collected.regions.map((region) => ({ ...region, deploymentGroups: null }));
  const carrying = { ...collected, regions };
  const [instance] = instancesOf(carrying) as [Instance];
  const bare = { ...instance, instanceProfile: null };
  const whatIf = new WhatIf(withInstance(carrying, 'i-1', bare));
  expect(whatIf.matrix.groups.map(({ path }) => path)).toContain('codedeploy');
  expect(changeTexts(whatIf.matrix, whatIf.instance('i-1', instance) ?? [])).toEqual(
    differenceTexts(whatIf.matrix, buildMatrix(carrying)),
  );
});

test('an unknown instance or policy is refused by name', () => {
  const whatIf = new WhatIf(account({}));
  expect(() => whatIf.instance('i-9', null)).toThrow('there is no instance `i-9` in the account');
  const record = { id: 'p', name: 'p', kind: 'inline', document: '', problems: [] } as const;
  expect(() => whatIf.policy(record)).toThrow('there is no policy `p` in the account');
});

test('a change of the origin of sessions is left to whole matrices, if a policy reads it', () => {
  const Condition = { StringEquals: { 'aws:Ec2InstanceSourceVpc': 'vpc-1' } };
  const policies = [
    { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'ssm:*', Resource: '*', Condition } },
  ];
  const instances = [{ id: 'i-1', role: 'r1' }];
  const asking = account({ roles: [{ name: 'r1', policies }], instances });
  const [instance] = instancesOf(asking) as [Instance];
  const whatIf = new WhatIf(asking);
  expect(whatIf.instance('i-1', null)).toBeNull();
  expect(whatIf.instance('i-1', { ...instance, instanceProfile: null })).toBeNull();
  expect(whatIf.instance('i-1', { ...instance, vpcId: 'vpc-2' })).toBeNull();
  expect(whatIf.added({ ...instance, id: 'i-2' })).toBeNull();
  expect(whatIf.instance('i-1', { ...instance, tags: [{ key: 'team', value: 'red' }] })).toEqual([]);
  const silent = account({ roles: [{ name: 'r1' }], instances });
  const [record] = asking.policies.filter(({ kind }) => kind === 'inline') as [PolicyRecord];
  expect(new WhatIf(silent).instance('i-1', null)).toEqual([]);
  expect(new WhatIf(asking).policy(record)).toBeNull();
});

test('an instance with a role that was not read is left to whole matrices, others are not', () => {
  const given = account({
    roles: [{ name: 'r' }],
    instances: [{ id: 'i-1', role: 'r' }, { id: 'i-2' }],
  });
  const isCut = { call: IAM_CALL, region: null, status: 'failed', detail: 'cut off', items: 1, readAt: null };
  const coverage = [...given.coverage.filter(({ call }) => call !== IAM_CALL), isCut as CoverageEntry];
  const [one, other] = instancesOf(given) as [Instance, Instance];
  const instanceProfile = `arn:aws:iam::${ACCOUNT_ID}:instance-profile/unread`;
  const unread = { ...one, instanceProfile };
  const tags = [{ key: 'team', value: 'red' }];
  const cut = new WhatIf({ ...given, coverage });
  expect(cut.instance('i-1', unread)).toBeNull();
  expect(cut.added({ ...unread, id: 'i-9' })).toBeNull();
  expect(cut.instance('i-1', { ...one, tags })).not.toBeNull();
  const carrying = new WhatIf({ ...withInstance(given, 'i-1', unread), coverage });
  expect(carrying.instance('i-1', one)).toBeNull();
  expect(carrying.instance('i-1', null)).toBeNull();
  expect(carrying.instance('i-1', { ...unread, tags })).toBeNull();
  expect(carrying.instance('i-2', { ...other, tags })).not.toBeNull();
  expect(new WhatIf(given).instance('i-1', unread)).not.toBeNull();
});

test('a planned change needs no new matrix if its distinctions were there from the start', () => {
  const deny = (tag: string) => ({
    ...{ Effect: 'Deny', Action: 'ssm:StartSession', Resource: 'arn:aws:ec2:*:*:instance/*' },
    Condition: { StringEquals: { 'aws:ResourceTag/env': tag } },
  });
  const allowed = {
    Effect: 'Allow',
    Action: ['ssm:StartSession', 'ssmmessages:OpenDataChannel'],
    Resource: '*',
  };
  const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
  const snapshot = account({
    users: [
      { name: 'alice', policies: [{ name: 'own', document: document(allowed) }] },
      { name: 'bob', policies: [{ name: 'own', document: document(allowed, deny('none')) }] },
    ],
    instances: [
      { id: 'i-1', tags: { env: 'dev' } },
      { id: 'i-2', tags: { env: 'prod' } },
    ],
  });
  const record = (name: string, ...statements: readonly object[]): PolicyRecord => ({
    ...{ id: `arn:aws:iam::${ACCOUNT_ID}:user/${name}#own`, name: 'own', kind: 'inline', problems: [] },
    document: document(...statements),
  });
  const next = record('alice', allowed, deny('prod'));
  expect(new WhatIf(snapshot).policy(next)).toBeNull();
  const planned = rowsOf(snapshot, [compileRecord(record('nobody', deny('prod')))]);
  const whatIf = new WhatIf(snapshot, planned);
  expect(cellTexts(whatIf.matrix)).toEqual(cellTexts(buildMatrix(snapshot)));
  const after = {
    ...snapshot,
    policies: snapshot.policies.map((one) => (one.id === next.id ? next : one)),
  };
  const expected = differenceTexts(buildMatrix(snapshot), buildMatrix(after));
  expect(expected.size).toBeGreaterThan(0);
  expect(changeTexts(whatIf.matrix, whatIf.policy(next) ?? [])).toEqual(expected);
  // and results of one account are not computed again for the other
  expect(cellTexts(whatIf.after(after).matrix)).toEqual(cellTexts(buildMatrix(after)));
});
