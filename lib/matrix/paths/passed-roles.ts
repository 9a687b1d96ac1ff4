import { JOB_ROLES } from './job-roles.ts';
import { type PassedRoleRow, page } from './passed-role.ts';
import { NEW_ID, NEW_NAME, UUID } from './placeholder-ids.ts';
import { ROLES_FOR_ANY_CALL } from './roles-for-any-call.ts';
import { ROLES_FOR_EXISTING } from './roles-for-existing.ts';

/** References for rows that are also in Rhino Security Labs' list. */
const known = (id: string): readonly string[] => [
  ...page(id),
  'https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/',
];

const GLUE_JOB = `new:glue:job/${NEW_NAME}` as const;
const NOTEBOOK = `new:sagemaker:notebook-instance/${NEW_NAME}` as const;
const FUNCTION = `new:lambda:function:${NEW_NAME}` as const;
const MACHINE = `new:states:stateMachine:${NEW_NAME}` as const;
const PROJECT = `new:codebuild:project/${NEW_NAME}` as const;
const STACK = `new:cloudformation:stack/${NEW_NAME}/*` as const;
const TASKS = `new:ecs:task-definition/${NEW_NAME}:1` as const;
const JOB = `new:batch:job-definition/${NEW_NAME}` as const;
const DOCUMENT = `new:ssm:document/${NEW_NAME}` as const;
const APPROVED = { 'ssm:AutoApprove': 'true' };
const AUTOMATION = { 'ssm:DocumentType': 'Automation' };
const PIPELINE = 'new:datapipeline:pipeline/df-00000000000000000000' as const;

