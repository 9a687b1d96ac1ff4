/** Rules about several requests at once, on small accounts: one test for each note in the JSON files. */

import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import { sizeProblem } from '../../lib/policy/limits.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { type AccountInput, AGENT_ROLE, account, allow, deny, STARTS_SESSIONS } from '../fixtures/account.ts';

const INSTANCE = 'arn:aws:ec2:*:*:instance/*';

/** Alice's own cell on the path; undefined if it is denied. */
function cell(path: PathId, policies: readonly object[], rest: AccountInput = {}): Cell | undefined {
  const snapshot = account({ users: [{ name: 'alice', policies }], instances: [{ id: 'i-1' }], ...rest });
  const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path })];
  return cells.find((one) => one.principal.endsWith('user/alice') && one.via.length === 0);
}

const trustOf = (Principal: object): object => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' },
});

test('a role that nobody can assume with MFA carries `mfa-of-a-service-session` if the missing key would decide', () => {
  const policies = [allow(STARTS_SESSIONS, '*', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } })];
  const roles = [{ name: 'job', policies, trust: trustOf({ Service: 'glue.amazonaws.com' }) }];
  const snapshot = account({ roles, instances: [{ id: 'i-1' }] });
  const [held] = cellsOf(buildMatrix(snapshot), snapshot, { path: 'session-manager' });
  expect(held?.uncertain).toEqual(['mfa-of-a-service-session']);
});

test('a role that may be passed by its tags carries `passrole-by-tag`', () => {
  const pass = (Condition: object): object => allow('iam:PassRole', '*', Condition);
  const roles = [{ name: 'app', tags: { squad: 'k' } }];
  const swap = (condition: object): Cell | undefined =>
    cell('instance-profile-swap', [allow('ec2:AssociateIamInstanceProfile'), pass(condition)], { roles });
  expect(swap({ StringEquals: { 'aws:ResourceTag/squad': 'k' } })?.uncertain).toEqual(['passrole-by-tag']);
  expect(swap({ StringEquals: { 'iam:ResourceTag/squad': 'z' } })).toBeUndefined();
  expect(swap({ StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } })?.uncertain).toEqual([]);
});

describe('31-all-of-them', () => {
  const all = allow(['ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances']);

  test('every action of the row is needed', () => {
    expect(cell('user-data', [all])?.verdict).toBe('allowed');
    expect(cell('user-data', [allow(['ec2:StopInstances', 'ec2:StartInstances'])])).toBeUndefined();
  });

  test('a Deny on one of them closes the path', () => {
    expect(cell('user-data', [all, deny('ec2:StopInstances', INSTANCE)])).toBeUndefined();
  });
});

test('a default session with a document that is not granted carries `default-session-document`', () => {
  const channel = allow('ssmmessages:OpenDataChannel');
  const start = (...policies: object[]): Cell | undefined => cell('session-manager', [channel, ...policies]);
  const onInstances = allow('ssm:StartSession', INSTANCE);
  const shell = 'arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell';
  expect(start(onInstances)).toMatchObject({ verdict: 'allowed', uncertain: ['default-session-document'] });
  expect(start(onInstances, allow('ssm:StartSession', shell))?.uncertain).toEqual([]);
  expect(start(onInstances, deny('ssm:StartSession', shell))).toBeUndefined();
  // one statement for both, with a tag that the document does not have
  const tagged = { StringEquals: { 'ssm:resourceTag/role': 'web' } };
  const instances = [{ id: 'i-1', tags: { role: 'web' } }];
  const own = cell('session-manager', [channel, allow('ssm:StartSession', '*', tagged)], { instances });
  expect(own?.uncertain).toEqual(['default-session-document']);
});

