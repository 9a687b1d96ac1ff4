import { describe, expect, test } from 'vitest';
import { ACCOUNT_ID, allow, deny, type RoleInput } from '../fixtures/account.ts';
import { ask, kim } from './reported.ts';

const role = (name: string, path = '/'): string => `arn:aws:iam::${ACCOUNT_ID}:role${path}${name}`;
const document = (name: string, owner = ''): string => `arn:aws:ssm:*:${owner}:document/${name}`;
const INSTANCES = 'arn:aws:ec2:*:*:instance/*';
const trust = (Principal: unknown, Condition?: object, Action: unknown = 'sts:AssumeRole'): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action, ...(Condition ? { Condition } : {}) }],
});
const WHOLE_ACCOUNT = { AWS: ACCOUNT_ID };

/** Reported behaviour of AWS. Each case names its report. */
describe('reported cases:', () => {
  // https://dev.classmethod.jp/articles/tsnote-aws-systems-manager-session-manager-portfowarding-tag-iam-policy-001/
  test('port forwarding is refused if only the instance is granted, and not the document', () => {
    const of = ask(
      kim(allow('ssm:StartSession', INSTANCES, { StringLike: { 'ssm:resourceTag/env': ['dev'] } })),
    );
    expect(of('kim', 'session-manager-port-forward')).toBe('none');
    expect(of('kim', 'session-manager')).toBe('allowed');
    expect(of('kim', 'session-manager', 'i-prod')).toBe('none');
  });

  // https://github.com/aidansteele/rdsconn/issues/5
  test('a tunnel to the port of a database leads onto no instance, those of SSH and RDP do', () => {
    const tunnel = (...ports: string[]): object =>
      allow('ec2-instance-connect:OpenTunnel', '*', {
        NumericEquals: { 'ec2-instance-connect:remotePort': ports },
      });
    const endpoint = {
      id: 'eice-1',
      arn: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance-connect-endpoint/eice-1`,
      vpcId: 'vpc-1',
      subnetId: null,
      securityGroups: [],
      preserveClientIp: null,
      state: 'create-complete',
      tags: [],
    };
    const of = ask({
      users: [
        { name: 'kim', policies: [tunnel('5432')] },
        { name: 'lou', policies: [tunnel('22', '5432')] },
      ],
      regions: { 'us-east-1': { connectEndpoints: [endpoint] } },
      instances: [{ id: 'i-dev', vpcId: 'vpc-1' }],
    });
    expect(of('kim', 'instance-connect-endpoint')).toBe('none');
    expect(of('lou', 'instance-connect-endpoint')).toBe('allowed');
  });

  // https://github.com/awsdocs/amazon-ec2-user-guide/pull/260
  test('the serial console, allowed everywhere and denied on one instance', () => {
    const push = 'ec2-instance-connect:SendSerialConsoleSSHPublicKey';
    const of = ask(kim(allow(push), deny(push, `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-prod`)));
    expect(of('kim', 'serial-console')).toBe('allowed');
    expect(of('kim', 'serial-console', 'i-prod')).toBe('none');
  });

  // https://repost.aws/knowledge-center/mfa-iam-user-aws-cli
  test('a Deny without MFA lets access keys pass by Bool, and not by BoolIfExists', () => {
    const without = (operator: string): object =>
      deny('*', '*', { [operator]: { 'aws:MultiFactorAuthPresent': 'false' } });
    const of = ask({
      users: [
        { name: 'kim', policies: [allow('ssm:*'), without('Bool')] },
        { name: 'lou', policies: [allow('ssm:*'), without('BoolIfExists')] },
      ],
    });
    expect(of('kim', 'run-command')).toBe('conditional if signed in with MFA or with an access key');
    expect(of('lou', 'run-command')).toBe('conditional if signed in with MFA');
  });

  // https://github.com/serverless/serverless/issues/13652, https://github.com/fivexl/terraform-aws-sso-elevator/issues/21
  test('a trust in a permission set, whose role has the region in its path', () => {
    const path = '/aws-reserved/sso.amazonaws.com/eu-west-1/';
    const name = 'AWSReservedSSO_Ops_0a1b2c3d4e5f6071';
    const shell = { policies: [allow('ssm:StartSession')] };
    const like = (pattern: string): object =>
      trust(WHOLE_ACCOUNT, {
        ArnLike: { 'aws:PrincipalArn': role(pattern, '/aws-reserved/sso.amazonaws.com/') },
      });
    const with_ = (given: RoleInput[]): string =>
      ask({
        roles: [
          {
            name,
            path,
            trust: trust({ Federated: `arn:aws:iam::${ACCOUNT_ID}:saml-provider/x` }),
            policies: [allow('sts:AssumeRole')],
          },
          ...given,
        ],
      })(`/${name}`, 'session-manager');
    expect(with_([{ name: 'gate', trust: like('*/AWSReservedSSO_Ops_*'), ...shell }])).toBe(
      'allowed via gate',
    );
    expect(with_([{ name: 'gate', trust: like('AWSReservedSSO_Ops_*'), ...shell }])).toBe('none');
    expect(with_([{ name: 'gate', trust: trust({ AWS: role(name) }), ...shell }])).toBe('none');
    // a wildcard inside a principal's ARN matches nobody
    expect(with_([{ name: 'gate', trust: trust({ AWS: role('*', path) }), ...shell }])).toBe('none');
  });

  // https://github.com/msaad00/agent-bom/pull/3952, https://github.com/peterkimzz/aws-ssm-send-command/issues/14
  test("Run Command needs the ARN of an EC2 instance, and AWS's document", () => {
    const send = (...resources: string[]): object => allow('ssm:SendCommand', resources);
    const shell = document('AWS-RunShellScript');
    const of = ask({
      users: [
        { name: 'kim', policies: [send(`arn:aws:ssm:us-east-1:${ACCOUNT_ID}:instance/*`, shell)] },
        { name: 'lou', policies: [send(INSTANCES, shell)] },
        { name: 'mae', policies: [send(INSTANCES, document('AWS-RunShellScript', ACCOUNT_ID))] },
        {
          name: 'ned',
          policies: [send(`arn:aws:ssm:*:${ACCOUNT_ID}:managed-instance/*`, document('*', '*'))],
        },
        { name: 'oda', policies: [send(shell)] },
      ],
    });
    expect(['kim', 'lou', 'mae', 'ned', 'oda'].map((name) => of(name, 'run-command'))).toEqual([
      'none',
      'allowed',
      'none',
      'none',
      'none',
    ]);
  });

  // https://github.com/hashicorp-education/learn-consul-get-started-vms/issues/9, https://github.com/aws/aws-cli/issues/2060
  test('another instance profile does not work if its role may not be passed, or is not for EC2', () => {
    const swap = allow(['ec2:AssociateIamInstanceProfile', 'ec2:ReplaceIamInstanceProfileAssociation']);
    const passed = (service: string): object => ({ StringEquals: { 'iam:PassedToService': service } });
    const of = ask({
      users: [
        { name: 'kim', policies: [swap] },
        { name: 'lou', policies: [swap, allow('iam:PassRole', role('box'))] },
        { name: 'mae', policies: [swap, allow('iam:PassRole', role('db'))] },
        { name: 'ned', policies: [swap, allow('iam:PassRole', '*', passed('ec2.amazonaws.com'))] },
        { name: 'oda', policies: [swap, allow('iam:PassRole', '*', passed('lambda.amazonaws.com'))] },
      ],
      roles: [{ name: 'box' }, { name: 'db', trust: trust({ Service: 'rds.amazonaws.com' }) }],
      instances: [{ id: 'i-dev', role: 'box' }],
    });
    expect(['kim', 'lou', 'mae', 'ned', 'oda'].map((name) => of(name, 'instance-profile-swap'))).toEqual([
      'none',
      'allowed',
      'none',
      'allowed',
      'none',
    ]);
  });

  // https://awsfeed.com/whats-new/management-tools/configure-session-manager-access-for-federated-users-using-saml-session-tags
  test('people of an identity provider whose sessions have the tag of their department', () => {
    const okta = { Federated: `arn:aws:iam::${ACCOUNT_ID}:saml-provider/okta` };
    const own = { StringEquals: { 'ssm:resourceTag/env': `\${aws:PrincipalTag/env}` } };
    const policies = [
      allow('ssm:StartSession', INSTANCES, own),
      allow('ssm:StartSession', document('*', '*')),
    ];
    const tagged = trust(okta, undefined, ['sts:AssumeRoleWithSAML', 'sts:TagSession']);
    const of = ask({ roles: [{ name: 'fed', trust: tagged, policies }] });
    expect(of('/fed', 'session-manager')).toBe(
      "conditional if the principal's own tag aws:PrincipalTag/env is dev",
    );
    expect(of('/fed', 'session-manager', 'i-prod')).toBe(
      "conditional if the principal's own tag aws:PrincipalTag/env is prod",
    );
  });

  // https://github.com/awslabs/aws-well-architected-labs/issues/854, as the region lock of Control Tower has it
  test('a region lock that exempts IAM and one role', () => {
    const lock = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          NotAction: ['iam:*', 'sts:*', 'organizations:*', 'ec2:DescribeRegions'],
          Resource: '*',
          Condition: {
            StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1'] },
            ArnNotLike: { 'aws:PrincipalARN': ['arn:aws:iam::*:role/AWSControlTowerExecution'] },
          },
        },
      ],
    };
    const of = ask({
      users: [{ name: 'kim', policies: [allow('ssm:*')] }],
      roles: [
        {
          name: 'AWSControlTowerExecution',
          trust: trust({ AWS: 'arn:aws:iam::999988887777:root' }),
          policies: [allow('ssm:*')],
        },
        { name: 'jump', trust: trust(WHOLE_ACCOUNT), policies: [allow('ssm:*')] },
      ],
      organization: [{ scps: [allow('*')] }, { scps: [allow('*'), lock] }, { scps: [allow('*')] }],
    });
    expect(of('kim', 'run-command')).toBe('none');
    expect(of('/jump', 'run-command')).toBe('none');
    expect(of('/AWSControlTowerExecution', 'run-command')).toBe('allowed');
  });

  // https://github.com/awslabs/landing-zone-accelerator-on-aws/pull/330
  test('a guardrail with a list of services that leaves out the channels of Session Manager', () => {
    const only = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', NotAction: ['ec2:*', 'ssm:*', 'ec2messages:*', 'iam:*', 'sts:*'], Resource: '*' },
      ],
    };
    const organization = [{ scps: [allow('*')] }, { scps: [allow('*'), only] }, { scps: [allow('*')] }];
    const of = ask({ ...kim(allow(['ssm:*', 'ssmmessages:*'])), organization });
    expect(of('kim', 'session-manager')).toBe('none');
    // the agent falls back to the channels of Run Command
    expect(of('kim', 'run-command')).toBe('allowed');
  });

  // https://iamlens.dev/learn/mfa-enforcement-patterns
  test('MFA that the second role of a chain requires is that of the caller of the first', () => {
    const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const of = ask({
      ...kim(allow('sts:AssumeRole')),
      roles: [
        { name: 'hop', trust: trust(WHOLE_ACCOUNT), policies: [allow('sts:AssumeRole')] },
        { name: 'end', trust: trust({ AWS: role('hop') }, MFA), policies: [allow('ssm:StartSession')] },
      ],
    });
    expect(of('kim', 'session-manager')).toBe('conditional if signed in with MFA via hop > end');
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html: a principal that was deleted
  test('a trust in a deleted principal, and in a session with a certain name', () => {
    const shell = { policies: [allow('ssm:StartSession')] };
    const named = { StringLike: { 'sts:RoleSessionName': `\${aws:username}` } };
    const gone = ask({
      ...kim(allow('sts:AssumeRole')),
      roles: [
        { name: 'gate', trust: trust({ AWS: ['AIDAJQABLZS4A3QDU576Q', 'AROADBQP57FF2AEXAMPLE'] }), ...shell },
      ],
    });
    expect(gone('kim', 'session-manager')).toBe('none');
    const own = ask({
      ...kim(allow('sts:AssumeRole')),
      roles: [
        { name: 'gate', trust: trust(WHOLE_ACCOUNT, named), ...shell },
        { name: 'other', trust: trust(WHOLE_ACCOUNT), policies: [allow('sts:AssumeRole', role('gate'))] },
      ],
    });
    expect(own('kim', 'session-manager')).toBe('allowed via gate');
    expect(own('/other', 'session-manager')).toBe('none');
  });
});
