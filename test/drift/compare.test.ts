import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChangeEvent } from '../../lib/drift/change-event.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import type { Drift } from '../../lib/drift/drift.ts';
import { byHand, condition, type HandCells } from '../findings/by-hand.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny, TRUST_EC2 } from '../fixtures/account.ts';

const LATER = '2026-08-23T11:15:00.000Z';
const BETWEEN = '2026-08-23T10:40:00Z';
const MFA = condition('aws:MultiFactorAuthPresent', 'Bool', 'true');
const SESSION: HandCells = { who: 'alice', path: 'session-manager' };
const START = allow('ssm:StartSession');
const BY_TAG = allow('ssm:StartSession', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } });

function run(input: AccountInput, cells: readonly HandCells[], takenAt?: string) {
  const snapshot = account({ ...input, ...(takenAt ? { takenAt } : {}) });
  return { snapshot, matrix: byHand(snapshot, cells) };
}

type Side = readonly [AccountInput, readonly HandCells[]];

function drift(before: Side, after: Side, events: readonly object[] = []): Drift[] {
  const parsed = events.map((event) => {
    const result = parseChangeEvent(event);
    if (!result.ok) throw new Error(result.reason);
    return result.event;
  });
  return compareRuns(run(...before), run(...after, LATER), parsed);
}

