import { describe, expect, it } from 'vitest';
import { parseSnapshot } from '../../lib/snapshot/schema.ts';
import { account, allow, regionOf } from '../fixtures/account.ts';

const full = account({
  users: [{ name: 'alice', policies: [allow('ssm:*')], boundary: allow('*'), tags: { a: 'b' } }],
  groups: [{ name: 'dev' }],
  roles: [{ name: 'web' }],
  instances: [{ id: 'i-1', role: 'web' }],
  organization: [{ scps: [allow('*')] }],
  regions: { 'eu-west-1': regionOf('eu-west-1', { instances: null, managedInstances: null }) },
});
const stored = () => JSON.parse(JSON.stringify(full));

describe('a stored snapshot', () => {
  it('is read back unchanged', () => {
    const kept = [
      { call: 'ec2.describe-images', region: 'us-east-1', argument: null, data: { Images: [{}] } },
    ];
    const snapshot = { ...stored(), kept, problems: [{ path: 'a', message: 'b' }] };
    expect(parseSnapshot(snapshot)).toEqual(snapshot);
  });

  it('keeps a document that contains `__proto__` byte for byte', () => {
    const document = JSON.parse('{"__proto__":{"x":1},"Statement":[]}');
    const policies = [{ id: 'p', name: 'p', kind: 'inline', document, problems: [] }];
    const read = parseSnapshot(JSON.parse(JSON.stringify({ ...stored(), policies })));
    expect(JSON.stringify(read.policies[0]?.document)).toBe('{"__proto__":{"x":1},"Statement":[]}');
  });

  it.each<[string, (value: ReturnType<typeof stored>) => unknown]>([
    ['$.schemaVersion', (value) => ({ ...value, schemaVersion: 3 })],
    ['$.accountId', ({ accountId: _, ...rest }) => rest],
    [
      '$.regions[1].instances[0].state',
      (value) => {
        value.regions[1].instances[0].state = 7;
        return value;
      },
    ],
    ['$', () => null],
    ['$', () => []],
    ['$', () => 'snapshot'],
  ])('is refused at %s', (path, change) => {
    expect(() => parseSnapshot(change(stored()))).toThrow(`\`${path}\``);
  });
});
