import type { PolicyRecord, Role, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { DocumentJson } from './document.ts';

/** The related accounts of an account. */
export interface Neighbours {
  /** the account of the platform's pipelines and people */
  readonly hub: string;
  /** an account whose roles may assume one of this account */
  readonly peer: string;
}

interface Added {
  readonly name: string;
  readonly trust: DocumentJson;
  readonly may: DocumentJson;
}

const allow = (Action: unknown, Resource: unknown = '*', Condition?: object) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition && { Condition }),
});
const document = (...Statement: object[]): DocumentJson =>
  ({ Version: '2012-10-17', Statement }) as DocumentJson;
const trusting = (AWS: string, Condition?: object): DocumentJson =>
  document({
    ...{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' },
    ...(Condition && { Condition }),
  });
const root = (id: string): string => `arn:aws:iam::${id}:root`;

/**
 * The roles that every account of an organisation has for others: for reading, for deployment, for emergencies, and one
 * for a neighbour.
 */
function rolesFor({ hub, peer }: Neighbours): readonly Added[] {
  return [
    {
      name: 'org-audit',
      trust: trusting(root(hub)),
      may: document(allow(['ec2:Describe*', 'ssm:Describe*'])),
    },
    {
      name: 'org-deploy',
      trust: trusting(`arn:aws:iam::${hub}:role/pipeline`, { StringEquals: { 'sts:ExternalId': 'deploy' } }),
      may: document(allow(['ssm:SendCommand', 'ssm:StartSession', 'ec2:*'])),
    },
    {
      name: 'org-emergency',
      trust: trusting(root(hub), { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      may: document(allow('*')),
    },
    {
      name: 'org-neighbour',
      trust: trusting(root(peer)),
      may: document(allow('ssm:StartSession'), allow('sts:AssumeRole', 'arn:aws:iam::*:role/org-neighbour')),
    },
  ];
}

/** The hub's deployment role. */
const PIPELINE: Added = {
  name: 'pipeline',
  trust: document({
    Effect: 'Allow',
    Principal: { Service: 'codebuild.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }),
  may: document(allow('sts:AssumeRole', 'arn:aws:iam::*:role/org-deploy')),
};

/** The account with these roles added. */
export function withRolesAcross(snapshot: Snapshot, neighbours: Neighbours): Snapshot {
  const { accountId } = snapshot;
  const added = [...rolesFor(neighbours), ...(accountId === neighbours.hub ? [PIPELINE] : [])];
  const made = added.map((one) => roleOf(one, accountId));
  return {
    ...snapshot,
    roles: sortBy([...snapshot.roles, ...made.map(({ role }) => role)], ({ arn }) => arn),
    policies: sortBy([...snapshot.policies, ...made.flatMap(({ policies }) => policies)], ({ id }) => id),
  };
}

function roleOf(
  { name, trust, may }: Added,
  accountId: string,
): { readonly role: Role; readonly policies: readonly PolicyRecord[] } {
  const arn = `arn:aws:iam::${accountId}:role/${name}`;
  const [trustId, policyId] = [`${arn}#trust policy`, `${arn}#access`];
  const record = (id: string, kind: 'trust' | 'inline', policy: DocumentJson): PolicyRecord => ({
    ...{ id, name: id.slice(id.indexOf('#') + 1), kind, document: policy, problems: [] },
  });
  return {
    role: {
      ...{ arn, name, id: `AROA${name.toUpperCase().replaceAll('-', '')}${accountId}`, path: '/', tags: [] },
      ...{ policies: [policyId], boundary: null, trust: trustId, maxSessionDuration: null, lastUsed: null },
    },
    policies: [record(trustId, 'trust', trust), record(policyId, 'inline', may)],
  };
}
