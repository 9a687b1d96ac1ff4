import type { CompiledPolicy } from '../evaluator/compile.ts';
import { compileRecord } from '../matrix/account/compile-record.ts';
import { isOriginKey } from '../matrix/account/session-origin.ts';
import { matrixOf, rowsOf } from '../matrix/build.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Instance, PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { AskedPaths } from './asked-paths.ts';
import { Base } from './base.ts';
import { type CellChange, CellChanges } from './cell-changes.ts';
import { ChainEnds } from './chain-ends.ts';
import { Column } from './column.ts';
import { EdgeChange } from './edge-change.ts';
import { EquivalentClasses } from './equivalent-classes.ts';
import { additionOf, type InstanceChange } from './instance-change.ts';
import { HostChange } from './instance-role-change.ts';
import { NewDistinctions } from './new-distinctions.ts';
import { holdersOf } from './policy-change.ts';
import { PolicyReach } from './policy-reach.ts';
import { Reach } from './reach.ts';

/** A matrix that is built once and asked what single changes would do to it. The answers equal those of a new build. */
export class WhatIf {
  readonly #base: Base;
  readonly #equivalents: EquivalentClasses;
  readonly #asked: AskedPaths;
  readonly #ends: ChainEnds;
  readonly #instanceRoles: HostChange;
  readonly #index: ReadonlyMap<string, number>;
  readonly #distinctions: NewDistinctions;
  /** policies ask from which instances sessions come, so that each instance may count everywhere */
  readonly #isOrigin: boolean;
  #matrix: Matrix | null = null;

  constructor(snapshot: Snapshot) {
    this.#base = new Base(rowsOf(snapshot));
    const { instances } = this.#base.built;
    this.#equivalents = new EquivalentClasses(this.#base.built);
    this.#asked = new AskedPaths(this.#base.built, this.#equivalents);
    this.#ends = new ChainEnds(this.#base, this.#asked);
    this.#instanceRoles = new HostChange(this.#base.built);
    this.#distinctions = new NewDistinctions(this.#base.built);
    this.#index = new Map(instances.map(({ id }, i) => [id, i]));
    this.#isOrigin = [...this.#base.built.audited.account.policies.values()].some(asksForOrigin);
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
    const column = new Column(rows, this.#asked, this.#equivalents, change);
    const instanceRoles = this.#instanceRoles.all(change, column);
    const edges = new EdgeChange(rows, instanceRoles, column.newlyUseful);
    const changes = new CellChanges();
    new Reach(this.#base, this.#ends, column, edges, change).addTo(changes);
    return changes.all();
  }

  /**
   * What would change if an identity policy said something else. Null where that would change more than what its
   * holders are allowed on instances and which roles they may take (what they make of themselves or others through IAM,
   * the limits of others, which instances policies tell apart), or where policies of somebody were not collected: then the matrix has to be built anew.
   */
  policy(record: PolicyRecord): readonly CellChange[] | null {
    const before = this.#base.built.audited.account.policies.get(record.id);
    if (this.#isOrigin || asksForOrigin(compileRecord(record))) return null;
    if (!before) throw new Error(`there is no policy \`${record.id}\` in the account`);
    const holders = holdersOf(this.#base, this.#distinctions, before, record);
    if (!holders) return null;
    const changes = new CellChanges();
    new PolicyReach(this.#base, holders).addTo(changes);
    return changes.all();
  }
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
