import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseChangeEvent } from '../../lib/cloudtrail/change-event.ts';
import type { Touches } from '../../lib/cloudtrail/touches.ts';
import type { Drift } from '../../lib/drift/drift.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { workbench } from './account.ts';

const ACME = join(import.meta.dirname, '../../examples/acme');
const [STORE, ADMINS] = ['d-9a671c2b4e', 'a4c8f4d8-1021-70b1-5c1e-3f2a9b7d6e01'];
const OTHERS = 'c4d8e4f8-2031-70c2-6d2f-4a3b8c7d5e99';
const MEMBERS = `identitystore.list-group-memberships.${STORE}.${ADMINS}.json`;
const USERS = `identitystore.list-users.${STORE}.json`;

async function filesOf(folder: string): Promise<Record<string, unknown>> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('.json'));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (name) => [name, JSON.parse(await readFile(join(folder, name), 'utf8'))] as const),
    ),
  );
}

/**
 * As EventBridge delivers them from the account that runs Identity Center.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-info-in-cloudtrail.html
 */
const eventOf = (
  source: string,
  eventName: string,
  requestParameters: object,
  eventID = `e-${eventName}`,
) => ({
  ...{ version: '0', id: eventID, 'detail-type': 'AWS API Call via CloudTrail', source: `aws.${source}` },
  ...{ account: '999988887777', time: '2026-08-23T10:20:00Z', region: 'us-east-1', resources: [] },
  detail: {
    ...{
      eventVersion: '1.10',
      eventSource: `${source}.amazonaws.com`,
      eventName,
      eventID,
      requestParameters,
    },
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::999988887777:user/directory-admin' },
    ...{ eventTime: '2026-08-23T10:20:00Z', awsRegion: 'us-east-1', sourceIPAddress: '203.0.113.9' },
    ...{ responseElements: null, recipientAccountId: '999988887777' },
  },
});

/** https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html */
const ASSIGNED = {
  ...{ instanceArn: 'arn:aws:sso:::instance/ssoins-7223b4c5d6e7f801', targetType: 'AWS_ACCOUNT' },
  permissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-7223b4c5d6e7f801/ps-0a1b2c3d4e5f6071',
  ...{ targetId: '111122223333', principalType: 'GROUP', principalId: ADMINS },
};
const joins = (groupId: string) => ({ identityStoreId: STORE, groupId, memberId: 'lena' });

async function scanned() {
  const bench = workbench({});
  const { source, notifier } = bench.ports;
  source.files = await filesOf(ACME);
  await bench.scan('run-1');
  notifier.alerts.length = 0;
  source.calls.length = 0;
  const check = (...events: unknown[]) =>
    checkStep(bench.ports, { prefix: '', accountId: '111122223333', events, topic: 'alerts' });
  return { ...bench, source, check, alerts: notifier.alerts };
}

let bench: Awaited<ReturnType<typeof scanned>>;
beforeEach(async () => {
  bench = await scanned();
});

/** A person joins the group of the administrators. */
function lenaJoins(): void {
  const { files } = bench.source;
  const { GroupMemberships } = files[MEMBERS] as { GroupMemberships: object[] };
  const { Users } = files[USERS] as { Users: object[] };
  files[MEMBERS] = { GroupMemberships: [...GroupMemberships, { MemberId: { UserId: 'lena' } }] };
  files[USERS] = { Users: [...Users, { UserId: 'lena', UserName: 'lena' }] };
}

describe('an event of Identity Center', () => {
  it.each([
    ['sso-directory', 'AddMemberToGroup', joins(ADMINS)],
    ['identitystore', 'CreateGroupMembership', joins(ADMINS)],
    ['sso', 'CreateAccountAssignment', ASSIGNED],
    // the group is not known
    ['sso-directory', 'RemoveMemberFromGroup', {}],
    ['identitystore-scim', 'PatchGroup', { httpBody: 'HIDDEN_DUE_TO_SECURITY_REASONS' }],
  ])('%s %s reads assignments again, audits and alerts', async (source, name, parameters) => {
    lenaJoins();
    const output = await bench.check(eventOf(source, name, parameters));
    expect(output.results).toEqual([{ index: 0, outcome: 'audited' }]);
    expect(bench.source.calls).toContain(MEMBERS);
    expect(bench.source.calls.filter((call) => !/^(sso-admin|identitystore)\./.test(call))).toEqual([]);
    expect(bench.alerts).toHaveLength(1);
    const [alert] = bench.alerts;
    expect(alert?.subject).toContain('1 person gained SSO AdministratorAccess');
    for (const part of ['lena', name, 'user/directory-admin']) expect(alert?.message).toContain(part);
    const [drift] = await bench.json<Drift[]>(`runs/${output.run}/drift.json`);
    expect(drift?.cause).toMatchObject({ kind: 'assignment', eventName: name, sourceIp: '203.0.113.9' });
    // a second delivery reports nothing again
    await bench.check(eventOf(source, name, parameters));
    expect(bench.alerts).toHaveLength(1);
  });

  it('about a group without access to the account reads nothing', async () => {
    const { check, source, alerts } = bench;
    const output = await check(eventOf('sso-directory', 'AddMemberToGroup', joins(OTHERS)));
    expect(output).toMatchObject({ run: null, lookAgain: 0, drift: 0 });
    expect(output.results).toEqual([
      { index: 0, outcome: 'ignored', reason: `group \`${OTHERS}\` holds no permission set in the account` },
    ]);
    expect([source.calls, alerts]).toEqual([[], []]);
  });

  it('about such a group counts if an assignment comes with it, or if assignments are not known', async () => {
    const joined = eventOf('sso-directory', 'AddMemberToGroup', joins(OTHERS));
    const both = await bench.check(joined, eventOf('sso', 'CreateAccountAssignment', ASSIGNED));
    expect(both.results.map(({ outcome }) => outcome)).toEqual(['audited', 'audited']);
    const assignments = Object.keys(bench.source.files).find((name) => /list-account-assignments/.test(name));
    delete bench.source.files[assignments ?? ''];
    await bench.scan('run-2');
    bench.source.calls.length = 0;
    const unknown = await bench.check(eventOf('sso-directory', 'AddMemberToGroup', joins(OTHERS), 'e-2'));
    expect(unknown.results).toEqual([{ index: 0, outcome: 'audited' }]);
    expect(bench.source.calls).toContain('sso-admin.list-instances.json');
  });

  it('stored by an earlier version, without the group, is examined', async () => {
    const parsed = parseChangeEvent(eventOf('sso-directory', 'AddMemberToGroup', joins(OTHERS)));
    const { directoryGroups: _, ...touches } = parsed.ok ? parsed.event.touches : ({} as Partial<Touches>);
    const event = { ...(parsed.ok && parsed.event), touches };
    const waiting = { schemaVersion: 1, events: [{ event, due: '2026-08-23T10:00:00.000Z' }] };
    await bench.ports.store.create('look-again.json', JSON.stringify(waiting), 'application/json');
    expect((await bench.check()).run).not.toBeNull();
    expect(bench.source.calls).toContain(MEMBERS);
  });
});
