import { describe, expect, it } from 'vitest';
import { callName } from '../../lib/collect/aws-call.ts';
import { CALLS } from '../../lib/collect/calls.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { InputError } from '../../lib/ports/input-error.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { GIVEN_INSTANCE } from '../fixtures/given.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';

const ID = '111122223333';
const identity = { Account: ID, Arn: `arn:aws-cn:iam::${ID}:user/auditor` };
const collect = (answers: Answers): Promise<Snapshot> =>
  collectAccount(memorySource({ 'sts.get-caller-identity': identity, ...answers }), new Date(0), {
    step: () => {},
  });
const instances = (...Instances: unknown[]) => ({
  'us-east-1/ec2.describe-instances': { Reservations: [{ Instances }] },
});
const entry = (snapshot: Snapshot, call: string, region: string | null = 'us-east-1') =>
  snapshot.coverage.find((one) => one.call === call && one.region === region)!;
const region = (snapshot: Snapshot) => snapshot.regions[0]!;

describe('instances', () => {
  it('have the addresses and groups of every interface', async () => {
    const second = {
      NetworkInterfaceId: 'eni-2',
      Groups: [{ GroupId: 'sg-2' }],
      PrivateIpAddress: '10.0.0.2',
      PrivateIpAddresses: [
        { PrivateIpAddress: '10.0.0.2', Association: { PublicIp: '198.51.100.2' } },
        { PrivateIpAddress: '10.0.0.3' },
      ],
      Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }],
    };
    const snapshot = await collect(
      instances({
        ...{
          InstanceId: 'i-1',
          State: { Name: 'running' },
          PrivateIpAddress: '10.0.0.1',
          PublicIpAddress: '198.51.100.1',
        },
        SecurityGroups: [{ GroupId: 'sg-1' }],
        NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', PrivateIpAddress: '10.0.0.1' }, second],
      }),
    );
    expect(region(snapshot).instances).toMatchObject([
      {
        arn: `arn:aws-cn:ec2:us-east-1:${ID}:instance/i-1`,
        privateIps: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
        publicIps: ['198.51.100.1', '198.51.100.2', '2001:db8::1'],
        securityGroups: ['sg-1', 'sg-2'],
        networkInterfaces: ['eni-1', 'eni-2'],
      },
    ]);
  });

  it('have their root disk, platform and metadata options', async () => {
    const snapshot = await collect(
      instances(
        {
          ...{ InstanceId: 'i-1', Platform: 'windows', RootDeviceType: 'ebs', RootDeviceName: '/dev/sda1' },
          BlockDeviceMappings: [
            { DeviceName: '/dev/sdf', Ebs: { VolumeId: 'vol-2' } },
            { DeviceName: '/dev/sda1', Ebs: { VolumeId: 'vol-1' } },
          ],
          MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 1 },
        },
        { InstanceId: 'i-2', PlatformDetails: 'Linux/UNIX', MetadataOptions: { HttpTokens: 'perhaps' } },
      ),
    );
    expect(region(snapshot).instances).toMatchObject([
      {
        platform: 'windows',
        volumes: [
          { id: 'vol-1', root: true },
          { id: 'vol-2', root: false },
        ],
        metadata: { httpTokens: 'optional', httpEndpoint: 'enabled', hopLimit: 1 },
      },
      {
        platform: 'linux',
        volumes: [],
        rootDeviceType: null,
        metadata: { httpTokens: null, hopLimit: null },
      },
    ]);
  });

  it('are dropped if terminated, and left out with a problem if they have no id or occur twice', async () => {
    const snapshot = await collect(
      instances(
        { InstanceId: 'i-1', State: { Name: 'terminated' } },
        { InstanceId: '', Tags: [] },
        { ...GIVEN_INSTANCE, InstanceId: 'i-2', State: { Name: 'stopped' } },
        { InstanceId: 'i-2' },
      ),
    );
    expect(region(snapshot).instances?.map((one) => [one.id, one.state])).toEqual([['i-2', 'stopped']]);
    expect(snapshot.problems).toEqual([
      {
        path: 'us-east-1/ec2.describe-instances $.Reservations[0].Instances[1]',
        message: 'left out: it has no `InstanceId`',
      },
      {
        path: 'us-east-1/ec2.describe-instances $.Reservations[0].Instances[3]',
        message: 'left out: `i-2` is in the list twice',
      },
    ]);
    expect(entry(snapshot, 'ec2.describe-instances')).toMatchObject({ status: 'collected', items: 1 });
  });

  it('are in one region each: the one of their zone, else the first by name', async () => {
    const zone = (AvailabilityZone: string) => ({ Placement: { AvailabilityZone } });
    const list = (...some: object[]) => ({
      Reservations: [{ Instances: some.map((one) => ({ ...GIVEN_INSTANCE, ...one })) }],
    });
    const snapshot = await collect({
      'us-east-1/ec2.describe-instances': list(
        { InstanceId: 'i-1', ...zone('us-east-1a') },
        { InstanceId: 'i-2' },
        { InstanceId: 'i-3', ...zone('us-east-1-bos-1a') },
        { InstanceId: 'i-4', ...zone('us-east-12a') },
      ),
      'eu-west-1/ec2.describe-instances': list(
        { InstanceId: 'i-1', ...zone('us-east-1a') },
        { InstanceId: 'i-2' },
        { InstanceId: 'i-3' },
        { InstanceId: 'i-4' },
        { InstanceId: 'i-9', ...zone('us-east-1a') },
      ),
    });
    const found = snapshot.regions.map((one) => [one.region, one.instances?.map(({ id }) => id)]);
    // i-9 is in no other region: it stays wherever its zone is
    expect(found).toEqual([
      ['eu-west-1', ['i-2', 'i-4', 'i-9']],
      ['us-east-1', ['i-1', 'i-3']],
    ]);
    const left = (id: string, of: string, judged: string) => ({
      path: `${of}/ec2.describe-instances $`,
      message: `left out: \`${id}\` is also in ${judged}, and is judged there`,
    });
    expect(snapshot.problems).toEqual([
      {
        path: 'eu-west-1/ec2.describe-instances $',
        message: '`i-9` is in us-east-1a, which is not in eu-west-1: is this the answer of another region?',
      },
      left('i-1', 'eu-west-1', 'us-east-1'),
      left('i-3', 'eu-west-1', 'us-east-1'),
      left('i-2', 'us-east-1', 'eu-west-1'),
      left('i-4', 'us-east-1', 'eu-west-1'),
    ]);
    expect(entry(snapshot, 'ec2.describe-instances', 'eu-west-1').detail).toContain(
      'not everything in it could be read: eu-west-1/ec2.describe-instances $: left out: `i-1`',
    );
  });

  it('keep hostile tags unchanged', async () => {
    const texts = ['<script>', '=cmd()', '__proto__', 'a\nb', '🦊', ''];
    const Tags = texts.map((text) => ({ Key: `k${text}`, Value: text }));
    const snapshot = await collect(instances({ InstanceId: 'i-1', Tags }));
    const stored = JSON.parse(JSON.stringify(snapshot)) as Snapshot;
    expect(new Set(region(stored).instances?.[0]?.tags.map((tag) => tag.value))).toEqual(new Set(texts));
  });
});

