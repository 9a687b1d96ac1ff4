import { remembered } from '../../memory/remembered.ts';
import type { PipelineDeployment } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../../snapshot/snapshot.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import { deployedBy } from './deployments.ts';

import { requestedIn, unlistedTargets } from './new-resources.ts';
import type { Place, Target } from './target.ts';
import { isWhole } from './whole-lists.ts';

const regionOf = (pipeline: string): string => pipeline.split(':')[3] ?? '';

const deploymentCache = new WeakMap<Snapshot, Map<string, readonly PipelineDeployment[]>>();

/** The actions that deploy to a region, of pipelines in any region. */
function deploymentsTo(region: string, snapshot: Snapshot): readonly PipelineDeployment[] {
  const byRegion = remembered(deploymentCache, snapshot, () => {
    const all = snapshot.regions.flatMap(({ pipelineDeployments }) => pipelineDeployments ?? []);
    return Map.groupBy(all, (one) => one.region ?? regionOf(one.pipeline));
  });
  return byRegion.get(region) ?? [];
}

/**
 * The pipelines that deploy to an instance, by its tags or by a deployment group; null: not collected.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html
 */
export function pipelinesTo(
  instance: Instance,
  region: RegionSnapshot | undefined,
  snapshot: Snapshot,
): readonly string[] | null {
  const found = deploymentsTo(instance.region, snapshot).filter((one) =>
    reaches(one, instance, region, snapshot),
  );
  const isRead = region?.pipelineDeployments && isWhole(snapshot, region.region, 'pipelineDeployments');
  if (!isRead && found.length === 0) return null;
  return [...new Set(found.map(({ pipeline }) => pipeline))].sort();
}

/** The action for instances supports Linux only. */
function reaches(
  { tag, deploymentGroup }: PipelineDeployment,
  instance: Instance,
  region: RegionSnapshot | undefined,
  snapshot: Snapshot,
): boolean {
  if (tag)
    return (
      instance.platform === 'linux' &&
      instance.tags.some(({ key, value }) => key === tag.key && (tag.value === null || value === tag.value))
    );
  const groups = deploymentGroup && deployedBy(instance, region, snapshot);
  return (groups ?? []).some(
    ({ application, name }) => application === deploymentGroup?.application && name === deploymentGroup.name,
  );
}

const PIPELINE = { service: 'codepipeline', type: '' };

export function deployingPipelines(place: Place): readonly Target[] {
  const { instance, region, account } = place;
  const all = pipelinesTo(instance, region, account.snapshot);
  if (!all) return unlistedTargets(place, PIPELINE, NEW_NAME, 'codepipeline get-pipeline');
  return all.map((arn) => ({ arn, tags: null, context: requestedIn(regionOf(arn)) }));
}
