import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { FactKind } from './access-path.ts';
import type { ObstacleId } from './obstacles.ts';
import { isPublicAccessBlocked } from './public-access.ts';
import {
  type AgentState,
  type Agents,
  type AgentWork,
  agentState,
  isClosed,
  isReachable,
  NOT_SAID,
  opensToPublic,
  type Reached,
  usableEndpoints,
  WORKS_STOPPED,
} from './reachable.ts';

/** Facts with an obstacle also if it is not known whether the path would work. */
export const ALSO_IF_UNKNOWN: ReadonlySet<FactKind> = new Set(['approved-session', 'ssh']);

/**
 * The obstacles of a path that would not work now. For just-in-time access they include its approval, which is
 * always needed. Empty if the path works. If that is not known, only a block of public access: a private
 * network may still lead to the instance.
 */
export function inTheWay(
  fact: FactKind,
  instance: Reached,
  region: RegionSnapshot | undefined,
  agents: Agents,
): readonly ObstacleId[] {
  if (fact !== 'approved-session') return seenInTheWay(fact, instance, region, agents);
  return [...seenInTheWay('session', instance, region, agents), 'not-approved'];
}

type SeenFact = Exclude<FactKind, 'approved-session'>;

function seenInTheWay(
  fact: SeenFact,
  instance: Reached,
  region: RegionSnapshot | undefined,
  agents: Agents,
): readonly ObstacleId[] {
  const reached = isReachable(fact, instance, region, agents);
  if (reached === null && fact === 'ssh' && region && isOnlyBlocked(instance, region)) return BLOCKED;
  if (reached !== false) return NONE;
  const isRunning = instance.state === 'running' || instance.state === NOT_SAID;
  const needsRunning = !WORKS_STOPPED.has(fact) && !isRunning;
  const first: readonly ObstacleId[] = needsRunning
    ? [instance.state === 'stopped' ? 'stopped' : 'not-running']
    : NONE;
  // obstacles that remain after the instance was started
  const running = needsRunning ? { ...instance, state: 'running' } : instance;
  return [...first, ...others(fact, running, region, { agents, isAsleep: needsRunning })];
}

const NONE: readonly ObstacleId[] = [];
const BLOCKED: readonly ObstacleId[] = ['public-access-blocked'];

/** Public addresses could connect, if public access were not blocked. */
function isOnlyBlocked(instance: Reached, region: RegionSnapshot): boolean {
  return opensToPublic(instance, region) && isPublicAccessBlocked(instance, region) === true;
}

interface AgentsThen {
  readonly agents: Agents;
  /** the instance is stopped, so the state of its agent means nothing */
  readonly isAsleep: boolean;
}

function others(
  fact: SeenFact,
  instance: Reached,
  region: RegionSnapshot | undefined,
  then: AgentsThen,
): readonly ObstacleId[] {
  const { agents } = then;
  switch (fact) {
    case 'ssh':
    case 'endpoint':
      if (isReachable(fact, instance, region, agents) !== false || !region) return NONE;
      return networkObstacles(fact, instance, region);
    case 'serial':
      return region?.serialConsoleEnabled === false ? ['serial-console-off'] : NONE;
    case 'session':
    case 'default-session':
    case 'command':
      return agentObstacles(fact, instance, region, then);
    case 'registered':
      return [unregistered(instance, agents)];
    case 'user-data':
      return ['instance-store'];
    case 'key-pair':
      return ['no-key-pair'];
    case 'none':
      return NONE;
  }
}

function agentObstacles(
  work: AgentWork,
  instance: Reached,
  region: RegionSnapshot | undefined,
  { agents, isAsleep }: AgentsThen,
): readonly ObstacleId[] {
  if (agentState(instance, region, false) === false) return [unregistered(instance, agents)];
  const { works, reason } = agents.state(work, instance);
  if (works === false) return [ROLE_OBSTACLES[reason ?? 'grant']];
  // the agent of a stopped instance cannot be online
  return isAsleep || agentState(instance, region, true) !== false ? NONE : ['agent-offline'];
}

/** A public address needs an open port; any other an endpoint, and a port that is open to it. */
function networkObstacles(
  fact: 'ssh' | 'endpoint',
  instance: Reached,
  region: RegionSnapshot,
): readonly ObstacleId[] {
  const isDirect = fact === 'ssh' && instance.publicIps.length > 0;
  const endpoints = region.connectEndpoints && usableEndpoints(instance, region.connectEndpoints);
  if (isDirect && isOnlyBlocked(instance, region)) return BLOCKED;
  if (isDirect && endpoints?.length === 0 && isPublicAccessBlocked(instance, region) === true)
    return [...BLOCKED, 'port-closed'];
  if (isDirect || endpoints?.length !== 0) return ['port-closed'];
  const ports = fact === 'ssh' ? [22] : [22, 3389];
  return isClosed(instance, region, ports) ? ['no-endpoint', 'port-closed'] : ['no-endpoint'];
}

/** Why Systems Manager does not know the instance, as far as roles decide it. */
function unregistered(instance: Reached, agents: Agents): ObstacleId {
  const { works, reason } = agents.registers(instance);
  if (works !== false) return 'agent-not-registered';
  if (instance.instanceProfile === null) return 'no-agent-role';
  return ROLE_OBSTACLES[reason ?? 'grant'];
}

const ROLE_OBSTACLES: Readonly<Record<NonNullable<AgentState['reason']>, ObstacleId>> = {
  grant: 'agent-role',
  denied: 'agent-role-denied',
  trust: 'agent-role-trust',
};
