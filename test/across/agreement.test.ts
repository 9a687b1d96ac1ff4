import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountReach } from '../../lib/render/org/account-reach.ts';
import { type OrgReach, orgReach } from '../../lib/render/org/org-reach.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import '../fixed-seed.ts';
import { account, allow } from '../fixtures/account.ts';
import {
  type NaiveAccount,
  NaiveOrganization,
  type NaivePrincipal,
  type World,
} from './naive-organization.ts';
import { bordersOf, reachIn } from './organization.ts';

const IDS = ['111122223333', '444455556666', '777788889999'] as const;
const OURS = 'o-ours';
const SHELL = allow(['ssm:StartSession', 'ssmmessages:OpenDataChannel']);

const some = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
/** Usually nothing. */
const seldom = <T>(...values: readonly T[]): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: some(...values) });
const few = <T>(one: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength, maxLength });

const id = some(...IDS);
const roleArn = fc.tuple(id, some('r1', 'r2')).map(([of, name]) => `arn:aws:iam::${of}:role/${name}`);

/** The remaining conditions of these can be true together. */
const condition = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  {
    weight: 6,
    arbitrary: some<object>(
      { StringEquals: { 'sts:ExternalId': 'x' } },
      { StringEquals: { 'sts:ExternalId': ['x', 'y'] } },
      { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      { StringEquals: { 'aws:PrincipalOrgID': OURS } },
      { StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } },
      { StringNotEquals: { 'aws:PrincipalOrgID': OURS } },
      { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
      { StringNotEquals: { 'aws:PrincipalTag/team': 'red' } },
      { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
      { StringEquals: { 'aws:PrincipalAccount': [IDS[0], IDS[2]] } },
      { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/r*' } },
      { StringEquals: { 'aws:ResourceAccount': IDS[1] } },
      { StringLike: { 'aws:userid': 'AROA*' } },
    ),
  },
);

const principal = fc.oneof(
  { weight: 9, arbitrary: id.map((of) => ({ AWS: `arn:aws:iam::${of}:root` })) },
  { weight: 3, arbitrary: roleArn.map((AWS) => ({ AWS })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(id, some('u1', 'u2'))
      .map(([of, name]) => ({ AWS: `arn:aws:iam::${of}:user/${name}` })),
  },
  {
    weight: 1,
    arbitrary: some<unknown>('*', { AWS: IDS[0] }, { AWS: `AROA${IDS[1]}R1` }, { AWS: `AIDA${IDS[0]}U1` }),
  },
);

const statementOf = (part: object, Condition: object | undefined): object => ({
  ...part,
  ...(Condition && { Condition }),
});

const trust = fc
  .tuple(
    few(
      fc
        .tuple(principal, condition)
        .map(([Principal, when]) =>
          statementOf({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }, when),
        ),
      1,
      2,
    ),
    seldom<object>(
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sts:AssumeRole',
        Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
      },
      { Effect: 'Deny', Principal: { AWS: `arn:aws:iam::${IDS[0]}:user/u1` }, Action: 'sts:*' },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sts:AssumeRole',
        Condition: { StringNotEquals: { 'aws:PrincipalAccount': [IDS[0], IDS[1]] } },
      },
    ),
  )
  .map(([allows, denied]) => ({ Version: '2012-10-17', Statement: denied ? [...allows, denied] : allows }));

const resource = fc.oneof(
  { weight: 6, arbitrary: some('*') },
  { weight: 1, arbitrary: some('arn:aws:iam::*:role/r1', `arn:aws:iam::${IDS[1]}:role/*`) },
  { weight: 1, arbitrary: roleArn },
);
const policy = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(resource, condition).map(([on, when]) => allow('sts:AssumeRole', on, when)),
  },
  {
    weight: 1,
    arbitrary: roleArn.map((on) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: on }],
    })),
  },
  { weight: 1, arbitrary: fc.constant(allow('ec2:DescribeInstances')) },
);

const boundary = seldom(allow('sts:*'), allow('sts:AssumeRole', 'arn:aws:iam::*:role/r1'), allow('ec2:*'));
const team = fc.option(some('red', 'blue'), { freq: 2 });

const principalOf = (of: string, kind: 'user' | 'role', name: string) =>
  fc.record({ policies: few(policy, 1, 2), boundary, team, trust, opens: fc.boolean() }).map(
    ({ policies, boundary: limit, team: tag, trust: trusts, opens }): NaivePrincipal => ({
      ...{ arn: `arn:aws:iam::${of}:${kind}/${name}`, account: of },
      id: `${kind === 'user' ? 'AIDA' : 'AROA'}${of}${name.toUpperCase()}`,
      policies: kind === 'role' && opens ? [...policies, SHELL] : policies,
      ...(limit !== null && { boundary: limit }),
      ...(tag !== null && { team: tag }),
      ...(kind === 'role' && { trust: trusts, opens: opens && limit === null }),
    }),
  );

const level = some<readonly object[]>(
  ...[
    [allow('*')],
    [allow('*')],
    [allow('*')],
    [allow('*')],
    [allow('*')],
    [allow(['ssm:*', 'ssmmessages:*'])],
  ],
  [
    allow('*'),
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: 'sts:AssumeRole',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:ResourceOrgID': OURS } },
        },
      ],
    },
  ],
);
const limits = some<readonly object[]>(...[[], [], [], []], [
  {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sts:*',
        Resource: '*',
        Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': OURS } },
      },
    ],
  },
]);

