import { expect, it } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import type { AccountSource, SourceAnswer } from '../../lib/ports/account-source.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { GIVEN_INSTANCE } from '../fixtures/given.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';

const ID = '111122223333';
const collect = (source: AccountSource): Promise<Snapshot> =>
  collectAccount(source, new Date(0), { step: () => {} });

/** The same answers, split into pages with this many items of each list, as AWS does. */
function paged(source: AccountSource, size: number, then?: SourceAnswer): AccountSource {
  return {
    ...source,
    regions: () => source.regions(),
    read: async (call, eachPage) => {
      const answer = await source.read(call);
      // the source puts guardrails together, never on pages
      const hasPages = eachPage && call.lists?.length && call.service !== 'organizations';
      if (answer.status !== 'collected' || !hasPages) return answer;
      const data = answer.data as Record<string, unknown>;
      const lists = (call.lists ?? []).filter((key) => Array.isArray(data[key]));
      if (lists.length === 0) return answer;
      const of = (key: string) => data[key] as readonly unknown[];
      const pages = Math.max(1, ...lists.map((key) => Math.ceil(of(key).length / size)));
      for (let page = 0; page < pages; page += 1) {
        const part = lists.map((key) => [key, of(key).slice(page * size, (page + 1) * size)]);
        eachPage({ ...data, ...Object.fromEntries(part) });
      }
      const none = Object.fromEntries(lists.map((key) => [key, []]));
      return then ?? { status: 'collected', data: none, duplicateKeys: [] };
    },
  };
}

it.each([1, 3, 50])('pages of %i give the same snapshot as whole answers', async (size) => {
  for (const example of ['acme', 'ways-in']) {
    const folder = () => folderSource(new URL(`../../examples/${example}`, import.meta.url).pathname);
    expect(await collect(paged(folder(), size))).toEqual(await collect(folder()));
  }
});

const role = (name: string, more: object = {}) => ({
  ...{ RoleName: name, Arn: `arn:aws:iam::${ID}:role/${name}`, AssumeRolePolicyDocument: {} },
  InstanceProfileList: [{ InstanceProfileName: 'both', Arn: `arn:aws:iam::${ID}:instance-profile/both` }],
  ...more,
});
const policy = (name: string, version: string) => ({
  ...{ PolicyName: name, Arn: `arn:aws:iam::${ID}:policy/${name}`, DefaultVersionId: 'v1' },
  PolicyVersionList: [{ VersionId: version, Document: { Statement: [] } }],
});
const ODD: Answers = {
  'sts.get-caller-identity': { Account: ID, Arn: `arn:aws:iam::${ID}:role/audit` },
  'iam.get-account-authorization-details': {
    ...{ UserDetailList: [], GroupDetailList: [] },
    RoleDetailList: [
      role('one', { AttachedManagedPolicies: [{ PolicyArn: policy('last', 'v1').Arn }] }),
      role('two', { AttachedManagedPolicies: [{ PolicyArn: policy('bad', 'v1').Arn }] }),
      role('one'),
      'not a role',
    ],
    Policies: [
      policy('unused', 'v7'),
      policy('bad', 'v7'),
      policy('bad', 'v1'),
      policy('last', 'v1'),
      policy('last', 'v1'),
    ],
  },
  'us-east-1/ec2.describe-instances': {
    Reservations: [
      { Instances: [{ ...GIVEN_INSTANCE, InstanceId: 'i-1' }, {}] },
      { Instances: [{ ...GIVEN_INSTANCE, InstanceId: 'i-2' }] },
      { Instances: [{ ...GIVEN_INSTANCE, InstanceId: 'i-1' }] },
      5,
    ],
  },
  'us-east-1/ec2.describe-managed-prefix-lists': {
    PrefixLists: ['pl-1', 'pl-2', 'pl-3'].map((PrefixListId) => ({ PrefixListId, OwnerId: ID })),
  },
  'us-east-1/ec2.get-managed-prefix-list-entries.pl-3': { Entries: [{ Cidr: '10.0.0.0/8' }] },
};

it('problems of duplicates, omitted items and other pages have their place in the whole answer', async () => {
  const whole = await collect(memorySource(ODD));
  expect(whole.problems?.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'iam.get-account-authorization-details $.RoleDetailList[3]',
      'us-east-1/ec2.describe-instances $.Reservations[0].Instances[1]',
      'us-east-1/ec2.describe-instances $.Reservations[2].Instances[0]',
    ]),
  );
  expect(whole.instanceProfiles).toMatchObject([{ roles: [expect.any(String), expect.any(String)] }]);
  for (const size of [1, 2, 3]) expect(await collect(paged(memorySource(ODD), size))).toEqual(whole);
});

it('an answer that fails after some pages is not used at all', async () => {
  const failed = gap('failed', 'InternalError: no');
  const snapshot = await collect(
    paged(memorySource({ ...ODD, 'sts.get-caller-identity': ODD['sts.get-caller-identity'] }), 1, failed),
  );
  expect(snapshot.regions[0]?.instances).toBeNull();
  expect(snapshot.problems).toBeUndefined();
  expect(snapshot.coverage.find(({ call }) => call === 'ec2.describe-instances')).toMatchObject({
    ...{ status: 'failed', items: null, detail: 'InternalError: no' },
  });
});
