import { describe, expect, it } from 'vitest';
import { plan, runName } from '../../lib/pipeline/plan.ts';
import { readScannedAccounts } from '../../lib/pipeline/scanned-accounts.ts';
import type { OrganizationAccount } from '../../lib/ports/organization-accounts.ts';
import { memoryStore } from './memory-store.ts';

const account = (accountId: string, state = 'ACTIVE'): OrganizationAccount => ({
  ...{ accountId, state },
  name: `account ${accountId}`,
});
const [OWN, A, B, C, GONE] = [
  '111122223333',
  '222233334444',
  '333344445555',
  '444455556666',
  '555566667777',
] as const;
const UNITS: Readonly<Record<string, readonly OrganizationAccount[]>> = {
  'ou-ab12-11111111': [account(A), account(GONE, 'SUSPENDED')],
  'ou-ab12-22222222': [account(B)],
  'r-ab12': [OWN, A, B, C].map((id) => account(id)),
};
const portsOf = (mostInState = 75) => ({
  ...{ store: memoryStore(), mostInState },
  ownAccount: async () => OWN,
  clock: { now: () => new Date('2026-08-23T10:15:00.000Z') },
  organization: {
    all: async () => [...[OWN, A, B, C].map((id) => account(id)), account(GONE, 'SUSPENDED')],
    under: async (parent: string) => UNITS[parent] ?? [],
  },
});
const idsOf = async (accountIds: readonly string[]) => {
  const planned = await plan(portsOf(), { accountIds });
  return 'accounts' in planned ? planned.accounts.map(({ accountId }) => accountId) : planned.list;
};

describe('plan', () => {
  it('scans its own account if none is listed', async () => {
    const ports = portsOf();
    const planned = await plan(ports, { accountIds: ['', ' '] });
    expect(planned).toMatchObject({ accounts: [{ accountId: OWN, prefix: `accounts/${OWN}/` }] });
    expect(planned.run).toMatch(/^2026-08-23T10-15-00\.000Z-[0-9a-f]{6}$/);
    expect(await ports.store.list('')).toEqual([]);
  });

  it('scans the listed accounts, each once', async () => {
    expect(await idsOf([C, ` ${A}`, C])).toEqual([A, C]);
  });

  it.each([
    [['organization'], [OWN, A, B, C]],
    [
      ['organization', `-${A}`],
      [OWN, B, C],
    ],
    [
      ['organization', '-ou-ab12-22222222'],
      [OWN, A, C],
    ],
    [['ou-ab12-11111111'], [A]],
    [
      ['ou-ab12-11111111', 'ou-ab12-22222222', C],
      [A, B, C],
    ],
    [
      ['r-ab12', '-ou-ab12-11111111', `- ${B}`],
      [OWN, C],
    ],
    // an account that is listed by id is scanned in any state: the scan reports why it cannot be read
    [[GONE], [GONE]],
  ])('reads %j from the organisation', async (listed, ids) => {
    expect(await idsOf(listed)).toEqual(ids);
  });

  it('stores the list of accounts for checks of events, with those that cannot be read', async () => {
    const ports = portsOf();
    const { run, suspended } = await plan(ports, { accountIds: ['organization', `-${C}`] });
    expect(suspended).toBe(1);
    expect(await readScannedAccounts(ports.store)).toEqual({
      ...{ schemaVersion: 1, run },
      accountIds: [OWN, A, B],
      suspended: [account(GONE, 'SUSPENDED')],
    });
    await plan(ports, { accountIds: ['ou-ab12-22222222'] });
    expect((await readScannedAccounts(ports.store))?.accountIds).toEqual([B]);
  });

  it("lists many accounts in the store, since a state's output is limited", async () => {
    const ports = portsOf(3);
    const planned = await plan(ports, { accountIds: ['organization'] });
    const { run } = planned;
    expect(planned).toEqual({
      ...{
        run,
        list: `plans/${run}/accounts.json`,
        results: `plans/${run}/results`,
        suspended: 1,
        guardrails: 'not asked for',
        directory: 'not asked for',
      },
    });
    const listed = await ports.store.get(`plans/${run}/accounts.json`);
    expect(JSON.parse(listed?.body ?? '')).toEqual(
      [OWN, A, B, C].map((accountId) => ({ accountId, prefix: `accounts/${accountId}/` })),
    );
  });

  it('passes on as many accounts as a state can hold', async () => {
    const ids = Array.from({ length: 75 }, (_, at) => String(100_000_000_000 + at));
    const planned = await plan(portsOf(75), { accountIds: ids });
    // the outcomes of the accounts need as much space as the accounts
    const outcomes = ids.map((accountId) => ({
      ...{ accountId, prefix: `accounts/${accountId}/`, failure: 'Lambda.TooManyRequestsException' },
    }));
    expect(JSON.stringify({ ...planned, outcomes }).length).toBeLessThan(256 * 1024);
  });

  it.each([
    ['../x', '`../x` is not an account id of 12 digits'],
    ['-organization', '`-organization` is not an account id'],
    ['ou-x', '`ou-x` is not an account id'],
    [`-${A}`, `\`-${A}\` only leaves accounts out: name what to scan, such as \`organization\``],
    [`${A},-${A}`, `no account is left of \`${A},-${A}\``],
  ])('rejects %s', async (entry, message) => {
    await expect(plan(portsOf(), { accountIds: entry.split(',') })).rejects.toThrow(message);
  });

  it('fails if the organisation does not answer, so that some accounts do not pass for all', async () => {
    const refuse = async () => {
      throw new Error('AccessDeniedException: not you');
    };
    const ports = { ...portsOf(), organization: { all: refuse, under: refuse } };
    await expect(plan(ports, { accountIds: ['organization'] })).rejects.toThrow('AccessDeniedException');
    expect(await ports.store.list('')).toEqual([]);
  });
});

describe('runName', () => {
  it('sorts by time and differs for two runs of one moment', () => {
    const early = runName(new Date('2026-08-23T10:15:00.000Z'));
    const late = runName(new Date('2026-08-23T10:15:00.001Z'));
    expect([late, early].sort()).toEqual([early, late]);
    const names = new Set(Array.from({ length: 50 }, () => runName(new Date(0))));
    expect(names.size).toBe(50);
  });
});
