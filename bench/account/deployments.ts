import type { PipelineDeployment, ProtectedResource, ServiceLists } from '../../lib/snapshot/services.ts';
import type { Instance } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { Random } from '../random.ts';

/** The share of teams with a pipeline that deploys to the instances with their tag. */
const WITH_PIPELINE = 0.3;
/** The share of backed-up instances of which the disks are backed up, not the instance. */
const BY_DISK = 0.25;

type ArnOf = (service: string, rest: string) => string;

/** The deployments to the instances of a region and their copies in AWS Backup, in canonical order. */
export function deploymentsOf(
  instances: readonly Instance[],
  teams: readonly string[],
  arn: ArnOf,
  random: Random,
): Pick<ServiceLists, 'pipelines' | 'pipelineDeployments' | 'protectedResources'> {
  const deploying = teams.filter(() => random.chance(WITH_PIPELINE));
  const deployments = deploying.map(
    (team): PipelineDeployment => ({
      ...{ pipeline: arn('codepipeline', `${team}-release`), action: 'Deploy/fleet', region: null },
      ...{ tag: { key: 'team', value: team }, deploymentGroup: null },
    }),
  );
  return {
    pipelines: sortBy(
      deploying.map((team) => ({ id: `${team}-release` })),
      ({ id }) => id,
    ),
    pipelineDeployments: sortBy(deployments, ({ pipeline, action }) => `${pipeline} ${action}`),
    protectedResources: sortBy(
      instances.flatMap((one) => copiesOf(one, arn, random.fork(one.id))),
      (one) => one.arn,
    ),
  };
}

/** Selected by the tag that most companies' backup plans use. */
function copiesOf(instance: Instance, arn: ArnOf, random: Random): readonly ProtectedResource[] {
  const plan = instance.tags.find(({ key }) => key === 'backup')?.value ?? 'none';
  if (plan === 'none') return [];
  const image = (type: string): string => `arn:aws:ec2:${instance.region}::${type}-0${random.hex(16)}`;
  if (!random.chance(BY_DISK)) {
    return [{ arn: instance.arn, type: 'EC2', recoveryPoint: image('image/ami') }];
  }
  return instance.volumes.map(({ id }) => ({
    ...{ arn: arn('ec2', `volume/${id}`), type: 'EBS', recoveryPoint: image('snapshot/snap') },
  }));
}
