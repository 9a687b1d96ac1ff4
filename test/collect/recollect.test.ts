import { describe, expect, it } from 'vitest';
import type { Scope } from '../../lib/cloudtrail/scope.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { startReading } from '../../lib/collect/reading.ts';
import { recollect } from '../../lib/collect/recollect.ts';
import { mergeScan } from '../../lib/snapshot/carry.ts';
import { mergeSnapshots } from '../../lib/snapshot/merge.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { GIVEN_INSTANCE } from '../fixtures/given.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';

const ID = '111122223333';
const quiet = { step: () => {} };
const user = (name: string) => ({
  ...{ UserName: name, Arn: `arn:aws:iam::${ID}:user/${name}` },
  ...{ GroupList: [], AttachedManagedPolicies: [] },
});
const instance = (InstanceId: string) => ({ InstanceId, ...GIVEN_INSTANCE });
const gaad = (...names: string[]) => ({
  ...{ GroupDetailList: [], RoleDetailList: [], Policies: [] },
  UserDetailList: names.map(user),
});
const reservation = (...ids: string[]) => ({
  Reservations: [{ Instances: ids.map(instance) }],
});
const scp = (Id: string) => ({
  Targets: [{ TargetId: 'r-1', ServiceControlPolicies: [{ Id, Content: {} }], ResourceControlPolicies: [] }],
});
const BEFORE: Answers = {
  'sts.get-caller-identity': { Account: ID, Arn: `arn:aws:iam::${ID}:user/auditor` },
  'iam.get-account-authorization-details': gaad('alice'),
  'organizations.effective-policies': scp('p-1'),
  'us-east-1/ec2.describe-instances': reservation('i-1', ''),
  'us-east-1/ec2.describe-images': { Images: [] },
  'us-east-1/ssm.describe-instance-information': {
    InstanceInformationList: [{ InstanceId: 'i-1', PingStatus: 'Online' }],
  },
  'eu-west-1/ec2.describe-instances': reservation('i-9'),
};
const before = await collectAccount(memorySource(BEFORE), new Date(0), quiet);
const again = async (changes: Answers, ...scopes: Scope[]) => {
  const source = memorySource({ ...BEFORE, ...changes });
  const part = await recollect(startReading(source, quiet, { now: () => new Date(1000) }), before, scopes);
  return { part, snapshot: mergeSnapshots(before, part), calls: source.calls };
};
const ids = (snapshot: Snapshot, name: string) =>
  snapshot.regions.find((region) => region.region === name)?.instances?.map((one) => one.id);
const undated = ({ coverage, ...rest }: Snapshot) =>
  JSON.stringify({ ...rest, coverage: coverage.map(({ askedAt: _, readAt: __, ...entry }) => entry) });
const EC2 = { service: 'ec2', region: 'us-east-1' };

