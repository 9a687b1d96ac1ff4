import { type Answer, type Asked, jsonError } from './fake-aws.ts';

export interface FakePolicy {
  readonly Id: string;
  readonly Type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';
  readonly Content: string;
  /** the roots, units and accounts that it is attached to */
  readonly targets: readonly string[];
}

/** An organisation: its tree, and where its policies are attached. */
export interface FakeOrganization {
  readonly management: string;
  /** the parent of each unit and account; the root is `r-1` */
  readonly parents: Readonly<Record<string, string>>;
  readonly policies: readonly FakePolicy[];
}

const PAGE = 20;

type Body = Readonly<Record<string, string | undefined>>;
type Operation = (organization: FakeOrganization, body: Body) => object;

const isAccount = (id: string): boolean => /^\d{12}$/.test(id);
const named = (Id: string) => ({ Id, Name: `name of ${Id}` });
const below = ({ parents }: FakeOrganization, parent: string | undefined): readonly string[] =>
  Object.keys(parents).filter((id) => parents[id] === parent);

/** A page of at most 20 items, as the service returns them. */
function page<Item>(list: string, items: readonly Item[], { NextToken = '0' }: Body): object {
  const end = Number(NextToken) + PAGE;
  const more = end < items.length ? { NextToken: String(end) } : {};
  return { [list]: items.slice(Number(NextToken), end), ...more };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeOrganization: ({ management }) => ({ Organization: { Id: 'o-1', MasterAccountId: management } }),
  ListRoots: () => ({
    Roots: [
      {
        ...{ Id: 'r-1', Name: 'Root' },
        PolicyTypes: [
          { Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' },
          { Type: 'RESOURCE_CONTROL_POLICY', Status: 'ENABLED' },
        ],
      },
    ],
  }),
  ListAccounts: ({ parents }, body) => {
    const ids = Object.keys(parents).filter(isAccount).sort();
    const accounts = ids.map((id) => ({ ...named(id), State: 'ACTIVE' }));
    return page('Accounts', accounts, body);
  },
  ListAccountsForParent: (organization, body) =>
    page('Accounts', below(organization, body.ParentId).filter(isAccount).map(named), body),
  ListOrganizationalUnitsForParent: (organization, body) => {
    const units = below(organization, body.ParentId).filter((id) => !isAccount(id));
    return page('OrganizationalUnits', units.map(named), body);
  },
  ListParents: ({ parents }, { ChildId = '' }) => ({ Parents: [{ Id: parents[ChildId] }] }),
  DescribeOrganizationalUnit: (_, { OrganizationalUnitId = '' }) => ({
    OrganizationalUnit: named(OrganizationalUnitId),
  }),
  DescribeAccount: (_, { AccountId = '' }) => ({ Account: named(AccountId) }),
  ListPolicies: ({ policies }, body) => {
    const some = policies.filter(({ Type }) => Type === body.Filter);
    return page(
      'Policies',
      some.map(({ Id }) => named(Id)),
      body,
    );
  },
  ListTargetsForPolicy: ({ policies }, body) => {
    const targets = policies.find(({ Id }) => Id === body.PolicyId)?.targets ?? [];
    return page(
      'Targets',
      targets.map((TargetId) => ({ TargetId })),
      body,
    );
  },
  ListPoliciesForTarget: ({ policies }, body) => {
    const some = policies.filter(
      ({ Type, targets }) => Type === body.Filter && targets.includes(body.TargetId ?? ''),
    );
    return page(
      'Policies',
      some.map(({ Id }) => named(Id)),
      body,
    );
  },
  DescribePolicy: ({ policies }, { PolicyId }) => ({
    Policy: { Content: policies.find(({ Id }) => Id === PolicyId)?.Content },
  }),
};

/** The operation of a request: `ListRoots`. */
export const operationOf = ({ headers }: Pick<Asked, 'headers'>): string =>
  String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';

/** Answers like Organizations in an account with all permissions. */
export function organizationAnswer(organization: FakeOrganization, asked: Asked): Answer {
  const operation = OPERATIONS[operationOf(asked)];
  if (operation === undefined) return jsonError(400, 'UnknownOperationException', operationOf(asked));
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(operation(organization, JSON.parse(asked.body) as Body)),
  };
}
