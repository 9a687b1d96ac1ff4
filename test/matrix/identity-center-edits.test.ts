import { describe, expect, test } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import type { IdentityCenter } from '../../lib/snapshot/identity-center.ts';
import type { CoverageEntry, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';
import { arn } from './role-of-a-service.ts';

const PATH = '/aws-reserved/sso.amazonaws.com/';
const roleOf = (set: string): string =>
  arn('role', `aws-reserved/sso.amazonaws.com/AWSReservedSSO_${set}_0123456789abcdef`);
const setArn = (name: string): string =>
  `arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-${name.padEnd(16, '0')}`;
const INSTANCE = 'arn:aws:sso:::instance/ssoins-1111111111111111';
const HERE = `arn:aws:sso:::account/${ACCOUNT_ID}`;
const LEO = arn('user', 'leo');
const OPS = roleOf('Ops');
const ADMIN = roleOf('Admin');

const CENTER: IdentityCenter = {
  permissionSets: ['Admin', 'Ops'].map((name) => ({
    ...{ arn: setArn(name), name, people: [] },
    groups: name === 'Admin' ? ['g-admins'] : ['g-all'],
  })),
  groups: [],
  people: [],
};

const told = (given: Partial<CoverageEntry> = {}): CoverageEntry => ({
  call: 'sso-admin.list-permission-sets-provisioned-to-account',
  ...{ region: null, status: 'collected', detail: '', items: 2, ...given },
});

interface Scene {
  readonly leo?: readonly object[];
  readonly ops?: readonly object[];
  readonly admin?: readonly (object | string)[];
  readonly adminBoundary?: object;
  readonly center?: IdentityCenter | null;
  readonly coverage?: readonly CoverageEntry[];
  readonly more?: AccountInput;
}

/** Two permission sets of an account that manages Identity Center. Admin gives the serial console. */
function scene({
  leo = [],
  ops = [],
  admin = [allow('ec2-instance-connect:*')],
  adminBoundary,
  center = CENTER,
  coverage = [told()],
  more = {},
}: Scene): Snapshot {
  const one = (name: string, policies: readonly (object | string)[], boundary?: object) => ({
    ...{ name: `AWSReservedSSO_${name}_0123456789abcdef`, path: PATH, arn: roleOf(name), policies },
    trust: { Version: '2012-10-17', Statement: [] },
    ...(boundary ? { boundary } : {}),
  });
  const snapshot = account({
    instances: [{ id: 'i-1' }],
    users: [{ name: 'leo', policies: leo }],
    roles: [one('Ops', ops), one('Admin', admin, adminBoundary)],
    ...more,
  });
  return {
    ...snapshot,
    coverage: [...snapshot.coverage, ...coverage],
    ...(center ? { identityCenter: center } : {}),
  };
}

/** The console cell. Both engines must agree. */
function cellOf(principal: string, given: Scene): Cell | undefined {
  const snapshot = scene(given);
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { principal, path: 'serial-console', instance: 'i-1' })][0];
}

const ASSIGN = 'sso:CreateAccountAssignment';
const JOIN = 'identitystore:CreateGroupMembership';
const CONDITION = /a person of Identity Center/;

// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html
describe('an assignment of a permission set', () => {
  const NEEDED = [setArn('Admin'), INSTANCE, HERE];

  test('gives its role to a principal that signs in through Identity Center', () => {
    const found = cellOf(OPS, { ops: [allow(ASSIGN, NEEDED)] });
    expect(found).toMatchObject({ verdict: 'allowed', via: [ASSIGN, ADMIN] });
    expect(found?.steps).toMatchObject([
      { from: OPS, to: ADMIN, request: { action: ASSIGN, resource: setArn('Admin') }, condition: null },
    ]);
  });

  test('gives its role to any other principal, on condition that it is a person of Identity Center', () => {
    const found = cellOf(LEO, { leo: [allow(ASSIGN)] });
    expect(found).toMatchObject({ verdict: 'conditional', via: [ASSIGN, ADMIN] });
    expect(found?.condition?.text).toMatch(CONDITION);
    expect(found?.steps?.[0]?.condition?.text).toMatch(CONDITION);
  });

  // https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html
  test.each([['iam:CreatePolicyVersion'], ['iam:SetDefaultPolicyVersion']])(
    'gives its role after %s on a policy of the account that the set refers to',
    (action) => {
      const more: AccountInput = {
        policies: [
          { name: 'tools', document: allow('s3:*'), versions: [allow('ec2-instance-connect:*')] },
          { name: 'other', document: allow('s3:*'), versions: [allow('ec2-instance-connect:*')] },
        ],
      };
      const given = (on: string): Scene => ({
        ...{ ops: [allow(ASSIGN), allow(action, arn('policy', on))], admin: ['tools'], more },
      });
      expect(cellOf(OPS, given('tools'))?.via.slice(0, 3)).toEqual([ASSIGN, ADMIN, action]);
      expect(cellOf(OPS, given('other'))).toBeUndefined();
    },
  );

  test('needs rights on the set, the instance and the account', () => {
    for (const left of NEEDED)
      expect(
        cellOf(OPS, {
          ops: [
            allow(
              ASSIGN,
              NEEDED.filter((one) => one !== left),
            ),
          ],
        }),
      ).toBeUndefined();
    expect(cellOf(OPS, { ops: [allow(ASSIGN), deny(ASSIGN, HERE)] })).toBeUndefined();
    expect(cellOf(OPS, { ops: [allow(ASSIGN, [setArn('Ops'), INSTANCE, HERE])] })).toBeUndefined();
  });

  test('needs a right on its own instance of Identity Center, even if policies treat several alike', () => {
    const other = (arn: string): string => arn.replace('ssoins-1111111111111111', 'ssoins-2222222222222222');
    const [admins, all] = CENTER.permissionSets;
    const center = { ...CENTER, permissionSets: [all!, { ...admins!, arn: other(admins!.arn) }] };
    const held = (denied: string) => cellOf(OPS, { ops: [allow(ASSIGN), deny(ASSIGN, denied)], center });
    expect(held(other(INSTANCE))).toBeUndefined();
    expect(held(INSTANCE)).toMatchObject({ verdict: 'allowed', via: [ASSIGN, ADMIN] });
  });

  test('is requested in the home region of Identity Center, even if that is not read', () => {
    const there = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
    expect(cellOf(OPS, { ops: [allow(ASSIGN, '*', there)] })?.verdict).toBe('conditional');
  });
});

// https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
describe('whether the account manages Identity Center', () => {
  const ops = [allow(ASSIGN)];
  const OTHER = '999988887777';
  const organization = [
    { scps: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }] },
  ];
  const of = (managementAccountId: string): AccountInput => ({ managementAccountId, organization });

  test.each<[string, Scene, string | undefined]>([
    ['it answered itself', { coverage: [told()] }, 'allowed'],
    [
      'it is the management account',
      { coverage: [told({ readBy: OTHER })], more: of(ACCOUNT_ID) },
      'allowed',
    ],
    [
      'the delegated administrator answered',
      { coverage: [told({ readBy: OTHER })], more: of('444455556666') },
      undefined,
    ],
    ['the management account answered', { coverage: [told({ readBy: OTHER })], more: of(OTHER) }, 'unknown'],
    [
      'the management account answered, and says that this one may',
      {
        coverage: [told({ readBy: OTHER })],
        more: of(OTHER),
        center: { ...CENTER, delegated: [ACCOUNT_ID] },
      },
      'allowed',
    ],
    [
      'the management account answered, and says that another may',
      {
        ...{ coverage: [told({ readBy: OTHER })], more: of(OTHER) },
        center: { ...CENTER, delegated: ['444455556666'] },
      },
      undefined,
    ],
    [
      'no other account may',
      { coverage: [told({ readBy: OTHER })], more: of(OTHER), center: { ...CENTER, delegated: [] } },
      undefined,
    ],
    ['nobody answered', { coverage: [], center: null, more: of(OTHER) }, 'unknown'],
    ['it is in no organisation', { coverage: [], center: null }, undefined],
  ])('if %s', (_, given, verdict) => {
    const found = cellOf(OPS, { ops, ...given });
    expect(found?.verdict).toBe(verdict);
    if (verdict === 'unknown')
      expect(found?.missing).toBe('sso-admin list-permission-sets-provisioned-to-account');
  });
});

// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html
describe('a change of a permission set', () => {
  const PROVISION = 'sso:ProvisionPermissionSet';
  const CHANGES = [
    ['sso:PutInlinePolicyToPermissionSet'],
    ['sso:AttachManagedPolicyToPermissionSet'],
    ['sso:AttachCustomerManagedPolicyReferenceToPermissionSet', 'iam:CreatePolicy'],
  ];

  test.each(CHANGES)('gives its people any policy: %s', (...actions) => {
    const found = cellOf(OPS, { ops: [allow([...actions, PROVISION])] });
    expect(found).toMatchObject({ verdict: 'allowed', via: [actions[0]] });
    for (const left of [...actions, PROVISION])
      expect(
        cellOf(OPS, { ops: [allow([...actions, PROVISION].filter((one) => one !== left))] }),
      ).toBeUndefined();
  });

  test('affects only its own role, in this account', () => {
    const [[put]] = CHANGES as [[string]];
    const own = [setArn('Ops'), INSTANCE, HERE];
    expect(cellOf(OPS, { ops: [allow([put, PROVISION], own)] })?.verdict).toBe('allowed');
    expect(cellOf(OPS, { ops: [allow([put, PROVISION], own.slice(0, 2))] })).toBeUndefined();
    expect(
      cellOf(OPS, { ops: [allow([put, PROVISION], [setArn('Admin'), INSTANCE, HERE])] }),
    ).toBeUndefined();
    expect(cellOf(LEO, { leo: [allow([put, PROVISION])] })).toBeUndefined();
  });

  test('makes a set stronger, which is then assigned', () => {
    const [[put]] = CHANGES as [[string]];
    const found = cellOf(OPS, {
      ops: [allow([put, PROVISION], [setArn('Admin'), INSTANCE, HERE]), allow(ASSIGN)],
      admin: [],
    });
    expect(found).toMatchObject({ verdict: 'allowed', via: [ASSIGN, ADMIN, put] });
    expect(found?.steps?.map(({ from }) => from)).toEqual([OPS, OPS]);
  });

  test.each(['sso:DeletePermissionsBoundaryFromPermissionSet', 'sso:PutPermissionsBoundaryToPermissionSet'])(
    'removes its boundary: %s',
    (action) => {
      const given = { adminBoundary: allow(['s3:*', action, PROVISION]) };
      expect(cellOf(ADMIN, { ...given, admin: [allow('*')] })).toMatchObject({
        verdict: 'allowed',
        via: [action],
      });
      const console = allow('ec2-instance-connect:*');
      expect(
        cellOf(OPS, { ...given, admin: [console], ops: [allow([action, PROVISION, ASSIGN])] })?.via,
      ).toEqual([ASSIGN, ADMIN, action]);
      expect(cellOf(OPS, { ...given, admin: [console], ops: [allow([PROVISION, ASSIGN])] })).toBeUndefined();
    },
  );

  test("may be the principal's own set, if it is not known who manages Identity Center", () => {
    const more = { organization: null };
    const found = cellOf(OPS, { ops: [allow(['sso:Put*', PROVISION])], coverage: [], center: null, more });
    expect(found).toMatchObject({ verdict: 'unknown' });
  });
});

// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html
describe('joining a group of Identity Center', () => {
  const group = (id: string): string => `arn:aws:identitystore:::group/${id}`;
  const rest = [`arn:aws:identitystore::${ACCOUNT_ID}:identitystore/*`, 'arn:aws:identitystore:::user/*'];

  test('gives the roles of its permission sets', () => {
    expect(cellOf(OPS, { ops: [allow(JOIN, [group('g-admins'), ...rest])] })).toMatchObject({
      ...{ verdict: 'allowed', via: [JOIN, ADMIN] },
    });
    expect(cellOf(LEO, { leo: [allow(JOIN)] })?.condition?.text).toMatch(CONDITION);
    expect(cellOf(OPS, { ops: [allow(JOIN, [group('g-all'), ...rest])] })).toBeUndefined();
    for (const left of rest)
      expect(
        cellOf(OPS, { ops: [allow(JOIN, [group('g-admins'), ...rest.filter((one) => one !== left)])] }),
      ).toBeUndefined();
  });

  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html
  test('is of the directory of the instance, which belongs to an account', () => {
    const instance = { arn: 'arn:aws:sso:::instance/ssoins-1', storeId: 'd-1', owner: '999988887777' };
    const found = (store: string, center: object = instance) =>
      cellOf(OPS, {
        ops: [
          allow(JOIN, [
            group('g-admins'),
            `arn:aws:identitystore::${store}`,
            'arn:aws:identitystore:::user/*',
          ]),
        ],
        center: { ...CENTER, instance: center as typeof instance },
      });
    expect(found('999988887777:identitystore/d-1')?.via).toEqual([JOIN, ADMIN]);
    expect(found('999988887777:identitystore/d-2')).toBeUndefined();
    expect(found(`${ACCOUNT_ID}:identitystore/d-1`)).toBeUndefined();
  });

  test('may give any role, if the assignments were not read', () => {
    const permissionSets = CENTER.permissionSets.map((set) => ({ ...set, groups: null, people: null }));
    const found = cellOf(OPS, { ops: [allow(JOIN)], center: { ...CENTER, permissionSets } });
    expect(found).toMatchObject({ verdict: 'unknown', missing: 'sso-admin list-account-assignments' });
  });

  test('counts less than a longer chain of which every step is known', () => {
    const permissionSets = CENTER.permissionSets.map((set) => ({ ...set, groups: null, people: null }));
    const found = cellOf(OPS, {
      ops: [allow(JOIN), allow('iam:CreateAccessKey', LEO)],
      ...{ leo: [allow('iam:PutUserPolicy', LEO)], center: { ...CENTER, permissionSets } },
    });
    const via = ['iam:CreateAccessKey', LEO, 'iam:PutUserPolicy'];
    expect(found).toMatchObject({ verdict: 'allowed', via });
  });
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html
describe('replacing the metadata of a provider', () => {
  const UPDATE = 'iam:UpdateSAMLProvider';
  const PROVIDER = `arn:aws:iam::${ACCOUNT_ID}:saml-provider/okta`;
  const federated = (Condition?: object, Action: unknown = 'sts:AssumeRoleWithSAML'): object => ({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Federated: PROVIDER }, Action, ...(Condition ? { Condition } : {}) },
    ],
  });
  const held = (policies: readonly object[], trust: object): Cell | undefined =>
    cellOf(LEO, {
      leo: policies,
      more: { roles: [{ name: 'crane', policies: [allow('ec2-instance-connect:*')], trust }] },
    });
  const AUDIENCE = { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } };

  test('gives the roles that trust it', () => {
    expect(held([allow(UPDATE, PROVIDER)], federated(AUDIENCE))).toMatchObject({
      ...{ verdict: 'allowed', via: [UPDATE, arn('role', 'crane')] },
    });
    expect(held([allow(UPDATE, `${PROVIDER}2`)], federated(AUDIENCE))).toBeUndefined();
    expect(held([allow(UPDATE), deny(UPDATE, PROVIDER)], federated())).toBeUndefined();
    expect(held([allow(UPDATE)], federated(undefined, 'sts:AssumeRoleWithWebIdentity'))).toBeUndefined();
  });

  test('keeps the conditions that an assertion does not decide', () => {
    const address = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
    expect(held([allow(UPDATE)], federated({ ...AUDIENCE, ...address }))?.condition?.text).toContain(
      'if from 203.0.113.0/24',
    );
    const tagged = { StringEquals: { 'aws:RequestTag/team': 'red' } };
    expect(held([allow(UPDATE)], federated(tagged))).toBeUndefined();
    expect(
      held([allow(UPDATE)], federated(tagged, ['sts:AssumeRoleWithSAML', 'sts:TagSession']))?.verdict,
    ).toBe('allowed');
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-saml
    const others = { Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action: 'sts:TagSession' };
    const Statement = [...(federated(tagged) as { Statement: object[] }).Statement, others];
    expect(held([allow(UPDATE)], { Version: '2012-10-17', Statement })).toBeUndefined();
  });
});

test('explain shows each request of an edit', () => {
  const name = { principal: OPS, instance: 'i-1', path: 'serial-console' } as const;
  const found = explainCell(scene({ ops: [allow(ASSIGN)] }), name);
  const asked =
    'error' in found
      ? []
      : found.steps.flatMap(({ requests }) => requests.map(({ action, resource }) => [action, resource]));
  expect(asked).toEqual([setArn('Admin'), INSTANCE, HERE].map((one) => [ASSIGN, one]));
});
