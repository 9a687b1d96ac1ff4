import { describe, expect, test } from 'vitest';
import {
  isServiceLinked,
  isSpared,
  namesOf,
  type Principal,
  parsePrincipalArn,
  servicePrincipal,
} from '../../lib/evaluator/principal.ts';
import { principalKeys } from '../../lib/evaluator/request-context.ts';
import { parsePrincipal } from '../../lib/policy/principal.ts';

const A = '111122223333';
const ROLE = `arn:aws:iam::${A}:role/team/ops`;
const SESSION = `arn:aws:sts::${A}:assumed-role/ops/alice`;
const USER = `arn:aws:iam::${A}:user/team/alice`;
const FEDERATED = `arn:aws:sts::${A}:federated-user/alice`;
const ROOT = `arn:aws:iam::${A}:root`;
const SAML = `arn:aws:iam::${A}:saml-provider/corp`;
const OIDC = `arn:aws:iam::${A}:oidc-provider/token.example.com/path`;

const principal = (arn: string, id: string | null = null): Principal =>
  parsePrincipalArn(arn, id) as Principal;
const element = (value: unknown, not = false) => parsePrincipal(value, not, '$', []);
const names = (value: unknown, who: Principal): string[] => [...namesOf(element(value), who)].sort();

describe('the caller', () => {
  test.each<[string, Partial<Principal>]>([
    [USER, { kind: 'user', name: 'alice', pathName: 'team/alice', sessionName: null }],
    [ROLE, { kind: 'role', name: 'ops', pathName: 'team/ops', sessionName: null }],
    [SESSION, { kind: 'session', name: 'ops', pathName: 'ops', sessionName: 'alice' }],
    [FEDERATED, { kind: 'federated-user', name: 'alice', pathName: 'alice' }],
    [ROOT, { kind: 'root', name: 'root', pathName: 'root' }],
    [SAML, { kind: 'provider', name: 'corp', pathName: 'corp' }],
    [OIDC, { kind: 'provider', name: 'path', pathName: 'token.example.com/path' }],
  ])('%s', (arn, wanted) => {
    expect(parsePrincipalArn(arn, 'X')).toEqual({
      arn,
      account: A,
      partition: 'aws',
      id: 'X',
      sessionName: null,
      ...wanted,
    });
  });

  test.each([
    '',
    'alice',
    `arn:aws:iam::1:user/alice`,
    `arn:aws:iam::${A}:user/`,
    `arn:aws:iam::${A}:user`,
    `arn:aws:iam::${A}:group/g`,
    `arn:aws:sts::${A}:assumed-role/ops`,
    `arn:aws:sts::${A}:assumed-role/ops/`,
    `arn:aws:sts::${A}:root`,
    `arn:aws:iam::${A}:root/x`,
    `arn:aws:iam::${A}x:user/alice`,
    `arn:aws:iam::x${A}:user/alice`,
    `arn:aws:s3::${A}:user/alice`,
    `x:aws:iam::${A}:user/alice`,
  ])('`%s` is not a principal', (text) => {
    expect(parsePrincipalArn(text)).toBeNull();
  });

  test('an ARN alone has no id', () => {
    expect(parsePrincipalArn(USER)?.id).toBeNull();
  });

  test('service-linked roles are recognised by path, their sessions by name', () => {
    const linked = (arn: string): boolean => isServiceLinked(principal(arn));
    expect(
      linked(`arn:aws:iam::${A}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM`),
    ).toBe(true);
    expect(linked(`arn:aws:sts::${A}:assumed-role/AWSServiceRoleForAmazonSSM/x`)).toBe(true);
    expect(linked(`arn:aws:iam::${A}:role/AWSServiceRoleForAmazonSSM`)).toBe(false);
    expect(linked(`arn:aws:iam::${A}:user/aws-service-role/AWSServiceRoleForX`)).toBe(false);
    expect(linked(SESSION)).toBe(false);
  });
});

