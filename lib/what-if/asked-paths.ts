import type { AccountRows } from '../matrix/account-rows.ts';
import type { BuiltRows } from '../matrix/build.ts';
import type { SubjectClass } from '../matrix/classes/principal-classes.ts';
import { actionNumber, NO_VIEW } from '../matrix/classes/principal-views.ts';
import type { RequestRow } from '../matrix/paths/access-path.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import { kindRow } from '../matrix/paths/resource-kinds.ts';
import { PathCache } from '../matrix/rows/row-caches.ts';
import type { RowCell } from '../matrix/rows/row-cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { EquivalentClasses, FingerprintedInstance, Projection } from './equivalent-classes.ts';
import { type Observed, ObservedBy, type ObservedClause } from './observed.ts';

/** Classes of principals that share their cells on a path. */
export interface AskedPath {
  readonly path: AccessPath;
  readonly one: SubjectClass;
  /** indexes of the classes */
  readonly classes: readonly number[];
  /** the properties of the instance that their policies read */
  readonly projection: Projection;
  /** the same without one of the tags, if only the results of conditions on it matter */
  readonly looser: readonly Projection[];
  readonly clauses: readonly ObservedClause[];
  /** the direct cells */
  readonly cells: readonly RowCell[];
}

/** The access of principals on one path, as indexes of the list of all asked paths. */
export interface AnswerNumbers {
  /** by principal; -1: the path is open nowhere */
  readonly numbers: Int32Array;
  /** the index of the first of these numbers in that list */
  readonly first: number;
}

/** The difference between two instances, as seen by the principals. */
export interface ObservedDifference {
  /** indexes of the paths whose cells may differ */
  readonly asked: Iterable<number>;
  /** whether the answer to a request may differ */
  readonly matters: (row: RequestRow, one: SubjectClass) => boolean;
}

/** Number of classes, differing in one tag, that are tried. */
const TRIES = 8;

/** What principals' policies read of an instance. */
export class AskedPaths {
  readonly paths: readonly AskedPath[];
  readonly #rows: AccountRows;
  readonly #equivalents: EquivalentClasses;
  readonly #seen: ObservedBy;
  readonly #byView = new Map<number, Observed>();
  readonly #on = new Map<AccessPath, AnswerNumbers>();
  readonly #holds: Uint8Array;
  readonly #byName = new Map<string, number[]>();
  readonly #byClause = new Map<ObservedClause, number[]>();

  constructor({ audited, rows }: BuiltRows, equivalents: EquivalentClasses) {
    this.#rows = rows;
    this.#equivalents = equivalents;
    this.#seen = new ObservedBy(audited.account, equivalents);
    this.#holds = new Uint8Array(rows.classes.length);
    const paths: AskedPath[] = [];
    for (const path of audited.paths) {
      const own = this.#askedBy(path);
      this.#on.set(path, { numbers: this.#numbersIn(own), first: paths.length });
      paths.push(...own);
    }
    this.paths = paths;
    for (const [i, asked] of this.paths.entries()) this.#index(i, asked);
  }

  on(path: AccessPath): AnswerNumbers {
    return this.#on.get(path) as AnswerNumbers;
  }

  /** The cells of principals with this number on a path. */
  cellsOf(path: AccessPath, number: number): readonly RowCell[] {
    return (this.paths[this.on(path).first + number] as AskedPath).cells;
  }

  /** True if a class of principals has any direct cell. */
  holdsAny(number: number): boolean {
    return this.#holds[number] === 1;
  }

