import { describe, expect, it } from 'vitest';
import { plan, runName } from '../../lib/pipeline/plan.ts';

const clock = { now: () => new Date('2026-08-23T10:15:00.000Z') };
const ownAccount = async () => '111122223333';

describe('plan', () => {
  it('scans the account it runs in when none is listed', async () => {
    const planned = await plan({ ownAccount, clock }, { accountIds: ['', ' '] });
    expect(planned.accounts).toEqual([{ accountId: '111122223333', prefix: 'accounts/111122223333/' }]);
    expect(planned.run).toMatch(/^2026-08-23T10-15-00\.000Z-[0-9a-f]{6}$/);
  });

  it('scans the listed accounts, each once', async () => {
    const accountIds = ['444455556666', ' 222233334444', '444455556666'];
    const { accounts } = await plan({ ownAccount, clock }, { accountIds });
    expect(accounts.map(({ accountId }) => accountId)).toEqual(['222233334444', '444455556666']);
  });

  it('refuses what is no account id', async () => {
    await expect(plan({ ownAccount, clock }, { accountIds: ['../x'] })).rejects.toThrow(
      '`../x` is not an account id: list ids of 12 digits, separated by commas',
    );
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
