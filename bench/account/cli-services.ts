import type { PipelineDeployment, RunTarget } from '../../lib/snapshot/services.ts';
import type { RegionSnapshot } from '../../lib/snapshot/snapshot.ts';
import type { CliAnswer } from './cli-answer.ts';
import { cliTags } from './cli-iam.ts';

type Answers = Readonly<Record<string, CliAnswer>>;

const encode = (arn: string): string => arn.replaceAll(':', '%3A').replaceAll('/', '%2F');

const targetsOf = (targets: readonly RunTarget[]) =>
  targets.map(({ key, values }) => ({ Key: key, Values: values }));

/** The answers of the calls about groups, stacks, containers and automations in a region. */
export function serviceAnswers(region: RegionSnapshot): Answers {
  return {
    'autoscaling.describe-auto-scaling-groups': {
      AutoScalingGroups: (region.autoScalingGroups ?? []).values().map((group) => ({
        AutoScalingGroupName: group.name,
        AutoScalingGroupARN: group.arn,
        ...(group.launchConfiguration === null ? {} : { LaunchConfigurationName: group.launchConfiguration }),
        ...(group.templates[0] === undefined ? {} : { LaunchTemplate: templateOf(group.templates[0]) }),
        Instances: group.instances.map((id) => ({ InstanceId: id, LifecycleState: 'InService' })),
        SuspendedProcesses: group.suspended.map((name) => ({ ProcessName: name })),
        Tags: cliTags(group.tags),
      })),
    },
    'cloudformation.describe-stacks': {
      Stacks: (region.stacks ?? []).map(({ arn, name, status, role }) => ({
        ...{ StackId: arn, StackName: name, StackStatus: status },
        ...(role === null ? {} : { RoleARN: role }),
      })),
    },
    ...containerAnswers(region),
    ...automationAnswers(region),
    ...deploymentAnswers(region),
  };
}

const templateOf = ({ id, name, version }: { id: string | null; name: string | null; version: string }) => ({
  ...{ LaunchTemplateId: id, LaunchTemplateName: name, Version: version },
});

function containerAnswers({ ecsClusters, containerInstances, containerServices }: RegionSnapshot): Answers {
  const clusters = (ecsClusters ?? []).map(({ id }) => id);
  const hosts = Map.groupBy(containerInstances ?? [], ({ cluster }) => cluster);
  const services = Map.groupBy(containerServices ?? [], ({ cluster }) => cluster);
  return {
    'ecs.list-clusters': { clusterArns: clusters },
    ...Object.fromEntries(
      clusters.flatMap((cluster): (readonly [string, CliAnswer])[] => [
        [
          `ecs.describe-container-instances.${encode(cluster)}`,
          {
            containerInstances: (hosts.get(cluster) ?? []).map(({ arn, instance, status }) => ({
              ...{ containerInstanceArn: arn, ec2InstanceId: instance, status },
            })),
          },
        ],
        [
          `ecs.list-services.${encode(cluster)}`,
          { serviceArns: (services.get(cluster) ?? []).map(({ arn }) => arn) },
        ],
      ]),
    ),
  };
}

function deploymentAnswers({ pipelines, pipelineDeployments, protectedResources }: RegionSnapshot): Answers {
  return {
    'codepipeline.list-pipelines': { pipelines: (pipelines ?? []).map(({ id }) => ({ name: id })) },
    ...Object.fromEntries(
      (pipelineDeployments ?? []).map((one) => [
        `codepipeline.get-pipeline.${one.pipeline.slice(one.pipeline.lastIndexOf(':') + 1)}`,
        { pipeline: { stages: [stageOf(one)] }, metadata: { pipelineArn: one.pipeline } },
      ]),
    ),
    'codebuild.batch-get-projects': { projects: [] },
    'events.list-rules': { Rules: [] },
    'backup.list-protected-resources': {
      Results: (protectedResources ?? []).values().map(({ arn, type, recoveryPoint }) => ({
        ...{ ResourceArn: arn, ResourceType: type, LastRecoveryPointArn: recoveryPoint },
      })),
    },
  };
}

function stageOf({ action, tag }: PipelineDeployment): object {
  const [stage, name] = action.split('/');
  const actionTypeId = { category: 'Deploy', owner: 'AWS', provider: 'EC2', version: '1' };
  const configuration = { InstanceTagKey: tag?.key, InstanceTagValue: tag?.value };
  return { name: stage, actions: [{ name, actionTypeId, configuration }] };
}

function automationAnswers(region: RegionSnapshot): Answers {
  const targets = Map.groupBy(region.windowTargets ?? [], ({ windowId }) => windowId);
  const tasks = Map.groupBy(region.windowTasks ?? [], ({ windowId }) => windowId);
  const windows = region.maintenanceWindows ?? [];
  return {
    'ssm.list-associations': {
      Associations: (region.associations ?? []).map((one) => ({
        ...{ AssociationId: one.id, Name: one.document, DocumentVersion: one.documentVersion },
        ...{ Targets: targetsOf(one.targets), ScheduleExpression: one.schedule },
      })),
    },
    ...Object.fromEntries(
      (region.associationDetails ?? []).map(({ id }) => [
        `ssm.describe-association.${id}`,
        { AssociationDescription: { AssociationId: id, Parameters: {}, ApplyOnlyAtCronInterval: false } },
      ]),
    ),
    'ssm.describe-maintenance-windows': {
      WindowIdentities: windows.map(({ id, name, enabled }) => ({
        WindowId: id,
        Name: name,
        Enabled: enabled,
      })),
    },
    ...Object.fromEntries(
      windows.flatMap(({ id }): (readonly [string, CliAnswer])[] => [
        [
          `ssm.describe-maintenance-window-targets.${id}`,
          {
            Targets: (targets.get(id) ?? []).map((one) => ({
              ...{ WindowId: id, WindowTargetId: one.id, ResourceType: one.resourceType },
              Targets: targetsOf(one.targets),
            })),
          },
        ],
        [
          `ssm.describe-maintenance-window-tasks.${id}`,
          {
            Tasks: (tasks.get(id) ?? []).map((one) => ({
              ...{ WindowId: id, WindowTaskId: one.id, TaskArn: one.task, Type: one.type },
              Targets: targetsOf(one.targets),
            })),
          },
        ],
      ]),
    ),
  };
}
