import { describe, expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import { ESCALATIONS } from '../../lib/matrix/paths/escalations.ts';
import type { RegionSnapshot } from '../../lib/snapshot/snapshot.ts';
import { allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';
import { arn, CRANE, cellOfLeo, inRegion, LEO, ROLE_LISTS, withCrane } from './role-of-a-service.ts';

/** What exists, the request that passes a role to it, and the service. */
const LISTED = [
  ['codebuild.amazonaws.com', 'codebuild:StartBuild', 'buildProjects', inRegion('codebuild', 'project/pay')],
  [
    'codebuild.amazonaws.com',
    'codebuild:UpdateProject',
    'buildProjects',
    inRegion('codebuild', 'project/pay'),
  ],
  [
    'states.amazonaws.com',
    'states:UpdateStateMachine',
    'stateMachineRoles',
    inRegion('states', 'stateMachine:pay'),
  ],
  [
    'cloudformation.amazonaws.com',
    'cloudformation:UpdateStack',
    'stacks',
    inRegion('cloudformation', 'stack/pay/1'),
  ],
  [
    'lambda.amazonaws.com',
    'lambda:UpdateFunctionConfiguration',
    'functions',
    inRegion('lambda', 'function:pay'),
  ],
] as const;

/** Kinds whose lists are not read: the service, the requests, and one of these things with what is created. */
const UNLISTED: readonly (readonly [service: string, actions: readonly string[], on: readonly string[]])[] = [
  ['scheduler.amazonaws.com', ['scheduler:UpdateSchedule'], [inRegion('scheduler', 'schedule/default/pay')]],
  ['events.amazonaws.com', ['events:PutTargets'], [inRegion('events', 'rule/pay')]],
  ['glue.amazonaws.com', ['glue:UpdateJob', 'glue:StartJobRun'], [inRegion('glue', 'job/pay')]],
  [
    'glue.amazonaws.com',
    ['glue:UpdateJob', 'glue:CreateTrigger'],
    [inRegion('glue', 'job/pay'), inRegion('glue', 'trigger/*')],
  ],
  ['ecs-tasks.amazonaws.com', ['ecs:RunTask'], [inRegion('ecs', 'task-definition/pay:*')]],
  ['ecs-tasks.amazonaws.com', ['ecs:StartTask'], [inRegion('ecs', 'task-definition/pay:*')]],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:UpdateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl'],
    [inRegion('sagemaker', 'notebook-instance/pay')],
  ],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:CreateUserProfile', 'sagemaker:CreatePresignedDomainUrl'],
    [inRegion('sagemaker', 'user-profile/d-1/pay')],
  ],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:UpdateUserProfile', 'sagemaker:CreatePresignedDomainUrl'],
    [inRegion('sagemaker', 'user-profile/d-1/pay')],
  ],
  [
    'athena.amazonaws.com',
    ['athena:StartSession', 'athena:StartCalculationExecution'],
    [inRegion('athena', 'workgroup/pay')],
  ],
  ['tasks.apprunner.amazonaws.com', ['apprunner:UpdateService'], [inRegion('apprunner', 'service/pay/1a')]],
  [
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:UpdateAgentRuntime', 'bedrock-agentcore:InvokeAgentRuntime'],
    [
      inRegion('bedrock-agentcore', 'runtime/pay'),
      inRegion('bedrock-agentcore', 'runtime/pay/runtime-endpoint/*'),
    ],
  ],
  [
    'emr-serverless.amazonaws.com',
    ['emr-serverless:StartJobRun'],
    [inRegion('emr-serverless', '/applications/00f1')],
  ],
  [
    'kinesisanalytics.amazonaws.com',
    ['kinesisanalytics:UpdateApplication'],
    [inRegion('kinesisanalytics', 'application/pay')],
  ],
  [
    'ec2.amazonaws.com',
    ['datapipeline:PutPipelineDefinition', 'datapipeline:ActivatePipeline'],
    [inRegion('datapipeline', 'pipeline/df-1')],
  ],
];

/** Roles for certain calls only. */
const CALLING: ReadonlySet<string> = new Set(['events.amazonaws.com']);

const pass = (to: string, role = CRANE): object =>
  allow('iam:PassRole', role, { StringEquals: { 'iam:PassedToService': to } });

