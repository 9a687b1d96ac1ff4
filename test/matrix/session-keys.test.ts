import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny, STARTS_SESSIONS } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const trusting = (Principal: object, Action: unknown = 'sts:AssumeRole'): object => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal, Action },
});
const INSTANCE = `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-1`;

/** A principal's cell. Both engines must agree. */
function cell(input: AccountInput, principal: string, path: PathId = 'session-manager'): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { principal, path, instance: 'i-1' })][0];
}

/** The access of a role whose grant reads a key and whose trust policy admits certain principals. */
function ofRole(condition: object, trust: object, path = '/'): Cell | undefined {
  const role = { name: 'r', path, arn: arn('role', `${path.slice(1)}r`), trust };
  return cell({ roles: [{ ...role, policies: [allow(STARTS_SESSIONS, '*', condition)] }] }, role.arn);
}

const SAML = { Federated: `arn:aws:iam::${ACCOUNT_ID}:saml-provider/okta` };
const OIDC = { Federated: 'token.actions.githubusercontent.com' };
const SSO = '/aws-reserved/sso.amazonaws.com/';

describe('keys that a service sets in its sessions', () => {
  test.each<[string, object, object, string?]>([
    [
      'ec2:SourceInstanceARN',
      { ArnLike: { 'ec2:SourceInstanceARN': '*' } },
      { Service: 'ec2.amazonaws.com' },
    ],
    [
      'ec2:SourceInstanceARN (China)',
      { ArnLike: { 'ec2:SourceInstanceARN': '*' } },
      { Service: 'ec2.amazonaws.com.cn' },
    ],
    [
      'ec2:RoleDelivery',
      { NumericGreaterThanEquals: { 'ec2:RoleDelivery': '2' } },
      { Service: 'ec2.amazonaws.com' },
    ],
    [
      'aws:Ec2InstanceSourceVpc',
      { StringEquals: { 'aws:Ec2InstanceSourceVpc': 'vpc-9' } },
      { Service: 'ec2.amazonaws.com' },
    ],
    [
      'aws:Ec2InstanceSourcePrivateIPv4',
      { IpAddress: { 'aws:Ec2InstanceSourcePrivateIPv4': '10.0.0.0/8' } },
      { Service: 'ec2.amazonaws.com' },
    ],
    [
      'ssm:SourceInstanceARN',
      { ArnLike: { 'ssm:SourceInstanceARN': '*' } },
      { Service: 'ssm.amazonaws.com' },
    ],
    [
      'lambda:SourceFunctionArn',
      { ArnLike: { 'lambda:SourceFunctionArn': '*' } },
      { Service: 'lambda.amazonaws.com' },
    ],
    [
      'glue:CredentialIssuingService',
      { StringEquals: { 'glue:CredentialIssuingService': 'glue.amazonaws.com' } },
      { Service: 'glue.amazonaws.com' },
    ],
    [
      'codebuild:BuildArn',
      { ArnLike: { 'codebuild:BuildArn': '*' } },
      { Service: 'codebuild.amazonaws.com' },
    ],
    [
      'aws:ChatbotSourceArn',
      { ArnLike: { 'aws:ChatbotSourceArn': '*' } },
      { Service: 'chatbot.amazonaws.com' },
    ],
    ['identitystore:UserId', { StringEquals: { 'identitystore:UserId': 'u-1' } }, SAML, SSO],
    ['saml:sub', { StringEquals: { 'saml:sub': 'kim' } }, SAML],
    ['aws:FederatedProvider', { StringLike: { 'aws:FederatedProvider': '*' } }, OIDC],
    [
      'the subject of a provider',
      { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } },
      OIDC,
    ],
  ])('%s', (_name, condition, principal, path) => {
    const kind = 'Federated' in principal ? 'sts:AssumeRoleWithSAML' : 'sts:AssumeRole';
    expect(ofRole(condition, trusting(principal, kind), path)?.verdict).toBe('conditional');
    // the same role with sessions of another issuer
    expect(ofRole(condition, trusting({ Service: 'states.amazonaws.com' }))).toBeUndefined();
    expect(ofRole(condition, trusting({ AWS: ACCOUNT_ID }))).toBeUndefined();
    // for a principal that may get the role in any way
    expect(ofRole(condition, trusting({ AWS: '*' }))?.verdict).toBe('conditional');
    const users = [{ name: 'kim', policies: [allow('ssm:StartSession', '*', condition)] }];
    expect(cell({ users }, arn('user', 'kim'))).toBeUndefined();
  });

  test('the agent of an instance with a profile sends no ssm:SourceInstanceARN', () => {
    const condition = { ArnLike: { 'ssm:SourceInstanceARN': '*' } };
    expect(ofRole(condition, trusting({ Service: 'ec2.amazonaws.com' }))).toBeUndefined();
  });

  test('a principal that assumes the role has no key of the service, one with a shell on the instance may', () => {
    const grant = allow('ssm:SendCommand', '*', { ArnEquals: { 'ec2:SourceInstanceARN': INSTANCE } });
    const roles = [
      {
        name: 'node',
        policies: [grant],
        trust: trusting({ Service: 'ec2.amazonaws.com', AWS: ACCOUNT_ID }),
      },
    ];
    const instances = [{ id: 'i-1', role: 'node' }];
    const users = [
      { name: 'kim', policies: [allow('sts:AssumeRole')] },
      { name: 'lee', policies: [allow('ssm:StartSession')] },
    ];
    const input = { roles, instances, users };
    expect(cell(input, arn('user', 'kim'), 'run-command')).toBeUndefined();
    expect(cell(input, arn('user', 'lee'), 'run-command')?.via).toEqual([INSTANCE]);
  });

  test('a principal that gets a role in two ways has what each way opens', () => {
    const node = (condition: object, ...more: object[]) => [
      {
        name: 'node',
        policies: [allow('ssm:SendCommand', '*', condition), ...more],
        trust: trusting({ Service: 'ec2.amazonaws.com', AWS: ACCOUNT_ID }),
      },
    ];
    const users = [
      { name: 'kim', policies: [allow('sts:AssumeRole', arn('role', 'node')), allow('ssm:StartSession')] },
    ];
    const kim = (roles: ReturnType<typeof node>) =>
      cell({ roles, users, instances: [{ id: 'i-1', role: 'node' }] }, arn('user', 'kim'), 'run-command');
    const delivered = { ArnEquals: { 'ec2:SourceInstanceARN': INSTANCE } };
    expect(kim(node(delivered))?.via).toEqual([INSTANCE]);
    expect(kim(node({ Null: { 'ec2:SourceInstanceARN': 'true' } }))?.via).toEqual([arn('role', 'node')]);
    expect(kim(node({}))?.via).toEqual([arn('role', 'node')]);
    // and what is reached from either
    const behind = (condition: object) => [
      ...node(
        { StringEquals: { 'aws:RequestedRegion': 'nowhere' } },
        allow('sts:AssumeRole', '*', condition),
      ),
      { name: 'deep', policies: [allow('ssm:SendCommand')], trust: trusting({ AWS: ACCOUNT_ID }) },
    ];
    const deep = arn('role', 'deep');
    const far = (condition: object) =>
      cell(
        { roles: behind(condition), users, instances: [{ id: 'i-1', role: 'node' }] },
        arn('user', 'kim'),
        'run-command',
      )?.via;
    expect(far({ Null: { 'ec2:SourceInstanceARN': 'true' } })).toEqual([arn('role', 'node'), deep]);
    expect(far({ Null: { 'ec2:SourceInstanceARN': 'false' } })).toEqual([INSTANCE, deep]);
  });

  test('a principal that gets a role in two ways through IAM has what each way opens', () => {
    const passing = [allow('iam:PassRole'), allow(['lambda:CreateFunction', 'lambda:InvokeFunction'])];
    const users = [{ name: 'kim', policies: [allow('iam:UpdateAssumeRolePolicy'), ...passing] }];
    const via = (condition: object) => {
      const policies = [allow('ssm:SendCommand', '*', condition)];
      const roles = [{ name: 'fn', policies, trust: trusting({ Service: 'lambda.amazonaws.com' }) }];
      return cell({ roles, users }, arn('user', 'kim'), 'run-command')?.via;
    };
    const fn = arn('role', 'fn');
    expect(via({ ArnLike: { 'lambda:SourceFunctionArn': '*' } })).toEqual(['lambda:CreateFunction', fn]);
    expect(via({ Null: { 'lambda:SourceFunctionArn': 'true' } })).toEqual(['iam:UpdateAssumeRolePolicy', fn]);
  });

  test('a Deny of requests from outside a VPC does not apply to assumed sessions', () => {
    const perimeter = deny('*', '*', {
      StringNotEquals: { 'aws:SourceVpc': '${aws:Ec2InstanceSourceVpc}' },
      Null: { 'ec2:SourceInstanceARN': 'false' },
    });
    const roles = [
      { name: 'ops', policies: [allow('ssm:StartSession')], trust: trusting({ AWS: ACCOUNT_ID }) },
    ];
    const users = [{ name: 'kim', policies: [allow('sts:AssumeRole')] }];
    const organization = [{ scps: [allow('*'), perimeter] }];
    expect(cell({ roles, users, organization }, arn('user', 'kim'))?.verdict).toBe('allowed');
  });
});

