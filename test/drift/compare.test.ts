import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChangeEvent } from '../../lib/cloudtrail/change-event.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import type { RegionSnapshot } from '../../lib/snapshot/snapshot.ts';
import { byHand, type HandCells } from '../findings/by-hand.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';
import {
  BETWEEN,
  CASES,
  interfaces,
  LATER,
  MFA,
  managed,
  ONE,
  record,
  SESSION,
  type Side,
  START,
  seen,
  withP,
} from './cases.ts';
import { type CellWithCause, cellsOf } from './cells-of.ts';

function run(input: AccountInput, cells: readonly HandCells[], takenAt?: string) {
  const snapshot = account({ ...input, ...(takenAt ? { takenAt } : {}) });
  return { snapshot, matrix: byHand(snapshot, cells) };
}

function drift(before: Side, after: Side, events: readonly object[] = []): CellWithCause[] {
  const parsed = events.map((event) => {
    const result = parseChangeEvent(event);
    if (!result.ok) throw new Error(result.reason);
    return result.event;
  });
  return cellsOf(compareRuns(run(...before), run(...after, LATER), parsed));
}

describe('a changed cell and its cause', () => {
  it.each(CASES)('%s', (_says, before, after, event, change, kind, detail) => {
    const found = drift(seen(before), seen(after), event ? [event] : []);
    expect(found.map((one) => one.change)).toEqual([change]);
    const { cause } = found[0] as CellWithCause;
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

  it('names the part of a removed interface that the path depends on', () => {
    const two = interfaces(['eni-1', 'sg-1', '10.0.0.1'], ['eni-2', 'sg-2', '10.0.1.1']);
    const told = (path: HandCells['path']) =>
      drift([two, [{ ...SESSION, path }]], [interfaces(['eni-1', 'sg-1', '10.0.0.1']), []]).map(
        ({ cause }) => cause.detail,
      );
    expect(told('instance-connect-endpoint')).toEqual([
      'privateIps of instance `i-1` changed: `10.0.1.1` removed',
    ]);
    expect(told('firewall-open')).toEqual(['securityGroups of instance `i-1` changed: `sg-2` removed']);
  });

  it('contains both states', () => {
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

  it('between the snapshots come before others, the last of them first', () => {
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

  it('that name the input and make such a change come before unknown events', () => {
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
  ])('are no cause if they %s', (_says, event) => {
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

  const IAM_LIST = 'iam get-account-authorization-details';
  it.each([
    [
      'instances',
      noInstances,
      '`ec2.describe-instances` in us-east-1 was not collected',
      ': allow ec2:DescribeInstances',
      ['ec2 describe-instances'],
    ],
    ['IAM', noIam, '`iam.get-account-authorization-details` was not collected', '', [IAM_LIST]],
  ])('is not lost access, and later not gained access: %s', (_says, gap, detail, why, missing) => {
    const lost = drift([withP(START), ONE], [gap, []]);
    expect(lost.map((one) => [one.change, one.before.verdict, one.after.verdict])).toEqual([
      ['changed', 'allowed', 'unknown'],
    ]);
    expect(lost[0]?.cause).toEqual({ kind: 'coverage', detail: `${detail} this time${why}`, missing });
    const back = drift([gap, []], [withP(START), ONE]);
    expect(back.map((one) => [one.change, one.before.verdict, one.after.verdict])).toEqual([
      ['changed', 'unknown', 'allowed'],
    ]);
    expect(back[0]?.cause).toEqual({ kind: 'coverage', detail: `${detail} last time${why}`, missing });
  });

  it('makes a tunnel unknown, with the call as the reason', () => {
    const tunnel: HandCells = { ...SESSION, path: 'instance-connect-endpoint' };
    const unknown: HandCells = {
      ...tunnel,
      verdict: 'unknown',
      missing: 'ec2 describe-instance-connect-endpoints',
    };
    const region = (connectEndpoints: RegionSnapshot['connectEndpoints']): AccountInput => ({
      ...withP(allow('ssm:*')),
      regions: { 'us-east-1': { connectEndpoints } },
    });
    const gone = drift([withP(START), [tunnel]], [region(null), [unknown]]);
    expect(gone.map(({ path, change, cause }) => [path, change, cause])).toEqual([
      [
        'instance-connect-endpoint',
        'changed',
        {
          kind: 'coverage',
          detail: '`ec2 describe-instance-connect-endpoints` was not collected this time',
          missing: ['ec2 describe-instance-connect-endpoints'],
        },
      ],
    ]);
    const [lost] = drift([withP(START), [tunnel]], [region(null), []]);
    expect([lost?.change, lost?.cause.kind]).toEqual(['lost', 'policy']);
  });

  it('people are counted among the principals, also those that are gone', () => {
    const both = (document: object): AccountInput => ({
      ...managed(['Sessions'], document),
      roles: [{ name: 'runner', policies: ['Sessions'] }],
    });
    const grants = ['Sessions#0'];
    const cells = ['alice', 'runner'].map((who) => ({ ...SESSION, who, grants }));
    const counts = (before: Side, after: Side) =>
      compareRuns(run(...before), run(...after, LATER), []).map((one) => [
        one.counts.principals,
        one.counts.people,
      ]);
    const nothing = allow('s3:GetObject');
    expect(counts([both(nothing), []], [both(START), cells])).toEqual([[2, 1]]);
    expect(counts([both(START), cells], [both(nothing), []])).toEqual([[2, 1]]);
    const { users: _gone, ...machines } = both(START);
    expect(counts([both(START), cells], [machines, cells.slice(1)])).toEqual([[1, 1]]);
    const { roles: _none, ...people } = both(START);
    expect(counts([both(START), cells], [people, cells.slice(0, 1)])).toEqual([[1, 0]]);
  });

  it('a list that is missing on one side is no attachment and no membership', () => {
    const unlisted: AccountInput = {
      ...withP(START),
      users: [{ name: 'alice', policies: [{ name: '?AttachedManagedPolicies', document: null }] }],
    };
    const owner = `arn:aws:iam::${ACCOUNT_ID}:user/alice`;
    const missing = `iam list-attached-user-policies of ${owner}`;
    const unknown: HandCells = { ...SESSION, verdict: 'unknown', missing, grants: [] };
    const causes = (before: Side, after: Side) => drift(before, after).map(({ cause }) => cause);
    expect(causes([unlisted, [unknown]], [withP(START), ONE])).toEqual([
      { kind: 'coverage', detail: `\`${missing}\` was not collected last time`, missing: [missing] },
    ]);
    expect(causes([withP(START), ONE], [unlisted, [unknown]])).toEqual([
      { kind: 'coverage', detail: `\`${missing}\` was not collected this time`, missing: [missing] },
    ]);
  });

  it('a cell that could not be decided names the missing call', () => {
    const unknown: HandCells = { ...SESSION, verdict: 'unknown', missing: 'iam.get-policy-version' };
    const [one] = drift([withP(START), ONE], [withP(START), [unknown]]);
    expect(one?.change).toBe('changed');
    expect(one?.cause).toEqual({
      kind: 'coverage',
      detail: '`iam.get-policy-version` was not collected this time',
      missing: ['iam.get-policy-version'],
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
  // a state or none for each (principal, path, instance), so that cells never overlap
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

  it('a run has no difference from itself', () => {
    fc.assert(
      fc.property(side, (sample) => {
        expect(compareRuns(build(sample), build(sample), [])).toEqual([]);
      }),
    );
  });

  it('the reverse comparison is the mirror image', () => {
    const mirror = { gained: 'lost', lost: 'gained', changed: 'changed' } as const;
    fc.assert(
      fc.property(side, side, (one, two) => {
        const there = cellsOf(compareRuns(build(one), build(two), []));
        const back = cellsOf(compareRuns(build(two), build(one), []));
        const strip = ({ cause: _, ...rest }: CellWithCause) => rest;
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
        for (const d of cellsOf(compareRuns(before, after, []))) {
          const key = `${d.principal} ${d.instance} ${d.path}`;
          expect(applied.get(key) ?? { verdict: 'denied', condition: null, landsAs: [] }).toEqual(d.before);
          if (d.after.verdict === 'denied') applied.delete(key);
          else applied.set(key, d.after);
        }
        expect(applied).toEqual(expand(after));
      }),
    );
  });

  it('it is sorted, and every row is a difference', () => {
    fc.assert(
      fc.property(side, side, (one, two) => {
        const found = cellsOf(compareRuns(build(one), build(two), []));
        const keys = found.map((d) => `${d.principal} ${d.instance} ${d.path}`);
        expect(keys).toEqual([...new Set(keys)].sort());
        for (const d of found) expect(d.before).not.toEqual(d.after);
      }),
    );
  });
});
