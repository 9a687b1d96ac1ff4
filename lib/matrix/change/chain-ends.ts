import type { Formula } from '../../evaluator/formula.ts';
import type { AccessPath } from '../access-path.ts';
import type { Chain } from '../chains.ts';
import type { Rows } from '../rows/rows.ts';
import type { AskedPaths } from './asked-paths.ts';
import type { Base, Levels } from './base.ts';

/** Chains of which so many begin alike that it pays to know beforehand which of them matter. */
const MANY = 100;

/**
 * The chains that can decide what is held of a path, whatever one instance is like: of those that end in the same cells
 * and are equally open, the first.
 */
export class ChainEnds {
  readonly #rows: Rows;
  readonly #asked: AskedPaths;
  readonly #known = new Map<Levels, ReadonlyMap<AccessPath, Levels>>();

  constructor({ built, groups }: Base, asked: AskedPaths) {
    this.#rows = built.rows;
    this.#asked = asked;
    for (const { levels, chains } of groups) {
      if (chains.length < MANY) continue;
      const byPath = built.engine.paths.map((path) => [path, this.#deciding(levels, path)] as const);
      this.#known.set(levels, new Map(byPath));
    }
  }

  of(levels: Levels, path: AccessPath): Levels {
    return this.#known.get(levels)?.get(path) ?? levels;
  }

  #deciding(levels: Levels, path: AccessPath): Levels {
    const seen = new Map<number, Formula[]>();
    const decides = ({ to, open }: Chain): boolean => {
      const number = this.#asked.numberOf(path, this.#rows.classOf(to));
      if (number === -1) return false;
      const before = seen.get(number);
      if (!before) seen.set(number, [open]);
      else if (before.includes(true) || before.includes(open)) return false;
      else before.push(open);
      return true;
    };
    return levels.map((level) => level.filter(decides));
  }
}
