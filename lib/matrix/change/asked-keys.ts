import { type CompiledPolicy, statementsFor } from '../../evaluator/compile.ts';
import type { AccessPath, RequestRow } from '../access-path.ts';
import type { Subject } from '../account.ts';
import { isPlaceKey, relevantClause, variableKeys } from '../rows/relevant.ts';
import { PathMemo } from '../rows/row-memos.ts';
import { actionNumber, NO_STANDING } from '../rows/standings.ts';
import type { SubjectClass } from '../rows/subject-classes.ts';

/** Classes of principals that share their cells on a path, and what these ask of the instance. */
export interface AskedPath {
  readonly path: AccessPath;
  readonly one: SubjectClass;
  /** indexes of the classes */
  readonly classes: readonly number[];
  /** canonical */
  readonly keys: ReadonlySet<string>;
}

/** Which condition keys of an instance decide for whom. */
export class AskedKeys {
  readonly paths: readonly AskedPath[];
  readonly #byPolicy = new Map<CompiledPolicy, Map<string, readonly string[]>>();
  readonly #byStanding = new Map<number, readonly string[]>();

  constructor(paths: readonly AccessPath[], classes: readonly SubjectClass[]) {
    this.paths = paths.flatMap((path) => this.#askedBy(path, classes));
  }

  /** The keys that one request asks of the instance that it is made on. */
  of(row: RequestRow, one: SubjectClass): readonly string[] {
    const standing = one.standings[actionNumber(row.action)] as number;
    if (standing === NO_STANDING || row.on !== 'instance') return [];
    let keys = this.#byStanding.get(standing);
    if (!keys) {
      const action = row.action.toLowerCase();
      keys = [...new Set(deciding(one.first).flatMap((policy) => this.#keysIn(policy, action)))];
      this.#byStanding.set(standing, keys);
    }
    return keys;
  }

  #askedBy(path: AccessPath, classes: readonly SubjectClass[]): readonly AskedPath[] {
    const memo = new PathMemo(path);
    const rows = path.alternatives.flatMap(({ requests }) => requests);
    const asked = new Map<string, AskedPath & { readonly classes: number[] }>();
    for (const [i, one] of classes.entries()) {
      const name = memo.keyOf(one);
      if (name === null || one.first.kind === 'outside-account') continue;
      const known = asked.get(name);
      if (known) known.classes.push(i);
      else {
        const keys = new Set(rows.flatMap((row) => this.of(row, one)));
        asked.set(name, { path, one, classes: [i], keys });
      }
    }
    return [...asked.values()];
  }

  #keysIn(policy: CompiledPolicy, action: string): readonly string[] {
    const known = this.#byPolicy.get(policy) ?? new Map<string, readonly string[]>();
    this.#byPolicy.set(policy, known);
    let keys = known.get(action);
    if (!keys) {
      keys = placeKeysIn(policy, action);
      known.set(action, keys);
    }
    return keys;
  }
}

function deciding({ layers }: Subject): readonly CompiledPolicy[] {
  return [
    ...layers.identityPolicies,
    ...(layers.permissionsBoundary ? [layers.permissionsBoundary] : []),
    ...layers.serviceControlPolicies.flat(),
  ];
}

function placeKeysIn(policy: CompiledPolicy, action: string): readonly string[] {
  const service = action.slice(0, action.indexOf(':'));
  const keys = statementsFor(policy, action).flatMap(({ clauses, resources }) => [
    ...clauses.flatMap((clause) => relevantClause(clause, service).keys),
    ...(resources ?? []).flatMap(({ template }) => variableKeys(template, service)),
  ]);
  return [...new Set(keys.filter(isPlaceKey))];
}
