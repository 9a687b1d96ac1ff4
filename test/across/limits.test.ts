import { describe, expect, it } from 'vitest';
import { OrganizationBorders } from '../../lib/across/organization-borders.ts';
import type { WorkLimits } from '../../lib/across/organization-graph.ts';
import { COMPRESSED } from '../../lib/pipeline/border-file.ts';
import { type OrgReach, orgReach } from '../../lib/render/org/org-reach.ts';
import { account, allow } from '../fixtures/account.ts';
import { borderOfAccount } from './organization.ts';

const MANY = 40;
const idOf = (n: number): string => String(100_000_000_000 + n);

/** Accounts in a ring: somebody of each comes into the next, and goes on from there. */
const RING = Array.from({ length: MANY }, (_, n) =>
  borderOfAccount(
    account({
      accountId: idOf(n),
      users: [{ name: 'me', policies: [allow('sts:AssumeRole')] }],
      roles: [
        {
          name: 'gate',
          policies: [allow(['ssm:StartSession', 'sts:AssumeRole'])],
          trust: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: `arn:aws:iam::${idOf((n + MANY - 1) % MANY)}:root` },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      ],
      instances: [{ id: 'i-1' }],
    }),
  ),
);

function reachWith(work: WorkLimits, borders = new OrganizationBorders(COMPRESSED)): OrgReach {
  for (const border of RING) borders.add(border);
  return orgReach(borders, [], { groups: 1000, accounts: 100, ...work });
}

const whole = reachWith({});

describe('chains across many accounts', () => {
  it('lead through more accounts than stand ready at a time', () => {
    const ofFirst = whole.groups.find(({ principals }) =>
      principals.includes(`arn:aws:iam::${idOf(0)}:user/me`),
    );
    expect(ofFirst).toMatchObject({ accountCount: MANY, strongest: 'root' });
    expect(whole.unknown).toEqual([]);
  });

  it('are the same however an account is kept', () => {
    expect(reachWith({}, new OrganizationBorders())).toEqual(whole);
  });

  it('are told as far as there is work for them; the accounts that are left are named', () => {
    for (const work of [{ followed: 500 }, { asked: 20 }]) {
      const { groups, unknown } = reachWith(work);
      const told = new Map(whole.groups.map((one) => [one.principals.join(), one]));
      // what is told is so
      expect(groups.length).toBeGreaterThan(0);
      for (const one of groups)
        expect(told.get(one.principals.join())?.accountCount).toBeGreaterThanOrEqual(one.accountCount);
      expect(groups.reduce((sum, { accountCount }) => sum + accountCount, 0)).toBeLessThan(
        whole.groups.reduce((sum, { accountCount }) => sum + accountCount, 0),
      );
      expect(unknown).toHaveLength(1);
      expect(unknown[0]?.account).toMatch(/^(\d{12}, ){4}\d{12} and \d+ more$/);
      expect(unknown[0]?.why).toContain('`latchkey org` follows them all');
    }
  });
});
