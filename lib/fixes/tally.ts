import { kindsOfSnapshot } from '../findings/principal-kinds.ts';
import { instanceCount } from '../matrix/answers/find-groups.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { Matrix, Outcome } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import { instancesById } from '../snapshot/instances-of.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { CellChange } from '../what-if/cell-changes.ts';
import type { IsProduction } from './tags.ts';

/** The effect of a change on the cells of an account. */
export interface ChangeTally {
  readonly removes: number;
  readonly narrows: number;
  readonly adds: number;
  readonly keeps: number;
  /** closed cells of people with root on production */
  readonly removesRoot: number;
}

export const ROOT_PATHS: ReadonlySet<string> = new Set(
  ACCESS_PATHS.filter(({ groups }) => groups.some((group) => group === 'root')).map(({ id }) => id),
);

export const isOpen = (outcome: Outcome | null): outcome is Outcome =>
  outcome?.verdict === 'allowed' || outcome?.verdict === 'conditional';

/** Counts cells by their holders and instances. */
export class Counting {
  /** true for people and outsiders */
  readonly isPerson: readonly boolean[];
  readonly isProduction: readonly boolean[];
  readonly #matrix: Matrix;
  readonly #prod = new WeakMap<readonly number[], number>();
  readonly #open = new Map<string, Float64Array>();
  #persons: ReadonlySet<string> | null = null;

  constructor(snapshot: Snapshot, matrix: Matrix, isProduction: IsProduction) {
    this.#matrix = matrix;
    const kindOf = kindsOfSnapshot(snapshot);
    const instances = instancesById(snapshot);
    this.isPerson = matrix.principals.map(({ arn }) => ['person', 'outside'].includes(kindOf(arn)));
    this.isProduction = matrix.instances.map(({ id }) => isProduction(instances.get(id)));
    for (const group of matrix.groups) {
      if (!isOpen(group.outcome)) continue;
      const held = remembered(this.#open, group.path, () => new Float64Array(matrix.principals.length));
      const count = instanceCount(group);
      for (const p of group.principals) held[p] = (held[p] as number) + count;
    }
  }

  /** True for the ARN of a person or an outsider. */
  isPersonsArn(arn: string): boolean {
    this.#persons ??= new Set(
      this.#matrix.principals.filter((_, p) => this.isPerson[p]).map((one) => one.arn),
    );
    return this.#persons.has(arn);
  }

  production(instances: readonly number[]): number {
    return remembered(this.#prod, instances, () =>
      instances.reduce((sum, one) => sum + Number(this.isProduction[one]), 0),
    );
  }

  people(principals: readonly number[]): number {
    return principals.reduce((sum, p) => sum + Number(this.isPerson[p] ?? true), 0);
  }

  /** All cells of people with root on production. */
  get root(): number {
    return this.#matrix.groups
      .filter(({ path, outcome }) => ROOT_PATHS.has(path) && isOpen(outcome))
      .reduce(
        (sum, { principals, instances }) => sum + this.people(principals) * this.production(instances),
        0,
      );
  }

  tally(changes: readonly CellChange[]): ChangeTally {
    const closed = changes.filter(({ before, after }) => isOpen(before) && !isOpen(after));
    const wider = changes.filter((one) => isWider(one.before, one.after) && !this.#isOfAnybody(one));
    const other = changes.filter(
      ({ before, after }) =>
        isOpen(before) && isOpen(after) && !isWider(before, after) && stateOf(before) !== stateOf(after),
    );
    return {
      removes: cellCount(closed),
      narrows: cellCount(other),
      adds: cellCount(wider),
      keeps: this.#kept(closed),
      removesRoot: closed
        .filter(({ path }) => ROOT_PATHS.has(path))
        .reduce((sum, one) => sum + this.people(one.principals) * this.production(one.instances), 0),
    };
  }

  /**
   * True for a new row of an organisation or account with access that `anybody` had: a trust policy that admitted
   * everybody now admits only these.
   */
  #isOfAnybody({ path, principals, instances, after }: CellChange): boolean {
    const { principals: known, groups } = this.#matrix;
    const anybody = known.findIndex(({ arn }) => arn === 'anybody');
    if (anybody < 0 || principals.some((p) => p < known.length)) return false;
    const had = groups.filter((one) => one.path === path && one.principals.includes(anybody));
    return instances.every((i) =>
      had.some((one) => one.instances.includes(i) && !isWider(one.outcome, after)),
    );
  }

  /** The cells that stay open for principals that lose some, on the paths where they lose them. */
  #kept(closed: readonly CellChange[]): number {
    const lost = new Map<string, Map<number, number>>();
    for (const { path, principals, instances } of closed) {
      const byPrincipal = remembered(lost, path, () => new Map<number, number>());
      for (const p of principals) byPrincipal.set(p, (byPrincipal.get(p) ?? 0) + instances.length);
    }
    let kept = 0;
    for (const [path, byPrincipal] of lost)
      for (const [p, count] of byPrincipal) kept += (this.#open.get(path)?.[p] ?? count) - count;
    return kept;
  }
}

const cellCount = (changes: readonly CellChange[]): number =>
  changes.reduce((sum, { principals, instances }) => sum + principals.length * instances.length, 0);

const STRENGTH = { denied: 0, unknown: 1, conditional: 2, allowed: 3 } as const;

function isWider(before: Outcome | null, after: Outcome | null): boolean {
  return STRENGTH[after?.verdict ?? 'denied'] > STRENGTH[before?.verdict ?? 'denied'];
}

const stateOf = ({ verdict, condition, landsAs }: Outcome): string =>
  [verdict, condition?.text ?? '', ...landsAs].join('\n');