describe('a policy names the caller', () => {
  test.each<[unknown, string, string[]]>([
    ['*', USER, ['everyone']],
    [{ AWS: '*' }, USER, ['everyone']],
    [{ AWS: A }, USER, ['account']],
    [{ AWS: ROOT }, USER, ['account']],
    [{ AWS: [A, USER] }, USER, ['account', 'user']],
    [{ AWS: USER }, USER, ['user']],
    [{ AWS: USER }, FEDERATED, ['user']],
    [{ AWS: USER }, ROLE, []],
    [{ AWS: USER }, SESSION, []],
    [{ AWS: `arn:aws:iam::${A}:user/ops` }, ROLE, []],
    [{ AWS: `arn:aws:iam::${A}:user/ops` }, SESSION, []],
    [{ AWS: `arn:aws:iam::${A}:user/alice` }, USER, []],
    [{ AWS: `arn:aws:iam::${A}:user/bob` }, FEDERATED, []],
    [{ AWS: ROLE }, ROLE, ['role']],
    [{ AWS: ROLE }, SESSION, ['role']],
    [{ AWS: ROLE }, USER, []],
    [{ AWS: ROLE }, `arn:aws:iam::${A}:user/team/ops`, []],
    [{ AWS: `arn:aws:iam::${A}:role/ops` }, ROLE, []],
    [{ AWS: `arn:aws:iam::${A}:role/team/dev` }, SESSION, []],
    [{ AWS: SESSION }, SESSION, ['session']],
    [{ AWS: SESSION }, ROLE, []],
    [{ AWS: SESSION }, `arn:aws:sts::${A}:assumed-role/ops/bob`, []],
    [{ AWS: FEDERATED }, FEDERATED, ['session']],
    [{ AWS: FEDERATED }, USER, []],
    [{ AWS: SAML }, USER, []],
    [{ AWS: 'nonsense' }, USER, []],
    [{ AWS: '444455556666' }, USER, []],
    [{ AWS: 'arn:aws:iam::444455556666:user/team/alice' }, USER, []],
    [{ AWS: `arn:aws-cn:iam::${A}:user/team/alice` }, USER, []],
    [{ Service: 'alice', Federated: 'alice' }, USER, []],
    [{ Federated: SAML }, SAML, ['service']],
    [{ Federated: 'token.example.com/path' }, OIDC, ['service']],
    [{ Federated: OIDC, AWS: '*' }, OIDC, ['everyone', 'service']],
    [{ Federated: SAML }, OIDC, []],
    [{ AWS: SAML }, SAML, []],
  ])('%j, caller %s', (value, arn, wanted) => {
    expect(names(value, principal(arn))).toEqual(wanted);
  });

  test('by its unique id, which nobody else has', () => {
    expect(names({ AWS: 'AIDAEXAMPLE' }, principal(USER, 'AIDAEXAMPLE'))).toEqual(['user']);
    expect(names({ AWS: 'AROAEXAMPLE' }, principal(ROLE, 'AROAEXAMPLE'))).toEqual(['role']);
    expect(names({ AWS: 'AIDAEXAMPLE' }, principal(USER, 'AIDAOTHER'))).toEqual([]);
    expect(names({ AWS: 'AIDAEXAMPLE' }, principal(USER))).toEqual([]);
    expect(names({ AWS: 'xAIDAEXAMPLE' }, principal(USER, 'xAIDAEXAMPLE'))).toEqual([]);
    expect(names({ AWS: 'AIDAEXAMPLEx' }, principal(USER, 'AIDAEXAMPLEx'))).toEqual([]);
  });

  test('a service only by its name', () => {
    const ec2 = servicePrincipal('ec2.amazonaws.com');
    expect(names({ Service: ['ssm.amazonaws.com', 'ec2.amazonaws.com'] }, ec2)).toEqual(['service']);
    expect(names({ AWS: 'ec2.amazonaws.com' }, ec2)).toEqual([]);
    expect(names('*', ec2)).toEqual(['everyone']);
    expect(ec2).toMatchObject({
      kind: 'service',
      account: '',
      partition: 'aws',
      sessionName: null,
      id: null,
    });
  });
});

describe('principals that NotPrincipal exempts', () => {
  const ec2 = servicePrincipal('ec2.amazonaws.com');

  test.each<[unknown, Principal, boolean]>([
    ['*', principal(USER), true],
    [{ AWS: [A, USER] }, principal(USER), true],
    [{ AWS: [USER] }, principal(USER), false],
    [{ AWS: [A] }, principal(USER), false],
    [{ AWS: [A] }, principal(ROOT), true],
    [{ AWS: [A, ROLE] }, principal(ROLE), true],
    [{ AWS: [A] }, principal(ROLE), false],
    [{ AWS: [A, ROLE, SESSION] }, principal(SESSION), true],
    [{ AWS: [A, ROLE] }, principal(SESSION), false],
    [{ AWS: [A, SESSION] }, principal(SESSION), false],
    [{ AWS: [ROLE, SESSION] }, principal(SESSION), false],
    [{ AWS: [A, FEDERATED] }, principal(FEDERATED), true],
    [{ AWS: [A, USER] }, principal(FEDERATED), false],
    [{ Service: 'ec2.amazonaws.com' }, ec2, true],
    [{ Service: 'ssm.amazonaws.com' }, ec2, false],
  ])('%j', (value, who, spared) => {
    expect(isSpared(element(value, true), who)).toBe(spared);
  });
});

describe('keys that follow from the caller', () => {
  const keysOf = (who: Principal): Record<string, unknown> =>
    Object.fromEntries(principalKeys(who).map(([key, state]) => [key.slice(4), state?.values[0] ?? null]));

  test.each<[string, Record<string, unknown>]>([
    [USER, { principalarn: USER, principaltype: 'User', username: 'alice' }],
    [ROLE, { principalarn: ROLE, principaltype: 'AssumedRole', username: null }],
    [SESSION, { principalarn: `arn:aws:iam::${A}:role/ops`, principaltype: 'AssumedRole', username: null }],
    [
      FEDERATED,
      { principalarn: FEDERATED, principaltype: 'FederatedUser', username: null, userid: `${A}:alice` },
    ],
    [ROOT, { principalarn: ROOT, principaltype: 'Account', username: null, userid: A }],
    [SAML, { principalarn: SAML, principaltype: 'FederatedUser', username: null }],
  ])('%s', (arn, wanted) => {
    const common = { principalaccount: A, principalisawsservice: 'false', principalservicename: null };
    expect(keysOf(principal(arn))).toEqual({ ...common, ...wanted });
  });

  test('a service', () => {
    expect(keysOf(servicePrincipal('ec2.amazonaws.com'))).toEqual({
      principalarn: null,
      principalaccount: null,
      principaltype: null,
      principalisawsservice: 'true',
      principalservicename: 'ec2.amazonaws.com',
      username: null,
    });
  });
});