const record = (eventName: string, requestParameters: object, more: object = {}) => ({
  eventID: `id-of-${eventName}`,
  eventSource: 'iam.amazonaws.com',
  eventName,
  eventTime: BETWEEN,
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.9',
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT_ID}:user/root-of-evil` },
  requestParameters,
  ...more,
});
const alice = (more: object = {}): AccountInput => ({
  users: [{ name: 'alice', ...more }],
  instances: [{ id: 'i-1', tags: { team: 'blue' } }],
});
const withP = (document: unknown, more: object = {}) =>
  alice({ policies: [{ name: 'p', document }], ...more });
const ONE = [SESSION] as const;

type Case = readonly [
  says: string,
  before: Side,
  after: Side,
  event: object | null,
  change: string,
  kind: string,
  detail: string,
];

const TRUSTING = (aws: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: aws }, Action: 'sts:AssumeRole' }],
});
const roleWith = (more: object): AccountInput => ({
  users: [{ name: 'alice', policies: [allow('sts:AssumeRole')] }],
  roles: [{ name: 'ops', policies: [START], ...more }],
  instances: [{ id: 'i-1' }],
});
const THROUGH: HandCells = {
  ...SESSION,
  via: [`arn:aws:iam::${ACCOUNT_ID}:role/ops`],
  grants: ['policy-0#0'],
};
const managed = (policies: readonly string[], document: unknown = START): AccountInput => ({
  ...alice({ policies }),
  policies: [{ name: 'Sessions', document }],
});
const group = (groups: readonly string[], policies: readonly object[] = [START]): AccountInput => ({
  ...alice({ groups }),
  groups: [{ name: 'ops', policies }],
});
const G: HandCells = { ...SESSION, grants: ['policy-0#0'] };
const levels = (...scps: readonly unknown[]): AccountInput => ({ ...withP(START), organization: [{ scps }] });

const CASES: readonly Case[] = [
  [
    'an inline policy is put',
    [alice(), []],
    [withP(START), ONE],
    record('PutUserPolicy', { userName: 'alice', policyName: 'p' }),
    'gained',
    'policy',
    'inline policy `p` of user `alice` was added',
  ],
  [
    'an inline policy is deleted',
    [withP(START), ONE],
    [alice(), []],
    record('DeleteUserPolicy', { userName: 'alice', policyName: 'p' }),
    'lost',
    'policy',
    'inline policy `p` of user `alice` was deleted',
  ],
  [
    'a managed policy is attached',
    [managed([]), []],
    [managed(['Sessions']), ONE],
    record('AttachUserPolicy', {
      userName: 'alice',
      policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions`,
    }),
    'gained',
    'attachment',
    'policy `Sessions` was attached to user `alice`',
  ],
  [
    'a managed policy is detached',
    [managed(['Sessions']), ONE],
    [managed([]), []],
    record('DetachUserPolicy', {
      userName: 'alice',
      policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions`,
    }),
    'lost',
    'attachment',
    'policy `Sessions` was detached from user `alice`',
  ],
  [
    'a managed policy has a new version',
    [managed(['Sessions'], allow('s3:*')), []],
    [managed(['Sessions']), ONE],
    record('CreatePolicyVersion', { policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions` }),
    'gained',
    'policy',
    'policy `Sessions` changed: statement 0 added, statement 0 removed',
  ],
  [
    'a deny is attached',
    [withP(START), ONE],
    [
      alice({
        policies: [
          { name: 'p', document: START },
          { name: 'no', document: deny('ssm:*') },
        ],
      }),
      [],
    ],
    record('PutUserPolicy', { userName: 'alice', policyName: 'no' }),
    'lost',
    'policy',
    'inline policy `no` of user `alice` was added',
  ],
  [
    'a policy about something else came at the same time',
    [managed(['Sessions']), ONE],
    [{ ...managed([]), users: [{ name: 'alice', policies: [{ name: 's3', document: allow('s3:*') }] }] }, []],
    null,
    'lost',
    'attachment',
    'policy `Sessions` was detached from user `alice`',
  ],
  [
    'a condition is added',
    [withP(START), ONE],
    [
      withP(allow('ssm:StartSession', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })),
      [{ ...SESSION, condition: MFA }],
    ],
    record('PutUserPolicy', { userName: 'alice', policyName: 'p' }),
    'changed',
    'policy',
    'inline policy `p` of user `alice` changed: statement 0 added, statement 0 removed',
  ],
  [
    'the user joins a group',
    [group([]), []],
    [group(['ops']), [G]],
    record('AddUserToGroup', { userName: 'alice', groupName: 'ops' }),
    'gained',
    'group',
    'user `alice` was added to group `ops`',
  ],
  [
    'the user leaves a group',
    [group(['ops']), [G]],
    [group([]), []],
    record('RemoveUserFromGroup', { userName: 'alice', groupName: 'ops' }),
    'lost',
    'group',
    'user `alice` was removed from group `ops`',
  ],
  [
    'the group gets a policy',
    [group(['ops'], []), []],
    [group(['ops']), [G]],
    record('PutGroupPolicy', { groupName: 'ops', policyName: 'policy-0' }),
    'gained',
    'policy',
    'inline policy `policy-0` of group `ops` was added',
  ],
  [
    'a boundary is set',
    [withP(START), ONE],
    [withP(START, { boundary: { name: 'B', document: allow('s3:*') } }), []],
    record('PutUserPermissionsBoundary', {
      userName: 'alice',
      permissionsBoundary: `arn:aws:iam::${ACCOUNT_ID}:policy/B`,
    }),
    'lost',
    'boundary',
    'the permissions boundary of user `alice` changed from none to `B`',
  ],
  [
    'a tag of the instance opens it',
    [withP(BY_TAG), []],
    [{ ...withP(BY_TAG), instances: [{ id: 'i-1', tags: { team: 'red' } }] }, ONE],
    record(
      'CreateTags',
      {
        resourcesSet: { items: [{ resourceId: 'i-1' }] },
        tagSet: { items: [{ key: 'team', value: 'red' }] },
      },
      { eventSource: 'ec2.amazonaws.com' },
    ),
    'gained',
    'tag',
    'tag `team` of instance `i-1` changed from `blue` to `red`',
  ],
  [
    'all tags are deleted',
    [{ ...withP(BY_TAG), instances: [{ id: 'i-1', tags: { team: 'red' } }] }, ONE],
    [{ ...withP(BY_TAG), instances: [{ id: 'i-1' }] }, []],
    record(
      'DeleteTags',
      { resourcesSet: { items: { resourceId: 'i-1' } } },
      { eventSource: 'ec2.amazonaws.com' },
    ),
    'lost',
    'tag',
    'tag `team` of instance `i-1` was removed, it was `red`',
  ],
  [
    'a tag of the user opens it',
    [
      withP(allow('ssm:*', '*', { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } })),
      [],
    ],
    [
      withP(allow('ssm:*', '*', { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } }), {
        tags: { team: 'blue' },
      }),
      ONE,
    ],
    record('TagUser', { userName: 'alice', tags: [{ key: 'team', value: 'blue' }] }),
    'gained',
    'tag',
    'tag `team` of user `alice` was set to `blue`',
  ],
  [
    'the role is trusted',
    [roleWith({ trust: TRUST_EC2 }), []],
    [roleWith({ trust: TRUSTING(ACCOUNT_ID) }), [THROUGH]],
    record('UpdateAssumeRolePolicy', { roleName: 'ops', policyDocument: '{}' }),
    'gained',
    'trust',
    'the trust policy of role `ops` changed: statement 0 added, statement 0 removed',
  ],
  [
    'an outside account is let in',
    [roleWith({ trust: TRUST_EC2 }), []],
    [roleWith({ trust: TRUSTING('444455556666') }), [{ ...THROUGH, who: 'arn:aws:iam::444455556666:root' }]],
    record('UpdateAssumeRolePolicy', { roleName: 'ops' }),
    'gained',
    'trust',
    'the trust policy of role `ops` changed: statement 0 added, statement 0 removed',
  ],
  [
    'the role on the way gets the policy',
    [roleWith({ trust: TRUSTING(ACCOUNT_ID), policies: [] }), []],
    [roleWith({ trust: TRUSTING(ACCOUNT_ID) }), [THROUGH]],
    record('PutRolePolicy', { roleName: 'ops', policyName: 'policy-0' }),
    'gained',
    'policy',
    'inline policy `policy-0` of role `ops` was added',
  ],
  [
    'a guardrail is attached',
    [levels(allow('*')), ONE],
    [levels(allow('*'), deny('ssm:*')), []],
    record(
      'AttachPolicy',
      { policyId: 'p-scp-0-1', targetId: 'r-root' },
      { eventSource: 'organizations.amazonaws.com' },
    ),
    'lost',
    'guardrail',
    'service control policy `scp-0-1` was attached to `r-root`',
  ],
  [
    'a guardrail changes',
    [levels(deny('ssm:*')), []],
    [levels(allow('*')), ONE],
    record('UpdatePolicy', { policyId: 'p-scp-0-0' }, { eventSource: 'organizations.amazonaws.com' }),
    'gained',
    'guardrail',
    'service control policy `scp-0-0` changed: statement 0 added, statement 0 removed',
  ],
  [
    'the account moves',
    [levels(allow('*')), ONE],
    [{ ...levels(allow('*')), organization: [{ scps: [allow('*')] }, { scps: [deny('*')] }] }, []],
    record('MoveAccount', { accountId: ACCOUNT_ID }, { eventSource: 'organizations.amazonaws.com' }),
    'lost',
    'guardrail',
    'the account is now under `ou-root-1`',
  ],
  [
    'the user is new',
    [{ instances: [{ id: 'i-1' }] }, []],
    [{ ...withP(START), instances: [{ id: 'i-1' }] }, ONE],
    record('CreateUser', { userName: 'alice' }),
    'gained',
    'principal',
    'user `alice` is new',
  ],
  [
    'the user is gone',
    [withP(START), ONE],
    [{ instances: [{ id: 'i-1' }] }, []],
    record('DeleteUser', { userName: 'alice' }),
    'lost',
    'principal',
    'user `alice` is gone',
  ],
  [
    'the user is new, and only what was put on it is known',
    [{ instances: [{ id: 'i-1' }] }, []],
    [{ ...withP(START), instances: [{ id: 'i-1' }] }, ONE],
    record('PutUserPolicy', { userName: 'alice', policyName: 'p' }),
    'gained',
    'principal',
    'user `alice` is new',
  ],
  [
    'the instance is new',
    [{ ...withP(START), instances: [] }, []],
    [withP(START), ONE],
    record(
      'RunInstances',
      { instancesSet: { items: [{ imageId: 'ami-1' }] } },
      {
        eventSource: 'ec2.amazonaws.com',
        responseElements: { instancesSet: { items: [{ instanceId: 'i-1' }] } },
      },
    ),
    'gained',
    'instance',
    'instance `i-1` is new',
  ],
  [
    'the instance is gone',
    [withP(START), ONE],
    [{ ...withP(START), instances: [] }, []],
    record(
      'TerminateInstances',
      { instancesSet: { items: [{ instanceId: 'i-1' }] } },
      { eventSource: 'ec2.amazonaws.com' },
    ),
    'lost',
    'instance',
    'instance `i-1` is gone',
  ],
  [
    'nothing explains it',
    [withP(START), []],
    [withP(START), ONE],
    null,
    'gained',
    'unknown',
    'no input of the cell that differs between the two snapshots explains it',
  ],
];

