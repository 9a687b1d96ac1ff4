import { describe, expect, it } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const arn = (residual: string): string => `arn:aws:iam::${ACCOUNT_ID}:${residual}`;
const ABSENT = 'arn:aws:iam::aws:policy/FleetSupport';
const SESSION = allow('ssm:StartSession');

/** The account without the documents of these policies. */
function without(snapshot: Snapshot, ...ids: readonly string[]): Snapshot {
  const policies = snapshot.policies.map((one) => (ids.includes(one.id) ? { ...one, document: null } : one));
  return { ...snapshot, policies };
}

function cells(snapshot: Snapshot, principal: string, path: PathId = 'session-manager'): readonly Cell[] {
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { principal: arn(principal), path })];
}

const verdicts = (found: readonly Cell[]): readonly string[] => found.map(({ verdict }) => verdict);

const ofUser = (
  input: Partial<NonNullable<AccountInput['users']>[number]>,
  residual: AccountInput = {},
): Snapshot => account({ users: [{ name: 'mia', ...input }], instances: [{ id: 'i-1' }], ...residual });

const TRUSTING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'sts:AssumeRole' }],
};
const role = (name: string, policies: readonly (string | object)[]) => ({
  name,
  policies,
  trust: TRUSTING,
});
const take = (...names: string[]): object =>
  allow(
    'sts:AssumeRole',
    names.map((name) => arn(`role/${name}`)),
  );

describe('a policy without a document', () => {
  it('may allow anything, so nothing is denied for lack of an Allow', () => {
    const inline = without(ofUser({ policies: [SESSION] }), `${arn('user/mia')}#policy-0`);
    expect(cells(inline, 'user/mia', 'user-data')).toMatchObject([
      {
        verdict: 'unknown',
        condition: null,
        grants: [],
        missing: `iam get-user-policy of ${arn('user/mia')}#policy-0`,
      },
    ]);
    const attached = cells(ofUser({ policies: [ABSENT] }), 'user/mia');
    expect(attached).toMatchObject([{ verdict: 'unknown', missing: `iam get-policy-version of ${ABSENT}` }]);
  });

  it('may deny anything, so no access of its holder is certain', () => {
    expect(verdicts(cells(ofUser({ policies: [SESSION, ABSENT] }), 'user/mia'))).toEqual(['unknown']);
    expect(verdicts(cells(ofUser({ policies: [SESSION] }), 'user/mia'))).toEqual(['allowed']);
  });

  it('changes nothing that other policies decide', () => {
    const denied = ofUser({ policies: [deny('ssm:*'), ABSENT] });
    expect(cells(denied, 'user/mia')).toEqual([]);
    const guarded = ofUser({ policies: [ABSENT] }, { organization: [{ scps: [allow('ec2:*')] }] });
    expect(cells(guarded, 'user/mia')).toEqual([]);
    expect(verdicts(cells(guarded, 'user/mia', 'user-data'))).toEqual(['unknown']);
    const bounded = ofUser({ policies: [ABSENT], boundary: allow('ec2:*') });
    expect(cells(bounded, 'user/mia')).toEqual([]);
  });

  it('grants nothing as a boundary, and may limit nothing', () => {
    const bounded = ofUser({ policies: [SESSION], boundary: ABSENT });
    expect(verdicts(cells(bounded, 'user/mia'))).toEqual(['unknown']);
    expect(cells(bounded, 'user/mia', 'user-data')).toEqual([]);
    const taking = ofUser(
      { policies: [take('shell')], boundary: ABSENT },
      { roles: [role('shell', [SESSION])] },
    );
    expect(cells(taking, 'user/mia')).toMatchObject([{ verdict: 'unknown', via: [arn('role/shell')] }]);
  });

  it('affects the members of its group, as does a group without details', () => {
    const grouped = (policies: AccountInput['groups']): Snapshot =>
      ofUser({ groups: ['crew'] }, policies ? { groups: policies } : {});
    expect(verdicts(cells(grouped([{ name: 'crew', policies: [ABSENT] }]), 'user/mia'))).toEqual(['unknown']);
    const unseen = cells(grouped(undefined), 'user/mia');
    expect(unseen).toMatchObject([{ verdict: 'unknown', missing: 'iam get-group of crew' }]);
  });

  it('differs from a JSON document that is no policy, which is malformed', () => {
    const empty = ofUser({ policies: [{ name: 'none', document: {} }] });
    expect(cells(empty, 'user/mia')).toEqual([]);
    const list = ofUser({ policies: [{ name: 'list', document: [] }] });
    expect(verdicts(cells(list, 'user/mia'))).toEqual(['unknown']);
  });

  it('is named, each one that is missing', () => {
    const [cell] = cells(ofUser({ policies: [ABSENT], boundary: `${ABSENT}Limit` }), 'user/mia');
    expect(cell?.missing).toBe(
      `iam get-policy-version of ${ABSENT}, iam get-policy-version of ${ABSENT}Limit`,
    );
  });
});

