import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldByText } from '../../lib/render/held-by-text.ts';
import { SetHolders } from '../../lib/snapshot/held-by.ts';
import type { IdentityCenter } from '../../lib/snapshot/identity-center.ts';

const arnOf = (set: string): string =>
  `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${set}_0123456789abcdef`;

const set = (name: string, groups: readonly string[] | null, people: readonly string[] | null = []) => ({
  ...{ arn: `arn:aws:sso:::permissionSet/ssoins-1/ps-${name}`, name, groups, people },
});
const group = (id: string, members: readonly string[] | null) => ({ id, name: `group ${id}`, members });
const people = (...ids: readonly string[]) => ids.map((id) => ({ id, name: `name of ${id}` }));
const text = (center: IdentityCenter | undefined, name = 'Ops'): string => {
  const held = new SetHolders(center ? { identityCenter: center } : {}).of(arnOf(name));
  return held === null ? 'no permission set' : heldByText(held);
};

describe("the holders of a permission set's role", () => {
  it('are its groups with their people, and people without a group', () => {
    const identityCenter = {
      permissionSets: [set('Ops', ['g'], ['p1'])],
      groups: [group('g', ['p2', 'p3', 'p4', 'p5', 'p6'])],
      people: people('p1', 'p2', 'p3', 'p4', 'p5'),
    };
    expect(text(identityCenter)).toBe(
      'permission set `Ops`: group `group g` (5 people: `name of p2`, `name of p3`, `name of p4` and 2 more), `name of p1` directly',
    );
    expect(new SetHolders({ identityCenter }).of(arnOf('Ops'))).toMatchObject({ people: 6, directCount: 1 });
  });

  it('are not read, and never nobody, if any of it is missing', () => {
    const groups = [group('g', null)];
    expect(text(undefined)).toBe('permission set `Ops`: who holds it was not read');
    expect(text({ permissionSets: [set('Ops', null, null)], groups, people: [] })).toBe(
      'permission set `Ops`: who holds it was not read',
    );
    // a role whose permission set was deleted
    expect(text({ permissionSets: [set('Read', ['g'])], groups, people: [] })).toBe(
      'permission set `Ops`: who holds it was not read',
    );
    const identityCenter = { permissionSets: [set('Ops', ['g'])], groups, people: [] };
    expect(text(identityCenter)).toBe('permission set `Ops`: group `group g` (its members were not read)');
    expect(new SetHolders({ identityCenter }).of(arnOf('Ops'))?.people).toBeNull();
    expect(text({ permissionSets: [set('Ops', [])], groups: [], people: [] })).toBe(
      'permission set `Ops`: nobody holds it',
    );
    expect(new SetHolders({ identityCenter }).of('arn:aws:iam::111122223333:user/ada')).toBeNull();
  });

  it('have names that cannot forge a line, and are limited', () => {
    const hostile = `x\u202e\n[CRITICAL] \`rm\` <b>${'y'.repeat(5000)}`;
    const identityCenter = {
      permissionSets: [set('Ops', ['g'], ['p'])],
      groups: [{ id: 'g', name: hostile, members: ['p'] }],
      people: [{ id: 'p', name: hostile }],
    };
    const told = text(identityCenter);
    expect(told).not.toMatch(/[\n\u202e]/);
    expect(told.length).toBeLessThan(1500);
  });

  it('are counted once each, however many lists are cut', () => {
    const ids = fc.uniqueArray(
      fc.nat(60).map((n) => `p${n}`),
      { maxLength: 40 },
    );
    const membership = fc.record({ direct: ids, groups: fc.array(ids, { maxLength: 40 }) });
    fc.assert(
      fc.property(membership, ({ direct, groups }) => {
        const identityCenter = {
          permissionSets: [
            set(
              'Ops',
              groups.map((_, n) => `g${n}`),
              direct,
            ),
          ],
          groups: groups.map((members, n) => group(`g${n}`, members)),
          people: [],
        };
        const held = new SetHolders({ identityCenter }).of(arnOf('Ops'));
        expect(held?.people).toBe(new Set([...direct, ...groups.flat()]).size);
        expect([held?.groupCount, held?.directCount]).toEqual([groups.length, direct.length]);
        expect(held?.groups?.length).toBeLessThanOrEqual(20);
        const each = new SetHolders({ identityCenter }).people(arnOf('Ops'));
        expect(each?.size).toBe(held?.people);
        for (const [id, { groups: of }] of each ?? [])
          expect(of).toHaveLength(groups.filter((members) => members.includes(id)).length);
      }),
    );
  });
});
