import type { Group, Instance, PolicyRecord, Snapshot } from '../lib/snapshot/snapshot.ts';

/** A change of an account between two scans. */
export interface AccountChange {
  readonly name: string;
  readonly to: (snapshot: Snapshot) => Snapshot;
}

/** Changes that each alter millions of cells. */
export const ACCOUNT_CHANGES: readonly AccountChange[] = [
  { name: 'nothing', to: (snapshot) => snapshot },
  { name: 'everything gained', to: everythingGained },
  {
    name: 'everything lost',
    to: (snapshot) => withGuardrail(snapshot, { Effect: 'Deny', Action: '*', Resource: '*' }),
  },
  {
    name: 'everything conditional',
    to: (snapshot) =>
      withGuardrail(snapshot, {
        ...{ Effect: 'Deny', Action: '*', Resource: '*' },
        Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
      }),
  },
  { name: 'all instances replaced', to: instancesReplaced },
  { name: 'all principals new', to: principalsRenamed },
  { name: 'one tag changed on all', to: retagged },
];

/** An inline policy for the group of all people. */
function everythingGained(snapshot: Snapshot): Snapshot {
  const everyone = snapshot.groups.find(({ name }) => name === 'everyone') as Group;
  const id = `${everyone.arn}#everything`;
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  };
  const record: PolicyRecord = { id, name: 'everything', kind: 'inline', document, problems: [] };
  const groups = snapshot.groups.map((group) =>
    group === everyone ? { ...group, policies: [id, ...group.policies] } : group,
  );
  return { ...snapshot, groups, policies: [...snapshot.policies, record] };
}

/** One more service control policy at the root. */
function withGuardrail(snapshot: Snapshot, statement: object): Snapshot {
  const document = { Version: '2012-10-17', Statement: [statement] };
  const record: PolicyRecord = { id: 'p-all00000', name: 'all', kind: 'scp', document, problems: [] };
  const { organization } = snapshot;
  if (!organization) throw new Error('the account has no organization');
  const [root, ...others] = organization.levels;
  if (!root) throw new Error('the organization has no root');
  const policies = [...(root.serviceControlPolicies ?? []), record.id];
  const levels = [{ ...root, serviceControlPolicies: policies }, ...others];
  return {
    ...snapshot,
    organization: { ...organization, levels },
    policies: [...snapshot.policies, record],
  };
}

/** Every instance with another id, otherwise unchanged. */
function instancesReplaced(snapshot: Snapshot): Snapshot {
  const other = (id: string): string =>
    id.replace(/^(m?i-)(.)/, (_, kind, digit) => kind + (digit === 'f' ? '0' : 'f'));
  const regions = snapshot.regions.map((region) => ({
    ...region,
    instances:
      region.instances?.map((one) => ({
        ...one,
        id: other(one.id),
        arn: one.arn.replace(one.id, other(one.id)),
      })) ?? null,
    managedInstances: region.managedInstances?.map((one) => ({ ...one, id: other(one.id) })) ?? null,
  }));
  return { ...snapshot, regions };
}

/** Every user and role with another name, otherwise unchanged; references by ARN are renamed as well. */
function principalsRenamed(snapshot: Snapshot): Snapshot {
  const arns = new Set([...snapshot.users, ...snapshot.roles].map(({ arn }) => arn));
  const renamed = (text: string): string =>
    text.replace(/arn:aws:iam::\d+:(?:user|role)\/[\w+=,.@/-]+/g, (arn) =>
      arns.has(arn) ? `${arn}-2` : arn,
    );
  const { regions, ...iam } = snapshot;
  const text = JSON.stringify(iam, (_, value: unknown) =>
    typeof value === 'string' ? renamed(value) : value,
  );
  const other = JSON.parse(text) as Omit<Snapshot, 'regions'>;
  const named = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] =>
    all.map((one) => ({ ...one, name: `${one.name}-2` }));
  return { ...other, users: named(other.users), roles: named(other.roles), regions };
}

/** A new value, on every instance, of the tag by which most access is given. */
function retagged(snapshot: Snapshot): Snapshot {
  const moved = (instance: Instance): Instance => ({
    ...instance,
    tags: instance.tags.map((tag) => (tag.key === 'team' ? { ...tag, value: 'moved' } : tag)),
  });
  const regions = snapshot.regions.map((region) => ({
    ...region,
    instances: region.instances?.map(moved) ?? null,
  }));
  return { ...snapshot, regions };
}