/** leo's cell. Both engines must agree. */
function cell(
  service: string,
  policies: readonly object[],
  region: Partial<RegionSnapshot> = {},
  path?: PathId,
): Cell | undefined {
  const snapshot = withCrane(service, policies, {
    regions: { 'us-east-1': region },
    // an instance gets a role only from a profile
    instanceProfiles: [{ arn: arn('instance-profile', 'crane'), name: 'crane', roles: [CRANE] }],
    does: ['ec2-instance-connect:*', 'ssm:SendCommand'],
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return cellOfLeo(matrix, snapshot, path);
}

describe.each(LISTED)('a role passed to %s by %s', (service, action, list, thing) => {
  const there = { [list]: [{ arn: thing, name: 'pay', role: null, status: '', batchRole: null }] };

  test('is held by a principal that may pass it and change what exists', () => {
    const found = cell(service, [pass(service), allow(action, thing)], there);
    expect(found).toMatchObject({ verdict: 'allowed', via: [action, CRANE] });
    expect(found?.steps).toMatchObject([{ from: LEO, to: CRANE, request: { action }, condition: null }]);
  });

  test('is not held otherwise, or if nothing exists', () => {
    expect(cell(service, [allow(action)], there)).toBeUndefined();
    expect(cell(service, [pass(service)], there)).toBeUndefined();
    expect(cell(service, [pass(service), allow(action, `${thing}x`)], there)).toBeUndefined();
    expect(cell(service, [pass(service), allow(action), deny(action, thing)], there)).toBeUndefined();
    expect(cell(service, [pass(service, arn('role', 'other')), allow(action)], there)).toBeUndefined();
    expect(cell('backup.amazonaws.com', [pass(service), allow(action)], there)).toBeUndefined();
    expect(cell(service, [pass(service), allow(action)])).toBeUndefined();
  });

  test('may be held if it was not read what exists', () => {
    const found = cell(service, [pass(service), allow(action)], { [list]: null });
    expect(found).toMatchObject({ verdict: 'unknown', missing: ROLE_LISTS[list] });
  });
});

describe.each(UNLISTED)('a role passed to %s by %j, without a list', (service, actions, on) => {
  const path = CALLING.has(service) ? 'run-command' : 'serial-console';

  test('is held on condition that something exists', () => {
    const found = cell(service, [pass(service), allow(actions, on)], {}, path);
    expect(found).toMatchObject({ verdict: 'conditional', via: [actions[0], CRANE] });
    expect(found?.condition?.text).toMatch(/[a-z] is one that exists/);
    expect(found?.steps?.[0]?.condition?.text).toContain('one that exists');
  });

  test('is not held otherwise', () => {
    // a thing that has the role already may be enough
    const isByPassing = (found: Cell | undefined): boolean =>
      found !== undefined && !found.condition?.text.includes('OfThatRole');
    expect(isByPassing(cell(service, [allow(actions)], {}, path))).toBe(false);
    expect(cell(service, [pass(service)], {}, path)).toBeUndefined();
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      const some = rest.length > 0 ? [allow(rest)] : [];
      expect(isByPassing(cell(service, [pass(service), ...some], {}, path))).toBe(false);
      const denied = [pass(service), allow(actions), deny(left)];
      expect(isByPassing(cell(service, denied, {}, path))).toBe(false);
    }
    expect(cell('backup.amazonaws.com', [pass(service), allow(actions)], {}, path)).toBeUndefined();
  });
});

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
describe('a role passed to a service of a cluster by ecs:UpdateService', () => {
  const TASKS = 'ecs-tasks.amazonaws.com';
  const cluster = inRegion('ecs', 'cluster/shop');
  const service = inRegion('ecs', 'service/shop/pay');
  const there = {
    ecsClusters: [{ id: cluster }],
    containerServices: [{ cluster, arn: service }],
  };
  const may = [pass(TASKS), allow('ecs:UpdateService', service), allow('ecs:RegisterTaskDefinition')];

  test('is held by a principal that also registers the task definition', () => {
    expect(cell(TASKS, may, there)).toMatchObject({
      verdict: 'allowed',
      via: ['ecs:UpdateService', CRANE],
    });
  });

  test('is not held otherwise, and may be held if the services were not read', () => {
    expect(cell(TASKS, may.slice(1), there)).toBeUndefined();
    expect(cell(TASKS, may.slice(0, 2), there)).toBeUndefined();
    expect(cell(TASKS, may, { ...there, containerServices: [] })).toBeUndefined();
    expect(cell(TASKS, may, { ...there, containerServices: null })).toMatchObject({
      verdict: 'unknown',
      missing: 'ecs list-services',
    });
  });
});

/** Two requests on one thing, and the names of two such things. */
const ON_ONE: readonly (readonly [
  service: string,
  actions: readonly [string, string],
  names: readonly string[],
])[] = [
  [
    'glue.amazonaws.com',
    ['glue:UpdateJob', 'glue:StartJobRun'],
    ['job/pay', 'job/ship'].map((name) => inRegion('glue', name)),
  ],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:UpdateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl'],
    ['pay', 'ship'].map((name) => inRegion('sagemaker', `notebook-instance/${name}`)),
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:UpdateAgentRuntime', 'bedrock-agentcore:InvokeAgentRuntime'],
    ['pay', 'ship'].map((name) => inRegion('bedrock-agentcore', `runtime/${name}*`)),
  ],
  [
    'ec2.amazonaws.com',
    ['datapipeline:PutPipelineDefinition', 'datapipeline:ActivatePipeline'],
    ['pay', 'ship'].map((name) => inRegion('datapipeline', `pipeline/${name}`)),
  ],
];

