import type {
  AccessEntry,
  AccessPolicy,
  Association,
  AssociationDetail,
  AutoScalingGroup,
  BuildProject,
  ContainerInstance,
  ContainerService,
  DeploymentGroup,
  DocumentContent,
  KubernetesCluster,
  MaintenanceWindow,
  Named,
  Parameter,
  PipelineDeployment,
  PrefixList,
  PrefixListEntries,
  ProtectedResource,
  PublicAccessBlock,
  PublicAccessExclusion,
  RoleUse,
  RuleCommand,
  RunTarget,
  ServiceLists,
  Stack,
  TagFilter,
  TemplateUse,
  Volume,
  WindowTarget,
  WindowTask,
} from './services.ts';
import { anything, listOf, mapOf, objectOf, orLeftOut, orNull, type Shape, text, truth } from './shape.ts';
import type { Tag } from './tag.ts';

const texts = listOf(text);
const maybe = orNull(text);
const tags = listOf(objectOf<Tag>({ key: text, value: text }));
const targets = listOf(objectOf<RunTarget>({ key: text, values: texts }));

export const conditionKeys = mapOf(orNull(text));

/** A list that an earlier version did not write is not collected. */
const collected = (item: Shape): Shape => orLeftOut(orNull(listOf(item)));

const named = collected(objectOf<Named>({ id: text }));
const roleUse = objectOf<RoleUse>({ arn: text, name: text, role: maybe });

export const SERVICE_SHAPES: { readonly [F in keyof ServiceLists]: Shape } = {
  volumes: collected(objectOf<Volume>({ id: text, tags, keys: conditionKeys })),
  prefixLists: collected(objectOf<PrefixList>({ id: text, name: text, owner: text })),
  prefixListEntries: collected(
    objectOf<PrefixListEntries>({ id: text, cidrs: texts, isPart: orLeftOut(truth) }),
  ),
  publicAccessBlocks: collected(
    objectOf<PublicAccessBlock>({ mode: text, managedBy: maybe, exclusions: maybe }),
  ),
  publicAccessExclusions: collected(
    objectOf<PublicAccessExclusion>({ id: text, resource: text, mode: text, state: text, tags }),
  ),
  autoScalingGroups: collected(
    objectOf<AutoScalingGroup>({
      name: text,
      arn: text,
      templates: listOf(objectOf<TemplateUse>({ id: maybe, name: maybe, version: text })),
      launchConfiguration: maybe,
      instances: texts,
      serviceRole: maybe,
      suspended: texts,
      tags,
    }),
  ),
  documentContents: collected(objectOf<DocumentContent>({ name: text, version: maybe, content: anything })),
  associations: collected(
    objectOf<Association>({
      id: text,
      document: text,
      documentVersion: maybe,
      targets,
      schedule: maybe,
    }),
  ),
  associationDetails: collected(
    objectOf<AssociationDetail>({
      id: text,
      parameters: listOf(objectOf<Parameter>({ name: text, values: texts })),
      onlyAtCronInterval: truth,
    }),
  ),
  maintenanceWindows: collected(objectOf<MaintenanceWindow>({ id: text, name: text, enabled: truth })),
  windowTargets: collected(objectOf<WindowTarget>({ windowId: text, id: text, resourceType: text, targets })),
  windowTasks: collected(
    objectOf<WindowTask>({ windowId: text, id: text, type: text, task: text, targets, serviceRole: maybe }),
  ),
  stacks: collected(objectOf<Stack>({ arn: text, name: text, status: text, role: maybe })),
  ecsClusters: named,
  containerInstances: collected(
    objectOf<ContainerInstance>({ cluster: text, arn: text, instance: maybe, status: text }),
  ),
  containerServices: collected(objectOf<ContainerService>({ cluster: text, arn: text })),
  deployApplications: named,
  deploymentGroups: collected(
    objectOf<DeploymentGroup>({
      application: text,
      name: text,
      serviceRole: maybe,
      tags: listOf(listOf(objectOf<TagFilter>({ type: text, key: maybe, value: maybe }))),
      autoScalingGroups: texts,
      hasDeployed: truth,
    }),
  ),
  eksClusters: named,
  kubernetesClusters: collected(
    objectOf<KubernetesCluster>({ name: text, arn: text, authenticationMode: maybe }),
  ),
  accessEntries: collected(objectOf<AccessEntry>({ cluster: text, principal: text })),
  accessPolicies: collected(
    objectOf<AccessPolicy>({ cluster: text, principal: text, policy: text, scope: text }),
  ),
  functions: collected(roleUse),
  stateMachines: named,
  stateMachineRoles: collected(roleUse),
  pipelines: named,
  pipelineDeployments: collected(
    objectOf<PipelineDeployment>({
      pipeline: text,
      action: text,
      region: maybe,
      tag: orNull(objectOf({ key: text, value: maybe })),
      deploymentGroup: orNull(objectOf({ application: text, name: text })),
    }),
  ),
  protectedResources: collected(objectOf<ProtectedResource>({ arn: text, type: text, recoveryPoint: maybe })),
  eventRules: named,
  ruleCommands: collected(objectOf<RuleCommand>({ rule: text, id: text, document: text, targets })),
  buildProjects: collected(objectOf<BuildProject>({ arn: text, name: text, role: maybe, batchRole: maybe })),
};
