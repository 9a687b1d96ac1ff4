import { statementsFor } from '../../evaluator/compile.ts';
import { type Formula, or } from '../../evaluator/formula.ts';
import type { Instance, Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account.ts';
import { assumeFromOutside, assumeRole } from '../assume-role.ts';
import type { Edge } from '../chains.ts';
import { type Bits, emptyBits, intersection, isEmpty, placesIn, setBit } from './bits.ts';
import type { RowCell } from './direct-rows.ts';
import type { Universe } from './universe.ts';

/** Roles by whom their trust policies let in, so that nobody is tried on a role that does not know him. */
export class RoleEdges {
  readonly #account: Account;
  readonly #index: ReadonlyMap<string, number>;
  /** roles that trust the whole account or everybody: the principal's own policies decide */
  readonly #open: readonly Role[];
  readonly #named = new Map<string, Role[]>();

  constructor(account: Account, subjects: readonly Subject[]) {
    this.#account = account;
    this.#index = new Map(
      subjects.flatMap((subject, i) => (subject.role ? [[subject.arn, i] as const] : [])),
    );
    const open = new Set<Role>();
    for (const { role, entry } of trustEntries(account)) {
      if (entry === '*' || isWholeAccount(entry, account.snapshot.accountId)) open.add(role);
      else this.#named.set(entry, [...(this.#named.get(entry) ?? []), role]);
    }
    this.#open = [...open];
  }

  of(subject: Subject): readonly Edge[] {
    if (subject.kind === 'outside-account')
      return this.#edges(subject, this.#account.snapshot.roles, assumeFromOutside);
    const named = [
      ...(this.#named.get(subject.arn) ?? []),
      ...(this.#named.get(subject.principal.id ?? '') ?? []),
    ];
    const open = mayAssume(subject)
      ? this.#open
      : this.#open.filter((role) => trustsEverybody(role, this.#account));
    return this.#edges(subject, [...new Set([...named, ...open])], assumeRole);
  }

  #edges(subject: Subject, roles: readonly Role[], assume: typeof assumeRole): readonly Edge[] {
    return roles.flatMap((role) => {
      const to = this.#index.get(role.arn);
      const open = assume(subject, role, this.#account);
      return to === undefined || open === false ? [] : [{ to, step: role.arn, open }];
    });
  }
}

/** Every principal that an Allow of a trust policy names, `*` for everybody. */
function* trustEntries(account: Account): Generator<{ readonly role: Role; readonly entry: string }> {
  for (const role of account.snapshot.roles) {
    for (const { effect, principals } of account.policies.get(role.trust)?.document.statements ?? []) {
      if (effect !== 'Allow' || !principals || principals.not) continue;
      if (principals.any) yield { role, entry: '*' };
      for (const entry of principals.aws) yield { role, entry };
    }
  }
}

function isWholeAccount(entry: string, accountId: string): boolean {
  return entry === accountId || entry.endsWith(`:${accountId}:root`);
}

/** Does any identity policy allow sts:AssumeRole on anything? */
function mayAssume(subject: Subject): boolean {
  return subject.layers.identityPolicies.some((policy) =>
    statementsFor(policy, 'sts:assumerole').some((statement) => statement.effect === 'Allow'),
  );
}

function trustsEverybody(role: Role, account: Account): boolean {
  return (
    account.policies
      .get(role.trust)
      ?.document.statements.some(({ principals }) => principals?.any === true) ?? false
  );
}

/** Where each role sits on instances: a shell there is a shell with the role. */
export class InstanceEdges {
  readonly #hosts: readonly {
    readonly to: number;
    readonly bits: Bits;
    readonly first: ReadonlyMap<number, number>;
  }[];
  readonly #instances: readonly Instance[];

  constructor(
    account: Account,
    subjects: readonly Subject[],
    instances: readonly Instance[],
    universe: Universe,
    isUseful: (subject: Subject) => boolean,
  ) {
    this.#instances = instances;
    const index = new Map(
      subjects.flatMap((subject, i) =>
        subject.role && isUseful(subject) ? [[subject.arn, i] as const] : [],
      ),
    );
    const profiles = new Map(
      account.snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]),
    );
    const hosts = new Map<number, { to: number; bits: Bits; first: Map<number, number> }>();
    for (const [i, instance] of instances.entries()) {
      for (const arn of (instance.instanceProfile && profiles.get(instance.instanceProfile)) || []) {
        const to = index.get(arn);
        if (to === undefined) continue;
        const host = hosts.get(to) ?? {
          to,
          bits: emptyBits(universe.representatives.length),
          first: new Map<number, number>(),
        };
        hosts.set(to, host);
        const place = universe.classOf[i] as number;
        setBit(host.bits, place);
        if (!host.first.has(place)) host.first.set(place, i);
      }
    }
    this.#hosts = [...hosts.values()];
  }

  of(from: number, shells: readonly RowCell[]): readonly Edge[] {
    return this.#hosts.flatMap(({ to, bits, first }) => {
      if (to === from) return [];
      const cells = shells
        .map((cell) => ({ cell, both: intersection(cell.bits, bits) }))
        .filter(({ both }) => !isEmpty(both));
      const sure = cells.filter(({ cell }) => cell.rest.rest === true);
      const best = sure.length > 0 ? sure : cells;
      if (best.length === 0) return [];
      const instance = best
        .flatMap(({ both }) => placesIn(both))
        .reduce((least, place) => Math.min(least, first.get(place) as number), Number.POSITIVE_INFINITY);
      const open = best.reduce<Formula>((sum, { cell }) => or(sum, cell.rest.open), false);
      return [{ to, step: (this.#instances[instance] as Instance).arn, open }];
    });
  }
}
