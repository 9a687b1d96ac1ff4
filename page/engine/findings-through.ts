import type { DetailData, FindingDetail } from '../../lib/render/page/page-data.ts';
import type { PageGroup } from './group.ts';
import type { Model } from './model.ts';

/** The ways in of a square or of an instance: what opens each path, and for whom. */
class Opened {
  /** by path */
  readonly #statements = new Map<number, Set<string>>();
  /** sets of holders, by path */
  readonly #holders = new Map<number, Set<number>>();
  readonly #model: Model;

  constructor(model: Model, details: DetailData['details'], groups: readonly number[]) {
    this.#model = model;
    for (const number of groups) {
      const { path, holders, detail } = model.groups[number] as PageGroup;
      added(this.#holders, path, holders);
      const { grants = [], steps = [] } = details[detail] ?? {};
      for (const grant of [...grants, ...steps.flatMap(([, , trust]) => trust)])
        added(this.#statements, path, keyOf(grant));
    }
  }

  byStatement({ paths, statements }: FindingDetail): boolean {
    return paths.some((path) => {
      const open = this.#statements.get(path);
      return open !== undefined && statements.some((one) => open.has(keyOf(one)));
    });
  }

  /** Whether a listed holder has one of its paths here. */
  byHolder({ holders }: FindingDetail, only: number | null): boolean {
    return holders.some(
      ([who, , , paths]) =>
        typeof who === 'number' &&
        (only === null || who === only) &&
        paths.some((path) =>
          [...(this.#holders.get(path) ?? [])].some((set) => this.#model.holders[set]?.includes(who)),
        ),
    );
  }
}

const keyOf = ([policy, statement]: readonly [string, number, ...unknown[]]): string =>
  `${policy} ${statement}`;

function added<T>(lists: Map<number, Set<T>>, path: number, value: T): void {
  const list = lists.get(path);
  if (list) list.add(value);
  else lists.set(path, new Set([value]));
}

/**
 * Whether ways in rest on the cause of a finding. `only`: the number of the principal that the ways in are of; null: of
 * all. A cause without statements, or with more than are listed, is known by its holders.
 */
export function isThrough(
  model: Model,
  { details }: DetailData,
  groups: readonly number[],
  only: number | null,
): (finding: FindingDetail) => boolean {
  const opened = new Opened(model, details, groups);
  return (finding) =>
    opened.byStatement(finding) ||
    ((finding.statements.length === 0 || finding.hasMore === true) && opened.byHolder(finding, only));
}
