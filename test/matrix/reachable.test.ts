import { describe, expect, test } from 'vitest';
import { isReachable } from '../../lib/matrix/paths/reachable.ts';
import type { ConnectEndpoint, RegionSnapshot, SecurityGroupRule } from '../../lib/snapshot/snapshot.ts';
import { account } from '../fixtures/account.ts';

const rule = (some: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  ...{ protocol: 'tcp', fromPort: 22, toPort: 22, cidrs: [], groups: [], prefixLists: [] },
  ...some,
});
const OUT = [rule({ protocol: '-1', fromPort: null, toPort: null, cidrs: ['0.0.0.0/0'] })];
const ENDPOINT: ConnectEndpoint = {
  ...{ id: 'eice-9', arn: 'arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-9' },
  ...{ vpcId: 'vpc-9', subnetId: null, securityGroups: ['sg-eice'], preserveClientIp: null },
  ...{ state: 'create-complete', tags: [] },
};

interface Scene {
  readonly rules?: readonly SecurityGroupRule[];
  readonly publicIps?: readonly string[];
  readonly privateIps?: readonly string[];
  readonly endpoint?: Partial<ConnectEndpoint>;
  /** outbound rules of the endpoint's group */
  readonly out?: readonly SecurityGroupRule[];
  readonly groups?: readonly string[];
  readonly state?: string;
  readonly lists?: Partial<Pick<RegionSnapshot, 'prefixLists' | 'prefixListEntries' | 'publicAccessBlocks'>>;
}

const UNREAD = { prefixLists: null, prefixListEntries: null };
const CONSOLE = 'pl-03384955215625250';
const CONSOLE_V6 = 'pl-0b0b0b0b0b0b0b0b6';
const read = (cidrs: readonly string[]): NonNullable<Scene['lists']> => ({
  prefixLists: [
    { id: 'pl-own', name: 'office', owner: '111122223333' },
    { id: 'pl-s3', name: 'com.amazonaws.us-east-1.s3', owner: 'AWS' },
    { id: CONSOLE, name: 'com.amazonaws.us-east-1.ec2-instance-connect', owner: 'AWS' },
    { id: CONSOLE_V6, name: 'com.amazonaws.us-east-1.ipv6.ec2-instance-connect', owner: 'AWS' },
  ],
  prefixListEntries: [
    { id: 'pl-own', cidrs },
    { id: CONSOLE, cidrs: ['18.206.107.24/29'] },
  ],
});
const BLOCKED = { publicAccessBlocks: [{ mode: 'block-ingress', managedBy: null, exclusions: null }] };

function reachable(
  fact: 'ssh' | 'endpoint',
  { rules = [], endpoint, out = OUT, groups = ['sg-9'], lists = UNREAD, ...rest }: Scene,
): unknown {
  const { regions } = account({
    instances: [{ id: 'i-9', vpcId: 'vpc-9', securityGroups: groups, ...rest }],
  });
  const region: RegionSnapshot = {
    ...(regions[0] as RegionSnapshot),
    securityGroups: [
      { id: 'sg-9', name: 'ssh', vpcId: 'vpc-9', tags: [], ingress: rules, egress: [] },
      { id: 'sg-eice', name: 'out', vpcId: 'vpc-9', tags: [], ingress: [], egress: out },
    ],
    ...lists,
    connectEndpoints: endpoint ? [{ ...ENDPOINT, ...endpoint }] : [],
  };
  const instance = region.instances?.[0];
  if (!instance) throw new Error('no instance');
  const unknown = () => ({ works: null, because: null });
  return isReachable(fact, instance, region, { state: unknown, registers: unknown });
}

const PUBLIC = { publicIps: ['198.51.100.7'] };

