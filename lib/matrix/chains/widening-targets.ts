import { remembered } from '../../memory/remembered.ts';
import type { Role, User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { roleGivers } from '../account/directory.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { newGroups } from '../account/new-groups.ts';
import type { Newcomer } from '../account/new-principals.ts';
import { isOfAws } from '../account/own-denies.ts';
import { policyVersions, usefulVersions } from '../account/policy-versions.ts';
import type { Target } from '../account/target.ts';
import { type EqualTargets, equalTargets } from '../classes/target-classes.ts';
import type { Escalation } from '../paths/escalation.ts';
import type { Edge } from './chains.ts';
import { directoryKinds } from './directory-kinds.ts';

/** How a principal may be changed before another becomes it. */
export type WideningKind = 'any-policy' | 'no-boundary';

export interface Others {
  readonly account: Account;
  readonly hypotheticals: HypotheticalPrincipals;
  readonly users: ReadonlyMap<string, User>;
  readonly index: ReadonlyMap<string, number>;
  /** principals that somebody may create */
  readonly newcomers: () => readonly (Newcomer & { readonly to: number })[];
  /** the edges from a principal to others that it may become, by the wanted rows */
  readonly othersBy: (from: number, isWanted: (row: Escalation) => boolean) => readonly Edge[];
}

const NO_ENDS: readonly number[] = [];

/** The largest number of existing users that a principal is seen to put into a group before it becomes them. */
const MOST_JOINING = 4;

/** The targets of requests that make others stronger, and the principals affected. */
export class WideningTargets {
  readonly #given: Others;
  readonly #ends = new WeakMap<readonly Target[], readonly number[]>();
  readonly #groupEnds = new WeakMap<readonly Target[], readonly number[]>();
  readonly #freeEnds = new WeakMap<readonly Target[], readonly number[]>();
  readonly #bound = new Map<number, ReadonlyMap<string, readonly { readonly end: number }[]>>();
  readonly #boundEnds = new Map<string, readonly number[]>();
  readonly #setEnds: Readonly<Record<WideningKind, Map<string, readonly number[]>>> = {
    'any-policy': new Map(),
    'no-boundary': new Map(),
  };
  readonly #versionEnds = new Map<string, readonly number[]>();
  readonly #known = new Map<string, readonly Target[]>();
  #holders: ReadonlyMap<string, readonly number[]> | null = null;
  readonly #joiners = new Map<number, readonly number[]>();
  readonly #lists = new Map<string, readonly number[]>();

  constructor(given: Others) {
    this.#given = given;
  }

  /** Users, roles, groups or policies by which a principal can be made stronger. */
  of(row: Escalation): readonly Target[] {
    const { by, becomes, requests } = row;
    // fixed from here on: newcomers are found once
    const name = `${by} ${requests[0]?.on} ${becomes} ${this.#given.newcomers().length}`;
    return remembered(this.#known, name, () => this.#find(row));
  }

  #find(row: Escalation): readonly Target[] {
    const { account } = this.#given;
    const { groups, policies } = account.snapshot;
    const on = row.requests[0]?.on;
    if (on === 'self') return this.#selves(row);
    // what was not read is unknown anyway
    if (on === 'own-set')
      return roleGivers(account, 'permissionSets').filter(({ missing }) => missing === undefined);
    if (on === 'new-group') return newGroups(account);
    if (on === 'own-version')
      return [...policyVersions(account).keys()]
        .filter((arn) => usefulVersions(arn, account).length > 0 && this.versionEnds(arn).length > 0)
        .map((arn) => ({ arn, tags: null }));
    const all =
      on === 'own-group' || on === 'other-group'
        ? groups.map(({ arn }) => ({ arn, tags: [] }))
        : policies
            .filter(({ kind }) => kind === 'customer-managed')
            .map(({ id }) => ({ arn: id, tags: null }));
    if (on === 'other-group') return all;
    const ends = on === 'own-boundary' ? this.boundBy : this.holdersOf;
    return all.filter(({ arn }) => ends(arn).length > 0);
  }

  #selves({ by, becomes }: Escalation): readonly Target[] {
    const { account, index, newcomers } = this.#given;
    const { users, roles } = account.snapshot;
    const all: readonly (User | Role)[] = by === 'user' ? users : roles.filter((role) => !isOfAws(role));
    const known = all.filter(({ arn }) => index.has(arn));
    const made = newcomers().filter(({ subject }) => subject.kind === by);
    if (becomes !== 'no-boundary') return [...known, ...made.map(({ target }) => target)];
    const isBound = ({ boundary }: User | Role): boolean => boundary !== null;
    return [
      ...known.filter(isBound),
      ...made.filter(({ identity }) => isBound(identity)).map(({ target }) => target),
    ];
  }

  /** Targets that the principal's policies treat alike. */
  kindsFor(targets: readonly Target[], subject: Subject, row: Escalation): readonly EqualTargets<Target>[] {
    const { account } = this.#given;
    const on = row.requests[0]?.on;
    if (on === 'own-set') return directoryKinds(targets, 'permissionSets', row, { subject, account });
    const own = row.by === 'user' ? 'user/' : 'role/';
    const type = on === 'self' ? own : on?.endsWith('-group') ? 'group/' : 'policy/';
    const actions = row.requests.map(({ action }) => action);
    return equalTargets(targets, { type, actions }, subject, account);
  }

  /** The principals that gain something by a change of targets of this class. */
  endsOf(kind: EqualTargets<Target>, change: WideningKind): readonly number[] {
    const known = change === 'any-policy' ? this.#ends : this.#freeEnds;
    return remembered(known, kind, () =>
      kind.map(({ arn }) => this.#numberOf(arn)).filter((end) => this.#gains(end, change)),
    );
  }

  /** The principals that hold what is attached to targets of this class. */
  attachEnds(kind: EqualTargets<Target>, { requests }: Escalation): readonly number[] {
    if (requests[0]?.on === 'self') return this.endsOf(kind, 'any-policy');
    return remembered(this.#groupEnds, kind, () => [
      ...new Set(kind.flatMap(({ arn }) => this.holdersOf(arn))),
    ]);
  }

  #numberOf(arn: string): number {
    const { index, newcomers } = this.#given;
    return index.get(arn) ?? (newcomers().find(({ subject }) => subject.arn === arn)?.to as number);
  }

  #gains(end: number, change: WideningKind): boolean {
    const { hypotheticals } = this.#given;
    return hypotheticals.gains(hypotheticals.at(end), change);
  }

  /** The principals whose boundary is a policy. */
  boundBy = (arn: string): readonly number[] => {
    const { account, index, newcomers } = this.#given;
    const made = newcomers();
    const bound = remembered(this.#bound, made.length, () => {
      const own = account.subjects.flatMap((subject) => {
        const end = index.get(subject.arn);
        return end === undefined ? [] : [{ subject, end }];
      });
      const all = [...own, ...made.map(({ subject, to }) => ({ subject, end: to }))];
      return Map.groupBy(all, ({ subject }) => subject.layers.permissionsBoundary?.name ?? '');
    });
    return remembered(this.#boundEnds, `${arn} ${made.length}`, () =>
      (bound.get(arn) ?? []).map(({ end }) => end),
    );
  };

  /** The principals that have a policy, or have it as their boundary. Always the same list. */
  versionEnds(arn: string): readonly number[] {
    return remembered(this.#versionEnds, `${arn} ${this.#given.newcomers().length}`, () => [
      ...new Set([...this.holdersOf(arn), ...this.boundBy(arn)]),
    ]);
  }

  /** The roles of a permission set that gain something. Always the same list, since lists are compared by identity. */
  setEnds(arn: string, change: WideningKind): readonly number[] {
    const { account, index } = this.#given;
    return remembered(this.#setEnds[change], arn, () => {
      const set = roleGivers(account, 'permissionSets').find((one) => one.arn === arn);
      return (set?.roles ?? [])
        .flatMap((role) => index.get(role) ?? [])
        .filter((end) => this.#gains(end, change));
    });
  }

  /** The users that gain something. Any group may get any of them. */
  joiners = (): readonly number[] => {
    const { account, index, newcomers } = this.#given;
    const made = newcomers();
    return remembered(this.#joiners, made.length, () => {
      const own = account.snapshot.users.flatMap(({ arn }) => index.get(arn) ?? []);
      const all = [...own, ...made.filter(({ kind }) => kind === 'new-user').map(({ to }) => to)];
      return all.filter((end) => this.#gains(end, 'any-policy'));
    });
  };

  /** The users that a principal may become and put into a group: of those that exist the first. */
  usersOf(from: number): readonly number[] {
    const { hypotheticals, users, othersBy } = this.#given;
    const all = [...new Set(othersBy(from, isToUser).flatMap(({ to }) => to))].sort((a, b) => a - b);
    const isThere = (end: number): boolean => users.has(hypotheticals.at(end).subject.arn);
    return [...all.filter(isThere).slice(0, MOST_JOINING), ...all.filter((end) => !isThere(end))];
  }

  /** The same object for equal lists. */
  listOf(ends: readonly number[]): readonly number[] {
    return remembered(this.#lists, ends.join(), () => ends);
  }

  /** The principals with a managed policy, or in a group, that gain something. */
  holdersOf = (arn: string): readonly number[] => {
    this.#holders ??= this.#findHolders();
    return this.#holders.get(arn) ?? NO_ENDS;
  };

  #findHolders(): ReadonlyMap<string, readonly number[]> {
    const { account, index, users } = this.#given;
    const groups = new Map(account.snapshot.groups.map(({ name, arn }) => [name, arn]));
    const holders = new Map<string, number[]>();
    for (const { arn, layers } of account.subjects) {
      const end = index.get(arn);
      if (end === undefined || !this.#gains(end, 'any-policy')) continue;
      const joined = (users.get(arn)?.groups ?? []).flatMap((name) => groups.get(name) ?? []);
      for (const held of [...layers.identityPolicies.map(({ name }) => name), ...joined])
        remembered(holders, held, () => []).push(end);
    }
    return holders;
  }
}

/** Other rows lead to roles. */
const isToUser = ({ becomes }: Escalation): boolean => becomes === 'user' || becomes === 'new-user';
