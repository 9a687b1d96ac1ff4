import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { alertsOf } from '../../lib/render/alerts.ts';
import type { Report } from '../../lib/render/report.ts';
import { summarize } from '../../lib/render/summary.ts';
import { auditStateOf, listsInPart } from '../../lib/snapshot/audit-state.ts';
import type { CoverageEntry, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { account, allow } from '../fixtures/account.ts';
import { renderDigest } from '../render/render-digest.ts';

const IAM = 'iam.get-account-authorization-details';
const INSTANCES = 'ec2.describe-instances';

const whole = account({
  users: [{ name: 'noa', policies: [allow('s3:*')] }],
  instances: [{ id: 'i-1' }, { id: 'i-2', region: 'eu-west-1' }],
});

function failing(
  snapshot: Snapshot,
  call: string,
  region: string | null,
  more: Partial<CoverageEntry> = {},
): Snapshot {
  const entry = { call, region, status: 'denied' as const, detail: 'AccessDenied', items: null, ...more };
  const others = snapshot.coverage.filter((one) => one.call !== call || one.region !== region);
  return { ...snapshot, coverage: [...others, entry] };
}

const withoutIam = failing({ ...whole, users: [], roles: [] }, IAM, null);

function withoutInstances(...regions: readonly string[]): Snapshot {
  const kept = whole.regions.map((one) => (regions.includes(one.region) ? { ...one, instances: null } : one));
  return regions.reduce((sum, region) => failing(sum, INSTANCES, region), {
    ...whole,
    regions: kept,
  } as Snapshot);
}

const blind = withoutInstances('us-east-1', 'eu-west-1');

function reportOf(snapshot: Snapshot): Report {
  return {
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    previousAt: null,
    snapshot,
    matrix: buildMatrix(snapshot),
    findings: [],
    drift: [],
    problems: [],
  };
}

describe('an audit is', () => {
  it('complete if every call was collected', () => {
    expect(auditStateOf(whole)).toEqual({ state: 'complete', why: '' });
  });

  it('partial if some call was not', () => {
    expect(auditStateOf(failing(whole, 'ec2.describe-security-groups', 'us-east-1')).state).toBe('partial');
    expect(auditStateOf(withoutInstances('us-east-1')).state).toBe('partial');
    // a part of IAM, or an earlier answer that is still used
    expect(auditStateOf(failing(whole, IAM, null)).state).toBe('partial');
    expect(auditStateOf(failing({ ...whole, users: [] }, IAM, null, { readAt: whole.takenAt })).state).toBe(
      'partial',
    );
  });

  it('complete if regions are left out on purpose, and says how many', () => {
    const left = { call: 'ec2.describe-regions', status: 'not-collected', items: null } as const;
    const more = ['sa-east-1', 'ap-east-1'].map((region) => ({
      ...{ ...left, region, reason: 'not-asked', detail: 'left out' },
    }));
    const narrow = { ...whole, coverage: [...whole.coverage, ...more] } as Snapshot;
    expect(auditStateOf(narrow).state).toBe('complete');
    const { coverage, gaps } = summarize(reportOf(narrow));
    expect(coverage).toContain('2 regions (2 not asked), ');
    expect(coverage).toContain(`; all ${whole.coverage.length} calls answered`);
    expect(gaps).toHaveLength(2);
  });

  it('blind without IAM, and without any list of instances', () => {
    expect(auditStateOf(withoutIam)).toEqual({
      state: 'blind',
      why: 'IAM was not collected: AccessDenied',
    });
    expect(auditStateOf(blind)).toEqual({
      state: 'blind',
      why: 'no list of instances was collected: AccessDenied',
    });
    expect(auditStateOf({ ...blind, regions: [] }).state).toBe('blind');
  });

  it('blind if the only list of instances was cut off before its first item', () => {
    const [region] = whole.regions;
    const cut = { ...whole, regions: region ? [{ ...region, instances: [] }] : [] };
    expect(auditStateOf(failing(cut, INSTANCES, region?.region ?? '', { status: 'unreadable' })).state).toBe(
      'blind',
    );
    expect(auditStateOf(cut).state).toBe('complete');
  });
});

describe('a blind audit', () => {
  it.each([withoutIam, blind])(
    'says NOT AUDITED and why, and nothing that reads like a good result',
    (snapshot) => {
      const report = reportOf(snapshot);
      const { why } = auditStateOf(snapshot);
      expect(summarize(report).verdict).toBe(`NOT AUDITED: ${why}.`);
      const digest = renderDigest([report]);
      expect(digest.subject).toMatch(/^\[EC2 access\] NOT AUDITED 111122223333: /);
      expect(digest.text.replaceAll(/\s+/g, ' ')).toContain(`NOT AUDITED: ${why}`);
      for (const text of [digest.subject, digest.text, digest.html])
        expect(text).not.toMatch(/no findings|No standing findings|None of/i);
      const [alert, ...others] = alertsOf(report, 'topic');
      expect(others).toEqual([]);
      expect(alert).toMatchObject({ attributes: { severity: ['critical'], kind: 'blind' } });
      expect(alert?.subject).toContain('NOT AUDITED');
      expect(alert?.message).toContain(why);
    },
  );

  it('is counted in the subject among others', () => {
    const { subject } = renderDigest([reportOf(whole), reportOf({ ...blind, accountId: '222233334444' })]);
    expect(subject).toContain('2 accounts: 1 NOT AUDITED');
  });

  it('alerts once a day', () => {
    const at = (takenAt: string) => alertsOf(reportOf({ ...blind, takenAt }), 'topic')[0]?.key;
    expect(at('2026-03-01T01:00:00.000Z')).toBe(at('2026-03-01T23:00:00.000Z'));
    expect(at('2026-03-01T01:00:00.000Z')).not.toBe(at('2026-03-02T01:00:00.000Z'));
  });
});

it('principals with a missing policy never count as having no access', () => {
  const snapshot = account({
    users: [{ name: 'noa', policies: ['arn:aws:iam::aws:policy/Gone'] }],
    instances: [{ id: 'i-1' }],
  });
  expect(summarize(reportOf(snapshot)).verdict).toBe(
    'None of 1 principal is known to be able to get a shell on any of 1 instance. Of 1 principal not all is known, as policies were not collected.',
  );
});

describe('items that were left out of a list', () => {
  const leftOut = (path: string, message = 'left out: it has no `Arn`'): Snapshot => ({
    ...account({ users: [{ name: 'noa' }], instances: [{ id: 'i-1' }] }),
    problems: [{ path, message }],
  });
  const callsOf = (snapshot: Snapshot) => listsInPart(snapshot).map(({ call }) => call);

  it.each([
    [`${IAM} $.UserDetailList[1]`, IAM],
    [`${IAM} $.GroupDetailList[0]`, IAM],
    [`${IAM} $.RoleDetailList[0]`, IAM],
    [`us-east-1/${INSTANCES} $.Reservations[0].Instances[0]`, INSTANCES],
    [`us-east-1/${INSTANCES} $.Reservations[0]`, INSTANCES],
  ])('make it unknown who has no access: %s', (path, call) => {
    const snapshot = leftOut(path);
    expect(callsOf(snapshot)).toEqual([call]);
    expect(summarize(reportOf(snapshot)).verdict).toContain('None of 1 principal is known to be able to get');
  });

  it.each([
    [`${IAM} $.UserDetailList[1]`, 'left out: `arn` is in the list twice'],
    [`${IAM} $.UserDetailList[1].Tags[0]`, 'a tag needs a `Key` and a `Value` that are texts'],
    ['us-east-1/ec2.describe-security-groups $.SecurityGroups[0]', 'left out: it has no `GroupId`'],
    [`eu-west-1/${INSTANCES} $.Reservations[0].Instances[0]`, 'left out: it has no `InstanceId`'],
  ])('leave nobody out of what was read: %s %s', (path, message) => {
    expect(callsOf(leftOut(path, message))).toEqual([]);
  });

  it('an account without an instance in what was read is not an account without instances', () => {
    const cut = { ...leftOut(`us-east-1/${INSTANCES} $.Reservations[0]`) };
    const none = { ...cut, regions: cut.regions.map((region) => ({ ...region, instances: [] })) };
    expect(summarize(reportOf(none)).verdict).toBe('No instances were found in what was read.');
  });
});