/** Services that run the caller's code, or call any API for it, with the passed role. */
export const PASSED_ROLES: readonly PassedRoleRow[] = [
  [
    'lambda.amazonaws.com',
    known('lambda-001'),
    ['lambda:CreateFunction', FUNCTION],
    ['lambda:InvokeFunction', FUNCTION],
  ],
  ['ec2.amazonaws.com', known('ec2-001'), ['ec2:RunInstances', `new:ec2:instance/i-${NEW_ID}`]],
  ['cloudformation.amazonaws.com', known('cloudformation-001'), ['cloudformation:CreateStack', STACK]],
  [
    'codebuild.amazonaws.com',
    known('codebuild-001'),
    ['codebuild:CreateProject', PROJECT],
    ['codebuild:StartBuild', PROJECT],
  ],
  ['glue.amazonaws.com', known('glue-003'), ['glue:CreateJob', GLUE_JOB], ['glue:StartJobRun', GLUE_JOB]],
  [
    'sagemaker.amazonaws.com',
    known('sagemaker-001'),
    ['sagemaker:CreateNotebookInstance', NOTEBOOK],
    ['sagemaker:CreatePresignedNotebookInstanceUrl', NOTEBOOK],
  ],
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
    ['scheduler:CreateSchedule', `new:scheduler:schedule/default/${NEW_NAME}`],
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
    ['config:PutRemediationConfigurations', `new:config:remediation-configuration/${NEW_NAME}`],
    ['config:StartRemediationExecution', 'any'],
  ],
  // a caller that may approve needs no approval of others
  [
    'ssm.amazonaws.com',
    ['https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartChangeRequestExecution.html'],
    ['ssm:CreateDocument', DOCUMENT, AUTOMATION],
    ['ssm:CreateDocument', DOCUMENT, { 'ssm:DocumentType': 'Automation.ChangeTemplate' }],
    ['ssm:StartChangeRequestExecution', DOCUMENT, APPROVED],
    ['ssm:StartChangeRequestExecution', `new:ssm:automation-execution/${UUID}`, APPROVED],
  ],
  [
    'ssm.amazonaws.com',
    ['https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html'],
    ['ssm:CreateActivation', 'any'],
  ],
  // a window runs an automation as its task, which may be of another account; an association as its document, a plan
  // when an incident starts
  [
    'ssm.amazonaws.com',
    [
      'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html',
    ],
    ['ssm:RegisterTaskWithMaintenanceWindow', `new:ssm:maintenancewindow/mw-${NEW_ID}`],
    ['ssm:CreateMaintenanceWindow', 'any'],
  ],
  [
    'ssm.amazonaws.com',
    [
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/scheduling-automations-state-manager-associations.html',
    ],
    ['ssm:CreateAssociation', DOCUMENT],
    ['ssm:CreateAssociation', `new:ssm:association/${UUID}`],
    ['ssm:CreateDocument', DOCUMENT, AUTOMATION],
  ],
  [
    'ssm-incidents.amazonaws.com',
    [
      'https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_CreateResponsePlan.html',
      'https://docs.aws.amazon.com/incident-manager/latest/userguide/tutorials-runbooks.html',
    ],
    ['ssm-incidents:CreateResponsePlan', 'any'],
    ['ssm-incidents:StartIncident', `new:ssm-incidents:response-plan/${NEW_NAME}`],
    ['ssm:CreateDocument', DOCUMENT, AUTOMATION],
  ],
  ['ecs-tasks.amazonaws.com', page('ecs-004'), ['ecs:RegisterTaskDefinition', TASKS], ['ecs:RunTask', TASKS]],
  [
    'ecs-tasks.amazonaws.com',
    ['https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html'],
    ['ecs:RegisterTaskDefinition', TASKS],
    ['ecs:StartTask', TASKS],
  ],
  [
    'ecs-tasks.amazonaws.com',
    page('ecs-003'),
    ['ecs:RegisterTaskDefinition', TASKS],
    ['ecs:CreateService', `new:ecs:service/${NEW_NAME}/${NEW_NAME}`],
  ],
  [
    'ecs-tasks.amazonaws.com',
    page('batch-001'),
    ['batch:RegisterJobDefinition', JOB],
    ['batch:SubmitJob', JOB],
    ['batch:SubmitJob', `new:batch:job/${UUID}`],
    ['batch:SubmitJob', `new:batch:job-queue/${NEW_NAME}`],
  ],
  [
    'ec2.amazonaws.com',
    page('ec2-003'),
    ['ec2:RequestSpotInstances', `new:ec2:spot-instances-request/sir-${NEW_ID}`],
  ],
  [
    'ec2.amazonaws.com',
    ['https://docs.aws.amazon.com/autoscaling/ec2/userguide/us-iam-role.html'],
    [
      'autoscaling:CreateLaunchConfiguration',
      `new:autoscaling:launchConfiguration:${UUID}:launchConfigurationName/${NEW_NAME}`,
    ],
    [
      'autoscaling:CreateAutoScalingGroup',
      `new:autoscaling:autoScalingGroup:${UUID}:autoScalingGroupName/${NEW_NAME}`,
    ],
  ],
  // the cluster's own role is passed too: any role that EMR may assume is enough
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
    ['imagebuilder:CreateComponent', `new:imagebuilder:component/${NEW_NAME}/1.0.0/1`],
    ['imagebuilder:CreateImageRecipe', `new:imagebuilder:image-recipe/${NEW_NAME}/1.0.0`],
    [
      'imagebuilder:CreateInfrastructureConfiguration',
      `new:imagebuilder:infrastructure-configuration/${NEW_NAME}`,
    ],
    ['imagebuilder:CreateImage', `new:imagebuilder:image/${NEW_NAME}/1.0.0/1`],
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
    ['kinesisanalytics:StartApplication', `new:kinesisanalytics:application/${NEW_NAME}`],
  ],
  // the pipeline's own role is passed too
  [
    'ec2.amazonaws.com',
    [
      ...known('datapipeline-001'),
      'https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/dp-iam-roles.html',
    ],
    ['datapipeline:CreatePipeline', 'any'],
    ['datapipeline:PutPipelineDefinition', PIPELINE],
    ['datapipeline:ActivatePipeline', PIPELINE],
  ],
  // the fleet's own role is passed too
  [
    'ec2.amazonaws.com',
    ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-fleet-prerequisites.html'],
    ['ec2:RequestSpotFleet', `new:ec2:spot-fleet-request/sfr-${UUID}`],
  ],
  // the creator of the trust anchor holds a certificate of that authority, which gives a session
  [
    'rolesanywhere.amazonaws.com',
    [
      'https://docs.aws.amazon.com/rolesanywhere/latest/userguide/security_iam_service-with-iam.html',
      'https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html',
    ],
    ['rolesanywhere:CreateTrustAnchor', 'any'],
    ['rolesanywhere:CreateProfile', 'any'],
  ],
  ['braket.amazonaws.com', page('braket-001'), ['braket:CreateJob', `new:braket:job/${NEW_NAME}`]],
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
  ...ROLES_FOR_ANY_CALL,
  ...JOB_ROLES,
  ...ROLES_FOR_EXISTING,
];
