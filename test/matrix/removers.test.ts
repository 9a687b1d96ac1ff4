import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Subject } from '../../lib/matrix/account/account.ts';
import { AgentChannels } from '../../lib/matrix/account/agent-channels.ts';
import { type AuditedAccount, auditedAccount } from '../../lib/matrix/account/audited-account.ts';
import { askAlternatives, decide } from '../../lib/matrix/account/one-cell.ts';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { asRemover, type Remover, Removers } from '../../lib/matrix/answers/removers.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { inTheWay } from '../../lib/matrix/paths/in-the-way.ts';
import { REMOVALS, type Removal } from '../../lib/matrix/paths/obstacles.ts';
import { isReachable } from '../../lib/matrix/paths/reachable.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, account, allow, deny } from '../fixtures/account.ts';
import { anyAccount } from './arbitrary-account.ts';

const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 100);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

/** The slow way: each principal is evaluated separately on one instance. */
function naive(audited: AuditedAccount, removal: Removal, instance: Instance): readonly Remover[] {
  const { account: known } = audited;
  return known.subjects.map(asRemover).flatMap((subject: Subject) => {
    const asked = removal.alternatives.flatMap((one) => askAlternatives(one, instance, subject, known));
    const { verdict, condition } = decide(asked, subject.given);
    if (verdict === 'denied') return [];
    const isKnown = subject.missing === null;
    const told = isKnown ? { verdict, condition } : ({ verdict: 'unknown', condition: null } as const);
    return [{ principal: subject.arn, ...told }];
  });
}

test('whole rows and single requests agree on who removes which obstacle', () => {
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      const audited = auditedAccount(snapshot);
      const instances = instancesOf(snapshot);
      const removers = new Removers(audited, instances);
      for (const removal of REMOVALS)
        for (const instance of instances) {
          const wanted = naive(audited, removal, instance);
          expect(removers.who(removal, instance)).toEqual(wanted);
          const counted = removers.removable([removal.obstacle], instance);
          expect(counted.find(({ action }) => action === removal.action)?.count).toBe(wanted.length);
        }
    }),
    { numRuns: runs },
  );
});

/** Some managed instances are lost, others offline; the console may be on; an address may be public. */
const anyScene = fc
  .tuple(
    anyAccount,
    fc.record({
      managed: fc.constantFrom('online', 'offline', 'none', 'unread' as const),
      serialConsoleEnabled: fc.constantFrom(true, false, null),
      block: fc.constantFrom('off', 'block-ingress', null),
      publicIps: fc.constantFrom([], ['198.51.100.7']),
      profile: fc.boolean(),
      state: fc.constantFrom('running', 'stopped', 'pending'),
      keyName: fc.constantFrom(null, 'key'),
      rootDeviceType: fc.constantFrom('ebs', 'instance-store', null),
    }),
  )
  .map(([snapshot, { managed, serialConsoleEnabled, block, profile, ...facts }]): Snapshot => {
    const changed = (region: RegionSnapshot): RegionSnapshot => ({
      ...region,
      serialConsoleEnabled,
      publicAccessBlocks: block && [{ mode: block, managedBy: 'account', exclusions: 'allowed' }],
      instances: (region.instances ?? []).map((one) => ({
        ...one,
        ...(facts as Partial<Instance>),
        ...(profile ? {} : { instanceProfile: null }),
      })),
      managedInstances: managedIn(region, managed),
    });
    return { ...snapshot, regions: snapshot.regions.map(changed) };
  });

function managedIn({ managedInstances }: RegionSnapshot, how: string): RegionSnapshot['managedInstances'] {
  if (how === 'unread') return null;
  if (how === 'none') return [];
  const pingStatus = how === 'online' ? 'Online' : 'ConnectionLost';
  return (managedInstances ?? []).map((one) => ({ ...one, pingStatus }));
}

