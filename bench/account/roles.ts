import type { InstanceProfile, Role } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { Random } from '../random.ts';
import type { Company } from './company.ts';
import { inOrder } from './groups.ts';
import type { PolicyShelf } from './policy-shelf.ts';
import { ROLE_KINDS } from './role-kinds.ts';
import type { RoleKind, RolePlace, RolePlan } from './role-plan.ts';

export interface RolePart {
  readonly roles: readonly Role[];
  readonly profiles: readonly InstanceProfile[];
}

export function makeRoles(company: Company, count: number, shelf: PolicyShelf, random: Random): RolePart {
  const arn = (path: string, name: string) => `arn:aws:iam::${company.accountId}:role${path}${name}`;
  const place: RolePlace = { company, shelf, random, counts: countsOf(count), arn };
  const roles: Role[] = [];
  const profiles: InstanceProfile[] = [];
  for (const [kind, howMany] of place.counts) {
    const plan = ROLE_KINDS.find((one) => one.kind === kind)?.plan;
    for (let k = 0; plan && k < howMany; k++) {
      const planned = plan(k, place);
      const role = roleOf(planned, place);
      roles.push(role);
      const profile = `arn:aws:iam::${company.accountId}:instance-profile${planned.path}${planned.name}`;
      if (planned.profile) profiles.push({ arn: profile, name: planned.name, roles: [role.arn] });
    }
  }
  return { roles: sortBy(roles, (role) => role.arn), profiles: sortBy(profiles, (profile) => profile.arn) };
}

/** By share; the first kinds of the table get what rounding leaves. */
function countsOf(count: number): ReadonlyMap<RoleKind, number> {
  const counts = new Map<RoleKind, number>();
  let left = count;
  for (const { kind, share, most } of ROLE_KINDS.toReversed()) {
    const wanted = Math.min(Math.floor(count * share), most ?? count, left);
    counts.set(kind, wanted);
    left -= wanted;
  }
  for (let i = 0; left > 0; i++, left--) {
    const kind = ROLE_KINDS[i % 4]?.kind ?? 'instance';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function roleOf(plan: RolePlan, { shelf, random, arn }: RolePlace): Role {
  const own = arn(plan.path, plan.name);
  return {
    arn: own,
    name: plan.name,
    id: `AROA${random.id(17)}`,
    path: plan.path,
    tags: plan.tags ?? [],
    policies: inOrder(own, plan.policies),
    boundary: plan.boundary ?? null,
    trust: shelf.trust(own, plan.trust),
    // the call that lists all roles does not return it
    maxSessionDuration: null,
    lastUsed: random.chance(0.8) ? `2026-0${1 + random.int(8)}-15T08:00:00.000Z` : null,
  };
}