// an empty account has no region of its own to look at, so its region is named
const seen = ([input, cells]: Side): Side => [
  input.instances?.length === 0 ? { ...input, regions: { 'us-east-1': { instances: [] } } } : input,
  cells,
];

describe('a changed cell and its cause', () => {
  it.each(CASES)('%s', (_says, before, after, event, change, kind, detail) => {
    const found = drift(seen(before), seen(after), event ? [event] : []);
    expect(found.map((one) => one.change)).toEqual([change]);
    const { cause } = found[0] as Drift;
    expect([cause.kind, cause.detail]).toEqual([kind, detail]);
    if (event) {
      expect(cause).toMatchObject({
        eventId: (event as { eventID: string }).eventID,
        actor: `arn:aws:iam::${ACCOUNT_ID}:user/root-of-evil`,
        time: new Date(BETWEEN).toISOString(),
        sourceIp: '203.0.113.9',
      });
    } else expect(cause.eventId).toBeUndefined();
  });

  it('holds both states', () => {
    const [one] = drift(
      [withP(START), []],
      [withP(START), [{ ...SESSION, condition: MFA, landsAs: ['ssm-user'] }]],
    );
    expect(one).toMatchObject({
      principal: `arn:aws:iam::${ACCOUNT_ID}:user/alice`,
      instance: 'i-1',
      path: 'session-manager',
      before: { verdict: 'denied', condition: null, landsAs: [] },
      after: { verdict: 'conditional', condition: MFA, landsAs: ['ssm-user'] },
    });
  });
});

