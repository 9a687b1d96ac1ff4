import type { CompiledPolicy } from '../evaluator/compile.ts';
import type { Subject } from '../matrix/account/account.ts';
import { asksWhatIsAttached } from '../matrix/account/attachable-policies.ts';
import { allowsEverything, hasAnyPolicy } from '../matrix/account/hypothetical-principals.ts';
import { deniesSome } from '../matrix/account/own-denies.ts';
import { allowsAsked, versionsOf } from '../matrix/account/policy-versions.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { remembered } from '../memory/remembered.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Changers } from './changers.ts';
import type { Compiled, DifferingList } from './own-denies-change.ts';

/** The policies of a group that give something, before and after a change. */
interface GroupPair {
  readonly was: readonly string[];
  readonly is: readonly string[];
}

/** Whether principals would gain by other policies and groups than before, if somebody gave these to them or wrote them. */
export class Gains {
  readonly #built: BuiltRows;
  readonly #after: Snapshot;
  readonly #compiled: Compiled;
  readonly #changers: Changers;

  constructor(built: BuiltRows, after: Snapshot, compiled: Compiled) {
    this.#built = built;
    this.#after = after;
    this.#compiled = compiled;
    this.#changers = Changers.of(built);
  }

  /** `lists`: those of every principal with other policies, real or hypothetical. */
  differ(lists: readonly DifferingList[]): boolean {
    return this.#byWriting(lists) || this.#byVersions() || this.#byAttaching(lists) || this.#byJoining(lists);
  }

  /** Somebody may write a policy that a principal gets or loses: whoever has it becomes stronger by that. */
  #byWriting(lists: readonly DifferingList[]): boolean {
    return [...new Set(lists.flatMap(movedIn))].some((id) => this.#changers.write(id));
  }

  /** A version is activated for what it allows, or because it lacks a Deny of the active one. */
  #byVersions(): boolean {
    const { was, changed } = this.#compiled;
    const { account } = this.#built.audited;
    return [...changed].some(([id, after]) => {
      const before = was(id);
      const isOther = before !== undefined && deniesSome(before) !== deniesSome(after);
      return isOther && versionsOf(id, account).length > 1 && this.#changers.write(id);
    });
  }

  /** What is worth attaching depends on all policies that may be attached, and on who has them. */
  #byAttaching(lists: readonly DifferingList[]): boolean {
    const { was, changed } = this.#compiled;
    const { attach, attachSome, create } = this.#changers;
    if (attach && this.#limitsOtherwise(lists)) return true;
    const managed = [...changed.keys()].filter(isManaged);
    if (create && managed.some((id) => was(id) === undefined)) return true;
    return attachSome && (managed.length > 0 || lists.some((one) => this.#isGivenOtherwise(one)));
  }

  /** Conditions on what is attached affect everybody, since they name the policies that are considered. */
  #limitsOtherwise(lists: readonly DifferingList[]): boolean {
    const { was, is, changed } = this.#compiled;
    const ids = new Set([...changed.keys(), ...lists.flatMap(movedIn)]);
    return [...ids].some((id) => [was(id), is(id)].some((one) => one && asksWhatIsAttached(one)));
  }

  #isGivenOtherwise(one: DifferingList): boolean {
    return movedIn(one).some(isManaged) || this.#haveAll(one.old, 'was') !== this.#haveAll(one.own, 'is');
  }

  #byJoining(lists: readonly DifferingList[]): boolean {
    if (!this.#changers.join) return false;
    const groups = this.#groups();
    const others = groups.filter(({ was, is }) => was.join() !== is.join());
    const changed = new Map(lists.map((one) => [one.p, one]));
    return [...this.#built.rows.subjects.entries()].some(([p, subject]) => {
      const list = changed.get(p);
      const asked = list ? groups : others;
      return (
        asked.length > 0 && this.#mayJoin(p, subject) && this.#joins(list ?? unchanged(p, subject), asked)
      );
    });
  }

  /** A user joins one group at most, and none if it has any policy. */
  #mayJoin(p: number, subject: Subject): boolean {
    return (
      subject.kind === 'user' &&
      this.#built.rows.escalations.joinedGroup(p) === null &&
      !hasAnyPolicy(subject)
    );
  }

  /** True if it would gain by one of these groups for the first time. One that gave it something may give nothing now. */
  #joins({ old, own }: DifferingList, groups: readonly GroupPair[]): boolean {
    if (this.#haveAll(own, 'is')) return false;
    const hadAll = this.#haveAll(old, 'was');
    return groups.some(({ was, is }) => lacks(own, is) && (hadAll || !lacks(old, was)));
  }

  #groups(): readonly GroupPair[] {
    const after = new Map(this.#after.groups.map(({ arn, policies }) => [arn, policies]));
    return this.#built.audited.account.snapshot.groups.map(({ arn, policies }) => ({
      was: this.#giving(policies, 'was'),
      is: this.#giving(after.get(arn) ?? [], 'is'),
    }));
  }

  /** Whoever only denies something, or allows what nobody asks, gives nothing. */
  #giving(ids: readonly string[], when: 'was' | 'is'): readonly string[] {
    return ids.filter((id) => {
      const policy = this.#compiled[when](id);
      return policy !== undefined && remembered(giving, policy, () => allowsAsked(policy));
    });
  }

  #haveAll(ids: readonly string[], when: 'was' | 'is'): boolean {
    return allowsEverything(ids.flatMap((id) => this.#compiled[when](id) ?? []));
  }
}

const giving = new WeakMap<CompiledPolicy, boolean>();

const lacks = (ids: readonly string[], others: readonly string[]): boolean =>
  others.some((id) => !ids.includes(id));

function unchanged(p: number, { layers }: Subject): DifferingList {
  const names = layers.identityPolicies.map(({ name }) => name);
  return { p, old: names, own: names };
}

/** The policies that a principal gets or loses. */
const movedIn = ({ old, own }: DifferingList): readonly string[] => [
  ...new Set(old).symmetricDifference(new Set(own)),
];

const isManaged = (id: string): boolean => !id.includes('#');