describe('a chain through a principal with a missing policy', () => {
  it('is unknown, at its end and on the way', () => {
    const end = ofUser({ policies: [take('gone')] }, { roles: [role('gone', [ABSENT])] });
    expect(cells(end, 'user/mia')).toMatchObject([{ verdict: 'unknown', via: [arn('role/gone')] }]);
    const roles = [
      role('gone', [ABSENT, take('shell'), deny('ssm:*'), deny('iam:*')]),
      role('shell', [SESSION]),
    ];
    const way = ofUser({ policies: [take('gone')] }, { roles });
    expect(cells(way, 'user/mia')).toMatchObject([
      {
        verdict: 'unknown',
        via: [arn('role/gone'), arn('role/shell')],
        missing: `iam get-policy-version of ${ABSENT}`,
      },
    ]);
  });

  it('does not hide a longer chain that is known to be open', () => {
    const roles = [role('gone', [ABSENT]), role('first', [take('shell')]), role('shell', [SESSION])];
    const snapshot = ofUser({ policies: [take('gone', 'first')] }, { roles });
    expect(cells(snapshot, 'user/mia')).toMatchObject([
      { verdict: 'allowed', via: [arn('role/first'), arn('role/shell')] },
    ]);
  });
});

describe('explain', () => {
  it('names the missing policy at each request, and leaves the request undecided', () => {
    const snapshot = ofUser({ policies: [SESSION, ABSENT] });
    const name = { principal: arn('user/mia'), instance: 'i-1', path: 'session-manager' } as const;
    const explained = explainCell(snapshot, name);
    expect(explained).toMatchObject({
      verdict: 'unknown',
      alternatives: [
        { requests: [{ decision: 'unknown', missing: `iam get-policy-version of ${ABSENT}`, flip: [] }, {}] },
        {},
      ],
    });
    expect(JSON.stringify(explained)).not.toContain('"not collected: ');
    const [request] = 'error' in explained ? [] : (explained.alternatives[0]?.requests ?? []);
    expect(request?.layers).toMatchObject([
      { layer: 'identityPolicies', verdict: 'unknown', statements: [{}] },
    ]);
  });

  it('shows what a Deny decides whatever is missing', () => {
    const snapshot = ofUser({ policies: [deny('ssm:*'), ABSENT] });
    const name = { principal: arn('user/mia'), instance: 'i-1', path: 'session-manager' } as const;
    expect(explainCell(snapshot, name)).toMatchObject({
      verdict: 'denied',
      alternatives: [{ requests: [{ decision: 'explicitDeny' }, { decision: 'explicitDeny' }] }, {}],
    });
  });
});