describe('port 22', () => {
  test.each<[string, Scene, boolean | null]>([
    ['open to everybody', { ...PUBLIC, rules: [rule({ cidrs: ['0.0.0.0/0'] })] }, true],
    ['open to an office', { ...PUBLIC, rules: [rule({ cidrs: ['203.0.113.0/24'] })] }, true],
    ['open to nobody', { ...PUBLIC, rules: [] }, false],
    [
      'another port',
      { ...PUBLIC, rules: [rule({ fromPort: 443, toPort: 443, cidrs: ['0.0.0.0/0'] })] },
      false,
    ],
    ['a private instance behind a VPN', { rules: [rule({ cidrs: ['10.8.0.0/16'] })] }, null],
    ['a public one, open to the VPN alone', { ...PUBLIC, rules: [rule({ cidrs: ['100.64.0.0/10'] })] }, null],
    ['a private instance, open to everybody', { rules: [rule({ cidrs: ['0.0.0.0/0'] })] }, null],
    ['a prefix list', { ...PUBLIC, rules: [rule({ prefixLists: ['pl-03384955215625250'] })] }, null],
    [
      'a prefix list with an office in it',
      { ...PUBLIC, lists: read(['203.0.113.0/24']), rules: [rule({ prefixLists: ['pl-own'] })] },
      true,
    ],
    [
      'a prefix list with private networks alone',
      { ...PUBLIC, lists: read(['10.8.0.0/16']), rules: [rule({ prefixLists: ['pl-own'] })] },
      null,
    ],
    [
      'a prefix list of which a part was read',
      {
        ...PUBLIC,
        lists: { ...read([]), prefixListEntries: [{ id: 'pl-own', cidrs: [], isPart: true }] },
        rules: [rule({ prefixLists: ['pl-own'] })],
      },
      null,
    ],
    [
      'an empty prefix list',
      { ...PUBLIC, lists: read([]), rules: [rule({ prefixLists: ['pl-own'] })] },
      false,
    ],
    [
      'a prefix list without its entries',
      { ...PUBLIC, lists: read([]), rules: [rule({ prefixLists: ['pl-shared'] })] },
      null,
    ],
    [
      "AWS's own list for Instance Connect",
      { ...PUBLIC, lists: read([]), rules: [rule({ prefixLists: [CONSOLE] })] },
      true,
    ],
    [
      'another list of AWS, whose services are nobody',
      { ...PUBLIC, lists: read([]), rules: [rule({ prefixLists: ['pl-s3'] })] },
      false,
    ],
    [
      "AWS's own list for Instance Connect, and a private instance",
      { lists: read([]), rules: [rule({ prefixLists: [CONSOLE] })] },
      false,
    ],
    [
      'open to everybody, but blocked',
      { ...PUBLIC, lists: BLOCKED, rules: [rule({ cidrs: ['0.0.0.0/0'] })] },
      null,
    ],
    [
      "AWS's own list for Instance Connect, but blocked",
      { ...PUBLIC, lists: { ...read([]), ...BLOCKED }, rules: [rule({ prefixLists: [CONSOLE] })] },
      false,
    ],
    [
      'an endpoint, and public access is blocked',
      { ...PUBLIC, lists: BLOCKED, rules: [rule({ groups: ['sg-eice'] })], endpoint: {} },
      true,
    ],
    ['groups that name each other', { rules: [rule({ groups: ['sg-9'] })] }, null],
    ['a group that was not collected', { ...PUBLIC, groups: ['sg-9', 'sg-gone'] }, null],
    ['an IPv6 address', { publicIps: ['2001:db8::7'], rules: [rule({ cidrs: ['::/0'] })] }, true],
    ['open to IPv6 alone, and no such address', { ...PUBLIC, rules: [rule({ cidrs: ['::/0'] })] }, false],
    [
      'open to IPv4 alone, and a public address of IPv6',
      { privateIps: [], publicIps: ['2001:db8::7'], rules: [rule({ cidrs: ['0.0.0.0/0'] })] },
      false,
    ],
    [
      "AWS's own list for Instance Connect over IPv6, and no such address",
      { ...PUBLIC, lists: read([]), rules: [rule({ prefixLists: [CONSOLE_V6] })] },
      false,
    ],
    [
      "AWS's own list for Instance Connect over IPv6",
      { publicIps: ['2001:db8::7'], lists: read([]), rules: [rule({ prefixLists: [CONSOLE_V6] })] },
      true,
    ],
    ['an endpoint', { rules: [rule({ groups: ['sg-eice'] })], endpoint: {} }, true],
    ['an endpoint that failed', { rules: [], endpoint: { state: 'create-failed' } }, false],
  ])('%s', (_name, scene, expected) => {
    expect(reachable('ssh', scene)).toBe(expected);
  });
});

describe('an endpoint', () => {
  const letIn = { rules: [rule({ groups: ['sg-eice'] })] };
  const v6 = { ...letIn, privateIps: [], publicIps: ['2001:db8::7'] };
  test.each<[string, Scene, boolean | null]>([
    ['that is let in', { ...letIn, endpoint: {} }, true],
    ['that failed', { ...letIn, endpoint: { state: 'create-failed' } }, false],
    ['that is being deleted', { ...letIn, endpoint: { state: 'delete-in-progress' } }, false],
    ['that is not let in', { endpoint: {} }, false],
    [
      'whose group lets out to that instance',
      { ...letIn, endpoint: {}, out: [rule({ groups: ['sg-9'] })] },
      true,
    ],
    ['whose group lets out elsewhere', { ...letIn, endpoint: {}, out: [rule({ groups: ['sg-8'] })] }, false],
    [
      'whose group lets out to another port',
      { ...letIn, endpoint: {}, out: [rule({ cidrs: ['0.0.0.0/0'], fromPort: 443, toPort: 443 })] },
      false,
    ],
    ['whose group has no outbound rule', { ...letIn, endpoint: {}, out: [] }, null],
    ['whose group has no outbound rule, and is not let in', { endpoint: {}, out: [] }, false],
    [
      'whose group was not read',
      { ...letIn, endpoint: { securityGroups: ['sg-eice', 'sg-gone'] }, out: [] },
      null,
    ],
    [
      'with a group that was not read, and one that lets out',
      { ...letIn, endpoint: { securityGroups: ['sg-eice', 'sg-gone'] } },
      true,
    ],
    ['whose groups are not told', { ...letIn, endpoint: { securityGroups: [] } }, null],
    ['of an instance in no known state', { ...letIn, endpoint: {}, state: 'unknown' }, null],
    ['that is not let in, of such an instance', { endpoint: {}, state: 'unknown' }, false],
    ['whose address may be let in', { rules: [rule({ cidrs: ['10.0.0.0/16'] })], endpoint: {} }, null],
    ['that may be in a prefix list', { rules: [rule({ prefixLists: ['pl-1'] })], endpoint: {} }, null],
    ['of IPv4, and an instance of IPv6 alone', { ...v6, endpoint: {} }, false],
    ['of both, and an instance of IPv6 alone', { ...v6, endpoint: { ipAddressType: 'dualstack' } }, true],
    ['of IPv4, let in over IPv6 alone', { rules: [rule({ cidrs: ['::/0'] })], endpoint: {} }, false],
    ['of IPv6, and an instance of IPv4 alone', { ...letIn, endpoint: { ipAddressType: 'ipv6' } }, false],
  ])('%s', (_name, scene, expected) => {
    expect(reachable('endpoint', scene)).toBe(expected);
  });
});
