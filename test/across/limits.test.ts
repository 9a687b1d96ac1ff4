import { describe, expect, it } from 'vitest';
import { OrganizationBorders } from '../../lib/across/organization-borders.ts';
import type { WorkLimits } from '../../lib/across/organization-graph.ts';
import { COMPRESSED } from '../../lib/pipeline/border-file.ts';
import { type OrgReach, orgReach } from '../../lib/render/org/org-reach.ts';
import { account, allow } from '../fixtures/account.ts';
import { borderOfAccount } from './organization.ts';

const MANY = 40;
const idOf = (n: number): string => String(100_000_000_000 + n);

/** Accounts in a ring: a principal of each enters the next one, and continues from there. */
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

const MEMBERS = ['444455556666', '777788889999'] as const;

/**
 * Three principals of the hub may assume any role; each member trusts the hub, and the second one names another
 * principal too.
 */
const HUB = [
  account({
    accountId: '111122223333',
    users: ['ada', 'bob', 'cy'].map((name) => ({ name, policies: [allow('sts:AssumeRole')] })),
    instances: [],
  }),
  ...MEMBERS.map((accountId, n) =>
    account({
      accountId,
      roles: ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:user/cy']
        .slice(0, n + 1)
        .map((AWS, i) => ({
          name: `gate-${i}`,
          policies: [
            allow(
              i === 0 ? 'ec2:DescribeInstanceAttribute' : ['ssm:StartSession', 'ssmmessages:OpenDataChannel'],
            ),
          ],
          trust: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
          },
        })),
      instances: [{ id: `i-${n}` }],
    }),
  ),
].map(borderOfAccount);

describe('people of one account', () => {
  const groupsWith = (followed: number) => {
    const borders = new OrganizationBorders();
    for (const border of HUB) borders.add(border);
    const { groups } = orgReach(borders, [], { groups: 10, accounts: 10, followed });
    return new Map(
      groups.map(({ principals, accounts }) => [
        principals.join().split('/')[1],
        accounts.map(({ via }) => via),
      ]),
    );
  };

  it('are all listed, and one that is named alone gets more', () => {
    const told = groupsWith(Infinity);
    expect([...told.keys()].sort()).toEqual(['ada', 'bob', 'cy']);
    expect(told.get('bob')).toEqual(told.get('ada'));
    expect(
      told
        .get('ada')
        ?.flat()
        .map((arn) => arn.split(':')[5])
        .sort(),
    ).toEqual(['role/gate-0', 'role/gate-0']);
    expect(told.get('cy')?.flat()).toContain(`arn:aws:iam::${MEMBERS[1]}:role/gate-1`);
  });

  it('are searched for once if they have equal edges', () => {
    expect([...groupsWith(1).keys()].sort()).toEqual(['ada', 'bob']);
  });
});

/** Administrators, who may tag themselves: what each makes of itself differs only in the name. */
const TAGGERS = account({
  accountId: '111122223333',
  users: ['ada', 'bob', 'cy'].map((name) => ({
    name,
    policies: [
      allow(['sts:AssumeRole', 'iam:TagUser']),
      // decides by a tag, so that tagging makes somebody else of a person
      allow('ssm:StartSession', '*', { StringEquals: { 'aws:PrincipalTag/team': 'web' } }),
    ],
  })),
  instances: [{ id: 'i-1' }],
});

describe('people who may tag themselves', () => {
  const followedBy = (followed: number): readonly string[] => {
    const borders = new OrganizationBorders();
    for (const border of [borderOfAccount(TAGGERS), ...HUB.slice(1)]) borders.add(border);
    const { groups } = orgReach(borders, [], { groups: 10, accounts: 10, followed });
    return groups.flatMap(({ principals }) => principals).map((arn) => arn.split('/')[1] ?? '');
  };

  it('are searched for once if what they become is alike', () => {
    expect([...followedBy(Infinity)].sort()).toEqual(['ada', 'bob', 'cy']);
    // cy is named by a role, the others are not
    expect([...followedBy(1)].sort()).toEqual(['ada', 'bob']);
  });
});

/** Each account has two roles that trust everybody, of which the second gets onto production. */
const OPEN = Array.from({ length: 4 }, (_, n) =>
  borderOfAccount(
    account({
      accountId: idOf(n),
      users: [{ name: 'me', policies: [allow('sts:AssumeRole')] }],
      roles: ['read', 'work'].map((name) => ({
        name,
        policies: [allow(name === 'work' ? ['ssm:StartSession'] : 'ec2:DescribeInstanceAttribute')],
        trust: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }],
        },
      })),
      instances: [{ id: 'i-1', tags: n === 2 ? { env: 'prod' } : {} }],
    }),
  ),
);

describe('roles that trust everybody', () => {
  const told = (everybodys: number): OrgReach => {
    const borders = new OrganizationBorders();
    for (const border of OPEN) borders.add(border);
    return orgReach(borders, [], { groups: 100, accounts: 100, everybodys });
  };

  it('are all followed if they are few', () => {
    const { groups, left } = told(8 * 4);
    expect(left).toEqual([]);
    expect(groups.every(({ accountCount }) => accountCount === 3)).toBe(true);
  });

  it('are followed into production first, and the page says how many are left', () => {
    const { groups, left, unknown } = told(2 * 4);
    expect(new Set(groups.flatMap(({ accounts }) => accounts.map(({ accountId }) => accountId)))).toEqual(
      new Set([idOf(2)]),
    );
    expect(unknown).toEqual(left);
    expect(left).toEqual([
      {
        account: 'all accounts',
        why: expect.stringMatching(/^8 roles have trust policies that name everybody: chains into the 2 /),
      },
    ]);
  });
});

describe('chains across many accounts', () => {
  it('lead through more accounts than stay compiled', () => {
    const ofFirst = whole.groups.find(({ principals }) =>
      principals.includes(`arn:aws:iam::${idOf(0)}:user/me`),
    );
    expect(ofFirst).toMatchObject({ accountCount: MANY, strongest: 'root' });
    expect(whole.unknown).toEqual([]);
  });

  it('do not depend on how an account is stored', () => {
    expect(reachWith({}, new OrganizationBorders())).toEqual(whole);
  });

  it('are followed up to the limits, and the accounts that are left are named', () => {
    for (const work of [{ followed: 500 }, { asked: 20 }]) {
      const { groups, unknown } = reachWith(work);
      const told = new Map(whole.groups.map((one) => [one.principals.join(), one]));
      // what is reported is true
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
