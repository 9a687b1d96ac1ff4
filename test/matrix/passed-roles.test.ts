import { describe, expect, test } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import type { Escalation } from '../../lib/matrix/paths/escalation.ts';
import { callingRole, ESCALATIONS } from '../../lib/matrix/paths/escalations.ts';
import { ACCOUNT_ID, type AccountInput, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';
import { arn, CRANE, cellOfLeo, LEO, withCrane } from './role-of-a-service.ts';

/** The requests beside `iam:PassRole`, and the service that gets the role. */
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
  ['glue.amazonaws.com', ['glue:CreateJob', 'glue:CreateTrigger']],
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
  ['ssm.amazonaws.com', ['ssm:CreateDocument', 'ssm:StartChangeRequestExecution']],
  ['ssm.amazonaws.com', ['ssm:CreateActivation']],
  ['ssm.amazonaws.com', ['ssm:RegisterTaskWithMaintenanceWindow', 'ssm:CreateMaintenanceWindow']],
  ['ssm.amazonaws.com', ['ssm:CreateAssociation', 'ssm:CreateDocument']],
  [
    'ssm-incidents.amazonaws.com',
    ['ssm-incidents:CreateResponsePlan', 'ssm-incidents:StartIncident', 'ssm:CreateDocument'],
  ],
  [
    'ec2.amazonaws.com',
    ['datapipeline:CreatePipeline', 'datapipeline:PutPipelineDefinition', 'datapipeline:ActivatePipeline'],
  ],
  ['ecs-tasks.amazonaws.com', ['ecs:RegisterTaskDefinition', 'ecs:RunTask']],
  ['ecs-tasks.amazonaws.com', ['ecs:RegisterTaskDefinition', 'ecs:StartTask']],
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
  ['ec2.amazonaws.com', ['ec2:RequestSpotFleet']],
  ['rolesanywhere.amazonaws.com', ['rolesanywhere:CreateTrustAnchor', 'rolesanywhere:CreateProfile']],
  ['braket.amazonaws.com', ['braket:CreateJob']],
  ['omics.amazonaws.com', ['omics:CreateWorkflow', 'omics:StartRun']],
  ['tasks.apprunner.amazonaws.com', ['apprunner:CreateService']],
  [
    'bedrock-agentcore.amazonaws.com',
    [
      'bedrock-agentcore:CreateCodeInterpreter',
      'bedrock-agentcore:StartCodeInterpreterSession',
      'bedrock-agentcore:InvokeCodeInterpreter',
    ],
  ],
  ['sagemaker.amazonaws.com', ['sagemaker:CreateHyperParameterTuningJob']],
  ['sagemaker.amazonaws.com', ['sagemaker:CreatePipeline', 'sagemaker:StartPipelineExecution']],
  [
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:CreateAgentRuntime', 'bedrock-agentcore:InvokeAgentRuntime'],
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:CreateAgentRuntime', 'bedrock-agentcore:InvokeAgentRuntimeCommand'],
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    [
      'bedrock-agentcore:CreateBrowser',
      'bedrock-agentcore:StartBrowserSession',
      'bedrock-agentcore:ConnectBrowserAutomationStream',
    ],
  ],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:CreateModel', 'sagemaker:CreateEndpointConfig', 'sagemaker:CreateEndpoint'],
  ],
  ['sagemaker.amazonaws.com', ['sagemaker:CreateModel', 'sagemaker:CreateTransformJob']],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:CreateUserProfile', 'sagemaker:CreatePresignedDomainUrl', 'sagemaker:CreateDomain'],
  ],
  [
    'athena.amazonaws.com',
    ['athena:StartSession', 'athena:StartCalculationExecution', 'athena:CreateWorkGroup'],
  ],
  ['kafkaconnect.amazonaws.com', ['kafkaconnect:CreateConnector', 'kafkaconnect:CreateCustomPlugin']],
  ['states.amazonaws.com', ['states:TestState']],
  ['cloudformation.amazonaws.com', ['cloudformation:CreateResource']],
  ['cloudformation.amazonaws.com', ['cloudformation:UpdateResource']],
  ['lambda.amazonaws.com', ['lambda:CreateMicrovmImage']],
  [
    'appsync.amazonaws.com',
    [
      'appsync:CreateDataSource',
      'appsync:CreateGraphqlApi',
      'appsync:StartSchemaCreation',
      'appsync:CreateResolver',
      'appsync:CreateApiKey',
    ],
  ],
  [
    'credentials.iot.amazonaws.com',
    ['iot:CreateRoleAlias', 'iot:CreateKeysAndCertificate', 'iot:CreatePolicy', 'iot:AttachPolicy'],
  ],
  ['codepipeline.amazonaws.com', ['codepipeline:CreatePipeline']],
  ['airflow.amazonaws.com', ['airflow:CreateEnvironment']],
  ['emr-serverless.amazonaws.com', ['emr-serverless:CreateApplication', 'emr-serverless:StartJobRun']],
];

