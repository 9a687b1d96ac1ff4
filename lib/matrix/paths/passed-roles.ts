/**
 * A service to which a role is passed, its source, and what is then created and run; see `escalations.ts`.
 */
type PassedRole = readonly [
  service: string,
  references: readonly string[],
  ...made: readonly (readonly [
    action: string,
    on: `new:${string}` | 'any',
    context?: Readonly<Record<string, string>>,
  ])[],
];

const NEW = '00000000000000000';
const UUID = '00000000-0000-0000-0000-000000000000';
const page = (id: string): readonly string[] => [`https://pathfinding.cloud/paths/${id}`];

const FUNCTION = `new:lambda:function:new-${NEW}` as const;
const MACHINE = `new:states:stateMachine:new-${NEW}` as const;
const PROJECT = `new:codebuild:project/new-${NEW}` as const;
const STACK = `new:cloudformation:stack/new-${NEW}/*` as const;
const TASKS = `new:ecs:task-definition/new-${NEW}:1` as const;
const JOB = `new:batch:job-definition/new-${NEW}` as const;
const DOCUMENT = `new:ssm:document/new-${NEW}` as const;
const AUTOMATION = { 'ssm:DocumentType': 'Automation' };
const INTERPRETER = `new:bedrock-agentcore:code-interpreter-custom/new-${NEW}` as const;

/** Services that run the caller's code, or call any API for it, with the passed role. */
export const PASSED_ROLES: readonly PassedRole[] = [
  [
    'lambda.amazonaws.com',
    page('lambda-002'),
    ['lambda:CreateFunction', FUNCTION],
    ['lambda:CreateEventSourceMapping', 'any'],
  ],
  [
    'lambda.amazonaws.com',
    page('lambda-006'),
    ['lambda:CreateFunction', FUNCTION],
    ['lambda:AddPermission', FUNCTION],
  ],
  [
    'states.amazonaws.com',
    page('stepfunctions-001'),
    ['states:CreateStateMachine', MACHINE],
    ['states:StartExecution', MACHINE],
  ],
  [
    'scheduler.amazonaws.com',
    [
      ...page('scheduler-001'),
      'https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html',
    ],
    ['scheduler:CreateSchedule', `new:scheduler:schedule/default/new-${NEW}`],
  ],
  [
    'ssm.amazonaws.com',
    [
      ...page('ssm-003'),
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAwsApi.html',
    ],
    ['ssm:CreateDocument', DOCUMENT, AUTOMATION],
    ['ssm:StartAutomationExecution', DOCUMENT],
    ['ssm:StartAutomationExecution', `new:ssm:automation-execution/${UUID}`],
  ],
  [
    'ssm.amazonaws.com',
    ['https://docs.aws.amazon.com/config/latest/developerguide/remediation.html'],
    ['ssm:CreateDocument', DOCUMENT, AUTOMATION],
    ['config:PutRemediationConfigurations', `new:config:remediation-configuration/new-${NEW}`],
    ['config:StartRemediationExecution', 'any'],
  ],
  [
    'ssm.amazonaws.com',
    ['https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html'],
    ['ssm:CreateActivation', 'any'],
  ],
  ['ecs-tasks.amazonaws.com', page('ecs-004'), ['ecs:RegisterTaskDefinition', TASKS], ['ecs:RunTask', TASKS]],
  [
    'ecs-tasks.amazonaws.com',
    page('ecs-003'),
    ['ecs:RegisterTaskDefinition', TASKS],
    ['ecs:CreateService', `new:ecs:service/new-${NEW}/new-${NEW}`],
  ],
  [
    'ecs-tasks.amazonaws.com',
    page('batch-001'),
    ['batch:RegisterJobDefinition', JOB],
    ['batch:SubmitJob', JOB],
    ['batch:SubmitJob', `new:batch:job/${UUID}`],
    ['batch:SubmitJob', `new:batch:job-queue/new-${NEW}`],
  ],
  [
    'ec2.amazonaws.com',
    page('ec2-003'),
    ['ec2:RequestSpotInstances', `new:ec2:spot-instances-request/sir-${NEW}`],
  ],
  [
    'ec2.amazonaws.com',
    ['https://docs.aws.amazon.com/autoscaling/ec2/userguide/us-iam-role.html'],
    [
      'autoscaling:CreateLaunchConfiguration',
      `new:autoscaling:launchConfiguration:${UUID}:launchConfigurationName/new-${NEW}`,
    ],
    [
      'autoscaling:CreateAutoScalingGroup',
      `new:autoscaling:autoScalingGroup:${UUID}:autoScalingGroupName/new-${NEW}`,
    ],
  ],
  // the cluster's own role must be passed as well: any role that EMR may assume will do
  [
    'ec2.amazonaws.com',
    [...page('emr-001'), 'https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html'],
    ['elasticmapreduce:RunJobFlow', 'any'],
  ],
  [
    'ec2.amazonaws.com',
    [
      ...page('imagebuilder-001'),
      'https://docs.aws.amazon.com/imagebuilder/latest/userguide/security_iam_service-with-iam.html',
    ],
    ['imagebuilder:CreateComponent', `new:imagebuilder:component/new-${NEW}/1.0.0/1`],
    ['imagebuilder:CreateImageRecipe', `new:imagebuilder:image-recipe/new-${NEW}/1.0.0`],
    [
      'imagebuilder:CreateInfrastructureConfiguration',
      `new:imagebuilder:infrastructure-configuration/new-${NEW}`,
    ],
    ['imagebuilder:CreateImage', `new:imagebuilder:image/new-${NEW}/1.0.0/1`],
  ],
  [
    'gamelift.amazonaws.com',
    [
      ...page('gamelift-001'),
      'https://docs.aws.amazon.com/gameliftservers/latest/developerguide/setting-up-role.html',
    ],
    ['gamelift:CreateBuild', 'any'],
    ['gamelift:CreateFleet', 'any'],
  ],
  [
    'kinesisanalytics.amazonaws.com',
    [
      ...page('kinesisanalytics-001'),
      'https://docs.aws.amazon.com/managed-flink/latest/java/security_iam_service-with-iam.html',
    ],
    ['kinesisanalytics:CreateApplication', 'any'],
    ['kinesisanalytics:StartApplication', `new:kinesisanalytics:application/new-${NEW}`],
  ],
  // the role of the fleet itself must be passed as well
  [
    'ec2.amazonaws.com',
    ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-fleet-prerequisites.html'],
    ['ec2:RequestSpotFleet', `new:ec2:spot-fleet-request/sfr-${UUID}`],
  ],
  // the creator of the trust anchor has a certificate of that authority, and so a session
  [
    'rolesanywhere.amazonaws.com',
    [
      'https://docs.aws.amazon.com/rolesanywhere/latest/userguide/security_iam_service-with-iam.html',
      'https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html',
    ],
    ['rolesanywhere:CreateTrustAnchor', 'any'],
    ['rolesanywhere:CreateProfile', 'any'],
  ],
  ['braket.amazonaws.com', page('braket-001'), ['braket:CreateJob', `new:braket:job/new-${NEW}`]],
  [
    'omics.amazonaws.com',
    page('omics-001'),
    ['omics:CreateWorkflow', 'any'],
    ['omics:StartRun', `new:omics:run/0000000`],
  ],
  [
    'cloudformation.amazonaws.com',
    page('cloudformation-004'),
    ['cloudformation:CreateChangeSet', STACK],
    ['cloudformation:ExecuteChangeSet', STACK],
  ],
  [
    'codebuild.amazonaws.com',
    page('codebuild-004'),
    ['codebuild:CreateProject', PROJECT],
    ['codebuild:StartBuildBatch', PROJECT],
  ],
  ['glue.amazonaws.com', page('glue-001'), ['glue:CreateDevEndpoint', 'any']],
  [
    'glue.amazonaws.com',
    ['https://docs.aws.amazon.com/glue/latest/dg/interactive-sessions-security.html'],
    ['glue:CreateSession', `new:glue:session/new-${NEW}`],
    ['glue:RunStatement', `new:glue:session/new-${NEW}`],
  ],
  [
    'sagemaker.amazonaws.com',
    page('sagemaker-002'),
    ['sagemaker:CreateTrainingJob', `new:sagemaker:training-job/new-${NEW}`],
  ],
  [
    'sagemaker.amazonaws.com',
    page('sagemaker-003'),
    ['sagemaker:CreateProcessingJob', `new:sagemaker:processing-job/new-${NEW}`],
  ],
  [
    'tasks.apprunner.amazonaws.com',
    page('apprunner-001'),
    ['apprunner:CreateService', `new:apprunner:service/new-${NEW}/${NEW}`],
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
    ['emr-serverless:StartJobRun', `new:emr-serverless:/applications/${NEW}`],
  ],
];

