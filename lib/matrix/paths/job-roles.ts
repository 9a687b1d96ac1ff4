import { type PassedRoleRow, page } from './passed-role.ts';
import { NEW_ID } from './placeholder-ids.ts';

const STEPS = `new:sagemaker:pipeline/new-${NEW_ID}` as const;
const RUNTIME = `new:bedrock-agentcore:runtime/new-${NEW_ID}` as const;
const INTERPRETER = `new:bedrock-agentcore:code-interpreter-custom/new-${NEW_ID}` as const;

/** Services for data and models that run the caller's code with the passed role. */
export const JOB_ROLES: readonly PassedRoleRow[] = [
  // a trigger starts the job when it is created
  [
    'glue.amazonaws.com',
    page('glue-004'),
    ['glue:CreateJob', `new:glue:job/new-${NEW_ID}`],
    ['glue:CreateTrigger', `new:glue:trigger/new-${NEW_ID}`],
  ],
  ['glue.amazonaws.com', page('glue-001'), ['glue:CreateDevEndpoint', 'any']],
  [
    'glue.amazonaws.com',
    ['https://docs.aws.amazon.com/glue/latest/dg/interactive-sessions-security.html'],
    ['glue:CreateSession', `new:glue:session/new-${NEW_ID}`],
    ['glue:RunStatement', `new:glue:session/new-${NEW_ID}`],
  ],
  [
    'sagemaker.amazonaws.com',
    page('sagemaker-002'),
    ['sagemaker:CreateTrainingJob', `new:sagemaker:training-job/new-${NEW_ID}`],
  ],
  [
    'sagemaker.amazonaws.com',
    page('sagemaker-003'),
    ['sagemaker:CreateProcessingJob', `new:sagemaker:processing-job/new-${NEW_ID}`],
  ],
  [
    'tasks.apprunner.amazonaws.com',
    page('apprunner-001'),
    ['apprunner:CreateService', `new:apprunner:service/new-${NEW_ID}/${NEW_ID}`],
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    page('bedrock-001'),
    ['bedrock-agentcore:CreateCodeInterpreter', 'any'],
    ['bedrock-agentcore:StartCodeInterpreterSession', INTERPRETER],
    ['bedrock-agentcore:InvokeCodeInterpreter', INTERPRETER],
  ],
  [
    'emr-serverless.amazonaws.com',
    page('emrserverless-001'),
    ['emr-serverless:CreateApplication', 'any'],
    ['emr-serverless:StartJobRun', `new:emr-serverless:/applications/${NEW_ID}`],
  ],
  [
    'sagemaker.amazonaws.com',
    ['https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html'],
    ['sagemaker:CreateHyperParameterTuningJob', `new:sagemaker:hyper-parameter-tuning-job/new-${NEW_ID}`],
  ],
  [
    'sagemaker.amazonaws.com',
    ['https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html'],
    ['sagemaker:CreatePipeline', STEPS],
    ['sagemaker:StartPipelineExecution', STEPS],
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    ['https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html'],
    ['bedrock-agentcore:CreateAgentRuntime', 'any'],
    ['bedrock-agentcore:InvokeAgentRuntime', RUNTIME],
    ['bedrock-agentcore:InvokeAgentRuntime', `${RUNTIME}/runtime-endpoint/DEFAULT`],
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    page('bedrock-003'),
    ['bedrock-agentcore:CreateAgentRuntime', 'any'],
    ['bedrock-agentcore:InvokeAgentRuntimeCommand', RUNTIME],
    ['bedrock-agentcore:InvokeAgentRuntimeCommand', `${RUNTIME}/runtime-endpoint/DEFAULT`],
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    page('bedrock-006'),
    ['bedrock-agentcore:CreateBrowser', 'any'],
    ['bedrock-agentcore:StartBrowserSession', `new:bedrock-agentcore:browser-custom/new-${NEW_ID}`],
    ['bedrock-agentcore:ConnectBrowserAutomationStream', 'any'],
  ],
  // its workers run code from a bucket that the caller names
  [
    'airflow.amazonaws.com',
    ['https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html'],
    ['airflow:CreateEnvironment', `new:airflow:environment/new-${NEW_ID}`],
  ],
];