describe('a trust policy without a document', () => {
  const trustOf = (name: string): string => `${arn(`role/${name}`)}#trust policy`;
  const missing = (name: string): string => `iam get-role of ${arn(`role/${name}`)}`;
  const desk = role('desk', [SESSION]);

  it('may admit everybody of the account, so nobody is denied for lack of an Allow', () => {
    const known = ofUser({}, { roles: [desk] });
    expect(cells(known, 'user/mia')).toEqual([]);
    expect(cells(without(known, trustOf('desk')), 'user/mia')).toMatchObject([
      { verdict: 'unknown', condition: null, via: [arn('role/desk')], missing: missing('desk') },
    ]);
    const gone = { ...known, policies: known.policies.filter(({ id }) => id !== trustOf('desk')) };
    expect(verdicts(cells(gone, 'user/mia'))).toEqual(['unknown']);
    const text = {
      ...known,
      policies: known.policies.map((one) => ({
        ...one,
        document: one.id === trustOf('desk') ? 'x{' : one.document,
      })),
    };
    expect(verdicts(cells(text, 'user/mia'))).toEqual(['unknown']);
  });

  it("opens nothing that the caller's own policies deny", () => {
    const denied = ofUser({ policies: [deny('sts:*')] }, { roles: [desk] });
    expect(cells(without(denied, trustOf('desk')), 'user/mia')).toEqual([]);
  });

  it('is explained as unknown, not as an Allow', () => {
    const lost = without(ofUser({ policies: [allow('sts:AssumeRole')] }, { roles: [desk] }), trustOf('desk'));
    const name = { principal: arn('user/mia'), path: 'session-manager', instance: 'i-1' } as const;
    const told = explainCell(lost, name);
    const requests = 'steps' in told ? told.steps.flatMap((step) => step.requests) : [];
    expect(requests).toMatchObject([{ decision: 'unknown', missing: missing('desk') }]);
    expect(requests[0]?.layers.find(({ layer }) => layer === 'resourcePolicy')).toMatchObject({
      verdict: 'unknown',
      statements: [],
    });
  });

  it('adds no outsider, and does not matter for a service-linked role', () => {
    const lost = without(ofUser({}, { roles: [desk] }), trustOf('desk'));
    expect(buildMatrix(lost).principals.map(({ kind }) => kind)).toEqual(['user', 'role']);
    const linked = ofUser({}, { roles: [{ ...desk, path: '/aws-service-role/ssm.amazonaws.com/' }] });
    const policies = linked.policies.map((one) => (one.kind === 'trust' ? { ...one, document: null } : one));
    expect(cells({ ...linked, policies }, 'user/mia')).toEqual([]);
  });

  it('does not hide a longer chain that is known to be open', () => {
    const roles = [desk, role('first', [take('second')]), role('second', [SESSION])];
    const snapshot = without(ofUser({ policies: [take('first')] }, { roles }), trustOf('desk'));
    expect(cells(snapshot, 'user/mia')).toMatchObject([
      { verdict: 'allowed', via: [arn('role/first'), arn('role/second')] },
    ]);
  });

  it('makes everything that is reached through it unknown', () => {
    const roles = [role('first', [take('second')]), role('second', [SESSION])];
    const snapshot = without(ofUser({}, { roles }), trustOf('first'));
    expect(cells(snapshot, 'user/mia')).toMatchObject([
      { verdict: 'unknown', via: [arn('role/first'), arn('role/second')], missing: missing('first') },
    ]);
  });

  it('may admit a service, so a principal that may pass the role may become it', () => {
    const passing = { policies: [allow('iam:PassRole'), allow('lambda:*'), deny('sts:*')] };
    const lost = without(ofUser(passing, { roles: [desk] }), trustOf('desk'));
    const [cell] = cells(lost, 'user/mia');
    expect(cell).toMatchObject({ verdict: 'unknown', missing: missing('desk') });
    expect(cell?.via.at(-1)).toBe(arn('role/desk'));
  });
});

