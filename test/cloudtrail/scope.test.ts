import { describe, expect, it } from 'vitest';
import { distinctScopes, scopesOf } from '../../lib/cloudtrail/scope.ts';
import { touchesOf } from '../../lib/cloudtrail/touches.ts';
import { CALLS } from '../../lib/collect/calls.ts';

const scopes = (eventSource: string, eventName: string, region = 'eu-west-1') =>
  scopesOf({ eventSource, eventName, region });

describe('what an event makes it necessary to read again', () => {
  it('is the service of the event, in the region of the event', () => {
    expect(scopes('ec2.amazonaws.com', 'CreateTags')).toEqual([{ service: 'ec2', region: 'eu-west-1' }]);
    expect(scopes('ssm.amazonaws.com', 'UpdateDocument')).toEqual([{ service: 'ssm', region: 'eu-west-1' }]);
  });

  it('is global for IAM and Organizations, whichever region the event came from', () => {
    expect(scopes('iam.amazonaws.com', 'AttachUserPolicy', 'us-east-1')).toEqual([
      { service: 'iam', region: null },
    ]);
    expect(scopes('organizations.amazonaws.com', 'MoveAccount')).toEqual([
      { service: 'organizations', region: null },
    ]);
  });

  it('is the whole service where the event is not known', () => {
    expect(scopes('ec2.amazonaws.com', 'FlipTheFleet')).toEqual([{ service: 'ec2', region: 'eu-west-1' }]);
  });

  it('is every tagged service for the tagging API', () => {
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
    expect(named('ModifyImageAttribute')).toEqual([{ ...scope, named: ['ami-1', 'snap-1'] }]);
    expect(named('RunInstances')).toEqual([scope]);
    expect(
      distinctScopes([...named('RunInstances'), { ...scope, named: ['ami-2'] }, ...named('CopySnapshot')]),
    ).toEqual([{ ...scope, named: ['ami-1', 'ami-2', 'snap-1'] }]);
  });

  it('only ever names services that have calls', () => {
    const services = new Set<string>(CALLS.map((call) => call.service));
    for (const source of ['iam', 'organizations', 'ec2', 'ssm', 'tagging'])
      for (const scope of scopes(`${source}.amazonaws.com`, 'Change'))
        expect(services).toContain(scope.service);
  });
});
