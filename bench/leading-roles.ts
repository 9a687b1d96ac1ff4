import { instancesOf } from '../lib/snapshot/instances-of.ts';
import type { PolicyRecord, Snapshot } from '../lib/snapshot/snapshot.ts';

/**
 * The same account, but some roles of instances can start sessions on the instances of a team: a shell there leads on
 * to further instances. The generated account has no such roles.
 */
export function withLeadingRoles(snapshot: Snapshot, count: number): Snapshot {
  const instances = instancesOf(snapshot);
  const profiles = new Set(instances.map(({ instanceProfile }) => instanceProfile));
  const used = snapshot.instanceProfiles.filter(({ arn }) => profiles.has(arn));
  const leading = [...new Set(used.flatMap(({ roles }) => roles))].slice(0, count);
  const tags = instances.flatMap((instance) => instance.tags);
  const teams = [...new Set(tags.filter(({ key }) => key === 'team').map(({ value }) => value))];
  const added = new Map(
    leading.map((arn, i) => [arn, sessionsOn(`leading-${i}`, teams[i % teams.length] ?? '')]),
  );
  return {
    ...snapshot,
    policies: [...snapshot.policies, ...added.values()],
    roles: snapshot.roles.map((role) => {
      const own = added.get(role.arn);
      return own ? { ...role, policies: [...role.policies, own.id] } : role;
    }),
  };
}

function sessionsOn(id: string, team: string): PolicyRecord {
  const Condition = { StringEquals: { 'aws:ResourceTag/team': team } };
  const Statement = {
    Effect: 'Allow',
    Action: ['ssm:StartSession', 'ssm:SendCommand'],
    Resource: '*',
    Condition,
  };
  return { id, name: id, kind: 'inline', document: { Version: '2012-10-17', Statement }, problems: [] };
}
