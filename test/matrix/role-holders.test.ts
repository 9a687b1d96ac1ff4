import { describe, expect, test } from 'vitest';
import { HOLDER_KINDS, isRegional } from '../../lib/matrix/account/role-holders.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ESCALATIONS } from '../../lib/matrix/paths/escalations.ts';
import { isUnlistedHolder } from '../../lib/matrix/paths/unlisted-things.ts';
import type { RegionSnapshot } from '../../lib/snapshot/snapshot.ts';
import { allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';
import { arn, CRANE, cellOfLeo, inRegion, LEO, ROLE_LISTS, withCrane } from './role-of-a-service.ts';

const [FUNCTION, OTHER] = [inRegion('lambda', 'function:pay'), inRegion('lambda', 'function:mail')];
const MACHINE = inRegion('states', 'stateMachine:pay');
const STACK = inRegion('cloudformation', 'stack/pay/1');
const PROJECT = inRegion('codebuild', 'project/pay');

/** The kind of thing with the role, the requests that rewrite it, and the service that assumes the role. */
const ROWS = [
  {
    list: 'functions',
    thing: FUNCTION,
    actions: ['lambda:UpdateFunctionCode'],
    service: 'lambda.amazonaws.com',
  },
  {
    list: 'functions',
    thing: FUNCTION,
    actions: ['lambda:UpdateFunctionConfiguration'],
    service: 'lambda.amazonaws.com',
  },
  {
    list: 'stateMachineRoles',
    thing: MACHINE,
    actions: ['states:UpdateStateMachine'],
    service: 'states.amazonaws.com',
  },
  {
    list: 'stacks',
    thing: STACK,
    actions: ['cloudformation:UpdateStack'],
    service: 'cloudformation.amazonaws.com',
  },
  {
    list: 'stacks',
    thing: STACK,
    actions: ['cloudformation:ExecuteChangeSet', 'cloudformation:CreateChangeSet'],
    service: 'cloudformation.amazonaws.com',
  },
  ...(['StartBuild', 'StartBuildBatch', 'UpdateProject'] as const).map((name) => ({
    list: 'buildProjects' as const,
    ...{ thing: PROJECT, actions: [`codebuild:${name}`] as const, service: 'codebuild.amazonaws.com' },
  })),
  {
    list: 'buildProjects',
    thing: PROJECT,
    actions: ['codebuild:StartSandbox', 'codebuild:StartCommandExecution'],
    service: 'codebuild.amazonaws.com',
    beside: [inRegion('codebuild', 'sandbox/*')],
  },
] as const;

/** leo's cell if `thing` has the role crane and other things have no role. */
function cell(
  policies: readonly object[],
  regions: Partial<RegionSnapshot>,
  service = 'lambda.amazonaws.com',
): Cell | undefined {
  const snapshot = withCrane(service, policies, {
    regions: { 'us-east-1': regions },
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return cellOfLeo(matrix, snapshot);
}

const having = (thing: string, role: string | null = CRANE): object => ({
  ...{ arn: thing, name: 'pay', role, status: 'CREATE_COMPLETE', batchRole: CRANE },
});

describe.each(ROWS)('$list that have a role, by $actions', ({ list, thing, actions, service, ...more }) => {
  const beside = 'beside' in more ? more.beside : [];
  const held = (policies: readonly object[], role: string | null = CRANE): Cell | undefined =>
    cell(policies, { [list]: [having(thing, role)] }, service);

  test('give it to a principal that rewrites them, without passing a role', () => {
    const found = held([allow(actions, [thing, ...beside])]);
    expect(found).toMatchObject({ verdict: 'allowed', via: [actions[0], CRANE] });
    expect(found?.steps).toMatchObject([
      { from: LEO, to: CRANE, request: { action: actions[0], resource: thing }, condition: null },
    ]);
  });

  test('do not give it if the principal rewrites another one, lacks a right, or is denied', () => {
    expect(held([allow(actions, [`${thing}x`, ...beside])])).toBeUndefined();
    expect(held([allow(actions), deny(actions[0], thing)])).toBeUndefined();
    expect(held([allow(actions)], arn('role', 'other'))).toBeUndefined();
    expect(held([allow(actions)], null)).toBeUndefined();
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      expect(held(rest.length > 0 ? [allow(rest)] : [])).toBeUndefined();
    }
  });

  test('that were not listed may have any role that the service may assume', () => {
    const missing = ROLE_LISTS[list];
    const unread = { [list]: null };
    expect(cell([allow(actions)], unread, service)).toMatchObject({ verdict: 'unknown', missing });
    expect(cell([allow(actions, [thing, ...beside])], unread, service)).toMatchObject({ verdict: 'unknown' });
    expect(cell([allow(actions)], unread, 'backup.amazonaws.com')).toBeUndefined();
    expect(cell([], unread, service)).toBeUndefined();
  });
});

test('one of several functions is enough, and the request is in its region', () => {
  const functions = [having(FUNCTION), having(OTHER, null)];
  const update = 'lambda:UpdateFunctionCode';
  const list = { functions } as unknown as Partial<RegionSnapshot>;
  const there = { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } };
  const elsewhere = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
  expect(cell([allow(update, '*', there)], list)?.verdict).toBe('allowed');
  expect(cell([allow(update, '*', elsewhere)], list)).toBeUndefined();
  expect(cell([allow(update, OTHER)], list)).toBeUndefined();
});

test('a condition on the tags of a function stays, since they are not read', () => {
  const functions = [having(FUNCTION)];
  const list = { functions } as unknown as Partial<RegionSnapshot>;
  const tagged = { StringEquals: { 'aws:ResourceTag/team': 'red' } };
  const found = cell([allow('lambda:UpdateFunctionCode', '*', tagged)], list);
  expect(found).toMatchObject({ verdict: 'conditional', via: ['lambda:UpdateFunctionCode', CRANE] });
  expect(found?.condition?.text).toContain('aws:ResourceTag/team');
});

test('a project without batches has its role in single builds only', () => {
  const buildProjects = [{ ...having(PROJECT), batchRole: null }];
  const list = { buildProjects } as unknown as Partial<RegionSnapshot>;
  const held = (action: string): Cell | undefined => cell([allow(action)], list, 'codebuild.amazonaws.com');
  expect(held('codebuild:StartBuildBatch')).toBeUndefined();
  expect(held('codebuild:StartBuild')?.verdict).toBe('allowed');
});

test('a limit on the source of a build stays a condition', () => {
  const list = { buildProjects: [having(PROJECT)] } as unknown as Partial<RegionSnapshot>;
  const fixed = { StringEquals: { 'codebuild:source.buildspec': 'buildspec.yml' } };
  const found = cell([allow('codebuild:StartBuild', '*', fixed)], list, 'codebuild.amazonaws.com');
  expect(found?.condition?.text).toContain('codebuild:source.buildspec');
});

test('a state machine whose role was not read may have any role', () => {
  const regions = { stateMachines: null };
  const found = cell([allow('states:UpdateStateMachine')], regions, 'states.amazonaws.com');
  expect(found).toMatchObject({ verdict: 'unknown' });
});

/** Things whose lists are not read: the requests, the service that assumes the role, and one of them. */
const UNLISTED = [
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:CreatePresignedNotebookInstanceUrl'],
    inRegion('sagemaker', 'notebook-instance/pay'),
  ],
  [
    'sagemaker.amazonaws.com',
    [
      'sagemaker:UpdateNotebookInstance',
      'sagemaker:CreateNotebookInstanceLifecycleConfig',
      'sagemaker:StartNotebookInstance',
    ],
    inRegion('sagemaker', 'notebook-instance/pay'),
  ],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:UpdateNotebookInstanceLifecycleConfig'],
    inRegion('sagemaker', 'notebook-instance-lifecycle-config/pay'),
  ],
  [
    'sagemaker.amazonaws.com',
    ['sagemaker:CreatePresignedDomainUrl'],
    inRegion('sagemaker', 'user-profile/d-1/pay'),
  ],
  [
    'athena.amazonaws.com',
    ['athena:StartSession', 'athena:StartCalculationExecution'],
    inRegion('athena', 'workgroup/pay'),
  ],
  ['glue.amazonaws.com', ['glue:UpdateDevEndpoint'], inRegion('glue', 'devEndpoint/pay')],
  ['glue.amazonaws.com', ['glue:RunStatement'], inRegion('glue', 'session/pay')],
  ['tasks.apprunner.amazonaws.com', ['apprunner:UpdateService'], inRegion('apprunner', 'service/pay/1a2b')],
  ['ecs-tasks.amazonaws.com', ['ecs:ExecuteCommand'], inRegion('ecs', 'task/shop/1a2b')],
  ['ecs-tasks.amazonaws.com', ['batch:SubmitJob'], inRegion('batch', 'job-definition/pay')],
  [
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:StartCodeInterpreterSession', 'bedrock-agentcore:InvokeCodeInterpreter'],
    inRegion('bedrock-agentcore', 'code-interpreter-custom/pay'),
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:InvokeAgentRuntimeCommand'],
    inRegion('bedrock-agentcore', 'runtime/pay'),
  ],
  [
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:StartBrowserSession', 'bedrock-agentcore:ConnectBrowserAutomationStream'],
    inRegion('bedrock-agentcore', 'browser-custom/pay'),
  ],
  [
    'kinesisanalytics.amazonaws.com',
    ['kinesisanalytics:UpdateApplication'],
    inRegion('kinesisanalytics', 'application/pay'),
  ],
  [
    'account-access.amazonaws.com',
    ['account-access:CreateEntitlement'],
    inRegion('account-access', 'application/pay'),
  ],
] as const;

