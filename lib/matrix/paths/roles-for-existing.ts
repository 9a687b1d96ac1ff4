import { type PassedRoleRow, page } from './passed-role.ts';
import { NEW_NAME } from './placeholder-ids.ts';

const STACK_ROLES =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html';

const TASK_OVERRIDES = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html';

/** An existing resource gets another role, and then runs the caller's code with it. */
export const ROLES_FOR_EXISTING: readonly PassedRoleRow[] = [
  // another role for a single build
  [
    'codebuild.amazonaws.com',
    ['https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html'],
    ['codebuild:StartBuild', 'existing:projects'],
  ],
  [
    'codebuild.amazonaws.com',
    ['https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html'],
    ['codebuild:UpdateProject', 'existing:projects'],
  ],
  [
    'states.amazonaws.com',
    ['https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html'],
    ['states:UpdateStateMachine', 'existing:stateMachineRoles'],
  ],
  ['cloudformation.amazonaws.com', [STACK_ROLES], ['cloudformation:UpdateStack', 'existing:stacks']],
  [
    'lambda.amazonaws.com',
    ['https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html'],
    ['lambda:UpdateFunctionConfiguration', 'existing:functions'],
  ],
  [
    'scheduler.amazonaws.com',
    ['https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html'],
    ['scheduler:UpdateSchedule', 'existing:schedules'],
  ],
  // a job that exists gets another script and role
  [
    'glue.amazonaws.com',
    [...page('glue-005'), 'https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html'],
    ['glue:UpdateJob', 'existing:glueJobs'],
    ['glue:StartJobRun', 'existing:glueJobs'],
  ],
  [
    'glue.amazonaws.com',
    [...page('glue-006'), 'https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html'],
    ['glue:UpdateJob', 'existing:glueJobs'],
    ['glue:CreateTrigger', `new:glue:trigger/${NEW_NAME}`],
  ],
  // another role and another command for a single task
  [
    'ecs-tasks.amazonaws.com',
    [...page('ecs-008'), TASK_OVERRIDES],
    ['ecs:RunTask', 'existing:taskDefinitions'],
  ],
  [
    'ecs-tasks.amazonaws.com',
    [...page('ecs-009'), TASK_OVERRIDES],
    ['ecs:StartTask', 'existing:taskDefinitions'],
  ],
  [
    'ecs-tasks.amazonaws.com',
    ['https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html'],
    ['ecs:UpdateService', 'existing:services'],
    ['ecs:RegisterTaskDefinition', `new:ecs:task-definition/${NEW_NAME}:1`],
  ],
  [
    'sagemaker.amazonaws.com',
    ['https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html'],
    ['sagemaker:UpdateNotebookInstance', 'existing:notebooks'],
    ['sagemaker:CreatePresignedNotebookInstanceUrl', 'existing:notebooks'],
  ],
  // a profile in a domain of Studio that exists, or a profile that exists
  [
    'sagemaker.amazonaws.com',
    ['https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html'],
    ['sagemaker:CreateUserProfile', 'existing:newStudioUsers'],
    ['sagemaker:CreatePresignedDomainUrl', 'existing:newStudioUsers'],
  ],
  [
    'sagemaker.amazonaws.com',
    ['https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateUserProfile.html'],
    ['sagemaker:UpdateUserProfile', 'existing:studioUsers'],
    ['sagemaker:CreatePresignedDomainUrl', 'existing:studioUsers'],
  ],
  // another role for one session
  [
    'athena.amazonaws.com',
    ['https://docs.aws.amazon.com/athena/latest/APIReference/API_StartSession.html'],
    ['athena:StartSession', 'existing:sparkGroups'],
    ['athena:StartCalculationExecution', 'existing:sparkGroups'],
  ],
  [
    'tasks.apprunner.amazonaws.com',
    ['https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html'],
    ['apprunner:UpdateService', 'existing:appServices'],
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    ['https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_UpdateAgentRuntime.html'],
    ['bedrock-agentcore:UpdateAgentRuntime', 'existing:agentRuntimes'],
    ['bedrock-agentcore:InvokeAgentRuntime', 'existing:agentRuntimes'],
    ['bedrock-agentcore:InvokeAgentRuntime', 'beside:endpoint-of-runtime'],
  ],
  [
    'emr-serverless.amazonaws.com',
    ['https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StartJobRun.html'],
    ['emr-serverless:StartJobRun', 'existing:sparkApplications'],
  ],
  [
    'kinesisanalytics.amazonaws.com',
    ['https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_UpdateApplication.html'],
    ['kinesisanalytics:UpdateApplication', 'existing:flinkApplications'],
  ],
  // the pipeline's own role is passed too
  [
    'ec2.amazonaws.com',
    ['https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/dp-iam-roles.html'],
    ['datapipeline:PutPipelineDefinition', 'existing:dataPipelines'],
    ['datapipeline:ActivatePipeline', 'existing:dataPipelines'],
  ],
];