describe("the issuers of a role's sessions", () => {
  const DELIVERED = { ArnLike: { 'ec2:SourceInstanceARN': '*' } };
  const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
  const EC2 = { Service: 'ec2.amazonaws.com' };
  const LAMBDA = { Service: 'lambda.amazonaws.com' };
  const statements = (...all: readonly (readonly [string, object | undefined])[]): object => ({
    Version: '2012-10-17',
    Statement: all.map(([Effect, Principal]) => ({
      ...{ Effect, Action: 'sts:AssumeRole' },
      ...(Principal && { Principal }),
    })),
  });

  test('separate roles with the same policy', () => {
    const policies = [{ name: 'Onward', document: allow(STARTS_SESSIONS, '*', DELIVERED) }];
    const roles = [EC2, LAMBDA].map((who, i) => ({
      ...{ name: `r${i}`, policies: ['Onward'], trust: trusting(who) },
    }));
    const of = (name: string) => cell({ roles, policies }, arn('role', name))?.verdict;
    expect([of('r0'), of('r1')]).toEqual(['conditional', undefined]);
  });

  test('are anybody if one of several statements says so, or if the trust policy cannot be read', () => {
    const some = statements(['Allow', LAMBDA], ['Allow', { AWS: '*' }]);
    expect(ofRole(DELIVERED, some)?.verdict).toBe('conditional');
    expect(ofRole(DELIVERED, statements(['Allow', LAMBDA], ['Allow', EC2]))?.verdict).toBe('conditional');
    expect(ofRole(DELIVERED, statements(['allowed', LAMBDA]))?.verdict).toBe('conditional');
  });

  test('do not include those that a Deny names', () => {
    expect(ofRole(DELIVERED, statements(['Allow', LAMBDA], ['Deny', EC2]))).toBeUndefined();
    expect(ofRole(MFA, statements(['Allow', LAMBDA], ['Deny', { AWS: ACCOUNT_ID }]))).toBeUndefined();
  });
});

