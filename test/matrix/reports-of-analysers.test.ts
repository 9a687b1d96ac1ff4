import { describe, expect, test } from 'vitest';
import { ACCOUNT_ID, allow, deny, type RoleInput } from '../fixtures/account.ts';
import { ask, kim } from './reported.ts';

const arn = (rest: string): string => `arn:aws:iam::${ACCOUNT_ID}:${rest}`;
const ROOT = arn('root');
const trust = (Principal: unknown, Action: unknown = 'sts:AssumeRole', Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action, ...(Condition ? { Condition } : {}) }],
});
const SHELL = [allow(['ssm:StartSession', 'ssmmessages:OpenDataChannel'])];
const shell = (name: string, trusts: object): RoleInput => ({ name, policies: SHELL, trust: trusts });

/** Accounts from public reports about programs that read IAM. The expected answer is that of AWS. */
describe('cases that other programs were reported to get wrong', () => {
  // https://github.com/nccgroup/PMapper/issues/108
  test('a service-linked role is no step of a chain', () => {
    const role = {
      ...shell('AWSServiceRoleForSupport', trust({ Service: 'support.amazonaws.com' })),
      path: '/aws-service-role/support.amazonaws.com/',
    };
    const of = ask({ ...kim(allow('sts:AssumeRole')), roles: [role] });
    expect(of('kim', 'session-manager')).toBe('none');
  });

  // https://github.com/nccgroup/PMapper/issues/86
  test('a principal that may change the code of a function gets its role', () => {
    const functions = [
      { arn: `arn:aws:lambda:us-east-1:${ACCOUNT_ID}:function:f`, name: 'f', role: arn('role/of-f') },
    ];
    const of = ask({
      ...kim(allow(['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'])),
      roles: [shell('of-f', trust({ Service: 'lambda.amazonaws.com' }))],
      regions: { 'us-east-1': { functions } },
    });
    expect(of('kim', 'session-manager')).toMatch(/^(allowed|conditional).* via .*of-f$/);
  });

  // https://github.com/nccgroup/PMapper/issues/129
  test('a role has no more than its boundary allows, also for principals that assume it', () => {
    const of = ask({
      ...kim(allow('sts:AssumeRole')),
      roles: [
        {
          name: 'admin',
          policies: [allow('*')],
          boundary: allow('ec2:StopInstances'),
          trust: trust({ AWS: ROOT }),
        },
      ],
    });
    expect(of('kim', 'session-manager')).toBe('none');
    expect(of('kim', 'power')).toBe('allowed via admin');
  });

  // https://github.com/nccgroup/PMapper/issues/121
  test('a policy that is only used as a boundary may be missing from the list: its document is unknown', () => {
    const of = ask({
      users: [{ name: 'kim', policies: SHELL, boundary: arn('policy/OnlyBoundary') }],
    });
    expect(of('kim', 'session-manager')).toBe('unknown');
    expect(of('kim', 'power')).toBe('none');
  });

  // https://github.com/nccgroup/ScoutSuite/issues/1666
  test('a boundary grants nothing', () => {
    const of = ask({
      roles: [
        { name: 'Foo', policies: [allow('s3:*')], boundary: allow('sts:*') },
        shell('ops', trust({ AWS: ROOT })),
      ],
    });
    expect(of('role/Foo', 'session-manager')).toBe('none');
  });

  // https://github.com/salesforce/cloudsplaining/issues/580
  test('a role that names its caller can be assumed without `sts:AssumeRole`, after it was made stronger', () => {
    const ops = (AWS: string) =>
      ask({
        ...kim(allow('iam:AttachRolePolicy')),
        roles: [{ name: 'ops', policies: [allow('s3:*')], trust: trust({ AWS }) }],
      })('kim', 'session-manager');
    expect(ops(arn('user/kim'))).toBe('allowed via ops > iam:AttachRolePolicy');
    expect(ops(ROOT)).toBe('none');
  });

  // https://github.com/salesforce/cloudsplaining/issues/188
  test('two policies together open a path', () => {
    const holding = (...policies: object[]) =>
      ask({
        ...kim(...policies),
        roles: [shell('fleet', trust({ Service: 'ec2.amazonaws.com' }))],
        instances: [{ id: 'i-dev', role: 'fleet' }],
      })('kim', 'session-manager');
    const [run, pass] = [allow('ec2:RunInstances'), allow('iam:PassRole')];
    expect(holding(run, pass)).toMatch(/^allowed via .*fleet$/);
    expect([holding(run), holding(pass)]).toEqual(['none', 'none']);
  });

  const IDENTITY = { StringLike: { 'sts:SourceIdentity': '*' } };
  const SETS = ['sts:AssumeRole', 'sts:SetSourceIdentity'];

  // https://github.com/MaterializeInc/materialize/pull/37427
  test('a source identity stays, so the next role must allow it', () => {
    const customer = (action: unknown) =>
      ask({
        roles: [
          { name: 'ci', policies: [allow('sts:*')], trust: trust({ AWS: ROOT }, SETS, IDENTITY) },
          shell('customer', trust({ AWS: arn('role/ci') }, action)),
        ],
      })('role/ci', 'session-manager');
    expect(customer('sts:AssumeRole')).toBe('none');
    expect(customer(SETS)).toBe('allowed via customer');
  });

  // https://github.com/cargo-lambda/cargo-lambda/issues/724
  test('the same if the trust policy names a session', () => {
    const AWS = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/speedrun-Admin/perpil`;
    const deployed = (action: unknown) =>
      ask({
        roles: [
          {
            name: 'speedrun-Admin',
            policies: [allow('s3:*')],
            trust: trust({ AWS: ROOT }, SETS, IDENTITY),
          },
          shell('lambda', trust({ AWS }, action)),
        ],
      })('role/speedrun-Admin', 'session-manager');
    expect(deployed('sts:AssumeRole')).toBe('none');
    expect(deployed(SETS)).toMatch(/^conditional .*perpil.* via lambda$/);
  });

  // https://github.com/praetorian-inc/nebula/issues/187
  test('a group that assumes a role with MFA has a condition, and is not denied', () => {
    const of = ask({
      users: [{ name: 'kim', groups: ['staff'] }],
      groups: [{ name: 'staff', policies: [allow('sts:AssumeRole', arn('role/admin'))] }],
      roles: [
        shell(
          'admin',
          trust({ AWS: ROOT }, 'sts:AssumeRole', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
        ),
      ],
    });
    expect(of('kim', 'session-manager')).toBe('conditional if signed in with MFA via admin');
  });

  // https://github.com/aws/aws-cli/issues/10314
  test('a Deny in a trust policy counts', () => {
    const held = (...more: object[]) =>
      ask({
        ...kim(allow('sts:AssumeRole')),
        roles: [
          shell('ops', {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'sts:AssumeRole' },
              ...more.map((one) => ({ Effect: 'Deny', Action: 'sts:AssumeRole', ...one })),
            ],
          }),
        ],
      })('kim', 'session-manager');
    expect(held()).toBe('allowed via ops');
    expect(held({ Principal: { AWS: arn('user/kim') } })).toBe('none');
    expect(held({ Principal: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': arn('user/kim') } } })).toBe(
      'none',
    );
    expect(
      held({ Principal: '*', Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } }),
    ).toContain('conditional');
  });

  // https://github.com/18F/identity-terraform/pull/115
  test('a required session tag needs `sts:TagSession` of the caller too', () => {
    const tagged = (...actions: string[]) =>
      ask({
        ...kim(allow(actions)),
        roles: [
          shell(
            'ops',
            trust({ AWS: ROOT }, ['sts:AssumeRole', 'sts:TagSession'], {
              StringEquals: { 'aws:RequestTag/SSMSessionRunAs': 'deploy' },
            }),
          ),
        ],
      })('kim', 'session-manager');
    expect(tagged('sts:AssumeRole')).toBe('none');
    expect(tagged('sts:AssumeRole', 'sts:TagSession')).toBe('allowed via ops');
  });

  // https://github.com/DataDog/stratus-red-team/issues/174
  test('a trust in the whole account admits principals whose own policies allow it', () => {
    const of = ask({
      users: [
        { name: 'kim', policies: [allow('sts:AssumeRole')] },
        { name: 'lou', policies: [allow('iam:Get*')] },
        { name: 'max', policies: [allow('sts:*'), deny('sts:AssumeRole', arn('role/ops'))] },
      ],
      roles: [shell('ops', trust({ AWS: ROOT }))],
    });
    expect(['kim', 'lou', 'max'].map((who) => of(who, 'session-manager'))).toEqual([
      'allowed via ops',
      'none',
      'none',
    ]);
  });
});