/** A service that makes only these calls with the passed role, as the caller specifies them. */
type CallingRole = readonly [
  service: string,
  calls: readonly string[],
  ...(PassedRole extends readonly [string, ...infer Rest] ? Rest : never),
];

const SEND = 'ssm:SendCommand';
const POWER = ['ec2:RebootInstances', 'ec2:StopInstances', 'ec2:TerminateInstances'];
const RULE = `new:events:rule/new-${NEW}` as const;
const TEMPLATE = `new:fis:experiment-template/EXT${NEW}` as const;

/**
 * Services that send the caller's commands, or stop instances, with the passed role, and do nothing else on
 * instances: the role gives these calls only.
 */
export const CALLING_ROLES: readonly CallingRole[] = [
  [
    'events.amazonaws.com',
    [SEND, ...POWER],
    [
      'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html',
      'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html',
    ],
    ['events:PutTargets', RULE],
    ['events:PutRule', RULE],
  ],
  [
    'fis.amazonaws.com',
    [SEND, 'ec2:StartInstances', ...POWER],
    [
      'https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html',
      'https://docs.aws.amazon.com/fis/latest/userguide/getting-started-iam-service-role.html',
    ],
    ['fis:CreateExperimentTemplate', TEMPLATE],
    ['fis:CreateExperimentTemplate', `new:fis:action/aws:ssm:send-command`],
    ['fis:StartExperiment', TEMPLATE],
    ['fis:StartExperiment', `new:fis:experiment/EXP${NEW}`],
  ],
  [
    'codepipeline.amazonaws.com',
    [SEND],
    ['https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html'],
    ['codepipeline:CreatePipeline', `new:codepipeline:new-${NEW}`],
  ],
];