/** What the same requests name beside that thing. */
const BESIDE = [
  inRegion('ecs', 'cluster/shop'),
  inRegion('batch', 'job/*'),
  inRegion('batch', 'job-queue/*'),
  inRegion('bedrock-agentcore', 'runtime/pay/runtime-endpoint/DEFAULT'),
  inRegion('sagemaker', 'notebook-instance-lifecycle-config/*'),
];

/** Rights that are not limited to a resource. */
const ON_ALL = ['bedrock-agentcore:ConnectBrowserAutomationStream'];

describe.each(UNLISTED)('what runs as a role of %s, and is not listed, by %j', (service, actions, thing) => {
  const may = (some: readonly string[], on: readonly string[]): readonly object[] => {
    const limited = some.filter((action) => !ON_ALL.includes(action));
    const all = some.filter((action) => ON_ALL.includes(action));
    return [...(limited.length > 0 ? [allow(limited, on)] : []), ...(all.length > 0 ? [allow(all)] : [])];
  };

  test('gives it on condition that one has that role', () => {
    for (const policies of [[allow(actions)], may(actions, [thing, ...BESIDE])]) {
      const found = cell(policies, {}, service);
      expect(found).toMatchObject({ verdict: 'conditional', via: [actions[0], CRANE] });
      expect(found?.condition?.text).toContain('OfThatRole is one that exists');
      expect(found?.steps[0]?.condition?.text).toContain('OfThatRole is one that exists');
    }
  });

  test('does not give it without a right, with a Deny, or to roles of other services', () => {
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      expect(cell(may(rest, ['*']), {}, service)).toBeUndefined();
      expect(cell([allow(actions), deny(left)], {}, service)).toBeUndefined();
    }
    expect(cell(may(actions, [thing.replace('us-east-1', 'eu-west-1')]), {}, service)).toBeUndefined();
    expect(cell([allow(actions)], {}, 'backup.amazonaws.com')).toBeUndefined();
  });
});

