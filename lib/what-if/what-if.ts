import type { CompiledPolicy } from '../evaluator/compile.ts';
import { isOriginKey } from '../matrix/account/session-origin.ts';
import { type BuiltRows, buildMatrix, matrixOf, matrixOfRows, rowsLike, rowsOf } from '../matrix/build.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { once } from '../memory/once.ts';
import type { Instance, PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { newPolicies, otherPolicies, withRecord } from './account-change.ts';
import { AskedPaths } from './asked-paths.ts';
import { Base } from './base.ts';
import { type CellChange, CellChanges } from './cell-changes.ts';
import { ChainEnds } from './chain-ends.ts';
import { Column } from './column.ts';
import { EdgeChange } from './edge-change.ts';
import { EquivalentClasses } from './equivalent-classes.ts';
import { additionOf, type InstanceChange } from './instance-change.ts';
import { HostChange } from './instance-role-change.ts';
import { matrixDifference } from './matrix-difference.ts';
import { NewDistinctions } from './new-distinctions.ts';
import { changedHolders } from './policy-change.ts';
import { PolicyReach } from './policy-reach.ts';
import { Reach } from './reach.ts';

/** What changes of instances are asked of: whoever asks about policies alone does not wait for it. */
interface OfInstances {
  readonly equivalents: EquivalentClasses;
  readonly asked: AskedPaths;
  readonly ends: ChainEnds;
  readonly instanceRoles: HostChange;
}

function ofInstances(base: Base): OfInstances {
  const equivalents = new EquivalentClasses(base.built);
  const asked = new AskedPaths(base.built, equivalents);
  const ends = new ChainEnds(base, asked);
  return { equivalents, asked, ends, instanceRoles: new HostChange(base.built) };
}

/** A matrix that is built once and asked what single changes would do to it. The answers equal those of a new build. */
export class WhatIf {
  readonly #base: Base;
  readonly #index: ReadonlyMap<string, number>;
  readonly #ofInstances: () => OfInstances;
  readonly #distinctions: () => NewDistinctions;
  /** policies ask from which instances sessions come, so that each instance may count everywhere */
  readonly #isOrigin: boolean;
  #matrix: Matrix | null = null;

  constructor(snapshot: Snapshot, built: BuiltRows = rowsOf(snapshot)) {
    const base = new Base(built);
    this.#base = base;
    this.#index = new Map(base.built.instances.map(({ id }, i) => [id, i]));
    this.#ofInstances = once(() => ofInstances(base));
    this.#distinctions = once(() => new NewDistinctions(base.built));
    this.#isOrigin = [...base.built.audited.account.policies.values()].some(asksForOrigin);
  }

  get matrix(): Matrix {
    const { built, groups, indirect } = this.#base;
    this.#matrix ??= matrixOf(built, groups, indirect);
    return this.#matrix;
  }

  /**
   * What would change if an instance had other tags or attributes; `after` null: if it were gone. Null where that changes
   * what conditions on the origin of sessions come to: then the matrix has to be built anew.
   */
  instance(id: string, after: Instance | null): readonly CellChange[] | null {
    const index = this.#index.get(id);
    if (index === undefined) throw new Error(`there is no instance \`${id}\` in the account`);
    const before = this.#base.built.instances[index] as Instance;
    return this.#changed({ index, rank: index, before, after });
  }

  /**
   * What would change with one more instance, behind the others of its region. Its index is the one behind the last of
   * the matrix's list. Null as above.
   */
  added(instance: Instance): readonly CellChange[] | null {
    if (this.#index.has(instance.id))
      throw new Error(
        `there is an instance \`${instance.id}\` in the account: ask what another would change`,
      );
    return this.#changed(additionOf(instance, this.#base.built));
  }

  #changed(change: InstanceChange): readonly CellChange[] | null {
    if (this.#isOrigin && !isSameOrigin(change)) return null;
    const { rows } = this.#base.built;
    const { equivalents, asked, ends, instanceRoles: roles } = this.#ofInstances();
    const column = new Column(rows, asked, equivalents, change);
    const instanceRoles = roles.all(change, column);
    const edges = new EdgeChange(rows, instanceRoles, column.newlyUseful);
    const changes = new CellChanges();
    new Reach(this.#base, ends, { change, column, edges }).addTo(changes);
    return changes.all();
  }

  /**
   * What would change if an identity policy said something else. Null where that would change more than what its
   * holders are allowed on instances and which roles they may take (what they make of themselves or others through IAM,
   * the limits of others, which instances policies tell apart), or where policies of somebody were not collected: then the matrix has to be built anew.
   */
  policy(record: PolicyRecord): readonly CellChange[] | null {
    const { account } = this.#base.built.audited;
    if (!account.policies.has(record.id))
      throw new Error(`there is no policy \`${record.id}\` in the account`);
    return this.account(withRecord(account.snapshot, record));
  }

  /**
   * What would change if the account were another one, made of it by replacing things. Null as for one policy, and where
   * something else differs than which identity policies users and roles have, and what these say.
   */
  account(after: Snapshot): readonly CellChange[] | null {
    const others = otherPolicies(this.#base.built, after);
    if (!others || this.#isOrigin || others.pairs.some((one) => asksForOrigin(one.after))) return null;
    const holders = changedHolders(this.#base, this.#distinctions(), others);
    if (!holders) return null;
    const changes = new CellChanges();
    new PolicyReach(this.#base, holders).addTo(changes);
    return changes.all();
  }

  /**
   * What would change if the account were any other one of the same instances: a matrix is built of it. Where nothing
   * else differs than policies and who has them, what these do not answer otherwise is not asked again.
   */
  rebuilt(after: Snapshot): readonly CellChange[] {
    const { built } = this.#base;
    const matrix = this.isLike(after) ? matrixOfRows(rowsLike(after, built)) : buildMatrix(after);
    return matrixDifference(this.matrix, matrix);
  }

  /** The same of another account of the same instances: what this one knows is not asked again, as above. */
  after(after: Snapshot): WhatIf {
    return new WhatIf(after, this.isLike(after) ? rowsLike(after, this.#base.built) : undefined);
  }

  /** Is what is known of this account known of that one, but for the principals whose policies are others? */
  isLike(after: Snapshot): boolean {
    return !this.#isOrigin && isLikeIt(this.#base.built, this.#distinctions(), after);
  }
}

/** Do the other policies ask nothing that nobody asks yet, and are they no limits of the whole account? */
function isLikeIt(built: BuiltRows, distinctions: NewDistinctions, after: Snapshot): boolean {
  const { account } = built.audited;
  const others = newPolicies(built, after);
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

/** Sessions come from it as they did. */
function isSameOrigin({ before, after }: InstanceChange): boolean {
  return (
    before !== null &&
    after !== null &&
    before.instanceProfile === after.instanceProfile &&
    before.vpcId === after.vpcId
  );
}

/** Does a policy ask where sessions of EC2 come from? */
function asksForOrigin({ statements }: CompiledPolicy): boolean {
  return statements.some(({ clauses }) => clauses.some(({ key }) => isOriginKey(key.toLowerCase())));
}
