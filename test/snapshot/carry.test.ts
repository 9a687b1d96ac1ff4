import { describe, expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { mergeScan } from '../../lib/snapshot/carry.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';

const ID = '111122223333';
const quiet = { step: () => {} };
const DAY = 86_400_000;
const ANSWERS: Answers = {
  'sts.get-caller-identity': { Account: ID, Arn: `arn:aws:iam::${ID}:user/auditor` },
  'iam.get-account-authorization-details': {
    ...{ GroupDetailList: [], RoleDetailList: [], Policies: [] },
    UserDetailList: [{ UserName: 'alice', Arn: `arn:aws:iam::${ID}:user/alice` }],
  },
  'us-east-1/ec2.describe-instances': { Reservations: [{ Instances: [{ InstanceId: 'i-1' }] }] },
  'us-east-1/ec2.describe-images': { Images: [{ ImageId: 'ami-1' }] },
  'us-east-1/ec2.describe-image-attribute.ami-1': { ImageId: 'ami-1', LaunchPermissions: [] },
  'eu-west-1/ec2.describe-instances': { Reservations: [{ Instances: [{ InstanceId: 'i-2' }] }] },
};
const without = (answers: Answers, begin: string): Answers =>
  Object.fromEntries(Object.entries(answers).filter(([name]) => !name.startsWith(begin)));
const scan = (day: number, answers: Answers = ANSWERS, more: object = {}): Promise<Snapshot> =>
  collectAccount(Object.assign(memorySource(answers), more), new Date(day * DAY), quiet);
const ids = (snapshot: Snapshot) =>
  snapshot.regions.flatMap(({ region, instances }) => [region, ...(instances ?? []).map(({ id }) => id)]);
const first = await scan(0);

describe('a scan combined with the previous one', () => {
  it('is used as it is if all of it is newer', async () => {
    const next = await scan(1);
    expect(mergeScan(first, next)).toBe(next);
  });

  it('keeps earlier answers of failed calls for three days', async () => {
    const failed = gap('failed', 'InternalError');
    const bad = {
      ...ANSWERS,
      'us-east-1/ec2.describe-instances': failed,
      'us-east-1/ec2.describe-images': failed,
    };
    const merged = mergeScan(first, await scan(1, bad));
    expect(ids(merged)).toEqual(ids(first));
    expect(merged.kept).toEqual(first.kept);
    const entry = merged.coverage.find(
      ({ call, region }) => call === 'ec2.describe-instances' && region === 'us-east-1',
    );
    expect(entry).toMatchObject({ status: 'failed', readAt: new Date(0).toISOString(), items: 1 });
    expect(ids(mergeScan(merged, await scan(3, bad)))).toEqual(ids(first));
    expect(ids(mergeScan(merged, await scan(4, bad)))).toEqual(['eu-west-1', 'i-2', 'us-east-1']);
  });

  it('has the service control policies of a reading without resource control policies', async () => {
    const guardrails = (name: string) => ({
      ...ANSWERS,
      'organizations.effective-policies': {
        Targets: [{ TargetId: ID, ServiceControlPolicies: [{ Id: name, Content: {} }] }],
      },
    });
    const scps = (snapshot: Snapshot) =>
      snapshot.organization?.levels.map((level) => level.serviceControlPolicies);
    const one = await scan(0, guardrails('p-1'));
    expect(scps(one)).toEqual([['p-1']]);
    expect(scps(mergeScan(one, await scan(1, guardrails('p-2'))))).toEqual([['p-2']]);
    expect(scps(mergeScan(first, await scan(1, guardrails('p-2'))))).toEqual([['p-2']]);
  });

  it('does not know what was not collected this time', async () => {
    const merged = mergeScan(first, await scan(1, without(ANSWERS, 'us-east-1/ec2.describe-instances')));
    expect(ids(merged)).toEqual(['eu-west-1', 'i-2', 'us-east-1']);
  });

  it('leaves out a disabled region, and keeps one if the list of regions failed', async () => {
    const one = without(ANSWERS, 'eu-west-1/');
    expect(ids(mergeScan(first, await scan(1, one)))).toEqual(['us-east-1', 'i-1']);
    const regionsGap = () => gap('denied', 'AccessDenied');
    const merged = mergeScan(first, await scan(1, one, { regionsGap }));
    expect(ids(merged)).toEqual(ids(first));
    expect(
      merged.coverage.find(({ call, region }) => call === 'ec2.describe-instances' && region === 'eu-west-1'),
    ).toMatchObject({ status: 'denied', readAt: new Date(0).toISOString() });
    expect(ids(mergeScan(merged, await scan(4, one, { regionsGap })))).toEqual([
      'eu-west-1',
      'us-east-1',
      'i-1',
    ]);
  });

  it('leaves out a region that it should not read, whether or not the others are known', async () => {
    const one = without(ANSWERS, 'eu-west-1/');
    for (const region of ['eu-west-1', null]) {
      const notAsked = () => [{ region, detail: 'not asked' }];
      const merged = mergeScan(first, await scan(1, one, { notAsked }));
      expect(ids(merged)).toEqual(['us-east-1', 'i-1']);
      const left = merged.coverage.filter(({ reason }) => reason === 'not-asked');
      expect(left).toMatchObject([{ call: 'ec2.describe-regions', region, status: 'not-collected' }]);
      expect(ids(mergeScan(merged, await scan(2)))).toEqual(ids(first));
      const all = mergeScan(merged, await scan(2));
      expect(all.coverage.filter(({ reason }) => reason === 'not-asked')).toEqual([]);
    }
  });

  it('keeps a region that was read while the scan was running', async () => {
    const { regions, coverage } = await scan(2);
    const isThere = ({ region }: { readonly region: string | null }) => region === 'eu-west-1';
    const meanwhile: Snapshot = {
      ...first,
      regions: [...first.regions.filter((one) => !isThere(one)), ...regions.filter(isThere)],
      coverage: [...first.coverage.filter((one) => !isThere(one)), ...coverage.filter(isThere)],
    };
    expect(ids(mergeScan(meanwhile, await scan(1, without(ANSWERS, 'eu-west-1/'))))).toEqual(ids(first));
  });

  it('is judged with its own settings', async () => {
    const settings = { defaultSessionDocument: 'explicit' } as const;
    const older = { ...(await scan(1)), settings };
    const scanned = await scan(0);
    expect(mergeScan(older, scanned).settings).toBeUndefined();
    expect(mergeScan(first, older).settings).toEqual(settings);
  });
});
