import type { EscalationTarget, RegionalHolder } from './escalation.ts';
import { page } from './passed-role.ts';
import { NEW_NAME, UUID } from './placeholder-ids.ts';
import type { UnlistedHolder } from './unlisted-things.ts';

/** Something that has a role, the sources, and the requests that make it run the caller's code. */
export type RunningRole = readonly [
  of: RegionalHolder | UnlistedHolder,
  references: readonly string[],
  ...requests: readonly (readonly [action: string, on?: EscalationTarget])[],
];

const STACK_ROLES =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html';

/** Settings of a function decide what its runtime loads and starts. */
const WRAPPED = 'https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html';

const BUILD_OVERRIDES = 'https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html';
const BUILD_BATCHES = 'https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html';
const PROJECT_CHANGES = 'https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html';

const sageMaker = (name: string): string =>
  `https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_${name}.html`;

/** A resource that has a role gets other code or other calls. Its next run uses its role, so no role is passed. */
export const ROLES_OF_EXISTING: readonly RunningRole[] = [
  ['functions', page('lambda-003'), ['lambda:UpdateFunctionCode']],
  ['functions', [WRAPPED], ['lambda:UpdateFunctionConfiguration']],
  ['stateMachineRoles', page('stepfunctions-002'), ['states:UpdateStateMachine']],
  ['stacks', [...page('cloudformation-002'), STACK_ROLES], ['cloudformation:UpdateStack']],
  [
    'stacks',
    [...page('cloudformation-005'), STACK_ROLES],
    ['cloudformation:ExecuteChangeSet'],
    ['cloudformation:CreateChangeSet'],
  ],
  // other build commands for one build only
  ['projects', [...page('codebuild-002'), BUILD_OVERRIDES], ['codebuild:StartBuild']],
  ['batchProjects', [...page('codebuild-003'), BUILD_BATCHES], ['codebuild:StartBuildBatch']],
  // commands in a sandbox of the project, which has its role
  [
    'projects',
    ['https://docs.aws.amazon.com/codebuild/latest/userguide/sandbox.html'],
    ['codebuild:StartSandbox'],
    ['codebuild:StartCommandExecution', `new:codebuild:sandbox/${NEW_NAME}`],
  ],
  ['projects', [PROJECT_CHANGES], ['codebuild:UpdateProject']],
  [
    'notebooks',
    [...page('sagemaker-004'), sageMaker('CreatePresignedNotebookInstanceUrl')],
    ['sagemaker:CreatePresignedNotebookInstanceUrl'],
  ],
  // the script runs as root with the role of the notebook; a stopped notebook need not be stopped
  [
    'notebooks',
    [...page('sagemaker-005'), sageMaker('UpdateNotebookInstance')],
    ['sagemaker:UpdateNotebookInstance'],
    [
      'sagemaker:CreateNotebookInstanceLifecycleConfig',
      `new:sagemaker:notebook-instance-lifecycle-config/${NEW_NAME}`,
    ],
    ['sagemaker:StartNotebookInstance'],
  ],
  [
    'notebookScripts',
    [sageMaker('UpdateNotebookInstanceLifecycleConfig')],
    ['sagemaker:UpdateNotebookInstanceLifecycleConfig'],
  ],
  ['studioUsers', [sageMaker('CreatePresignedDomainUrl')], ['sagemaker:CreatePresignedDomainUrl']],
  // its public keys, with which somebody signs in
  [
    'devEndpoints',
    [...page('glue-002'), 'https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateDevEndpoint.html'],
    ['glue:UpdateDevEndpoint'],
  ],
  [
    'glueSessions',
    ['https://docs.aws.amazon.com/glue/latest/dg/interactive-sessions-security.html'],
    ['glue:RunStatement'],
  ],
  [
    'sparkGroups',
    ['https://docs.aws.amazon.com/athena/latest/APIReference/API_StartCalculationExecution.html'],
    ['athena:StartSession'],
    ['athena:StartCalculationExecution'],
  ],
  ['appServices', page('apprunner-002'), ['apprunner:UpdateService']],
  [
    'tasks',
    [...page('ecs-006'), 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html'],
    ['ecs:ExecuteCommand'],
    ['ecs:ExecuteCommand', 'beside:cluster-of-task'],
  ],
  // the job runs another command than its definition has
  [
    'jobDefinitions',
    [...page('batch-002'), 'https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html'],
    ['batch:SubmitJob'],
    ['batch:SubmitJob', `new:batch:job/${UUID}`],
    ['batch:SubmitJob', `new:batch:job-queue/${NEW_NAME}`],
  ],
  [
    'codeInterpreters',
    page('bedrock-002'),
    ['bedrock-agentcore:StartCodeInterpreterSession'],
    ['bedrock-agentcore:InvokeCodeInterpreter'],
  ],
  [
    'agentRuntimes',
    page('bedrock-004'),
    ['bedrock-agentcore:InvokeAgentRuntimeCommand'],
    ['bedrock-agentcore:InvokeAgentRuntimeCommand', 'beside:endpoint-of-runtime'],
  ],
  [
    'browsers',
    page('bedrock-007'),
    ['bedrock-agentcore:StartBrowserSession'],
    ['bedrock-agentcore:ConnectBrowserAutomationStream', 'any'],
  ],
  [
    'flinkApplications',
    ['https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_UpdateApplication.html'],
    ['kinesisanalytics:UpdateApplication'],
  ],
  [
    'accessApplications',
    ['https://docs.aws.amazon.com/account-access/latest/APIReference/API_CreateEntitlement.html'],
    ['account-access:CreateEntitlement'],
  ],
];
