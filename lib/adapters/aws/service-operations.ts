import { paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { paginateListProtectedResources } from '@aws-sdk/client-backup';
import { paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import {
  BatchGetProjectsCommand,
  type CodeBuildClient,
  paginateListProjects,
} from '@aws-sdk/client-codebuild';
import {
  BatchGetDeploymentGroupsCommand,
  type CodeDeployClient,
  paginateListApplications,
  paginateListDeploymentGroups,
} from '@aws-sdk/client-codedeploy';
import { GetPipelineCommand, paginateListPipelines } from '@aws-sdk/client-codepipeline';
import {
  DescribeContainerInstancesCommand,
  type ECSClient,
  paginateListClusters,
  paginateListContainerInstances,
  paginateListServices,
} from '@aws-sdk/client-ecs';
import { paginateListFunctions } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, paginateListStateMachines } from '@aws-sdk/client-sfn';
import { EKS_OPERATIONS } from './eks-operations.ts';
import { type Operation, PAGE, regional } from './operation.ts';
import { RULE_OPERATIONS } from './rule-operations.ts';

const autoScaling = regional((clients) => clients.autoScaling);
const backup = regional((clients) => clients.backup);
const cloudFormation = regional((clients) => clients.cloudFormation);
const codeBuild = regional((clients) => clients.codeBuild);
const codeDeploy = regional((clients) => clients.codeDeploy);
const codePipeline = regional((clients) => clients.codePipeline);
const ecs = regional((clients) => clients.ecs);
const lambda = regional((clients) => clients.lambda);
const sfn = regional((clients) => clients.sfn);

/** The largest page of some services. */
const LARGE_PAGE = 1000;

/** Calls of services that run something on instances, or replace them. */
export const SERVICE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'autoscaling.describe-auto-scaling-groups': autoScaling((client) =>
    paginateDescribeAutoScalingGroups({ client, pageSize: PAGE }, {}),
  ),
  'cloudformation.describe-stacks': cloudFormation((client) => paginateDescribeStacks({ client }, {})),
  'ecs.list-clusters': ecs((client) => paginateListClusters({ client, pageSize: PAGE }, {})),
  'ecs.describe-container-instances': ecs((client, cluster) => containerInstances(client, cluster)),
  'ecs.list-services': ecs((client, cluster) =>
    paginateListServices({ client, pageSize: PAGE }, { cluster }),
  ),
  'deploy.list-applications': codeDeploy((client) => paginateListApplications({ client }, {})),
  'deploy.batch-get-deployment-groups': codeDeploy((client, name) => deploymentGroups(client, name)),
  ...EKS_OPERATIONS,
  ...RULE_OPERATIONS,
  'lambda.list-functions': lambda((client) => paginateListFunctions({ client }, {})),
  'stepfunctions.list-state-machines': sfn((client) =>
    paginateListStateMachines({ client, pageSize: PAGE }, {}),
  ),
  'stepfunctions.describe-state-machine': sfn((client, stateMachineArn) =>
    client.send(new DescribeStateMachineCommand({ stateMachineArn })),
  ),
  'codepipeline.list-pipelines': codePipeline((client) =>
    paginateListPipelines({ client, pageSize: LARGE_PAGE }, {}),
  ),
  'codepipeline.get-pipeline': codePipeline((client, name) => client.send(new GetPipelineCommand({ name }))),
  'backup.list-protected-resources': backup((client) =>
    paginateListProtectedResources({ client, pageSize: LARGE_PAGE }, {}),
  ),
  'codebuild.batch-get-projects': codeBuild((client) => projects(client)),
};

/** The container instances of a cluster: one call describes each page of ARNs. */
async function* containerInstances(client: ECSClient, cluster: string): AsyncGenerator<object> {
  for await (const page of paginateListContainerInstances({ client, pageSize: PAGE }, { cluster })) {
    const { containerInstanceArns } = page;
    if (containerInstanceArns === undefined) yield {};
    else if (containerInstanceArns.length === 0) yield { containerInstances: [] };
    else
      yield await client.send(
        new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
      );
  }
}

/** The deployment groups of an application: one call describes each page of names. */
async function* deploymentGroups(client: CodeDeployClient, applicationName: string): AsyncGenerator<object> {
  for await (const { deploymentGroups: names } of paginateListDeploymentGroups(
    { client },
    { applicationName },
  )) {
    if (names === undefined) yield {};
    else if (names.length === 0) yield { deploymentGroupsInfo: [] };
    else
      yield await client.send(
        new BatchGetDeploymentGroupsCommand({ applicationName, deploymentGroupNames: names }),
      );
  }
}

/** The projects: one call describes each page of names, at most 100. */
async function* projects(client: CodeBuildClient): AsyncGenerator<object> {
  for await (const { projects: names } of paginateListProjects({ client }, {})) {
    if (names === undefined) yield {};
    else if (names.length === 0) yield { projects: [] };
    else yield await client.send(new BatchGetProjectsCommand({ names }));
  }
}