/** Documents of accounts that nobody has audited. */
const FOREIGN = 'arn:aws:ssm:*:000000000000:document/*';

/** leo's cell if the role crane trusts that service. */
function cell(service: string, policies: readonly object[]): Cell | undefined {
  const snapshot = withCrane(service, policies, {
    // an instance gets a role only from a profile
    instanceProfiles: [{ arn: arn('instance-profile', 'crane'), name: 'crane', roles: [CRANE] }],
  });
  return cellOfLeo(buildMatrix(snapshot), snapshot);
}

describe.each(ROWS)('a role passed to %s by %j', (service, actions) => {
  const pass = (to: string, role = CRANE): object =>
    allow('iam:PassRole', role, { StringEquals: { 'iam:PassedToService': to } });
  // the runbook of another account needs fewer rights
  const own = deny('ssm:*', FOREIGN);

  test('is held by a principal that may pass it and create what runs with it', () => {
    const held = cell(service, [pass(service), allow(actions), own]);
    expect(held).toMatchObject({ verdict: 'allowed', via: [actions[0], CRANE] });
    const step = held?.steps[0];
    expect(step).toMatchObject({ from: LEO, to: CRANE, condition: null });
  });

  test('is not held if any of these rights is missing', () => {
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      const found = cell(service, [pass(service), own, ...(rest.length > 0 ? [allow(rest)] : [])]);
      // what exists already may do
      if (found) expect(found.condition?.text).toContain('one that exists');
    }
    const others = [pass('backup.amazonaws.com'), pass(service, arn('role', 'other'))];
    // without a passed role, only something that has the role already
    for (const other of others)
      expect(cell(service, [other, allow(actions)])?.condition?.text ?? 'OfThatRole').toContain('OfThatRole');
    expect(cell('backup.amazonaws.com', [pass(service), allow(actions)])).toBeUndefined();
  });
});

// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html
describe.each([
  ['ssm:StartAutomationExecution', `arn:aws:ssm:us-east-1:${ACCOUNT_ID}:automation-execution/*`],
  ['ssm:CreateAssociation', `arn:aws:ssm:us-east-1:${ACCOUNT_ID}:association/*`],
] as const)('a role passed to a runbook of another account by %s', (action, started) => {
  const held = (on: string | readonly string[], ...more: readonly object[]): Cell | undefined =>
    cell('ssm.amazonaws.com', [
      allow('iam:PassRole', CRANE, { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } }),
      allow(action, on),
      ...more,
    ]);

  test('is held by a principal that may run documents of any account, or of that account', () => {
    const anybodys = 'arn:aws:ssm:*:*:document/*';
    for (const document of [anybodys, 'arn:aws:ssm:*:444455556666:document/*'])
      expect(held([document, started])).toMatchObject({ verdict: 'allowed', via: [action, CRANE] });
    expect(held(anybodys)).toBeUndefined();
    expect(held([`arn:aws:ssm:*:${ACCOUNT_ID}:document/*`, started])).toBeUndefined();
    expect(held(['arn:aws:ssm:*::document/AWS-*', started])).toBeUndefined();
    expect(held([anybodys, started], deny(action, FOREIGN))).toBeUndefined();
    expect(held([anybodys, started], deny('iam:PassRole'))).toBeUndefined();
  });
});

// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSAppRunnerFullAccess.html
test('a role that tasks of App Runner assume may also be passed to App Runner itself', () => {
  const service = 'tasks.apprunner.amazonaws.com';
  const passTo = (to: string): object =>
    allow('iam:PassRole', '*', { StringLike: { 'iam:PassedToService': to } });
  const may = (to: string): Cell | undefined => cell(service, [passTo(to), allow('apprunner:CreateService')]);
  expect(may('apprunner.amazonaws.com')).toMatchObject({
    verdict: 'allowed',
    via: ['apprunner:CreateService', CRANE],
  });
  expect(may(service)?.verdict).toBe('allowed');
  expect(may('build.apprunner.amazonaws.com')).toBeUndefined();
  expect(cell('apprunner.amazonaws.com', [passTo('*'), allow('apprunner:CreateService')])).toBeUndefined();
});

// https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
describe('a role of an identity pool', () => {
  const [POOLS, SET] = ['cognito-identity.amazonaws.com', 'cognito-identity:SetIdentityPoolRoles'];
  const pass = (to = POOLS): object =>
    allow('iam:PassRole', CRANE, { StringEquals: { 'iam:PassedToService': to } });
  const held = (policies: readonly object[], Federated = POOLS): Cell | undefined => {
    const Condition = {
      StringEquals: { [`${POOLS}:aud`]: 'us-east-1:1a2b' },
      'ForAnyValue:StringLike': { [`${POOLS}:amr`]: 'authenticated' },
    };
    const Action = 'sts:AssumeRoleWithWebIdentity';
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Federated }, Action, Condition }],
    };
    const crane = { name: 'crane', policies: [allow('ec2-instance-connect:*')], trust };
    const snapshot = withCrane(POOLS, policies, { roles: [crane] });
    const matrix = buildMatrix(snapshot);
    expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
    return cellOfLeo(matrix, snapshot);
  };

  test('is held by a principal that passes it to a pool, if there is one', () => {
    const found = held([pass(), allow(SET)]);
    expect(found).toMatchObject({ verdict: 'conditional', via: [SET, CRANE] });
    expect(found?.condition?.text).toContain('cognito-identity:IdentityPool is one that exists');
  });

  test('is not held without either right, or if the role trusts another provider', () => {
    expect(held([allow(SET)])).toBeUndefined();
    expect(held([pass()])).toBeUndefined();
    expect(held([pass('ec2.amazonaws.com'), allow(SET)])).toBeUndefined();
    expect(held([pass(), allow(SET), deny(SET)])).toBeUndefined();
    expect(held([pass(), allow(SET), deny('iam:PassRole', CRANE)])).toBeUndefined();
    expect(held([pass(), allow(SET)], 'accounts.google.com')).toBeUndefined();
  });
});

/** The requests beside `iam:PassRole`, the service, and what it does with the role. */
const CALLING: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['events.amazonaws.com', ['events:PutTargets', 'events:PutRule'], ['power', 'run-command']],
  ['fis.amazonaws.com', ['fis:CreateExperimentTemplate', 'fis:StartExperiment'], ['power', 'run-command']],
];

