import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChangeEvent } from '../../lib/cloudtrail/change-event.ts';
import { recordsIn } from '../../lib/cloudtrail/envelope.ts';

const RECORD = {
  eventVersion: '1.11',
  eventID: '1f00bcfa-0000-4000-8000-000000000001',
  eventSource: 'iam.amazonaws.com',
  eventName: 'AttachRolePolicy',
  eventTime: '2026-08-23T10:14:22Z',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  sourceIPAddress: '203.0.113.9',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:jane',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_x/jane',
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_x',
      },
      attributes: { mfaAuthenticated: 'true' },
    },
  },
  requestParameters: { roleName: 'DevOps', policyArn: 'arn:aws:iam::aws:policy/AmazonSSMFullAccess' },
  responseElements: null,
};
const EVENTBRIDGE = {
  version: '0',
  id: 'envelope',
  'detail-type': 'AWS API Call via CloudTrail',
  account: '111122223333',
  region: 'us-east-1',
  detail: RECORD,
};

function event(value: unknown) {
  const parsed = parseChangeEvent(value);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.event;
}

const touched = (requestParameters: unknown, more: object = {}) =>
  Object.fromEntries(
    Object.entries(event({ ...RECORD, requestParameters, ...more }).touches).filter(
      ([, list]) => list.length > 0,
    ),
  );

describe('a delivered event', () => {
  it.each([
    ['a bare record', RECORD],
    ['its text', JSON.stringify(RECORD)],
    ['an EventBridge event', EVENTBRIDGE],
    [
      'an SQS message',
      { messageId: 'm', eventSource: 'aws:sqs', awsRegion: 'us-east-1', body: JSON.stringify(EVENTBRIDGE) },
    ],
    [
      'an SNS message in SQS',
      {
        eventSource: 'aws:sqs',
        body: JSON.stringify({ Type: 'Notification', Message: JSON.stringify(EVENTBRIDGE) }),
      },
    ],
    ['a batch of one', { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(EVENTBRIDGE) }] }],
    [
      'an SNS message as Lambda gets it',
      { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(EVENTBRIDGE) } }] },
    ],
    ["a trail's file of one", { Records: [RECORD] }],
    ['a row of CloudTrail Lake', { eventJson: JSON.stringify(RECORD) }],
    ['a message of CloudWatch Logs', { timestamp: 1, message: JSON.stringify(RECORD) }],
    ['what LookupEvents answers', { EventId: 'x', CloudTrailEvent: JSON.stringify(RECORD) }],
  ])('%s is read', (_says, value) => {
    expect(event(value)).toMatchObject({
      eventId: RECORD.eventID,
      eventSource: 'iam.amazonaws.com',
      eventName: 'AttachRolePolicy',
      time: '2026-08-23T10:14:22.000Z',
      region: 'us-east-1',
      accountId: '111122223333',
      sourceIp: '203.0.113.9',
      mfa: true,
      errorCode: null,
    });
  });

  it.each([
    ['not JSON', '{', /^the event is not valid JSON/],
    ['nothing', null, /^the event is not a JSON object$/],
    ['a list', [RECORD], /^the event is not a JSON object$/],
    ['an object of another kind', { a: 1 }, /neither a CloudTrail record/],
    [
      'another event',
      { 'detail-type': 'EC2 Instance State-change Notification', source: 'aws.ec2' },
      /`EC2 Instance State-change Notification` is no CloudTrail record/,
    ],
    [
      'another event with details',
      { 'detail-type': 'Tag Change on Resource', source: 'aws.tag', detail: { service: 'ec2' } },
      /`Tag Change on Resource` is no CloudTrail record/,
    ],
    [
      'an event of CloudTrail Insights',
      { eventType: 'AwsCloudTrailInsight', eventID: 'i', insightDetails: { eventName: 'RunInstances' } },
      /^an event of CloudTrail Insights counts calls and is none/,
    ],
    [
      'the same, as EventBridge delivers it',
      { 'detail-type': 'AWS Insight via CloudTrail', detail: { eventType: 'AwsCloudTrailInsight' } },
      /^an event of CloudTrail Insights counts calls and is none/,
    ],
    [
      'a digest file',
      { awsAccountId: '111122223333', digestStartTime: '2026-08-23T10:00:00Z', logFiles: [] },
      /^a digest file of CloudTrail holds no events: hand over a log file/,
    ],
    [
      'a notification of S3',
      { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { object: { key: 'k' } } }] },
      /^a notification of S3 holds no events: hand over the log file/,
    ],
    ['two records', { Records: [RECORD, RECORD] }, /`Records` holds 2 records/],
    ['no source', { ...RECORD, eventSource: undefined }, /no `eventSource`/],
    ['no name', { ...RECORD, eventName: 7 }, /no `eventName`/],
    ['no id', { ...RECORD, eventID: '' }, /no `eventID`/],
    ['no time', { ...RECORD, eventTime: 'yesterday' }, /no `eventTime` that is a time/],
    ['no region', { ...RECORD, awsRegion: null }, /no `awsRegion`/],
    [
      'wrapped without end',
      Array.from({ length: 20 }).reduce((inner) => ({ detail: inner }), {}),
      /wrapped more than 8 times/,
    ],
    ['nested without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /nested deeper|not valid JSON/],
  ])('%s is unreadable, with its reason', (_says, value, reason) => {
    const parsed = parseChangeEvent(value);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.reason).toMatch(reason);
  });

  it('needs only source, name, id, time and region', () => {
    const { eventID, eventSource, eventName, eventTime, awsRegion } = RECORD;
    expect(event({ eventID, eventSource, eventName, eventTime, awsRegion })).toMatchObject({
      accountId: null,
      actor: null,
      sourceIp: null,
      mfa: null,
      errorCode: null,
    });
    expect(
      event({
        id: 'e',
        time: eventTime,
        region: 'eu-west-1',
        account: '1',
        detail: { eventSource, eventName },
      }),
    ).toMatchObject({
      eventId: 'e',
      region: 'eu-west-1',
      accountId: '1',
    });
  });
});

