import type { ConnectEndpoint, Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { FactKind } from './access-path.ts';
import { indexed, isLetOut, type LetIn, rulesFor } from './group-rules.ts';
import { isPublicAccessBlocked } from './public-access.ts';

/** The properties of an instance that decide whether it is reachable. */
export type Reached = Pick<
  Instance,
  | 'id'
  | 'region'
  | 'state'
  | 'vpcId'
  | 'subnetId'
  | 'privateIps'
  | 'publicIps'
  | 'securityGroups'
  | 'instanceProfile'
  | 'keyName'
  | 'rootDeviceType'
>;

/**
 * Equal for instances that are equally reachable, apart from what Systems Manager knows of them by id. Of an address
 * only the family counts.
 */
export function reachKey(instance: Reached): string {
  const families = (addresses: readonly string[]) => [...new Set(addresses.map(isIpv6))].sort();
  const { region, state, vpcId, subnetId, privateIps, publicIps } = instance;
  const { securityGroups, instanceProfile, keyName, rootDeviceType } = instance;
  const facts: Readonly<Record<Exclude<keyof Reached, 'id'>, unknown>> = {
    ...{ region, state, vpcId, subnetId, securityGroups, instanceProfile, rootDeviceType },
    ...{ privateIps: families(privateIps), publicIps: families(publicIps), keyName: keyName !== null },
  };
  return JSON.stringify(facts);
}

/** The work for which an agent needs its role: see `account/agent-channels.ts`. */
export type AgentWork = 'session' | 'default-session' | 'command';

export interface AgentState {
  /** null: not known */
  readonly works: boolean | null;
  /** why it does not */
  readonly because: string | null;
  /** what has to change; `denied`: a Deny or a guardrail, so that a grant does not help */
  readonly reason?: 'grant' | 'denied' | 'trust';
}

/** What the roles of instances let their agents do. */
export interface Agents {
  readonly state: (work: AgentWork, instance: Reached) => AgentState;
  /** whether the instance's own role lets the agent register: false without a role; null: not known */
  readonly registers: (instance: Reached) => AgentState;
}

/**
 * Whether a path would work now: `false` if something that it needs is known to be missing, `null` if that
 * was not collected. It never changes a verdict.
 */
export function isReachable(
  fact: FactKind,
  instance: Reached,
  region: RegionSnapshot | undefined,
  agents: Agents,
): boolean | null {
  const works = WORKS[fact];
  if (instance.state !== NOT_SAID || WORKS_STOPPED.has(fact)) return works(instance, region, agents);
  return works({ ...instance, state: 'running' }, region, agents) === false ? false : null;
}

/** Stands for a state that was not collected. */
export const NOT_SAID = 'unknown';

/** Facts that hold for a stopped instance too. */
export const WORKS_STOPPED: ReadonlySet<FactKind> = new Set(['registered', 'user-data', 'key-pair', 'none']);

type Works = (instance: Reached, region: RegionSnapshot | undefined, agents: Agents) => boolean | null;

const WORKS: Readonly<Record<FactKind, Works>> = {
  ssh: sshReachable,
  endpoint: (instance, region) => endpointReachable(instance, region, [22, 3389]),
  serial: (instance, region) =>
    region?.serialConsoleEnabled == null ? null : region.serialConsoleEnabled && isRunning(instance),
  session: agentWorks('session'),
  'default-session': agentWorks('default-session'),
  // the approval is a condition of the cell
  'approved-session': agentWorks('session'),
  command: agentWorks('command'),
  registered: (instance, region) => agentState(instance, region, false),
  'user-data': ({ rootDeviceType }) => (rootDeviceType === null ? null : rootDeviceType === 'ebs'),
  'key-pair': ({ keyName }) => keyName !== null,
  none: () => null,
};

/** The agent must be online, and its role must allow the work. */
function agentWorks(work: AgentWork): Works {
  return (instance, region, agents) => {
    const online = agentState(instance, region, true);
    if (online === false) return false;
    const { works } = agents.state(work, instance);
    return works === true ? online : works;
  };
}

/** Why a path does not work now, if the role of its agent is the reason; else null. */
export function whyUnreachable(
  fact: FactKind,
  instance: Reached,
  region: RegionSnapshot | undefined,
  agents: Agents,
): string | null {
  const work = fact === 'approved-session' ? 'session' : fact;
  if (work !== 'session' && work !== 'default-session' && work !== 'command') return null;
  return agentState(instance, region, true) === false ? null : agents.state(work, instance).because;
}

const isRunning = (instance: Reached): boolean => instance.state === 'running';

/**
 * Port 22 from outside, or through an endpoint. Other sources of a rule (a private network behind a VPN,
 * another security group, a prefix list that was not collected) may include somebody, so the answer is
 * unknown. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-methods.html
 */
function sshReachable(instance: Reached, region: RegionSnapshot | undefined): boolean | null {
  if (!isRunning(instance)) return false;
  if (!region?.securityGroups) return null;
  const endpoint = endpointReachable(instance, region, [22]);
  if (endpoint === true) return true;
  const rules = rulesFor(instance, region, region.securityGroups, [22]);
  if (rules === null) return null;
  if (rules.some((rule) => isOpenToPublic(rule, instance))) {
    const isBlocked = isPublicAccessBlocked(instance, region);
    if (isBlocked !== true) return isBlocked === null ? null : true;
  }
  const addresses = [...instance.privateIps, ...instance.publicIps];
  const isSomebody = rules.some(
    ({ cidrs, groups, isUnknown }) =>
      isUnknown || isSome(groups) || cidrs.some((cidr) => speaksTo(cidr, addresses)),
  );
  return isSomebody ? null : endpoint;
}

const isOpenToPublic = ({ cidrs, consoles }: LetIn, { publicIps }: Reached): boolean =>
  [...cidrs.filter(isPublic), ...consoles].some((range) => speaksTo(range, publicIps));

/** True if its security groups let public addresses connect to port 22 of a public address of it. */
export function opensToPublic(instance: Reached, region: RegionSnapshot): boolean {
  if (region.securityGroups === null) return false;
  const rules = rulesFor(instance, region, region.securityGroups, [22]);
  return rules?.some((rule) => isOpenToPublic(rule, instance)) === true;
}

/** An endpoint in the VPC whose group or address one of the instance's security groups allows. */
function endpointReachable(
  instance: Reached,
  region: RegionSnapshot | undefined,
  ports: readonly number[],
): boolean | null {
  if (!isRunning(instance)) return false;
  if (!region?.securityGroups || !region.connectEndpoints) return null;
  const known = indexed(region.securityGroups);
  const usable = usableEndpoints(instance, region.connectEndpoints);
  const letOut = (isOut: boolean | null) =>
    usable.filter((one) => isLetOut(one, known, instance.securityGroups, ports) === isOut);
  const rules = rulesFor(instance, region, region.securityGroups, ports);
  const isIn = isLetInFrom(letOut(true), instance, rules);
  if (isIn === true) return true;
  return isIn === null || isLetInFrom(letOut(null), instance, rules) !== false ? null : false;
}

/** Whether the rules of the instance let one of these endpoints in; null: a rule, or a group, was not read. */
function isLetInFrom(
  endpoints: readonly ConnectEndpoint[],
  instance: Reached,
  rules: readonly LetIn[] | null,
): boolean | null {
  if (endpoints.length === 0) return false;
  if (rules === null) return null;
  const addresses = endpoints.flatMap((endpoint) => addressesBehind(endpoint, instance));
  const isLetIn = rules.some(
    ({ groups, cidrs }) =>
      cidrs.some((cidr) => isAnywhere(cidr) && speaksTo(cidr, addresses)) ||
      endpoints.some(({ securityGroups }) => groups.some((id) => securityGroups.includes(id))),
  );
  if (isLetIn) return true;
  // every endpoint has a security group: if none is listed, it was not collected
  if (endpoints.some(({ securityGroups }) => securityGroups.length === 0) && isSome(rules)) return null;
  const mayBeItsOwn = ({ cidrs, isUnknown }: LetIn): boolean =>
    isUnknown || cidrs.some((cidr) => speaksTo(cidr, addresses));
  return rules.some(mayBeItsOwn) ? null : false;
}

const isIpv6 = (range: string): boolean => range.includes(':');

/** A caller from a range can reach only addresses of the same family. */
const speaksTo = (range: string, addresses: readonly string[]): boolean =>
  addresses.some((address) => isIpv6(address) === isIpv6(range));

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ec2InstanceConnectEndpoint.html */
const UNUSABLE: ReadonlySet<string> = new Set([
  'create-in-progress',
  'create-failed',
  'delete-in-progress',
  'delete-complete',
  'delete-failed',
]);

export function usableEndpoints(
  instance: Reached,
  endpoints: readonly ConnectEndpoint[],
): readonly ConnectEndpoint[] {
  return endpointsFor(instance, endpoints).filter(({ state }) => !UNUSABLE.has(state));
}

/** True if no source is allowed on these ports. False if a group was not collected. */
export function isClosed(instance: Reached, region: RegionSnapshot, ports: readonly number[]): boolean {
  return (
    region.securityGroups !== null && rulesFor(instance, region, region.securityGroups, ports)?.length === 0
  );
}

/** The endpoints of the instance's VPC that can reach one of its addresses. */
function endpointsFor(instance: Reached, endpoints: readonly ConnectEndpoint[]): readonly ConnectEndpoint[] {
  return endpoints.filter(
    (endpoint) => endpoint.vpcId === instance.vpcId && isSome(addressesBehind(endpoint, instance)),
  );
}

/**
 * The instance's addresses that a tunnel of the endpoint may reach.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
 */
export function addressesBehind(
  { ipAddressType = 'ipv4' }: Pick<ConnectEndpoint, 'ipAddressType'>,
  instance: Pick<Instance, 'privateIps' | 'publicIps'>,
): readonly string[] {
  return [
    ...(ipAddressType === 'ipv6' ? [] : instance.privateIps),
    ...(ipAddressType === 'ipv4' ? [] : ipv6Of(instance)),
  ];
}

/** IPv6 addresses are public: there is no translation. */
export function ipv6Of({ publicIps }: Pick<Instance, 'publicIps'>): readonly string[] {
  return publicIps.filter(isIpv6);
}

const isSome = (list: readonly unknown[]): boolean => list.length > 0;

const isAnywhere = (cidr: string): boolean => cidr.endsWith('/0');

/** https://www.rfc-editor.org/rfc/rfc1918, rfc6598, rfc4193: addresses of private networks */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd])/i;

const isPublic = (cidr: string): boolean => isAnywhere(cidr) || !PRIVATE.test(cidr);

/** Registered, and online if required; null: not collected. */
export function agentState(
  instance: Reached,
  region: RegionSnapshot | undefined,
  online: boolean,
): boolean | null {
  if (!region?.managedInstances) return null;
  const managed = indexed(region.managedInstances).get(instance.id);
  if (!managed) return false;
  if (!online) return true;
  if (managed.pingStatus === NOT_SAID) return isRunning(instance) ? null : false;
  return managed.pingStatus === 'Online' && isRunning(instance);
}