describe('no drift', () => {
  it.each([
    ['where only the grant differs', withP(START), [SESSION], managed(['Sessions']), [SESSION]],
    ['where the chain differs', withP(START), [SESSION], withP(START), [{ ...SESSION, via: ['arn:x'] }]],
    [
      'where conditions are told in another order',
      withP(START),
      [
        {
          ...SESSION,
          condition: {
            anyOf: [MFA.anyOf[0]!, { allOf: [{ key: 'k', operator: 'o', values: ['a', 'b'] }] }],
            text: '1',
          },
        },
      ],
      withP(START),
      [
        {
          ...SESSION,
          condition: {
            anyOf: [{ allOf: [{ key: 'k', operator: 'o', values: ['b', 'a'] }] }, MFA.anyOf[0]!],
            text: '2',
          },
        },
      ],
    ],
    [
      'where groups are cut otherwise',
      { ...withP(START), instances: [{ id: 'i-1' }, { id: 'i-2' }] },
      [SESSION],
      { ...withP(START), instances: [{ id: 'i-1' }, { id: 'i-2' }] },
      [
        { ...SESSION, on: ['i-2'] },
        { ...SESSION, on: ['i-1'] },
      ],
    ],
  ] as const)('%s', (_says, before, old, after, now) => {
    expect(drift([before, old as readonly HandCells[]], [after, now as readonly HandCells[]])).toEqual([]);
  });
});

