import { expect, test } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import {
  readGuardrails,
  withCentralGuardrails,
  writeGuardrails,
} from '../../lib/pipeline/central-guardrails.ts';
import { plan } from '../../lib/pipeline/plan.ts';
import type { SourceAnswer } from '../../lib/ports/account-source.ts';
import type { OrganizationGuardrails } from '../../lib/ports/organization-guardrails.ts';
import { allow, deny, STARTS_SESSIONS } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { memorySource } from './memory-source.ts';
import { memoryStore } from './memory-store.ts';
import { tickingClock } from './ports.ts';

const [hub, member] = ['999988887777', '111122223333'];
const GUARDRAILS = 'organizations.effective-policies';

const CENTRAL: OrganizationGuardrails = {
  ...{ schemaVersion: 1, readAt: '2026-08-23T10:00:00.000Z', readBy: hub },
  ...{ organizationId: 'o-1', managementAccountId: hub },
  policyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
  ...{ parents: { [member]: 'ou-1', 'ou-1': 'r-1' }, names: { 'ou-1': 'Workloads' } },
  policies: [
    { Id: 'p-full', Name: 'Full', Content: JSON.stringify(allow('*')) },
    { Id: 'p-fence', Name: 'Fence', Content: JSON.stringify(deny('ssm:*')) },
  ],
  serviceControlPolicies: { 'r-1': ['p-full'], 'ou-1': ['p-full', 'p-fence'], [member]: ['p-full'] },
  ...{ resourceControlPolicies: {}, resourceControlPoliciesGap: null },
};

const DENIED: SourceAnswer = { status: 'denied', detail: 'AccessDeniedException: not you' };
const files = inputFiles({
  users: [{ name: 'ines', policy: allow(STARTS_SESSIONS) }],
  instances: [{ id: 'i-1' }],
});

async function collected(
  stored: OrganizationGuardrails | null,
  { own, asked }: { readonly own: SourceAnswer; readonly asked: SourceAnswer },
) {
  const source = memorySource(files);
  const calls: string[] = [];
  const central = withCentralGuardrails(
    {
      ...source,
      read: async (call) => {
        if (call.service !== 'organizations') return source.read(call);
        calls.push('own');
        return own;
      },
    },
    member,
    {
      stored: async () => stored,
      ask: async () => {
        calls.push('asked');
        return asked;
      },
    },
  );
  const snapshot = await collectAccount(central, new Date('2026-08-23T10:15:00.000Z'), { step: () => {} });
  const entry = snapshot.coverage.find(({ call }) => call === GUARDRAILS);
  const sessions = buildMatrix(snapshot).groups.filter(({ path }) => path === 'session-manager');
  return { calls, entry, snapshot, sessions };
}

test('guardrails that were read for all accounts are used, and the account makes no call', async () => {
  const { calls, entry, snapshot, sessions } = await collected(CENTRAL, { own: DENIED, asked: DENIED });
  expect(calls).toEqual([]);
  expect(sessions).toEqual([]);
  expect(entry).toMatchObject({ status: 'collected', detail: '', readBy: hub });
  expect([entry?.askedAt, entry?.readAt]).toEqual([CENTRAL.readAt, CENTRAL.readAt]);
  expect(snapshot.organization).toMatchObject({ id: 'o-1', managementAccountId: hub, scpsEnabled: true });
  expect(snapshot.organization?.levels.map(({ targetId }) => targetId)).toEqual(['r-1', 'ou-1', member]);
});

test('without them, or for a new account, the account is asked, then the home account', async () => {
  const data = {
    ManagementAccountId: hub,
    Targets: [{ TargetId: 'r-1', ServiceControlPolicies: [], ResourceControlPolicies: [] }],
  };
  const answered: SourceAnswer = { status: 'collected', data, duplicateKeys: [] };
  const told: SourceAnswer = { ...answered, data: { ...data, ReadBy: hub } };
  for (const stored of [null, { ...CENTRAL, parents: {} }]) {
    const itself = await collected(stored, { own: answered, asked: told });
    expect([itself.calls[0], itself.calls.includes('asked')]).toEqual(['own', false]);
    expect(itself.entry).not.toHaveProperty('readBy');
    const helped = await collected(stored, { own: DENIED, asked: told });
    expect(helped.entry).toMatchObject({ status: 'collected', readBy: hub });
    expect(helped.entry?.readAt).toBe('2026-08-23T10:15:00.000Z');
    const refused = await collected(stored, { own: DENIED, asked: { status: 'failed', detail: 'x' } });
    expect(refused.entry).toMatchObject(DENIED);
    expect(refused.entry).not.toHaveProperty('readBy');
  }
});

test('a scan of an organisation stores them for its run, and continues without them if they are refused', async () => {
  const store = memoryStore();
  const account = { accountId: member, name: 'a', state: 'ACTIVE' };
  const organization = { all: async () => [account], under: async () => [account] };
  const ports = { store, organization, clock: tickingClock(), ownAccount: async () => hub };
  const planned = (accountIds: readonly string[], guardrails: () => Promise<OrganizationGuardrails | null>) =>
    plan({ ...ports, guardrails }, { accountIds });
  const read = await planned(['organization'], async () => CENTRAL);
  expect(read.guardrails).toBe('read for all accounts');
  expect(await readGuardrails(store, read.run)).toEqual(CENTRAL);
  const refused = await planned(['organization'], async () => {
    throw new Error('not you');
  });
  expect(refused).toMatchObject({
    guardrails: 'not read: Error: not you',
    accounts: [{ accountId: member }],
  });
  expect(await readGuardrails(store, refused.run)).toBeNull();
  const byId = await planned([member], async () => CENTRAL);
  expect(await readGuardrails(store, byId.run)).toBeNull();
});

test.each(['{', 'null', '{"schemaVersion":1}', '{"schemaVersion":2}'])(
  'damaged guardrails count as not read: %s',
  async (body) => {
    const store = memoryStore();
    await writeGuardrails(store, 'run-1', CENTRAL);
    await store.replace(
      'plans/run-1/guardrails.json',
      body,
      (await store.get('plans/run-1/guardrails.json'))?.etag ?? '',
    );
    expect(await readGuardrails(store, 'run-1')).toBeNull();
  },
);
