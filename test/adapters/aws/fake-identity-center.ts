import { type Answer, type Asked, jsonError } from './fake-aws.ts';
import { operationOf } from './fake-organization.ts';

/** Identity Center in its home region. */
export interface FakeIdentityCenter {
  readonly region: string;
  /** groups with the indexes of their people */
  readonly groups: Readonly<Record<string, readonly number[]>>;
  readonly people: number;
  /** the holders, by account and permission set */
  readonly assignments: Readonly<
    Record<string, Readonly<Record<string, readonly { readonly group?: string; readonly person?: number }[]>>>
  >;
}

export const INSTANCE = 'arn:aws:sso:::instance/ssoins-1';
export const permissionSet = (name: string): string => `arn:aws:sso:::permissionSet/ssoins-1/ps-${name}`;
export const STORE = 'd-1';

const PAGE = 100;

type Body = Readonly<Record<string, string | undefined>>;

/** A page of at most 100 items, as the services return them. */
function page<Item>(list: string, items: readonly Item[], { NextToken = '0' }: Body): object {
  const end = Number(NextToken) + PAGE;
  return {
    [list]: items.slice(Number(NextToken), end),
    ...(end < items.length && { NextToken: String(end) }),
  };
}

const OPERATIONS: Readonly<Record<string, (center: FakeIdentityCenter, body: Body) => object>> = {
  ListInstances: () => ({ Instances: [{ InstanceArn: INSTANCE, IdentityStoreId: STORE, Status: 'ACTIVE' }] }),
  ListPermissionSetsProvisionedToAccount: ({ assignments }, body) =>
    page('PermissionSets', Object.keys(assignments[body.AccountId ?? ''] ?? {}).map(permissionSet), body),
  DescribePermissionSet: (_, { PermissionSetArn = '' }) => ({
    PermissionSet: { PermissionSetArn, Name: PermissionSetArn.split('/ps-')[1] },
  }),
  ListAccountAssignments: ({ assignments }, body) => {
    const { AccountId = '', PermissionSetArn = '' } = body;
    const holders = assignments[AccountId]?.[PermissionSetArn.split('/ps-')[1] ?? ''] ?? [];
    const all = holders.map(({ group, person }) => ({
      ...{ AccountId, PermissionSetArn },
      PrincipalType: group === undefined ? 'USER' : 'GROUP',
      PrincipalId: group === undefined ? `u-${person}` : `g-${group}`,
    }));
    return page('AccountAssignments', all, body);
  },
  ListGroups: ({ groups }, body) =>
    page(
      'Groups',
      Object.keys(groups).map((name) => ({
        GroupId: `g-${name}`,
        DisplayName: name,
        IdentityStoreId: STORE,
      })),
      body,
    ),
  ListUsers: ({ people }, body) => {
    const all = Array.from({ length: people }, (_, n) => ({
      ...{ UserId: `u-${n}`, UserName: `person-${n}`, IdentityStoreId: STORE },
      Emails: [{ Value: `private-${n}@example.com` }],
    }));
    return page('Users', all, body);
  },
  ListGroupMemberships: ({ groups }, body) => {
    const members = groups[body.GroupId?.slice(2) ?? ''] ?? [];
    const all = members.map((n) => ({
      ...{ IdentityStoreId: STORE, GroupId: body.GroupId, MemberId: { UserId: `u-${n}` } },
    }));
    return page('GroupMemberships', all, body);
  },
};

/** The region for which a request is signed. */
export const regionOf = ({ headers }: Pick<Asked, 'headers'>): string =>
  /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';

/** Answers like AWS in the management account; null: it is not a call of Identity Center. */
export function identityCenterAnswer(center: FakeIdentityCenter, asked: Asked): Answer | null {
  const name = operationOf(asked);
  const operation = OPERATIONS[name];
  if (operation === undefined) return null;
  const isHome = regionOf(asked) === center.region;
  if (!isHome && name !== 'ListInstances') return jsonError(400, 'ResourceNotFoundException', 'not here');
  const body = isHome ? operation(center, JSON.parse(asked.body) as Body) : { Instances: [] };
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
  };
}
