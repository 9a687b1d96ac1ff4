import { expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { sortEvents } from '../../lib/pipeline/sort-events.ts';
import { listsInPart } from '../../lib/snapshot/audit-state.ts';
import { GIVEN_INSTANCE } from '../fixtures/given.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { memorySource } from '../fixtures/memory-source.ts';
import { memoryStore } from '../pipeline/memory-store.ts';

const OTHER = '777788889999';

const files = Object.fromEntries(
  Object.entries(
    inputFiles({ users: [{ name: 'uma' }, { name: 'vic' }], instances: [{ id: 'i-1' }, { id: 'i-2' }] }),
  ).map(([file, data]) => [file.replace(/\.json$/, ''), data as object]),
);

/** The nth of these items, moved to another account. */
const moved = (name: string, pattern: RegExp, to: string) => ({
  ...files,
  [name]: JSON.parse(JSON.stringify(files[name]).replace(pattern, to)),
});

it('instances of another account are named and left out', async () => {
  const [first, second] = ['i-1', 'i-2'].map((id) => ({ ...GIVEN_INSTANCE, InstanceId: id }));
  const Reservations = [
    { OwnerId: '111122223333', Instances: [first] },
    { OwnerId: OTHER, Instances: [second] },
  ];
  const answers = { ...files, 'us-east-1/ec2.describe-instances': { Reservations } };
  const snapshot = await collectAccount(memorySource(answers), new Date(0), { step: () => {} });
  expect(snapshot.regions[0]?.instances?.map(({ id }) => id)).toEqual(['i-1']);
  expect(snapshot.problems?.map(({ message }) => message)).toEqual([
    `left out: \`i-2\` is of account ${OTHER}, and this is 111122223333`,
  ]);
});

it.each(['System.Object[]', ['System.Collections.Hashtable'], [{ Value: 'no key' }]])(
  'an instance whose tags cannot be read is named and left out, never read as one without tags: %j',
  async (Tags) => {
    const [first, second] = ['i-1', 'i-2'].map((id) => ({ ...GIVEN_INSTANCE, InstanceId: id }));
    const Reservations = [{ OwnerId: '111122223333', Instances: [first, { ...second, Tags }] }];
    const answers = { ...files, 'us-east-1/ec2.describe-instances': { Reservations } };
    const snapshot = await collectAccount(memorySource(answers), new Date(0), { step: () => {} });
    expect(snapshot.regions[0]?.instances?.map(({ id }) => id)).toEqual(['i-1']);
    expect(snapshot.problems?.map(({ message }) => message)).toEqual([
      'left out: the tags of `i-2` cannot be read',
    ]);
    expect(listsInPart(snapshot).map(({ call }) => call)).toEqual(['ec2.describe-instances']);
  },
);

it('principals of another account are named and left out, even if they come first', async () => {
  const iam = 'iam.get-account-authorization-details';
  const answers = moved(iam, /111122223333:user\/uma/, `${OTHER}:user/uma`);
  const snapshot = await collectAccount(memorySource(answers), new Date(0), { step: () => {} });
  expect(snapshot.accountId).toBe('111122223333');
  expect(snapshot.users.map(({ name }) => name)).toEqual(['vic']);
  expect(snapshot.problems?.map(({ message }) => message)).toContain(
    `left out: \`arn:aws:iam::${OTHER}:user/uma\` is of account ${OTHER}, and this is 111122223333`,
  );
});

it('an event of a region that is not read, or that AWS does not have, gets that as its answer', async () => {
  const eventOf = (region: string) => ({
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    region,
    detail: {
      eventID: 'e-1',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'CreateTags',
      eventTime: '2026-03-01T10:00:00Z',
      awsRegion: region,
      recipientAccountId: '111122223333',
    },
  });
  const sorted = (regions: readonly string[] | null, region = 'eu-north-1') =>
    sortEvents(memoryStore(), '', { accountId: '111122223333', regions: regions && new Set(regions) }, [
      eventOf(region),
    ]);
  expect((await sorted(['us-east-1'])).settled).toMatchObject([
    { outcome: 'ignored', reason: expect.stringContaining('region `eu-north-1` is not read') },
  ]);
  expect((await sorted(['us-east-1'], 'us-east-7')).settled).toMatchObject([
    {
      outcome: 'ignored',
      reason: expect.stringMatching(
        /^`us-east-7` is no region of AWS that is known here \(did you mean `us-east-[12]`\?\): it is not read/,
      ),
    },
  ]);
  expect((await sorted(['eu-north-1'])).open).toHaveLength(1);
  expect((await sorted(null)).open).toHaveLength(1);
});
