import { expect, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { compileAccount } from '../../lib/matrix/account/account.ts';
import { AgentChannels } from '../../lib/matrix/account/agent-channels.ts';
import { regionFor } from '../../lib/matrix/account/whole-lists.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { inTheWay } from '../../lib/matrix/paths/in-the-way.ts';
import { OBSTACLES } from '../../lib/matrix/paths/obstacles.ts';
import { isReachable } from '../../lib/matrix/paths/reachable.ts';
import { instanceData, REACH_FACTS } from '../../lib/render/page/instance-data.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { fullReport } from './reports.ts';

test.each([1, 2, 3])('shared facts of instances equal those computed for each one (seed %i)', (seed) => {
  const snapshot = generateAccount({ principals: 20, instances: 400, seed });
  const account = compileAccount(snapshot);
  const data = instanceData({ ...fullReport(), snapshot, matrix: buildMatrix(snapshot) });
  expect(data.facts.length).toBeLessThan(400);
  for (const [at, instance] of instancesOf(snapshot).entries()) {
    const told = data.facts[data.factsOf[at] as number];
    const [region, agents] = [regionFor(instance, account), new AgentChannels(account)];
    const reach = REACH_FACTS.map((fact) => isReachable(fact, instance, region, agents));
    const texts = REACH_FACTS.map((fact) =>
      inTheWay(fact, instance, region, agents).map((obstacle) => OBSTACLES[obstacle].text),
    );
    expect(told?.reach).toEqual(reach.map((is) => (is === null ? -1 : Number(is))));
    expect(told?.inTheWay.map((some) => some.map(([text]) => text))).toEqual(texts);
    expect([told?.state, told?.platform]).toEqual([instance.state, instance.platform]);
    expect(told?.isPublic).toBe(instance.publicIps.length > 0);
  }
});