const accountOf = (of: string) =>
  fc.record({ scp: level, rcp: limits, inside: fc.integer({ min: 0, max: 9 }).map((n) => n > 0) }).map(
    ({ scp, rcp, inside }): NaiveAccount => ({
      id: of,
      organization: inside ? OURS : null,
      scps: inside ? [[allow('*')], scp] : [],
      rcps: inside ? [[], rcp] : [],
    }),
  );

const organization = fc.record({
  accounts: fc.tuple(...IDS.map(accountOf)),
  principals: fc.tuple(
    ...IDS.flatMap((of) => [
      ...['u1', 'u2'].map((name) => principalOf(of, 'user', name)),
      ...['r1', 'r2'].map((name) => principalOf(of, 'role', name)),
    ]),
  ),
});

function snapshotOf(
  { id: accountId, organization: of, scps, rcps }: NaiveAccount,
  all: readonly NaivePrincipal[],
): Snapshot {
  const own = all.filter((one) => one.account === accountId);
  const inputOf = ({
    arn,
    id: own_,
    policies,
    boundary: limit,
    team: tag,
    trust: trusts,
  }: NaivePrincipal) => ({
    ...{ name: arn.split('/')[1] as string, id: own_, policies },
    ...(limit && { boundary: limit }),
    ...(tag !== undefined && { tags: { team: tag } }),
    ...(trusts && { trust: trusts }),
  });
  return account({
    accountId,
    users: own.filter((one) => !one.trust).map(inputOf),
    roles: own.filter((one) => one.trust).map(inputOf),
    instances: [{ id: `i-${accountId}` }],
    organization: scps.map((scp, i) => ({
      targetId: i === 0 ? 'r-1' : accountId,
      scps: scp,
      rcps: rcps[i] ?? [],
    })),
    ...(of !== null && { organizationId: of }),
  });
}

const WORLDS: readonly World[] = [true, false].flatMap((mfa) =>
  ['192.0.2.7', '203.0.113.9'].map((ip) => ({ mfa, ip, externalIds: [null, 'x', 'y'] })),
);
const NOTHING: World = { mfa: false, ip: '203.0.113.9', externalIds: [null] };

/** The caller chooses the external id, in every world. */
function holds({ condition: when }: AccountReach, { mfa, ip }: World): boolean {
  return (when?.anyOf ?? [{ allOf: [] }]).some(({ allOf }) =>
    allOf.every(({ key }) => {
      if (/multifactor/i.test(key)) return mfa;
      if (/sourceip/i.test(key)) return ip.startsWith('192.0.2.');
      expect(key).toMatch(/ExternalId/i);
      return true;
    }),
  );
}

const accountsOf = (all: Iterable<NaivePrincipal>): ReadonlySet<string> =>
  new Set([...all].map(({ account: of }) => of));

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=2000`. */
const numRuns = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 60);

interface Seen {
  readonly world: World;
  readonly away: ReadonlySet<NaivePrincipal>;
  readonly home: ReadonlySet<NaivePrincipal>;
}

/** Every reported access exists in each world that meets its condition. */
function mustHold(each: AccountReach, worlds: readonly Seen[], atLeast: Seen): void {
  const meeting = [
    ...worlds.filter(({ world }) => holds(each, world)),
    ...(each.verdict === 'allowed' ? [atLeast] : []),
  ];
  for (const { world, away } of meeting)
    expect([each, world, accountsOf(away).has(each.accountId)]).toEqual([each, world, true]);
}

function mustBeAll(found: readonly AccountReach[], worlds: readonly Seen[]): void {
  const ever = new Set(worlds.flatMap(({ away }) => [...away]));
  // access in one's own account without leaving it is reported there
  const own = new Set(worlds.flatMap(({ home }) => [...home]));
  const must = accountsOf([...ever].filter((role) => !own.has(role)));
  const said = found.map(({ accountId }) => accountId);
  expect([...must].filter((of) => !said.includes(of))).toEqual([]);
  expect(said.filter((of) => !accountsOf(ever).has(of))).toEqual([]);
}

/** The page searches once for starts with equal edges. */
function mustBeTheSame({ groups }: OrgReach, one: ReadonlyMap<string, readonly AccountReach[]>): void {
  const told = groups.flatMap((group) => group.principals.map((arn) => [arn, group.accounts] as const));
  const alone = [...one].filter(([, accounts]) => accounts.length > 0);
  expect(new Map(told)).toEqual(new Map(alone));
}

test('the reached accounts agree with a naive search, in every state of the world', {
  timeout: 0,
}, () => {
  fc.assert(
    fc.property(organization, ({ accounts, principals }) => {
      const naive = new NaiveOrganization(accounts, principals);
      const borders = bordersOf(...accounts.map((one) => snapshotOf(one, principals)));
      const reach = reachIn(borders);
      mustBeTheSame(orgReach(borders, []), reach);
      for (const one of principals.filter(({ trust: trusts }) => !trusts)) {
        const found = reach.get(one.arn) ?? [];
        const seen = (world: World): Seen => ({ world, ...naive.reached(one, world) });
        const worlds = WORLDS.map(seen);
        mustBeAll(found, worlds);
        for (const each of found) mustHold(each, worlds, seen(NOTHING));
      }
    }),
    { numRuns },
  );
});
