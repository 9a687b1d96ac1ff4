import type { CompiledPolicy } from '../evaluator/compile.ts';
import type { Account } from '../matrix/account/account.ts';
import {
  ANY_POLICY,
  allowsEverything,
  gainsByAnyPolicy,
  hasAnyPolicy,
} from '../matrix/account/hypothetical-principals.ts';
import { keptDenies } from '../matrix/account/kept-denies.ts';
import { deniesSome } from '../matrix/account/own-denies.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { once } from '../memory/once.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The policies before and after a change, by id. */
export interface Compiled {
  readonly was: (id: string) => CompiledPolicy | undefined;
  readonly is: (id: string) => CompiledPolicy | undefined;
  /** new policies, and those with changed content */
  readonly changed: ReadonlyMap<string, CompiledPolicy>;
}

export interface DifferingList {
  /** the principal, real or hypothetical */
  readonly p: number;
  readonly old: readonly string[];
  readonly own: readonly string[];
}

/** The Denies that a principal keeps when it gives itself any policy, before and after a change. */
export class OwnDenies {
  readonly #built: BuiltRows;
  readonly #compiled: Compiled;
  readonly #after: () => Account;
  readonly #mayHaveAnyPolicy: () => ReadonlySet<string>;

  constructor(built: BuiltRows, after: Snapshot, compiled: Compiled) {
    const { account } = built.audited;
    const policies = new Map([...account.policies, ...compiled.changed]);
    this.#built = built;
    this.#compiled = compiled;
    // who has which policy, through which group, and what these say
    this.#after = once(() => ({ ...account, policies, snapshot: after }));
    this.#mayHaveAnyPolicy = once(
      () => new Set(built.rows.subjects.filter(hasAnyPolicy).map(({ arn }) => arn)),
    );
  }

  /** True if the principal would keep other Denies, or would gain by removing some where it did not before. */
  differ({ p, old, own }: DifferingList): boolean {
    const { was, is, changed } = this.#compiled;
    const ids = [...new Set([...old, ...own])];
    const moved = ids.filter((id) => changed.has(id) || !old.includes(id) || !own.includes(id));
    if (!moved.some((id) => denies(was(id)) || denies(is(id)))) return false;
    const subject = this.#built.rows.subject(p);
    const [before, after] = [old.map(was), own.map(is)].map(known) as [Policies, Policies];
    const isMore = allowsEverything(before) || allowsEverything(after);
    if (!isMore && !this.#mayHaveAnyPolicy().has(subject.arn)) return false;
    const kept = keptDenies(subject, ANY_POLICY, this.#built.audited.account);
    const layers = { ...subject.layers, identityPolicies: after };
    const keptThen = keptDenies({ ...subject, layers }, ANY_POLICY, this.#after());
    const isSame = namesOf(kept) === namesOf(keptThen) && !kept.some(({ name }) => changed.has(name));
    return !isSame || gainsByAnyPolicy(before, () => kept) !== gainsByAnyPolicy(after, () => keptThen);
  }
}

type Policies = readonly CompiledPolicy[];

const denies = (policy: CompiledPolicy | undefined): boolean => policy !== undefined && deniesSome(policy);

const known = (policies: readonly (CompiledPolicy | undefined)[]): Policies =>
  policies.filter((policy) => policy !== undefined);

const namesOf = (policies: Policies): string => JSON.stringify(policies.map(({ name }) => name).toSorted());