describe('events', () => {
  const before: Side = [managed([]), []];
  const after: Side = [managed(['Sessions']), ONE];
  const attach = (eventID: string, eventTime: string, more: object = {}) =>
    record(
      'AttachUserPolicy',
      { userName: 'alice', policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions` },
      { eventID, eventTime, ...more },
    );
  const cause = (...events: object[]) => drift(before, after, events)[0]?.cause.eventId;

  it('between the snapshots comes before any other, the last of them first', () => {
    const events = [
      attach('early', '2026-08-23T09:00:00Z'),
      attach('first', BETWEEN),
      attach('last', '2026-08-23T11:00:00Z'),
      attach('late', '2026-08-23T12:00:00Z'),
    ];
    expect(cause(...events)).toBe('last');
    expect(cause(...events.toReversed())).toBe('last');
    expect(cause(attach('late', '2026-08-23T12:00:00Z'))).toBe('late');
  });

  it('that names the input and does such a thing comes before one that nobody knows', () => {
    const unknown = attach('unknown', '2026-08-23T11:00:00Z', { eventName: 'AcquirePolicyForUser' });
    expect(cause(attach('known', BETWEEN), unknown)).toBe('known');
    expect(cause(unknown)).toBe('unknown');
  });

  it.each([
    ['failed', attach('x', BETWEEN, { errorCode: 'AccessDenied' })],
    [
      'names another user',
      attach('x', BETWEEN, {
        requestParameters: { userName: 'bob', policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/Sessions` },
      }),
    ],
    [
      'names another policy',
      attach('x', BETWEEN, {
        requestParameters: { userName: 'alice', policyArn: 'arn:aws:iam::aws:policy/Other' },
      }),
    ],
    ['does something else', attach('x', BETWEEN, { eventName: 'TagUser' })],
    ['names nothing', attach('x', BETWEEN, { requestParameters: null })],
  ])('is no cause when it %s', (_says, event) => {
    expect(cause(event)).toBeUndefined();
  });
});

describe('what was not collected', () => {
  const noInstances: AccountInput = {
    users: [{ name: 'alice', policies: [{ name: 'p', document: START }] }],
    regions: { 'us-east-1': { instances: null } },
    coverage: [
      {
        call: 'ec2.describe-instances',
        region: 'us-east-1',
        status: 'denied',
        detail: 'allow ec2:DescribeInstances',
        items: null,
      },
    ],
  };
  const noIam: AccountInput = {
    instances: [{ id: 'i-1' }],
    coverage: [
      {
        call: 'iam.get-account-authorization-details',
        region: null,
        status: 'failed',
        detail: '',
        items: null,
      },
    ],
  };

  it.each([
    [
      'instances',
      noInstances,
      '`ec2.describe-instances` in us-east-1 was not collected',
      ': allow ec2:DescribeInstances',
    ],
    ['IAM', noIam, '`iam.get-account-authorization-details` was not collected', ''],
  ])('%s: a cell is not lost, and later not gained', (_says, gap, detail, why) => {
    const lost = drift([withP(START), ONE], [gap, []]);
    expect(lost.map((one) => [one.change, one.before.verdict, one.after.verdict])).toEqual([
      ['changed', 'allowed', 'unknown'],
    ]);
    expect(lost[0]?.cause).toEqual({ kind: 'coverage', detail: `${detail} this time${why}` });
    const back = drift([gap, []], [withP(START), ONE]);
    expect(back.map((one) => [one.change, one.before.verdict, one.after.verdict])).toEqual([
      ['changed', 'unknown', 'allowed'],
    ]);
    expect(back[0]?.cause).toEqual({ kind: 'coverage', detail: `${detail} last time${why}` });
  });

  it('a cell that could not be decided says which call is missing', () => {
    const unknown: HandCells = { ...SESSION, verdict: 'unknown', missing: 'iam.get-policy-version' };
    const [one] = drift([withP(START), ONE], [withP(START), [unknown]]);
    expect(one?.change).toBe('changed');
    expect(one?.cause).toEqual({
      kind: 'coverage',
      detail: '`iam.get-policy-version` was not collected this time',
    });
  });
});

