import { describe, expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import type { RegionSnapshot } from '../../lib/snapshot/snapshot.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';

const ID = '111122223333';
const CALLER = { 'sts.get-caller-identity': { Account: ID, Arn: `arn:aws:iam::${ID}:user/auditor` } };

async function collected(answers: Answers) {
  const inRegion = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [`us-east-1/${name}`, answer]),
  );
  const source = memorySource({ ...CALLER, ...inRegion });
  const snapshot = await collectAccount(source, new Date(0), { step: () => {} });
  const [region] = snapshot.regions;
  if (region === undefined) throw new Error('no region was read');
  const entry = (call: string) => {
    const { status, detail, items } = snapshot.coverage.find((one) => one.call === call) ?? {};
    return { status, detail, items };
  };
  return {
    region,
    entry,
    calls: source.calls,
    problems: snapshot.problems ?? [],
    instances: instancesOf(snapshot),
  };
}

/** The data of a region in these fields. */
const fields = <F extends keyof RegionSnapshot>(region: RegionSnapshot, ...names: F[]) =>
  Object.fromEntries(names.map((name) => [name, region[name]]));

describe('Auto Scaling', () => {
  const template = (Version?: string) => ({
    ...{ LaunchTemplateId: 'lt-0a1b', LaunchTemplateName: 'web' },
    ...(Version === undefined ? {} : { Version }),
  });
  const group = (name: string, more: object) => ({
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:us-east-1:${ID}:autoScalingGroup:5f1c:autoScalingGroupName/${name}`,
    ...{ MinSize: 1, MaxSize: 3, DesiredCapacity: 2, Instances: [], SuspendedProcesses: [], Tags: [] },
    ...more,
  });

  it('returns the template and version of a group, and the instances that it launched', async () => {
    const { region } = await collected({
      'autoscaling.describe-auto-scaling-groups': {
        AutoScalingGroups: [
          group('web', {
            LaunchTemplate: template('$Latest'),
            Instances: [{ InstanceId: 'i-1', LifecycleState: 'InService', LaunchTemplate: template('7') }],
            SuspendedProcesses: [{ ProcessName: 'Launch', SuspensionReason: 'by hand' }],
            ServiceLinkedRoleARN: `arn:aws:iam::${ID}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
            Tags: [
              {
                ResourceId: 'web',
                ResourceType: 'auto-scaling-group',
                Key: 'team',
                Value: 'red',
                PropagateAtLaunch: true,
              },
            ],
          }),
        ],
      },
    });
    expect(region.autoScalingGroups).toEqual([
      {
        name: 'web',
        arn: `arn:aws:autoscaling:us-east-1:${ID}:autoScalingGroup:5f1c:autoScalingGroupName/web`,
        templates: [{ id: 'lt-0a1b', name: 'web', version: '$Latest' }],
        launchConfiguration: null,
        instances: ['i-1'],
        serviceRole: `arn:aws:iam::${ID}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
        suspended: ['Launch'],
        tags: [{ key: 'team', value: 'red' }],
      },
    ]);
  });

  it('returns the templates of a mixed instances policy and of its overrides, each once', async () => {
    const policy = {
      LaunchTemplate: {
        LaunchTemplateSpecification: template(),
        Overrides: [
          { InstanceType: 'm7g.large' },
          { InstanceType: 'c7g.large', LaunchTemplateSpecification: template('3') },
          { InstanceType: 'c7g.xlarge', LaunchTemplateSpecification: template('3') },
        ],
      },
    };
    const { region } = await collected({
      'autoscaling.describe-auto-scaling-groups': {
        AutoScalingGroups: [
          group('mixed', { MixedInstancesPolicy: policy }),
          group('old', { LaunchConfigurationName: 'old-1' }),
        ],
      },
    });
    expect(region.autoScalingGroups?.map((one) => one.templates.map(({ version }) => version))).toEqual([
      ['$Default', '3'],
      [],
    ]);
    expect(region.autoScalingGroups?.[1]?.launchConfiguration).toBe('old-1');
  });

  it('names and leaves out a group without an ARN', async () => {
    const { region, problems, entry } = await collected({
      'autoscaling.describe-auto-scaling-groups': { AutoScalingGroups: [{ AutoScalingGroupName: 'x' }] },
    });
    expect(region.autoScalingGroups).toEqual([]);
    expect(problems[0]?.message).toBe('left out: it has no `AutoScalingGroupARN`');
    expect(entry('autoscaling.describe-auto-scaling-groups').detail).toContain('not everything in it');
  });
});

describe('maintenance windows', () => {
  const WINDOW = 'mw-0c50858d01EXAMPLE';
  const ANSWERS = {
    'ssm.describe-maintenance-windows': {
      WindowIdentities: [
        { WindowId: WINDOW, Name: 'nightly', Enabled: true, Duration: 2, Cutoff: 1, Schedule: 'rate(1 day)' },
      ],
    },
    [`ssm.describe-maintenance-window-targets.${WINDOW}`]: {
      Targets: [
        {
          ...{ WindowId: WINDOW, WindowTargetId: 'e32e', ResourceType: 'INSTANCE' },
          Targets: [{ Key: 'tag:team', Values: ['red'] }],
        },
      ],
    },
    [`ssm.describe-maintenance-window-tasks.${WINDOW}`]: {
      Tasks: [
        {
          ...{ WindowId: WINDOW, WindowTaskId: '4f7c', TaskArn: 'AWS-RunShellScript', Type: 'RUN_COMMAND' },
          Targets: [{ Key: 'WindowTargetIds', Values: ['e32e'] }],
          TaskParameters: {},
        },
      ],
    },
  };

  it('are read with their targets and tasks', async () => {
    const { region, entry } = await collected(ANSWERS);
    expect(fields(region, 'maintenanceWindows', 'windowTargets', 'windowTasks')).toEqual({
      maintenanceWindows: [{ id: WINDOW, name: 'nightly', enabled: true }],
      windowTargets: [
        {
          ...{ windowId: WINDOW, id: 'e32e', resourceType: 'INSTANCE' },
          targets: [{ key: 'tag:team', values: ['red'] }],
        },
      ],
      windowTasks: [
        {
          ...{ windowId: WINDOW, id: '4f7c', type: 'RUN_COMMAND', task: 'AWS-RunShellScript' },
          targets: [{ key: 'WindowTargetIds', values: ['e32e'] }],
          serviceRole: null,
        },
      ],
    });
    expect(entry('ssm.describe-maintenance-window-tasks')).toEqual({
      status: 'collected',
      detail: '',
      items: 1,
    });
  });

  it('are unknown if their list is refused, and no further call is made', async () => {
    const refused = gap('denied', 'allow `ssm:DescribeMaintenanceWindows` for the collecting role');
    const { region, entry, calls } = await collected({ 'ssm.describe-maintenance-windows': refused });
    expect(fields(region, 'maintenanceWindows', 'windowTargets', 'windowTasks')).toEqual({
      ...{ maintenanceWindows: null, windowTargets: null, windowTasks: null },
    });
    expect(entry('ssm.describe-maintenance-window-tasks')).toEqual({
      status: 'denied',
      detail: 'needs the answer of `ssm.describe-maintenance-windows`, which is not there',
      items: null,
    });
    expect(calls.filter((call) => call.includes('window-t'))).toEqual([]);
  });

  it('are read even if one of them cannot be, and coverage says so', async () => {
    const two = { WindowIdentities: [{ WindowId: WINDOW }, { WindowId: 'mw-2' }] };
    const { region, entry } = await collected({ ...ANSWERS, 'ssm.describe-maintenance-windows': two });
    expect(region.windowTasks).toHaveLength(1);
    expect(entry('ssm.describe-maintenance-window-tasks')).toEqual({
      status: 'not-collected',
      detail: '1 of 2 read: there is no `us-east-1/ssm.describe-maintenance-window-tasks.mw-2`',
      items: 1,
    });
  });

  it('are not all collected if there are too many', async () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ WindowId: `mw-${1000 + index}` }));
    const tasks = many.map(({ WindowId }) => [
      `ssm.describe-maintenance-window-tasks.${WindowId}`,
      { Tasks: [] },
    ]);
    const { entry } = await collected({
      'ssm.describe-maintenance-windows': { WindowIdentities: many },
      ...Object.fromEntries(tasks),
    });
    expect(entry('ssm.describe-maintenance-window-tasks')).toEqual({
      status: 'not-collected',
      detail: '100 of 101 read: at most 100 are asked for in one region',
      items: 100,
    });
  });
});

describe('State Manager', () => {
  const association = (AssociationId: string, Name: string, more: object = {}) => ({
    ...{ AssociationId, Name, AssociationVersion: '1', Overview: { Status: 'Success' } },
    ...more,
  });
  const described = (AssociationId: string, more: object) => ({
    AssociationDescription: { AssociationId, ...more },
  });

  it('returns details of associations whose document is not of AWS, or runs others', async () => {
    const { region, calls } = await collected({
      'ssm.list-associations': {
        Associations: [
          association('a-1', 'AWS-GatherSoftwareInventory', {
            Targets: [{ Key: 'InstanceIds', Values: ['*'] }],
          }),
          association('a-2', 'Own-Shell', { InstanceId: 'i-1', DocumentVersion: '$LATEST' }),
          association('a-3', 'AWS-RunPatchBaselineWithHooks', { ScheduleExpression: 'rate(7 days)' }),
          association('a-4', `arn:aws:ssm:us-east-1:444455556666:document/Shared`),
        ],
      },
      'ssm.describe-association.a-2': described('a-2', { ApplyOnlyAtCronInterval: true, Parameters: {} }),
      'ssm.describe-association.a-3': described('a-3', {
        Parameters: { PreInstallHookDocName: ['Own-Hook'], Operation: ['Install'] },
      }),
      'ssm.describe-association.a-4': described('a-4', {}),
    });
    expect(
      region.associations?.map(({ id, targets, documentVersion }) => [id, targets, documentVersion]),
    ).toEqual([
      ['a-1', [{ key: 'InstanceIds', values: ['*'] }], null],
      ['a-2', [{ key: 'InstanceIds', values: ['i-1'] }], '$LATEST'],
      ['a-3', [], null],
      ['a-4', [], null],
    ]);
    expect(region.associationDetails).toEqual([
      { id: 'a-2', parameters: [], onlyAtCronInterval: true },
      {
        id: 'a-3',
        parameters: [
          { name: 'Operation', values: ['Install'] },
          { name: 'PreInstallHookDocName', values: ['Own-Hook'] },
        ],
        onlyAtCronInterval: false,
      },
      { id: 'a-4', parameters: [], onlyAtCronInterval: false },
    ]);
    expect(calls).not.toContain('us-east-1/ssm.describe-association.a-1');
  });

  it('an answer without an association is unreadable', async () => {
    const { entry } = await collected({
      'ssm.list-associations': { Associations: [association('a-2', 'Own-Shell')] },
      'ssm.describe-association.a-2': {},
    });
    expect(entry('ssm.describe-association')).toMatchObject({ status: 'unreadable', items: 0 });
  });
});

describe('documents of the account', () => {
  const identifier = (Name: string, DocumentType: string, more: object = {}) => ({
    ...{ Name, DocumentType, Owner: ID, DocumentVersion: '2', PlatformTypes: ['Linux'], Tags: [] },
    ...more,
  });
  const content = { schemaVersion: '2.2', mainSteps: [{ action: 'aws:runShellScript', name: 'run' }] };

  it('are listed whatever their type, and their content is read if a verdict can depend on it', async () => {
    const { region, calls } = await collected({
      'ssm.list-documents': {
        DocumentIdentifiers: [
          identifier('Own-Shell', 'Command'),
          identifier('Own-Book', 'Automation'),
          identifier('SSM-SessionManagerRunShell', 'Session'),
          identifier('Foreign', 'Command', { Owner: '444455556666' }),
        ],
      },
      'ssm.get-document.Own-Shell': {
        ...{ Name: 'Own-Shell', DocumentVersion: '2', DocumentFormat: 'JSON' },
        Content: JSON.stringify(content),
      },
      'ssm.get-document.Foreign': { Name: 'Foreign', DocumentVersion: '1', Content: '{}' },
    });
    expect(region.documents?.map(({ name, documentType }) => `${name} ${documentType}`)).toEqual([
      'Own-Book Automation',
      'Own-Shell Command',
      'SSM-SessionManagerRunShell Session',
    ]);
    expect(region.documents?.[0]).toEqual({
      ...{ name: 'Own-Book', documentType: 'Automation', tags: [], version: '2', platforms: ['Linux'] },
    });
    expect(region.documentContents?.find(({ name }) => name === 'Own-Shell')).toEqual({
      ...{ name: 'Own-Shell', version: '2', content },
    });
    expect(calls).not.toContain('us-east-1/ssm.get-document.Own-Book');
  });

  it('are named if their content is YAML, which is not read', async () => {
    const { region, problems } = await collected({
      'ssm.list-documents': { DocumentIdentifiers: [identifier('Own-Shell', 'Command')] },
      'ssm.get-document.Own-Shell': { Name: 'Own-Shell', Content: 'schemaVersion: "2.2"' },
    });
    expect(region.documentContents).toEqual([{ name: 'Own-Shell', version: null, content: null }]);
    expect(problems[0]?.message).toBe('is not a JSON object: ask with `--document-format JSON`');
  });

  it('do not affect the preferences if one of them is refused', async () => {
    const { region, entry } = await collected({
      'ssm.list-documents': { DocumentIdentifiers: [identifier('Own-Shell', 'Command')] },
      'ssm.get-document.SSM-SessionManagerRunShell': {},
      'ssm.get-document.Own-Shell': gap('denied', 'no'),
    });
    expect(entry('ssm.get-document')).toMatchObject({ status: 'collected' });
    expect(region.sessionPreferences).not.toBeNull();
    expect(entry('ssm.get-document-contents')).toEqual({ status: 'denied', detail: 'no', items: 0 });
  });
});

describe('condition keys of an instance', () => {
  const instance = (more: object) => ({
    'ec2.describe-instances': {
      Reservations: [{ OwnerId: ID, Instances: [{ InstanceId: 'i-1', ...more }] }],
    },
  });

  it('are those in `describe-instances`', async () => {
    const { instances } = await collected(
      instance({
        InstanceType: 'm7g.large',
        EbsOptimized: true,
        Placement: {
          ...{ AvailabilityZone: 'us-east-1a', AvailabilityZoneId: 'use1-az1' },
          ...{ Tenancy: 'default', GroupName: 'rack' },
        },
        MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'disabled' },
        MaintenanceOptions: { AutoRecovery: 'default' },
        NetworkPerformanceOptions: { BandwidthWeighting: 'default' },
        Operator: { Managed: true, Principal: 'eks.amazonaws.com' },
      }),
    );
    expect(instances[0]?.keys).toEqual({
      'ec2:InstanceType': 'm7g.large',
      'ec2:AvailabilityZone': 'us-east-1a',
      'ec2:AvailabilityZoneId': 'use1-az1',
      'ec2:Tenancy': 'default',
      'ec2:PlacementGroup': `arn:aws:ec2:us-east-1:${ID}:placement-group/rack`,
      'ec2:EbsOptimized': 'true',
      'ec2:InstanceMarketType': 'on-demand',
      'ec2:InstanceAutoRecovery': 'default',
      'ec2:InstanceBandwidthWeighting': 'default',
      'ec2:InstanceMetadataTags': 'disabled',
      'ec2:ManagedResourceOperator': 'eks.amazonaws.com',
    });
  });

  it('are absent if the answer says so, and unknown if it does not', async () => {
    const { instances } = await collected(
      instance({
        InstanceType: 't3.micro',
        InstanceLifecycle: 'spot',
        Placement: { GroupName: '' },
        Operator: { Managed: false },
      }),
    );
    expect(instances[0]?.keys).toEqual({
      'ec2:InstanceType': 't3.micro',
      'ec2:InstanceMarketType': 'spot',
      'ec2:PlacementGroup': null,
      'ec2:ManagedResourceOperator': null,
    });
    expect((await collected(instance({}))).instances[0]).not.toHaveProperty('keys');
  });

  it('of a disk are those in `describe-volumes`', async () => {
    const { region } = await collected({
      'ec2.describe-volumes': {
        Volumes: [
          {
            ...{
              VolumeId: 'vol-1',
              VolumeType: 'gp3',
              Size: 8,
              Iops: 3000,
              Throughput: 125,
              Encrypted: true,
            },
            ...{ AvailabilityZone: 'us-east-1a', State: 'in-use', Attachments: [] },
            Tags: [{ Key: 'team', Value: 'red' }],
          },
          { VolumeId: 'vol-2' },
        ],
      },
    });
    expect(region.volumes).toEqual([
      {
        ...{ id: 'vol-1', tags: [{ key: 'team', value: 'red' }] },
        keys: {
          ...{
            'ec2:VolumeID': 'vol-1',
            'ec2:VolumeType': 'gp3',
            'ec2:VolumeSize': '8',
            'ec2:VolumeIops': '3000',
          },
          ...{ 'ec2:VolumeThroughput': '125', 'ec2:Encrypted': 'true', 'ec2:AvailabilityZone': 'us-east-1a' },
        },
      },
      { id: 'vol-2', tags: [], keys: { 'ec2:VolumeID': 'vol-2' } },
    ]);
  });
});

describe('prefix lists', () => {
  it("are read with their addresses, if they are not AWS's or are the one for Instance Connect", async () => {
    const list = (PrefixListId: string, PrefixListName: string, OwnerId: string) => ({
      ...{
        PrefixListId,
        PrefixListName,
        OwnerId,
        AddressFamily: 'IPv4',
        State: 'create-complete',
        Version: 1,
      },
    });
    const { region, calls } = await collected({
      'ec2.describe-managed-prefix-lists': {
        PrefixLists: [
          list('pl-1', 'office', ID),
          list('pl-2', 'com.amazonaws.us-east-1.s3', 'AWS'),
          list('pl-3', 'com.amazonaws.us-east-1.ec2-instance-connect', 'AWS'),
        ],
      },
      'ec2.get-managed-prefix-list-entries.pl-1': { Entries: [{ Cidr: '203.0.113.0/24', Description: 'x' }] },
      'ec2.get-managed-prefix-list-entries.pl-3': {
        Entries: [{ Cidr: '18.206.107.24/29' }],
        NextToken: 'more',
      },
    });
    expect(region.prefixLists?.map(({ id, owner }) => `${id} ${owner}`)).toEqual([
      `pl-1 ${ID}`,
      'pl-2 AWS',
      'pl-3 AWS',
    ]);
    expect(region.prefixListEntries).toEqual([
      { id: 'pl-1', cidrs: ['203.0.113.0/24'] },
      { id: 'pl-3', cidrs: ['18.206.107.24/29'], isPart: true },
    ]);
    expect(calls).not.toContain('us-east-1/ec2.get-managed-prefix-list-entries.pl-2');
  });
});

describe('the block of public access to VPCs', () => {
  const options = (given: object) => ({
    'ec2.describe-vpc-block-public-access-options': { VpcBlockPublicAccessOptions: given },
  });

  it('has a mode, who manages it, and what is excluded from it', async () => {
    const ResourceArn = `arn:aws:ec2:us-east-1:${ID}:subnet/subnet-1`;
    const { region } = await collected({
      ...options({
        InternetGatewayBlockMode: 'block-ingress',
        ManagedBy: 'account',
        ExclusionsAllowed: 'allowed',
      }),
      'ec2.describe-vpc-block-public-access-exclusions': {
        VpcBlockPublicAccessExclusions: [
          {
            ...{ ExclusionId: 'vpcbpa-exclude-1', ResourceArn, State: 'create-complete' },
            ...{ InternetGatewayExclusionMode: 'allow-bidirectional', Tags: [{ Key: 'team', Value: 'web' }] },
          },
        ],
      },
    });
    expect(region.publicAccessBlocks).toEqual([
      { mode: 'block-ingress', managedBy: 'account', exclusions: 'allowed' },
    ]);
    expect(region.publicAccessExclusions).toEqual([
      {
        ...{ id: 'vpcbpa-exclude-1', resource: ResourceArn, state: 'create-complete' },
        ...{ mode: 'allow-bidirectional', tags: [{ key: 'team', value: 'web' }] },
      },
    ]);
  });

  it('is not known without a mode', async () => {
    const { region, entry } = await collected(options({ ManagedBy: 'account' }));
    expect(region.publicAccessBlocks).toBeNull();
    expect(entry('ec2.describe-vpc-block-public-access-options').status).not.toBe('collected');
  });
});

describe('pipelines', () => {
  const action = (provider: string, configuration: object, more: object = {}) => ({
    name: provider,
    actionTypeId: { category: 'Deploy', owner: 'AWS', provider, version: '1' },
    ...{ configuration, ...more },
  });
  const arn = `arn:aws:codepipeline:us-east-1:${ID}:release`;

  it('say to which instances their actions deploy', async () => {
    const { region, entry } = await collected({
      'codepipeline.list-pipelines': { pipelines: [{ name: 'release', version: 3 }] },
      'codepipeline.get-pipeline.release': {
        pipeline: {
          name: 'release',
          stages: [
            { name: 'Source', actions: [{ name: 'S3', actionTypeId: { category: 'Source', owner: 'AWS' } }] },
            {
              name: 'Deploy',
              actions: [
                action('EC2', { InstanceTagKey: 'team', InstanceType: 'EC2' }, { region: 'eu-west-1' }),
                action('CodeDeploy', { ApplicationName: 'shop', DeploymentGroupName: 'web' }),
                action('ECS', { ClusterName: 'orders' }),
              ],
            },
          ],
        },
        metadata: { pipelineArn: arn },
      },
    });
    expect(fields(region, 'pipelines', 'pipelineDeployments')).toEqual({
      pipelines: [{ id: 'release' }],
      pipelineDeployments: [
        {
          ...{ pipeline: arn, action: 'Deploy/CodeDeploy', region: null, tag: null },
          deploymentGroup: { application: 'shop', name: 'web' },
        },
        {
          ...{ pipeline: arn, action: 'Deploy/EC2', region: 'eu-west-1', deploymentGroup: null },
          tag: { key: 'team', value: null },
        },
      ],
    });
    expect(entry('codepipeline.get-pipeline').status).toBe('collected');
  });

  it('that cannot be read are a gap', async () => {
    const { region, entry, problems } = await collected({
      'codepipeline.list-pipelines': { pipelines: [{ name: 'release' }] },
      'codepipeline.get-pipeline.release': { pipeline: { name: 'release' } },
    });
    expect(region.pipelineDeployments).toEqual([]);
    expect(entry('codepipeline.get-pipeline').status).toBe('unreadable');
    expect(problems.map(({ message }) => message)).toEqual([
      'it has no `pipeline` or no `metadata.pipelineArn`',
    ]);
  });
});

it('rules of EventBridge say which documents they run, and where', async () => {
  const document = `arn:aws:ssm:us-east-1:${ID}:document/own`;
  const { region, entry, calls } = await collected({
    'events.list-rules': {
      Rules: [
        { Name: 'nightly', State: 'ENABLED' },
        { Name: 'off', State: 'DISABLED' },
        { Name: 'aws', State: 'ENABLED', ManagedBy: 'autoscaling.amazonaws.com' },
      ],
    },
    'events.list-targets-by-rule.nightly': {
      Targets: [
        { Id: 'mail', Arn: `arn:aws:sns:us-east-1:${ID}:mail` },
        {
          ...{ Id: 'run', Arn: document, RoleArn: `arn:aws:iam::${ID}:role/events` },
          RunCommandParameters: { RunCommandTargets: [{ Key: 'tag:team', Values: ['web'] }] },
        },
      ],
    },
  });
  expect(region.ruleCommands).toEqual([
    { rule: 'nightly', id: 'run', document, targets: [{ key: 'tag:team', values: ['web'] }] },
  ]);
  expect(entry('events.list-targets-by-rule')).toMatchObject({ status: 'collected', items: 1 });
  expect(calls.filter((call) => call.includes('list-targets-by-rule'))).toHaveLength(1);
});

it('projects of CodeBuild say which roles their builds have', async () => {
  const arn = `arn:aws:codebuild:us-east-1:${ID}:project/web`;
  const builds = `arn:aws:iam::${ID}:role/builds`;
  const { region, entry } = await collected({
    'codebuild.batch-get-projects': {
      projects: [
        {
          ...{ arn, name: 'web', serviceRole: builds, buildBatchConfig: { serviceRole: `${builds}-batch` } },
          environment: { environmentVariables: [{ name: 'TOKEN', value: 'secret' }] },
        },
        { arn: `${arn}-2`, name: 'web-2', serviceRole: builds },
        { name: 'web-3' },
      ],
    },
  });
  expect(region.buildProjects).toEqual([
    { arn, name: 'web', role: builds, batchRole: `${builds}-batch` },
    { arn: `${arn}-2`, name: 'web-2', role: builds, batchRole: null },
  ]);
  expect(entry('codebuild.batch-get-projects').detail).toContain('it has no `arn`');
});

it('a cluster of ECS says which services it runs', async () => {
  const cluster = `arn:aws:ecs:us-east-1:${ID}:cluster/orders`;
  const { region, entry } = await collected({
    'ecs.list-clusters': { clusterArns: [cluster] },
    [`ecs.list-services.${cluster}`]: { serviceArns: [`arn:aws:ecs:us-east-1:${ID}:service/orders/shop`] },
  });
  expect(region.containerServices).toEqual([
    { cluster, arn: `arn:aws:ecs:us-east-1:${ID}:service/orders/shop` },
  ]);
  expect(entry('ecs.list-services').status).toBe('collected');
});

it('AWS Backup says of which resources it has copies, and which is the newest', async () => {
  const instance = `arn:aws:ec2:us-east-1:${ID}:instance/i-1`;
  const { region } = await collected({
    'backup.list-protected-resources': {
      Results: [
        {
          ...{ ResourceArn: instance, ResourceType: 'EC2' },
          LastRecoveryPointArn: 'arn:aws:ec2:us-east-1::image/ami-1',
        },
        { ResourceArn: `${instance}2`, ResourceType: 'EC2' },
      ],
    },
  });
  expect(region.protectedResources).toEqual([
    { arn: instance, type: 'EC2', recoveryPoint: 'arn:aws:ec2:us-east-1::image/ami-1' },
    { arn: `${instance}2`, type: 'EC2', recoveryPoint: null },
  ]);
});

describe('stacks, clusters, deployments, functions and state machines', () => {
  const CLUSTER = `arn:aws:ecs:us-east-1:${ID}:cluster/web`;
  const HOST = `arn:aws:ecs:us-east-1:${ID}:container-instance/web/0a1b`;
  const MACHINE = `arn:aws:states:us-east-1:${ID}:stateMachine:nightly`;
  const ADMIN = `arn:aws:iam::${ID}:role/admin`;
  const POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';
  const DEPLOYER = `arn:aws:iam::${ID}:role/deploy`;

  it('are read with their roles and the instances that they reach', async () => {
    const { region, problems } = await collected({
      'cloudformation.describe-stacks': {
        Stacks: [
          {
            StackId: 'arn:stack/a',
            StackName: 'a',
            StackStatus: 'CREATE_COMPLETE',
            RoleARN: DEPLOYER,
            Tags: [],
          },
          { StackId: 'arn:stack/b', StackName: 'b', StackStatus: 'UPDATE_COMPLETE' },
        ],
      },
      'ecs.list-clusters': { clusterArns: [CLUSTER] },
      [`ecs.describe-container-instances.${CLUSTER}`]: {
        containerInstances: [
          { containerInstanceArn: HOST, ec2InstanceId: 'i-1', status: 'ACTIVE', agentConnected: true },
        ],
        failures: [],
      },
      'deploy.list-applications': { applications: ['web'] },
      'deploy.batch-get-deployment-groups.web': {
        deploymentGroupsInfo: [
          {
            ...{ applicationName: 'web', deploymentGroupName: 'prod', serviceRoleArn: DEPLOYER },
            ec2TagFilters: [{ Key: 'team', Value: 'red', Type: 'KEY_AND_VALUE' }],
            ec2TagSet: { ec2TagSetList: [[{ Key: 'env', Type: 'KEY_ONLY' }]] },
            autoScalingGroups: [{ name: 'web', hook: 'h' }],
            lastSuccessfulDeployment: { deploymentId: 'd-1', status: 'Succeeded' },
          },
          {
            ...{ applicationName: 'web', deploymentGroupName: 'new', serviceRoleArn: DEPLOYER },
            autoScalingGroups: [],
          },
        ],
      },
      'lambda.list-functions': {
        Functions: [{ FunctionName: 'f', FunctionArn: 'arn:f', Role: DEPLOYER, Runtime: 'nodejs24.x' }],
      },
      'stepfunctions.list-state-machines': { stateMachines: [{ stateMachineArn: MACHINE, name: 'nightly' }] },
      [`stepfunctions.describe-state-machine.${MACHINE}`]: {
        ...{ stateMachineArn: MACHINE, name: 'nightly', roleArn: DEPLOYER, definition: '{}' },
      },
    });
    expect(problems).toEqual([]);
    expect(
      fields(region, 'stacks', 'containerInstances', 'deploymentGroups', 'functions', 'stateMachineRoles'),
    ).toEqual({
      stacks: [
        { arn: 'arn:stack/a', name: 'a', status: 'CREATE_COMPLETE', role: DEPLOYER },
        { arn: 'arn:stack/b', name: 'b', status: 'UPDATE_COMPLETE', role: null },
      ],
      containerInstances: [{ cluster: CLUSTER, arn: HOST, instance: 'i-1', status: 'ACTIVE' }],
      deploymentGroups: [
        {
          ...{ application: 'web', name: 'new', serviceRole: DEPLOYER, tags: [], autoScalingGroups: [] },
          hasDeployed: false,
        },
        {
          ...{ application: 'web', name: 'prod', serviceRole: DEPLOYER, autoScalingGroups: ['web'] },
          tags: [
            [{ type: 'KEY_AND_VALUE', key: 'team', value: 'red' }],
            [{ type: 'KEY_ONLY', key: 'env', value: null }],
          ],
          hasDeployed: true,
        },
      ],
      functions: [{ arn: 'arn:f', name: 'f', role: DEPLOYER }],
      stateMachineRoles: [{ arn: MACHINE, name: 'nightly', role: DEPLOYER }],
    });
  });

  it('an access entry is read in its cluster', async () => {
    const { region, calls, entry } = await collected({
      'eks.list-clusters': { clusters: ['prod', 'old'] },
      'eks.describe-cluster.prod': {
        cluster: {
          ...{ name: 'prod', arn: `arn:aws:eks:us-east-1:${ID}:cluster/prod` },
          accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
        },
      },
      'eks.describe-cluster.old': { cluster: {} },
      'eks.list-access-entries.prod': { accessEntries: [ADMIN] },
      'eks.list-access-entries.old': { accessEntries: [] },
      [`eks.list-associated-access-policies.prod.${ADMIN}`]: {
        ...{ clusterName: 'prod', principalArn: ADMIN },
        associatedAccessPolicies: [{ policyArn: POLICY, accessScope: { type: 'cluster', namespaces: [] } }],
      },
    });
    expect(fields(region, 'kubernetesClusters', 'accessEntries', 'accessPolicies')).toEqual({
      kubernetesClusters: [
        {
          ...{ name: 'prod', arn: `arn:aws:eks:us-east-1:${ID}:cluster/prod` },
          authenticationMode: 'API_AND_CONFIG_MAP',
        },
      ],
      accessEntries: [{ cluster: 'prod', principal: ADMIN }],
      accessPolicies: [{ cluster: 'prod', principal: ADMIN, policy: POLICY, scope: 'cluster' }],
    });
    expect(calls.filter((call) => call.includes('associated'))).toHaveLength(1);
    expect(entry('eks.describe-cluster')).toMatchObject({ status: 'unreadable', items: 1 });
  });
});
