import { describe, expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ESCALATIONS } from '../../lib/matrix/paths/escalations.ts';
import { allow } from '../fixtures/account.ts';
import { arn, CRANE, cellOfLeo, LEO, withCrane } from './role-of-a-service.ts';

/** What is asked for beside `iam:PassRole`, and to which service the role is passed. */
const ROWS: readonly (readonly [string, readonly string[]])[] = [
  ['lambda.amazonaws.com', ['lambda:CreateFunction', 'lambda:InvokeFunction']],
  ['lambda.amazonaws.com', ['lambda:CreateFunction', 'lambda:CreateEventSourceMapping']],
  ['lambda.amazonaws.com', ['lambda:CreateFunction', 'lambda:AddPermission']],
  ['ec2.amazonaws.com', ['ec2:RunInstances']],
  ['ec2.amazonaws.com', ['ec2:RequestSpotInstances']],
  ['ec2.amazonaws.com', ['autoscaling:CreateLaunchConfiguration', 'autoscaling:CreateAutoScalingGroup']],
  ['cloudformation.amazonaws.com', ['cloudformation:CreateStack']],
  ['cloudformation.amazonaws.com', ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet']],
  ['codebuild.amazonaws.com', ['codebuild:CreateProject', 'codebuild:StartBuild']],
  ['codebuild.amazonaws.com', ['codebuild:CreateProject', 'codebuild:StartBuildBatch']],
  ['glue.amazonaws.com', ['glue:CreateJob', 'glue:StartJobRun']],
  ['glue.amazonaws.com', ['glue:CreateDevEndpoint']],
  ['glue.amazonaws.com', ['glue:CreateSession', 'glue:RunStatement']],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:CreateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl'],
  ],
  ['sagemaker.amazonaws.com', ['sagemaker:CreateTrainingJob']],
  ['sagemaker.amazonaws.com', ['sagemaker:CreateProcessingJob']],
  ['states.amazonaws.com', ['states:CreateStateMachine', 'states:StartExecution']],
  ['scheduler.amazonaws.com', ['scheduler:CreateSchedule']],
  ['ssm.amazonaws.com', ['ssm:CreateDocument', 'ssm:StartAutomationExecution']],
  [
    'ssm.amazonaws.com',
    ['ssm:CreateDocument', 'config:PutRemediationConfigurations', 'config:StartRemediationExecution'],
  ],
  ['ssm.amazonaws.com', ['ssm:CreateActivation']],
  ['ecs-tasks.amazonaws.com', ['ecs:RegisterTaskDefinition', 'ecs:RunTask']],
  ['ecs-tasks.amazonaws.com', ['ecs:RegisterTaskDefinition', 'ecs:CreateService']],
  ['ecs-tasks.amazonaws.com', ['batch:RegisterJobDefinition', 'batch:SubmitJob']],
  ['ec2.amazonaws.com', ['elasticmapreduce:RunJobFlow']],
  [
    'ec2.amazonaws.com',
    [
      'imagebuilder:CreateComponent',
      'imagebuilder:CreateImageRecipe',
      'imagebuilder:CreateInfrastructureConfiguration',
      'imagebuilder:CreateImage',
    ],
  ],
  ['gamelift.amazonaws.com', ['gamelift:CreateBuild', 'gamelift:CreateFleet']],
  [
    'kinesisanalytics.amazonaws.com',
    ['kinesisanalytics:CreateApplication', 'kinesisanalytics:StartApplication'],
  ],
  ['tasks.apprunner.amazonaws.com', ['apprunner:CreateService']],
  [
    'bedrock-agentcore.amazonaws.com',
    [
      'bedrock-agentcore:CreateCodeInterpreter',
      'bedrock-agentcore:StartCodeInterpreterSession',
      'bedrock-agentcore:InvokeCodeInterpreter',
    ],
  ],
  ['emr-serverless.amazonaws.com', ['emr-serverless:CreateApplication', 'emr-serverless:StartJobRun']],
];

/** leo's cell where the role crane trusts that service. */
function cell(service: string, policies: readonly object[]): Cell | undefined {
  const snapshot = withCrane(service, policies, {
    // an instance takes a role only out of a profile
    instanceProfiles: [{ arn: arn('instance-profile', 'crane'), name: 'crane', roles: [CRANE] }],
  });
  return cellOfLeo(buildMatrix(snapshot), snapshot);
}

describe.each(ROWS)('a role passed to %s by %j', (service, actions) => {
  const pass = (to: string, role = CRANE): object =>
    allow('iam:PassRole', role, { StringEquals: { 'iam:PassedToService': to } });

  test('is held by whoever may pass it and make what runs with it', () => {
    const held = cell(service, [pass(service), allow(actions)]);
    expect(held).toMatchObject({ verdict: 'allowed', via: [actions[0], CRANE] });
    const step = held?.steps[0];
    expect(step).toMatchObject({ from: LEO, to: CRANE, condition: null });
  });

  test('and by nobody who lacks any of it', () => {
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      expect(cell(service, [pass(service), ...(rest.length > 0 ? [allow(rest)] : [])])).toBeUndefined();
    }
    expect(cell(service, [pass('backup.amazonaws.com'), allow(actions)])).toBeUndefined();
    expect(cell(service, [pass(service, arn('role', 'other')), allow(actions)])).toBeUndefined();
    expect(cell('backup.amazonaws.com', [pass(service), allow(actions)])).toBeUndefined();
  });
});

test('every row that passes a role has its cases', () => {
  const rows = ESCALATIONS.flatMap(({ becomes, requests }) =>
    typeof becomes === 'object' && 'passedTo' in becomes
      ? [[becomes.passedTo, [...new Set(requests.slice(1).map(({ action }) => action))]] as const]
      : [],
  );
  const sorted = (all: typeof ROWS): readonly string[] => all.map((row) => JSON.stringify(row)).sort();
  expect(sorted(rows)).toEqual(sorted(ROWS));
});