it.each([
  ['SSM-SessionManagerRunShell', []],
  ['Acme-Diagnose', ['unknown']],
])('a session document that was not listed may run commands, unless it is %s', (name, verdicts) => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ssm:StartSession', Resource: 'arn:aws:ec2:*:*:instance/*' },
      { Effect: 'Allow', Action: 'ssm:StartSession', Resource: `arn:aws:ssm:*:*:document/${name}` },
    ],
  };
  const snapshot = account({
    users: [{ name: 'alice', policies: [policy] }],
    instances: [{ id: 'i-1' }],
    regions: { 'us-east-1': { documents: null } },
  });
  const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'session-manager-command' })];
  expect(cells.map(({ verdict }) => verdict)).toEqual(verdicts);
});

describe('what a maintenance window runs', () => {
  const REWRITE = allow(
    ['ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion'],
    `arn:aws:ssm:*:${ACCOUNT_ID}:document/own`,
  );
  const task = {
    ...{ windowId: 'mw-1', id: 'task-1', type: 'RUN_COMMAND', task: 'own', serviceRole: null },
    targets: [{ key: 'WindowTargetIds', values: ['target-1'] }],
  };
  const windows = {
    associations: [],
    maintenanceWindows: [{ id: 'mw-1', name: 'nightly', enabled: true }],
    windowTasks: [task],
    windowTargets: [
      {
        windowId: 'mw-1',
        id: 'target-1',
        resourceType: 'INSTANCE',
        targets: [{ key: 'InstanceIds', values: ['i-9'] }],
      },
    ],
    documents: [{ name: 'own', documentType: 'Command', tags: [] }],
  };
  const found = (region: object, failed?: string) => {
    const snapshot = ofUser({ policies: [REWRITE] }, { regions: { 'us-east-1': { ...windows, ...region } } });
    const gap = {
      call: failed ?? '',
      region: 'us-east-1',
      status: 'denied',
      detail: 'one of two',
      items: null,
    };
    const coverage = failed === undefined ? snapshot.coverage : [...snapshot.coverage, gap as never];
    return verdicts(cells({ ...snapshot, coverage }, 'user/mia', 'document-rewrite'));
  };

  it('counts only on its own instances', () => {
    expect(found({})).toEqual([]);
  });

  it('is unknown if its targets were not read', () => {
    expect(found({ windowTargets: null })).toEqual(['unknown']);
  });

  it.each([
    'ssm.describe-maintenance-window-targets',
    'ssm.describe-maintenance-window-tasks',
    'ssm.list-associations',
  ])('is unknown if %s answered for some windows only', (call) => {
    expect(found({}, call)).toEqual(['unknown']);
  });
});

describe('Instance Connect endpoints', () => {
  const OPEN = 'ec2-instance-connect:OpenTunnel';
  const CALL = 'ec2 describe-instance-connect-endpoints';
  const endpointArn = (id: string): string =>
    `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance-connect-endpoint/${id}`;
  const endpoint = (vpcId: string) => ({
    ...{ id: 'eice-1', arn: endpointArn('eice-1'), vpcId, subnetId: null, securityGroups: [], tags: [] },
    ...{ preserveClientIp: null, state: 'create-complete' },
  });
  const snapshotOf = (
    policies: readonly object[],
    connectEndpoints: readonly ReturnType<typeof endpoint>[] | null,
    instance: object = {},
  ): Snapshot =>
    account({
      users: [{ name: 'mia', policies }],
      instances: [{ id: 'i-1', vpcId: 'vpc-1', privateIps: ['10.0.0.7'], ...instance }],
      regions: { 'us-east-1': { connectEndpoints } },
    });
  const cutOff = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    coverage: snapshot.coverage.map((entry) =>
      entry.call === 'ec2.describe-instance-connect-endpoints'
        ? { ...entry, status: 'failed', readAt: null }
        : entry,
    ),
  });
  const tunnels = (snapshot: Snapshot) => cells(snapshot, 'user/mia', 'instance-connect-endpoint');

  it('may reach every instance if they were not read', () => {
    expect(tunnels(snapshotOf([allow(OPEN)], null))).toMatchObject([
      { verdict: 'unknown', condition: null, missing: CALL, reachable: null },
    ]);
    expect(tunnels(snapshotOf([allow(OPEN)], []))).toEqual([]);
  });

  it.each([
    ['to nobody who may open none', [allow('ec2:*')], {}],
    ['to nobody who is denied them', [allow(OPEN), deny(OPEN)], {}],
    [
      'to nobody who is denied the address',
      [
        allow(OPEN),
        deny(OPEN, '*', { IpAddress: { 'ec2-instance-connect:privateIpAddress': '10.0.0.0/8' } }),
      ],
      {},
    ],
    ['to no instance without a network', [allow(OPEN)], { vpcId: null }],
  ])('reach %s', (_, policies, instance) => {
    expect(tunnels(snapshotOf(policies, null, instance))).toEqual([]);
  });

  it('may exist if a policy names them', () => {
    expect(verdicts(tunnels(snapshotOf([allow(OPEN, endpointArn('eice-7'))], null)))).toEqual(['unknown']);
  });

  it('that were read in part: a known one decides, a missing one is unknown', () => {
    const open = [allow(OPEN)];
    expect(verdicts(tunnels(cutOff(snapshotOf(open, [endpoint('vpc-1')]))))).toEqual(['allowed']);
    expect(tunnels(cutOff(snapshotOf(open, [endpoint('vpc-2')])))).toMatchObject([
      { verdict: 'unknown', missing: CALL, reachable: null },
    ]);
    expect(tunnels(snapshotOf(open, [endpoint('vpc-2')]))).toEqual([]);
  });

  it('are explained as unknown', () => {
    const name = { principal: arn('user/mia'), instance: 'i-1', path: 'instance-connect-endpoint' } as const;
    expect(explainCell(snapshotOf([allow(OPEN)], null), name)).toMatchObject({
      verdict: 'unknown',
      cell: { missing: CALL },
      alternatives: [{ requests: [{ decision: 'unknown', missing: CALL }] }, {}],
    });
    expect(explainCell(snapshotOf([deny(OPEN)], null), name)).toMatchObject({
      verdict: 'denied',
      alternatives: [{ requests: [{ decision: 'explicitDeny' }] }, {}],
    });
  });

  it('separate no instances of one region further', () => {
    const two = (connectEndpoints: null | []) =>
      account({
        users: [{ name: 'mia', policies: [allow(OPEN)] }],
        instances: ['vpc-1', 'vpc-2', null].map((vpcId, i) => ({
          id: `i-${i}`,
          vpcId,
          privateIps: ['10.0.0.7'],
        })),
        regions: { 'us-east-1': { connectEndpoints } },
      });
    expect(tunnels(two(null)).map(({ instance, verdict }) => [instance, verdict])).toEqual([
      ['i-0', 'unknown'],
      ['i-1', 'unknown'],
    ]);
    expect(tunnels(two([]))).toEqual([]);
  });
});

it('an agent that is missing from an incomplete list is not known to be offline', () => {
  const snapshot = account({
    users: [{ name: 'mia', policies: [SESSION] }],
    instances: [{ id: 'i-1' }],
    regions: { 'us-east-1': { managedInstances: [] } },
  });
  const coverage = snapshot.coverage.map((entry) =>
    entry.call === 'ssm.describe-instance-information'
      ? ({ ...entry, status: 'failed', readAt: null } as const)
      : entry,
  );
  const reachable = (some: Snapshot) => cells(some, 'user/mia').map((cell) => cell.reachable);
  expect(reachable(snapshot)).toEqual([false]);
  expect(reachable({ ...snapshot, coverage })).toEqual([null]);
});

it('the agent of an instance with an unlisted profile may or may not work, and gives no known role', () => {
  const snapshot = account({
    users: [{ name: 'mia', policies: [SESSION] }],
    roles: [{ name: 'app', policies: [allow('ssm:SendCommand')] }],
    instances: [{ id: 'i-1', role: 'app' }],
    regions: {
      'us-east-1': {
        managedInstances: [
          { id: 'i-1', pingStatus: 'Online', platform: null, agentVersion: null, lastPing: null },
        ],
      },
    },
  });
  const unlisted = { ...snapshot, instanceProfiles: [] };
  expect(verdicts(cells(snapshot, 'user/mia', 'run-command'))).toEqual(['allowed']);
  expect(cells(unlisted, 'user/mia', 'run-command')).toEqual([]);
  expect(cells(unlisted, 'user/mia')).toMatchObject([{ verdict: 'allowed', reachable: null }]);
});

describe("an instance profile that is missing from IAM's incomplete list", () => {
  const CALL = 'iam get-account-authorization-details';
  const cutOff = { call: 'iam.get-account-authorization-details', region: null, items: 3 } as const;
  const fleet = (policies: readonly object[], listed: 'whole' | 'cut off', lost = true): Snapshot => {
    const snapshot = account({
      users: [{ name: 'mia', policies }],
      roles: [{ name: 'app', policies: [allow('ec2:StopInstances')] }],
      instances: [{ id: 'i-1', role: 'app' }, { id: 'i-2' }],
    });
    const status = listed === 'whole' ? ('collected' as const) : ('failed' as const);
    return {
      ...snapshot,
      instanceProfiles: lost ? [] : snapshot.instanceProfiles,
      coverage: [...snapshot.coverage, { ...cutOff, status, detail: '' }],
    };
  };
  const onFirst = allow('ssm:StartSession', [`arn:aws:ec2:*:*:instance/i-1`, 'arn:aws:ssm:*:*:document/*']);
  const power = (snapshot: Snapshot) => {
    const matrix = buildMatrix(snapshot);
    expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
    return [...cellsOf(matrix, snapshot, { principal: arn('user/mia'), path: 'power' })];
  };

  it('may have a role with any permission, so a principal with a shell there may have any access', () => {
    expect(power(fleet([onFirst], 'cut off'))).toMatchObject(
      ['i-1', 'i-2'].map((instance) => ({
        ...{ instance, verdict: 'unknown', missing: CALL, condition: null },
        via: [expect.stringMatching(/:instance\/i-1$/)],
        steps: [{ instance: expect.stringMatching(/:instance\/i-1$/), path: 'session-manager' }],
      })),
    );
  });

  it('has no role if the list is complete, and no other role if the profile is listed', () => {
    expect(power(fleet([onFirst], 'whole'))).toEqual([]);
    expect(verdicts(power(fleet([onFirst], 'cut off', false)))).toEqual(['allowed', 'allowed']);
  });

  it('gives nothing to a principal without a shell there', () => {
    const elsewhere = allow('ssm:StartSession', [
      'arn:aws:ec2:*:*:instance/i-2',
      'arn:aws:ssm:*:*:document/*',
    ]);
    expect(power(fleet([elsewhere], 'cut off'))).toEqual([]);
  });

  it('stays within the guardrails, and hides nothing that is known', () => {
    const both = [onFirst, allow('ec2:StopInstances')];
    expect(verdicts(power(fleet(both, 'cut off')))).toEqual(['allowed', 'allowed']);
    const bound = fleet([onFirst], 'cut off');
    const scp = deny(['ec2:*', 'autoscaling:*', 'cloudwatch:*']);
    const id = 'p-no-ec2';
    const policies = [...bound.policies, { id, name: id, kind: 'scp' as const, document: scp, problems: [] }];
    const full = { id: 'p-full', name: 'p-full', kind: 'scp' as const, document: allow('*'), problems: [] };
    const level = { targetId: 'r-1', serviceControlPolicies: ['p-full', id], resourceControlPolicies: [] };
    const organization = { managementAccountId: '999999999999', levels: [level] };
    expect(power({ ...bound, policies: [...policies, full], organization })).toEqual([]);
  });

  it('is explained up to the unknown step', () => {
    const name = { principal: arn('user/mia'), instance: 'i-2', path: 'power' } as const;
    expect(explainCell(fleet([onFirst], 'cut off'), name)).toMatchObject({
      verdict: 'unknown',
      steps: [{ from: arn('user/mia'), path: 'session-manager' }],
    });
  });
});