describe('the resources of an event', () => {
  it.each([
    [
      'a role and a policy',
      RECORD.requestParameters,
      { roles: ['DevOps'], policies: ['arn:aws:iam::aws:policy/AmazonSSMFullAccess'] },
    ],
    [
      'tags of instances',
      {
        resourcesSet: { items: [{ resourceId: 'i-0abc' }] },
        tagSet: { items: [{ key: 'env', value: 'prod' }] },
      },
      { instances: ['i-0abc'], resources: ['i-0abc'], tagKeys: ['env'] },
    ],
    [
      'an object where a list may stand',
      { resourcesSet: { items: { resourceId: 'i-0abc' } }, tagSet: { items: { key: 'env' } } },
      { instances: ['i-0abc'], resources: ['i-0abc'], tagKeys: ['env'] },
    ],
    [
      'wrapped, in other case',
      { AssociateIamInstanceProfileRequest: { IamInstanceProfile: { Name: 'x' }, InstanceId: 'i-0abc' } },
      { instances: ['i-0abc'] },
    ],
    ['a group', { userName: 'alice', groupName: 'ops' }, { users: ['alice'], groups: ['ops'] }],
    ['untagging', { roleName: 'r', tagKeys: ['a', 'b'] }, { roles: ['r'], tagKeys: ['a', 'b'] }],
    [
      'the tagging API',
      { resourceARNList: ['arn:aws:ec2:us-east-1:1:instance/i-9'], tags: { env: 'prod' } },
      { instances: ['arn:aws:ec2:us-east-1:1:instance/i-9'], tagKeys: ['env'] },
    ],
    ['a guardrail', { policyId: 'p-1', targetId: 'ou-1' }, { policies: ['p-1'], targets: ['ou-1'] }],
    [
      'a value of a tag is not an id',
      { tagSet: { items: [{ key: 'x', value: 'i-0abc' }] } },
      { tagKeys: ['x'] },
    ],
    ['nothing', null, {}],
    ['a shape that nobody knows', [[{ a: [1, true, null] }]], {}],
  ])('%s', (_says, parameters, touches) => {
    expect(touched(parameters)).toEqual(touches);
  });

  it('include ids from the answer and from the list of resources', () => {
    expect(
      touched(null, {
        responseElements: { instancesSet: { items: [{ instanceId: 'i-1' }] } },
        resources: [{ ARN: 'arn:aws:iam::1:role/r' }],
      }),
    ).toEqual({
      instances: ['i-1'],
      roles: ['arn:aws:iam::1:role/r'],
    });
  });

  it('separate groups of EC2 from groups of IAM, and include documents of Systems Manager', () => {
    expect(touched({ groupName: 'web', groupId: 'sg-1' }, { eventSource: 'ec2.amazonaws.com' })).toEqual({
      securityGroups: ['sg-1', 'web'],
    });
    expect(touched({ name: 'SSM-SessionManagerRunShell' }, { eventSource: 'ssm.amazonaws.com' })).toEqual({
      documents: ['SSM-SessionManagerRunShell'],
    });
  });
});