describe('the other data of a region', () => {
  it('are read into the fields of the snapshot', async () => {
    const content = {
      schemaVersion: '1.0',
      inputs: { runAsEnabled: true, runAsDefaultUser: 'ops', kmsKeyId: '' },
    };
    const rule = {
      ...{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ...{ Ipv6Ranges: [{ CidrIpv6: '::/0' }], UserIdGroupPairs: [{ GroupId: 'sg-9' }], PrefixListIds: [] },
    };
    const endpoint = {
      InstanceConnectEndpointId: 'eice-1',
      VpcId: 'vpc-1',
      SecurityGroupIds: ['sg-1'],
      State: 'create-complete',
    };
    const document = (Name: string, DocumentType: string, Owner: string) => ({ Name, DocumentType, Owner });
    const snapshot = await collect({
      'us-east-1/ec2.describe-security-groups': {
        SecurityGroups: [
          {
            GroupId: 'sg-1',
            GroupName: 'web',
            VpcId: 'vpc-1',
            IpPermissions: [rule],
            IpPermissionsEgress: [],
          },
        ],
      },
      'us-east-1/ec2.describe-instance-connect-endpoints': { InstanceConnectEndpoints: [endpoint] },
      'us-east-1/ec2.get-serial-console-access-status': { SerialConsoleAccessEnabled: true },
      'us-east-1/ssm.describe-instance-information': {
        InstanceInformationList: [
          { InstanceId: 'i-1', PingStatus: 'Online', LastPingDateTime: 1_692_785_410.5 },
        ],
      },
      'us-east-1/ssm.get-document.SSM-SessionManagerRunShell': { Content: JSON.stringify(content) },
      'us-east-1/ssm.list-documents': {
        DocumentIdentifiers: [
          document('Own', 'Command', ID),
          document('AWS-RunShellScript', 'Command', 'Amazon'),
          document('Playbook', 'Automation', ID),
        ],
      },
    });
    expect(region(snapshot)).toMatchObject({
      instances: null,
      securityGroups: [
        {
          id: 'sg-1',
          ingress: [
            { protocol: 'tcp', fromPort: 22, toPort: 22, cidrs: ['0.0.0.0/0', '::/0'], groups: ['sg-9'] },
          ],
          egress: [],
        },
      ],
      connectEndpoints: [
        {
          id: 'eice-1',
          arn: `arn:aws-cn:ec2:us-east-1:${ID}:instance-connect-endpoint/eice-1`,
          preserveClientIp: null,
        },
      ],
      serialConsoleEnabled: true,
      managedInstances: [{ id: 'i-1', pingStatus: 'Online', lastPing: '2023-08-23T10:10:10.500Z' }],
      sessionPreferences: { runAsEnabled: true, runAsDefaultUser: 'ops', kmsKeyId: null },
      documents: [
        { name: 'Own', documentType: 'Command', tags: [] },
        { name: 'Playbook', documentType: 'Automation', tags: [] },
      ],
    });
  });

  it('have the defaults of Session Manager if no preferences were written', async () => {
    const answers = { 'us-east-1/ssm.get-document.SSM-SessionManagerRunShell': {} };
    expect(region(await collect(answers)).sessionPreferences).toMatchObject({
      runAsEnabled: false,
      runAsDefaultUser: null,
    });
  });

  it('are unreadable if a document or a setting is not valid', async () => {
    const snapshot = await collect({
      'us-east-1/ssm.get-document.SSM-SessionManagerRunShell': { Content: 'schemaVersion: "1.0"' },
      'us-east-1/ec2.get-serial-console-access-status': { SerialConsoleAccessEnabled: 'yes' },
    });
    expect(region(snapshot)).toMatchObject({ sessionPreferences: null, serialConsoleEnabled: null });
    expect(entry(snapshot, 'ssm.get-document').status).toBe('unreadable');
    expect(entry(snapshot, 'ssm.get-document').detail).toContain('--document-format JSON');
    expect(entry(snapshot, 'ec2.get-serial-console-access-status').status).toBe('unreadable');
  });

  it('are stored unchanged if no field exists for them yet, and requested one by one', async () => {
    const Images = [{ ImageId: 'ami-2' }, { ImageId: 'ami-1' }];
    const permissions = { ImageId: 'ami-1', LaunchPermissions: [{ Group: 'all' }] };
    const snapshot = await collect({
      'us-east-1/ec2.describe-images': { Images },
      'us-east-1/ec2.describe-image-attribute.ami-1': permissions,
      'iam.get-credential-report': { Content: 'dXNlcg==', GeneratedTime: '2026-08-23T10:00:00+00:00' },
    });
    expect(snapshot.kept).toEqual([
      { call: 'iam.get-credential-report', region: null, argument: null, data: { Content: 'dXNlcg==' } },
      { call: 'ec2.describe-image-attribute', region: 'us-east-1', argument: 'ami-1', data: permissions },
      {
        call: 'ec2.describe-images',
        region: 'us-east-1',
        argument: null,
        data: { Images: Images.toReversed() },
      },
    ]);
    expect(entry(snapshot, 'ec2.describe-images')).toMatchObject({ status: 'collected', items: 2 });
    expect(entry(snapshot, 'ec2.describe-image-attribute')).toMatchObject({
      status: 'not-collected',
      detail: '1 of 2 read: there is no `us-east-1/ec2.describe-image-attribute.ami-2`',
      items: 1,
    });
    expect(entry(snapshot, 'ec2.describe-snapshot-attribute').detail).toContain('ec2.describe-snapshots');
  });

  it('are requested 500 times at most, and coverage says so', async () => {
    const Snapshots = Array.from({ length: 501 }, (_, i) => ({ SnapshotId: `snap-${i}` }));
    const answers = {
      ...{ 'us-east-1/ec2.describe-snapshots': { Snapshots } },
      'sts.get-caller-identity': identity,
    };
    const source = memorySource(answers);
    const snapshot = await collectAccount(source, new Date(0), { step: () => {} });
    expect(source.calls.filter((call) => call.includes('snapshot-attribute'))).toHaveLength(500);
    expect(entry(snapshot, 'ec2.describe-snapshot-attribute').detail).toContain('0 of 501 read');
  });
});

describe('the organisation', () => {
  const scp = (Id: string, Content: unknown = { Version: '2012-10-17', Statement: [] }) => ({
    Id,
    Name: Id,
    Content,
  });

  it('is root first, with each policy once', async () => {
    const { organization, policies } = await collect({
      'organizations.effective-policies': {
        ManagementAccountId: '999988887777',
        Targets: [
          {
            TargetId: 'r-1',
            ServiceControlPolicies: [scp('p-full')],
            ResourceControlPolicies: [scp('p-rcp')],
          },
          { TargetId: ID, ServiceControlPolicies: [scp('p-full'), { Name: 'no id' }] },
        ],
      },
    });
    expect(organization).toEqual({
      managementAccountId: '999988887777',
      levels: [
        { targetId: 'r-1', serviceControlPolicies: ['p-full'], resourceControlPolicies: ['p-rcp'] },
        {
          targetId: ID,
          serviceControlPolicies: ['no Id: $.Targets[1].ServiceControlPolicies[1]', 'p-full'],
          resourceControlPolicies: null,
        },
      ],
    });
    expect(policies.map((policy) => [policy.id, policy.kind])).toEqual([
      ['p-full', 'scp'],
      ['p-rcp', 'rcp'],
    ]);
  });

  it('is none if its list is empty, and not collected if there is no answer', async () => {
    expect(
      (await collect({ 'organizations.effective-policies': { Targets: [] } })).organization,
    ).toMatchObject({ levels: [] });
    const without = await collect({});
    expect(without.organization).toBeNull();
    expect(entry(without, 'organizations.effective-policies', null).status).toBe('not-collected');
  });

  it('is unreadable if the list is missing, which never means none', async () => {
    const snapshot = await collect({ 'organizations.effective-policies': {} });
    expect(snapshot.organization).toBeNull();
    expect(entry(snapshot, 'organizations.effective-policies', null).status).toBe('unreadable');
  });
});

describe('coverage', () => {
  it('has a line for every call, with the reason of each gap', async () => {
    const snapshot = await collect({
      'us-east-1/ec2.describe-instances': gap('denied', 'no `ec2:DescribeInstances`'),
    });
    expect(entry(snapshot, 'ec2.describe-instances')).toMatchObject({
      status: 'denied',
      detail: 'no `ec2:DescribeInstances`',
    });
    expect(region(snapshot).instances).toBeNull();
    const calls = snapshot.coverage.filter((one) => one.region === 'us-east-1').map((one) => one.call);
    const regional = CALLS.filter(({ scope }) => scope === 'region');
    expect([...calls].sort()).toEqual(regional.map(callName).sort());
  });

  it('says if there is no region', async () => {
    const snapshot = await collect({});
    expect(snapshot.regions).toEqual([]);
    expect(entry(snapshot, 'ec2.describe-instances', null)).toMatchObject({ status: 'not-collected' });
  });
});

describe('the account id', () => {
  const source = (answers: Answers) => collectAccount(memorySource(answers), new Date(0), { step: () => {} });
  const details = {
    ...{ GroupDetailList: [], RoleDetailList: [], Policies: [] },
    UserDetailList: [{ UserName: 'a', Arn: 'arn:aws:iam::444455556666:user/a' }],
  };

  it('comes from the principals if the caller is not known', async () => {
    const snapshot = await source({ 'iam.get-account-authorization-details': details });
    expect(snapshot).toMatchObject({ accountId: '444455556666', partition: 'aws' });
  });

  it('is that of the principals if the caller is of another account, and coverage says so', async () => {
    const snapshot = await source({
      'sts.get-caller-identity': identity,
      'iam.get-account-authorization-details': details,
    });
    expect(snapshot.accountId).toBe('444455556666');
    expect(entry(snapshot, 'sts.get-caller-identity', null).detail).toContain(ID);
  });

  it.each([
    [{}],
    [{ 'sts.get-caller-identity': { Account: 'twelve digits' } }],
    [{ 'sts.get-caller-identity': gap('unreadable', 'is not valid JSON') }],
  ])('ends the run with one clear line if it is not known', async (answers) => {
    const failed = source(answers as Answers);
    await expect(failed).rejects.toThrow(InputError);
    await expect(failed).rejects.toThrow(/^nothing says which account this is: [^\n]*$/);
  });
});
