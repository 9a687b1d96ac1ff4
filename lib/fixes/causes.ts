import type { CauseStatement, Finding } from '../findings/finding.ts';
import { statementCause } from '../findings/statement-cause.ts';
import { indexPolicies } from '../findings/statements.ts';
import { instanceCount } from '../matrix/answers/find-groups.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import { once } from '../memory/once.ts';
import { remembered } from '../memory/remembered.ts';
import type { FixCause } from './cause.ts';
import { MOST_CHANGED } from './forms.ts';
import type { Prover } from './prover.ts';
import { isOpen, ROOT_PATHS } from './tally.ts';

interface Resting {
  /** PolicyRecord id of the trust policy that admits people; null: the statements grant the access */
  readonly trust: string | null;
  readonly statements: Map<string, CauseStatement>;
  /** root paths by which people reach production */
  readonly paths: Set<PathId>;
  /** all root paths that it opens */
  readonly rootPaths: Set<PathId>;
  readonly holders: Set<number>;
  cells: number;
  rootCells: number;
}

/** The access that depends on each granting statement, and on each trust policy through which people assume a role. */
export class Causes {
  readonly #prover: Prover;
  readonly #policies: ReturnType<typeof indexPolicies>;
  readonly #keys = new Map<string, string>();
  /** by ARN of a role: the indexes of principals that assume it in their first step; computed on demand */
  readonly #takers = once(() => this.#takersOf());
  /** by the key of the cause */
  readonly #resting = new Map<string, Resting>();

  constructor(prover: Prover) {
    this.#prover = prover;
    this.#policies = indexPolicies(prover.snapshot);
    for (const group of prover.matrix.groups) if (isOpen(group.outcome)) this.#add(group);
  }

