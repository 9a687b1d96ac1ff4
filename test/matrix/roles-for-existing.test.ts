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

/** Kinds whose lists are not read. */
const UNLISTED = [
  [
    'scheduler.amazonaws.com',
    'scheduler:UpdateSchedule',
    'serial-console',
    inRegion('scheduler', 'schedule/default/pay'),
  ],
  ['events.amazonaws.com', 'events:PutTargets', 'run-command', inRegion('events', 'rule/pay')],
] as const;

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

describe.each(UNLISTED)('a role passed to %s by %s, without a list', (service, action, path, thing) => {
  test('is held on condition that something exists', () => {
    const found = cell(service, [pass(service), allow(action, thing)], {}, path);
    expect(found).toMatchObject({ verdict: 'conditional', via: [action, CRANE] });
    expect(found?.condition?.text).toContain('one that exists');
    expect(found?.steps?.[0]?.condition?.text).toContain('one that exists');
  });

  test('is not held otherwise', () => {
    expect(cell(service, [allow(action)], {}, path)).toBeUndefined();
    expect(cell(service, [pass(service)], {}, path)).toBeUndefined();
    expect(cell(service, [pass(service), allow(action), deny(action)], {}, path)).toBeUndefined();
    expect(cell('backup.amazonaws.com', [pass(service), allow(action)], {}, path)).toBeUndefined();
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
  expect(held(actions.slice(0, 3))?.verdict).toBe('conditional');
  expect(held(actions.slice(1))).toBeUndefined();
});

test('every row that passes a role to something that exists has its cases', () => {
  const rows = ESCALATIONS.filter(({ requests }) => requests.some(({ on }) => on.startsWith('existing:')));
  expect(rows.map(({ action }) => action).sort()).toEqual(
    [...LISTED, ...UNLISTED].map(([, action]) => action).sort(),
  );
});