test('there is an obstacle exactly if a path would not work', () => {
  fc.assert(
    fc.property(anyScene, (snapshot) => {
      const { account: known, paths } = auditedAccount(snapshot);
      const agents = new AgentChannels(known);
      for (const instance of instancesOf(snapshot))
        for (const { fact } of paths) {
          const region = known.regions.get(instance.region);
          const named = inTheWay(fact, instance, region, agents);
          // the approval is needed even if everything works
          expect(named.includes('not-approved')).toBe(fact === 'approved-session');
          const reached = isReachable(fact, instance, region, agents);
          // a private network may lead there in spite of a block of public access
          const isOnlyBlocked = reached === null && named.join() === 'public-access-blocked';
          const isNamed = !isOnlyBlocked && named.some((obstacle) => obstacle !== 'not-approved');
          expect([fact, isNamed]).toEqual([fact, reached === false]);
        }
    }),
    { numRuns: runs },
  );
});

const EVE = `arn:aws:iam::${ACCOUNT_ID}:user/eve`;
const [MAX, OPS] = [`arn:aws:iam::${ACCOUNT_ID}:user/max`, `arn:aws:iam::${ACCOUNT_ID}:role/ops`];

test('a cell counts who may remove its obstacles, and explain names them', () => {
  const snapshot = account({
    instances: [{ id: 'i-1', state: 'stopped' }],
    users: [
      { name: 'eve', policies: [allow('ec2-instance-connect:SendSerialConsoleSSHPublicKey')] },
      {
        name: 'max',
        policies: [
          allow('ec2:EnableSerialConsoleAccess', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
        ],
      },
    ],
    roles: [{ name: 'ops', policies: [allow(['ec2:StartInstances', 'ec2:EnableSerialConsoleAccess'])] }],
  });
  const name = { principal: EVE, instance: 'i-1', path: 'serial-console' } as const;
  const matrix = buildMatrix(snapshot);
  const [cell] = cellsOf(matrix, snapshot, name, { removable: true });
  expect(cell).toMatchObject({ reachable: false });
  expect(cell?.removable).toEqual([
    { obstacle: 'stopped', action: 'ec2:StartInstances', count: 1 },
    { obstacle: 'serial-console-off', action: 'ec2:EnableSerialConsoleAccess', count: 2 },
  ]);
  expect([...cellsOf(matrix, snapshot, name)][0]).not.toHaveProperty('removable');
  const told = explainCell(snapshot, name, matrix);
  if ('error' in told) throw new Error(told.error);
  expect(told.obstacles?.map(({ removals }) => removals[0]?.principals)).toEqual([
    [{ principal: OPS, verdict: 'allowed', condition: null }],
    [
      { principal: MAX, verdict: 'conditional', condition: expect.anything() },
      { principal: OPS, verdict: 'allowed', condition: null },
    ],
  ]);
});

/** Who may make the request of a removal, by name, with the verdict. */
function removersOf(
  snapshot: Snapshot,
  obstacle: Removal['obstacle'],
  action: string,
): Record<string, string> {
  const removers = new Removers(auditedAccount(snapshot), instancesOf(snapshot));
  const removal = REMOVALS.find((one) => one.obstacle === obstacle && one.action === action) as Removal;
  const [instance] = instancesOf(snapshot);
  const all = removers.who(removal, instance as Instance);
  return Object.fromEntries(all.map(({ principal, verdict }) => [principal.split('/').at(-1), verdict]));
}

// https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
test('a policy that was not read may remove an obstacle, also by a role that its holder creates', () => {
  const SET = ['ssm:UpdateServiceSetting', 'iam:PassRole'];
  const user = (name: string, ...policies: readonly object[]) => ({
    name,
    policies: ['Unread', ...policies],
  });
  const snapshot = account({
    instances: [{ id: 'i-1', instanceProfile: null }],
    users: [
      user('unread'),
      user('half', allow(SET)),
      user('no-roles', deny('iam:CreateRole')),
      user('no-setting', deny('ssm:UpdateServiceSetting')),
      { name: 'full', policies: [allow([...SET, 'iam:CreateRole', 'iam:PutRolePolicy'])] },
      { name: 'no-policy', policies: [allow([...SET, 'iam:CreateRole'])] },
    ],
    policies: [{ name: 'Unread', document: null }],
  });
  expect(removersOf(snapshot, 'no-agent-role', 'ssm:UpdateServiceSetting')).toEqual({
    ...{ unread: 'unknown', half: 'unknown', full: 'allowed' },
  });
  expect(Object.keys(removersOf(snapshot, 'stopped', 'ec2:StartInstances')).sort()).toEqual([
    ...['half', 'no-roles', 'no-setting', 'unread'],
  ]);
});