describe('properties', () => {
  const PATHS = ['session-manager', 'run-command', 'power'] as const;
  const STATES: readonly Partial<HandCells>[] = [
    {},
    { condition: MFA },
    { landsAs: ['root'] },
    { verdict: 'unknown', missing: 'x' },
  ];
  const NAMES = ['a', 'b', 'c'];
  const IDS = ['i-1', 'i-2', 'i-3', 'i-4'];
  // per (principal, path, instance) a state or none, so that cells never overlap
  const table = fc.array(fc.option(fc.nat({ max: STATES.length - 1 }), { nil: null }), {
    minLength: NAMES.length * PATHS.length * IDS.length,
    maxLength: NAMES.length * PATHS.length * IDS.length,
  });
  const subset = (all: readonly string[]) => fc.subarray([...all], { minLength: 1 });
  const side = fc.record({ names: subset(NAMES), ids: subset(IDS), table });
  type Sample = {
    readonly names: readonly string[];
    readonly ids: readonly string[];
    readonly table: readonly (number | null)[];
  };

  function cells(sample: Sample): HandCells[] {
    const found: HandCells[] = [];
    for (const [n, who] of NAMES.entries()) {
      for (const [p, path] of PATHS.entries()) {
        for (const state of STATES.keys()) {
          const on = IDS.filter(
            (id, i) =>
              sample.ids.includes(id) && sample.table[(n * PATHS.length + p) * IDS.length + i] === state,
          );
          if (on.length > 0 && sample.names.includes(who)) found.push({ who, path, on, ...STATES[state] });
        }
      }
    }
    return found;
  }
  const build = (sample: Sample) =>
    run(
      {
        users: sample.names.map((name) => ({ name, policies: [START] })),
        instances: sample.ids.map((id) => ({ id })),
      },
      cells(sample),
    );

  function expand({ matrix }: ReturnType<typeof build>): Map<string, object> {
    const all = new Map<string, object>();
    for (const group of matrix.groups) {
      for (const p of group.principals) {
        for (const i of group.instances) {
          const { verdict, condition: rest, landsAs } = group.outcome;
          all.set(`${matrix.principals[p]?.arn} ${matrix.instances[i]?.id} ${group.path}`, {
            verdict,
            condition: rest,
            landsAs,
          });
        }
      }
    }
    return all;
  }

  it('a run differs in nothing from itself', () => {
    fc.assert(
      fc.property(side, (sample) => {
        expect(compareRuns(build(sample), build(sample), [])).toEqual([]);
      }),
    );
  });

  it('the other way round is the mirror image', () => {
    const mirror = { gained: 'lost', lost: 'gained', changed: 'changed' } as const;
    fc.assert(
      fc.property(side, side, (one, two) => {
        const there = compareRuns(build(one), build(two), []);
        const back = compareRuns(build(two), build(one), []);
        const strip = ({ cause: _, ...rest }: Drift) => rest;
        const turned = there.map((d) =>
          strip({ ...d, change: mirror[d.change], before: d.after, after: d.before }),
        );
        expect(back.map(strip)).toEqual(turned);
      }),
    );
  });

  it('applied to the cells before, it gives the cells after', () => {
    fc.assert(
      fc.property(side, side, (one, two) => {
        const before = build(one);
        const after = build(two);
        const applied = expand(before);
        for (const d of compareRuns(before, after, [])) {
          const key = `${d.principal} ${d.instance} ${d.path}`;
          expect(applied.get(key) ?? { verdict: 'denied', condition: null, landsAs: [] }).toEqual(d.before);
          if (d.after.verdict === 'denied') applied.delete(key);
          else applied.set(key, d.after);
        }
        expect(applied).toEqual(expand(after));
      }),
    );
  });

  it('is in order, and every row is a difference', () => {
    fc.assert(
      fc.property(side, side, (one, two) => {
        const found = compareRuns(build(one), build(two), []);
        const keys = found.map((d) => `${d.principal} ${d.instance} ${d.path}`);
        expect(keys).toEqual([...new Set(keys)].sort());
        for (const d of found) expect(d.before).not.toEqual(d.after);
      }),
    );
  });
});