test.each(UNLISTED.filter(([, actions]) => ['ecs:ExecuteCommand', 'batch:SubmitJob'].includes(actions[0])))(
  '%s: %j also needs what it names besides',
  (service, actions, thing) => {
    expect(cell([allow(actions, thing)], {}, service)).toBeUndefined();
  },
);

test('a trust policy that was not read may let in any service', () => {
  const snapshot = withCrane('glue.amazonaws.com', [allow('glue:RunStatement')], {});
  const roles = snapshot.roles.map((role) => ({ ...role, trust: 'lost' }));
  const lost = { ...snapshot, roles };
  const matrix = buildMatrix(lost);
  expect(differences(matrix, naiveMatrix(lost))).toEqual([]);
  expect(cellOfLeo(matrix, lost)).toMatchObject({ verdict: 'unknown' });
});

test('a person of Identity Center entitles itself, others must be one', () => {
  const may = [allow('account-access:CreateEntitlement')];
  const found = cell(may, {}, 'account-access.amazonaws.com');
  expect(found?.condition?.text).toContain('sso:Caller is a person of Identity Center');
});

test('every row that rewrites something has its cases', () => {
  const rows = ESCALATIONS.flatMap(({ becomes, requests }) =>
    typeof becomes === 'object' && 'runBy' in becomes && isRegional(becomes.runBy)
      ? [JSON.stringify([HOLDER_KINDS[becomes.runBy].lists.at(-1), requests.map(({ action }) => action)])]
      : [],
  );
  expect(rows.sort()).toEqual(ROWS.map(({ list, actions }) => JSON.stringify([list, actions])).sort());
});

test('every row about something that is not listed has its cases', () => {
  const rows = ESCALATIONS.flatMap(({ becomes, requests }) =>
    typeof becomes === 'object' && 'runBy' in becomes && isUnlistedHolder(becomes.runBy)
      ? [JSON.stringify([...new Set(requests.map(({ action }) => action))])]
      : [],
  );
  expect(rows.sort()).toEqual(UNLISTED.map(([, actions]) => JSON.stringify(actions)).sort());
});
