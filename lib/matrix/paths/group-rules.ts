import type { ConnectEndpoint, SecurityGroup, SecurityGroupRule } from '../../snapshot/snapshot.ts';

/** True if a rule is about the TCP port. */
export function lets(rule: SecurityGroupRule, port: number): boolean {
  if (rule.protocol === '-1') return true;
  if (rule.protocol !== 'tcp' && rule.protocol !== '6') return false;
  return (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65535);
}

/**
 * False if the outbound rules of an Instance Connect endpoint's groups certainly lead to none of the ports of an
 * instance in the groups `to`: none is about a port, or only about other groups. Groups that were not read, or of which
 * no outbound rule was read, decide nothing.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html
 */
export function isLetOut(
  { securityGroups }: Pick<ConnectEndpoint, 'securityGroups'>,
  known: ReadonlyMap<string, SecurityGroup>,
  to: readonly string[],
  ports: readonly number[],
): boolean {
  const groups = securityGroups.map((id) => known.get(id));
  if (groups.includes(undefined)) return true;
  const rules = groups.flatMap((group) => group?.egress ?? []);
  if (rules.length === 0) return true;
  return rules.some(
    (rule) =>
      ports.some((port) => lets(rule, port)) &&
      (rule.cidrs.length + rule.prefixLists.length > 0 || rule.groups.some((id) => to.includes(id))),
  );
}
