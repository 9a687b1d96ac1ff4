import { type Account, compileAccount } from '../../matrix/account/account.ts';
import { AgentChannels } from '../../matrix/account/agent-channels.ts';
import { auditedAccount } from '../../matrix/account/audited-account.ts';
import { regionFor } from '../../matrix/account/whole-lists.ts';
import { Removers, removalsOf } from '../../matrix/answers/removers.ts';
import { isSmall } from '../../matrix/answers/tag-changes/tag-opens.ts';
import { foldInstances } from '../../matrix/fold-instances.ts';
import type { FactKind } from '../../matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../../matrix/paths/access-paths.ts';
import { inTheWay } from '../../matrix/paths/in-the-way.ts';
import { OBSTACLES, type ObstacleId } from '../../matrix/paths/obstacles.ts';
import { isReachable, reachKey } from '../../matrix/paths/reachable.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import { instancesById, instancesOf } from '../../snapshot/instances-of.ts';
import type { Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { Report } from '../report.ts';
import { Interned } from './interned.ts';
import type { InstanceData, InstanceFacts, PageObstacle } from './page-data.ts';

/** The facts that decide whether a path would work now, in the order of `reach`. */
export const REACH_FACTS: readonly FactKind[] = [...new Set(ACCESS_PATHS.map(({ fact }) => fact))].filter(
  (fact) => fact !== 'none',
);

/** Every instance of the matrix: its names, tags and facts, in columns. */
export function instanceData(report: Report): InstanceData {
  const { matrix, snapshot } = report;
  const byId = instancesById(snapshot);
  const factsIn = sharedFacts(report);
  const places = new Interned<readonly [string, string]>();
  const tags = new Interned<readonly [string, string]>();
  const tagLists = new Interned<readonly number[]>();
  const facts = new Interned<InstanceFacts>();
  const factNumbers = new Map<InstanceFacts, number>();
  const columns = { place: [] as number[], tagsOf: [] as number[], factsOf: [] as number[] };
  for (const { id, arn, region } of matrix.instances) {
    const instance = byId.get(id);
    const begins = arn.endsWith(id) ? arn.slice(0, arn.length - id.length) : '';
    columns.place.push(places.of([region, begins]));
    const own = (instance?.tags ?? []).filter(({ key }) => key !== 'Name');
    columns.tagsOf.push(tagLists.of(own.map(({ key, value }) => tags.of([key, value]))));
    const known = factsIn(instance);
    columns.factsOf.push(remembered(factNumbers, known, () => facts.of(known)));
  }
  return {
    ids: matrix.instances.map(({ id }) => id),
    names: matrix.instances.map(({ name }) => name),
    places: places.list,
    classOf: [...foldInstances(matrix).classOf],
    tags: tags.list,
    tagLists: tagLists.list,
    facts: facts.list,
    ...columns,
  };
}

/** Most instances share their facts. Who may remove an obstacle is computed for each instance. */
function sharedFacts(report: Report): (instance: Instance | undefined) => InstanceFacts {
  const { snapshot, matrix } = report;
  const account = compileAccount(snapshot);
  const isCounted = isSmall(matrix);
  const factsOf = factsIn(account, obstacleTexts(snapshot, isCounted));
  const pings = new Map(
    snapshot.regions.map((region) => [
      region.region,
      new Map(region.managedInstances?.map(({ id, pingStatus }) => [id, pingStatus])),
    ]),
  );
  const shared = new Map<string, InstanceFacts>();
  return (instance) => {
    const region = instance && regionFor(instance, account);
    const ping = region && pings.get(region.region)?.get(instance.id);
    if (!instance || isCounted) return factsOf(instance, region, ping);
    const key = `${reachKey(instance)} ${instance.platform} ${ping}`;
    return remembered(shared, key, () => factsOf(instance, region, ping));
  };
}

function factsIn(account: Account, obstaclesOf: ObstacleTexts) {
  const agents = new AgentChannels(account);
  return (
    instance: Instance | undefined,
    region: RegionSnapshot | undefined,
    ping: string | undefined,
  ): InstanceFacts => ({
    state: instance?.state ?? '',
    platform: instance?.platform ?? '',
    agent: agentText(region, ping),
    isPublic: (instance?.publicIps.length ?? 0) > 0,
    reach: REACH_FACTS.map((fact) => {
      const is = instance ? isReachable(fact, instance, region, agents) : null;
      return is === null ? -1 : Number(is);
    }),
    inTheWay: REACH_FACTS.map((fact) =>
      instance ? obstaclesOf(inTheWay(fact, instance, region, agents), instance) : [],
    ),
  });
}

type ObstacleTexts = (obstacles: readonly ObstacleId[], instance: Instance) => readonly PageObstacle[];

/** The obstacles in words. In a large account it takes long to compute who may remove them. */
function obstacleTexts(snapshot: Report['snapshot'], isCounted: boolean): ObstacleTexts {
  const removers = once(() => new Removers(auditedAccount(snapshot), instancesOf(snapshot)));
  return (obstacles, instance) =>
    obstacles.map((obstacle): PageObstacle => {
      const removals = isCounted
        ? removers().removable([obstacle], instance)
        : removalsOf([obstacle]).map(({ action }) => ({ action, count: -1 }));
      return [OBSTACLES[obstacle].text, removals.map(({ action, count }) => [action, count])];
    });
}

const PING_WORDS: ReadonlyMap<string, string> = new Map([['ConnectionLost', 'connection lost']]);

function agentText(region: RegionSnapshot | undefined, ping: string | undefined): string {
  if (region === undefined || region.managedInstances === null) return 'agent state not collected';
  return ping === undefined
    ? 'not registered with Systems Manager'
    : `agent ${PING_WORDS.get(ping) ?? ping.toLowerCase()}`;
}
