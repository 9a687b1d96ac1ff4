import type { CompiledPolicy } from '../evaluator/compile.ts';
import { isOriginKey } from '../matrix/account/session-origin.ts';
import { carriesUnread } from '../matrix/account/unread-roles.ts';
import { type BuiltRows, matrixOf, rowsLike, rowsOf } from '../matrix/build.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { once } from '../memory/once.ts';
import type { Instance, PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { changedPolicies, otherPolicies, type Precision, withRecord } from './account-change.ts';
import { AskedPaths } from './asked-paths.ts';
import { Base } from './base.ts';
import { type CellChange, CellChanges } from './cell-changes.ts';
import { DecidingChains } from './chain-ends.ts';
import { InstanceColumn } from './column.ts';
import { EdgeChange } from './edge-change.ts';
import { EquivalentClasses } from './equivalent-classes.ts';
import { additionOf, type InstanceChange } from './instance-change.ts';
import { HostChange } from './instance-role-change.ts';
import { matrixDifference } from './matrix-difference.ts';
import { NewDistinctions } from './new-distinctions.ts';
import { changedHolders } from './policy-change.ts';
import { PolicyReach } from './policy-reach.ts';
import { AccessChange } from './reach.ts';

/** The data for questions about instances; not computed for questions about policies only. */
interface OfInstances {
  readonly equivalents: EquivalentClasses;
  readonly asked: AskedPaths;
  readonly ends: DecidingChains;
  readonly instanceRoles: HostChange;
}

function ofInstances(base: Base): OfInstances {
  const equivalents = new EquivalentClasses(base.built);
  const asked = new AskedPaths(base.built, equivalents);
  const ends = new DecidingChains(base, asked);
  return { equivalents, asked, ends, instanceRoles: new HostChange(base.built) };
}

/**
 * A matrix that is built once and then answers what single changes would do to it. The answers equal those of a new
 * build.
 */
export class WhatIf {
  readonly #built: BuiltRows;
  readonly #base: () => Base;
  readonly #index: ReadonlyMap<string, number>;
  readonly #ofInstances: () => OfInstances;
  readonly #distinctions: () => NewDistinctions;
  /** policies have conditions on the origin of sessions, so each instance may matter everywhere */
  readonly #isOrigin: boolean;
  #matrix: Matrix | null = null;

  constructor(snapshot: Snapshot, built: BuiltRows = rowsOf(snapshot)) {
    this.#built = built;
    this.#base = once(() => new Base(built));
    this.#index = new Map(built.instances.map(({ id }, i) => [id, i]));
    this.#ofInstances = once(() => ofInstances(this.#base()));
    this.#distinctions = once(() => new NewDistinctions(built));
    this.#isOrigin = [...built.audited.account.policies.values()].some(asksForOrigin);
  }

  get matrix(): Matrix {
    const { built, groups, indirect } = this.#base();
    this.#matrix ??= matrixOf(built, groups, indirect);
    return this.#matrix;
  }

  /**
   * The effect of other tags or attributes of an instance; `after` null: of removing it. Null if that changes the
   * results of conditions on the origin of sessions, or if it has a role that was not read, before or after: build the
   * matrix again.
   */
  instance(id: string, after: Instance | null): readonly CellChange[] | null {
    const index = this.#index.get(id);
    if (index === undefined) throw new Error(`there is no instance \`${id}\` in the account`);
    const before = this.#built.instances[index] as Instance;
    return this.#changed({ index, rank: index, before, after });
  }

  /**
   * The effect of one more instance, after the others of its region. Its index is the length of the matrix's list. Null
   * as above.
   */
  added(instance: Instance): readonly CellChange[] | null {
    if (this.#index.has(instance.id))
      throw new Error(
        `there is an instance \`${instance.id}\` in the account: ask what another would change`,
      );
    return this.#changed(additionOf(instance, this.#built));
  }

  #changed(change: InstanceChange): readonly CellChange[] | null {
    if (this.#isOrigin && !isSameOrigin(change)) return null;
    const { rows, audited } = this.#built;
    if ([change.before, change.after].some((one) => one && carriesUnread(one, audited.account))) return null;
    const { equivalents, asked, ends, instanceRoles: roles } = this.#ofInstances();
    const column = new InstanceColumn(rows, asked, equivalents, change);
    const instanceRoles = roles.all(change, column);
    const edges = new EdgeChange(rows, instanceRoles, column.newlyUseful);
    const changes = new CellChanges();
    new AccessChange(this.#base(), ends, { change, column, edges }).addTo(changes);
    return changes.all();
  }

  /**
   * The effect of a changed identity policy. Null if that would change more than what its holders may do on instances
   * and which principals of the account they become (what they can make of themselves or others through IAM, the limits
   * of others, which instances policies separate), or if policies of somebody were not collected: build the matrix
   * again.
   */
  policy(record: PolicyRecord): readonly CellChange[] | null {
    const { account } = this.#built.audited;
    if (!account.policies.has(record.id))
      throw new Error(`there is no policy \`${record.id}\` in the account`);
    return this.account(withRecord(account.snapshot, record));
  }

  /**
   * The effect of another state of the account, made from this one by replacing things. Null as for one policy, and if
   * anything differs besides users' and roles' identity policies and their contents.
   */
  account(after: Snapshot): readonly CellChange[] | null {
    return this.#changedBy(after, 'exactly');
  }

  /**
   * An estimate for cases that need a new matrix: as if nobody could make anything else of themselves or others than
   * before, and policies separated no more. It shows which changes are worth a build.
   */
  guess(after: Snapshot): readonly CellChange[] | null {
    return this.#changedBy(after, 'roughly');
  }

  #changedBy(after: Snapshot, how: Precision): readonly CellChange[] | null {
    const others = otherPolicies(this.#built, after, how);
    if (!others || this.#isOrigin || others.pairs.some((one) => asksForOrigin(one.after))) return null;
    const holders = changedHolders(this.#base(), others, how === 'exactly' ? this.#distinctions() : null);
    if (!holders) return null;
    const changes = new CellChanges();
    new PolicyReach(this.#base(), holders).addTo(changes);
    return changes.all();
  }

  /**
   * The effect of another state of the account with the same instances: `after` is the result of `after()` for it, with
   * a matrix of its own.
   */
  against(after: WhatIf): readonly CellChange[] {
    return matrixDifference(this.matrix, after.matrix);
  }

  /**
   * The same for another state of the account with the same instances. If only policies and their holders differ,
   * answers that these do not change are not computed again.
   */
  after(after: Snapshot): WhatIf {
    return new WhatIf(after, this.isLike(after) ? rowsLike(after, this.#built) : undefined);
  }

  /** True if cached results for this account also hold for the other one, except for principals with other policies. */
  isLike(after: Snapshot): boolean {
    return !this.#isOrigin && distinguishesNothingNew(this.#built, this.#distinctions(), after);
  }
}

/** True if the other policies use no new keys or resources, and do not limit the whole account. */
function distinguishesNothingNew(built: BuiltRows, distinctions: NewDistinctions, after: Snapshot): boolean {
  const { account } = built.audited;
  const others = changedPolicies(built, after);
  return (
    others?.every(
      (one) =>
        one.kind === 'identity' &&
        account.policies.get(one.name)?.kind !== 'trust' &&
        !asksForOrigin(one) &&
        !distinctions.tellsMore(one),
    ) ?? false
  );
}

/** True if sessions come from it as before. */
function isSameOrigin({ before, after }: InstanceChange): boolean {
  return (
    before !== null &&
    after !== null &&
    before.instanceProfile === after.instanceProfile &&
    before.vpcId === after.vpcId
  );
}

/** True if a policy has a condition on the origin of EC2's sessions. */
function asksForOrigin({ statements }: CompiledPolicy): boolean {
  return statements.some(({ clauses }) => clauses.some(({ key }) => isOriginKey(key.toLowerCase())));
}