describe('the actor of an event', () => {
  it.each([
    [
      'a session of a role',
      RECORD.userIdentity,
      'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_x (session jane)',
    ],
    [
      'a user',
      { type: 'IAMUser', arn: 'arn:aws:iam::1:user/alice', userName: 'alice' },
      'arn:aws:iam::1:user/alice',
    ],
    [
      'a user through a service',
      { type: 'IAMUser', arn: 'arn:aws:iam::1:user/alice', invokedBy: 'cloudformation.amazonaws.com' },
      'arn:aws:iam::1:user/alice through cloudformation.amazonaws.com',
    ],
    [
      'a service',
      { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
      'autoscaling.amazonaws.com',
    ],
    ['root', { type: 'Root', arn: 'arn:aws:iam::1:root' }, 'arn:aws:iam::1:root'],
    [
      'a source identity',
      {
        arn: 'arn:aws:sts::1:assumed-role/r/s',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/r' }, sourceIdentity: 'bob' },
      },
      'arn:aws:iam::1:role/r (session s, source identity bob)',
    ],
    ['another account', { type: 'AWSAccount', accountId: '4444' }, '4444'],
    ['nobody', {}, null],
    ['a hostile name', { userName: 'a\nBy: root' }, 'a\\u{a}By: root'],
  ])('%s', (_says, userIdentity, actor) => {
    expect(event({ ...RECORD, userIdentity }).actor).toBe(actor);
  });

  it.each([
    ['of the ARN', RECORD.userIdentity, 'jane'],
    [
      'of the principal id, if a service called',
      {
        principalId: 'AROAEXAMPLE:mara',
        invokedBy: 'cloudformation.amazonaws.com',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/r' }, sourceIdentity: 'bob' },
      },
      'mara',
    ],
    ['of a user', { type: 'IAMUser', arn: 'arn:aws:iam::1:user/alice', principalId: 'AIDA:x' }, null],
    ['of a service', { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' }, null],
  ])('has the name of its session: %s', (_says, userIdentity, session) => {
    expect(event({ ...RECORD, userIdentity }).session).toBe(session);
  });

  it('includes whether MFA was used', () => {
    const mfa = (mfaAuthenticated: unknown) =>
      event({ ...RECORD, userIdentity: { sessionContext: { attributes: { mfaAuthenticated } } } }).mfa;
    expect([mfa('true'), mfa('false'), mfa(undefined), mfa({})]).toEqual([true, false, null, null]);
  });
});

describe('hostile input', () => {
  it('never throws, whatever the content', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 5, withNullPrototype: true }), (value) => {
        parseChangeEvent(value);
        parseChangeEvent({ ...RECORD, requestParameters: value, userIdentity: value, resources: value });
      }),
    );
  });

  it('treats __proto__ as a plain member', () => {
    const text = JSON.stringify(RECORD).replace('"roleName"', '"__proto__":{"polluted":"i-1"},"roleName"');
    expect(event(text).touches.instances).toEqual(['i-1']);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(parseChangeEvent('{"__proto__":{"eventName":"x","eventSource":"iam.amazonaws.com"}}').ok).toBe(
      false,
    );
  });

  it('ends on deep, endless and huge parameters', () => {
    let deep: unknown = 'i-1';
    for (let i = 0; i < 10_000; i++) deep = { a: deep };
    expect(event({ ...RECORD, requestParameters: deep }).touches.instances).toEqual([]);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(event({ ...RECORD, requestParameters: loop }).touches.instances).toEqual([]);
    const many = Array.from({ length: 200_000 }, (_, i) => ({ instanceId: `i-${i}` }));
    expect(event({ ...RECORD, requestParameters: many }).touches.instances.length).toBe(2000);
  });
});

describe('the account of an event', () => {
  const { recipientAccountId: _, ...older } = RECORD as Record<string, unknown>;

  it('is not that of a caller from another account', () => {
    const userIdentity = { type: 'AWSAccount', principalId: 'AIDAX', accountId: '444455556666' };
    expect(event({ ...older, userIdentity }).accountId).toBeNull();
    expect(event({ ...RECORD, userIdentity }).accountId).toBe('111122223333');
  });

  it('is otherwise that of the caller', () => {
    const userIdentity = { type: 'IAMUser', accountId: '111122223333' };
    expect(event({ ...older, userIdentity }).accountId).toBe('111122223333');
  });
});

describe('the events of a file', () => {
  it.each<[string, unknown, readonly unknown[]]>([
    ['a record', RECORD, [RECORD]],
    ['an event', EVENTBRIDGE, [EVENTBRIDGE]],
    ['a log file', { Records: [RECORD, RECORD] }, [RECORD, RECORD]],
    ['lookup-events', { Events: [{ CloudTrailEvent: '{}' }], NextToken: 'x' }, [{ CloudTrailEvent: '{}' }]],
    ['filter-log-events', { events: [{ message: '{}' }] }, [{ message: '{}' }]],
    [
      'a query of Lake',
      { QueryResultRows: [[{ eventID: 'x' }, { eventJson: '{}' }]] },
      [{ eventID: 'x', eventJson: '{}' }],
    ],
    ['a list of log files', [{ Records: [RECORD] }, { Records: [] }, EVENTBRIDGE], [RECORD, EVENTBRIDGE]],
    ['something else', { Records: 'none' }, [{ Records: 'none' }]],
    ['text', 'x', ['x']],
  ])('are those of %s', (_says, value, events) => {
    expect(recordsIn(value)).toEqual(events);
  });
});
