import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { classWith, type SubjectClass } from '../classes/principal-classes.ts';
import type { PrincipalViews } from '../classes/principal-views.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { DirectRows } from './direct-rows.ts';
import type { RowCell } from './row-cell.ts';
import type { SessionRows } from './session-rows.ts';

/** All cells that a principal holds directly. */
export type DirectCells = ReadonlyMap<AccessPath, readonly RowCell[]>;

interface ClassCellsParts {
  readonly classes: readonly SubjectClass[];
  readonly paths: readonly AccessPath[];
  readonly decide: DirectRows;
  readonly principalViews: PrincipalViews;
  readonly sessions: SessionRows;
  /** true if there are no instances */
  readonly isEmpty: boolean;
  /** by name of the class: results of an account with the same instances and paths, or an empty map */
  readonly known: Map<string, DirectCells>;
}

/** The direct cells of classes of principals: computed on demand, one object per class. */
export class ClassCells {
  readonly #parts: ClassCellsParts;
  readonly #byName = once(() => new Map(this.#parts.classes.map((one) => [one.name, one])));

  constructor(parts: ClassCellsParts) {
    this.#parts = parts;
  }

  /** All results so far, for an account with the same instances and paths. */
  get known(): Map<string, DirectCells> {
    return this.#parts.known;
  }

  of(one: SubjectClass): DirectCells {
    return remembered(this.#parts.known, one.name, () => this.#decide(one));
  }

  /**
   * The cells of a changed principal. `said`: the actions (in lower case) about which its policies say something
   * else.
   */
  as(was: Subject, subject: Subject, said: ReadonlySet<string>): DirectCells {
    const { principalViews, sessions } = this.#parts;
    const one = classWith(subject, principalViews.like(was, subject, said), { principalViews, of: sessions });
    return this.of(this.#byName().get(one.name) ?? one);
  }

  #decide(one: SubjectClass): DirectCells {
    const { paths, decide, isEmpty } = this.#parts;
    if (one.first.kind === 'outside' || isEmpty) return new Map();
    return new Map(paths.map((path) => [path, decide.decide(path, one)]));
  }
}