describe.each(ON_ONE)('a role passed to %s by %j', (service, [first, second], [one = '', other = '']) => {
  const held = (...policies: readonly object[]): string | undefined => {
    const found = cell(service, [pass(service), ...policies]);
    const text = found?.condition?.text;
    // something that has the role already needs one of the requests only
    return text?.includes('OfThatRole') ? undefined : text;
  };

  test('is held if both requests are on the same thing', () => {
    expect(held(allow(first, one), allow(second, one))).toContain('is one that exists');
    expect(held(allow(first, [one, other]), allow(second, other))).toContain('is one that exists');
    expect(held(allow(first, one), allow(second, other))).toBeUndefined();
    expect(held(allow([first, second], one), deny(second, one))).toBeUndefined();
  });
});

test('there is no condition that something exists if the principal may create it', () => {
  const made = allow(['events:PutTargets', 'events:PutRule']);
  const found = cell('events.amazonaws.com', [pass('events.amazonaws.com'), made], {}, 'run-command');
  expect(found?.verdict).toBe('allowed');
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html
test('a rule of another event bus needs that bus, and an event on it', () => {
  const on = ['rule/*/*', 'event-bus/*'].map((name) => inRegion('events', name));
  const actions = ['events:PutTargets', 'events:PutRule', 'events:PutEvents', 'events:CreateEventBus'];
  const held = (some: readonly string[]): Cell | undefined =>
    cell('events.amazonaws.com', [pass('events.amazonaws.com'), allow(some, on)], {}, 'run-command');
  expect(held(actions)).toMatchObject({ verdict: 'allowed', via: ['events:PutTargets', CRANE] });
  // if nothing is created, there must be such a rule, or such a bus
  expect(held(actions.slice(0, 3))?.condition?.text).toContain('events:Rule is one that exists');
  const busAlone = [
    deny('events:PutTargets', inRegion('events', 'rule/new-00000000000000000')),
    deny('events:PutTargets', inRegion('events', 'rule/x/x')),
  ];
  const ruleOfBus = cell(
    'events.amazonaws.com',
    [pass('events.amazonaws.com'), allow(actions.slice(0, 3), on), ...busAlone],
    {},
    'run-command',
  );
  expect(ruleOfBus?.condition?.text).toContain('events:EventBus is one that exists');
  expect(held(actions.slice(1))).toBeUndefined();
});

/** A cluster's service, another bus and a stack set (`stack-sets.test.ts`). */
const ELSEWHERE = ['ecs:UpdateService', 'events:PutTargets', 'cloudformation:UpdateStackSet'];

test('every row that passes a role to something that exists has its cases', () => {
  const rows = ESCALATIONS.filter(
    ({ requests }) =>
      requests.some(({ on }) => on.startsWith('existing:')) &&
      requests.some(({ action }) => action === 'iam:PassRole'),
  );
  expect(rows.map(({ action }) => action).sort()).toEqual(
    [...LISTED.map(([, action]) => action), ...UNLISTED.map(([, [action]]) => action), ...ELSEWHERE].sort(),
  );
});