describe.each(CALLING)('a role that %s uses by %j', (service, actions, paths) => {
  const may = ['ssm:SendCommand', 'ssm:StartSession', 'ec2:StopInstances', 'ec2:GetConsoleOutput'];
  const pass = allow('iam:PassRole', CRANE, { StringEquals: { 'iam:PassedToService': service } });
  const held = (
    policies: readonly object[],
    {
      trusts = service,
      role = may,
      more = {},
    }: { trusts?: string; role?: string[]; more?: AccountInput } = {},
  ): readonly Cell[] => {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: trusts }, Action: 'sts:AssumeRole' }],
    };
    const snapshot = withCrane(service, policies, {
      roles: [
        { name: 'crane', policies: [allow(role)], trust },
        { name: 'app', policies: [allow('ec2:GetConsoleOutput')] },
      ],
      ...more,
    });
    const matrix = buildMatrix(snapshot);
    expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
    return [...cellsOf(matrix, snapshot, { principal: LEO })];
  };
  const open = (cells: readonly Cell[]): readonly string[] =>
    cells.map(({ path, verdict, via }) => `${path} ${verdict} ${via.join()}`);

  test('makes the calls of the service for a principal that passes it, and no others', () => {
    const cells = held([pass, allow(actions)]);
    const wanted = paths.map((path) => `${path} allowed ${actions[0]},${CRANE}`);
    expect(open(cells).toSorted()).toEqual(wanted);
    expect(cells[0]?.steps).toMatchObject([{ from: LEO, to: CRANE, request: { action: actions[0] } }]);
    expect(cells.find(({ path }) => path === 'run-command')?.requests.map(({ action }) => action)).toEqual([
      'ssm:SendCommand',
      'ssm:SendCommand',
    ]);
  });

  test('leads on to what its commands reach', () => {
    const cells = held([pass, allow(actions)], { more: { instances: [{ id: 'i-1', role: 'app' }] } });
    const instance = `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-1`;
    expect(cells.find(({ path }) => path === 'console-read')?.via).toEqual([actions[0], CRANE, instance]);
  });

  test('does not if the principal or the role lacks a right', () => {
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      const cells = held([pass, ...(rest.length > 0 ? [allow(rest)] : [])]);
      // adding a target to an existing rule is enough
      expect(cells.filter(({ verdict }) => verdict === 'allowed')).toEqual([]);
    }
    expect(held([allow(actions)])).toEqual([]);
    expect(held([pass, allow(actions), deny('iam:PassRole')])).toEqual([]);
    expect(held([pass, allow(actions)], { trusts: 'backup.amazonaws.com' })).toEqual([]);
    expect(held([pass, allow(actions)], { role: ['ssm:StartSession', 'ec2:GetConsoleOutput'] })).toEqual([]);
  });

  test('keeps the limits of the role', () => {
    const cells = held([pass, allow(actions)], {
      more: {
        roles: [
          {
            name: 'crane',
            policies: [allow('*'), deny('ssm:SendCommand'), deny('ec2:*')],
            trust: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
            },
          },
        ],
      },
    });
    expect(cells).toEqual([]);
  });

  test('is explained', () => {
    const policies = [pass, allow(actions)];
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    };
    const snapshot = withCrane(service, policies, {
      roles: [{ name: 'crane', policies: [allow(may)], trust }],
    });
    const name = { principal: LEO, instance: 'i-1', path: 'run-command' } as const;
    const found = explainCell(snapshot, name);
    expect(
      'error' in found ? [] : found.steps.flatMap(({ requests }) => requests.map(({ action }) => action)),
    ).toEqual(expect.arrayContaining(['iam:PassRole', ...actions]));
  });
});

/** `roles-for-existing.test.ts` has their cases. */
const isOnExisting = ({ requests }: Escalation): boolean =>
  requests.some(({ on }) => on.startsWith('existing:'));
const isOfOthers = ({ requests }: Escalation): boolean =>
  requests.some(({ on }) => on === 'foreign-runbooks');
const isOfBus = ({ requests }: Escalation): boolean =>
  requests.some(({ action }) => action === 'events:CreateEventBus');
/** `stack-sets.test.ts` has their cases. */
const isOfStackSet = ({ action }: Escalation): boolean => action.endsWith('StackSet');

test('every row with a role for certain calls has its cases', () => {
  const rows = ESCALATIONS.flatMap((row) => {
    const caller = callingRole(row);
    const actions = [...new Set(row.requests.slice(1).map(({ action }) => action))];
    return caller && !isOnExisting(row) && !isOfBus(row) && !isOfStackSet(row)
      ? [[caller.passedTo, actions]]
      : [];
  });
  expect(rows).toEqual(CALLING.map(([service, actions]) => [service, actions]));
});

test('every row that passes a role has its cases', () => {
  const rows = ESCALATIONS.filter((row) => !isOnExisting(row) && !isOfOthers(row)).flatMap(
    ({ becomes, requests, asks }) =>
      typeof becomes === 'object' && 'passedTo' in becomes && !becomes.calls && !asks
        ? [[becomes.passedTo, [...new Set(requests.slice(1).map(({ action }) => action))]] as const]
        : [],
  );
  const sorted = (all: typeof ROWS): readonly string[] => all.map((row) => JSON.stringify(row)).sort();
  expect(sorted(rows)).toEqual(sorted(ROWS));
});