describe('reading again', () => {
  it('makes calls only of the named service and region', async () => {
    const { calls, snapshot } = await again({ 'us-east-1/ec2.describe-instances': reservation('i-2') }, EC2);
    expect(new Set(calls.map((call) => call.split('.')[0]))).toEqual(new Set(['us-east-1/ec2']));
    expect(ids(snapshot, 'us-east-1')).toEqual(['i-2']);
    expect(ids(snapshot, 'eu-west-1')).toEqual(['i-9']);
    expect(snapshot.regions[1]?.managedInstances).toHaveLength(1);
    expect(snapshot.takenAt).toBe('1970-01-01T00:00:01.000Z');
  });

  it('leaves an instance in the region where it was judged', async () => {
    const changes = { 'us-east-1/ec2.describe-instances': reservation('i-1', 'i-9') };
    const { snapshot } = await again(changes, EC2);
    expect([ids(snapshot, 'eu-west-1'), ids(snapshot, 'us-east-1')]).toEqual([['i-9'], ['i-1']]);
    expect(snapshot.problems).toEqual([
      {
        path: 'us-east-1/ec2.describe-instances $',
        message: 'left out: `i-9` is also in eu-west-1, and is judged there',
      },
    ]);
    expect(mergeSnapshots(snapshot, snapshot)).toEqual(snapshot);
  });

  it('gives the same result as a whole reading', async () => {
    const changes = {
      'us-east-1/ec2.describe-instances': reservation('i-2'),
      'us-east-1/ec2.describe-images': { Images: [{ ImageId: 'ami-1' }] },
      'iam.get-account-authorization-details': gaad('bob', ''),
      'organizations.effective-policies': scp('p-2'),
    };
    const { snapshot } = await again(
      changes,
      { ...EC2, named: ['ami-1'] },
      { service: 'iam', region: null },
      { service: 'organizations', region: null },
    );
    const whole = await collectAccount(memorySource({ ...BEFORE, ...changes }), new Date(1000), quiet);
    expect(undated(snapshot)).toBe(undated(whole));
  });

  it('makes only the named calls, and keeps the other data', async () => {
    const changes = { 'us-east-1/ec2.describe-instances': reservation('i-2') };
    const { calls, snapshot } = await again(changes, { ...EC2, calls: ['describe-instances'] });
    expect(calls).toEqual(['us-east-1/ec2.describe-instances']);
    expect(ids(snapshot, 'us-east-1')).toEqual(['i-2']);
    expect(snapshot.kept).toEqual(before.kept);
  });

  describe('instances that an event tags', () => {
    const NAMED = { ...EC2, calls: ['describe-instances'], instances: ['i-1'] };
    const tagged = (team: string) => ({
      'us-east-1/ec2.describe-instances.i-1': {
        Reservations: [{ Instances: [{ InstanceId: 'i-1', Tags: [{ Key: 'team', Value: team }] }] }],
      },
    });
    const teams = (snapshot: Snapshot) =>
      snapshot.regions[1]?.instances?.map(({ id, tags }) => [id, tags[0]?.value ?? null]);

    it('are read alone, by one call, and the list keeps its age', async () => {
      const { calls, snapshot } = await again(tagged('red'), NAMED);
      expect(calls).toEqual(['us-east-1/ec2.describe-instances.i-1']);
      expect(teams(snapshot)).toEqual([['i-1', 'red']]);
      expect(snapshot.regions[1]?.instances?.[0]?.readAt).toBe(new Date(1000).toISOString());
      const entry = (one: Snapshot) =>
        one.coverage.find(({ call, region }) => call === 'ec2.describe-instances' && region === 'us-east-1');
      expect(entry(snapshot)).toEqual(entry(before));
      expect(mergeSnapshots(snapshot, before)).toEqual(snapshot);
    });

    it('stay as they are beside an older list, and not beside a newer one', async () => {
      const { snapshot } = await again(tagged('red'), NAMED);
      const scan = (at: number) => collectAccount(memorySource(BEFORE), new Date(at), quiet);
      expect(teams(mergeScan(snapshot, await scan(500)))).toEqual([['i-1', 'red']]);
      expect(teams(mergeScan(snapshot, await scan(1500)))).toEqual([['i-1', null]]);
      const [one, other] = [await scan(500), snapshot];
      expect(teams(mergeSnapshots(one, other))).toEqual(teams(mergeSnapshots(other, one)));
    });

    it('are read with the list if they cannot be read individually', async () => {
      const list = { 'us-east-1/ec2.describe-instances': reservation('i-2') };
      const gone = { 'us-east-1/ec2.describe-instances.i-1': gap('failed', 'InvalidInstanceID.NotFound') };
      const other = { 'us-east-1/ec2.describe-instances.i-1': reservation('i-3') };
      for (const answer of [gone, other]) {
        const { calls, snapshot } = await again({ ...list, ...answer }, NAMED);
        expect(calls).toEqual(['us-east-1/ec2.describe-instances.i-1', 'us-east-1/ec2.describe-instances']);
        expect(teams(snapshot)).toEqual([['i-2', null]]);
      }
      const many = Array.from({ length: 101 }, (_, at) => `i-${at}`);
      const { calls } = await again(list, { ...NAMED, instances: many });
      expect(calls).toEqual(['us-east-1/ec2.describe-instances']);
    });
  });

  it('reads answers that are stored unchanged if an event is about them', async () => {
    const templates = { LaunchTemplates: [{ LaunchTemplateId: 'lt-1' }] };
    const changes = { 'us-east-1/ec2.describe-launch-templates': templates };
    const { calls, snapshot } = await again(changes, { ...EC2, calls: ['describe-launch-templates'] });
    expect(calls).toEqual(['us-east-1/ec2.describe-launch-templates']);
    expect(snapshot.kept?.map(({ data }) => data)).toContainEqual(templates);
  });

  it('reads no image and no snapshot that no event names', async () => {
    const { calls } = await again(
      { 'us-east-1/ec2.describe-images': { Images: [{ ImageId: 'ami-1' }] } },
      EC2,
      { service: 'iam', region: null },
    );
    expect(calls.filter((call) => /attribute|credential|mfa/.test(call))).toEqual([]);
  });

  it('reads the images that an event names, and new ones', async () => {
    const image = (id: string, by: string) => ({
      [`us-east-1/ec2.describe-image-attribute.${id}`]: {
        ImageId: id,
        LaunchPermissions: [{ UserId: by }],
      },
    });
    const ids = (...names: string[]) => ({
      'us-east-1/ec2.describe-images': { Images: names.map((ImageId) => ({ ImageId })) },
    });
    const first = await collectAccount(
      memorySource({
        ...{ ...BEFORE, ...ids('ami-1', 'ami-2') },
        ...{ ...image('ami-1', 'old'), ...image('ami-2', 'old') },
      }),
      new Date(0),
      quiet,
    );
    const source = memorySource({
      ...{ ...BEFORE, ...ids('ami-1', 'ami-2', 'ami-3') },
      ...{ ...image('ami-1', 'new'), ...image('ami-2', 'new'), ...image('ami-3', 'new') },
    });
    const scopes = [{ ...EC2, named: ['ami-2'] }];
    const clock = { now: () => new Date(1000) };
    const snapshot = mergeSnapshots(
      first,
      await recollect(startReading(source, quiet, clock), first, scopes),
    );
    expect(source.calls.filter((call) => call.includes('attribute'))).toEqual([
      'us-east-1/ec2.describe-image-attribute.ami-2',
      'us-east-1/ec2.describe-image-attribute.ami-3',
    ]);
    const permissions = (snapshot.kept ?? []).flatMap(({ argument, data }) =>
      argument === null
        ? []
        : [[argument, (data as { LaunchPermissions: { UserId: string }[] }).LaunchPermissions[0]?.UserId]],
    );
    expect(permissions).toEqual([
      ['ami-1', 'old'],
      ['ami-2', 'new'],
      ['ami-3', 'new'],
    ]);
  });

  it('removes only the problems of an answer that is now complete', async () => {
    expect(before.problems).toHaveLength(1);
    expect((await again({}, { service: 'iam', region: null })).snapshot.problems).toEqual(before.problems);
    const { snapshot } = await again({ 'us-east-1/ec2.describe-instances': reservation('i-1') }, EC2);
    expect(snapshot.problems).toBeUndefined();
  });

  it('keeps what it cannot read this time, and coverage says so: a gap is not lost access', async () => {
    const denied = gap('denied', 'no longer allowed');
    const { snapshot } = await again(
      {
        'us-east-1/ec2.describe-instances': denied,
        'us-east-1/ec2.describe-images': denied,
        'iam.get-account-authorization-details': denied,
        'organizations.effective-policies': denied,
      },
      EC2,
      { service: 'iam', region: null },
      { service: 'organizations', region: null },
    );
    expect(ids(snapshot, 'us-east-1')).toEqual(['i-1']);
    expect(snapshot.users).toEqual(before.users);
    expect(snapshot.organization).toEqual(before.organization);
    expect(snapshot.policies).toEqual(before.policies);
    expect(snapshot.kept).toEqual(before.kept);
    const entry = snapshot.coverage.find(
      (one) => one.call === 'ec2.describe-instances' && one.region === 'us-east-1',
    );
    expect(entry).toMatchObject({
      status: 'denied',
      detail: 'no longer allowed; the answer of 1970-01-01T00:00:00.000Z still stands',
      items: 1,
    });
  });

  it('reads a new region completely, and none that the source does not have', async () => {
    const { snapshot, calls } = await again(
      { 'ap-south-1/ec2.describe-instances': reservation('i-5') },
      { service: 'ssm', region: 'ap-south-1' },
      { service: 'ec2', region: 'mars-north-1' },
    );
    expect(ids(snapshot, 'ap-south-1')).toEqual(['i-5']);
    expect(calls.some((call) => call.startsWith('mars'))).toBe(false);
    expect(snapshot.regions).toHaveLength(3);
  });

  it('reads nothing if nothing is named', async () => {
    const { snapshot, calls } = await again({});
    expect(calls).toEqual([]);
    expect({ ...snapshot, takenAt: before.takenAt }).toEqual(before);
  });
});
