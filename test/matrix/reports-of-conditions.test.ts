import { describe, expect, test } from 'vitest';
import { ACCOUNT_ID, allow, deny } from '../fixtures/account.ts';
import { ask, kim } from './reported.ts';

const INSTANCES = 'arn:aws:ec2:*:*:instance/*';
const document = (name: string, owner = ''): string => `arn:aws:ssm:*:${owner}:document/${name}`;

/** Reported cases about conditions, and about the resources that requests are on. */
describe('reported cases:', () => {
  // https://xebia.com/blog/ssm-startsession-tags
  test('people of one role are separated by a tag of the instance in a variable', () => {
    const policies = [
      allow('ssm:*'),
      deny('ssm:StartSession', INSTANCES, {
        Null: { 'ssm:resourceTag/User': 'false' },
        StringNotLike: { 'aws:userid': ['AROA*:${ssm:resourceTag/User}', 'AROA*:${ssm:resourceTag/User2}'] },
      }),
    ];
    const of = ask({
      roles: [{ name: 'shared', policies }],
      users: [{ name: 'kim', policies }],
      instances: [
        { id: 'i-free' },
        { id: 'i-anna', tags: { User: 'anna' } },
        { id: 'i-both', tags: { User: 'anna', User2: 'ben' } },
      ],
    });
    const shared = (instance: string): string => of('role/shared', 'session-manager', instance);
    expect(shared('i-free')).toBe('allowed');
    expect(shared('i-anna')).toBe('conditional if aws:userid is like AROA*:anna');
    expect(shared('i-both')).toBe('conditional if aws:userid is like AROA*:anna or AROA*:ben');
    expect(of('kim', 'session-manager', 'i-anna')).toBe('none');
  });

  // https://github.com/aws/amazon-ssm-agent/issues/371
  test('with the document check and an own document, the default document is closed and that of SSH is not', () => {
    const check = { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } };
    const granted = [INSTANCES, document('DevShell', ACCOUNT_ID), document('AWS-StartSSHSession')];
    const of = ask(kim(allow('ssm:StartSession', granted, check)));
    expect(of('kim', 'session-manager')).toBe('none');
    expect(of('kim', 'session-manager-ssh')).toBe('allowed');
    expect(of('kim', 'session-manager-port-forward')).toBe('none');
  });

  // https://github.com/buildkite/buildkite-agent-scaler/pull/221, https://github.com/awslabs/awsome-distributed-ai/pull/1137
  test("a condition on the instance's tags also applies to AWS's document, which has none", () => {
    const tags = {
      StringEquals: { 'ssm:resourceTag/Role': 'x', 'ssm:resourceTag/aws:autoscaling:groupName': 'g' },
    };
    const of = ask({
      instances: [
        { id: 'i-dev', tags: { Role: 'x', 'aws:autoscaling:groupName': 'g' } },
        { id: 'i-prod', tags: { 'aws:autoscaling:groupName': 'g' } },
      ],
      users: [
        { name: 'kim', policies: [allow('ssm:SendCommand', '*', tags)] },
        {
          name: 'lou',
          policies: [allow('ssm:SendCommand', INSTANCES, tags), allow('ssm:SendCommand', document('*'))],
        },
      ],
    });
    expect(of('kim', 'run-command')).toBe('none');
    expect(of('lou', 'run-command')).toBe('allowed');
    expect(of('lou', 'run-command', 'i-prod')).toBe('none');
  });

  // https://github.com/QT-DevOps/DevOpsIssues/issues/255
  test('a condition on the instance type does not match requests on disks and images', () => {
    const of = ask({
      instances: [
        { id: 'i-dev', keys: { 'ec2:InstanceType': 't2.micro' } },
        { id: 'i-prod', keys: { 'ec2:InstanceType': 'm5.large' } },
      ],
      ...kim(allow('ec2:*', '*', { StringEquals: { 'ec2:InstanceType': 't2.micro' } })),
    });
    expect(of('kim', 'power')).toBe('allowed');
    expect(of('kim', 'user-data')).toBe('allowed');
    expect(of('kim', 'power', 'i-prod')).toBe('none');
    expect(of('kim', 'disk-copy')).toBe('none');
  });

  // https://github.com/aws-samples/service-control-policy-examples/issues/6
  test('a network perimeter with an exception by tag', () => {
    const perimeter = deny('*', '*', {
      NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' },
      StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' },
      StringNotEquals: { 'aws:PrincipalTag/exempt': 'true' },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false', 'aws:ViaAWSService': 'false' },
    });
    const of = ask({
      organization: [{ targetId: 'r-1', scps: [allow('*'), perimeter] }],
      users: [
        { name: 'kim', policies: [allow('ssm:*')] },
        { name: 'lou', policies: [allow('ssm:*')], tags: { Exempt: 'true' } },
        { name: 'max', policies: [allow('ssm:*')], tags: { exempt: 'True' } },
      ],
    });
    const bound = 'conditional if from 203.0.113.0/24, or from VPC vpc-1, or through an AWS service';
    expect(of('kim', 'run-command')).toBe(bound);
    expect(of('lou', 'run-command')).toBe('allowed');
    expect(of('max', 'run-command')).toBe(bound);
  });

  // https://github.com/nccgroup/PMapper/issues/94
  test('a guardrail against changes of IAM that leaves out groups', () => {
    const names = ['Create', 'Update', 'Put', 'Attach'].map((verb) => `iam:${verb}*`);
    const of = ask({
      organization: [{ targetId: 'r-1', scps: [allow('*'), deny([...names, 'iam:PassRole'])] }],
      policies: [{ name: 'Own', document: allow('iam:CreatePolicyVersion') }],
      groups: [{ name: 'admins', policies: [allow('*')] }],
      users: [
        { name: 'kim', policies: ['Own'] },
        { name: 'lou', policies: [allow('iam:AddUserToGroup')] },
        { name: 'max', policies: [allow(['iam:PutUserPolicy', 'iam:CreateAccessKey'])] },
      ],
    });
    expect(of('kim', 'run-command')).toBe('none');
    expect(of('lou', 'run-command')).toBe('allowed via iam:AddUserToGroup > admins');
    expect(of('max', 'run-command')).toBe('none');
  });

  // https://github.com/mulgadc/spinifex/pull/1008, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
  test('passing a role is limited by its path, and to instances of one region', () => {
    const to = (region: string): object =>
      allow('iam:PassRole', '*', {
        ArnLike: { 'iam:AssociatedResourceArn': `arn:aws:ec2:${region}:${ACCOUNT_ID}:instance/*` },
      });
    const roles = deny('iam:PassRole', `arn:aws:iam::${ACCOUNT_ID}:role/team/*`);
    const of = ask({
      roles: [{ name: 'deploy', path: '/team/', policies: [allow('*')] }],
      users: [
        { name: 'kim', policies: [allow('ec2:*'), to('us-east-1')] },
        { name: 'lou', policies: [allow('ec2:*'), to('eu-west-1')] },
        { name: 'max', policies: [allow('ec2:*'), to('us-east-1'), roles] },
      ],
    });
    expect(of('kim', 'instance-profile-swap')).toBe('allowed');
    expect(of('lou', 'instance-profile-swap')).toBe('none');
    expect(of('max', 'instance-profile-swap')).toBe('none');
  });

  // https://taylorfahlman.com/posts/aws-tagging-gotcha
  test('ForAllValues allows removing all tags by naming none', () => {
    const only = { 'ForAllValues:StringLike': { 'aws:TagKeys': ['foo'] } };
    const guard = [
      allow('ssm:*'),
      deny('ssm:*', INSTANCES, { StringEquals: { 'ssm:resourceTag/env': 'prod' } }),
    ];
    const of = ask({
      users: [
        { name: 'kim', policies: [...guard, allow('ec2:DeleteTags', INSTANCES, only)] },
        {
          name: 'lou',
          policies: [
            ...guard,
            allow('ec2:DeleteTags', INSTANCES, { ...only, Null: { 'aws:TagKeys': 'false' } }),
          ],
        },
      ],
    });
    expect(of('kim', 'tag-rewrite', 'i-prod')).toBe('allowed');
    expect(of('lou', 'tag-rewrite', 'i-prod')).toBe('none');
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_ec2-start-stop-match-tags.html
  test('comparing one tag on both sides matches nothing if neither has it', () => {
    const match = { StringEquals: { 'aws:ResourceTag/CostCenter': '${aws:PrincipalTag/CostCenter}' } };
    const policies = [allow(['ec2:startInstances', 'ec2:stopInstances'], '*', match)];
    const of = ask({
      instances: [{ id: 'i-dev', tags: { CostCenter: '7' } }, { id: 'i-none' }],
      users: [
        { name: 'kim', policies, tags: { costcenter: '7' } },
        { name: 'lou', policies },
      ],
    });
    expect(of('kim', 'power')).toBe('allowed');
    expect(of('kim', 'power', 'i-none')).toBe('none');
    expect(of('lou', 'power', 'i-none')).toBe('none');
  });

  // https://github.com/ministryofjustice/modernisation-platform/pull/1296, https://github.com/GovWifi/govwifi-terraform/pull/455, https://github.com/ministryofjustice/aws-root-account/pull/264
  test('a session under a KMS key, granted by an alias', () => {
    const preferences = { runAsEnabled: false, runAsDefaultUser: null, s3BucketName: null };
    const sessionPreferences = { ...preferences, kmsKeyId: '1f0e', cloudWatchLogGroupName: null };
    const session = allow(['ssm:StartSession', 'ssmmessages:OpenDataChannel']);
    const alias = `arn:aws:kms:us-east-1:${ACCOUNT_ID}:alias/sessions`;
    const named = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/sessions' } };
    const of = ask({
      regions: { 'us-east-1': { sessionPreferences } },
      users: [
        { name: 'kim', policies: [session] },
        { name: 'lou', policies: [session, allow('kms:GenerateDataKey', alias)] },
        { name: 'max', policies: [session, allow('kms:GenerateDataKey', '*', named)] },
      ],
    });
    expect(of('kim', 'session-manager')).toBe('none');
    expect(of('lou', 'session-manager')).toBe('none');
    expect(of('max', 'session-manager')).toMatch(/^conditional .*kms:ResourceAliases/);
  });

  // https://github.com/aws/aws-cdk/pull/8219
  test('attaching a volume by a tag needs the tag on the volume too', () => {
    const tagged = { StringEquals: { 'ec2:ResourceTag/env': 'dev' } };
    const policies = [
      allow(['ec2:AttachVolume', 'ec2:DetachVolume'], '*', tagged),
      allow(['ec2:StopInstances', 'ec2:StartInstances']),
    ];
    const swap = (env: string): string =>
      ask({
        regions: {
          'us-east-1': { volumes: [{ id: 'vol-dev', tags: [{ key: 'env', value: env }], keys: {} }] },
        },
        ...kim(...policies),
      })('kim', 'root-volume-swap');
    expect([swap('dev'), swap('prod')]).toEqual(['allowed', 'none']);
  });
});