describe('keys that are never present, and those that always are', () => {
  const user = (condition: object, effect = allow): Cell | undefined => {
    const policies = [allow('ssm:StartSession'), effect('ssm:StartSession', '*', condition)];
    const own = effect === allow ? policies.slice(1) : policies;
    return cell({ users: [{ name: 'kim', policies: own }] }, arn('user', 'kim'));
  };

  test.each(['aws:SourceArn', 'aws:SourceAccount', 'aws:SourceOrgID', 'aws:AssumedRoot'])(
    '%s is in no request of a user or role',
    (key) => {
      expect(user({ StringLike: { [key]: '*' } })).toBeUndefined();
      expect(user({ StringNotEqualsIfExists: { [key]: 'x' } }, deny)).toBeUndefined();
      expect(user({ StringNotEqualsIfExists: { [key]: 'x' } })?.verdict).toBe('allowed');
      expect(user({ Null: { [key]: 'false' } }, deny)?.verdict).toBe('allowed');
    },
  );

  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSMcpServiceActionsFullAccess.html
  test('a policy for actions of MCP servers allows none of the requests that these make', () => {
    expect(user({ Bool: { 'aws:IsMcpServiceAction': 'true' } })).toBeUndefined();
  });

  test.each([
    ['aws:SecureTransport', 'if over TLS'],
    ['aws:ViaAWSService', 'if through an AWS service'],
  ])('%s is in every request: no condition says that it may be absent', (key, text) => {
    expect(user({ BoolIfExists: { [key]: 'true' } })?.condition?.text).toBe(text);
    expect(user({ Bool: { [key]: 'false' } }, deny)?.condition?.text).toBe(text);
    expect(user({ Null: { [key]: 'true' } })).toBeUndefined();
    expect(user({ Null: { [key]: 'true' } }, deny)?.verdict).toBe('allowed');
  });

  test('a session has an issue time, an access key has none', () => {
    const before = { DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } };
    const policies = [allow('ssm:StartSession'), deny('*', '*', before)];
    const role = { name: 'r', policies, trust: trusting({ AWS: ACCOUNT_ID }) };
    expect(cell({ roles: [role] }, arn('role', 'r'))?.condition?.text).not.toContain('absent');
    const users = [{ name: 'kim', policies }];
    expect(cell({ users }, arn('user', 'kim'))?.condition?.text).toContain('absent');
  });

  test('tags that no request contains', () => {
    expect(user({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } })?.verdict).toBe('allowed');
    expect(user({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } })).toBeUndefined();
    expect(user({ StringEquals: { 'aws:RequestTag/team': 'red' } })).toBeUndefined();
  });
});

describe('MFA of a role', () => {
  const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

  test('is unknown if somebody may assume it with MFA', () => {
    expect(ofRole(MFA, trusting({ AWS: ACCOUNT_ID }))?.verdict).toBe('conditional');
  });

  test('is absent if only a service may assume it, and a condition on the presence of the key carries a code', () => {
    const trust = trusting({ Service: 'lambda.amazonaws.com' });
    expect(ofRole(MFA, trust)).toBeUndefined();
    expect(ofRole({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, trust)?.uncertain).toEqual([
      'mfa-of-a-service-session',
    ]);
    expect(ofRole({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, trust)?.uncertain).toEqual([]);
    expect(ofRole({ NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } }, trust)).toBeUndefined();
  });
});