  between(one: FingerprintedInstance, other: FingerprintedInstance): ObservedDifference {
    const names = this.#equivalents.differing(one, other);
    const asked = new Set([...names].flatMap((name) => this.#byName.get(name) ?? []));
    const clauses = new Set<ObservedClause>();
    for (const [clause, own] of this.#byClause) {
      if (!clause.keys.some((key) => names.has(key)) || this.#isSame(clause, one, other)) continue;
      clauses.add(clause);
      for (const number of own) asked.add(number);
    }
    const isMoved = names.has('region');
    const matters = (row: RequestRow, subjects: SubjectClass): boolean => {
      const seen = this.#seenBy(row, subjects);
      return (
        isMoved ||
        seen.otherwise.some((name) => names.has(name)) ||
        seen.clauses.some((own) => clauses.has(own))
      );
    };
    return { asked, matters };
  }

  /**
   * Finds a class of instances that the principals' policies do not distinguish from an instance: one that looks the
   * same, or one that differs in a tag for which all their conditions have the same result. Null: none was found.
   */
  equivalentsOf(instance: FingerprintedInstance): (one: AskedPath) => number | null {
    const alike = this.#equivalents.of(instance);
    return ({ projection, looser, clauses }) => {
      const [equivalent] = alike(projection);
      if (equivalent !== undefined) return equivalent;
      const isEquivalent = (place: number): boolean =>
        clauses.every((clause) => this.#isSame(clause, this.#equivalents.firstOf(place), instance));
      for (const places of looser.map(alike)) {
        const step = Math.ceil(places.length / TRIES);
        for (let i = 0; i < places.length; i += step)
          if (isEquivalent(places[i] as number)) return places[i] as number;
      }
      return null;
    };
  }

  #askedBy(path: AccessPath): readonly AskedPath[] {
    const cache = new PathCache(path);
    const found = new Map<number, AskedPath & { readonly classes: number[] }>();
    for (const [i, one] of this.#rows.classes.entries()) {
      const name = cache.keyOf(one);
      if (name === null || one.first.kind === 'outside') continue;
      const known = found.get(name);
      if (known) known.classes.push(i);
      else {
        const seen = this.#seenOn(path, one);
        const cells = this.#rows.direct(one.members[0] as number, path);
        found.set(name, { path, one, classes: [i], ...this.#projectionsOf(seen), cells });
      }
    }
    return [...found.values()];
  }

  #numbersIn(asked: readonly AskedPath[]): Int32Array {
    const numbers = new Int32Array(this.#rows.subjects.length).fill(-1);
    for (const [i, { classes, cells }] of asked.entries()) {
      for (const number of classes) {
        if (cells.length > 0) this.#holds[number] = 1;
        for (const member of this.#rows.classes[number]?.members ?? []) numbers[member] = i;
      }
    }
    return numbers;
  }

  #projectionsOf(seen: readonly Observed[]): Pick<AskedPath, 'projection' | 'looser' | 'clauses'> {
    const names = new Set(seen.flatMap((one) => one.names));
    const clauses = [...new Set(seen.flatMap((one) => one.clauses))];
    const otherwise = new Set(seen.flatMap((one) => one.otherwise));
    const tags = [...new Set(clauses.flatMap(({ keys }) => keys))].filter((key) => !otherwise.has(key));
    const looser = tags.map((key) => this.#equivalents.projectionOf(names.difference(new Set([key]))));
    return { projection: this.#equivalents.projectionOf(names), looser, clauses };
  }

  #index(i: number, { path, one, clauses }: AskedPath): void {
    const names = new Set(this.#seenOn(path, one).flatMap(({ otherwise }) => otherwise));
    for (const name of names) push(this.#byName, name, i);
    for (const clause of clauses) push(this.#byClause, clause, i);
  }

  #isSame(clause: ObservedClause, one: FingerprintedInstance, other: FingerprintedInstance): boolean {
    return this.#seen.outcome(clause, one) === this.#seen.outcome(clause, other);
  }

  #seenOn(path: AccessPath, one: SubjectClass): readonly Observed[] {
    const rows = path.alternatives.flatMap(({ requests }) => requests);
    const all = rows.map((row) => this.#seenBy(row, one));
    return [observedOf(path), ...all];
  }

  #seenBy({ action, on, unasked }: RequestRow, one: SubjectClass): Observed {
    if (unasked) return one.entries === '' ? NOTHING : seeing(...kindRow(on).observes);
    const view = one.principalViews[actionNumber(action)] as number;
    if (view === NO_VIEW) return NOTHING;
    if (on !== 'instance') return seeing(...kindRow(on).observes);
    return remembered(this.#byView, view, () => this.#seen.of(action.toLowerCase(), one.first));
  }
}

function push<T>(lists: Map<T, number[]>, key: T, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

const seeing = (...names: readonly string[]): Observed => ({ names, otherwise: names, clauses: [] });

const NOTHING = seeing();

/** The properties on which a path depends for every caller: where it applies, and the OS user. */
function observedOf({ applies, alternatives, landsAs }: AccessPath): Observed {
  const isByPlatform =
    applies === 'windows' ||
    applies === 'linux' ||
    (typeof landsAs !== 'string' && landsAs.some((user) => /^root\b/.test(user))) ||
    alternatives.some(({ platform }) => platform);
  return seeing(
    'region',
    ...(isByPlatform ? ['platform'] : []),
    ...(alternatives.some(({ state }) => state) ? ['state'] : []),
    ...(applies === 'vpc-endpoint' ? ['endpoint'] : []),
  );
}