describe('61-paths', () => {
  const onInstances = allow('ssm:StartSession', INSTANCE);
  const onDocument = (name: string): object => allow('ssm:StartSession', `arn:aws:ssm:*:*:document/${name}`);

  test('the instance alone opens the default shell, and no named document', () => {
    expect(cell('session-manager', [onInstances])?.verdict).toBe('allowed');
    expect(cell('session-manager-ssh', [onInstances])).toBeUndefined();
  });

  test('a named document is a path of its own', () => {
    expect(cell('session-manager-ssh', [onInstances, onDocument('AWS-StartSSHSession')])?.verdict).toBe(
      'allowed',
    );
    expect(cell('session-manager-ssh', [onDocument('AWS-StartSSHSession')])).toBeUndefined();
  });

  test('if every granting statement has the document check, the default shell needs its document', () => {
    const checked = { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } };
    const shell = 'arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell';
    expect(cell('session-manager', [allow('ssm:StartSession', INSTANCE, checked)])).toBeUndefined();
    expect(cell('session-manager', [allow('ssm:StartSession', [INSTANCE, shell], checked)])?.verdict).toBe(
      'allowed',
    );
  });
});

test('62-both', () => {
  const onInstances = allow('ssm:SendCommand', INSTANCE);
  const onDocument = allow('ssm:SendCommand', 'arn:aws:ssm:*:*:document/AWS-RunShellScript');
  expect(cell('run-command', [onInstances, onDocument])?.verdict).toBe('allowed');
  expect(cell('run-command', [onInstances])).toBeUndefined();
  expect(cell('run-command', [onDocument])).toBeUndefined();
});

test('67-swap', () => {
  const associate = allow('ec2:AssociateIamInstanceProfile');
  const pass = allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } });
  const trusting = { roles: [{ name: 'app' }] };
  const trust = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  };
  expect(cell('instance-profile-swap', [associate, pass], trusting)?.verdict).toBe('allowed');
  expect(cell('instance-profile-swap', [associate], trusting)).toBeUndefined();
  expect(
    cell('instance-profile-swap', [associate, pass], { roles: [{ name: 'app', trust }] }),
  ).toBeUndefined();
});

test('68-reachable', () => {
  const policies = [allow('ssm:StartSession')];
  const roles = [AGENT_ROLE];
  const on = (state: string): Cell | undefined =>
    cell('session-manager', policies, { roles, instances: [{ id: 'i-1', role: AGENT_ROLE.name, state }] });
  const online = on('running');
  const stopped = on('stopped');
  expect(online).toMatchObject({ verdict: 'allowed', reachable: true });
  expect(stopped).toMatchObject({ verdict: 'allowed', reachable: false });
});

test('guardrails-not-collected', () => {
  const policies = [allow(STARTS_SESSIONS)];
  expect(cell('session-manager', policies)?.uncertain).toEqual([]);
  expect(cell('session-manager', policies, { organization: null })?.uncertain).toEqual([
    'guardrails-not-collected',
  ]);
});

test('policy-copy', () => {
  const arn = 'arn:aws:iam::aws:policy/SessionStarter';
  const given = account({
    users: [{ name: 'kay', policies: [arn] }],
    policies: [{ name: 'SessionStarter', arn, document: allow(STARTS_SESSIONS) }],
    instances: [{ id: 'i-1' }],
  });
  const copied = given.policies.map((one) => (one.id === arn ? { ...one, copyOf: '2026-01-31' } : one));
  const uncertain = (snapshot: Snapshot) =>
    buildMatrix(snapshot).groups.find(({ path }) => path === 'session-manager')?.outcome.uncertain;
  expect(uncertain(given)).toEqual([]);
  expect(uncertain({ ...given, policies: copied })).toEqual(['policy-copy']);
});

test('59-size', () => {
  const statement = { Effect: 'Allow', Action: 'ec2:StartInstances', Resource: '*' };
  const document = { Version: '2012-10-17', Statement: Array.from({ length: 60 }, () => statement) };
  const spaced = JSON.stringify(document, null, 2);
  const size = JSON.stringify(document).length;
  expect(sizeProblem([spaced], 'managed')).toBeNull();
  expect(sizeProblem([spaced], 'user-inline')?.message).toMatch(`${size} characters`);
  expect(sizeProblem([spaced], 'service-control')?.message).toMatch(`${spaced.length} characters`);
});