  /** The causes of people's root access to production, those with the most first. */
  ofRoot(): readonly FixCause[] {
    return [...this.#resting.values()]
      .filter(({ rootCells, statements }) => rootCells > 0 && statements.size > 0)
      .map((one) => this.#causeOf(one, [...one.paths].sort()))
      .sort((a, b) => b.rootCells - a.rootCells || (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** The place of a finding; null: none of its statements grants access or admits a principal. */
  ofFinding({ cause, paths, holders, rules }: Finding): FixCause | null {
    if (cause.kind !== 'statement' && cause.kind !== 'trust') return null;
    const statements = cause.statements.filter((one) => this.#isAllow(one));
    if (statements.length === 0 || statements.length < cause.statements.length) return null;
    const resting = [...new Set(statements.map((one) => this.#resting.get(this.#keyOf(one))))];
    const sum = (of: 'cells' | 'rootCells') => resting.reduce((total, one) => total + (one?.[of] ?? 0), 0);
    return {
      kind: cause.kind,
      ...{ statements, rules, cells: sum('cells'), rootCells: sum('rootCells') },
      paths: closedBy(paths),
      siblings: siblingsOf(
        paths,
        resting.flatMap((one) => [...(one?.rootPaths ?? [])]),
      ),
      holders: holders.map(({ principal }) => principal),
      ...(cause.kind === 'trust' && { machines: this.#machinesAt(cause.resource) }),
    };
  }

  /** The roles of machines that assume a role. */
  #machinesAt(role: string): readonly string[] {
    const { matrix, counting } = this.#prover;
    return [...(this.#takers().get(role) ?? [])]
      .filter((p) => !counting.isPerson[p])
      .map((p) => matrix.principals[p]?.arn ?? '')
      .filter((arn) => arn.includes(':role/'))
      .sort();
  }

  #takersOf(): ReadonlyMap<string, ReadonlySet<number>> {
    const takers = new Map<string, Set<number>>();
    for (const { outcome, principals } of this.#prover.matrix.groups) {
      const first = isOpen(outcome) ? outcome.via[0] : undefined;
      if (first === undefined || !first.includes(':role/')) continue;
      const known = remembered(takers, first, () => new Set<number>());
      for (const p of principals) known.add(p);
    }
    return takers;
  }

  #isAllow({ policy, statement }: CauseStatement): boolean {
    return this.#policies.statements(policy)?.[statement]?.effect === 'Allow';
  }

  #keyOf(one: CauseStatement): string {
    return remembered(this.#keys, `${one.policy}\n${one.statement}`, () =>
      statementCause({ policies: this.#policies, snapshot: this.#prover.snapshot }, one),
    );
  }

  #add(group: CellGroup): void {
    const { path, principals } = group;
    const { counting } = this.#prover;
    const cells = principals.length * instanceCount(group);
    const root = ROOT_PATHS.has(path)
      ? counting.people(principals) * counting.production(group.instances)
      : 0;
    const touched = new Set([...this.#granting(group), ...(root > 0 ? this.#lettingIn(group) : [])]);
    for (const resting of touched) {
      resting.cells += cells;
      resting.rootCells += root;
      if (root > 0) resting.paths.add(path);
      if (ROOT_PATHS.has(path)) resting.rootPaths.add(path);
      for (const p of principals) resting.holders.add(p);
    }
  }

  /** The identity policy statements that grant a group of cells. */
  #granting({ outcome }: CellGroup): readonly Resting[] {
    return outcome.grants
      .filter((one) => one.layer === 'identityPolicies' && this.#isAllow(one))
      .map(({ policy, statement, sid }) => {
        const one = { policy, statement, sid };
        return this.#at(this.#keyOf(one), one, null);
      });
  }

  /** The trust policy statements through which people reach the cells. */
  #lettingIn({ outcome }: CellGroup): readonly Resting[] {
    return outcome.via.flatMap((arn) => {
      const role = this.#prover.places.owner(arn);
      if (!role || !('trust' in role) || arn.includes(':role/aws-reserved/')) return [];
      return this.#entriesOf(role.trust).map((one) => this.#at(`trust\n${role.trust}`, one, role.trust));
    });
  }

  #at(key: string, one: CauseStatement, trust: string | null): Resting {
    const resting = remembered(
      this.#resting,
      key,
      (): Resting => ({
        ...{ trust, statements: new Map(), paths: new Set(), rootPaths: new Set(), holders: new Set() },
        ...{ cells: 0, rootCells: 0 },
      }),
    );
    resting.statements.set(`${one.policy}\n${one.statement}`, one);
    return resting;
  }

  /** The statements of a trust policy that admit users, roles or outsiders. */
  #entriesOf(trust: string): readonly CauseStatement[] {
    return (this.#policies.statements(trust) ?? [])
      .filter(
        ({ effect, principals }) =>
          effect === 'Allow' && principals && (principals.any || principals.aws.length > 0),
      )
      .map(({ index, sid }) => ({ policy: trust, statement: index, sid }));
  }

  #causeOf({ trust, ...resting }: Resting, paths: readonly PathId[]): FixCause {
    const { places, matrix } = this.#prover;
    return {
      kind: trust === null ? 'statement' : 'trust',
      statements: [...resting.statements.values()].slice(0, MOST_CHANGED),
      ...{ paths, siblings: [], rules: [], cells: resting.cells, rootCells: resting.rootCells },
      holders: [...resting.holders].sort((a, b) => a - b).map((p) => matrix.principals[p]?.arn ?? ''),
      ...(trust !== null && { machines: this.#machinesAt(places.roleOf(trust)?.arn ?? '') }),
    };
  }
}

const keyOf = ({ statements }: FixCause): string =>
  statements.map(({ policy, statement }) => `${policy} ${statement}`).join('\n');

/** The root paths of a finding; if it has none, all of its paths. */
function closedBy(paths: readonly PathId[]): readonly PathId[] {
  const root = paths.filter((path) => ROOT_PATHS.has(path));
  return root.length > 0 ? root : paths;
}

/** The root paths of the statements that a finding of root paths does not name. */
function siblingsOf(paths: readonly PathId[], all: readonly PathId[]): readonly PathId[] {
  return paths.some((path) => ROOT_PATHS.has(path)) ? all.filter((path) => !paths.includes(path)) : [];
}
