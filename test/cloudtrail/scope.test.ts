import { describe, expect, it } from 'vitest';
import { distinctScopes, scopesOf } from '../../lib/cloudtrail/scope.ts';
import { touchesOf } from '../../lib/cloudtrail/touches.ts';
import { CALLS } from '../../lib/collect/calls.ts';

const scopes = (eventSource: string, eventName: string, region = 'eu-west-1') =>
  scopesOf({ eventSource, eventName, region });

describe('what is read again for an event', () => {
  it('is the subject of the event, in its region', () => {
    const of = { service: 'ec2', region: 'eu-west-1' };
    expect(scopes('ec2.amazonaws.com', 'EnableSerialConsoleAccess')).toEqual([
      { ...of, calls: ['get-serial-console-access-status'] },
    ]);
    expect(scopes('ssm.amazonaws.com', 'UpdateDocument')).toEqual([
      { ...of, service: 'ssm', calls: ['get-document', 'get-document-contents', 'list-documents'] },
    ]);
    expect(scopes('autoscaling.amazonaws.com', 'AttachInstances')).toEqual([
      { ...of, service: 'autoscaling' },
    ]);
  });

  it.each([
    [['i-1'], ['describe-instances']],
    [
      ['vol-1', 'i-1', 'i-2'],
      ['describe-instances', 'describe-volumes'],
    ],
    [['sg-1'], ['describe-security-groups']],
    [['eice-1'], ['describe-instance-connect-endpoints']],
    [['lt-1'], ['describe-launch-templates']],
    [
      ['ami-1', 'snap-1'],
      ['describe-images', 'describe-snapshots'],
    ],
    // nothing lists these, and an unknown kind may be anything
    [['i-1', 'moon-1'], undefined],
    [[], undefined],
  ])('is the list of the tagged things: %j', (ids, calls) => {
    const touches = touchesOf(
      [{ resourcesSet: { items: ids.map((resourceId) => ({ resourceId })) } }],
      'ec2.amazonaws.com',
    );
    const event = { eventSource: 'ec2.amazonaws.com', eventName: 'CreateTags', region: 'eu-west-1', touches };
    const instances = ids.filter((id) => id.startsWith('i-'));
    const named = calls && instances.length > 0 && { instances };
    expect(scopesOf(event)).toEqual([
      { service: 'ec2', region: 'eu-west-1', ...(calls && { calls }), ...named },
    ]);
  });

  it('is the calls of all events together, or the whole service if one event needs that', () => {
    const of = { service: 'ec2', region: 'eu-west-1' };
    const two = [...scopes('ec2.amazonaws.com', 'StopInstances'), { ...of, calls: ['describe-images'] }];
    expect(distinctScopes(two)).toEqual([
      { ...of, calls: ['describe-images', 'describe-instances', 'describe-volumes'] },
    ]);
    expect(distinctScopes([...two, of])).toEqual([of]);
    expect(distinctScopes([{ ...of, region: 'us-east-1', calls: [] }, of])).toHaveLength(2);
  });

  it("is global for IAM and Organizations, whatever the event's region", () => {
    expect(scopes('iam.amazonaws.com', 'AttachUserPolicy', 'us-east-1')).toEqual([
      { service: 'iam', region: null },
    ]);
    expect(scopes('organizations.amazonaws.com', 'MoveAccount')).toEqual([
      { service: 'organizations', region: null },
    ]);
  });

  it('is the whole service for an unknown event', () => {
    expect(scopes('ec2.amazonaws.com', 'FlipTheFleet')).toEqual([{ service: 'ec2', region: 'eu-west-1' }]);
  });

  it('names the tagged instances, unless another event needs their list', () => {
    const event = (eventName: string, resources: string[]) =>
      scopesOf({
        ...{ eventSource: 'ec2.amazonaws.com', eventName, region: 'eu-west-1' },
        touches: touchesOf(
          [{ resourcesSet: { items: resources.map((resourceId) => ({ resourceId })) } }],
          'ec2.amazonaws.com',
        ),
      });
    const [one] = event('CreateTags', ['i-2', 'i-1', 'vol-1']);
    expect(one).toMatchObject({
      calls: ['describe-instances', 'describe-volumes'],
      instances: ['i-1', 'i-2'],
    });
    const [other] = event('DeleteTags', ['i-3']);
    const [disk] = event('CreateTags', ['vol-9']);
    const [run] = event('StopInstances', []);
    expect(disk).not.toHaveProperty('instances');
    const all = [one, other, disk].flatMap((scope) => scope ?? []);
    expect(distinctScopes(all)).toMatchObject([{ instances: ['i-1', 'i-2', 'i-3'] }]);
    expect(distinctScopes([...all, ...(run ? [run] : [])])[0]).not.toHaveProperty('instances');
    expect(distinctScopes([...all, { service: 'ec2', region: 'eu-west-1' }])[0]).not.toHaveProperty(
      'instances',
    );
  });

  it('is every service with tags for the tagging API', () => {
    expect(scopes('tagging.amazonaws.com', 'TagResources').map((scope) => scope.service)).toEqual([
      'iam',
      'ec2',
      'ssm',
    ]);
  });

  it.each([
    ['ssm.amazonaws.com', 'StartSession'],
    ['ssm.amazonaws.com', 'UpdateInstanceInformation'],
    ['ec2.amazonaws.com', 'DescribeInstances'],
    ['iam.amazonaws.com', 'GetRole'],
    ['ec2-instance-connect.amazonaws.com', 'SendSSHPublicKey'],
    ['s3.amazonaws.com', 'PutBucketPolicy'],
    ['__proto__', 'constructor'],
  ])('is nothing for %s %s', (source, name) => {
    expect(scopes(source, name)).toEqual([]);
  });

  it('names the images and snapshots of an event that is about them', () => {
    const named = (eventName: string) =>
      scopesOf({
        ...{ eventSource: 'ec2.amazonaws.com', eventName, region: 'eu-west-1' },
        touches: touchesOf([{ imageId: 'ami-1', snapshotId: 'snap-1' }], 'ec2.amazonaws.com'),
      });
    const scope = { service: 'ec2', region: 'eu-west-1' };
    const calls = ['describe-images', 'describe-snapshots'];
    expect(named('ModifyImageAttribute')).toEqual([{ ...scope, calls, named: ['ami-1', 'snap-1'] }]);
    expect(named('RunInstances')).toEqual([{ ...scope, calls: ['describe-instances', 'describe-volumes'] }]);
    expect(
      distinctScopes([...named('RunInstances'), { ...scope, named: ['ami-2'] }, ...named('CopySnapshot')]),
    ).toEqual([{ ...scope, named: ['ami-1', 'ami-2', 'snap-1'] }]);
  });

  it('contains only services that have calls', () => {
    const services = new Set<string>(CALLS.map((call) => call.service));
    for (const source of ['iam', 'organizations', 'ec2', 'ssm', 'tagging'])
      for (const scope of scopes(`${source}.amazonaws.com`, 'Change'))
        expect(services).toContain(scope.service);
  });
});
