import { describe, expect, it, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { readManagedPolicies } from '../../bench/managed-policies.ts';
import { randomOf } from '../../bench/random.ts';
import { compileRecord } from '../../lib/matrix/account/compile-record.ts';
import { canonicalSnapshot } from '../../lib/snapshot/canonical.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { parseSnapshot } from '../../lib/snapshot/schema.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';

const size = { principals: 400, instances: 600, seed: 7 };
const account = generateAccount(size);
const instances = instancesOf(account);

const ids = (things: readonly { readonly id: string }[]) => things.map(({ id }) => id);

describe('a generated account', () => {
  it('is the same for the same size and seed, and differs for another seed', () => {
    const text = JSON.stringify(account);
    expect(JSON.stringify(generateAccount(size))).toBe(text);
    expect(JSON.stringify(generateAccount({ ...size, seed: 8 }))).not.toBe(text);
  });

  it.each([
    { principals: 1, instances: 1 },
    { principals: 2, instances: 40 },
    { principals: 45, instances: 3 },
    size,
  ])('has the wanted numbers of users, roles and instances: %o', ({ principals, instances: count }) => {
    const one = generateAccount({ principals, instances: count, seed: 1 });
    expect(one.users.length + one.roles.length).toBe(principals);
    expect(new Set(ids(instancesOf(one))).size).toBe(count);
    expect(new Set([...one.users, ...one.roles].map(({ arn }) => arn)).size).toBe(principals);
  });

  it('is a snapshot in canonical order', () => {
    expect(parseSnapshot(JSON.parse(JSON.stringify(account)))).toEqual(account);
    expect(JSON.stringify(canonicalSnapshot(account))).toBe(JSON.stringify(account));
  });

  it('contains only policies that AWS would store, and all that somebody has', () => {
    const malformed = account.policies.filter((record) => compileRecord(record).document.malformed);
    expect(ids(malformed)).toEqual([]);
    const known = new Set(ids(account.policies));
    const owners = [...account.users, ...account.groups, ...account.roles];
    const held = [...owners.flatMap(({ policies }) => policies), ...account.roles.map(({ trust }) => trust)];
    const boundaries = [...account.users, ...account.roles].flatMap(({ boundary }) => boundary ?? []);
    expect([...held, ...boundaries].filter((id) => !known.has(id))).toEqual([]);
    expect(new Set(boundaries).size).toBeGreaterThan(1);
  });

  it('refers only to things that it contains', () => {
    const groups = new Set(account.groups.map(({ name }) => name));
    expect(account.users.flatMap((user) => user.groups).filter((name) => !groups.has(name))).toEqual([]);
    const securityGroups = new Set(account.regions.flatMap((region) => ids(region.securityGroups ?? [])));
    expect(instances.flatMap((one) => one.securityGroups).filter((id) => !securityGroups.has(id))).toEqual(
      [],
    );
    const profiles = new Set(account.instanceProfiles.map(({ arn }) => arn));
    expect(instances.flatMap((one) => one.instanceProfile ?? []).filter((arn) => !profiles.has(arn))).toEqual(
      [],
    );
    const principals = new Set([...account.users, ...account.roles].map(({ arn }) => arn));
    const trusts = JSON.stringify(account.policies.filter(({ kind }) => kind === 'trust'));
    const trusted = [...trusts.matchAll(/"(arn:aws:iam::111122223333:(?:role|user)\/[^"]*)"/g)];
    expect(trusted.length).toBeGreaterThan(10);
    expect(
      trusted.map(([, arn]) => arn ?? '').filter((arn) => !principals.has(arn.split('#')[0] ?? '')),
    ).toEqual([]);
  });

  it('contains what makes real accounts difficult', () => {
    const large = generateAccount({ principals: 400, instances: 8000, seed: 7 });
    const tags = instancesOf(large).map((one) => one.tags.map(({ key }) => key));
    expect(tags.some((keys) => keys.length === 50)).toBe(true);
    expect(tags.some((keys) => keys.includes('team') && keys.includes('Team'))).toBe(true);
    expect(tags.some((keys) => !keys.includes('team'))).toBe(true);
    expect(instances.some(({ platform }) => platform === 'windows')).toBe(true);
    expect(account.users.some(({ policies, groups }) => policies.length + groups.length === 0)).toBe(true);
    expect(account.roles.some(({ policies }) => policies.length === 0)).toBe(true);
    const selves = account.roles.filter(({ arn, trust }) =>
      JSON.stringify(account.policies.find(({ id }) => id === trust)?.document).includes(`"${arn}"`),
    );
    expect(selves.length).toBeGreaterThan(0);
  });

  it('has groups, stacks, windows and container hosts', () => {
    const counts = account.regions.map((region) => [
      region.autoScalingGroups?.length ?? 0,
      region.stacks?.length ?? 0,
      region.windowTasks?.length ?? 0,
      region.containerInstances?.length ?? 0,
    ]);
    for (const place of [0, 1, 2, 3])
      expect(Math.max(...counts.map((of) => of[place] ?? 0))).toBeGreaterThan(0);
    const own = new Set(instances.map(({ id }) => id));
    const grouped = account.regions.flatMap((region) =>
      (region.autoScalingGroups ?? []).flatMap((one) => one.instances),
    );
    expect(grouped.length).toBeGreaterThan(instances.length / 3);
    expect(grouped.filter((id) => !own.has(id))).toEqual([]);
  });

  it('has more teams, policies and tags if it is larger, but not in proportion', () => {
    const twice = generateAccount({ principals: 800, instances: 1200, seed: 7 });
    const customer = ({ policies }: Snapshot) =>
      policies.filter(({ kind }) => kind === 'customer-managed').length;
    expect(customer(twice)).toBeGreaterThan(customer(account) * 1.2);
    expect(customer(twice)).toBeLessThan(customer(account) * 2);
  });
});

test('all policies that AWS manages are present, and none is malformed', () => {
  const managed = [...readManagedPolicies()];
  expect(managed.length).toBeGreaterThan(1500);
  const malformed = managed.filter(
    ([id, document]) =>
      compileRecord({ id, name: id, kind: 'aws-managed', document, problems: [] }).document.malformed,
  );
  expect(malformed.map(([id]) => id)).toEqual([]);
});

test('numbers look random, stay in their bounds and can be repeated', () => {
  const [one, two] = [randomOf(42), randomOf(42)];
  const counts = Array.from({ length: 8 }, () => 0);
  for (let i = 0; i < 8000; i++) {
    const drawn = one.int(8);
    expect(drawn).toBe(two.int(8));
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
  expect(one.hex(16)).toMatch(/^[0-9a-f]{16}$/);
  expect(one.fork('a').next()).not.toBe(one.fork('b').next());
});
