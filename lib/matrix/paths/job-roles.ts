import { type PassedRoleRow, page } from './passed-role.ts';
import { NEW_ID, NEW_NAME } from './placeholder-ids.ts';

const STEPS = `new:sagemaker:pipeline/${NEW_NAME}` as const;
const RUNTIME = `new:bedrock-agentcore:runtime/${NEW_NAME}` as const;
const PROFILE = `new:sagemaker:user-profile/${NEW_NAME}/${NEW_NAME}` as const;
const ENDPOINT = `new:sagemaker:endpoint/${NEW_NAME}` as const;
const ENDPOINT_CONFIG = `new:sagemaker:endpoint-config/${NEW_NAME}` as const;
const MODEL = `new:sagemaker:model/${NEW_NAME}` as const;
const GROUP = `new:athena:workgroup/${NEW_NAME}` as const;

const SAGEMAKER_ROLES = 'https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html';
const INTERPRETER = `new:bedrock-agentcore:code-interpreter-custom/${NEW_NAME}` as const;

/** Services for data and models that run the caller's code with the passed role. */
export const JOB_ROLES: readonly PassedRoleRow[] = [
  // a trigger starts the job when it is created
  [
    'glue.amazonaws.com',
    page('glue-004'),
    ['glue:CreateJob', `new:glue:job/${NEW_NAME}`],
    ['glue:CreateTrigger', `new:glue:trigger/${NEW_NAME}`],
  ],
  ['glue.amazonaws.com', page('glue-001'), ['glue:CreateDevEndpoint', 'any']],
  [
    'glue.amazonaws.com',
    ['https://docs.aws.amazon.com/glue/latest/dg/interactive-sessions-security.html'],
    ['glue:CreateSession', `new:glue:session/${NEW_NAME}`],
    ['glue:RunStatement', `new:glue:session/${NEW_NAME}`],
  ],
  [
    'sagemaker.amazonaws.com',
    page('sagemaker-002'),
    ['sagemaker:CreateTrainingJob', `new:sagemaker:training-job/${NEW_NAME}`],
  ],
  [
    'sagemaker.amazonaws.com',
    page('sagemaker-003'),
    ['sagemaker:CreateProcessingJob', `new:sagemaker:processing-job/${NEW_NAME}`],
  ],
  [
    'tasks.apprunner.amazonaws.com',
    page('apprunner-001'),
    ['apprunner:CreateService', `new:apprunner:service/${NEW_NAME}/${NEW_ID}`],
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
    [SAGEMAKER_ROLES],
    ['sagemaker:CreateHyperParameterTuningJob', `new:sagemaker:hyper-parameter-tuning-job/${NEW_NAME}`],
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
    ['bedrock-agentcore:StartBrowserSession', `new:bedrock-agentcore:browser-custom/${NEW_NAME}`],
    ['bedrock-agentcore:ConnectBrowserAutomationStream', 'any'],
  ],
  // the container of a model runs with its role
  [
    'sagemaker.amazonaws.com',
    [SAGEMAKER_ROLES],
    ['sagemaker:CreateModel', MODEL],
    ['sagemaker:CreateEndpointConfig', ENDPOINT_CONFIG],
    ['sagemaker:CreateEndpoint', ENDPOINT],
    ['sagemaker:CreateEndpoint', ENDPOINT_CONFIG],
  ],
  [
    'sagemaker.amazonaws.com',
    [SAGEMAKER_ROLES],
    ['sagemaker:CreateModel', MODEL],
    ['sagemaker:CreateTransformJob', `new:sagemaker:transform-job/${NEW_NAME}`],
  ],
  // Studio runs as the role of the profile
  [
    'sagemaker.amazonaws.com',
    ['https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html'],
    ['sagemaker:CreateUserProfile', PROFILE],
    ['sagemaker:CreatePresignedDomainUrl', PROFILE],
    ['sagemaker:CreateDomain', `new:sagemaker:domain/${NEW_NAME}`],
  ],
  // sessions of Spark run the caller's code
  [
    'athena.amazonaws.com',
    ['https://docs.aws.amazon.com/athena/latest/ug/notebooks-spark-getting-started.html'],
    ['athena:StartSession', GROUP],
    ['athena:StartCalculationExecution', GROUP],
    ['athena:CreateWorkGroup', GROUP],
  ],
  // its workers load the caller's plugin
  [
    'kafkaconnect.amazonaws.com',
    ['https://docs.aws.amazon.com/msk/latest/developerguide/msk-connect-service-execution-role.html'],
    ['kafkaconnect:CreateConnector', 'any'],
    ['kafkaconnect:CreateCustomPlugin', 'any'],
  ],
  // its workers run code from a bucket that the caller names
  [
    'airflow.amazonaws.com',
    ['https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html'],
    ['airflow:CreateEnvironment', `new:airflow:environment/${NEW_NAME}`],
  ],
];
