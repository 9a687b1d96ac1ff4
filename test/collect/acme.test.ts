import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { type DocumentKind, parsePolicy } from '../../lib/policy/document.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { parseSnapshot } from '../../lib/snapshot/schema.ts';
import type { PolicyKind } from '../../lib/snapshot/snapshot.ts';

const root = join(import.meta.dirname, '../..');
const steps: string[] = [];
const source = folderSource(join(root, 'examples/acme'));
const acme = await collectAccount(source, new Date(0), { step: (text) => steps.push(text) });
const instances = instancesOf(acme);

const KINDS: Record<PolicyKind, DocumentKind> = {
  'aws-managed': 'identity',
  'customer-managed': 'identity',
  'earlier-version': 'identity',
  inline: 'identity',
  trust: 'trust',
  scp: 'scp',
  rcp: 'rcp',
};

describe('the example account', () => {
  it('is collected without a gap, a problem or an ignored file', () => {
    expect(acme.coverage.filter((entry) => entry.status !== 'collected' || entry.detail !== '')).toEqual([]);
    expect(acme.problems).toBeUndefined();
    expect(steps.filter((step) => step.startsWith('ignored'))).toEqual([]);
  });

  it('contains only policies that AWS would store', () => {
    for (const policy of acme.policies) {
      const { malformed, problems } = parsePolicy(policy.document, KINDS[policy.kind], policy.problems);
      expect({ id: policy.id, malformed, problems }).toEqual({
        id: policy.id,
        malformed: false,
        problems: [],
      });
    }
  });

  it('contains the document of every attached policy', () => {
    const known = new Set(acme.policies.map((policy) => policy.id));
    const owners = [...acme.users, ...acme.groups, ...acme.roles];
    expect(owners.flatMap((owner) => owner.policies).filter((id) => !known.has(id))).toEqual([]);
  });

  it('has one Windows instance, one stopped, one not registered with SSM and one with IMDSv1', () => {
    const registered = new Set(
      acme.regions.flatMap((region) => region.managedInstances?.map((one) => one.id) ?? []),
    );
    expect(instances).toHaveLength(8);
    expect(instances.filter((one) => one.platform === 'windows')).toHaveLength(1);
    expect(instances.filter((one) => one.state === 'stopped')).toHaveLength(1);
    expect(instances.filter((one) => !registered.has(one.id))).toHaveLength(1);
    expect(instances.filter((one) => one.metadata.httpTokens === 'optional')).toHaveLength(1);
  });

  it('refers only to things that it contains', () => {
    const groups = new Set(
      acme.regions.flatMap((region) => region.securityGroups?.map((group) => group.id) ?? []),
    );
    const profiles = new Set(acme.instanceProfiles.map((profile) => profile.arn));
    for (const one of instances) {
      for (const group of one.securityGroups) expect(groups).toContain(group);
      expect(profiles).toContain(one.instanceProfile);
    }
  });

  it('is stored and read back byte for byte', () => {
    const text = JSON.stringify(acme);
    expect(JSON.stringify(parseSnapshot(JSON.parse(text))) === text).toBe(true);
  });

  it('is described completely in docs/example.md', () => {
    const page = readFileSync(join(root, 'docs/example.md'), 'utf8');
    for (const one of instances) expect(page).toContain(one.id);
    for (const { name } of [...acme.users, ...acme.groups, ...acme.roles])
      expect(page).toContain(`\`${name}\``);
  });
});
