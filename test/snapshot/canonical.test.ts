import { describe, expect, it } from 'vitest';
import { canonicalSnapshot } from '../../lib/snapshot/canonical.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { account, allow } from '../fixtures/account.ts';

const text = (snapshot: Snapshot) => JSON.stringify(canonicalSnapshot(snapshot));

describe('canonical order', () => {
  it("gives equal bytes for equal accounts, whatever AWS's order is", () => {
    const users = [
      { name: 'bob', tags: { team: 'red', Team: 'blue' }, groups: ['ops', 'dev'] },
      {
        name: 'alice',
        policies: [
          { name: 'b', document: allow('ssm:*') },
          { name: 'a', document: allow('ec2:*') },
        ],
      },
    ];
    const instances = [
      {
        id: 'i-2',
        tags: { b: '2', a: '1' },
        privateIps: ['10.0.0.2', '10.0.0.1'],
        securityGroups: ['sg-2', 'sg-1'],
      },
      { id: 'i-1' },
    ];
    const turned = {
      users: [
        { ...users[1]!, policies: users[1]!.policies!.toReversed() },
        { ...users[0]!, tags: { Team: 'blue', team: 'red' }, groups: ['dev', 'ops'] },
      ],
      instances: [
        instances[1]!,
        {
          ...instances[0]!,
          tags: { a: '1', b: '2' },
          privateIps: ['10.0.0.1', '10.0.0.2'],
          securityGroups: ['sg-1', 'sg-2'],
        },
      ],
    };
    expect(text(account(turned))).toBe(text(account({ users, instances })));
  });

  it('keeps tag keys separate that differ in case only, and repeated ones', () => {
    const tags = [
      { key: 'team', value: 'b' },
      { key: 'Team', value: 'a' },
      { key: 'team', value: 'a' },
    ];
    const snapshot = account({ instances: [{ id: 'i-1', tags }] });
    expect(snapshot.regions[0]?.instances?.[0]?.tags).toEqual([
      { key: 'Team', value: 'a' },
      { key: 'team', value: 'a' },
      { key: 'team', value: 'b' },
    ]);
  });

  it('lists inline policies before attached ones', () => {
    const policies = [{ name: 'aaa', document: allow('ec2:*') }];
    const snapshot = account({ policies, users: [{ name: 'alice', policies: ['aaa', allow('ssm:*')] }] });
    expect(snapshot.users[0]?.policies).toEqual([
      'arn:aws:iam::111122223333:user/alice#policy-1',
      'arn:aws:iam::111122223333:policy/aaa',
    ]);
  });

  it('keeps the levels of the organisation root first', () => {
    const snapshot = account({ organization: [{ targetId: 'r-z' }, { targetId: 'ou-a' }] });
    expect(snapshot.organization?.levels.map((level) => level.targetId)).toEqual(['r-z', 'ou-a']);
  });
});
