import type { Instance, RegionSnapshot, SecurityGroup, SecurityGroupRule } from '../../snapshot/snapshot.ts';
import type { FactKind } from './access-path.ts';

/**
 * Whether a path would work now: `false` when something that it needs is seen to be missing, `null` when that was not
 * collected. It never changes a verdict.
 */
export function isReachable(
  fact: FactKind,
  instance: Instance,
  region: RegionSnapshot | undefined,
): boolean | null {
  switch (fact) {
    case 'ssh':
      return sshReachable(instance, region);
    case 'endpoint':
      return endpointReachable(instance, region, [22, 3389]);
    case 'serial':
      return region?.serialConsoleEnabled == null ? null : region.serialConsoleEnabled && isRunning(instance);
    case 'agent':
      return agentState(instance, region, true);
    case 'registered':
      return agentState(instance, region, false);
    case 'user-data':
      return instance.rootDeviceType === null ? null : instance.rootDeviceType === 'ebs';
    case 'key-pair':
      return instance.keyName !== null;
    case 'none':
      return null;
  }
}

const isRunning = (instance: Instance): boolean => instance.state === 'running';

function sshReachable(instance: Instance, region: RegionSnapshot | undefined): boolean | null {
  if (!isRunning(instance)) return false;
  if (!region?.securityGroups) return null;
  const open =
    instance.publicIps.length > 0 &&
    groupsOf(instance, region.securityGroups).some((group) =>
      group.ingress.some((rule) => lets(rule, 22) && rule.cidrs.length > 0),
    );
  if (open) return true;
  const endpoint = endpointReachable(instance, region, [22]);
  return endpoint ?? null;
}

/** An endpoint in the VPC whose group, or address range, one of the instance's security groups lets in. */
function endpointReachable(
  instance: Instance,
  region: RegionSnapshot | undefined,
  ports: readonly number[],
): boolean | null {
  if (!isRunning(instance)) return false;
  if (!region?.securityGroups || !region.connectEndpoints) return null;
  const endpoints = region.connectEndpoints.filter((endpoint) => endpoint.vpcId === instance.vpcId);
  const rules = groupsOf(instance, region.securityGroups).flatMap((group) => group.ingress);
  return endpoints.some((endpoint) =>
    rules.some(
      (rule) =>
        ports.some((port) => lets(rule, port)) &&
        (rule.groups.some((id) => endpoint.securityGroups.includes(id)) || rule.cidrs.length > 0),
    ),
  );
}

function groupsOf(instance: Instance, groups: readonly SecurityGroup[]): readonly SecurityGroup[] {
  const byId = indexed(groups);
  return instance.securityGroups.flatMap((id) => byId.get(id) ?? []);
}

const indexes = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** A region's list by id, made once. */
function indexed<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  let index = indexes.get(list) as ReadonlyMap<string, T> | undefined;
  if (!index) {
    index = new Map(list.map((one) => [one.id, one]));
    indexes.set(list, index);
  }
  return index;
}

function lets(rule: SecurityGroupRule, port: number): boolean {
  if (rule.protocol === '-1') return true;
  if (rule.protocol !== 'tcp' && rule.protocol !== '6') return false;
  return (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65535);
}

function agentState(instance: Instance, region: RegionSnapshot | undefined, online: boolean): boolean | null {
  if (!region?.managedInstances) return null;
  const managed = indexed(region.managedInstances).get(instance.id);
  if (!managed) return false;
  return online ? managed.pingStatus === 'Online' && isRunning(instance) : true;
}
