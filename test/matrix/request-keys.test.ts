import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

/** Kim's cell. Both engines must agree. */
function cell(
  input: AccountInput,
  path: PathId = 'session-manager',
  change: (snapshot: Snapshot) => Snapshot = (snapshot) => snapshot,
): Cell | undefined {
  const snapshot = change(account({ instances: [{ id: 'i-1' }], ...input }));
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { path, instance: 'i-1' })].find(({ principal }) =>
    principal.endsWith('user/kim'),
  );
}

const kim = (...policies: object[]): AccountInput => ({ users: [{ name: 'kim', policies }] });
const perimeter = (key: string, value: string): object =>
  deny('*', '*', { StringNotEqualsIfExists: { [`aws:Resource${key}`]: value } });
const OWN = `\${aws:PrincipalOrgID}`;
const start = allow('ssm:StartSession');

describe('the organization of the resource is that of the principal', () => {
  const within = (scp: object, id?: string): Cell | undefined =>
    cell(
      { ...kim(start), organization: [{ targetId: 'r-ab12', scps: [allow('*'), scp] }] },
      undefined,
      (snapshot) =>
        snapshot.organization && id !== undefined
          ? { ...snapshot, organization: { ...snapshot.organization, id } }
          : snapshot,
    );

  test('even if its id was not collected', () => {
    expect(within(perimeter('OrgID', OWN))).toMatchObject({ verdict: 'allowed', condition: null });
    expect(within(perimeter('OrgID', 'o-mine'))?.condition?.text).toBe('if aws:ResourceOrgID is o-mine');
    expect(within(deny('*', '*', { Null: { 'aws:ResourceOrgID': 'true' } }))?.verdict).toBe('allowed');
    expect(within(deny('*', '*', { StringEquals: { 'aws:ResourceOrgID': OWN } }))).toBeUndefined();
  });

  test('with its id', () => {
    expect(within(perimeter('OrgID', 'o-mine'), 'o-mine')?.condition).toBeNull();
    expect(within(perimeter('OrgID', 'o-other'), 'o-mine')).toBeUndefined();
    const paths = (value: string): object =>
      deny('*', '*', { 'ForAllValues:StringNotLike': { 'aws:PrincipalOrgPaths': value } });
    expect(within(paths('o-mine/*'), 'o-mine')?.verdict).toBe('allowed');
    expect(within(paths('o-other/*'), 'o-mine')).toBeUndefined();
  });

  test('an account outside any organization has none', () => {
    const own = allow('ssm:StartSession', '*', { StringEquals: { 'aws:PrincipalOrgID': 'o-mine' } });
    expect(cell({ ...kim(own), organization: [] })).toBeUndefined();
    expect(cell({ ...kim(own), organization: null })?.verdict).toBe('conditional');
  });
});

describe('tags of roles', () => {
  const roles = [
    {
      name: 'ops',
      tags: { squad: 'k' },
      policies: [start],
      trust: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action: 'sts:AssumeRole' },
      },
    },
  ];
  test.each(['iam:ResourceTag/squad', 'aws:ResourceTag/squad', 'IAM:resourcetag/Squad'])('%s', (key) => {
    const assume = (value: string): AccountInput => ({
      ...kim(allow('sts:AssumeRole', '*', { StringEquals: { [key]: value } })),
      roles,
    });
    expect(cell(assume('k'))).toMatchObject({ verdict: 'allowed', condition: null });
    expect(cell(assume('z'))).toBeUndefined();
  });

  test('other services have no such key', () => {
    expect(
      cell(kim(allow('ssm:StartSession', '*', { StringEquals: { 'iam:ResourceTag/squad': 'k' } }))),
    ).toBeUndefined();
  });
});

describe('a request to modify an instance is about one attribute', () => {
  const power = allow(['ec2:StopInstances', 'ec2:StartInstances']);
  const modify = (key: string, value: string): object =>
    allow('ec2:ModifyInstanceAttribute', '*', { StringEquals: { [key]: value } });

  test('and has no key of another attribute', () => {
    const type = kim(power, modify('ec2:Attribute/InstanceType', 't3.micro'));
    expect(cell(type, 'user-data')).toBeUndefined();
    expect(cell(type, 'firewall-open')).toBeUndefined();
    expect(cell(kim(power, modify('ec2:Attribute', 'InstanceType')), 'user-data')).toBeUndefined();
    const others = deny('ec2:ModifyInstanceAttribute', '*', {
      Null: { 'ec2:Attribute/InstanceType': 'true' },
    });
    expect(cell(kim(power, allow('ec2:ModifyInstanceAttribute'), others), 'user-data')).toBeUndefined();
  });

  test('with an unknown value', () => {
    expect(cell(kim(power, modify('ec2:Attribute/UserData', 'x')), 'user-data')).toMatchObject({
      verdict: 'conditional',
    });
    expect(cell(kim(power, modify('ec2:Attribute', 'UserData')), 'user-data')?.verdict).toBe('allowed');
  });
});
